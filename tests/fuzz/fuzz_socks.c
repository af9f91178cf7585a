/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "gateway/socks.h"

/*
 * A proxy that says anything. Promises: it ends the same way, has taken as much
 * and was sent the same, whole or byte by byte; a failure has words; nothing
 * longer than one greeting, one password and one request is ever sent.
 */
struct end {
	enum err err;
	bool done;
	size_t used;
	struct buf out;
};

static struct end talk(const char *p, size_t len, size_t piece, bool user)
{
	struct socks_target to = {.host = user ? "a.onion" : "192.0.2.1",
		.port = 6697, .user = user ? "u" : NULL, .password = "p"};
	struct end end = {0};
	struct socks *s;

	must(socks_create(&to, &s) == ERR_OK);
	buf_init(&end.out, 1024);
	socks_begin(s, &end.out);
	while (end.used < len && end.err == ERR_OK && !end.done) {
		size_t n = len - end.used < piece ? len - end.used : piece;
		size_t used = 0;

		end.err = socks_input(s, p + end.used, n, &end.out, &used,
			&end.done);
		must(used <= n && (end.done || end.err != ERR_OK || used == n));
		end.used += used;
	}
	must((end.err == ERR_OK) == (socks_detail(s)[0] == '\0'));
	must(!end.out.overflow && end.out.len < 64);
	socks_destroy(s);
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int user = 0; user < 2; user++) {
		struct end whole = talk((const char *)data, size, size, user);
		struct end bytes = talk((const char *)data, size, 1, user);

		must(whole.err == bytes.err && whole.done == bytes.done);
		must(whole.err != ERR_OK || whole.used == bytes.used);
		must(whole.out.len == bytes.out.len &&
			memcmp(whole.out.p, bytes.out.p, whole.out.len) == 0);
		buf_finish(&whole.out);
		buf_finish(&bytes.out);
	}
	return 0;
}
