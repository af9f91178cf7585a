/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "xmpp/jid.h"

/*
 * Promises: a parsed address has legal parts that make up its whole, and
 * splits the same way again; escaping comes back; what is escaped holds no
 * character that may not stand in a node.
 */
static void check_parts(const struct jid *jid)
{
	size_t bare = strlen(jid->bare);

	must(strlen(jid->domain) > 0 && strlen(jid->domain) <= 1023);
	must(utf8_valid(slice_str(jid->full)));
	must(strncmp(jid->full, jid->bare, bare) == 0);
	if (jid->node != NULL) {
		must(strlen(jid->node) > 0 && strlen(jid->node) <= 1023);
		must(strpbrk(jid->node, " \"&'/:<>@") == NULL);
		must(bare == strlen(jid->node) + 1 + strlen(jid->domain));
	} else {
		must(strcmp(jid->bare, jid->domain) == 0);
	}
	if (jid->resource != NULL) {
		must(strlen(jid->resource) > 0);
		must(strlen(jid->resource) <= 1023);
		must(strcmp(jid->full + bare + 1, jid->resource) == 0);
		must(jid->full[bare] == '/');
	} else {
		must(strcmp(jid->full, jid->bare) == 0);
	}
}

static void check_again(const struct jid *jid, struct arena *a)
{
	struct jid again;

	if (jid_parse(slice_str(jid->full), a, &again) != ERR_OK) {
		/* Composition may move a code point out of the profile. */
		for (const char *p = jid->full; *p != '\0'; p++) {
			if ((unsigned char)*p >= 0x80) {
				return;
			}
		}
		must(!"an ASCII address is stable");
	}
	must((jid->node == NULL) == (again.node == NULL));
	must((jid->resource == NULL) == (again.resource == NULL));
}

static void check_escape(struct slice text)
{
	struct buf escaped;
	struct buf back;

	buf_init(&escaped, 3 * text.len + 1);
	buf_init(&back, text.len + 1);
	jid_escape(&escaped, text);
	must(!escaped.overflow);
	for (size_t i = 0; i < escaped.len; i++) {
		must(memchr(" \"&'/:<>@", escaped.p[i], 9) == NULL);
	}
	jid_unescape(&back, buf_slice(&escaped));
	must(slice_eq(buf_slice(&back), text));
	buf_finish(&escaped);
	buf_finish(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice((const char *)data, size);
	struct arena a;
	struct jid jid;
	struct buf host;

	arena_init(&a, 64 * 1024);
	if (jid_parse(text, &a, &jid) == ERR_OK) {
		check_parts(&jid);
		check_again(&jid, &a);
	}
	check_escape(text);
	buf_init(&host, 1024);
	if (jid_host_to_ascii(text, &host) == ERR_OK) {
		must(host.len > 0 && host.len <= 1023 && !host.overflow);
		for (size_t i = 0; i < host.len; i++) {
			must(host.p[i] > ' ' && host.p[i] < 0x7f);
		}
	}
	buf_finish(&host);
	arena_finish(&a);
	return 0;
}
