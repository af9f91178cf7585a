/* SPDX-License-Identifier: MIT */
#include "mapping/presence.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/old/old.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/online.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* ---- nick changes (D.2, D.9) ---- */

static void nick_error(struct session *s, const struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	struct xw *w = out_begin(m, "presence");
	struct buf from;

	buf_init(&from, 4096);
	buf_add_slice(&from, istr_slice(s->nick_room));
	buf_add_char(&from, '/');
	addr_add_resource(m, &from, s->network,
		s->net ? ircnet_nick_now(s->net) : istr_slice(s->nick));
	xw_attr(w, "from", buf_cstr(&from));
	xw_attr(w, "id", s->nick_id ? s->nick_id->p : NULL);
	xw_attr(w, "type", "error");
	xw_empty(w, "x", NS_MUC);
	text_error(m, w, fault->error, user_lang(s->user), fault->text,
		s->nick_room->p);
	out_end(m);
	out_send(m, NULL, s->nick_by->p);
	buf_finish(&from);
	istr_set(&s->nick_asked, NULL);
	istr_set(&s->nick_by, NULL);
	istr_set(&s->nick_room, NULL);
	istr_set(&s->nick_id, NULL);
}

bool presence_nick_refused(struct session *s, int numeric,
	const struct ircmsg *m)
{
	struct fault fault;

	if (s->nick_asked == NULL || !errmap_nick(numeric, &fault)) {
		return false;
	}
	advise(s->user->mapping, &fault, ADVICE_NICK, numeric, ircmsg_last(m));
	nick_error(s, &fault);
	return true;
}

enum answered presence_nick_on_answer(struct session *s,
	const struct answer *a)
{
	struct fault fault;

	if (s->nick_asked == NULL || s->nick_label != a->token) {
		return ANSWER_UNKNOWN;
	}
	if (!answer_is_error(a)) {
		return ANSWER_PLAIN;
	}
	answer_fault(s, a, ADVICE_NICK, errmap_nick(a->numeric, &fault),
		&fault);
	nick_error(s, &fault);
	return ANSWER_TAKEN;
}

static void change_nick(struct request *q, struct view *v, struct slice nick)
{
	struct session *s = v->room->session;
	struct fault fault = {E_JID_MALFORMED,
		"IRC does not allow this nick. Use letters, digits and "
		"-_[]{}\\|^` without spaces."};
	enum err err = ERR_WRONG_STATE;

	istr_set(&s->nick_asked, intern(nick.p, nick.len));
	istr_set(&s->nick_by, istr_ref(v->resource->full));
	istr_set(&s->nick_room, istr_ref(v->room->jid));
	istr_set(&s->nick_id, q->stanza->id ?
			intern(q->stanza->id, strlen(q->stanza->id)) :
			NULL);
	if (session_is_up(s)) {
		s->nick_label = answer_label(s);
		err = ircnet_nick(s->net, nick);
		answer_labelled(s);
	}
	if (err == ERR_WRONG_STATE || err == ERR_FULL) {
		fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"IRC is not reachable at the moment. Try again soon."};
	}
	if (err != ERR_OK) {
		nick_error(s, &fault);
	}
}

void presence_nick_lost(struct session *s)
{
	if (s->nick_asked != NULL) {
		nick_error(s, &(struct fault){E_RESOURCE_CONSTRAINT,
			"The connection to IRC was lost before it took the new "
			"nick. Try again when it is back."});
	}
}

/* ---- entering ---- */

static struct slice password_of(const struct elem *root)
{
	const struct elem *x = elem_child(root, "x", NS_MUC);

	if (x != NULL) {
		struct slice p = elem_child_text(x, "password", NS_MUC);

		if (p.p != NULL) {
			return p;
		}
	}
	x = elem_child(root, "x", NS_MUC_USER);
	return x ? elem_child_text(x, "password", NS_MUC_USER) :
		   slice(NULL, 0);
}

/* The client thinks it is in, or left an update behind: tell it (D.2). */
static void desynchronised(struct request *q)
{
	static const char *const codes[] = {"110", "307", "333"};
	struct mapping *m = core_of(q);
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", q->stanza->to);
	xw_attr(w, "id", q->stanza->id);
	xw_attr(w, "type", "unavailable");
	xw_start(w, "x", NS_MUC_USER);
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "affiliation", "none");
	xw_attr(w, "role", "none");
	xw_end(w);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		xw_start(w, "status", NS_NONE);
		xw_attr(w, "code", codes[i]);
		xw_end(w);
	}
	xw_end(w);
	out_end(m);
	out_send(m, NULL, q->from.full);
}

static void enter(struct request *q, const struct addr *a, struct user *u,
	enum dialect dialect)
{
	struct mapping *m = core_of(q);
	struct join join = {
		.addr = a,
		.dialect = dialect,
		.id = q->stanza->id,
		.password = password_of(q->stanza->root),
	};
	const struct elem *x = elem_child(q->stanza->root, "x", NS_MUC);
	struct fault fault = {E_RESOURCE_CONSTRAINT,
		"Too many of your clients are here. Leave a room with one of "
		"them first."};
	struct session *s = session_get(u, a->network, a->nick, &fault);
	struct resource *res = s ? resource_get(u, q->from.full) : NULL;

	if (res == NULL) {
		out_error_by(m, q->stanza, fault.error, fault.text,
			a->bare);
		return;
	}
	join.history = x ? elem_child(x, "history", NS_MUC) : NULL;
	res->muc |= dialect == DIALECT_MUC;
	if (dialect != DIALECT_MUC) {
		old_note(m, q->from.full);
	}
	resource_presence(res, q->stanza);
	if (!room_enter(res, s, &join, &fault)) {
		out_error_by(m, q->stanza, fault.error, fault.text,
			a->bare);
	}
	rooms_client_acts(res); /* the others, when the component was away */
}

static void to_occupant(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct elem *root = q->stanza->root;
	bool muc = elem_child(root, "x", NS_MUC) != NULL;
	struct user *u = user_get(m, q->from.bare);
	struct session *s = session_find(u, a->network);
	struct resource *res = resource_find(u, q->from.full);
	struct room *r = s ? room_find(s, a) : NULL;
	struct view *v = r && res ? room_view(r, res) : NULL;

	user_touch(u);
	if (muc) {
		enter(q, a, u, DIALECT_MUC);
	} else if (v != NULL && view_joined(v)) {
		resource_presence(res, q->stanza);
		if (!room_nick_is(r, a->nick)) {
			change_nick(q, v, a->nick);
		}
		session_update_away(s);
	} else if (v != NULL) {
		resource_presence(res, q->stanza); /* still joining */
	} else if ((res != NULL && res->muc) ||
		elem_child(root, "c", NS_CAPS) != NULL) {
		desynchronised(q);
	} else {
		enter(q, a, u, DIALECT_GC1);
	}
}

static void available(struct request *q, const struct addr *a)
{
	if (a->kind == ADDR_OCC) {
		to_occupant(q, a);
	} else if (a->kind == ADDR_CHAN &&
		elem_child(q->stanza->root, "x", NS_MUC) != NULL) {
		out_error_by(core_of(q), q->stanza, E_JID_MALFORMED,
			"Say which nick you want: room address, slash, nick.",
			a->bare);
	} else if (elem_child(q->stanza->root, "x", NS_MUC) != NULL) {
		/* Clients wait for ever without an answer (D.14). */
		out_error(core_of(q), q->stanza, E_JID_MALFORMED,
			"That is no room. The address of a room begins with a "
			"# and names the IRC network.");
	} else if (a->kind != ADDR_CHAN) {
		online_available(q, a);
	}
}

/* ---- leaving ---- */

void presence_client_gone(struct resource *res)
{
	while (!list_empty(&res->views)) {
		view_destroy(list_entry(list_first(&res->views), struct view,
			of));
	}
}

static void unavailable(struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct resource *res = u ? resource_find(u, q->from.full) : NULL;
	struct room *r = s ? room_find(s, a) : NULL;
	struct view *v = r && res ? room_view(r, res) : NULL;

	if (a->kind == ADDR_GW && q->from.resource != NULL) {
		old_forget(core_of(q), q->from.full);
	}
	if (a->kind != ADDR_OCC && a->kind != ADDR_CHAN) {
		online_unavailable(q, a);
		return;
	}
	if (v == NULL) {
		return; /* nothing is sent to one that is not in (D.9) */
	}
	room_leave(v, elem_child_text(q->stanza->root, "status", NS_STANZA),
		view_joined(v));
}

/* Conditions that tell of a client that is gone (D.9). */
static bool is_ghost(enum stanza_error e)
{
	static const char *const conditions[] = {"gone", "item-not-found",
		"recipient-unavailable", "redirect", "remote-server-not-found",
		"remote-server-timeout", "service-unavailable"};
	const char *condition = stanza_error_condition(e);

	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		if (strcmp(condition, conditions[i]) == 0) {
			return true;
		}
	}
	return false;
}

void presence_bounce(struct request *q)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct resource *res = u ? resource_find(u, q->from.full) : NULL;
	struct addr a;
	struct fault fault;

	if (res == NULL || q->from.resource == NULL ||
		!addr_parse(m, q->stanza->to, u, &a, &fault)) {
		return;
	}
	if (a.kind != ADDR_OCC && a.kind != ADDR_CHAN) {
		if (q->stanza->kind == STANZA_PRESENCE &&
			elem_child(q->stanza->root, "error", NS_STANZA)) {
			online_bounced(q, &a); /* gone, or it refuses (C.2) */
		}
		return;
	}
	if (!is_ghost(stanza_error_read(q->stanza->root))) {
		return;
	}
	log_info(NULL, "client is gone full=%s", res->full->p);
	presence_client_gone(res);
}

/* Servers ask for new clients, and some clients after a pause (C.2). */
static void probe(struct request *q, const struct addr *a)
{
	struct view *v;

	if (a->kind != ADDR_CHAN && a->kind != ADDR_OCC) {
		contact_probe(q, a);
		return;
	}
	v = room_view_of(q, a);
	if (v != NULL) {
		room_show_self(v, false);
	}
}

/* ---- dispatch ---- */

static void refuse(struct request *q, const struct fault *fault)
{
	bool available = stanza_type_is(q->stanza, NULL) ||
		stanza_type_is(q->stanza, "available");

	if (stanza_type_is(q->stanza, "subscribe")) {
		contact_refuse(q, fault);
	} else if (available && core_of(q)->sees_presence &&
		strchr(q->stanza->to, '@') == NULL) {
		return; /* the server shows us everybody's: not meant for us */
	} else if (available) {
		out_fault(core_of(q), q->stanza, fault);
	}
}

typedef void presence_fn(struct request *q, const struct addr *a);

/*
 * What ends something is heard from everybody of our users; the rest only from
 * those who may use the gateway.
 */
static const struct {
	const char *type; /* NULL: none */
	presence_fn *fn;
	bool ends;
} types[] = {
	{NULL, available, false},
	{"available", available, false},
	{"unavailable", unavailable, true},
	{"probe", probe, false},
	{"subscribe", contact_subscribe, false},
	{"subscribed", contact_subscribed, false},
	{"unsubscribe", contact_unsubscribe, true},
	{"unsubscribed", contact_unsubscribed, true},
};

void handle_presence(struct request *q)
{
	struct mapping *m = core_of(q);
	struct addr a;
	struct fault fault;
	size_t i = 0;

	if (stanza_type_is(q->stanza, "error")) {
		presence_bounce(q);
		return;
	}
	while (i < sizeof types / sizeof *types &&
		!stanza_type_is(q->stanza, types[i].type)) {
		i++;
	}
	if (i == sizeof types / sizeof *types) {
		return;
	}
	if (!(types[i].ends ? user_is_ours(m, &q->from, &fault) :
			      user_allowed(m, &q->from, &fault)) ||
		!addr_parse_for(m, q->stanza->to, q->from.bare, &a, &fault)) {
		refuse(q, &fault);
	} else {
		types[i].fn(q, &a);
	}
}
