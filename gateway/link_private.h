/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LINK_PRIVATE_H
#define GATEWAY_LINK_PRIVATE_H

#include "gateway/link_out.h"
#include "gateway/link_uv.h"
#include "gateway/socks.h"

/*
 * The inside that the files of a link share: link_uv.c (its life; the story is
 * there), link_in.c, link_drain.c, link_proxy.c.
 *
 * Whoever calls back into the caller of the link (link_lose(), link_go_up(),
 * input) looks at the state again before going on: the link may have ended
 * meanwhile. It is freed in a turn of its own once it has a socket.
 */
enum link_state {
	LINK_DIALING,
	LINK_PROXY, /* connected to it, it is not to the server yet */
	LINK_HANDSHAKE,
	LINK_UP,
	LINK_DRAINING, /* link_close() was called, output is left */
	LINK_LINGERING, /* our end is closed, theirs not yet */
	LINK_CLOSED,
};

struct link {
	struct loop *loop;
	const struct link_events *events;
	void *ctx;
	enum link_state state;
	enum err fault; /* to be told by task */
	bool paused;
	bool reading;
	bool resumed; /* TLS may hold text from before a pause */
	bool said_bye; /* close_notify */
	struct dial *dial;
	uv_tcp_t *tcp;
	struct ident_mark *ident;
	struct socks *socks; /* NULL: no proxy, or it is done */
	struct tls *tls;
	struct link_out out;
	struct timer timer; /* handshake or close deadline */
	struct loop_task task; /* end of the turn: fault, resume, flush */
	struct loop_resident resident;
	unsigned long bytes_in;
	size_t max_turn;
	size_t turn_left;    /* of max_turn */
	uint64_t turn;       /* ... in this turn of the loop */
};

/* ---- life: link_uv.c ---- */

struct clock *link_clock(struct link *l);
/* No event and no input from here on. */
void link_shut(struct link *l);
bool link_has_ended(const struct link *l);
/* The end that was not asked for; from a turn of our own only. */
void link_lose(struct link *l, enum err why, const char *detail);
/* The same from inside a call of the caller's: told at the end of the turn. */
void link_lose_later(struct link *l, enum err why);
/* The socket leads to the server from here on. */
void link_connected(struct link *l);
void link_go_up(struct link *l);

/* ---- in: link_in.c ---- */

/* What the server has said, behind all that the proxy had to. */
void link_input(struct link *l, const char *p, size_t len);
void link_step_handshake(struct link *l);
/* Text of what TLS holds, until it is dry or nobody wants more. */
void link_pump_tls(struct link *l);
/* Makes libuv read or not, as the state wants it. */
void link_update_reading(struct link *l);

/* ---- out: link_drain.c ---- */

/* All that waits goes to the kernel; the end of a link that drains. */
void link_flush(struct link *l);
/* Of struct link_out. */
void link_on_sent(void *ctx, int status);
/* on_low, when the output has fallen below its mark. */
void link_tell_low(struct link *l);

/* ---- by a proxy: link_proxy.c ---- */

/* ERR_FORBIDDEN: the address is one that nobody may be led to. */
NODISCARD enum err link_proxy_prepare(
	struct link *l, const struct link_config *config);
/* The socket leads to the proxy. */
void link_proxy_begin(struct link *l);
void link_proxy_input(struct link *l, const char *p, size_t len);

#endif
