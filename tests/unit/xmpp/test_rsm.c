/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "xmpp/parser.h"
#include "xmpp/rsm.h"

/* ---- reading: the <set/> of one stanza ---- */

static struct {
	enum err err;
	struct rsm rsm;
	char id[64];
} got;

static void on_stanza(void *ctx, const struct stanza *s)
{
	(void)ctx;
	got.err = rsm_read(elem_first(s->root), &got.rsm);
	memcpy(got.id, got.rsm.id.p ? got.rsm.id.p : "", got.rsm.id.len);
	got.id[got.rsm.id.len] = '\0';
}

static void on_element(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

static void on_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	(void)s;
	(void)over;
}

static void on_close(void *ctx)
{
	(void)ctx;
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	(void)ctx;
	fail_msg("%s %s", condition, text ? text : "");
}

static void read_set(const char *set)
{
	static const struct parser_handlers handlers = {
		.on_open = on_element,
		.on_stanza = on_stanza,
		.on_other = on_element,
		.on_dropped = on_dropped,
		.on_close = on_close,
		.on_fatal = on_fatal,
	};
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' id='1'>"
		"<iq type='get'><query xmlns='x'>";
	static const char end[] = "</query></iq>";
	struct parser *p = parser_create(&handlers, NULL, NULL);

	memset(&got, 0, sizeof got);
	got.err = ERR_CLOSED;
	parser_feed(p, header, sizeof header - 1);
	parser_feed(p, set, strlen(set));
	parser_feed(p, end, sizeof end - 1);
	parser_destroy(p);
	assert_int_not_equal(got.err, ERR_CLOSED);
}

#define SET(inside) \
	"<set xmlns='http://jabber.org/protocol/rsm'>" inside "</set>"

static void every_way_to_ask_is_read(void **state)
{
	static const struct {
		const char *set;
		bool present;
		enum rsm_from from;
		long max;
		size_t index;
		const char *id;
	} cases[] = {
		{"", false, RSM_START, -1, 0, ""},
		{"<set xmlns='other'><max>x</max></set>", false, RSM_START, -1,
			0, ""},
		{SET(""), true, RSM_START, -1, 0, ""},
		{SET("<max>10</max>"), true, RSM_START, 10, 0, ""},
		{SET("<max> 0\n</max>"), true, RSM_START, 0, 0, ""},
		{SET("<max>1000000001</max>"), true, RSM_START, RSM_NUMBER_MAX,
			0, ""},
		{SET("<max>99999999999999999999</max>"), true, RSM_START,
			RSM_NUMBER_MAX, 0, ""},
		{SET("<max>5</max><after>a &amp; b</after>"), true, RSM_AFTER,
			5, 0, "a & b"},
		{SET("<after/>"), true, RSM_START, -1, 0, ""},
		{SET("<before>x</before>"), true, RSM_BEFORE, -1, 0, "x"},
		{SET("<before/><max>5</max>"), true, RSM_END, 5, 0, ""},
		{SET("<index>371</index>"), true, RSM_INDEX, -1, 371, ""},
		{SET("<index>99999999999999999999</index>"), true, RSM_INDEX,
			-1, RSM_NUMBER_MAX, ""},
		{SET("<after xmlns='other'>x</after>"), true, RSM_START, -1, 0,
			""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_set(cases[i].set);
		assert_int_equal(got.err, ERR_OK);
		assert_int_equal(got.rsm.present, cases[i].present);
		assert_int_equal(got.rsm.from, cases[i].from);
		assert_int_equal(got.rsm.max, cases[i].max);
		assert_int_equal(got.rsm.index, cases[i].index);
		assert_string_equal(got.id, cases[i].id);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const cases[] = {
		SET("<max/>"), SET("<max>ten</max>"), SET("<max>-1</max>"),
		SET("<max>1.5</max>"), SET("<max>0x10</max>"),
		SET("<index/>"), SET("<index>-1</index>"),
		SET("<after>a</after><before>b</before>"),
		SET("<after/><before/>"),
		SET("<index>1</index><before/>"),
		SET("<index>1</index><after>a</after>"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_set(cases[i]);
		assert_int_equal(got.err, ERR_BAD_INPUT);
	}
}

/* ---- pages of ten items; the id stands at 4, or between 3 and 4 ---- */

static void the_page_is_found(void **state)
{
	static const struct {
		struct rsm rsm;
		size_t through; /* before is 4 */
		size_t at;
		size_t n;
	} cases[] = {
		{{.from = RSM_START, .max = -1}, 4, 0, 7},
		{{.from = RSM_START, .max = 3}, 4, 0, 3},
		{{.from = RSM_START, .max = 100}, 4, 0, 7},
		{{.from = RSM_START, .max = 0}, 4, 0, 0},
		{{.from = RSM_AFTER, .max = 3}, 5, 5, 3},
		{{.from = RSM_AFTER, .max = 3}, 4, 4, 3},
		{{.from = RSM_AFTER, .max = -1}, 5, 5, 5},
		{{.from = RSM_AFTER, .max = 3}, 10, 10, 0},
		{{.from = RSM_BEFORE, .max = 3}, 5, 1, 3},
		{{.from = RSM_BEFORE, .max = 30}, 5, 0, 4},
		{{.from = RSM_END, .max = 3}, 0, 7, 3},
		{{.from = RSM_END, .max = 0}, 0, 10, 0},
		{{.from = RSM_INDEX, .max = 3, .index = 9}, 0, 9, 1},
		{{.from = RSM_INDEX, .max = 3, .index = 10}, 0, 10, 0},
		{{.from = RSM_INDEX, .max = 3, .index = RSM_NUMBER_MAX}, 0, 10,
			0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rsm_page page = rsm_page(&cases[i].rsm, 10, 4,
			cases[i].through, 7);

		assert_int_equal(page.at, cases[i].at);
		assert_int_equal(page.n, cases[i].n);
	}
}

/* What does not fit is left out at the end that the asker sees last. */
static void a_page_is_shortened_at_its_far_end(void **state)
{
	struct rsm forward = {.from = RSM_AFTER};
	struct rsm backward = {.from = RSM_BEFORE};
	struct rsm last = {.from = RSM_END};
	struct rsm_page page = {20, 10};

	(void)state;
	assert_int_equal(rsm_shorten(&forward, page, 4).at, 20);
	assert_int_equal(rsm_shorten(&forward, page, 4).n, 4);
	assert_int_equal(rsm_shorten(&backward, page, 4).at, 26);
	assert_int_equal(rsm_shorten(&backward, page, 4).n, 4);
	assert_int_equal(rsm_shorten(&last, page, 1).at, 29);
	assert_int_equal(rsm_shorten(&last, page, 11).at, 20);
	assert_int_equal(rsm_shorten(&last, page, 11).n, 10);
}

/* ---- writing ---- */

static void a_page_is_written(void **state)
{
	struct buf out;
	struct xw w;

	(void)state;
	buf_init(&out, 4096);
	xw_init(&w, &out, "");
	rsm_write(&w, (struct rsm_page){5, 2}, slice_str("a<b"),
		slice_str("c"), 70);
	assert_string_equal(buf_cstr(&out),
		"<set xmlns='http://jabber.org/protocol/rsm'>"
		"<first index='5'>a&lt;b</first><last>c</last>"
		"<count>70</count></set>");
	buf_reset(&out, 0);
	xw_init(&w, &out, "");
	rsm_write(&w, (struct rsm_page){5, 0}, slice(NULL, 0), slice(NULL, 0),
		70);
	assert_string_equal(buf_cstr(&out),
		"<set xmlns='http://jabber.org/protocol/rsm'>"
		"<count>70</count></set>");
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_ask_is_read),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(the_page_is_found),
		cmocka_unit_test(a_page_is_shortened_at_its_far_end),
		cmocka_unit_test(a_page_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
