/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/register/register.h"
#include "mapping/register/register_fields.h"
#include "mapping/session.h"
#include "mapping/text.h"

/* Registration and settings as commands (PROTOCOL C.16, C.23). */

static struct jid asker_of(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct jid from;

	must(jid_parse(istr_slice(r->asker.from), &m->arena, &from) == ERR_OK);
	return from;
}

/* The network whose settings are meant; NULL at the gateway: all. */
static struct network *network_of(const struct run *r)
{
	struct slice name = slice_str(run_value(r, "network"));

	if (r->network != NULL) {
		name = istr_slice(r->network);
	}
	return name.len > 0 ? network_find(core_of_run(r), name) : NULL;
}

void command_settings_form(struct run *r, struct xw *w)
{
	char form_type[64];

	snprintf(form_type, sizeof form_type, "irc:%s", r->command->name);
	register_write_form(core_of_run(r), w, r->user->entry.key->p,
		network_of(r), r->asker.lang ? r->asker.lang->p : NULL,
		form_type);
}

/* `done` may come at once or later; what is wrong is asked for again. */
static void apply(struct run *r, const struct elem *parent,
	change_done_fn *done)
{
	struct mapping *m = core_of_run(r);
	struct jid from = asker_of(r);
	struct fault fault;

	if (!register_allowed(m, &from, true, &fault)) {
		run_fault(r, &fault);
		return;
	}
	buf_reset(&r->answer, 0);
	buf_add_str(&r->answer, run_text(r, "Your settings are kept."));
	if (register_apply(m, from.bare, network_of(r), parent, done,
		    run_hold(r), &fault)) {
		return;
	}
	if (!run_back(r)) {
		return;
	}
	if (r->by_text) {
		run_fault(r, &fault);
	} else {
		run_ask(r, text_whole(m, r->asker.lang ? r->asker.lang->p : NULL,
			fault.text), true);
	}
}

void command_settings(struct run *r)
{
	apply(r, r->form, run_on_kept);
}

static void add_plain(struct run *r, struct elem *parent, const char *name)
{
	struct arena *arena = &core_of_run(r)->arena;
	struct slice value = slice_str(run_value(r, name));
	struct elem *e = arena_alloc(arena, sizeof *e);
	struct elem *text = arena_alloc(arena, sizeof *text);

	if (value.len == 0 || e == NULL || text == NULL) {
		return;
	}
	*text = (struct elem){.parent = e, .text = value};
	*e = (struct elem){
		.parent = parent,
		.first = text,
		.last = text,
		.name = name,
		.xmlns = ns_uri(NS_IQ_REGISTER),
		.ns = NS_IQ_REGISTER,
	};
	if (parent->last != NULL) {
		parent->last->next = e;
	} else {
		parent->first = e;
	}
	parent->last = e;
}

/* ---- what is kept ---- */

static void add_value(struct run *r, const struct register_field *f,
	const char *value, struct buf *out)
{
	if (strcmp(f->type, "boolean") == 0) {
		value = value[0] == '1' ? run_text(r, "yes") :
					  run_text(r, "no");
	}
	buf_addf(out, "%s: ", run_text(r, f->label));
	for (const char *p = value; *p != '\0'; p++) {
		buf_add_char(out, *p == '\n' ? ' ' : *p);
	}
	buf_add_char(out, '\n');
}

/* Secrets are told to nobody, only that there is one. */
static void show_kept(struct run *r, const struct account *a)
{
	struct buf out;

	buf_init(&out, RUN_ANSWER_BYTES - 1000);
	for (size_t i = 0; i < register_field_count; i++) {
		const struct register_field *f = &register_fields[i];
		const char *value = a->own.values[f->setting];

		if (value != NULL && !setting_is_secret(f->setting)) {
			add_value(r, f, value, &out);
		}
	}
	if (a->own.values[SET_PASSWORD] != NULL) {
		buf_add_str(&out, run_text(r, "The password of your account on "
					      "IRC is kept."));
		buf_add_char(&out, '\n');
	}
	buf_add_str(&out, run_text(r, r->command->more));
	run_list(r, run_text(r, "Your registration"),
		slice_trim(out_clean(core_of_run(r), buf_slice(&out))));
	buf_finish(&out);
}

/* ---- what follows from it ---- */

static void add_sentence(struct buf *out, const char *sentence)
{
	if (out->len > 0) {
		buf_add_char(out, ' ');
	}
	buf_add_str(out, sentence);
}

static void tell_name(struct run *r, const struct account *a, struct buf *out)
{
	const char *nick = a->own.values[SET_NICK];
	const char *name = a->own.values[SET_NAME];

	if (name != NULL) {
		buf_addf(out,
			run_text(r, "Your settings are kept: you are called %s "
				    "on IRC, with the real name \"%s\"."),
			nick, name);
	} else {
		buf_addf(out,
			run_text(r, "Your settings are kept: you are called %s "
				    "on IRC."),
			nick);
	}
}

static void tell_network(struct run *r, const struct account *a,
	struct buf *out)
{
	struct network *n = account_network(core_of_run(r), a);
	const char *connects =
		n ? account_setting(a, n, SET_AUTOCONNECT) : NULL;
	char line[600];

	if (n == NULL) {
		add_sentence(out, run_text(r, "To go to a network write "
					      "\"connect NETWORK\"."));
		return;
	}
	if (connects != NULL && connects[0] == '1') {
		snprintf(line, sizeof line,
			run_text(r, "You are connected to %s when you come "
				    "online."),
			n->entry.key->p);
		add_sentence(out, line);
	}
	if (run_session(r, n) == NULL) {
		snprintf(line, sizeof line,
			run_text(r, "To go there now write \"connect %s\"."),
			n->entry.key->p);
		add_sentence(out, line);
	}
}

static void on_registered(struct mapping *m, void *ctx, enum err err)
{
	struct run *r = ctx;
	const struct account *a;
	struct fault fault;

	if (!run_back(r)) {
		return;
	}
	a = account_find(m, r->user->entry.key->p);
	if (err != ERR_OK) {
		register_fault(err, &fault);
		run_fault(r, &fault);
		return;
	}
	buf_reset(&r->answer, 0);
	if (a != NULL && a->own.values[SET_NICK] != NULL) {
		tell_name(r, a, &r->answer);
		tell_network(r, a, &r->answer);
		add_sentence(&r->answer,
			run_text(r, "Password, channels and more: write \"help "
				    "register\" for the form."));
	} else {
		buf_add_str(&r->answer,
			run_text(r, "Your settings are kept."));
	}
	run_done(r, buf_cstr(&r->answer));
}

/* By text it is what a client of 2001 submits. */
void command_register(struct run *r)
{
	const struct account *a =
		account_find(core_of_run(r), r->user->entry.key->p);
	struct elem query = {
		.name = "query",
		.xmlns = ns_uri(NS_IQ_REGISTER),
		.ns = NS_IQ_REGISTER,
	};

	if (!r->by_text) {
		apply(r, r->form, run_on_kept);
		return;
	}
	if (run_value(r, "nick")[0] == '\0' && a != NULL && a->registered) {
		show_kept(r, a);
		return;
	}
	if (run_value(r, "nick")[0] == '\0') {
		run_donef(r, run_text(r, "Write it like this: %s %s"),
			r->command->name, run_text(r, r->command->words));
		return;
	}
	add_plain(r, &query, "nick");
	add_plain(r, &query, "name");
	apply(r, &query, on_registered);
}

static void remove_settings(struct run *r, struct network *n, const char *said)
{
	struct fault fault;

	buf_reset(&r->answer, 0);
	buf_add_str(&r->answer, said);
	if (!register_remove(core_of_run(r), r->user->entry.key->p, n,
		    run_on_kept, run_hold(r), &fault) && run_back(r)) {
		run_fault(r, &fault);
	}
}

void command_unregister(struct run *r)
{
	remove_settings(r, NULL,
		run_text(r, "Your registration and all your settings are "
			    "gone."));
}

void command_edit_network(struct run *r)
{
	if (r->stage > 0) {
		apply(r, r->form, run_on_kept);
	} else if (run_network(r, "network") != NULL) {
		run_ask(r, NULL, false);
	}
}

void command_forget_network(struct run *r)
{
	struct network *n = run_network(r, "network");

	if (n != NULL) {
		remove_settings(r, n,
			run_text(r, "Your settings for this network are "
				    "gone."));
	}
}
