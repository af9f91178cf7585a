/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "xmpp/scan.h"

/* Output of one run, with |N| after each stanza, N the bits of what was over.
 */
static void on_out(void *ctx, const char *p, size_t len)
{
	buf_add(ctx, p, len);
}

static void on_stanza(void *ctx, unsigned over)
{
	buf_addf(ctx, "|%u|", over);
}

static void scan_all(struct buf *out, const struct scan_limits *limits,
	const char *p, size_t len, unsigned seed)
{
	struct scan s;

	buf_init(out, 64U << 20);
	scan_init(&s, limits);
	while (len > 0) {
		size_t n = seed != 0 ? (size_t)rand_r(&seed) % 9 + 1 : len;

		n = n < len ? n : len;
		scan_feed(&s, p, n, on_out, on_stanza, out);
		p += n;
		len -= n;
	}
	scan_finish(&s);
}

static const struct scan_limits small = {
	.stanza_bytes = 60, .depth = 4, .tag_bytes = 30, .attributes = 3};

static const struct {
	const char *name;
	const char *in;
	const char *out;
} cases[] = {
	{"what is within limits passes as it is",
		"<s><m a='1'>x &amp; y<b/></m> <p/></s>",
		"<s><m a='1'>x &amp; y<b/></m>|0| <p/>|0|</s>"},
	{"a > in quotes ends no tag", "<s><m a='>' b=\"'>\"/>",
		"<s><m a='>' b=\"'>\"/>|0|"},
	{"comments become empty", "<s><!-- <m> -- > --><m>a<!---->b</m>",
		"<s><!----><m>a<!---->b</m>|0|"},
	{"a comment is not ended by its own beginning", "<s><!--><m/>--><m/>",
		"<s><!----><m/>|0|"},
	{"instructions become empty", "<s><?php <m> ?><?><m/>?><m/>",
		"<s><?p?><?p?><m/>|0|"},
	{"the XML declaration passes", "<?xml version='1.0'?><s>",
		"<?xml version='1.0'?><s>"},
	{"CDATA hides tags and passes", "<s><m><![CDATA[</m>]]x]>]]]>x</m>",
		"<s><m><![CDATA[</m>]]x]>]]]>x</m>|0|"},
	{"a DOCTYPE is passed on at once", "<!DOCTYPE s [<!ENTITY",
		"<!DOCTYPE x>"},
	{"sixty bytes are a stanza, its end tag included",
		"<s><m>0123456789012345678901234567890123456789012345678912</"
		"m>",
		"<s><m>0123456789012345678901234567890123456789012345678912</m>"
		"|0|"},
	{"the sixty-first is too much: text is left out",
		"<s><m>"
		"012345678901234567890123456789012345678901234567890123456"
		"789<b>x</b></m><p/>",
		"<s><m>"
		"012345678901234567890123456789012345678901234567890123456"
		"</m>|1|<p/>|0|"},
	{"the cut falls into no character",
		"<s><m>01234567890123456789012345678901234567890123456789012345"
		"\xe2\x82\xac</m><p/>",
		"<s><m>01234567890123456789012345678901234567890123456789012345"
		"</m>|1|<p/>|0|"},
	{"the cut falls into no entity",
		"<s><m>01234567890123456789012345678901234567890123456789012345"
		"&amp;</m><p/>",
		"<s><m>01234567890123456789012345678901234567890123456789012345"
		"</m>|1|<p/>|0|"},
	{"a CDATA section that was begun is ended",
		"<s><m><![CDATA[0123456789012345678901234567890123456789012345"
		"6789]]]]]></m><p/>",
		"<s><m><![CDATA["
		"012345678901234567890123456789012345678901234567"
		"]]></m>|1|<p/>|0|"},
	{"comments count as well",
		"<s><m><!-- 0123456789012345678901234567890123456789012345678 "
		"--></m><p/>",
		"<s><m></m>|1|<p/>|0|"},
	{"elements that are too deep are left out",
		"<s><m><b><c><d><e/>x</d></c></b></m><p/>",
		"<s><m><b><c></c></b></m>|2|<p/>|0|"},
	{"an empty element is a level", "<s><m><b><c><d/></c></b></m>",
		"<s><m><b><c></c></b></m>|2|"},
	{"of a stanza's own long tag only the name passes",
		"<s><m a='012345678901234567890123456789'>x<b/></m><p/>",
		"<s><m></m>|4|<p/>|0|"},
	{"a long empty one too", "<s><m a='012345678901234567890123456789'/>",
		"<s><m/>|4|"},
	{"a child with a long tag is left out",
		"<s><m><b a='012345678901234567890123456789'>x</b>y</m><p/>",
		"<s><m></m>|4|<p/>|0|"},
	{"a long end tag is shortened",
		"<s><m><b>x</b                                   ></m><p/>",
		"<s><m><b>x</b></m>|4|<p/>|0|"},
	{"a name too long is called x",
		"<s><a123456789012345678901234567890></"
		"a123456789012345678901234567890><p/>",
		"<s><x></x>|5|<p/>|0|"},
	{"three attributes are enough",
		"<s><m a='' b='' c=''/><m a='' b='' c='' d=''>x</m>",
		"<s><m a='' b='' c=''/>|0|<m></m>|8|"},
	{"what was over is forgotten with the stanza",
		"<s><m><b><c><d/></c></b></m><m><b/></m>",
		"<s><m><b><c></c></b></m>|2|<m><b/></m>|0|"},
	{"a stream header is limited too",
		"<s:s a='012345678901234567890123456789'><p/>", "<s:s><p/>|0|"},
	{"text between stanzas is nobody's",
		"<s>0123456789012345678901234567890123456789012345678901234567"
		"<p/>",
		"<s>0123456789012345678901234567890123456789012345678901234567"
		"<p/>|0|"},
};

static void each_case_passes_on_what_it_must(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (unsigned seed = 0; seed < 20; seed++) {
			struct buf out;

			scan_all(&out, &small, cases[i].in, strlen(cases[i].in),
				seed);
			if (strcmp(buf_cstr(&out), cases[i].out) != 0) {
				print_error(
					"%s (seed %u)\n", cases[i].name, seed);
			}
			assert_string_equal(buf_cstr(&out), cases[i].out);
			buf_finish(&out);
		}
	}
}

/* Pieces of XML, well-formed or not, put together at random. */
static void random_xml(struct buf *b, unsigned *seed)
{
	static const char *const pieces[] = {"<m>", "</m>", "<m a='", "'", ">",
		"/>", "\"", "<!--", "-->", "-", "<![CDATA[", "]]>", "]", "<?",
		"?>", "?", "<", "&amp;", "&", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x98\x80", "\x80", "text", " ", "</", "<p/>", "\n"};

	buf_reset(b, 65536);
	buf_add_str(b, "<s>");
	for (unsigned n = (unsigned)rand_r(seed) % 80; n > 0; n--) {
		unsigned which = (unsigned)rand_r(seed) %
				 (sizeof pieces / sizeof *pieces);

		buf_add_str(b, pieces[which]);
	}
}

static void chunks_make_no_difference(void **state)
{
	struct buf in;
	unsigned seed = 20010214;

	(void)state;
	buf_init(&in, 1U << 20);
	for (unsigned round = 1; round <= 5000; round++) {
		struct buf whole;
		struct buf split;

		random_xml(&in, &seed);
		scan_all(&whole, &small, in.p, in.len, 0);
		scan_all(&split, &small, in.p, in.len, round);
		assert_int_equal(whole.len, split.len);
		assert_memory_equal(whole.p, split.p, whole.len);
		buf_finish(&whole);
		buf_finish(&split);
	}
	buf_finish(&in);
}

/* An attacker's endless tag, comment or stanza is held nowhere. */
static void nothing_grows(void **state)
{
	static const char *const begin[] = {"<s><m>", "<s><m a='", "<s><!--",
		"<s><?x ", "<s><m><![CDATA[", "<!DOCTYPE ", "<s><m><a",
		"<s></m "};
	char block[4096];

	(void)state;
	memset(block, 'x', sizeof block);
	for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
		struct scan s;
		struct buf out;

		buf_init(&out, 1U << 20);
		scan_init(&s, &scan_limits_default);
		scan_feed(&s, begin[i], strlen(begin[i]), on_out, on_stanza,
			&out);
		for (int n = 0; n < 1000; n++) {
			scan_feed(&s, block, sizeof block, on_out, on_stanza,
				&out);
		}
		assert_true(s.tag.cap <= 32 * 1024);
		assert_true(out.len <= 256 * 1024 + 100);
		assert_false(out.overflow);
		scan_finish(&s);
		buf_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_passes_on_what_it_must),
		cmocka_unit_test(chunks_make_no_difference),
		cmocka_unit_test(nothing_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
