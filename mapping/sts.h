/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_STS_H
#define MAPPING_STS_H

#include "irc/sts.h"
#include "mapping/core.h"

/*
 * Hosts that have promised encryption (IRCv3 sts, PROTOCOL F.5). On a plain link
 * a server that names a port is left at once, and reached there by TLS with a
 * valid certificate. On such a link a policy is learned: until it ends, plain
 * text is never used for this host, and no TLS means no connection. Policies are
 * kept over restarts: rows without a user, kind "sts", the host as scope.
 * Bounds: STS_HOSTS, of which those in the configuration have a place in any case:
 * one that a user named goes for it. The network's setting `sts` turns it off.
 */
enum { STS_HOSTS = 1000 };

/* Before a link is opened: makes TLS of plain text, where that must be. */
void sts_target(struct session *s, struct link_target *to);
/* On this link nobody is told who we are before the server could offer sts. */
bool sts_may_come(const struct session *s);
/* The server's word; the link may be another one afterwards. */
void sts_offered(struct session *s, const struct sts *offer);
/* The link is closed or lost: a policy of this link counts from now on. */
void sts_link_over(struct session *s);
void sts_session_free(struct session *s);

/* For core.c. */
void sts_load(struct mapping *m, const struct store_row *row);
void sts_stop(struct mapping *m); /* what is not kept yet, is */
void sts_free(struct mapping *m);

#endif
