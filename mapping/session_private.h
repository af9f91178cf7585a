/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_SESSION_PRIVATE_H
#define MAPPING_SESSION_PRIVATE_H

#include "mapping/core.h"

/* What session.c and session_end.c have between them. */

/* WAITING for one of the network's slots, or with one at once. */
void session_dial(struct session *s);
/* Its number is free again; `close`: so is the link, which is not lost yet. */
void session_drop_link(struct session *s, bool close);
/* The timers `retry` and `silence`. */
void session_on_retry(void *ctx);
void session_on_silence(void *ctx);

#endif
