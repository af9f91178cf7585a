/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PRESENCE_H
#define MAPPING_PRESENCE_H

#include "mapping/core.h"

/*
 * Presence by type and kind of address (PROTOCOL C.2, D.2), and the errors that
 * come back for what was sent to a client that is gone (D.9).
 */
void handle_presence(struct request *q);
/* A message of type error: the client it came from may be a ghost. */
void presence_bounce(struct request *q);

/* Out of all rooms without a word to it. */
void presence_client_gone(struct resource *res);

#endif
