/* SPDX-License-Identifier: MIT */
#include "gateway/link_out.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/dial.h"
#include "gateway/loop_uv.h"

enum { KEEP = 512 }; /* of an idle link's buffer */

/* What the kernel did not take at once. */
struct write_rest {
	uv_write_t req;
	struct link_out *out;
	struct buf bytes;
};

void link_out_init(struct link_out *o, size_t max,
	void (*on_sent)(void *ctx, int status), void *ctx)
{
	*o = (struct link_out){.max = max, .on_sent = on_sent, .ctx = ctx};
	buf_init_secret(&o->text, max);
	buf_init_secret(&o->wire, max * 2 + LOOP_READ_MAX);
}

void link_out_finish(struct link_out *o)
{
	must(o->held == 0);
	buf_finish(&o->text);
	buf_finish(&o->wire);
}

static size_t unsent(const struct link_out *o)
{
	return o->text.len + o->wire.len + o->held;
}

enum err link_out_add(struct link_out *o, const char *p, size_t len)
{
	size_t used = unsent(o);

	if (used > o->max || len > o->max - used) {
		return ERR_FULL;
	}
	buf_add(&o->text, p, len);
	if (o->high_water > 0 && unsent(o) > o->high_water) {
		o->high = true;
	}
	return ERR_OK;
}

bool link_out_fell(struct link_out *o)
{
	if (!o->high || unsent(o) > o->low_water) {
		return false;
	}
	o->high = false;
	return true;
}

static void rest_free(struct write_rest *rest)
{
	buf_finish(&rest->bytes);
	free(rest);
}

static void on_written(uv_write_t *req, int status)
{
	struct write_rest *rest = req->data;
	struct link_out *o = rest->out;

	rest_free(rest);
	o->held = 0;
	o->on_sent(o->ctx, status);
}

/* libuv keeps wire until the kernel takes it; a new wire may gather. */
static enum err hold_rest(struct link_out *o, uv_tcp_t *tcp)
{
	struct write_rest *rest = must_calloc(1, sizeof *rest);
	uv_buf_t b = uv_buf_init(o->wire.p, (unsigned)o->wire.len);
	int status;

	rest->req.data = rest;
	rest->out = o;
	rest->bytes = o->wire;
	buf_init_secret(&o->wire, rest->bytes.max);
	status = uv_write(&rest->req, (uv_stream_t *)tcp, &b, 1, on_written);
	if (status != 0) {
		rest_free(rest);
		return dial_err(status);
	}
	o->held = b.len;
	return ERR_OK;
}

enum err link_out_flush_wire(struct link_out *o, uv_tcp_t *tcp)
{
	uv_buf_t b = uv_buf_init(o->wire.p, (unsigned)o->wire.len);
	int n;

	if (o->held > 0 || o->wire.len == 0) {
		return ERR_OK;
	}
	n = uv_try_write((uv_stream_t *)tcp, &b, 1);
	o->writes++;
	if (n < 0 && n != UV_EAGAIN) {
		return dial_err(n);
	}
	n = n < 0 ? 0 : n;
	o->bytes += o->wire.len;
	if ((size_t)n == o->wire.len) {
		buf_reset(&o->wire, KEEP);
		return ERR_OK;
	}
	buf_consume(&o->wire, (size_t)n);
	return hold_rest(o, tcp);
}

/* Moves text to wire. */
static enum err seal(struct link_out *o, struct tls *tls)
{
	struct buf swap = o->text;
	enum err err;

	if (tls == NULL) {
		o->text = o->wire; /* empty: nobody else puts anything there */
		o->wire = swap;
		return ERR_OK;
	}
	err = tls_write(tls, o->text.p, o->text.len, &o->wire);
	buf_reset(&o->text, KEEP);
	return err;
}

enum err link_out_flush(struct link_out *o, uv_tcp_t *tcp, struct tls *tls)
{
	if (o->held > 0) {
		return ERR_OK;
	}
	if (o->text.len > 0) {
		enum err err = seal(o, tls);

		if (err != ERR_OK) {
			return err;
		}
	}
	return link_out_flush_wire(o, tcp);
}
