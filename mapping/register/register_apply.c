/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/addr.h"
#include "mapping/network.h"
#include "mapping/register/identity.h"
#include "mapping/register/register.h"
#include "mapping/register/register_fields.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* A submitted registration form: read, checked, kept (PROTOCOL C.16). */

/* No stanza is larger: nothing of a form is cut. */
enum { FORM_BYTES = 1 << 20 };

/* A form being read, with the change that it becomes. */
struct submission {
	struct mapping *core;
	const char *bare;
	const struct network *network;
	const char *scope;             /* its name, NULL for the gateway */
	const struct account *account; /* NULL: nothing is kept */
	const struct elem *parent;
	const struct elem *form;       /* NULL: plain elements */
	struct register_rules rules;
	struct isupport defaults;
	struct change *change;
	struct fault *fault;
	bool begins;                   /* nothing is kept for this scope */
};

static bool refuse(struct fault *fault, enum stanza_error e, const char *text)
{
	*fault = (struct fault){e, text};
	return false;
}

/* ---- reading ---- */

/* All lines of it, in the arena; absent when it was not submitted. */
static struct slice lines_of(const struct submission *s, const char *var)
{
	const struct elem *v = form_next_value(s->form, var, NULL);
	struct slice text;
	struct buf b;

	if (v == NULL) {
		return form_get(s->form, var);
	}
	buf_init_secret(&b, FORM_BYTES);
	for (; v != NULL; v = form_next_value(s->form, var, v)) {
		buf_add_slice(&b, elem_text(v));
		buf_add_char(&b, '\n');
	}
	text = buf_slice(&b);
	text.p = arena_strndup(&s->core->arena, text.p, text.len);
	buf_finish(&b);
	return text.p ? text : slice("", 0);
}

static struct slice submitted(const struct submission *s,
	const struct register_field *f)
{
	const char *var = setting_name(f->setting);
	struct slice value;

	if (s->form != NULL) {
		value = (f->flags & FIELD_MULTI) != 0 ?
			lines_of(s, var) :
			form_get(s->form, var);
	} else if (f->element != NULL) {
		value = elem_child_text(s->parent, f->element, NS_IQ_REGISTER);
	} else {
		return slice(NULL, 0);
	}
	/* A password may begin with a blank; nothing else does. */
	return value.p == NULL || strcmp(f->type, "text-private") == 0 ?
		value :
		slice_trim(value);
}

static bool wants_clear(const struct submission *s, enum setting setting)
{
	struct buf var;
	bool clear;

	if (s->form == NULL) {
		return false;
	}
	buf_init(&var, 64);
	buf_addf(&var, "clear_%s", setting_name(setting));
	clear = form_flag(form_get(s->form, buf_cstr(&var)), false);
	buf_finish(&var);
	return clear;
}

static const struct register_field *field_of(enum setting setting)
{
	size_t i = 0;

	while (register_fields[i].setting != setting) {
		i++;
	}
	return &register_fields[i];
}

/* ---- checking ---- */

/* One of the options, or what the field's check makes of it. */
static bool normal(const struct submission *s, const struct register_field *f,
	struct slice value, struct buf *out)
{
	for (size_t i = 0; i < f->noptions; i++) {
		if (slice_is(value, f->options[i].value)) {
			buf_add_slice(out, value);
			return true;
		}
	}
	return f->check != NULL && f->check(&s->rules, value, out);
}

/* The default network after this change, or the one that it is about. */
static const struct network *target(const struct submission *s)
{
	struct slice name = submitted(s, field_of(SET_NETWORK));
	struct fault fault;

	if (s->network != NULL) {
		return s->network;
	}
	if (name.len > 0) {
		return addr_network(s->core, name, &fault);
	}
	return s->account && name.p == NULL ?
		account_network(s->core, s->account) :
		NULL;
}

/* Only a network that the user named has servers that the user names. */
static bool may_choose_server(const struct submission *s)
{
	const struct network *n = target(s);

	return n != NULL && n->config == &n->own;
}

/* value NULL: it is taken away. */
static void keep(const struct submission *s, const struct register_field *f,
	const char *value)
{
	const char *inherited = register_inherited(s->account, f, s->network);

	/* What it would be anyway is not kept, so it follows GW's. */
	if (value != NULL && inherited != NULL &&
		f->setting != SET_AUTOCONNECT &&
		strcmp(value, inherited) == 0) {
		value = NULL;
	}
	change_setting(s->change, s->scope, f->setting, value);
}

static bool take_value(const struct submission *s,
	const struct register_field *f, struct slice value)
{
	struct buf b;
	bool good;

	buf_init_secret(&b, setting_max(f->setting));
	good = normal(s, f, value, &b) && !b.overflow;
	if (good) {
		keep(s, f, buf_cstr(&b));
	}
	buf_finish(&b);
	if (!good) {
		return refuse(s->fault, E_NOT_ACCEPTABLE, f->refusal);
	}
	if ((f->flags & FIELD_FREE) != 0 && !may_choose_server(s)) {
		return refuse(s->fault, E_NOT_ACCEPTABLE,
			"address, port, tls: the operator of this gateway "
			"decides which servers that network has.");
	}
	return true;
}

static bool take(const struct submission *s, const struct register_field *f)
{
	struct slice value = submitted(s, f);
	bool usual = (f->flags & FIELD_FREE) != 0 && f->otherwise != NULL &&
		slice_is(value, f->otherwise);

	if (value.p == NULL || !register_field_offered(s->core, f, s->network)) {
		return true;
	}
	if (value.len > 0 && !usual) {
		return take_value(s, f, value);
	}
	if (!setting_is_secret(f->setting) || wants_clear(s, f->setting)) {
		change_setting(s->change, s->scope, f->setting, NULL);
	}
	return true;
}

/* What this setting will be when all that came before this form is kept. */
static const char *coming(const struct submission *s, enum setting setting)
{
	return account_will_have(s->core, s->bare, s->scope, setting);
}

/* COMPAT: clients of 2001 fill in the user name only (C.16). */
static bool take_nick(const struct submission *s)
{
	const struct register_field *f = field_of(SET_NICK);
	struct slice nick = submitted(s, f);
	struct slice username = submitted(s, field_of(SET_USERNAME));
	const char *inherited = register_inherited(s->account, f, s->network);
	const char *kept = s->account == NULL ? NULL :
						account_setting(s->account,
							s->network, SET_NICK);

	if (nick.len > 0) {
		return take_value(s, f, nick);
	}
	if (nick.p != NULL && inherited != NULL) {
		change_setting(s->change, s->scope, SET_NICK, NULL);
		return true;
	}
	if (username.len > 0 && (s->form == NULL || kept == NULL)) {
		return take_value(s, f, username) ||
			refuse(s->fault, E_NOT_ACCEPTABLE,
				"username: IRC does not allow this as a nick. "
				"Use letters and digits, or give a nick, too.");
	}
	if (nick.p == NULL && kept == NULL && coming(s, SET_NICK) != NULL) {
		/* Again, since what is being kept may yet fail. */
		change_setting(s->change, s->scope, SET_NICK,
			coming(s, SET_NICK));
		return true;
	}
	if (nick.p != NULL || kept == NULL) {
		return refuse(s->fault, E_NOT_ACCEPTABLE,
			"nick: say which nick you want to have on IRC.");
	}
	return true;
}

/* ---- what a registration begins with, and what must not stay ---- */

static bool is_submitted(const struct submission *s, enum setting setting)
{
	return submitted(s, field_of(setting)).len > 0;
}

/*
 * What a form before this one chose, and which is still being kept, is no
 * default any more; it is said again, since that change may yet fail.
 */
static void take_default(const struct submission *s, enum setting setting,
	const char *value)
{
	const char *chosen = coming(s, setting);

	change_setting(s->change, s->scope, setting,
		chosen != NULL ? chosen : value);
}

static void take_defaults(const struct submission *s)
{
	const struct map_config *c = s->core->config;

	if (s->network == NULL && c->fixed_network == NULL &&
		c->nnetworks > 0 &&
		submitted(s, field_of(SET_NETWORK)).p == NULL) {
		take_default(s, SET_NETWORK, c->networks[0].name);
	}
	if (!is_submitted(s, SET_AUTOCONNECT)) {
		take_default(s, SET_AUTOCONNECT, "1");
	}
}

/* The default network when all that came before this form is kept. */
static const struct network *coming_network(const struct submission *s)
{
	const char *name = s->core->config->fixed_network;
	struct fault fault;

	name = name != NULL ? name : coming(s, SET_NETWORK);
	return name ? addr_network(s->core, slice_str(name), &fault) : NULL;
}

/*
 * Another network is not told the passwords of this one: neither of what is
 * kept, nor of what is being kept and may yet fail.
 */
static void drop_secrets(const struct submission *s)
{
	const struct network *to = target(s);
	const struct network *before =
		s->account ? account_network(s->core, s->account) : NULL;
	const struct network *next = coming_network(s);

	if (s->network != NULL ||
		submitted(s, field_of(SET_NETWORK)).p == NULL ||
		(to == before && to == next) ||
		(s->account == NULL && next == NULL)) {
		return;
	}
	for (size_t i = 0; i < register_field_count; i++) {
		enum setting setting = register_fields[i].setting;

		if (setting_is_secret(setting) && !is_submitted(s, setting)) {
			change_setting(s->change, NULL, setting,
				to == next ? coming(s, setting) : NULL);
		}
	}
}

static bool take_all(struct submission *s)
{
	for (size_t i = 0; i < register_field_count; i++) {
		const struct register_field *f = &register_fields[i];
		bool good = f->setting == SET_NICK ? take_nick(s) : take(s, f);

		if (!good) {
			return false;
		}
	}
	if (s->begins) {
		take_defaults(s);
	}
	drop_secrets(s);
	return true;
}

/* ---- keeping ---- */

struct applying {
	change_done_fn *done;
	void *ctx;
	const struct istr *bare;
};

static void on_applied(struct mapping *m, void *ctx, enum err err)
{
	struct applying *ap = ctx;
	struct account *a = account_find(m, ap->bare->p);
	struct user *u = user_find(m, ap->bare->p);

	ap->done(m, ap->ctx, err);
	if (err == ERR_OK && a != NULL) {
		register_greet(m, a);
	}
	if (err == ERR_OK && u != NULL) {
		user_keep_lang(u);
		identity_changed(u);
	}
	istr_unref(ap->bare);
	free(ap);
}

static void commit(const struct submission *s, change_done_fn *done, void *ctx)
{
	struct applying *ap = must_calloc(1, sizeof *ap);
	const char *gw = s->core->config->component;
	const struct contact *kept =
		s->account ? account_contact(s->account, gw) : NULL;
	unsigned state = account_contact_will_be(s->core, s->bare, gw);

	change_register(s->change);
	if (kept == NULL || kept->state != state ||
		(state & (CONTACT_TO | CONTACT_ASKED)) == 0) {
		/* Also what another change may fail to keep. */
		change_contact(s->change, gw,
			state & CONTACT_TO ? state : state | CONTACT_ASKED);
	}
	*ap = (struct applying){done, ctx, intern(s->bare, strlen(s->bare))};
	change_commit(s->change, on_applied, ap);
}

/* ---- the door ---- */

static const struct isupport *isupport_of(struct submission *s)
{
	struct user *u = user_find(s->core, s->bare);
	const struct network *n = target(s);
	const struct session *session =
		u && n ? session_find(u, n) : NULL;

	if (session != NULL && session->net != NULL &&
		ircnet_registered(session->net)) {
		return ircnet_isupport(session->net);
	}
	isupport_init(&s->defaults);
	return &s->defaults;
}

static bool begins(const struct submission *s)
{
	if (s->account == NULL) {
		return true;
	}
	return s->scope == NULL ?
		s->account->own.values[SET_NICK] == NULL :
		account_profile(s->account, s->scope) == NULL;
}

bool register_apply(struct mapping *m, const char *bare,
	const struct network *n, const struct elem *parent,
	change_done_fn *done, void *ctx, struct fault *fault)
{
	struct submission s = {
		.core = m,
		.bare = bare,
		.network = n,
		.scope = n ? n->entry.key->p : NULL,
		.account = account_find(m, bare),
		.parent = parent,
		.form = form_submitted(parent),
		.fault = fault,
	};

	s.rules = (struct register_rules){m, isupport_of(&s)};
	s.begins = begins(&s);
	s.change = change_begin(m, bare);
	if (!take_all(&s)) {
		change_cancel(s.change);
		return false;
	}
	commit(&s, done, ctx);
	return true;
}
