/* SPDX-License-Identifier: MIT */
#include "mapping/old/browse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/iq.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

enum {
	CHANNELS_SHOWN = CHANSTORE_LARGEST, /* browse has no pages (C.10) */
	ENTRY_BYTES = 8192,   /* one entry and the end tags need less */
};

/* ---- elements ---- */

struct kind {
	const char *category;
	const char *type;
};

static const struct kind kinds[ADDR_KINDS] = {
	[ADDR_GW] = {"service", "irc"},
	[ADDR_SRV] = {"conference", "irc"},
	[ADDR_CHAN] = {"conference", "irc"},
	[ADDR_OCC] = {"user", "client"},
	[ADDR_NICK] = {"user", "client"},
};

static void start_root(struct mapping *m, struct xw *w, enum addr_kind kind,
	const char *jid, struct slice name)
{
	const struct kind *k = &kinds[kind];

	xw_start(w,
		m->config->browse_style == BROWSE_QUERY ? "query" : k->category,
		NS_IQ_BROWSE);
	xw_attr(w, "category", k->category);
	xw_attr(w, "type", k->type);
	xw_attr(w, "jid", jid);
	xw_attr_slice(w, "name", name);
}

/* The element's name is the category, or an attribute says it (XEP-0011). */
static void start_entry(struct mapping *m, struct xw *w, const char *category,
	const char *type, const char *jid, struct slice name)
{
	if (m->config->browse_style == BROWSE_QUERY) {
		xw_start(w, "item", NS_NONE);
		xw_attr(w, "category", category);
	} else {
		xw_start(w, category, NS_NONE);
	}
	xw_attr(w, "type", type);
	xw_attr(w, "jid", jid);
	xw_attr_slice(w, "name", name);
}

static void write_ns(struct xw *w, enum ns ns)
{
	xw_elem(w, "ns", NS_NONE, slice_str(ns_uri(ns)));
}

static void write_all_ns(struct xw *w, enum addr_kind kind)
{
	size_t pos = 0;
	enum ns ns;

	while ((ns = disco_feature(kind, &pos)) != NS_NONE) {
		write_ns(w, ns);
	}
}

static bool has_room(const struct mapping *m)
{
	return m->out.xml.len + ENTRY_BYTES < m->config->max_stanza;
}

/* ---- what is in it ---- */

static void write_network(struct mapping *m, const struct network *n, void *ctx)
{
	struct xw *w = ctx;
	struct buf jid;
	size_t pos = 0;
	enum ns ns;

	if (!has_room(m)) {
		return;
	}
	buf_init(&jid, 2048);
	addr_add_srv(m, &jid, n);
	start_entry(m, w, "service", "irc", buf_cstr(&jid),
		slice_str(network_title(n)));
	while ((ns = disco_feature(ADDR_SRV, &pos)) != NS_NONE) {
		/* What clients of 2001 look for in a list of services. */
		if (strncmp(ns_uri(ns), "jabber:iq:", 10) == 0) {
			write_ns(w, ns);
		}
	}
	xw_end(w);
	buf_finish(&jid);
}

/* The largest first, then by name: the order must not depend on the map's. */
static int by_size(const void *a, const void *b)
{
	const struct room *one = *(const struct room *const *)a;
	const struct room *two = *(const struct room *const *)b;
	uint32_t n = one->chan->members.used;
	uint32_t k = two->chan->members.used;

	return n != k ? (n < k ? 1 : -1) :
			strcmp(one->entry.key->p, two->entry.key->p);
}

static void write_channel(struct mapping *m, struct xw *w, const char *jid,
	struct slice name, unsigned users)
{
	char text[700];

	snprintf(text, sizeof text, "%.*s (%u)", SLICE_ARG(name), users);
	start_entry(m, w, "conference", "irc", jid, slice_str(text));
	xw_end(w);
}

static void write_room(struct mapping *m, struct xw *w, const struct room *r)
{
	write_channel(m, w, r->jid->p, out_clean(m, istr_slice(r->chan->name)),
		(unsigned)r->chan->members.used);
}

/* The user's own channels of that network; s may be NULL. */
static void write_rooms(struct mapping *m, struct session *s, struct xw *w)
{
	const struct room **rooms;
	size_t n = 0;
	uint32_t pos = 0;
	struct map_slot *slot;

	if (s == NULL || s->rooms.used == 0) {
		return;
	}
	rooms = must_calloc(s->rooms.used, sizeof *rooms);
	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		const struct room *r = (struct room *)(void *)slot->entry;

		if (r->chan != NULL && r->state == ROOM_COMPLETE) {
			rooms[n++] = r;
		}
	}
	qsort(rooms, n, sizeof *rooms, by_size);
	for (size_t i = 0; i < n && i < CHANNELS_SHOWN && has_room(m); i++) {
		write_room(m, w, rooms[i]);
	}
	free(rooms);
}

/* The largest that LIST told of. */
static void write_largest(struct session *s, struct xw *w,
	const struct chanstore *channels)
{
	struct mapping *m = s->user->mapping;
	const uint32_t *largest;
	size_t n = chanstore_largest(channels, &largest);
	struct buf jid;

	buf_init(&jid, 4096);
	for (size_t i = 0; i < n && has_room(m); i++) {
		struct chanstore_channel c = chanstore_at(channels, largest[i]);

		buf_truncate(&jid, 0);
		addr_add_name(m, &jid, s->network, c.name);
		write_channel(m, w, buf_cstr(&jid), c.name, (unsigned)c.users);
	}
	buf_finish(&jid);
}

/* Who is in it, for those who are in it, where the channel lets it be known. */
static void write_occupants(struct request *q, const struct addr *a,
	struct xw *w)
{
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);
	const struct room *r = v ? v->room : NULL;
	uint32_t pos = 0;
	struct map_slot *slot;

	if (r == NULL || r->chan == NULL || chan_has_mode(r->chan, 's') ||
		chan_has_mode(r->chan, 'p')) {
		return;
	}
	while (has_room(m) && (slot = map_next(&r->chan->members, &pos))) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;

		start_entry(m, w, "user", "client",
			room_occ(r, istr_slice(u->nick)),
			out_clean(m, istr_slice(u->nick)));
		xw_end(w);
	}
}

/* ---- a network, whose channels may have to be asked for ---- */

static void start_network(struct mapping *m, struct xw *w,
	const struct network *n)
{
	struct buf jid;

	buf_init(&jid, 2048);
	addr_add_srv(m, &jid, n);
	start_root(m, w, ADDR_SRV, buf_cstr(&jid), slice_str(network_title(n)));
	write_all_ns(w, ADDR_SRV);
	buf_finish(&jid);
}

/* It is as well the answer to what the network is: it never is an error. */
static void on_list(struct session *s, void *ctx,
	const struct chanlist_answer *answer, const struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	struct asker *asker = ctx;

	if (answer != NULL || fault != NULL) {
		struct xw *w = asker_result(m, asker);

		start_network(m, w, s->network);
		if (answer != NULL) {
			write_largest(s, w, answer->channels);
		} else {
			write_rooms(m, s, w);
		}
		xw_end(w);
		asker_send(m, asker);
	}
	asker_finish(asker);
	free(asker);
}

static void browse_network(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct asker *asker;
	struct xw *w;

	if (s != NULL && session_is_up(s)) {
		asker = must_calloc(1, sizeof *asker);
		asker_init(asker, q, NS_IQ_BROWSE, "query");
		chanlist_ask(s, slice(NULL, 0), on_list, asker);
		return;
	}
	w = out_result(m, q->stanza);
	start_network(m, w, a->network);
	write_rooms(m, s, w);
	xw_end(w);
	out_answer(m, q->stanza);
}

void iq_browse(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w;

	if (a->kind == ADDR_SRV) {
		browse_network(q, a);
		return;
	}
	if (a->kind == ADDR_OCC && !iq_occupant_is_there(q, a)) {
		return;
	}
	w = out_result(m, q->stanza);
	start_root(m, w, a->kind,
		a->kind == ADDR_OCC ? q->stanza->to : a->bare, iq_name(q, a));
	if (a->kind == ADDR_GW) {
		xw_attr(w, "version", ISTHMUS_VERSION);
	}
	write_all_ns(w, a->kind);
	if (a->kind == ADDR_GW) {
		networks_each(m, user_find(m, q->from.bare), write_network, w);
	} else if (a->kind == ADDR_CHAN) {
		write_occupants(q, a, w);
	}
	xw_end(w);
	out_answer(m, q->stanza);
}
