/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/modeline.h"
#include "mapping/room/moderate.h"
#include "mapping/room/moderate_plan.h"
#include "mapping/room/room.h"
#include "mapping/session.h"

/*
 * Changes of roles and affiliations (muc#admin set; D.6). All items are turned
 * into steps first, so nothing is sent when one of them makes no sense; then
 * the steps become as few MODE lines as the server allows, and KICKs.
 */
enum { ITEMS_MAX = 20, STEPS_MAX = ITEMS_MAX * 8 };

static bool too_much(struct plan *p)
{
	return plan_refuse(p, E_RESOURCE_CONSTRAINT,
		"That is too much at once. Do it in smaller steps.");
}

/* One word each: a blank would make two, and the second another's argument. */
static bool add(struct plan *p, struct mode_step step)
{
	if (p->nsteps == STEPS_MAX) {
		return too_much(p);
	}
	if (step.arg.len > 0 && memchr(step.arg.p, ' ', step.arg.len)) {
		return plan_refuse(p, E_JID_MALFORMED,
			"IRC does not take this as a nick or mask. Look at "
			"its spelling; a mask is written like nick!user@host.");
	}
	p->steps[p->nsteps++] = step;
	return true;
}

/* ---- prefixes ---- */

static bool is_myself(const struct plan *p, const struct target *t)
{
	return t->nick.p != NULL && ircnet_is_me(p->r->net, t->nick);
}

static bool has(const struct plan *p, const struct target *t, char letter)
{
	return prefix_has(t->bits, isupport_mode(plan_isupport(p), letter));
}

static bool give(struct plan *p, const struct target *t, char letter)
{
	return has(p, t, letter) || add(p, (struct mode_step){'+', letter, t->nick,
						   slice(NULL, 0)});
}

/* Takes every prefix held, but `keep` and what is below it (0: all). */
static bool take(struct plan *p, const struct target *t, char keep)
{
	const char *modes = plan_isupport(p)->prefix_modes;

	for (int i = 0; modes[i] != '\0' && modes[i] != keep; i++) {
		if (prefix_has(t->bits, i) &&
			!add(p, (struct mode_step){'-', modes[i], t->nick,
					slice(NULL, 0)})) {
			return false;
		}
	}
	return true;
}

static bool is_here(struct plan *p, const struct target *t)
{
	return t->user != NULL ||
		plan_refuse(p, E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room. Look at who is "
			"there, and at the spelling.");
}

/* ---- roles ---- */

static bool role_none(struct plan *p, const struct target *t)
{
	if (is_myself(p, t)) {
		return plan_refuse(p, E_CONFLICT,
			"To leave a room, leave it: nobody kicks themselves.");
	}
	return is_here(p, t) &&
		add(p, (struct mode_step){0, 0, t->nick, t->reason});
}

static bool role_visitor(struct plan *p, const struct target *t)
{
	return is_here(p, t) && take(p, t, 0);
}

static bool role_participant(struct plan *p, const struct target *t)
{
	static const char above[] = "qaoh";

	if (!is_here(p, t)) {
		return false;
	}
	for (const char *c = above; *c != '\0'; c++) {
		if (has(p, t, *c)) {
			return take(p, t, 'v');
		}
	}
	return give(p, t, 'v');
}

static bool role_moderator(struct plan *p, const struct target *t)
{
	static const char enough[] = "qao";

	for (const char *c = enough; *c != '\0'; c++) {
		if (has(p, t, *c)) {
			return true; /* already one */
		}
	}
	return is_here(p, t) &&
		give(p, t, isupport_mode(plan_isupport(p), 'h') >= 0 ? 'h' : 'o');
}

/* ---- affiliations ---- */

static bool affiliation_owner(struct plan *p, const struct target *t)
{
	char letter = isupport_mode(plan_isupport(p), 'q') >= 0 ? 'q' : 'a';

	if (isupport_mode(plan_isupport(p), letter) < 0) {
		return plan_refuse(p, E_NOT_ALLOWED,
			"This IRC network has no owners of channels. Its "
			"services (ChanServ) may have.");
	}
	return is_here(p, t) && give(p, t, letter);
}

static bool affiliation_admin(struct plan *p, const struct target *t)
{
	return is_here(p, t) && give(p, t, 'o') && take(p, t, 'o');
}

static bool has_list(const struct plan *p, char letter)
{
	return isupport_mode_kind(plan_isupport(p), letter) == MODE_LIST;
}

static bool affiliation_member(struct plan *p, const struct target *t)
{
	if (t->user != NULL) {
		return give(p, t, 'v') && take(p, t, 'v');
	}
	if (!has_list(p, 'I')) {
		return is_here(p, t);
	}
	return add(p, (struct mode_step){'+', 'I', plan_mask(p, t),
			slice(NULL, 0)});
}

static bool affiliation_none(struct plan *p, const struct target *t)
{
	struct slice mask;

	if (t->user != NULL) {
		return take(p, t, 0);
	}
	mask = plan_mask(p, t);
	return add(p, (struct mode_step){'-', 'b', mask, slice(NULL, 0)}) &&
		(!has_list(p, 'I') ||
			add(p, (struct mode_step){'-', 'I', mask, slice(NULL, 0)}));
}

static bool affiliation_outcast(struct plan *p, const struct target *t)
{
	if (is_myself(p, t)) {
		return plan_refuse(p, E_CONFLICT, "Nobody bans themselves. "
			"Name somebody else.");
	}
	return add(p, (struct mode_step){'+', 'b', plan_ban_mask(p, t),
			slice(NULL, 0)}) &&
		(t->user == NULL ||
			add(p, (struct mode_step){0, 0, t->nick, t->reason}));
}

static const struct {
	const char *attribute;
	const char *value;
	bool (*fn)(struct plan *p, const struct target *t);
	bool masks; /* of people who are not here, too */
} changes[] = {
	{"role", "none", role_none, false},
	{"role", "visitor", role_visitor, false},
	{"role", "participant", role_participant, false},
	{"role", "moderator", role_moderator, false},
	{"affiliation", "owner", affiliation_owner, false},
	{"affiliation", "admin", affiliation_admin, false},
	{"affiliation", "member", affiliation_member, true},
	{"affiliation", "none", affiliation_none, true},
	{"affiliation", "outcast", affiliation_outcast, true},
};

/* ---- all items ---- */

static void note_rank(struct plan *p, const struct target *t)
{
	const struct ircuser *me = ircnet_me(p->r->net);
	uint32_t mine = 0;

	if (me != NULL) {
		chan_member(p->r->chan, me->entry.key, &mine);
	}
	/* The lowest bit is the highest rank. */
	if (t->bits != 0 && (mine == 0 ||
		(t->bits & -t->bits) < (mine & -mine))) {
		p->outranks = true;
	}
}

static bool add_item(struct plan *p, const struct elem *item)
{
	struct target t;

	if (elem_attr(item, "role") != NULL &&
		elem_attr(item, "affiliation") != NULL) {
		return plan_refuse(p, E_BAD_REQUEST,
			"Change the role or the affiliation, not both at once.");
	}
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		const char *value = elem_attr(item, changes[i].attribute);

		if (value == NULL || strcmp(value, changes[i].value) != 0) {
			continue;
		}
		if (!plan_target(p, item, &t)) {
			return false;
		}
		if (t.nick.p == NULL && !changes[i].masks) {
			return plan_refuse(p, E_ITEM_NOT_FOUND,
				"This is a mask, not somebody in the room. "
				"Name a nick.");
		}
		room_reveal(p->r, t.user);
		note_rank(p, &t);
		return changes[i].fn(p, &t);
	}
	return plan_refuse(p, E_BAD_REQUEST,
		"There is no such affiliation or role. Choose one that your "
		"client offers.");
}

static bool make_plan(struct plan *p)
{
	const struct elem *query = elem_first(p->q->stanza->root);
	const struct elem *item = elem_child(query, "item", NS_MUC_ADMIN);
	unsigned n = 0;

	p->steps = arena_alloc(&core_of(p->q)->arena,
		STEPS_MAX * sizeof *p->steps);
	if (p->steps == NULL) {
		return too_much(p);
	}
	if (item == NULL) {
		return plan_refuse(p, E_BAD_REQUEST, "It is not said whom "
			"this is about. Name a nick or an address.");
	}
	for (; item != NULL; item = elem_next(item, "item", NS_MUC_ADMIN)) {
		if (++n > ITEMS_MAX) {
			return too_much(p);
		}
		if (!add_item(p, item)) {
			return false;
		}
	}
	return true;
}

void iq_admin_set(struct request *q, const struct addr *a)
{
	struct plan p = {.q = q, .r = moderation_room(q, a)};
	struct moderation *m;
	uint64_t label;
	enum err err;

	if (p.r == NULL) {
		return;
	}
	if (!make_plan(&p)) {
		out_fault(core_of(q), q->stanza, &p.fault);
		return;
	}
	if (p.nsteps == 0) {
		out_result(core_of(q), q->stanza); /* it is so already */
		out_answer(core_of(q), q->stanza);
		return;
	}
	if (!moderation_possible(p.r->session, &p.fault)) {
		out_fault(core_of(q), q->stanza, &p.fault);
		return;
	}
	label = answer_label(p.r->session);
	err = modeline_send(p.r->session->net, istr_slice(p.r->chan->name),
		p.steps, p.nsteps, moderation_room_for(p.r->session));
	answer_labelled(p.r->session);
	if (err == ERR_OK) {
		m = moderation_start(q, p.r->session, p.r->entry.key,
			&moderation_change, label, &p.fault);
		if (m != NULL) {
			m->outranks = p.outranks;
			return;
		}
	} else if (err == ERR_BAD_INPUT || err == ERR_TOO_BIG) {
		plan_refuse(&p, E_JID_MALFORMED,
			"IRC does not take this as a nick or mask. Look at "
			"its spelling; a mask is written like nick!user@host.");
	} else {
		too_much(&p);
	}
	out_fault(core_of(q), q->stanza, &p.fault);
}
