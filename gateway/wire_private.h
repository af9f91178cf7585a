/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_WIRE_PRIVATE_H
#define GATEWAY_WIRE_PRIVATE_H

#include "gateway/link_table.h"
#include "gateway/link_uv.h"
#include "gateway/text.h"
#include "gateway/wire.h"
#include "gateway/wire_store.h"
#include "mapping/mapping.h"
#include "xmpp/component.h"

/*
 * The inside that wire.c, wire_flow.c and wire_links.c share.
 *
 * The story: wire_start() starts the component, which asks for its link;
 * on_jabber_...() tell it what happened there, on_component_...() tell the core
 * what happened to the stream. The core opens IRC links by number; each is a
 * struct irc_link until link_close() or its on_lost, whichever comes first.
 * The end: wire_stop() lets the core and the component say goodbye; every link
 * drains by itself; when the component has stopped and the loop has no link
 * left, `done` tells the owner.
 */
struct wire {
	struct loop *loop;
	struct link_world world;
	struct config *config;
	struct texts *texts;
	struct wire_store *store;
	struct component *component;
	struct mapping *mapping;
	struct link *jabber; /* NULL: none is wanted */
	struct link_table links;
	bool paused;    /* IRC links are not read */
	unsigned held;  /* links of which that is true besides */
	bool congested; /* the core was told so */
	struct timer pause_end;
	bool stopping;
	bool stopped; /* the component has said goodbye */
	struct loop_task done;
	void (*on_stopped)(void *ctx);
	struct loop_task reload;
	void (*on_reload)(void *ctx);
	void *ctx;
};

struct irc_link {
	struct link_entry entry; /* first */
	struct wire *wire;
	struct link *link;
	bool held; /* it had much to say, and Jabber has much to read */
};

/* wire_flow.c */
void wire_flow_init(struct wire *w);
/* The Jabber server has more to read than WIRE_WINDOW. */
bool wire_has_much_to_read(const struct wire *w);
/* This link has more to say, and waits when that is so. */
void wire_hold_storm(struct irc_link *l);
void wire_set_paused(struct wire *w, bool paused);
/* Everything is read again. */
void wire_relieve(struct wire *w);
void wire_on_component_read(void *ctx);

/* wire_links.c: ports of the core */
void wire_link_open(void *ctx, unsigned number, const struct link_target *to);
void wire_link_write(void *ctx, unsigned number, const char *p, size_t len);
void wire_link_close(void *ctx, unsigned number);
/* At the end, without a word. */
void wire_links_abort(struct wire *w);

#endif
