/* SPDX-License-Identifier: MIT */
#include "irc/scram.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/prep.h"

enum stage { FIRST, CHALLENGED, COMPUTING, FINAL, OVER };

struct scram {
	enum digest digest;
	enum stage stage;
	struct buf nonce;   /* ours, then all of it */
	struct buf message; /* AuthMessage: what both have said */
	struct pbkdf2 *work;
	unsigned long rounds;
	unsigned char signature[DIGEST_MAX]; /* that the server must show */
};

struct scram *scram_create(enum digest digest, struct slice nonce)
{
	struct scram *s = must_calloc(1, sizeof *s);

	s->digest = digest;
	buf_init(&s->nonce, SCRAM_TEXT_MAX);
	buf_init(&s->message, 4 * SCRAM_TEXT_MAX);
	buf_add_slice(&s->nonce, nonce);
	return s;
}

void scram_destroy(struct scram *s)
{
	if (s == NULL) {
		return;
	}
	pbkdf2_destroy(s->work);
	buf_finish(&s->nonce);
	buf_finish(&s->message);
	explicit_bzero(s, sizeof *s);
	free(s);
}

unsigned long scram_rounds(const struct scram *s)
{
	return s->rounds;
}

/* ---- the first message ---- */

/* saslname (RFC 5802 7): commas and equals signs have names. */
static bool add_name(struct buf *out, struct slice account)
{
	struct buf name;
	bool ok;

	buf_init(&name, SCRAM_TEXT_MAX);
	ok = prep_add(PREP_SASL_ASK, account, &name) == ERR_OK && name.len > 0;
	for (size_t i = 0; ok && i < name.len; i++) {
		if (name.p[i] == ',') {
			buf_add_str(out, "=2C");
		} else if (name.p[i] == '=') {
			buf_add_str(out, "=3D");
		} else {
			buf_add_char(out, name.p[i]);
		}
	}
	buf_finish(&name);
	return ok;
}

static enum scram_step first(struct scram *s, struct slice account,
	struct slice in, struct buf *out)
{
	if (in.len > 0) {
		return SCRAM_SENSELESS;
	}
	buf_add_str(&s->message, "n=");
	if (!add_name(&s->message, account)) {
		return SCRAM_UNFIT;
	}
	buf_add_str(&s->message, ",r=");
	buf_add_slice(&s->message, buf_slice(&s->nonce));
	buf_add_str(out, "n,,"); /* no channel binding, no other authzid */
	buf_add_slice(out, buf_slice(&s->message));
	s->stage = CHALLENGED;
	return SCRAM_SAY;
}

/* ---- the server's challenge ---- */

/* The value of the next attribute when it is this one; absent when not. */
static struct slice attribute(struct slice *rest, char name)
{
	struct slice word = slice_cut(rest, ',');

	if (word.len < 2 || word.p[0] != name || word.p[1] != '=') {
		return slice(NULL, 0);
	}
	return slice(word.p + 2, word.len - 2);
}

static bool is_error(struct slice in)
{
	return attribute(&in, 'e').p != NULL;
}

/* It repeats our nonce and adds some of its own; all of it is printable. */
static bool take_nonce(struct scram *s, struct slice nonce)
{
	if (nonce.len <= s->nonce.len || !prep_is_ascii(nonce) ||
		memchr(nonce.p, ' ', nonce.len) != NULL ||
		memcmp(nonce.p, s->nonce.p, s->nonce.len) != 0) {
		return false;
	}
	buf_truncate(&s->nonce, 0);
	buf_add_slice(&s->nonce, nonce);
	return !s->nonce.overflow;
}

static enum scram_step begin_work(struct scram *s, struct slice password,
	struct slice salt, long rounds)
{
	struct buf prepared;
	enum err err;

	s->rounds = (unsigned long)rounds;
	if (rounds > SCRAM_ROUNDS_MAX) {
		return SCRAM_COSTLY;
	}
	buf_init_secret(&prepared, SCRAM_TEXT_MAX);
	err = prep_is_ascii(password) ? ERR_OK :
		prep_add(PREP_SASL, password, &prepared);
	if (err == ERR_OK && prep_is_ascii(password)) {
		buf_add_slice(&prepared, password);
	}
	if (err == ERR_OK && prepared.len > 0 && !prepared.overflow) {
		s->work = pbkdf2_create(s->digest, buf_slice(&prepared), salt,
			s->rounds);
	}
	buf_finish(&prepared);
	return s->work != NULL ? SCRAM_COMPUTE : SCRAM_UNFIT;
}

/* r=...,s=...,i=... and extensions, which may be ignored. */
static enum scram_step challenged(struct scram *s, struct slice password,
	struct slice in)
{
	struct slice rest = in;
	struct slice nonce = attribute(&rest, 'r');
	struct slice coded = attribute(&rest, 's');
	long rounds = slice_number(attribute(&rest, 'i'), LONG_MAX);
	enum scram_step step = SCRAM_SENSELESS;
	struct buf salt;

	buf_init(&salt, SCRAM_TEXT_MAX);
	if (nonce.p != NULL && take_nonce(s, nonce) && rounds > 0 &&
		base64_decode(coded, &salt) == ERR_OK && salt.len > 0) {
		step = begin_work(s, password, buf_slice(&salt), rounds);
	}
	buf_finish(&salt);
	if (step == SCRAM_COMPUTE) {
		buf_add_char(&s->message, ',');
		buf_add_slice(&s->message, in);
		s->stage = COMPUTING;
	}
	return step;
}

/* ---- our proof, and the server's ---- */

/*
 * RFC 5802 3: the proof shows that we know the key without saying it; the
 * signature is what only who knows the key, too, can show.
 */
static void prove(struct scram *s, const unsigned char *salted,
	unsigned char *proof)
{
	size_t n = crypto_digest_size(s->digest);
	struct slice key = slice((const char *)salted, n);
	struct slice said = buf_slice(&s->message);
	unsigned char client[DIGEST_MAX];
	unsigned char stored[DIGEST_MAX];
	unsigned char server[DIGEST_MAX];

	crypto_hmac(s->digest, key, slice_str("Client Key"), client);
	crypto_digest(s->digest, slice((const char *)client, n), stored);
	crypto_hmac(s->digest, slice((const char *)stored, n), said, proof);
	for (size_t i = 0; i < n; i++) {
		proof[i] ^= client[i];
	}
	crypto_hmac(s->digest, key, slice_str("Server Key"), server);
	crypto_hmac(s->digest, slice((const char *)server, n), said,
		s->signature);
	explicit_bzero(client, sizeof client);
	explicit_bzero(stored, sizeof stored);
	explicit_bzero(server, sizeof server);
}

bool scram_work(struct scram *s, struct buf *out)
{
	unsigned char salted[DIGEST_MAX];
	unsigned char proof[DIGEST_MAX];
	size_t at = out->len;

	must(s->stage == COMPUTING);
	if (!pbkdf2_step(s->work, SCRAM_WORK, salted)) {
		return false;
	}
	pbkdf2_destroy(s->work);
	s->work = NULL;
	buf_add_str(out, "c=biws,r="); /* "n,," */
	buf_add_slice(out, buf_slice(&s->nonce));
	buf_add_char(&s->message, ',');
	buf_add(&s->message, out->p + at, out->len - at);
	prove(s, salted, proof);
	explicit_bzero(salted, sizeof salted);
	buf_add_str(out, ",p=");
	base64_encode(slice((const char *)proof,
		crypto_digest_size(s->digest)), out);
	s->stage = FINAL;
	return true;
}

/* v=...; what follows are extensions. */
static enum scram_step final(struct scram *s, struct slice in)
{
	size_t n = crypto_digest_size(s->digest);
	struct slice rest = in;
	struct slice coded = attribute(&rest, 'v');
	struct buf shown;
	bool same;

	s->stage = OVER;
	if (coded.p == NULL) {
		return SCRAM_UNPROVEN; /* whatever it is, it is not that */
	}
	buf_init(&shown, SCRAM_TEXT_MAX);
	same = base64_decode(coded, &shown) == ERR_OK && shown.len == n &&
		crypto_equal((const unsigned char *)shown.p, s->signature, n);
	buf_finish(&shown);
	return same ? SCRAM_PROVEN : SCRAM_UNPROVEN;
}

enum scram_step scram_answer(struct scram *s, struct slice account,
	struct slice password, struct slice in, struct buf *out)
{
	if (in.len > SCRAM_TEXT_MAX) {
		return SCRAM_SENSELESS;
	}
	if (s->stage != FIRST && is_error(in)) {
		s->stage = OVER;
		return SCRAM_ERROR;
	}
	switch (s->stage) {
	case FIRST:
		return first(s, account, in, out);
	case CHALLENGED:
		return challenged(s, password, in);
	case FINAL:
		return final(s, in);
	default:
		return SCRAM_SENSELESS;
	}
}
