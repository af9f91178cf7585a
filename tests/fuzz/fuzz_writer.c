/* SPDX-License-Identifier: MIT */
#include "base/err.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/xmpp_events.h"

/*
 * Promises: whatever bytes are written as text and attribute, the result is
 * well-formed and reads back as what may stand in XML of them; a parsed stanza
 * written and parsed again is the same stanza.
 */
static const char *expected_text;
static size_t expected_len;

/* What must come back, worked out another way than the writer does it. */
static void expect(struct buf *out, struct slice in)
{
	size_t size;

	for (size_t i = 0; i < in.len; i += size) {
		uint32_t cp = utf8_decode(in.p + i, in.len - i, &size);
		char bytes[4];

		if (cp == UTF8_BAD) {
			cp = 0xfffd;
		}
		if (utf8_xml_char(cp)) {
			buf_add(out, bytes, utf8_encode(cp, bytes));
		}
	}
}

static void on_written(void *ctx, const struct stanza *s)
{
	struct slice body = elem_child_text(s->root, "body", NS_STANZA);

	must(slice_eq(body, slice(expected_text, expected_len)));
	must(slice_eq(slice_str(s->id), body));
	must(elem_first(s->root) != NULL);
	++*(unsigned *)ctx;
}

static void text_comes_back(struct slice in)
{
	static const struct parser_handlers handlers = {
		.on_stanza = on_written,
	};
	struct buf want;
	struct buf out;
	struct xw w;
	struct parser *p;
	unsigned seen = 0;

	buf_init(&want, 3 * in.len + 1);
	expect(&want, in);
	expected_text = want.p != NULL ? want.p : "";
	expected_len = want.len;
	buf_init(&out, 20 * in.len + 1000);
	buf_add_str(&out, EVENTS_HEADER);
	xw_init(&w, &out, "jabber:component:accept");
	xw_start(&w, "message", NS_NONE);
	xw_attr_slice(&w, "id", in);
	xw_elem(&w, "body", NS_NONE, in);
	xw_end(&w);
	must(!out.overflow && w.depth == 0);
	p = parser_create(&handlers, &seen, NULL);
	parser_feed(p, out.p, out.len);
	must(seen == 1);
	parser_destroy(p);
	buf_finish(&out);
	buf_finish(&want);
}

static void tree_comes_back(struct slice in)
{
	struct events first;
	struct events second;
	struct slice rest;

	events_init(&first, NULL);
	parser_feed(first.parser, EVENTS_HEADER, strlen(EVENTS_HEADER));
	parser_feed(first.parser, in.p, in.len);
	events_init(&second, NULL);
	parser_feed(second.parser, EVENTS_HEADER, strlen(EVENTS_HEADER));
	rest = buf_slice(&first.log);
	/* Only stanzas: a line end inside one is just text of it. */
	if (first.stanzas == 1 && first.count == 2) {
		slice_cut(&rest, '\n');
		rest = slice(rest.p + 7, rest.len - 8);
		parser_feed(second.parser, rest.p, rest.len);
		must(slice_eq(buf_slice(&first.log), buf_slice(&second.log)));
	}
	events_finish(&first);
	events_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice((const char *)data, size);

	if (size > 0 && size < 2000) {
		text_comes_back(in);
	}
	tree_comes_back(in);
	return 0;
}
