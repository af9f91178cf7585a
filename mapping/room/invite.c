/* SPDX-License-Identifier: MIT */
#include "mapping/room/invite.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/room/own.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"
#include "xmpp/form.h"

enum { INVITES_MAX = 10 }; /* in one message */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- whom an element names ---- */

/* Either or both: of whom IRC shows it (D.8) both are known. */
struct person {
	struct slice nick; /* on IRC; absent: not there */
	const char *jid;   /* bare; NULL: nobody on Jabber */
};

static bool find_ours(struct session *s, const struct addr *a,
	struct person *p, struct fault *fault)
{
	struct room *r = a->kind == ADDR_OCC ? room_find(s, a) : NULL;
	struct ircuser *u = NULL;

	if (a->network != s->network ||
		(a->kind != ADDR_NICK && a->kind != ADDR_OCC)) {
		*fault = (struct fault){E_NOT_ACCEPTABLE,
			"That is nobody on this IRC network. Look at the "
			"address."};
		return false;
	}
	if (a->kind == ADDR_NICK) {
		p->nick = addr_find_nick(s, a);
		return true;
	}
	if (r != NULL && r->chan != NULL) {
		u = addr_find_occupant(s, r->net, r->chan, a->nick, NULL);
	}
	p->nick = u != NULL ? istr_slice(u->nick) : a->nick;
	return true;
}

static bool find_user(struct mapping *m, const struct jid *jid,
	const struct network *n, const char *asker, struct person *p,
	struct fault *fault)
{
	struct session *s = session_exposed(m, jid->bare, n, asker);

	if (!user_is_ours(m, jid, fault)) {
		*fault = (struct fault){E_NOT_ALLOWED,
			"This gateway is not open to users of that server. "
			"Ask its operator whether they may come."};
		return false;
	}
	p->jid = jid->bare;
	if (s != NULL) {
		p->nick = ircnet_nick_now(s->net);
	}
	return true;
}

/* A nick, an address of ours or of a Jabber user; s may be NULL. */
static bool find_person(struct request *q, const struct network *n,
	struct session *s, const char *to, struct person *p,
	struct fault *fault)
{
	struct mapping *m = core_of(q);
	struct addr a;
	struct jid jid;

	*p = (struct person){0};
	if (to == NULL || *to == '\0') {
		*fault = (struct fault){E_BAD_REQUEST,
			"It is not said whom this is for. Name a nick or a "
			"Jabber address."};
		return false;
	}
	if (strchr(to, '@') == NULL) {
		p->nick = slice_str(to);
		return true;
	}
	if (jid_parse(slice_str(to), &m->arena, &jid) != ERR_OK) {
		*fault = (struct fault){E_JID_MALFORMED,
			"That is no address. Look at its spelling."};
		return false;
	}
	if (strcmp(jid.domain, m->config->component) != 0) {
		return find_user(m, &jid, n, q->from.bare, p, fault);
	}
	if (s == NULL) {
		*fault = (struct fault){E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first."};
		return false;
	}
	return addr_parse(m, to, s->user, &a, fault) &&
		find_ours(s, &a, p, fault);
}

/* CHAN as every user of the gateway may write it; in the arena. */
static const char *room_address(struct mapping *m, const struct network *n,
	struct slice name)
{
	const char *jid;
	struct buf b;

	buf_init(&b, 4096);
	addr_add_name(m, &b, n, name);
	jid = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return jid;
}

/* ---- from Jabber ---- */

/* To somebody on Jabber, in both forms (D.14). */
static void invite_user(struct request *q, const struct room *r,
	const char *jid, struct slice reason)
{
	struct mapping *m = core_of(q);
	const struct ircchan *c = r->chan;
	struct slice key = out_clean(m,
		slice_str(c != NULL && c->key != NULL ? c->key : r->key));
	const char *room = room_address(m, r->session->network,
		istr_slice(c != NULL ? c->name : r->name));
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room);
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "invite", NS_NONE);
	xw_attr(w, "from", q->from.bare);
	if (reason.len > 0) {
		xw_elem(w, "reason", NS_NONE, reason);
	}
	xw_end(w);
	if (key.len > 0) {
		xw_elem(w, "password", NS_NONE, key);
	}
	xw_end(w);
	xw_start(w, "x", NS_CONFERENCE_DIRECT);
	xw_attr(w, "jid", room);
	if (reason.len > 0) {
		xw_attr_slice(w, "reason", reason);
	}
	if (key.len > 0) {
		xw_attr_slice(w, "password", key);
	}
	xw_end(w);
	out_end(m);
	out_send(m, NULL, jid);
}

static void invite_nick(struct request *q, struct room *r, struct slice nick,
	const char *to, struct slice reason)
{
	struct saying say = {
		.session = r->session,
		.room = r,
		.name = nick,
		.kind = SENT_INVITE,
		.text = istr_slice(r->chan ? r->chan->name : r->name),
		.invited = to,
	};

	sent_message(q, &say);
	if (reason.len > 0 && core_of(q)->config->invite_reason) {
		say.kind = SENT_CHAT;
		say.room = NULL;
		say.text = reason;
		sent_message(q, &say);
	}
}

static void invite_one(struct request *q, struct room *r,
	const struct elem *invite)
{
	const char *to = elem_attr(invite, "to");
	struct slice reason =
		elem_child_text(invite, "reason", NS_MUC_USER);
	struct person p;
	struct fault fault;

	if (!find_person(q, r->session->network, r->session, to, &p,
		    &fault)) {
		out_error_by(core_of(q), q->stanza, fault.error, fault.text,
			r->jid->p);
		return;
	}
	if (p.jid != NULL) {
		invite_user(q, r, p.jid, reason);
		reason = slice(NULL, 0); /* it is told */
	}
	if (p.nick.len > 0) {
		invite_nick(q, r, p.nick, to, reason);
	}
}

static void invite_all(struct request *q, const struct addr *a,
	const struct elem *first)
{
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);
	const struct elem *e = first;
	unsigned n = 0;

	while (e != NULL) {
		n++;
		e = elem_next(e, "invite", NS_MUC_USER);
	}
	if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return;
	}
	if (n > INVITES_MAX) {
		out_error(m, q->stanza, E_RESOURCE_CONSTRAINT,
			"Invite ten people at a time at most.");
		return;
	}
	for (e = first; e != NULL; e = elem_next(e, "invite", NS_MUC_USER)) {
		invite_one(q, v->room, e);
	}
}

/* The inviter's client shows it (XEP-0045 7.8.2). */
static void forward_decline(struct request *q, const struct addr *a,
	const char *to, struct slice reason)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room_address(m, a->network, a->name));
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "decline", NS_NONE);
	xw_attr(w, "from", q->from.bare);
	if (reason.len > 0) {
		xw_elem(w, "reason", NS_NONE, reason);
	}
	xw_end(w);
	xw_end(w);
	out_end(m);
	out_send(m, NULL, to);
}

/* In English: nobody knows what the people on IRC speak. */
static void tell_decline(struct request *q, struct session *s,
	struct slice nick, struct slice reason)
{
	struct slice me = ircnet_nick_now(s->net);
	struct buf line;

	buf_init(&line, 4096);
	buf_addf(&line, "%.*s declines", SLICE_ARG(me));
	if (reason.len > 0) {
		buf_add_str(&line, ": ");
		buf_add_slice(&line, reason);
	}
	sent_message(q, &(struct saying){
		.session = s,
		.name = nick,
		.kind = SENT_CHAT,
		.notice = true,
		.text = buf_slice(&line),
	});
	buf_finish(&line);
}

static void decline(struct request *q, const struct addr *a,
	const struct elem *e)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct session *s = u != NULL ? session_find(u, a->network) : NULL;
	struct slice reason = elem_child_text(e, "reason", NS_MUC_USER);
	struct person p;
	struct fault fault;

	if (!find_person(q, a->network, s, elem_attr(e, "to"), &p, &fault)) {
		out_fault(m, q->stanza, &fault);
	} else if (p.jid != NULL) {
		forward_decline(q, a, p.jid, reason);
	} else if (s != NULL && session_is_up(s)) {
		tell_decline(q, s, p.nick, reason);
	} else {
		out_error(m, q->stanza, E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first.");
	}
}

bool invite_message(struct request *q, const struct addr *a,
	const struct message_parts *p)
{
	const struct elem *invite = p->muc_user ?
		elem_child(p->muc_user, "invite", NS_MUC_USER) :
		NULL;
	const struct elem *no = p->muc_user ?
		elem_child(p->muc_user, "decline", NS_MUC_USER) :
		NULL;

	if (invite != NULL) {
		invite_all(q, a, invite);
	} else if (no != NULL) {
		decline(q, a, no);
	}
	return invite != NULL || no != NULL;
}

/* ---- asking for voice (D.6) ---- */

static void ask_for_voice(struct request *q, struct room *r)
{
	struct session *s = r->session;
	struct slice channel = istr_slice(r->chan->name);
	struct slice me = room_nick(r);
	struct buf name;
	struct buf line;

	buf_init(&name, 1024);
	buf_init(&line, 1024);
	buf_add_char(&name, '@');
	buf_add_slice(&name, channel);
	buf_addf(&line, "%.*s asks for voice", SLICE_ARG(me));
	sent_message(q, &(struct saying){
		.session = s,
		.name = buf_slice(&name),
		.kind = SENT_CHAT,
		.notice = true,
		.text = buf_slice(&line),
		.channel = channel,
	});
	buf_finish(&name);
	buf_finish(&line);
}

bool voice_message(struct request *q, const struct addr *a)
{
	static const char form[] = "http://jabber.org/protocol/muc#request";
	const struct elem *x = form_submitted(q->stanza->root);
	struct mapping *m = core_of(q);
	struct view *v;
	const struct isupport *is;

	if (x == NULL || !slice_is(form_get(x, "FORM_TYPE"), form)) {
		return false;
	}
	v = room_view_of(q, a);
	if (v == NULL || !session_is_up(v->room->session)) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return true;
	}
	is = ircnet_isupport(v->room->net);
	if (!m->config->voice_request || strchr(is->statusmsg, '@') == NULL) {
		out_error(m, q->stanza, E_FEATURE_NOT_IMPLEMENTED,
			"Nobody is asked for voice here. Write to one of the "
			"operators of the channel.");
		return true;
	}
	ask_for_voice(q, v->room);
	return true;
}

/* ---- from IRC ---- */

/* Both forms in one message from the room. */
static void invited(struct session *s, const struct ircsource *by,
	struct slice channel)
{
	struct mapping *m = core(s);
	const char *room = room_address(m, s->network, channel);
	const char *nick = room_address(m, s->network, by->nick);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room);
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "invite", NS_NONE);
	xw_attr(w, "from", nick);
	xw_end(w);
	xw_end(w);
	xw_start(w, "x", NS_CONFERENCE_DIRECT);
	xw_attr(w, "jid", room);
	xw_end(w);
	out_end(m);
	out_send(m, s->user, s->user->entry.key->p);
}

static const char *lang_of(const struct session *s)
{
	return user_lang(s->user);
}

void invite_moved(const struct room *r, const struct view *v, const char *to,
	struct slice reason)
{
	struct mapping *m = core(r->session);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", to);
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "invite", NS_NONE);
	xw_attr(w, "from", r->jid->p);
	xw_elem(w, "reason", NS_NONE, reason);
	xw_end(w);
	xw_end(w);
	xw_start(w, "x", NS_CONFERENCE_DIRECT);
	xw_attr(w, "jid", to);
	xw_attr_slice(w, "reason", reason);
	xw_end(w);
	out_end(m);
	out_send(m, r->session->user, v->resource->full->p);
}

void invite_on_irc(struct session *s, const struct ircsource *by,
	struct slice target, struct slice channel)
{
	struct mapping *m = core(s);
	struct room *r;
	struct buf line;

	if (ircnet_is_me(s->net, target)) {
		addr_invited(s, channel);
		invited(s, by, channel);
		return;
	}
	r = session_room(s, channel);
	if (r == NULL || r->chan == NULL ||
		!own_shows(r, m->config->show_invites)) {
		return;
	}
	buf_init(&line, 2048);
	buf_addf(&line,
		text(m, lang_of(s), "%.*s has invited %.*s to this room."),
		SLICE_ARG(out_clean(m, by->nick)),
		SLICE_ARG(out_clean(m, target)));
	room_notice(r, buf_cstr(&line));
	buf_finish(&line);
}
