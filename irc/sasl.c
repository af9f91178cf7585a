/* SPDX-License-Identifier: MIT */
#include "irc/sasl.h"

#include <string.h>

#include "base/base64.h"

enum {
	CHALLENGE_MAX = 8192, /* Base64 */
	BASE64_MAX = (SASL_MESSAGE_MAX + 2) / 3 * 4,
	AUTH_LINE_MAX = sizeof "AUTHENTICATE " + SASL_CHUNK,
};

/*
 * A mechanism answers one challenge at a time: `in` is what the server said
 * (empty at first), *out gets our message. false: that makes no sense, the
 * exchange is aborted. In the order in which they are tried, best first.
 */
struct sasl_mechanism {
	const char *name;
	bool (*answer)(struct sasl *s, const struct sasl_login *login,
		struct slice in, struct buf *out);
};

/* RFC 4616: authzid NUL authcid NUL password. */
static bool plain(struct sasl *s, const struct sasl_login *login,
	struct slice in, struct buf *out)
{
	if (s->step > 0 || in.len > 0) {
		return false;
	}
	buf_add_slice(out, login->account);
	buf_add_char(out, '\0');
	buf_add_slice(out, login->account);
	buf_add_char(out, '\0');
	buf_add_slice(out, login->password);
	return true;
}

static const struct sasl_mechanism mechanisms[] = {
	{"PLAIN", plain},
};

enum { MECHANISMS = sizeof mechanisms / sizeof mechanisms[0] };

void sasl_init(struct sasl *s)
{
	*s = (struct sasl){.offered = 0};
	buf_init(&s->in, CHALLENGE_MAX);
}

void sasl_finish(struct sasl *s)
{
	buf_finish(&s->in);
	s->now = NULL;
}

void sasl_offer(struct sasl *s, struct slice list)
{
	bool all = list.len == 0;

	s->offered = 0;
	s->tried = 0;
	do {
		struct slice word = slice_cut(&list, ',');

		for (unsigned i = 0; i < MECHANISMS; i++) {
			if (all || slice_is_nocase(word, mechanisms[i].name)) {
				s->offered |= 1U << i;
			}
		}
	} while (list.len > 0);
}

bool sasl_usable(const struct sasl *s)
{
	return (s->offered & ~s->tried) != 0;
}

static void stop(struct sasl *s)
{
	s->now = NULL;
	buf_reset(&s->in, 0);
}

void sasl_start(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	char space[AUTH_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	unsigned i = 0;

	must(sasl_usable(s));
	while ((s->offered & ~s->tried & 1U << i) == 0) {
		i++;
	}
	stop(s);
	s->tried |= 1U << i;
	s->step = 0;
	s->now = &mechanisms[i];
	buf_add_str(&line, "AUTHENTICATE ");
	buf_add_str(&line, s->now->name);
	fn(ctx, buf_slice(&line));
}

void sasl_abort(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	if (s->now != NULL) {
		stop(s);
		fn(ctx, slice_str("AUTHENTICATE *"));
	}
}

/* ---- messages ---- */

/* sasl-3.1: a last chunk that is full, or nothing at all, is closed by "+". */
static void send_chunks(struct slice text, sasl_send_fn *fn, void *ctx)
{
	char space[AUTH_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	size_t at = 0;
	size_t n;

	do {
		n = text.len - at < SASL_CHUNK ? text.len - at : SASL_CHUNK;
		buf_truncate(&line, 0);
		buf_add_str(&line, "AUTHENTICATE ");
		buf_add(&line, n > 0 ? text.p + at : "+", n > 0 ? n : 1);
		fn(ctx, buf_slice(&line));
		at += n;
	} while (n == SASL_CHUNK);
	explicit_bzero(space, sizeof space);
}

static bool answer(struct sasl *s, const struct sasl_login *login,
	struct slice in, sasl_send_fn *fn, void *ctx)
{
	char space[SASL_MESSAGE_MAX];
	char coded_space[BASE64_MAX];
	struct buf out = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct buf coded = {.p = coded_space, .cap = sizeof coded_space,
		.max = sizeof coded_space};
	bool ok = s->now->answer(s, login, in, &out) && !out.overflow;

	if (ok) {
		base64_encode(buf_slice(&out), &coded);
		s->step++;
		send_chunks(buf_slice(&coded), fn, ctx);
	}
	explicit_bzero(space, sizeof space);
	explicit_bzero(coded_space, sizeof coded_space);
	return ok;
}

enum sasl_end sasl_input(struct sasl *s, const struct sasl_login *login,
	struct slice chunk, sasl_send_fn *fn, void *ctx)
{
	struct buf in;
	bool ok;

	if (s->now == NULL) {
		return SASL_GOES_ON;
	}
	if (!slice_is(chunk, "+")) {
		buf_add_slice(&s->in, chunk);
	}
	if (chunk.len == SASL_CHUNK && !s->in.overflow) {
		return SASL_GOES_ON; /* more of it comes */
	}
	buf_init(&in, CHALLENGE_MAX);
	ok = chunk.len <= SASL_CHUNK && !s->in.overflow &&
		base64_decode(buf_slice(&s->in), &in) == ERR_OK;
	buf_reset(&s->in, 0);
	ok = ok && answer(s, login, buf_slice(&in), fn, ctx);
	buf_finish(&in);
	if (!ok) {
		sasl_abort(s, fn, ctx);
		return SASL_FAILED;
	}
	return SASL_GOES_ON;
}

/* ---- how it ends ---- */

/* The list of a 908: what it does not name is not tried any more. */
static void narrow(struct sasl *s, struct slice list)
{
	uint32_t tried = s->tried;

	sasl_offer(s, list);
	s->tried = tried;
}

/* Refused before we said who we are: that was the mechanism. */
static enum sasl_end next(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	stop(s);
	if (!sasl_usable(s)) {
		return SASL_FAILED;
	}
	sasl_start(s, fn, ctx);
	return SASL_GOES_ON;
}

enum sasl_end sasl_numeric(struct sasl *s, int numeric,
	struct slice list, sasl_send_fn *fn, void *ctx)
{
	if (s->now == NULL) {
		return SASL_GOES_ON;
	}
	switch (numeric) {
	case 903:
	case 907: /* we are already */
		stop(s);
		return SASL_SUCCESS;
	case 904:
		if (s->step == 0) {
			return next(s, fn, ctx);
		}
		stop(s);
		return SASL_REFUSED;
	case 902: /* only from a nick that belongs to the account */
		stop(s);
		return SASL_REFUSED;
	case 905: /* too long for the server */
	case 906:
		stop(s);
		return SASL_FAILED;
	case 908: /* 904 follows */
		narrow(s, list);
		return SASL_GOES_ON;
	default:
		return SASL_GOES_ON;
	}
}
