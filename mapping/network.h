/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_NETWORK_H
#define MAPPING_NETWORK_H

#include "mapping/core.h"

/*
 * The networks that may be reached, and the turns of their links: 2,000
 * connects at once leave an ircd's backlog full of dead ones, and most networks
 * refuse an address that comes too often (PROTOCOL E). So at most
 * max_unregistered links of a network are not yet registered, and all users
 * together open connect_burst links at once, then one each
 * connect_interval_ms. Who waits goes in order, newcomers before those who come
 * back after a loss.
 */

/* Makes the tables agree with m->config; networks in use are never freed. */
void networks_load(struct mapping *m);
void networks_free(struct mapping *m);

/*
 * What lists of networks show (PROTOCOL C.6, C.10, C.11): the configured ones,
 * then those the user named; user may be NULL. None where all addresses mean
 * the one fixed network.
 */
void networks_each(struct mapping *m, const struct user *user,
	void (*fn)(struct mapping *m, const struct network *n, void *ctx),
	void *ctx);
/* Its name for people. */
const char *network_title(const struct network *n);

/* By name or alias, lower case. */
struct network *network_find(const struct mapping *m, struct slice name);
/*
 * The network of a server that a user named; made when new. `key` is the host
 * part as typed (lower case), host what to connect to. TLS with verification,
 * always: plain text is only for what the operator lists. NULL: the operator
 * listed it until just now, and its sessions are not all gone.
 */
struct network *network_free_choice(struct mapping *m, struct slice key,
	struct slice host, uint16_t port);
/* Those that this call named and nobody uses are forgotten again. */
void networks_tidy(struct mapping *m);
/* Forgets a network that a user named or that left the configuration. */
void network_release(struct mapping *m, struct network *n);

/* It refused a link for coming too fast: nobody tries for a minute. */
void network_too_fast(struct network *n);
/* true: the session may open its link now; false: it waits its turn. */
bool network_slot_take(struct session *s);
/* The session is registered, lost or gone; the next one is started. */
void network_slot_free(struct session *s);

#endif
