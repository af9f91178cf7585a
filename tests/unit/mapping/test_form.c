/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "xmpp/form.h"

/* Forms as they come: parsed from a stanza that the core does not see. */

static bool looked;

static void look(const struct stanza *s)
{
	const struct elem *query = elem_first(s->root);
	const struct elem *x = form_submitted(query);
	const struct elem *value;

	looked = true;
	assert_non_null(x);
	assert_false(form_cancelled(query));
	assert_true(form_is(x, "jabber:iq:register"));
	assert_false(form_is(x, "something else"));
	assert_true(slice_is(form_get(x, "nick"), "juliet"));
	assert_non_null(form_get(x, "password").p);
	assert_int_equal(form_get(x, "password").len, 0);
	assert_null(form_get(x, "absent").p);
	assert_null(form_next_value(x, "absent", NULL));
	value = form_next_value(x, "altnicks", NULL);
	assert_true(slice_is(elem_text(value), "juliet_"));
	value = form_next_value(x, "altnicks", value);
	assert_true(slice_is(elem_text(value), "jules"));
	assert_null(form_next_value(x, "altnicks", value));
	assert_true(form_flag(form_get(x, "autoconnect"), false));
	assert_true(form_flag(form_get(x, "absent"), true));
	assert_false(form_flag(slice_str("0"), true));
}

static void a_submitted_form_is_read(void **state)
{
	(void)state;
	looked = false;
	fix.hook = look;
	fix_jabber("<iq from='a@home/x' to='gw' type='set' id='1'>"
		   "<query xmlns='jabber:iq:register'>"
		   "<x xmlns='jabber:x:data' type='result'/>"
		   "<x xmlns='jabber:x:data' type='submit'>"
		   "<field var='FORM_TYPE'><value>jabber:iq:register</value>"
		   "</field><field var='nick'><value>juliet</value></field>"
		   "<field var='password'/><field var='altnicks'>"
		   "<value>juliet_</value><value>jules</value></field>"
		   "<field var='autoconnect'><value>true</value></field>"
		   "</x></query></iq>");
	assert_true(looked);
}

static void look_cancel(const struct stanza *s)
{
	looked = true;
	assert_true(form_cancelled(elem_first(s->root)));
	assert_null(form_submitted(elem_first(s->root)));
}

static void a_cancelled_form_is_no_submitted_one(void **state)
{
	(void)state;
	looked = false;
	fix.hook = look_cancel;
	fix_jabber("<iq from='a@home/x' to='gw' type='set' id='1'>"
		   "<query xmlns='jabber:iq:register'>"
		   "<x xmlns='jabber:x:data' type='cancel'/></query></iq>");
	assert_true(looked);
}

static void a_form_is_written_with_fields_and_options(void **state)
{
	const struct slice chosen = slice_str("net");
	const struct form_option options[] = {{"Net & more", "net"},
		{NULL, "other"}};
	const struct form_field list = {
		.var = "network",
		.type = "list-single",
		.label = "Network",
		.required = true,
		.values = &chosen,
		.nvalues = 1,
		.options = options,
		.noptions = 2,
	};
	struct buf out;
	struct xw w;

	(void)state;
	buf_init(&out, 4096);
	xw_init(&w, &out, "jabber:component:accept");
	form_start(&w, "form", "Title", NULL, "urn:t");
	form_write(&w, &list);
	form_value(&w, "nick", "text-single", NULL, slice_str("j"));
	form_value(&w, "empty", "text-single", NULL, slice(NULL, 0));
	form_end(&w);
	assert_string_equal(buf_cstr(&out),
		"<x xmlns='jabber:x:data' type='form'><title>Title</title>"
		"<field var='FORM_TYPE' type='hidden'><value>urn:t</value>"
		"</field><field var='network' type='list-single' "
		"label='Network'><required/><value>net</value>"
		"<option label='Net &amp; more'><value>net</value></option>"
		"<option><value>other</value></option></field>"
		"<field var='nick' type='text-single'><value>j</value></field>"
		"<field var='empty' type='text-single'/></x>");
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_submitted_form_is_read),
		TEST(a_cancelled_form_is_no_submitted_one),
		TEST(a_form_is_written_with_fields_and_options),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
