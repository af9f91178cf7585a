/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "mapping/addr.h"
#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/nick.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/query.h"
#include "mapping/room/conference.h"
#include "mapping/room/lazy.h"
#include "mapping/room/own.h"
#include "mapping/room/room.h"
#include "mapping/room/room_way.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"
#include "mapping/talk/sent.h"
#include "mapping/user.h"

/* What happens in a channel, shown to the clients that are in the room. */

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/*
 * The room whose clients see this channel; NULL while it is being joined: what
 * happens until then is in the list of members.
 */
static struct room *shown_room(const struct ircchan *c)
{
	struct room *r = c->owner;

	return r != NULL && r->chan == c ? r : NULL;
}

/* Text of strangers, fit for XML; in the arena, absent when there is none. */
static struct slice clean(struct room *r, struct slice text)
{
	return out_clean(core(r), text);
}

/* ---- joining ---- */

void room_on_join(struct session *s, struct ircchan *c, struct ircuser *u,
	bool is_me)
{
	struct room *r = shown_room(c);
	uint32_t bits = 0;

	if (is_me) {
		rooms_forwarded(s, c);
		r = session_room(s, istr_slice(c->name));
	}
	if (is_me && r == NULL) {
		/* Nobody waits for it any more, or we were sent there. */
		if (ircnet_part(s->net, istr_slice(c->name), slice(NULL, 0)) !=
			ERR_OK) {
			log_warn(&s->log, "part not sent");
		}
		return;
	}
	if (r == NULL) {
		return;
	}
	if (is_me) {
		c->owner = r;
		own_joined(r, c);
		r->state = ROOM_JOINED;
		r->joined_ms = s->user->mapping->clock->now_ms;
		log_info(&s->log, "joined channel=%s", c->name->p);
		return;
	}
	if (storm_joined(r, u, ircnet_netjoin(s->net))) {
		return;
	}
	storm_settle(r, u->entry.key);
	if (!lazy_hides(r, u->entry.key)) {
		chan_member(c, u->entry.key, &bits);
		room_show(r, u, bits, &(struct shown){0});
		conference_push(r, NULL, istr_slice(u->nick), true);
	}
}

/* The first answer to all who wait; to others only what changed. */
static void admit_all(struct room *r)
{
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_WAITING) {
			room_fill(v, v->id ? v->id->p : NULL);
		}
	}
}

void room_on_complete(struct session *s, struct ircchan *c)
{
	struct room *r = c->owner;

	if (r == NULL || r->state != ROOM_JOINED) {
		return;
	}
	r->state = ROOM_COMPLETE;
	patience_stop(&r->join, core(r)->clock);
	if (r->chan != NULL) {
		room_show_differences(r, s->net, c);
	}
	r->chan = c;
	r->net = s->net;
	admit_all(r);
	contacts_room(r, true);
	session_forget_old(s);
	session_update_away(s);
	query_release(s, r);
	sent_release(s, r);
}

/* D.2: which form would help who is refused so. */
static enum room_way way_in(const struct fault *fault, bool by_invitation)
{
	switch (fault->error) {
	case E_NOT_AUTHORIZED:
		return WAY_KEY;
	case E_REGISTRATION_REQUIRED:
		return by_invitation ? WAY_KNOCK : WAY_LOGIN;
	default:
		return WAY_NONE;
	}
}

bool room_on_refusal(struct session *s, int numeric, const struct ircmsg *m)
{
	struct room *r = session_room(s, ircmsg_param(m, 1));
	struct fault fault;

	if (r == NULL || r->state != ROOM_REQUESTED ||
		!errmap_join(numeric, istr_slice(r->name), ircmsg_last(m),
			&fault)) {
		return false;
	}
	advise(core(r), &fault, ADVICE_JOIN, numeric, ircmsg_last(m));
	if (numeric == 470) {
		room_forward(r, ircmsg_param(m, 2), fault.text);
		return true;
	}
	room_way_tell(r, way_in(&fault, numeric == 473));
	room_fail(r, &fault);
	return true;
}

bool room_on_fail(struct session *s, const struct ircmsg *m)
{
	struct room *r;
	struct fault fault;

	if (m->nparams < 4 || !slice_is_nocase(m->params[0], "JOIN")) {
		return false;
	}
	r = session_room(s, m->params[2]);
	if (r == NULL || r->state != ROOM_REQUESTED) {
		return false;
	}
	errmap_fail(m->params[1], &fault);
	advise_fail(core(r), &fault, m->params[1], ircmsg_last(m));
	if (fault.error == E_REDIRECT && m->nparams > 4) {
		room_forward(r, m->params[3], fault.text);
		return true;
	}
	room_way_tell(r, way_in(&fault, false));
	room_fail(r, &fault);
	return true;
}

/* ---- leaving ---- */

/* D.6, D.9: which status codes tell how somebody left. */
static void leave_codes(const struct room *r, const struct ircuser *u,
	const struct irc_leave *l, struct shown *s)
{
	if (l->kind == LEAVE_KICK) {
		s->outcast = room_ban_matches(r, &l->by, u);
		s->codes[0] = s->outcast ? 301 : 307;
	} else if (l->kind == LEAVE_QUIT && l->netsplit) {
		s->codes[0] = 333;
	}
}

void room_on_leave(struct session *s, struct ircchan *c, struct ircuser *u,
	bool is_me, const struct irc_leave *l)
{
	static const char removed[] = "You were removed from the channel.";
	struct room *r = c->owner;
	uint32_t bits = 0;
	struct slice reason;
	struct shown shown = {.unavailable = true, .self = is_me};

	if (is_me && r != NULL && r->chan != c) {
		/* Thrown out while still coming in, or coming back. */
		reason = clean(r, l->reason);
		if (l->kind == LEAVE_KICK) {
			shown.reason = reason;
			shown.actor = clean(r, l->by.nick);
			shown.codes[0] = 307;
		} else {
			shown.status = reason;
		}
		room_thrown_out(r, &(struct fault){E_NOT_ALLOWED,
				reason.p ? reason.p : removed}, &shown);
		return;
	}
	r = shown_room(c);
	if (r == NULL) {
		return;
	}
	chan_member(c, u->entry.key, &bits);
	room_typing_over(r, u->entry.key);
	if (!is_me && ((l->netsplit && storm_left(r, u, bits, l)) ||
			!storm_knows(r, u->entry.key))) {
		return;
	}
	reason = clean(r, l->reason);
	if (l->kind == LEAVE_KICK) {
		shown.reason = reason;
		shown.actor = clean(r, l->by.nick);
		bits = 0;
	} else {
		shown.status = reason;
	}
	leave_codes(r, u, l, &shown);
	room_show(r, u, bits, &shown);
	if (!is_me) {
		conference_push(r, NULL, istr_slice(u->nick), false);
	}
	if (is_me) {
		log_info(&s->log, "left channel=%s", c->name->p);
		r->chan = NULL;
		r->net = NULL;
		r->state = ROOM_NONE;
		room_fail(r, &(struct fault){E_NOT_ALLOWED, removed});
	}
}

/* ---- nicks ---- */

void room_on_nick(struct session *s, struct ircuser *u, struct slice old,
	bool is_me, bool asked)
{
	const struct istr *was =
		casemap_lookup(ircnet_isupport(s->net)->casemap, old);
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;
		uint32_t bits = 0;
		struct shown gone = {
			.unavailable = true,
			.self = is_me,
			.codes = {303},
			.nick = old,
			.new_nick = istr_slice(u->nick),
		};
		struct shown back = {.self = is_me};
		bool known;

		if (r->chan == NULL || r->state != ROOM_COMPLETE ||
			chan_member(r->chan, u->entry.key, &bits) != u) {
			continue;
		}
		room_typing_over(r, casemap_lookup(s->casemap, old));
		if (is_me) {
			room_fills_finish(r);
			back.codes[0] = room_is_semianonymous(r) ? 0 : 100;
			back.codes[1] = asked ? 0 : 210;
			back.id = nick_asker_id(s, istr_slice(u->nick));
		}
		known = storm_renamed(r, was, u->entry.key);
		if (!is_me && lazy_hides(r, u->entry.key)) {
			continue;
		}
		if (known) {
			room_show(r, u, bits, &gone);
			conference_push(r, NULL, old, false);
		}
		room_show(r, u, bits, &back);
		conference_push(r, NULL, istr_slice(u->nick), true);
	}
	if (is_me) {
		istr_set(&s->nick, istr_ref(u->nick));
	}
}

/* ---- ranks, away, modes ---- */

void room_on_prefix(struct session *s, struct ircchan *c, struct ircuser *u,
	uint32_t was, uint32_t now, const struct ircsource *by)
{
	struct room *r = shown_room(c);
	bool by_person = by != NULL && by->user.p != NULL;
	bool hidden;
	struct shown shown = {.self = ircnet_is_me(s->net, istr_slice(u->nick))};

	if (r == NULL) {
		return;
	}
	if (storm_waits(r, u->entry.key)) {
		/* Part of the presence that is to come, or comes now. */
		if (by_person) {
			storm_settle(r, u->entry.key);
		}
		return;
	}
	if (by_person) {
		shown.actor = clean(r, by->nick); /* servers are no actors */
	}
	hidden = lazy_hides_word(r, was) && !chan_marked(c, u->entry.key);
	chan_mark(c, u->entry.key);
	room_show(r, u, now, &shown);
	if (hidden && !shown.self) {
		conference_push(r, NULL, istr_slice(u->nick), true);
	}
}

void room_on_user(struct session *s, struct ircuser *u)
{
	uint32_t pos = 0;
	struct map_slot *slot;
	struct shown shown = {.self = ircnet_is_me(s->net, istr_slice(u->nick))};

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;
		uint32_t bits = 0;

		if (r->chan != NULL && r->state == ROOM_COMPLETE &&
			chan_member(r->chan, u->entry.key, &bits) == u &&
			!storm_notes(r, u->entry.key) &&
			(shown.self || !lazy_hides(r, u->entry.key))) {
			room_show(r, u, bits, &shown);
		}
	}
}

/* 104: the configuration changed (XEP-0045 10.2.1); body absent: none. */
static void tell_changed(struct room *r, struct slice body)
{
	struct mapping *m = core(r);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", r->jid->p);
	xw_attr(w, "type", "groupchat");
	if (body.len > 0) {
		xw_elem(w, "body", NS_NONE, body);
	}
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "status", NS_NONE);
	xw_attr_num(w, "code", 104);
	xw_end(w);
	xw_end(w);
	out_end(m);
	room_broadcast(r);
}

/* What the room is called and looks like: clients ask for it again (XEP-0486). */
void room_on_meta(struct ircchan *c)
{
	struct room *r = shown_room(c);

	if (r != NULL) {
		tell_changed(r, slice(NULL, 0));
	}
}

void room_on_modes(struct ircchan *c, const struct ircsource *by,
	struct slice words, uint64_t was)
{
	struct room *r = shown_room(c);
	struct buf text;

	if (r == NULL) {
		return;
	}
	if (((was ^ c->modes) & chan_mode_bit('m')) != 0) {
		room_fill_plain(r); /* what everybody else is changes (D.6) */
	}
	if (words.len == 0 || by == NULL || by->nick.len == 0) {
		return; /* 324 told how they are: nothing happened */
	}
	room_bans_note(r, by, words);
	buf_init_secret(&text, 2048); /* keys */
	buf_add_slice(&text, by->nick);
	buf_add_str(&text, " sets mode ");
	buf_add_slice(&text, words);
	tell_changed(r, own_shows(r, core(r)->config->show_modes) ?
			clean(r, buf_slice(&text)) : slice(NULL, 0));
	buf_finish(&text);
}
