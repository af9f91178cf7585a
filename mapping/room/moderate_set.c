/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/room/modeline.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/session.h"

/*
 * Changes of roles and affiliations (muc#admin set; D.6). All items are turned
 * into steps first, so nothing is sent when one of them makes no sense; then
 * the steps become as few MODE lines as the server allows, and KICKs.
 */
enum { ITEMS_MAX = 20, STEPS_MAX = ITEMS_MAX * 8 };

struct plan {
	struct request *q;
	struct room *r;
	struct mode_step *steps;
	size_t nsteps;
	bool outranks;
	struct fault fault;
};

/* Whom an item is about. */
struct target {
	struct slice nick; /* absent: a mask */
	struct slice mask;
	struct slice reason;
	const struct ircuser *user; /* NULL: not in the channel */
	uint32_t bits;
};

static bool refuse(struct plan *p, enum stanza_error e, const char *text)
{
	p->fault = (struct fault){e, text};
	return false;
}

static bool too_much(struct plan *p)
{
	return refuse(p, E_RESOURCE_CONSTRAINT,
		"That is too much at once. Do it in smaller steps.");
}

/* One word each: a blank would make two, and the second another's argument. */
static bool add(struct plan *p, struct mode_step step)
{
	if (p->nsteps == STEPS_MAX) {
		return too_much(p);
	}
	if (step.arg.len > 0 && memchr(step.arg.p, ' ', step.arg.len)) {
		return refuse(p, E_JID_MALFORMED,
			"IRC does not take this as a nick or mask.");
	}
	p->steps[p->nsteps++] = step;
	return true;
}

static const struct isupport *isupport(const struct plan *p)
{
	return ircnet_isupport(p->r->net);
}

/* ---- whom ---- */

static bool set_nick(struct plan *p, struct target *t, struct slice nick)
{
	const struct istr *key;

	t->nick = nick;
	t->user = ircnet_user(p->r->net, nick);
	if (t->user != NULL) {
		t->nick = istr_slice(t->user->nick);
		key = t->user->entry.key;
		if (chan_member(p->r->chan, key, &t->bits) == NULL) {
			t->user = NULL;
		}
	}
	return true;
}

static bool by_nick(struct plan *p, struct target *t, const char *nick)
{
	const struct ircuser *u = addr_find_occupant(core_of(p->q), p->r->net,
		p->r->chan, slice_str(nick), NULL);

	return set_nick(p, t, u ? istr_slice(u->nick) : slice_str(nick));
}

/*
 * A Jabber user of this gateway: the nick of that session. Who may not know it is
 * told the same as where nobody is.
 */
static bool by_user(struct plan *p, struct target *t, const char *bare)
{
	struct session *s = session_exposed(core_of(p->q), bare,
		p->r->session->network, p->q->from.bare);

	if (s == NULL) {
		return refuse(p, E_ITEM_NOT_FOUND,
			"Nobody is known on IRC by that Jabber address. Name "
			"the nick.");
	}
	return set_nick(p, t, ircnet_nick_now(s->net));
}

static bool by_jid(struct plan *p, struct target *t, const char *text)
{
	struct mapping *m = core_of(p->q);
	struct addr a;
	struct jid jid;

	if (jid_parse(slice_str(text), &m->arena, &jid) != ERR_OK) {
		return refuse(p, E_JID_MALFORMED, "That is no address.");
	}
	if (strcmp(jid.domain, m->config->component) != 0) {
		return by_user(p, t, jid.bare);
	}
	t->mask = addr_mask(m, text, p->r->session->network);
	if (t->mask.len > 0) {
		return true;
	}
	if (!addr_parse(m, text, p->r->session->user, &a, &p->fault)) {
		return false;
	}
	if (a.kind != ADDR_NICK || a.network != p->r->session->network) {
		return refuse(p, E_ITEM_NOT_FOUND,
			"That address is nobody on this IRC network.");
	}
	return set_nick(p, t, a.name);
}

static bool find_target(struct plan *p, const struct elem *item,
	struct target *t)
{
	const char *nick = elem_attr(item, "nick");
	const char *jid = elem_attr(item, "jid");

	*t = (struct target){
		.reason = elem_child_text(item, "reason", NS_MUC_ADMIN),
	};
	if (nick != NULL && nick[0] != '\0') {
		return by_nick(p, t, nick);
	}
	if (jid != NULL && jid[0] != '\0') {
		return by_jid(p, t, jid);
	}
	return refuse(p, E_BAD_REQUEST, "Say whom: a nick or an address.");
}

static bool is_myself(const struct plan *p, const struct target *t)
{
	return t->nick.p != NULL && ircnet_is_me(p->r->net, t->nick);
}

/* ---- prefixes ---- */

static bool has(const struct plan *p, const struct target *t, char letter)
{
	return prefix_has(t->bits, isupport_mode(isupport(p), letter));
}

static bool give(struct plan *p, const struct target *t, char letter)
{
	return has(p, t, letter) || add(p, (struct mode_step){'+', letter, t->nick,
						   slice(NULL, 0)});
}

/* Takes every prefix held, but `keep` and what is below it (0: all). */
static bool take(struct plan *p, const struct target *t, char keep)
{
	const char *modes = isupport(p)->prefix_modes;

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
		refuse(p, E_ITEM_NOT_FOUND, "Nobody of that name is in this room.");
}

/* ---- roles ---- */

static bool role_none(struct plan *p, const struct target *t)
{
	if (is_myself(p, t)) {
		return refuse(p, E_CONFLICT,
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
		give(p, t, isupport_mode(isupport(p), 'h') >= 0 ? 'h' : 'o');
}

/* ---- affiliations ---- */

static bool affiliation_owner(struct plan *p, const struct target *t)
{
	char letter = isupport_mode(isupport(p), 'q') >= 0 ? 'q' : 'a';

	if (isupport_mode(isupport(p), letter) < 0) {
		return refuse(p, E_NOT_ALLOWED,
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
	return isupport_mode_kind(isupport(p), letter) == MODE_LIST;
}

static struct slice whole_mask(struct plan *p, const struct target *t)
{
	struct slice none = {0};
	char *text;

	if (t->nick.p == NULL) {
		return t->mask;
	}
	text = arena_alloc(&core_of(p->q)->arena, t->nick.len + 5);
	if (text == NULL) {
		return none;
	}
	memcpy(text, t->nick.p, t->nick.len);
	memcpy(text + t->nick.len, "!*@*", 5);
	return slice_str(text);
}

static bool affiliation_member(struct plan *p, const struct target *t)
{
	if (t->user != NULL) {
		return give(p, t, 'v') && take(p, t, 'v');
	}
	if (!has_list(p, 'I')) {
		return is_here(p, t);
	}
	return add(p, (struct mode_step){'+', 'I', whole_mask(p, t),
			slice(NULL, 0)});
}

static bool affiliation_none(struct plan *p, const struct target *t)
{
	struct slice mask;

	if (t->user != NULL) {
		return take(p, t, 0);
	}
	mask = whole_mask(p, t);
	return add(p, (struct mode_step){'-', 'b', mask, slice(NULL, 0)}) &&
		(!has_list(p, 'I') ||
			add(p, (struct mode_step){'-', 'I', mask, slice(NULL, 0)}));
}

/*
 * D.6: the account where the network can ban accounts, else the host, else the
 * nick. People who share our host come through this gateway too: banning the
 * host would ban us, so it is their user name there.
 */
static struct slice ban_mask(struct plan *p, const struct target *t)
{
	const struct isupport *is = isupport(p);
	const struct ircuser *me = ircnet_me(p->r->net);
	struct slice host;
	struct slice user;
	struct buf b;
	const char *copy;

	if (t->user == NULL) {
		return whole_mask(p, t);
	}
	host = istr_slice(ircuser_host(t->user));
	user = slice_cut(&host, '@');
	buf_init(&b, 600);
	if (ircuser_account(t->user) != NULL && is->account_extban[0] != '\0') {
		size_t name = strcspn(is->account_extban, ",");

		if (is->extban[0] != ',' && is->extban[0] != '\0') {
			buf_add_char(&b, is->extban[0]);
		}
		buf_addf(&b, "%.*s:%s", (int)name, is->account_extban,
			ircuser_account(t->user)->p);
	} else if (host.len == 0) {
		buf_addf(&b, "%.*s!*@*", SLICE_ARG(t->nick));
	} else {
		struct slice mine = istr_slice(me ? ircuser_host(me) : NULL);

		slice_cut(&mine, '@');
		buf_addf(&b, "*!%.*s@%.*s",
			slice_eq(mine, host) ? (int)user.len : 1,
			slice_eq(mine, host) ? user.p : "*", SLICE_ARG(host));
	}
	copy = arena_strndup(&core_of(p->q)->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return slice_str(copy);
}

static bool affiliation_outcast(struct plan *p, const struct target *t)
{
	if (is_myself(p, t)) {
		return refuse(p, E_CONFLICT, "Nobody bans themselves.");
	}
	return add(p, (struct mode_step){'+', 'b', ban_mask(p, t),
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
		return refuse(p, E_BAD_REQUEST,
			"Change the role or the affiliation, not both at once.");
	}
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		const char *value = elem_attr(item, changes[i].attribute);

		if (value == NULL || strcmp(value, changes[i].value) != 0) {
			continue;
		}
		if (!find_target(p, item, &t)) {
			return false;
		}
		if (t.nick.p == NULL && !changes[i].masks) {
			return refuse(p, E_ITEM_NOT_FOUND,
				"A mask is nobody in the room.");
		}
		note_rank(p, &t);
		return changes[i].fn(p, &t);
	}
	return refuse(p, E_BAD_REQUEST,
		"There is no such affiliation or role.");
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
		return refuse(p, E_BAD_REQUEST, "There is no item.");
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
	err = modeline_send(p.r->session->net, istr_slice(p.r->chan->name),
		p.steps, p.nsteps, moderation_room_for(p.r->session));
	if (err == ERR_OK) {
		m = moderation_start(q, p.r->session, p.r->entry.key,
			&moderation_change, &p.fault);
		if (m != NULL) {
			m->outranks = p.outranks;
			return;
		}
	} else if (err == ERR_BAD_INPUT || err == ERR_TOO_BIG) {
		refuse(&p, E_JID_MALFORMED,
			"IRC does not take this as a nick or mask.");
	} else {
		too_much(&p);
	}
	out_fault(core_of(q), q->stanza, &p.fault);
}
