/* SPDX-License-Identifier: MIT */
#ifndef IRC_ENGINE_H
#define IRC_ENGINE_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/*
 * libircclient without its sockets (doc/LIBIRCCLIENT.md): a checked line goes
 * in, a typed event comes out; a command goes in, formatted bytes come out.
 * engine.c and engine_seam.c are the only files that know the library.
 * Loop thread only. One engine serves one connection and is never reused.
 */
struct engine;

/* What libircclient dispatched a line to. */
enum engine_event {
	ENGINE_NICK, ENGINE_QUIT, ENGINE_JOIN, ENGINE_PART, ENGINE_MODE,
	ENGINE_TOPIC, ENGINE_KICK, ENGINE_MESSAGE, /* PRIVMSG */
	ENGINE_NOTICE, ENGINE_INVITE, ENGINE_NUMERIC,
	ENGINE_OTHER, /* words it does not know */
};

struct engine_handlers {
	/*
	 * The line given to engine_line() was understood as this. origin and
	 * params are libircclient's view (checked against the gate's in tests);
	 * the caller's own parsed message is what counts. At most once a line;
	 * never for words that libircclient swallows (KILL).
	 */
	void (*on_event)(void *ctx, enum engine_event event,
		const char *origin, const char **params, unsigned nparams);
	/* Formatted bytes for the socket, CRLF included. */
	void (*on_output)(void *ctx, const char *p, size_t len);
};

/*
 * Once, before the first engine: the descriptor number that the library is to
 * believe in (below 1024, pointing at /dev/null, reserved by gateway/).
 */
void engine_setup(int descriptor);
/* Socket calls of the library that must never happen; 0 in every test. */
unsigned long engine_traps(void);

/* handlers and ctx are lent. NULL when the library refuses a session. */
struct engine *engine_create(const struct engine_handlers *handlers, void *ctx);
/*
 * Allowed anywhere, also from inside on_event: then the engine is closed at
 * once (no further callback) and freed when the library has returned.
 */
void engine_destroy(struct engine *e);

/*
 * Gives one line of the gate's canonical form (with CRLF) to the library.
 * ERR_IO: the library failed or did not take all of it; the connection is lost.
 */
NODISCARD enum err engine_line(struct engine *e, struct slice line);
/*
 * Sends one built line without line end: through irc_send_raw and, CRLF added,
 * straight out by on_output. Lines above libircclient's buffer (1021 bytes, a
 * server with LINELEN) are given to on_output beside it.
 * ERR_BAD_INPUT: empty, or with CR, LF or NUL. ERR_TOO_BIG: above 8191 bytes.
 * ERR_IO: the library failed; the connection is lost.
 */
NODISCARD enum err engine_send(struct engine *e, struct slice line);
/*
 * The same for a line with a password: it goes beside the library, whose buffer
 * would keep it, and no copy is left here.
 */
NODISCARD enum err engine_send_secret(struct engine *e, struct slice line);

#endif
