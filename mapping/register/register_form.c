/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "irc/ircout.h"
#include "mapping/out.h"
#include "mapping/register/formkey.h"
#include "mapping/register/register.h"
#include "mapping/register/register_fields.h"
#include "mapping/text.h"

/* The registration form as it is shown (PROTOCOL C.16). */

static const char instructions[] =
	N_("Say who you are on IRC; only the nick is needed. The password is "
	   "that of your account with the network, if you have one. What is "
	   "kept of passwords is never shown; left empty it stays as it is.");

/* What is asked for, and about whom. */
struct showing {
	struct mapping *core;
	const struct account *account; /* NULL: nothing is kept */
	const struct network *network;
	const char *bare;
	const char *lang;
};

static struct showing show(struct mapping *m, const char *bare,
	const struct network *n, const char *lang)
{
	return (struct showing){m, account_find(m, bare), n, bare, lang};
}

static const char *tr(const struct showing *s, const char *english)
{
	return english ? text(s->core, s->lang, english) : NULL;
}

/* Kept for this very form. */
static const char *own_value(const struct showing *s, enum setting setting)
{
	const struct profile *p = NULL;

	if (s->account == NULL) {
		return NULL;
	}
	p = s->network == NULL ?
		&s->account->own :
		account_profile(s->account, s->network->entry.key->p);
	return p ? p->values[setting] : NULL;
}

/* The nick that a session would have by itself (D.0); in the arena. */
static const char *nick_of(const struct showing *s)
{
	struct slice jid = slice_str(s->bare);
	struct slice local = slice_cut(&jid, '@');
	struct buf b;
	const char *nick;

	buf_init(&b, 64);
	irc_make_nick(&b, local, 30);
	nick = arena_strndup(&s->core->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return nick;
}

static bool is_registered(const struct showing *s)
{
	if (s->account == NULL || !s->account->registered) {
		return false;
	}
	return s->network == NULL ||
		account_profile(s->account, s->network->entry.key->p) != NULL;
}

/* What is not kept yet, and would be. */
static const char *suggestion(const struct showing *s, enum setting setting)
{
	const struct map_config *c = s->core->config;

	if (setting == SET_AUTOCONNECT) {
		return is_registered(s) ? "0" : "1";
	}
	if (s->account != NULL && s->account->registered) {
		return NULL;
	}
	switch (setting) {
	case SET_NICK:
		return nick_of(s);
	case SET_NETWORK:
		return c->nnetworks > 0 ? c->networks[0].name : NULL;
	default:
		return NULL;
	}
}

static const char *value_of(const struct showing *s,
	const struct register_field *f)
{
	const char *value = own_value(s, f->setting);

	if (setting_is_secret(f->setting)) {
		return NULL;
	}
	if (value == NULL) {
		value = register_inherited(s->account, f, s->network);
	}
	return value ? value : suggestion(s, f->setting);
}

/* ---- the x:data form ---- */

enum { VALUES = 64 };

static size_t split_values(const char *value, bool multi,
	struct slice values[VALUES])
{
	struct slice rest = slice_str(value);
	size_t n = 0;

	if (value == NULL) {
		return 0;
	}
	if (!multi) {
		values[0] = rest;
		return 1;
	}
	while (rest.len > 0 && n < VALUES) {
		values[n++] = slice_cut(&rest, ' ');
	}
	return n;
}

static size_t network_options(const struct showing *s,
	struct form_option **out)
{
	const struct map_config *c = s->core->config;
	struct form_option *list =
		arena_alloc(&s->core->arena, c->nnetworks * sizeof *list);

	for (size_t i = 0; list != NULL && i < c->nnetworks; i++) {
		list[i].label = c->networks[i].title ? c->networks[i].title :
						       c->networks[i].name;
		list[i].value = c->networks[i].name;
	}
	*out = list;
	return list ? c->nnetworks : 0;
}

static size_t other_options(const struct showing *s,
	const struct register_field *f, struct form_option **out)
{
	struct form_option *list =
		arena_alloc(&s->core->arena, f->noptions * sizeof *list);

	for (size_t i = 0; list != NULL && i < f->noptions; i++) {
		list[i].label = tr(s, f->options[i].label);
		list[i].value = f->options[i].value;
	}
	*out = list;
	return list ? f->noptions : 0;
}

static void write_field(const struct showing *s, struct xw *w,
	const struct register_field *f)
{
	struct slice values[VALUES];
	struct form_option *options = NULL;
	bool multi = (f->flags & FIELD_MULTI) != 0;
	struct form_field field = {
		.var = setting_name(f->setting),
		.type = f->type,
		.label = tr(s, f->label),
		.required = (f->flags & FIELD_NEEDED) != 0 &&
			register_inherited(s->account, f, s->network) == NULL,
		.values = values,
	};

	field.nvalues = split_values(value_of(s, f), multi, values);
	if (f->setting == SET_NETWORK && s->core->config->free_choice) {
		field.type = "text-single"; /* others than those listed, too */
	} else if (f->setting == SET_NETWORK) {
		field.noptions = network_options(s, &options);
	} else {
		field.noptions = other_options(s, f, &options);
	}
	field.options = options;
	form_write(w, &field);
}

static const char *clear_label(enum setting setting)
{
	switch (setting) {
	case SET_PASSWORD:
		return N_("Forget the password of your account on IRC");
	case SET_SERVER_PASSWORD:
		return N_("Forget the password of the server itself");
	default:
		return N_("Forget the IRC lines to be sent after connecting");
	}
}

/* What is kept in secret can be taken back. */
static void write_clear(const struct showing *s, struct xw *w,
	const struct register_field *f)
{
	char var[64];

	snprintf(var, sizeof var, "clear_%s", setting_name(f->setting));
	form_value(w, var, "boolean", tr(s, clear_label(f->setting)),
		slice_str("0"));
}

void register_write_form(struct mapping *m, struct xw *w, const char *bare,
	const struct network *n, const char *lang, const char *form_type)
{
	struct showing s = show(m, bare, n, lang);
	const char *title = n == NULL ? tr(&s, N_("Who you are on IRC")) :
		n->config->title      ? n->config->title :
					n->config->name;

	form_start(w, "form", title, tr(&s, instructions), form_type);
	for (size_t i = 0; i < register_field_count; i++) {
		const struct register_field *f = &register_fields[i];

		if (!register_field_offered(m, f, n)) {
			continue;
		}
		write_field(&s, w, f);
		if (setting_is_secret(f->setting) &&
			own_value(&s, f->setting) != NULL) {
			write_clear(&s, w, f);
		}
	}
	form_end(w);
}

/* ---- jabber:iq:register ---- */

void iq_register_get(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct showing s = show(m, q->from.bare, a->network, q->lang);
	struct fault fault;
	char key[FORMKEY_TEXT];
	struct xw *w;

	if (!register_allowed(m, &q->from, false, &fault)) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	formkey_make(m, q->from.bare, NS_IQ_REGISTER, key);
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_IQ_REGISTER);
	if (is_registered(&s)) {
		xw_empty(w, "registered", NS_NONE);
	}
	xw_elem(w, "instructions", NS_NONE, slice_str(tr(&s, instructions)));
	for (size_t i = 0; i < register_field_count; i++) {
		const struct register_field *f = &register_fields[i];
		const char *value =
			s.account && s.account->registered ? value_of(&s, f) :
							     NULL;

		if (f->element != NULL) {
			xw_elem(w, f->element, NS_NONE,
				value ? slice_str(value) : slice("", 0));
		}
	}
	xw_elem(w, "key", NS_NONE, slice_str(key));
	register_write_form(m, w, q->from.bare, a->network, q->lang,
		ns_uri(NS_IQ_REGISTER));
	xw_end(w);
	out_answer(m, q->stanza);
}
