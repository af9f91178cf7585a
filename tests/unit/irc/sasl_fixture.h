/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_IRC_SASL_FIXTURE_H
#define TESTS_UNIT_IRC_SASL_FIXTURE_H

#include "tests/unit/unit.h"

#include "irc/sasl.h"

/* One exchange with a recorder: the lines that we say are in `out`. */
struct exchange {
	struct sasl sasl;
	struct buf out;
	char *password;
	const char *key;
};

static inline void add_line(void *ctx, struct slice line)
{
	buf_add_slice(ctx, line);
	buf_add_char(ctx, '\n');
}

static inline void begin(struct exchange *x, const char *offer, size_t password)
{
	sasl_init(&x->sasl, SASL_PASSWORD);
	buf_init(&x->out, 1 << 16);
	x->key = NULL;
	x->password = must_calloc(password + 1, 1);
	memset(x->password, 'p', password);
	sasl_offer(&x->sasl, slice_str(offer));
}

static inline void finish(struct exchange *x)
{
	sasl_finish(&x->sasl);
	buf_finish(&x->out);
	free(x->password);
}

static inline enum sasl_end server_says(struct exchange *x, const char *chunk)
{
	struct sasl_login login = {
		slice_str("juliet"), slice_str(x->password),
		slice_str("nonce"), slice_str(x->key),
	};

	return sasl_input(&x->sasl, &login, slice_str(chunk), add_line,
		&x->out);
}

static inline enum sasl_end numeric(struct exchange *x, int n, const char *list)
{
	return sasl_numeric(&x->sasl, n, slice_str(list), add_line, &x->out);
}

static inline void expect(struct exchange *x, const char *lines)
{
	assert_string_equal(buf_cstr(&x->out), lines);
	buf_reset(&x->out, 0);
}

#endif
