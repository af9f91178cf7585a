/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/asker.h"
#include "mapping/command/command.h"
#include "mapping/iq.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/caps.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/room.h"
#include "mapping/room/roominfo.h"
#include "mapping/session.h"
#include "mapping/talk/react.h"
#include "mapping/text.h"
#include "mapping/user.h"
#include "xmpp/form.h"

/*
 * Service discovery (XEP-0030, XEP-0128; PROTOCOL C.11, D.1). What iq.c answers
 * is listed from its table; here is what else an entity is and can.
 */

struct identity {
	const char *category;
	const char *type;
};

struct entity {
	struct identity identities[3];
	enum ns features[12]; /* besides the iq namespaces; NS_NONE ends */
};

/* What a message to somebody on IRC may hold: by the nick, and in a room. */
#define TO_SOMEBODY                                                       \
	{                                                                 \
		NS_XHTML_IM, NS_X_OOB, NS_CORRECT, NS_CONFERENCE_DIRECT,  \
			NS_X_EVENT, NS_X_EXPIRE, NS_X_ROSTER, NS_ROSTERX, \
	}

static const struct entity entities[ADDR_KINDS] = {
	[ADDR_GW] = {
		{{"gateway", "irc"}, {"conference", "irc"},
			{"conference", "text"}},
		{NS_MUC, NS_MUC_STABLE_ID, NS_JID_ESCAPING, NS_OCCUPANT_ID,
			NS_X_ROSTER, NS_ROSTERX},
	},
	[ADDR_SRV] = {
		{{"conference", "irc"}, {"gateway", "irc"}},
		{NS_MUC, NS_RSM},
	},
	[ADDR_CHAN] = {
		{{"conference", "text"}, {"conference", "irc"}},
		{NS_MUC, NS_MUC_STABLE_ID, NS_MUC_SELF_PING, NS_SID,
			NS_OCCUPANT_ID, NS_XHTML_IM, NS_X_OOB, NS_CORRECT,
			NS_X_EXPIRE},
	},
	[ADDR_OCC] = {{{"client", "irc"}}, TO_SOMEBODY},
	[ADDR_NICK] = {{{"client", "irc"}}, TO_SOMEBODY},
};

enum {
	ROOMS = 1 << ADDR_CHAN,
	PEOPLE = 1 << ADDR_NICK | 1 << ADDR_OCC,
};

#define SET(name) offsetof(struct map_config, name)

/*
 * What an entity can while the user's connection to the network has this IRCv3
 * capability (F.1), and may send this client tag; no longer than that. And what
 * it can because the operator has set it so.
 */
static const struct {
	unsigned kinds;
	const char *cap; /* NULL: none */
	const char *tag; /* NULL: none */
	size_t setting;  /* a bool; 0: none */
	enum ns ns;
} conditional[] = {
	{PEOPLE | ROOMS, "message-tags", "typing", 0, NS_CHATSTATES},
	{PEOPLE | ROOMS, "message-tags", "reply", 0, NS_REPLY},
	{PEOPLE | ROOMS, "message-tags", "draft/react", 0, NS_REACTIONS},
	{PEOPLE | ROOMS, "draft/message-redaction", NULL, 0, NS_RETRACT},
	{ROOMS, "draft/message-redaction", NULL, 0, NS_MODERATE},
	{PEOPLE | ROOMS, "draft/read-marker", NULL, 0, NS_MARKERS},
	{PEOPLE, "echo-message", NULL, SET(receipts), NS_RECEIPTS},
	{PEOPLE, NULL, NULL, SET(attention), NS_ATTENTION},
	{PEOPLE | ROOMS, NULL, NULL, SET(styling), NS_STYLING},
	{PEOPLE | ROOMS, NULL, NULL, SET(styling), NS_MARKUP},
};

struct slice disco_name(struct mapping *m, const struct addr *a)
{
	switch (a->kind) {
	case ADDR_GW:
		return slice_str("IRC gateway");
	case ADDR_SRV:
		return slice_str(network_title(a->network));
	case ADDR_OCC:
		return a->nick;
	default:
		return out_clean(m, a->name);
	}
}

struct slice iq_name(const struct request *q, const struct addr *a)
{
	return disco_name(core_of(q), a);
}

static void write_identity(struct xw *w, const struct identity *i,
	struct slice name)
{
	xw_start(w, "identity", NS_NONE);
	xw_attr(w, "category", i->category);
	xw_attr(w, "type", i->type);
	xw_attr_slice(w, "name", name);
	xw_end(w);
}

static void write_feature(struct xw *w, const char *var)
{
	xw_start(w, "feature", NS_NONE);
	xw_attr(w, "var", var);
	xw_end(w);
}

/* First the rows of the table of handlers, then those of entities[]. */
enum ns disco_feature(enum addr_kind kind, size_t *pos)
{
	size_t served = iq_handlers();
	enum ns ns;

	if (*pos < served) {
		do { /* what depends on the network is not listed for all */
			ns = iq_served(kind, pos);
		} while (ns == NS_MODERATE);
		if (ns != NS_NONE) {
			return ns;
		}
		*pos = served;
	}
	return entities[kind].features[(*pos)++ - served];
}

/* ---- rooms (D.1) ---- */

/* s: the asker's; NULL: there is none. */
static bool network_can(const struct session *s, const char *cap,
	const char *tag)
{
	return s != NULL && session_is_up(s) && ircnet_cap(s->net, cap) &&
		(tag == NULL || ircnet_tag_allowed(s->net, tag));
}

static bool is_set(const struct mapping *m, size_t setting)
{
	return *(const bool *)((const char *)m->config + setting);
}

static void describe_conditional(const struct mapping *m, enum addr_kind kind,
	const struct session *s, struct disco_info *d)
{
	for (size_t i = 0; i < sizeof conditional / sizeof *conditional; i++) {
		if ((conditional[i].kinds & 1U << kind) != 0 &&
			d->nfeatures < CAPS_FEATURES - ROOMINFO_FEATURES &&
			(conditional[i].cap == NULL ||
				network_can(s, conditional[i].cap,
					conditional[i].tag)) &&
			(conditional[i].setting == 0 ||
				is_set(m, conditional[i].setting))) {
			d->features[d->nfeatures++] =
				ns_uri(conditional[i].ns);
		}
	}
}

static void describe(const struct mapping *m, enum addr_kind kind,
	struct slice name, const struct session *s, const struct roominfo *room,
	struct disco_info *d)
{
	const struct entity *e = &entities[kind];
	size_t pos = 0;
	enum ns ns;

	*d = (struct disco_info){.name = name};
	for (size_t i = 0; i < CAPS_IDENTITIES && e->identities[i].category;
		i++) {
		d->identities[i].category = e->identities[i].category;
		d->identities[i].type = e->identities[i].type;
		d->nidentities++;
	}
	while ((ns = disco_feature(kind, &pos)) != NS_NONE &&
		d->nfeatures < CAPS_FEATURES - ROOMINFO_FEATURES) {
		d->features[d->nfeatures++] = ns_uri(ns);
	}
	describe_conditional(m, kind, s, d);
	if (room != NULL) {
		roominfo_features(room, d);
	}
}

void disco_describe(const struct mapping *m, enum addr_kind kind,
	struct slice name, const struct room *r, struct disco_info *d)
{
	struct roominfo info;

	if (r != NULL && r->chan != NULL) {
		roominfo_of(r, &info);
		describe(m, kind, name, r->session, &info, d);
	} else {
		describe(m, kind, name, r ? r->session : NULL, NULL, d);
	}
}

/* What the list of channels says of one that the asker is not in (D.11). */
static bool find_listed(struct session *s, const struct addr *a,
	struct roominfo *out)
{
	const struct chanstore *known = s ? chanlist_known(s) : NULL;
	struct chanstore_channel found;

	if (known == NULL || !chanstore_find(known, a->name, &found)) {
		return false;
	}
	*out = (struct roominfo){
		.counted = true,
		.occupants = found.users,
		.topic = found.topic.p ? found.topic : slice("", 0),
	};
	return true;
}

/* The nick that is reserved for the asker (XEP-0045 7.12). */
static void reserved_nick(struct request *q, const struct addr *a)
{
	static const struct identity room = {"conference", "text"};
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_DISCO_INFO);
	xw_attr(w, "node", "x-roomuser-item");
	if (v != NULL) {
		write_identity(w, &room, out_clean(m, room_nick(v->room)));
	}
	xw_end(w);
	out_answer(m, q->stanza);
}

/* What survives the way through IRC (XEP-0045 6.5). */
static void traffic(struct request *q)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_DISCO_INFO);
	xw_attr(w, "node", ns_uri(NS_MUC_TRAFFIC));
	write_feature(w, ns_uri(NS_DELAY));
	xw_end(w);
	out_answer(m, q->stanza);
}

/* C.4: only who is in the room may ask about somebody in it. */
bool iq_occupant_is_there(struct request *q, const struct addr *a)
{
	struct view *v = room_view_of(q, a);

	if (v == NULL) {
		out_error(core_of(q), q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return false;
	}
	if (addr_find_occupant(v->room->session, v->room->net, v->room->chan,
		    a->nick, NULL) == NULL) {
		out_error(core_of(q), q->stanza, E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room. Look at who is "
			"there, and at the spelling.");
		return false;
	}
	return true;
}

static bool has_feature(const struct disco_info *d, enum ns ns)
{
	for (unsigned i = 0; i < d->nfeatures; i++) {
		if (strcmp(d->features[i], ns_uri(ns)) == 0) {
			return true;
		}
	}
	return false;
}

/* XEP-0444 2.2: what clients need to know before they are refused. */
static void write_reactions(struct xw *w, const struct disco_info *d)
{
	char most[16];

	if (!has_feature(d, NS_REACTIONS)) {
		return;
	}
	snprintf(most, sizeof most, "%d", REACT_MAX);
	form_start(w, "result", NULL, NULL, "urn:xmpp:reactions:0:restrictions");
	form_value(w, "max_reactions_per_user", "text-single", NULL,
		slice_str(most));
	form_end(w);
}

/* node: of the question, NULL when none; forms only without (C.11). */
static void write_info(struct xw *w, const struct disco_info *d,
	const char *node, const struct roominfo *room)
{
	xw_start(w, "query", NS_DISCO_INFO);
	xw_attr(w, "node", node);
	for (unsigned i = 0; i < d->nidentities; i++) {
		const struct identity one = {d->identities[i].category,
			d->identities[i].type};

		write_identity(w, &one, d->name);
	}
	for (unsigned i = 0; i < d->nfeatures; i++) {
		write_feature(w, d->features[i]);
	}
	if (node == NULL && room != NULL) {
		roominfo_write(w, room);
	}
	if (node == NULL) {
		write_reactions(w, d);
	}
	xw_end(w);
}

void disco_answer_room(struct session *s, const struct asker *asker,
	struct slice name, const struct roominfo *info)
{
	struct mapping *m = s->user->mapping;
	struct disco_info d;

	describe(m, ADDR_CHAN, name, s, info, &d);
	write_info(asker_result(m, asker), &d, NULL, info);
	asker_send(m, asker);
}

static void answer_info(struct request *q, const struct disco_info *d,
	const char *node, const struct roominfo *room)
{
	write_info(out_result(core_of(q), q->stanza), d, node, room);
	out_answer(core_of(q), q->stanza);
}

/* F.1: NICK or OCC of a program, as far as that is known. */
static bool is_bot(struct request *q, const struct addr *a, struct session *s)
{
	struct view *v = a->kind == ADDR_OCC ? room_view_of(q, a) : NULL;
	const struct ircuser *u = NULL;

	if (v != NULL) {
		u = addr_find_occupant(s, v->room->net, v->room->chan,
			a->nick, NULL);
	} else if (a->kind == ADDR_NICK && s != NULL && s->net != NULL) {
		u = ircnet_user(s->net, addr_find_nick(s, a));
	}
	return u != NULL && ircuser_bot(u);
}

/* Without a node. D.1: of a room, what the user's session can know. */
static void entity_info(struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	bool chan = a->kind == ADDR_CHAN;
	struct session *s = u != NULL && a->network != NULL ?
		session_find(u, a->network) :
		NULL;
	struct room *r = chan && s != NULL ? room_find(s, a) : NULL;
	struct roominfo info;
	struct disco_info d;
	bool listed = chan && r == NULL && find_listed(s, a, &info);

	if (chan && s != NULL && r == NULL && !listed && session_is_up(s) &&
		roominfo_ask(q, a, s)) {
		return;
	}
	if (r != NULL && r->chan != NULL) {
		roominfo_of(r, &info);
		describe(core_of(q), a->kind, iq_name(q, a), s, &info, &d);
		answer_info(q, &d, NULL, &info);
	} else {
		describe(core_of(q), a->kind, iq_name(q, a), s, NULL, &d);
		if (is_bot(q, a, s)) {
			d.identities[0].type = "bot";
		}
		answer_info(q, &d, NULL, listed ? &info : NULL);
	}
}

static const char no_node[] =
	N_("There is no such node here. Ask without one for what there is.");

void iq_disco_info(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const char *node = elem_attr(elem_first(q->stanza->root), "node");
	struct view *v = a->kind == ADDR_CHAN ? room_view_of(q, a) : NULL;
	struct disco_info d;

	if (a->kind == ADDR_OCC && !iq_occupant_is_there(q, a)) {
		return;
	}
	if (node == NULL || node[0] == '\0') {
		entity_info(q, a);
		return;
	}
	disco_describe(m, a->kind, iq_name(q, a), v ? v->room : NULL, &d);
	if (a->kind == ADDR_CHAN && strcmp(node, "x-roomuser-item") == 0) {
		reserved_nick(q, a);
	} else if (a->kind == ADDR_CHAN &&
		strcmp(node, ns_uri(NS_MUC_TRAFFIC)) == 0) {
		traffic(q);
	} else if (caps_is_node(&d, node)) {
		answer_info(q, &d, node, NULL);
	} else if (!command_disco_info(q, a, node)) {
		out_error(m, q->stanza, E_ITEM_NOT_FOUND, no_node);
	}
}

/* ---- items ---- */

static void write_network(struct mapping *m, const struct network *n, void *ctx)
{
	struct xw *w = ctx;
	struct buf jid;

	buf_init(&jid, 2048);
	addr_add_srv(m, &jid, n);
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "jid", buf_cstr(&jid));
	xw_attr(w, "name", network_title(n));
	xw_end(w);
	buf_finish(&jid);
}

static void write_occupants(struct xw *w, const struct room *r)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;

		xw_start(w, "item", NS_NONE);
		xw_attr(w, "jid", room_occ(r, istr_slice(u->nick)));
		xw_end(w);
	}
}

void iq_disco_items(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const char *node = elem_attr(elem_first(q->stanza->root), "node");
	struct view *v = a->kind == ADDR_CHAN ? room_view_of(q, a) : NULL;
	struct xw *w;

	if (node != NULL && node[0] != '\0') {
		if (!command_disco_items(q, a, node)) {
			out_error(m, q->stanza, E_ITEM_NOT_FOUND, no_node);
		}
		return;
	}
	if (a->kind == ADDR_SRV) {
		chanpage_items(q, a);
		return;
	}
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_DISCO_ITEMS);
	if (a->kind == ADDR_GW) {
		networks_each(m, user_find(m, q->from.bare), write_network, w);
	} else if (v != NULL && v->room->chan != NULL) {
		write_occupants(w, v->room);
	}
	xw_end(w);
	out_answer(m, q->stanza);
}
