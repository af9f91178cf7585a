/* SPDX-License-Identifier: MIT */
#include "mapping/iq.h"

#include <string.h>

#include "mapping/people/about.h"
#include "mapping/old/agents.h"
#include "mapping/people/ask.h"
#include "mapping/old/autoupdate.h"
#include "mapping/old/browse.h"
#include "mapping/command/command.h"
#include "mapping/room/conference.h"
#include "mapping/old/old.h"
#include "mapping/talk/oob.h"
#include "mapping/talk/redact.h"
#include "mapping/room/moderate.h"
#include "mapping/out.h"
#include "mapping/old/prompt.h"
#include "mapping/people/query.h"
#include "mapping/register/register.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"
#include "mapping/people/search.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* ---- ping (XEP-0199, XEP-0410; D.10) ---- */

static void ping_occupant(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);

	if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
	} else if (!room_nick_is(v->room, a->nick)) {
		query_ask(q, a, QUERY_PING);
	} else if (v->room->state != ROOM_COMPLETE) {
		query_hold(q, v->room); /* the link is being restored */
	} else {
		out_result(m, q->stanza);
		out_answer(m, q->stanza);
	}
}

static void iq_ping(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct session *s =
		u && a->network ? session_find(u, a->network) : NULL;

	if (a->kind == ADDR_OCC) {
		ping_occupant(q, a);
	} else if (a->kind == ADDR_NICK) {
		query_ask(q, a, QUERY_PING);
	} else if (a->kind == ADDR_SRV && (s == NULL || !session_is_up(s))) {
		out_error(m, q->stanza, E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first.");
	} else {
		out_result(m, q->stanza);
		out_answer(m, q->stanza);
	}
}

/* ---- dispatch ---- */

enum {
	TO_GW = 1 << ADDR_GW,
	TO_SRV = 1 << ADDR_SRV,
	TO_CHAN = 1 << ADDR_CHAN,
	TO_OCC = 1 << ADDR_OCC,
	TO_NICK = 1 << ADDR_NICK,
	TO_ALL = TO_GW | TO_SRV | TO_CHAN | TO_OCC | TO_NICK,
};

/*
 * In the order in which disco#info lists them (C.11: only what answers is
 * listed, so it is read from here).
 */
static const struct handler {
	enum ns ns;
	const char *element;
	unsigned targets; /* which of our addresses answer it */
	iq_fn *get;       /* NULL: not allowed */
	iq_fn *set;
} handlers[] = {
	{NS_DISCO_INFO, "query", TO_ALL, iq_disco_info, NULL},
	{NS_DISCO_ITEMS, "query", TO_ALL, iq_disco_items, NULL},
	{NS_IQ_LAST, "query", TO_ALL, iq_last, NULL},
	{NS_IQ_TIME, "query", TO_ALL, iq_time, NULL},
	{NS_TIME, "time", TO_ALL, iq_time, NULL},
	{NS_IQ_VERSION, "query", TO_ALL, iq_version, NULL},
	{NS_IQ_GATEWAY, "query", TO_GW | TO_SRV, iq_gateway_get,
		iq_gateway_set},
	{NS_IQ_AGENT, "query", TO_GW | TO_SRV | TO_CHAN, iq_agent, NULL},
	{NS_IQ_AGENTS, "query", TO_GW | TO_SRV, iq_agents, NULL},
	{NS_IQ_BROWSE, "query", TO_ALL, iq_browse, NULL},
	{NS_IQ_AUTOUPDATE, "query", TO_GW, iq_autoupdate, NULL},
	{NS_IQ_CONFERENCE, "query", TO_CHAN, iq_conference_get,
		iq_conference_set},
	{NS_IQ_OOB, "query", TO_OCC | TO_NICK, NULL, iq_oob},
	{NS_IQ_SEARCH, "query", TO_GW | TO_SRV, iq_search_get, iq_search_set},
	{NS_PING, "ping", TO_ALL, iq_ping, NULL},
	{NS_IQ_REGISTER, "query", TO_GW | TO_SRV, iq_register_get,
		iq_register_set},
	{NS_VCARD, "vCard", TO_ALL, iq_vcard, iq_vcard_set},
	{NS_COMMANDS, "command", TO_ALL, NULL, iq_command},
	{NS_MUC_ADMIN, "query", TO_CHAN, iq_admin_get, iq_admin_set},
	{NS_MUC_OWNER, "query", TO_CHAN, iq_owner_get, iq_owner_set},
	{NS_MODERATE, "moderate", TO_CHAN, NULL, iq_moderate},
};

enum ns iq_served(enum addr_kind kind, size_t *pos)
{
	while (*pos < sizeof handlers / sizeof *handlers) {
		const struct handler *h = &handlers[(*pos)++];

		if (h->targets & 1U << kind) {
			return h->ns;
		}
	}
	return NS_NONE;
}

static const struct handler *find(enum ns ns)
{
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
		if (handlers[i].ns == ns) {
			return &handlers[i];
		}
	}
	return NULL;
}

size_t iq_handlers(void)
{
	return sizeof handlers / sizeof *handlers;
}

bool iq_serves(enum addr_kind kind, enum ns ns)
{
	const struct handler *h = find(ns);

	return h != NULL && (h->targets & 1U << kind) != 0;
}

static void dispatch(struct request *q, const struct elem *payload, bool set)
{
	struct mapping *m = core_of(q);
	const struct handler *h = find(payload->ns);
	struct addr a;
	struct fault fault;
	iq_fn *fn;

	if (!addr_parse_for(m, q->stanza->to, q->from.bare, &a, &fault) ||
		/* Servers ask GW too: jabberd2 lists it only when answered. */
		(a.kind != ADDR_GW && !user_allowed(m, &q->from, &fault))) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	if (h == NULL || (h->targets & 1U << a.kind) == 0) {
		out_error(m, q->stanza, E_SERVICE_UNAVAILABLE,
			"Nothing here answers such a request. What can be asked "
			"is told by service discovery.");
		return;
	}
	fn = set ? h->set : h->get;
	if (strcmp(payload->name, h->element) != 0) {
		out_error(m, q->stanza, E_FEATURE_NOT_IMPLEMENTED,
			"Requests of this kind hold another element. Perhaps "
			"your client needs an update.");
	} else if (fn == NULL) {
		out_error(m, q->stanza, E_NOT_ALLOWED, set ?
			N_("This can be asked for, but not be set.") :
			N_("This can be set, but not be asked for."));
	} else {
		fn(q, &a);
	}
}

void handle_iq(struct request *q)
{
	const struct stanza *s = q->stanza;
	const struct elem *payload = elem_first(s->root);
	bool set = stanza_type_is(s, "set");

	if (stanza_type_is(s, "result") || stanza_type_is(s, "error")) {
		ask_answered(q);
		return;
	}
	/* No type: the overview's `get` (C.0). */
	if (!set && !stanza_type_is(s, "get") && !stanza_type_is(s, NULL)) {
		out_error(core_of(q), s, E_BAD_REQUEST, "There is no such "
			"type of iq. A request is a get or a set.");
	} else if (payload == NULL) {
		out_error(core_of(q), s, E_BAD_REQUEST,
			"This iq asks for nothing. Name what you want in it.");
	} else {
		old_note_iq(core_of(q), q->from.full, payload, set);
		dispatch(q, payload, set);
	}
}
