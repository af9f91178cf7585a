/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_MAPPING_H
#define MAPPING_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "mapping/config.h"
#include "mapping/ports.h"
#include "xmpp/stanza.h"

/*
 * The core: Jabber on one side, IRC on the other, what each becomes between
 * them (doc/PROTOCOL.md). Everything that happens is told to it by one of the
 * calls below; everything it wants goes through its ports and the clock's
 * timers. One core serves one component.
 */
struct mapping;

/* config, ports (copied) and clock are lent for its life. */
struct mapping *mapping_create(const struct map_config *config,
	const struct map_ports *ports, struct clock *clock);
/* Links are closed without a word: mapping_stop() says goodbye. */
void mapping_destroy(struct mapping *m);

/* What is kept, one row after another, before anything else happens. */
void mapping_load(struct mapping *m, const struct store_row *row);
/* The answer to the port `save`. */
void mapping_saved(struct mapping *m, uint64_t token, enum err err);

/* The component stream came up, or was lost (PROTOCOL A.3). */
void mapping_online(struct mapping *m);
void mapping_offline(struct mapping *m);
/* A stanza from the Jabber server; lent for the call. */
void mapping_stanza(struct mapping *m, const struct stanza *stanza);
/* One that was over a limit and thrown away: its sender is told (A.1). */
void mapping_dropped(struct mapping *m, const struct stanza *stanza,
	unsigned over);

void mapping_link_up(struct mapping *m, unsigned link);
void mapping_link_data(struct mapping *m, unsigned link, const char *p,
	size_t len);
/* detail: for people, e.g. the certificate's fault; may be NULL. */
void mapping_link_lost(struct mapping *m, unsigned link, enum err why,
	const char *detail);

/*
 * The Jabber server has not taken our output for long: until told otherwise
 * room messages are dropped and counted, each room gets a line saying so
 * afterwards (nobody falls off IRC, nothing grows).
 */
void mapping_congested(struct mapping *m, bool congested);
/* The port xmpp_high() said yes and would say no now. */
void mapping_flows(struct mapping *m);

/*
 * A new configuration (lent; the old one is no longer used). Sessions on
 * networks that are gone end with a message; others stay.
 */
void mapping_reload(struct mapping *m, const struct map_config *config);

/* Goodbye to everybody on both sides (A.3); then only destroy. */
void mapping_stop(struct mapping *m, const char *reason);

struct mapping_stats {
	size_t users;
	size_t sessions;
	size_t registered; /* sessions that are on IRC */
	size_t rooms;
	unsigned long dropped_room_messages;
	unsigned long dropped_stanzas; /* not for us, of nobody, too big */
};
void mapping_stats(const struct mapping *m, struct mapping_stats *out);

#endif
