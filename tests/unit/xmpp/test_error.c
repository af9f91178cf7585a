/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "xmpp/error.h"
#include "xmpp/parser.h"

#define XMLNS " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

static const struct {
	const char *error;
	enum stanza_error means;
} received[] = {
	{"<error code='404' type='cancel'><item-not-found" XMLNS "/></error>",
		E_ITEM_NOT_FOUND},
	{"<error type='cancel'><service-unavailable" XMLNS "/></error>",
		E_SERVICE_UNAVAILABLE},
	{"<error><service-unavailable" XMLNS "/></error>",
		E_SERVICE_UNAVAILABLE},
	{"<error code='502' type='wait'><service-unavailable" XMLNS
	 "/></error>",
		E_LINK_FAILED},
	{"<error code='503' type='wait'><service-unavailable" XMLNS
	 "/></error>",
		E_ROOM_FULL},
	{"<error code='510' type='cancel'><service-unavailable" XMLNS
	 "/></error>",
		E_SESSION_CLOSED},
	{"<error type='wait'><text" XMLNS
	 ">t</text><recipient-unavailable" XMLNS "/></error>",
		E_RECIPIENT_UNAVAILABLE},
	/* COMPAT: only a code, or only words (XEP-0086). */
	{"<error code='404'/>", E_ITEM_NOT_FOUND},
	{"<error code='404'>Not Found</error>", E_ITEM_NOT_FOUND},
	{"<error code='400'/>", E_BAD_REQUEST},
	{"<error code='401'/>", E_NOT_AUTHORIZED},
	{"<error code='402'/>", E_PAYMENT_REQUIRED},
	{"<error code='403'/>", E_FORBIDDEN},
	{"<error code='405'/>", E_NOT_ALLOWED},
	{"<error code='406'/>", E_NOT_ACCEPTABLE},
	{"<error code='407'/>", E_REGISTRATION_REQUIRED},
	{"<error code='408'/>", E_REMOTE_SERVER_TIMEOUT},
	{"<error code='409'/>", E_CONFLICT},
	{"<error code='500'/>", E_INTERNAL_SERVER_ERROR},
	{"<error code='501'/>", E_FEATURE_NOT_IMPLEMENTED},
	{"<error code='502'/>", E_LINK_FAILED},
	{"<error code='503'/>", E_SERVICE_UNAVAILABLE},
	{"<error code='504'/>", E_REMOTE_SERVER_TIMEOUT},
	{"<error code='510'/>", E_SESSION_CLOSED},
	{"<error code='302'/>", E_REDIRECT},
	{"<error>not found</error>", E_ITEM_NOT_FOUND},
	{"<error>Internal Server Error</error>", E_INTERNAL_SERVER_ERROR},
	{"<error> 409 taken </error>", E_CONFLICT},
	{"<error code='404'><made-up" XMLNS "/></error>", E_ITEM_NOT_FOUND},
	{"<error code='999'/>", E_UNDEFINED_CONDITION},
	{"<error code='x'/>", E_UNDEFINED_CONDITION},
	{"<error/>", E_UNDEFINED_CONDITION},
	{"", E_UNDEFINED_CONDITION},
};

static void on_stanza(void *ctx, const struct stanza *stanza)
{
	*(int *)ctx = (int)stanza_error_read(stanza->root);
}

static int read_error(const char *ns, const char *error)
{
	static const struct parser_handlers handlers = {.on_stanza = on_stanza};
	int got = -1;
	struct parser *p = parser_create(&handlers, &got, NULL);
	struct buf b;

	buf_init(&b, 4096);
	buf_addf(&b,
		"<s:stream xmlns:s='http://etherx.jabber.org/streams'>"
		"<iq type='error' xmlns='%s'>%s</iq>",
		ns, error);
	parser_feed(p, b.p, b.len);
	parser_destroy(p);
	buf_finish(&b);
	return got;
}

static void errors_are_read_by_condition_code_or_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof received / sizeof *received; i++) {
		int got = read_error(
			"jabber:component:accept", received[i].error);

		if (got != (int)received[i].means) {
			print_error("%s\n", received[i].error);
		}
		assert_int_equal(got, received[i].means);
		assert_int_equal(read_error("jabber:client", received[i].error),
			received[i].means);
	}
}

static void what_we_write_reads_back_as_itself(void **state)
{
	(void)state;
	for (int i = 0; i < E_COUNT; i++) {
		struct buf b;
		struct xw w;

		buf_init(&b, 4096);
		xw_init(&w, &b, "jabber:component:accept");
		stanza_error_write(&w, (enum stanza_error)i, "gw", "en",
			slice_str("why & so"), slice(NULL, 0));
		assert_int_equal(
			read_error("jabber:component:accept", buf_cstr(&b)), i);
		buf_finish(&b);
	}
}

static void an_error_has_the_form_of_the_map(void **state)
{
	struct buf b;
	struct xw w;

	(void)state;
	buf_init(&b, 4096);
	xw_init(&w, &b, "jabber:component:accept");
	stanza_error_write(&w, E_ITEM_NOT_FOUND, "GW", "en",
		slice_str("No such nick: bob"), slice(NULL, 0));
	assert_string_equal(buf_cstr(&b),
		"<error code='404' type='cancel' by='GW'><item-not-found" XMLNS
		"/><text" XMLNS " xml:lang='en'>No such nick: bob</text>"
		"</error>");
	buf_reset(&b, 0);
	stanza_error_write(&w, E_REDIRECT, NULL, NULL, slice(NULL, 0),
		slice_str("xmpp:a@b?join"));
	assert_string_equal(buf_cstr(&b),
		"<error code='302' type='modify'><redirect" XMLNS
		">xmpp:a@b?join</redirect></error>");
	buf_finish(&b);
}

/* Where C.9's text for old clients goes, and which bytes it is. */
static void it_tells_where_its_words_stand(void **state)
{
	struct buf b;
	struct xw w;
	struct stanza_error_place at;

	(void)state;
	buf_init(&b, 4096);
	xw_init(&w, &b, "jabber:component:accept");
	xw_start(&w, "iq", NS_NONE);
	at = stanza_error_write(&w, E_CONFLICT, "GW", "en",
		slice_str("<why>"), slice(NULL, 0));
	xw_end(&w);
	assert_memory_equal(b.p + at.content, "<conflict", 9);
	assert_true(slice_is(slice(b.p + at.words, at.len), "&lt;why&gt;"));
	at = stanza_error_write(&w, E_CONFLICT, NULL, NULL, slice(NULL, 0),
		slice(NULL, 0));
	assert_int_equal(at.len, 0);
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_read_by_condition_code_or_words),
		cmocka_unit_test(what_we_write_reads_back_as_itself),
		cmocka_unit_test(an_error_has_the_form_of_the_map),
		cmocka_unit_test(it_tells_where_its_words_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
