/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_WIRE_H
#define GATEWAY_WIRE_H

#include <stdbool.h>

#include "base/err.h"
#include "gateway/config.h"
#include "gateway/loop_uv.h"

/*
 * Joins everything: the component stream and its link, the core and its IRC
 * links, the clock. Knows no stanza and no IRC line.
 * Backpressure (ARCHITECTURE 8): when more than 1 MiB waits for the Jabber
 * server no IRC link is read until 256 KiB are left; after 30 s reading goes on
 * all the same (PING must be answered) and the core is told to drop. While the
 * stream is down nothing is paused: the core has its own queue.
 * Storms: of an IRC link 4 KiB are read in a turn of the loop. One that had more
 * to say, while the Jabber server has more than WIRE_WINDOW to read, is not read
 * until that is less, and no room is shown to a client who enters: others' words
 * do not stand behind thousands of presences.
 */
struct wire;

enum {
	WIRE_IRC_MAX = 256 * 1024,
	WIRE_IRC_TURN = 4096, /* read from a network before others have a turn */
	WIRE_JABBER_MAX = 16 * 1024 * 1024,
	WIRE_HIGH_WATER = 1024 * 1024,
	WIRE_LOW_WATER = 256 * 1024,
	WIRE_PAUSE_MS = 30000,
	/* Unread by the Jabber server (xmpp/marks.h): more, and storms wait. */
	WIRE_WINDOW = 96 * 1024,
};

/*
 * on_stopped: after wire_stop(), when everybody was told and all is closed.
 * NULL: storage cannot be used, and the log says why. The config is taken
 * either way.
 */
struct wire *wire_create(struct loop *loop, struct config *config,
	void (*on_stopped)(void *ctx), void *ctx);
/*
 * At once, without a word, but for what is being stored: that is waited for. The
 * config goes, too. NULL is fine.
 */
void wire_destroy(struct wire *w);

/* An admin wants the configuration to be read again. */
void wire_on_reload(struct wire *w, void (*fn)(void *ctx));

void wire_start(struct wire *w);
void wire_stop(struct wire *w); /* once */

/*
 * ERR_WRONG_STATE: component, secret or server differ, which only a restart can
 * change. ERR_IO: identd cannot listen where it is to, the log says why. In both
 * cases `config` stays the caller's and nothing has changed. Where things are
 * stored does not change either: the log says so.
 */
NODISCARD enum err wire_reload(struct wire *w, struct config *config);

#endif
