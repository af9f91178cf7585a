/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "mapping/addr.h"
#include "mapping/out.h"
#include "mapping/people/search.h"
#include "mapping/register/formkey.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/* The form of jabber:iq:search, and its results (PROTOCOL C.17). */

static const char instructions[] =
	N_("Say something about the person or the channel that you look for. * "
	   "stands for any text, ? for one character.");
static const char cut_note[] =
	N_("There are more than these. Say more of what you look for.");

/* ---- the form ---- */

static const struct field {
	const char *var; /* NULL: of the roll */
	enum roll_field field;
	const char *label;
} fields[] = {
	{NULL, ROLL_NICK, N_("Nick")},
	{NULL, ROLL_USER, N_("User name")},
	{NULL, ROLL_HOST, N_("Host")},
	{NULL, ROLL_REALNAME, N_("Real name")},
	{NULL, ROLL_ACCOUNT, N_("Account")},
	{NULL, ROLL_CHANNEL, N_("Channel")},
	{NULL, ROLL_TOPIC, N_("Topic of the channel")},
	{"min_users", ROLL_FIELDS, N_("At least so many users")},
	{"max_users", ROLL_FIELDS, N_("At most so many users")},
};

static void write_kind(struct mapping *m, struct xw *w, const char *lang)
{
	const struct slice value = slice_str("users");
	const struct form_option options[] = {
		{text(m, lang, "People"), "users"},
		{text(m, lang, "Channels"), "channels"},
	};

	form_write(w, &(struct form_field){
			.var = "kind",
			.type = "list-single",
			.label = text(m, lang, "What to look for"),
			.values = &value,
			.nvalues = 1,
			.options = options,
			.noptions = 2,
		});
}

static void write_fields(struct request *q, struct xw *w, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct network *home;

	form_start(w, "form", text(m, q->lang, "Search on IRC"),
		text(m, q->lang, instructions), ns_uri(NS_IQ_SEARCH));
	write_kind(m, w, q->lang);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const struct field *f = &fields[i];

		form_value(w, f->var ? f->var : search_fields[f->field],
			"text-single", text(m, q->lang, f->label),
			slice(NULL, 0));
	}
	if (a->kind == ADDR_GW && m->config->fixed_network == NULL) {
		home = search_home(q, a);
		form_value(w, "network", "text-single",
			text(m, q->lang, "IRC network"),
			home ? istr_slice(home->entry.key) : slice(NULL, 0));
	}
	form_end(w);
}

void search_write_form(struct request *q, const struct addr *a)
{
	static const char *const old[] = {"first", "last", "nick", "email",
		"name"};
	struct mapping *m = core_of(q);
	char key[FORMKEY_TEXT];
	struct xw *w;

	formkey_make(m, q->from.bare, NS_IQ_SEARCH, key);
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_IQ_SEARCH);
	xw_elem(w, "instructions", NS_NONE,
		slice_str(text(m, q->lang, instructions)));
	for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
		xw_empty(w, old[i], NS_NONE);
	}
	xw_elem(w, "key", NS_NONE, slice_str(key));
	write_fields(q, w, a);
	xw_end(w);
	out_answer(m, q->stanza);
}

/* ---- results ---- */

enum { JID_BYTES = 4096, NUMBER = 24 };

static const char *add_jid(struct mapping *m, struct buf *out,
	const struct network *n, const struct roll_item *item)
{
	buf_truncate(out, 0);
	addr_add_name(m, out, n, item->name);
	return buf_cstr(out);
}

/* "user@host"; empty when neither is known. */
static struct slice userhost(struct buf *out, const struct roll_item *item)
{
	buf_truncate(out, 0);
	buf_add_slice(out, item->fields[ROLL_USER]);
	buf_add_char(out, '@');
	buf_add_slice(out, item->fields[ROLL_HOST]);
	return buf_slice(out);
}

static struct slice or_empty(struct slice s)
{
	return s.p ? s : slice("", 0);
}

/* A real name is no first and last name; the fields are XEP-0055's. */
static void write_item(struct xw *w, const struct roll_result *r,
	const struct roll_item *item, struct buf *scratch)
{
	char count[NUMBER];

	if (r->kind == ROLL_CHANNELS) {
		snprintf(count, sizeof count, "%ld", item->users);
		xw_elem(w, "nick", NS_NONE, item->fields[ROLL_CHANNEL]);
		xw_elem(w, "first", NS_NONE,
			or_empty(item->fields[ROLL_TOPIC]));
		xw_elem(w, "last", NS_NONE, slice_str(count));
		return;
	}
	xw_elem(w, "first", NS_NONE, or_empty(item->fields[ROLL_REALNAME]));
	xw_elem(w, "last", NS_NONE, slice("", 0));
	xw_elem(w, "nick", NS_NONE, item->fields[ROLL_NICK]);
	xw_elem(w, "email", NS_NONE, userhost(scratch, item));
}

static const struct column {
	enum roll_field field; /* ROLL_FIELDS: how many users */
	const char *label;
} people[] = {
	{ROLL_NICK, N_("Nick")},
	{ROLL_USER, N_("User name")},
	{ROLL_HOST, N_("Host")},
	{ROLL_REALNAME, N_("Real name")},
	{ROLL_ACCOUNT, N_("Account")},
}, channels[] = {
	{ROLL_CHANNEL, N_("Channel")},
	{ROLL_FIELDS, N_("Users")},
	{ROLL_TOPIC, N_("Topic")},
};

static const char *var_of(const struct column *c)
{
	return c->field == ROLL_FIELDS ? "users" : search_fields[c->field];
}

static void write_value(struct xw *w, const char *var, struct slice value)
{
	xw_start(w, "field", NS_NONE);
	xw_attr(w, "var", var);
	xw_elem(w, "value", NS_NONE, value);
	xw_end(w);
}

static void write_row(struct xw *w, const struct roll_item *item,
	const char *jid, const struct column *columns, size_t n)
{
	char count[NUMBER];

	snprintf(count, sizeof count, "%ld", item->users);
	xw_start(w, "item", NS_NONE);
	write_value(w, "jid", slice_str(jid));
	for (size_t i = 0; i < n; i++) {
		write_value(w, var_of(&columns[i]),
			columns[i].field == ROLL_FIELDS ?
				slice_str(count) :
				or_empty(item->fields[columns[i].field]));
	}
	xw_end(w);
}

static void write_table(struct mapping *m, struct xw *w,
	const struct search_answer *how, const struct roll_result *r,
	struct buf *jid)
{
	bool is_people = r->kind == ROLL_PEOPLE;
	const struct column *columns = is_people ? people : channels;
	size_t n = is_people ? sizeof people / sizeof *people :
			       sizeof channels / sizeof *channels;

	form_start(w, "result", NULL,
		r->more ? text(m, how->lang, cut_note) : NULL,
		ns_uri(NS_IQ_SEARCH));
	xw_start(w, "reported", NS_NONE);
	form_value(w, "jid", "jid-single", text(m, how->lang, "Address"),
		slice(NULL, 0));
	for (size_t i = 0; i < n; i++) {
		form_value(w, var_of(&columns[i]), "text-single",
			text(m, how->lang, columns[i].label), slice(NULL, 0));
	}
	xw_end(w);
	for (size_t i = 0; i < r->nitems; i++) {
		write_row(w, &r->items[i],
			add_jid(m, jid, how->network, &r->items[i]), columns,
			n);
	}
	form_end(w);
}

void search_write_result(struct mapping *m, struct xw *w,
	const struct search_answer *how, const struct roll_result *r)
{
	struct buf jid;
	struct buf scratch;

	buf_init(&jid, JID_BYTES);
	buf_init(&scratch, JID_BYTES);
	xw_start(w, "query", NS_IQ_SEARCH);
	if (r->more) {
		xw_elem(w, "instructions", NS_NONE,
			slice_str(text(m, how->lang, cut_note)));
	}
	if (how->form) {
		write_table(m, w, how, r, &jid);
	}
	for (size_t i = 0; !how->form && i < r->nitems; i++) {
		xw_start(w, "item", NS_NONE);
		xw_attr(w, "jid",
			add_jid(m, &jid, how->network, &r->items[i]));
		write_item(w, r, &r->items[i], &scratch);
		xw_end(w);
	}
	xw_end(w);
	buf_finish(&jid);
	buf_finish(&scratch);
}
