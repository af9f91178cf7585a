/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LINK_OUT_H
#define GATEWAY_LINK_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "gateway/link_tls.h"

/*
 * The output of one link (link_uv.h is its only user). Text gathers in `text`;
 * link_out_flush(), once a turn, moves it, through TLS, to `wire` and gives
 * that to the kernel in one piece. What the kernel does not take is held by one
 * libuv request; while that lasts nothing else is written and text gathers on.
 * Bounds: max bytes in all; TLS adds its records beyond that.
 */
struct link_out {
	struct buf text;
	struct buf wire; /* TLS puts its own records here as well */
	size_t held;     /* bytes with libuv; 0: none */
	size_t max;
	size_t high_water; /* 0: no water marks */
	size_t low_water;
	bool high;
	unsigned long writes;
	unsigned long bytes;
	/* The held bytes have left, or status says why not. */
	void (*on_sent)(void *ctx, int status);
	void *ctx;
};

void link_out_init(struct link_out *o, size_t max,
	void (*on_sent)(void *ctx, int status), void *ctx);
/* Not while bytes are held. */
void link_out_finish(struct link_out *o);

/* ERR_FULL: over max, nothing was added. */
NODISCARD enum err link_out_add(struct link_out *o, const char *p, size_t len);
/* tls NULL: plain. ERR_IO and others: the connection is lost. */
NODISCARD enum err link_out_flush(struct link_out *o, uv_tcp_t *tcp,
	struct tls *tls);
/* Records of TLS alone, text stays: while shaking hands. */
NODISCARD enum err link_out_flush_wire(struct link_out *o, uv_tcp_t *tcp);

/* It was above high_water and is not above low_water now: once each time. */
bool link_out_fell(struct link_out *o);

#endif
