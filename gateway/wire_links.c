/* SPDX-License-Identifier: MIT */
#include "gateway/wire_private.h"

#include <stdlib.h>

/* The IRC links that the core opens by number. */

static void irc_forget(struct irc_link *l)
{
	l->wire->held -= l->held;
	link_table_remove(&l->wire->links, &l->entry);
	free(l);
}

static void on_irc_up(void *ctx)
{
	struct irc_link *l = ctx;

	mapping_link_up(l->wire->mapping, l->entry.number);
}

static void on_irc_data(void *ctx, const char *p, size_t len)
{
	struct irc_link *l = ctx;
	struct wire *w = l->wire;
	unsigned number = l->entry.number;

	mapping_link_data(w->mapping, number, p, len);
	if (wire_has_much_to_read(w)) {
		/* It may be gone by what it said. */
		l = (struct irc_link *)link_table_get(&w->links, number);
		if (l != NULL) {
			wire_hold_storm(l);
		}
	}
}

static void on_irc_lost(void *ctx, enum err why, const char *detail)
{
	struct irc_link *l = ctx;
	struct wire *w = l->wire;
	unsigned number = l->entry.number;

	irc_forget(l);
	mapping_link_lost(w->mapping, number, why,
		detail[0] != '\0' ? detail : NULL);
}

static const struct link_events irc_events = {
	.on_up = on_irc_up,
	.on_data = on_irc_data,
	.on_lost = on_irc_lost,
};

void wire_link_open(void *ctx, unsigned number, const struct link_target *to)
{
	struct wire *w = ctx;
	struct irc_link *l = must_calloc(1, sizeof *l);
	struct link_config config = {
		.host = to->host,
		.port = to->port,
		.tls = to->tls,
		.ca_file = to->ca_file,
		.pins = to->pins,
		.npins = to->npins,
		.certificate = to->certificate,
		.proxy = to->proxy,
		.proxy_user = to->proxy_user,
		.proxy_password = to->proxy_password,
		.sources = to->sources,
		.nsources = to->nsources,
		.who = to->who,
		.ident = to->ident,
		.allow_private = to->allow_private,
		.owner = to->owner,
		.max_output = WIRE_IRC_MAX,
		.max_turn = WIRE_IRC_TURN,
	};

	l->wire = w;
	l->entry.number = number;
	link_table_put(&w->links, &l->entry);
	l->link = link_open(&w->world, &config, &irc_events, l);
	link_pause(l->link, w->paused);
}

void wire_link_write(void *ctx, unsigned number, const char *p, size_t len)
{
	struct wire *w = ctx;
	struct irc_link *l =
		(struct irc_link *)link_table_get(&w->links, number);

	if (l != NULL) {
		link_write(l->link, p, len);
	}
}

void wire_link_close(void *ctx, unsigned number)
{
	struct wire *w = ctx;
	struct irc_link *l =
		(struct irc_link *)link_table_get(&w->links, number);

	if (l != NULL) {
		link_close(l->link);
		irc_forget(l);
	}
}

void wire_links_abort(struct wire *w)
{
	struct link_entry *e;

	while ((e = link_table_pop(&w->links)) != NULL) {
		link_abort(((struct irc_link *)e)->link);
		free(e);
	}
	link_table_finish(&w->links);
}
