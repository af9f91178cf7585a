/* SPDX-License-Identifier: MIT */
#include "mapping/presence.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/nick.h"
#include "mapping/old/old.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/online.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

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
			nick_ask(q, v, a->nick);
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
