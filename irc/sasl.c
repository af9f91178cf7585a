/* SPDX-License-Identifier: MIT */
#include "irc/sasl.h"

#include <limits.h>
#include <string.h>

#include "base/base64.h"
#include "base/cert.h"
#include "irc/scram.h"

enum {
	CHALLENGE_MAX = 8192, /* Base64 */
	BASE64_MAX = (SASL_MESSAGE_MAX + 2) / 3 * 4,
	AUTH_LINE_MAX = sizeof "AUTHENTICATE " + SASL_CHUNK,
};

/* What a mechanism makes of a challenge. */
enum answer {
	SAY,       /* *out is our message */
	COMPUTE,   /* it will be, by sasl_work() */
	SENSELESS, /* the exchange is aborted */
	GIVE_UP,   /* this mechanism is */
	WAIT,      /* for the numeric that says how it ended */
	UNPROVEN,  /* the server does not know the password */
};

/*
 * A mechanism answers one challenge at a time: `in` is what the server said
 * (empty at first). In the order in which they are tried, best first.
 */
struct sasl_mechanism {
	const char *name;
	enum answer (*answer)(struct sasl *s, const struct sasl_login *login,
		struct slice in, struct buf *out);
	unsigned needs;
	/* After so many messages of ours a 904 is about the password. */
	unsigned decisive;
	enum digest digest;
};

/*
 * RFC 4422 A. Nothing is said: whose certificate it is, the server knows, and
 * an account has other names than the one we would give (its nicks).
 */
static enum answer external(struct sasl *s, const struct sasl_login *login,
	struct slice in, struct buf *out)
{
	(void)login;
	(void)out;
	return s->step == 0 && in.len == 0 ? SAY : SENSELESS;
}

/*
 * Of Atheme, known as ECDSA-NIST256P-CHALLENGE: authcid NUL authzid; then 32
 * bytes of the server, whose signature by the account's key is the answer. It
 * costs less than a line of SCRAM's rounds, so it takes no turns.
 */
static enum answer ecdsa(struct sasl *s, const struct sasl_login *login,
	struct slice in, struct buf *out)
{
	if (s->step == 0 && in.len == 0) {
		buf_add_slice(out, login->account);
		buf_add_char(out, '\0');
		buf_add_slice(out, login->account);
		return SAY;
	}
	if (s->step != 1 || in.len != CERT_SIGNED) {
		return SENSELESS;
	}
	return cert_sign(login->key, in, out) == ERR_OK ? SAY : GIVE_UP;
}

/* RFC 4616: authzid NUL authcid NUL password. */
static enum answer plain(struct sasl *s, const struct sasl_login *login,
	struct slice in, struct buf *out)
{
	if (s->step > 0 || in.len > 0) {
		return SENSELESS;
	}
	buf_add_slice(out, login->account);
	buf_add_char(out, '\0');
	buf_add_slice(out, login->account);
	buf_add_char(out, '\0');
	buf_add_slice(out, login->password);
	return SAY;
}

/* The rounds of all challenges of a connection together have a ceiling. */
static enum answer compute(struct sasl *s)
{
	s->rounds += scram_rounds(s->scram);
	if (s->rounds > SASL_ROUNDS_MAX) {
		s->costly = true;
		return GIVE_UP;
	}
	return COMPUTE;
}

static enum answer scram(struct sasl *s, const struct sasl_login *login,
	struct slice in, struct buf *out)
{
	if (s->scram == NULL) {
		s->scram = scram_create(s->now->digest, login->nonce);
	}
	switch (scram_answer(s->scram, login->account, login->password, in,
		out)) {
	case SCRAM_SAY:
		return SAY;
	case SCRAM_COMPUTE:
		return compute(s);
	case SCRAM_PROVEN:
		s->proven = true;
		return SAY;
	case SCRAM_COSTLY:
		s->costly = true;
		return GIVE_UP;
	case SCRAM_UNFIT:
		s->unfit = true;
		return GIVE_UP;
	case SCRAM_ERROR:
		return WAIT;
	case SCRAM_UNPROVEN:
		return UNPROVEN;
	default:
		return SENSELESS;
	}
}

static const struct sasl_mechanism mechanisms[] = {
	{"EXTERNAL", external, SASL_CERTIFICATE, UINT_MAX, 0},
	{"ECDSA-NIST256P-CHALLENGE", ecdsa, SASL_KEY, UINT_MAX, 0},
	{"SCRAM-SHA-512", scram, SASL_PASSWORD, 2, DIGEST_SHA512},
	{"SCRAM-SHA-256", scram, SASL_PASSWORD, 2, DIGEST_SHA256},
	{"PLAIN", plain, SASL_PASSWORD, 1, 0},
};

enum { MECHANISMS = sizeof mechanisms / sizeof mechanisms[0] };

void sasl_init(struct sasl *s, unsigned with)
{
	*s = (struct sasl){.offered = 0};
	buf_init(&s->in, CHALLENGE_MAX);
	for (unsigned i = 0; i < MECHANISMS; i++) {
		if ((mechanisms[i].needs & ~with) == 0) {
			s->able |= 1U << i;
		}
	}
}

static void stop(struct sasl *s)
{
	scram_destroy(s->scram);
	s->scram = NULL;
	s->now = NULL;
	s->busy = false;
	s->giving_up = false;
	buf_reset(&s->in, 0);
}

void sasl_finish(struct sasl *s)
{
	stop(s);
	buf_finish(&s->in);
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

static uint32_t usable(const struct sasl *s)
{
	return s->offered & s->able & ~s->tried;
}

bool sasl_usable(const struct sasl *s)
{
	return usable(s) != 0;
}

const char *sasl_name(const struct sasl *s)
{
	return s->now != NULL ? s->now->name : "";
}

void sasl_start(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	char space[AUTH_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	unsigned i = 0;

	must(sasl_usable(s));
	while ((usable(s) & 1U << i) == 0) {
		i++;
	}
	stop(s);
	s->tried |= 1U << i;
	s->step = 0;
	s->proven = false;
	s->now = &mechanisms[i];
	buf_add_str(&line, "AUTHENTICATE ");
	buf_add_str(&line, s->now->name);
	fn(ctx, buf_slice(&line));
}

void sasl_abort(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	bool under_way = s->now != NULL;

	stop(s);
	if (under_way) {
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

static void say(struct sasl *s, const struct buf *out, sasl_send_fn *fn,
	void *ctx)
{
	char space[BASE64_MAX];
	struct buf coded = {.p = space, .cap = sizeof space,
		.max = sizeof space};

	base64_encode(buf_slice(out), &coded);
	must(!coded.overflow);
	s->step++;
	send_chunks(buf_slice(&coded), fn, ctx);
	explicit_bzero(space, sizeof space);
}

static enum answer answer(struct sasl *s, const struct sasl_login *login,
	struct slice in, sasl_send_fn *fn, void *ctx)
{
	char space[SASL_MESSAGE_MAX];
	struct buf out = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum answer a = s->now->answer(s, login, in, &out);

	if (a == SAY && out.overflow) {
		a = SENSELESS;
	}
	if (a == SAY) {
		say(s, &out, fn, ctx);
	}
	explicit_bzero(space, sizeof space);
	return a;
}

/*
 * Not this mechanism. Its end must have come before another one begins, else
 * that would be taken for the end of the other.
 */
static enum sasl_end give_up(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	sasl_abort(s, fn, ctx);
	if (!sasl_usable(s)) {
		return SASL_FAILED;
	}
	s->giving_up = true;
	return SASL_GOES_ON;
}

/*
 * RFC 5802 5: it has our proof, and must show its signature. What has no sense
 * is not that.
 */
static bool owes_proof(const struct sasl *s)
{
	return s->now != NULL && s->now->answer == scram &&
		s->step >= s->now->decisive && !s->proven;
}

static enum sasl_end took(struct sasl *s, enum answer a, sasl_send_fn *fn,
	void *ctx)
{
	bool owed;

	switch (a) {
	case SAY:
	case WAIT:
		return SASL_GOES_ON;
	case COMPUTE:
		s->busy = true;
		return SASL_GOES_ON;
	case GIVE_UP:
		return give_up(s, fn, ctx);
	case UNPROVEN:
		sasl_abort(s, fn, ctx);
		return SASL_UNPROVEN;
	default:
		owed = owes_proof(s);
		sasl_abort(s, fn, ctx);
		return owed ? SASL_UNPROVEN : SASL_FAILED;
	}
}

enum sasl_end sasl_input(struct sasl *s, const struct sasl_login *login,
	struct slice chunk, sasl_send_fn *fn, void *ctx)
{
	enum answer a = SENSELESS; /* also whoever talks while we compute */
	struct buf in;

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
	if (!s->busy && chunk.len <= SASL_CHUNK && !s->in.overflow &&
		base64_decode(buf_slice(&s->in), &in) == ERR_OK) {
		a = answer(s, login, buf_slice(&in), fn, ctx);
	}
	buf_reset(&s->in, 0);
	buf_finish(&in);
	return took(s, a, fn, ctx);
}

enum sasl_end sasl_work(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	char space[SASL_MESSAGE_MAX];
	struct buf out = {.p = space, .cap = sizeof space, .max = sizeof space};

	if (!s->busy || !scram_work(s->scram, &out)) {
		return SASL_GOES_ON;
	}
	s->busy = false;
	if (out.overflow) {
		return took(s, SENSELESS, fn, ctx);
	}
	say(s, &out, fn, ctx);
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

/* That was the mechanism, and it is over. */
static enum sasl_end next(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	stop(s);
	if (!sasl_usable(s)) {
		return SASL_FAILED;
	}
	sasl_start(s, fn, ctx);
	return SASL_GOES_ON;
}

/*
 * RFC 5802 5: success is none before the server has shown its signature,
 * neither as 903 nor as 907 ("you are already"). What is given up has not said
 * what convinces a server: what would have succeeded then?
 */
static enum sasl_end success(struct sasl *s)
{
	bool owed = s->giving_up || (s->now->answer == scram && !s->proven);

	stop(s);
	return owed ? SASL_UNPROVEN : SASL_SUCCESS;
}

static enum sasl_end refused(struct sasl *s, sasl_send_fn *fn, void *ctx)
{
	if (s->now == NULL || s->step < s->now->decisive) {
		s->unknown = s->unknown || (s->step > 0 && s->now != NULL &&
			(s->now->needs & SASL_PASSWORD) == 0);
		return next(s, fn, ctx);
	}
	stop(s);
	return SASL_REFUSED;
}

enum sasl_end sasl_numeric(struct sasl *s, int numeric,
	struct slice list, sasl_send_fn *fn, void *ctx)
{
	if (s->now == NULL && !s->giving_up) {
		return SASL_GOES_ON;
	}
	switch (numeric) {
	case 903:
	case 907: /* we are already */
		return success(s);
	case 904:
		return refused(s, fn, ctx);
	case 902: /* only from a nick that belongs to the account */
		stop(s);
		return SASL_REFUSED;
	case 906:
		if (s->giving_up) {
			return next(s, fn, ctx);
		}
		stop(s);
		return SASL_FAILED;
	case 905: /* too long for the server */
		stop(s);
		return SASL_FAILED;
	case 908: /* 904 follows */
		narrow(s, list);
		return SASL_GOES_ON;
	default:
		return SASL_GOES_ON;
	}
}
