/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/crypto.h"
#include "base/utf8.h"
#include "irc/ircformat.h"
#include "mapping/out.h"
#include "mapping/room/occupant.h"
#include "mapping/room/room.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

struct slice room_nick(const struct room *r)
{
	return r->net ? ircnet_nick_now(r->net) : istr_slice(r->session->nick);
}

bool room_nick_is(const struct room *r, struct slice resource)
{
	struct slice nick = room_nick(r);

	return slice_eq(nick, resource) ||
		slice_is(resource, room_occ(r, nick) + r->jid->len + 1);
}

const char *room_occ(const struct room *r, struct slice nick)
{
	struct mapping *m = core(r);

	buf_truncate(&m->occ, 0);
	buf_add_slice(&m->occ, istr_slice(r->jid));
	buf_add_char(&m->occ, '/');
	addr_add_resource(m, &m->occ, r->session->network, nick);
	return buf_cstr(&m->occ);
}

struct slice room_occupant(const struct room *r, struct ircnet *net,
	struct ircuser *u, struct slice nick)
{
	struct slice who = u && net ? ircnet_identity(net, u) : nick;

	return occupant_id(core(r),
		istr_slice(r->session->network->entry.key),
		istr_slice(r->entry.key), who);
}

void room_occupant_id(const struct room *r, struct ircnet *net,
	struct ircuser *u, struct slice nick)
{
	struct xw *w = &core(r)->out.w;

	xw_start(w, "occupant-id", NS_OCCUPANT_ID);
	xw_attr_slice(w, "id", room_occupant(r, net, u, nick));
	xw_end(w);
}

/* ---- one presence ---- */

/* D.6: the highest prefix decides. */
struct room_rank room_rank(const struct room *r, uint32_t bits)
{
	static const struct {
		char mode;
		struct room_rank rank;
	} ranks[] = {
		{'q', {"owner", "moderator"}},
		{'a', {"owner", "moderator"}},
		{'o', {"admin", "moderator"}},
		{'h', {"member", "moderator"}},
		{'v', {"member", "participant"}},
	};
	static const struct room_rank plain = {"none", "participant"};
	static const struct room_rank mute = {"none", "visitor"};
	const char *modes =
		r->net ? ircnet_isupport(r->net)->prefix_modes : "";
	const char *op = strchr(modes, 'o');

	for (int i = 0; modes[i] != '\0'; i++) {
		if (!prefix_has(bits, i)) {
			continue;
		}
		for (size_t k = 0; k < sizeof ranks / sizeof *ranks; k++) {
			if (ranks[k].mode == modes[i]) {
				return ranks[k].rank;
			}
		}
		/* An unknown letter above o is an owner of some kind. */
		return op != NULL && &modes[i] < op ? ranks[0].rank :
						      ranks[4].rank;
	}
	return r->chan != NULL && chan_has_mode(r->chan, 'm') ? mute : plain;
}

bool room_is_moderator(const struct room *r)
{
	uint32_t bits = 0;
	const struct istr *key = r->net ?
		casemap_lookup(ircnet_isupport(r->net)->casemap, room_nick(r)) :
		NULL;

	return key != NULL && r->chan != NULL &&
		chan_member(r->chan, key, &bits) != NULL &&
		strcmp(room_rank(r, bits).role, "moderator") == 0;
}

/* NICK/user@host of somebody (D.3). */
const char *room_item_jid(const struct room *r, const struct ircuser *u,
	struct slice nick)
{
	struct mapping *m = core(r);

	buf_truncate(&m->item, 0);
	addr_add_name(m, &m->item, r->session->network, nick);
	if (ircuser_host(u) != NULL) {
		buf_add_char(&m->item, '/');
		utf8_add_clean(&m->item, istr_slice(ircuser_host(u)));
	}
	return buf_cstr(&m->item);
}

bool room_is_semianonymous(const struct room *r)
{
	return r->session->network->config->semianonymous;
}

/* A message that says nothing but that the room is otherwise now. */
static void show_status(struct room *r, int code)
{
	struct mapping *m = core(r);
	struct xw *w;

	if (r->chan == NULL) {
		return;
	}
	w = out_begin(m, "message");
	xw_attr(w, "from", r->jid->p);
	xw_attr(w, "type", "groupchat");
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "status", NS_NONE);
	xw_attr_num(w, "code", code);
	xw_end(w);
	xw_end(w);
	out_end(m);
	room_broadcast(r);
}

void room_show_anonymity(struct room *r)
{
	show_status(r, room_is_semianonymous(r) ? 173 : 172);
}

void room_show_logging(struct room *r)
{
	show_status(r, core(r)->config->logged ? 170 : 171);
}

static void write_item(struct room *r, struct slice shown_nick,
	const struct ircuser *u, uint32_t bits, const struct shown *s)
{
	struct xw *w = &core(r)->out.w;
	struct room_rank rank = room_rank(r, bits);
	struct buf nick;

	if (s->unavailable && s->new_nick.p == NULL) {
		rank.role = "none";
	}
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "affiliation", s->outcast ? "outcast" : rank.affiliation);
	xw_attr(w, "role", rank.role);
	if (u != NULL && (s->self || !room_is_semianonymous(r))) {
		xw_attr(w, "jid", room_item_jid(r, u, shown_nick));
	}
	if (s->new_nick.p != NULL) {
		buf_init(&nick, 2048);
		addr_add_resource(core(r), &nick, r->session->network,
			s->new_nick);
		xw_attr_slice(w, "nick", buf_slice(&nick));
		buf_finish(&nick);
	}
	if (s->actor.len > 0) {
		xw_start(w, "actor", NS_NONE);
		xw_attr_slice(w, "nick", s->actor);
		xw_end(w);
	}
	if (s->reason.len > 0 && !s->destroyed) {
		xw_elem(w, "reason", NS_NONE, s->reason);
	}
	xw_end(w);
}

static void write_codes(struct xw *w, const struct shown *s)
{
	for (int i = -1; i < SHOWN_CODES; i++) {
		int code = i < 0 ? (s->self ? 110 : 0) : s->codes[i];

		if (code != 0) {
			xw_start(w, "status", NS_NONE);
			xw_attr_num(w, "code", code);
			xw_end(w);
		}
	}
}

/* XEP-0317: a program, as the IRC server marks it (F.1). */
static void write_bot(struct xw *w)
{
	xw_start(w, "hats", NS_HATS);
	xw_start(w, "hat", NS_NONE);
	xw_attr(w, "title", "Bot");
	xw_attr(w, "uri", "https://ircv3.net/specs/extensions/bot-mode");
	xw_end(w);
	xw_end(w);
}

/* What somebody says who is here, where the network has such (F.1). */
static void write_status(struct room *r, struct xw *w, const struct ircuser *u)
{
	struct mapping *m = core(r);
	struct slice status =
		ircnet_meta(r->net, u->entry.key, META_STATUS);

	if (status.len > 0) {
		buf_truncate(&m->text, 0);
		utf8_add_clean(&m->text, status);
		xw_elem(w, "status", NS_NONE, buf_slice(&m->text));
	}
}

static void write_presence(struct room *r, struct slice nick,
	struct ircuser *u, uint32_t bits, const struct shown *s)
{
	struct mapping *m = core(r);
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "id", s->id);
	if (s->unavailable) {
		xw_attr(w, "type", "unavailable");
		if (s->status.len > 0) {
			xw_elem(w, "status", NS_NONE, s->status);
		}
	} else if (u != NULL && ircuser_away(u) != NULL) {
		xw_elem(w, "show", NS_NONE, slice_str("away"));
		buf_truncate(&m->text, 0);
		utf8_add_clean(&m->text, istr_slice(ircuser_away(u)));
		if (m->text.len > 0) {
			xw_elem(w, "status", NS_NONE, buf_slice(&m->text));
		}
	} else if (u != NULL) {
		write_status(r, w, u);
	}
	xw_start(w, "x", NS_MUC_USER);
	write_item(r, nick, u, bits, s);
	if (s->destroyed) {
		xw_start(w, "destroy", NS_NONE);
		xw_attr(w, "jid", s->venue);
		xw_elem(w, "reason", NS_NONE, s->reason);
		xw_end(w);
	}
	write_codes(w, s);
	xw_end(w);
	room_occupant_id(r, r->net, u, nick);
	if (u != NULL && ircuser_bot(u) && !s->unavailable) {
		write_bot(w);
	}
	if (!slice_is(nick, buf_cstr(&m->occ) + r->jid->len + 1)) {
		/* The resource could not hold the true nick (B.4). */
		buf_truncate(&m->text, 0);
		addr_add_clean(&m->text, r->session->network, nick);
		xw_elem(w, "nick", NS_NICK, buf_slice(&m->text));
	}
	out_end(m);
}

static void send_presence(struct room *r, const struct shown *s)
{
	struct mapping *m = core(r);

	if (s->only != NULL) {
		out_send(m, r->session->user, s->only->resource->full->p);
		return;
	}
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (view_joined(v) && (s->belief == NULL ||
				view_believes(v, *s->belief))) {
			out_send(m, r->session->user, v->resource->full->p);
		}
	}
}

void room_show(struct room *r, struct ircuser *u, uint32_t bits,
	const struct shown *s)
{
	write_presence(r, s->nick.p ? s->nick : istr_slice(u->nick), u, bits,
		s);
	send_presence(r, s);
}

void room_show_gone(struct room *r, struct slice nick, const struct shown *s)
{
	write_presence(r, nick, NULL, 0, s);
	send_presence(r, s);
}

/* ---- the client itself, and the subject ---- */

/* Nobody else is there, and we rule it: as good as new (D.3). */
static bool is_new(const struct room *r)
{
	return core(r)->config->announce_new_rooms &&
		r->chan->members.used == 1 && room_is_moderator(r);
}

void room_show_self(struct view *v, bool entering)
{
	struct room *r = v->room;
	struct slice nick = room_nick(r);
	const struct istr *folded =
		casemap_lookup(ircnet_isupport(r->net)->casemap, nick);
	uint32_t bits = 0;
	struct ircuser *me = folded ? chan_member(r->chan, folded, &bits) : NULL;
	struct shown s = {
		.self = true,
		.only = v,
		.id = v->id ? v->id->p : NULL,
		.codes = {room_is_semianonymous(r) ? 0 : 100},
	};

	if (v->asked != NULL && !slice_eq(istr_slice(v->asked), nick)) {
		s.codes[1] = 210;
	}
	if (entering && is_new(r)) {
		s.codes[2] = 201;
	}
	if (entering && core(r)->config->logged) {
		s.codes[3] = 170;
	}
	if (me != NULL) {
		room_show(r, me, bits, &s);
	} else {
		room_show_gone(r, nick, &s);
	}
}

/* XEP-0421 4: of whoever is there; of who is gone nobody needs to know more. */
static void write_setter(struct room *r, struct slice nick)
{
	const struct istr *folded =
		nick.len > 0 ? casemap_lookup(r->session->casemap, nick) : NULL;
	struct ircuser *u =
		folded != NULL ? chan_member(r->chan, folded, NULL) : NULL;

	if (u != NULL) {
		room_occupant_id(r, r->net, u, nick);
	}
}

void room_show_subject(struct room *r, const struct view *only,
	struct slice id, bool delayed)
{
	struct mapping *m = core(r);
	const struct ircchan *c = r->chan;
	struct ircsource by = {0};
	struct xw *w;

	if (c->topic_by != NULL) {
		ircsource_parse(istr_slice(c->topic_by), &by);
	}
	/* A server's name is no occupant (D.3). */
	if (by.nick.len > 0 && memchr(by.nick.p, '.', by.nick.len) != NULL) {
		by.nick = slice(NULL, 0);
	}
	w = out_begin(m, "message");
	xw_attr(w, "from", by.nick.len ? room_occ(r, by.nick) : r->jid->p);
	xw_attr(w, "type", "groupchat");
	if (id.len > 0) {
		xw_attr_slice(w, "id", id);
	}
	buf_truncate(&m->text, 0);
	if (c->topic != NULL) {
		buf_truncate(&m->item, 0);
		irc_strip_formats(&m->item, slice_str(c->topic));
		utf8_add_clean(&m->text, buf_slice(&m->item));
	}
	xw_elem(w, "subject", NS_NONE, buf_slice(&m->text));
	if (delayed && c->topic_at > 0) {
		out_delay(m, r->jid->p, c->topic_at * 1000);
	}
	write_setter(r, by.nick);
	out_end(m);
	m->out.groupchat = true;
	if (only != NULL) {
		out_send(m, r->session->user, only->resource->full->p);
	} else {
		room_broadcast(r);
	}
}

/* ---- messages to all ---- */

void room_broadcast(struct room *r)
{
	struct mapping *m = core(r);

	m->out.groupchat = true;
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_FILLING ||
			(v->state == VIEW_WAITING && r->state == ROOM_JOINED)) {
			out_hold(m, v->resource->full->p, &v->held);
		} else if (v->state == VIEW_JOINED) {
			out_send(m, r->session->user, v->resource->full->p);
		}
	}
}
