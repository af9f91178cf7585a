/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "irc/ircout.h"
#include "mapping/addr.h"
#include "mapping/command/channel_rows.h"
#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/register/channel.h"
#include "mapping/register/register.h"
#include "mapping/room/own.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * The command `channel` (PROTOCOL C.23): what the user wants of one channel. At a
 * room it is one form; at a network or the gateway the channel is named first. By
 * text one setting is changed, or all of them are listed. It holds at once, when it
 * is kept.
 */

enum { NAME_BYTES = 200 };

/* ---- which channel ---- */

struct target {
	struct network *network;
	enum casemap casemap;
	const char *name; /* as it is kept */
};

static bool is_channel(const struct run *r, const struct network *n,
	struct slice name)
{
	const struct session *s = run_session(r, n);
	struct isupport usual;
	const struct isupport *is = &usual;

	isupport_init(&usual);
	if (s != NULL && s->net != NULL) {
		is = ircnet_isupport(s->net);
	}
	return name.len > 1 && name.len <= NAME_BYTES && utf8_valid(name) &&
		addr_is_channel(r->user, n, name) &&
		irc_field_check(is, FIELD_CHANNEL, name, NULL) == ERR_OK;
}

/* The one of the address, or of the run's words; absent: none is named. */
static struct slice named(struct run *r, const struct network *n)
{
	struct session *s = run_session(r, n);
	struct fault fault;
	struct addr a;

	if (r->kind != ADDR_CHAN) {
		return slice_trim(slice_str(run_value(r, "channel")));
	}
	if (!addr_parse(core_of_run(r), r->asker.to->p, r->user, &a, &fault)) {
		return slice(NULL, 0);
	}
	return s != NULL ? addr_find_channel(s, &a) : a.name;
}

/* false: it is none, or the run has failed: *fault, or no text in it. */
static bool find_target(struct run *r, struct target *t, struct fault *fault)
{
	struct slice name;
	struct session *s;

	*fault = (struct fault){0};
	t->network = run_network(r, "network");
	if (t->network == NULL) {
		return false;
	}
	name = named(r, t->network);
	if (!is_channel(r, t->network, name)) {
		*fault = (struct fault){E_NOT_ACCEPTABLE,
			"That is no channel whose settings could be kept. Its "
			"name begins with #, as in #channel."};
		return false;
	}
	s = run_session(r, t->network);
	t->casemap = s != NULL ? s->casemap : CASEMAP_RFC1459;
	t->name = channel_spelling(core_of_run(r), r->user->entry.key->p,
		t->network->entry.key->p, t->casemap, name);
	return true;
}

static const struct channel *kept(const struct run *r, const struct target *t)
{
	return channel_find(account_find(core_of_run(r),
			r->user->entry.key->p),
		t->network->entry.key->p, t->casemap, slice_str(t->name));
}

const char *command_channel_nothing(struct run *r)
{
	struct target t;
	struct fault fault;

	return find_target(r, &t, &fault) ? NULL : run_text(r, fault.text);
}

/* ---- the forms ---- */

/* The network, where it is not known by the address, and the channel. */
void command_channel_which(struct run *r, struct xw *w)
{
	const struct command_field *f = r->command->fields;

	for (unsigned i = 0; strcmp(f[i].var, "setting") != 0; i++) {
		struct slice value = slice_str(r->values[i]);
		struct form_field field = {
			.var = f[i].var,
			.type = f[i].type,
			.label = run_text(r, f[i].label),
			.required = true,
			.values = &value,
			.nvalues = r->values[i] != NULL,
		};

		form_write(w, &field);
	}
}

static void write_row(struct run *r, struct xw *w, enum channel_setting s,
	const char *now)
{
	const struct channel_row *row = &channel_rows[s];
	struct form_option options[CHANNEL_OPTIONS_MAX];
	struct slice value = slice_str(now != NULL ? now : channel_automatic);
	struct form_field field = {
		.var = channel_setting_name(s),
		.label = run_text(r, row->label),
		.values = &value,
		.nvalues = 1,
		.options = options,
		.noptions = channel_row_options(row),
	};

	field.type = field.noptions > 0 ? "list-single" : "text-single";
	for (size_t i = 0; i < field.noptions; i++) {
		options[i] = (struct form_option){
			run_text(r, row->options[i].label),
			row->options[i].value,
		};
	}
	form_write(w, &field);
}

void command_channel_form(struct run *r, struct xw *w)
{
	const struct channel *c = NULL;
	struct target t = {0};
	struct fault fault;
	struct buf title;

	buf_init(&title, 1000);
	if (find_target(r, &t, &fault)) {
		c = kept(r, &t);
	}
	buf_addf(&title, run_text(r, "Your settings for %s"),
		t.name != NULL ? t.name : "");
	form_start(w, "form", buf_cstr(&title), NULL, "irc:channel");
	for (int s = 0; s < CHANNEL_SETTINGS; s++) {
		write_row(r, w, (enum channel_setting)s,
			channel_value(c, (enum channel_setting)s));
	}
	form_end(w);
	buf_finish(&title);
}

/* ---- lists ---- */

/* " (auto, yes, no)" */
static void add_choice(const struct channel_row *row, struct buf *out)
{
	size_t n = channel_row_options(row);

	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s%s", i == 0 ? " (" : ", ",
			row->options[i].value, i + 1 == n ? ")" : "");
	}
}

static void list_one(struct run *r, const struct target *t)
{
	const struct channel *c = kept(r, t);
	struct buf title;
	struct buf lines;

	buf_init(&title, 1000);
	buf_init(&lines, RUN_ANSWER_BYTES);
	buf_addf(&title, run_text(r, "Your settings for %s"), t->name);
	for (int s = 0; s < CHANNEL_SETTINGS; s++) {
		enum channel_setting which = (enum channel_setting)s;
		const char *now = channel_value(c, which);

		buf_addf(&lines, "%s: %s", channel_setting_name(which),
			now != NULL ? now : channel_automatic);
		add_choice(&channel_rows[s], &lines);
		buf_addf(&lines, " - %s\n", run_text(r, channel_rows[s].label));
	}
	buf_addf(&lines, run_text(r, "Write it like this: %s %s"),
		r->command->name, run_text(r, r->command->words));
	run_list(r, buf_cstr(&title), slice_trim(buf_slice(&lines)));
	buf_finish(&lines);
	buf_finish(&title);
}

static void add_channel(const struct channel *c, struct buf *out)
{
	buf_addf(out, "%s:", c->name->p);
	for (int s = 0; s < CHANNEL_SETTINGS; s++) {
		if (c->values[s] != NULL) {
			buf_addf(out, " %s %s", channel_setting_name(
				(enum channel_setting)s), c->values[s]->p);
		}
	}
	buf_add_char(out, '\n');
}

/* Those of the network that have any. */
static void list_all(struct run *r)
{
	const struct account *a = account_find(core_of_run(r),
		r->user->entry.key->p);
	struct network *n = run_network(r, "network");
	struct buf lines;

	if (n == NULL) {
		return;
	}
	buf_init(&lines, RUN_ANSWER_BYTES);
	if (a != NULL) {
		list_each(it, &a->channels) {
			const struct channel *c =
				list_entry(it, struct channel, link);

			if (c->network == n->entry.key) {
				add_channel(c, &lines);
			}
		}
	}
	if (lines.len == 0) {
		run_done(r, run_text(r, "No channel of this network has "
			"settings of yours. Name one to see what can be set."));
	} else {
		run_list(r, run_text(r, "Channels with settings of yours"),
			slice_trim(buf_slice(&lines)));
	}
	buf_finish(&lines);
}

/* ---- changes ---- */

/* While it is being kept; all of it outlives the run. */
struct keeping {
	struct run *run;
	const struct istr *bare;
	const struct istr *network;
	const struct istr *name;
	bool stays;
};

static void on_kept(struct mapping *m, void *ctx, enum err err)
{
	struct keeping *k = ctx;

	run_on_kept(m, k->run, err);
	if (err == ERR_OK) {
		own_changed(m, k->bare->p, k->network->p, istr_slice(k->name),
			k->stays);
	}
	istr_unref(k->bare);
	istr_unref(k->network);
	istr_unref(k->name);
	free(k);
}

static void commit(struct run *r, const struct target *t, struct change *c,
	bool stays)
{
	const char *bare = r->user->entry.key->p;
	struct keeping *k;

	if (!account_will_be_registered(core_of_run(r), bare)) {
		change_cancel(c);
		run_fail(r, E_REGISTRATION_REQUIRED,
			"Register with the gateway first: write \"register "
			"NICK\" to it, or use its registration form.");
		return;
	}
	k = must_calloc(1, sizeof *k);
	*k = (struct keeping){
		.run = run_hold(r),
		.bare = istr_ref(r->user->entry.key),
		.network = istr_ref(t->network->entry.key),
		.name = intern(t->name, strlen(t->name)),
		.stays = stays,
	};
	buf_reset(&r->answer, 0);
	buf_addf(&r->answer,
		run_text(r, "Your settings for %s are kept and hold from now "
			    "on."),
		t->name);
	change_commit(c, on_kept, k);
}

/* One value into the change; false: it may not be. */
static bool take(struct change *c, const struct target *t,
	enum channel_setting s, struct slice value)
{
	struct buf b;
	bool good;

	buf_init(&b, CHANNEL_VALUE_MAX);
	good = channel_row_check(&channel_rows[s], slice_trim(value), &b) &&
		!b.overflow;
	if (good) {
		change_channel(c, t->network->entry.key->p, t->name, s,
			b.len > 0 ? buf_cstr(&b) : NULL);
	}
	buf_finish(&b);
	return good;
}

/* What is not in the form stays as it is, and so does what is the same. */
static void submitted(struct run *r, const struct target *t)
{
	struct change *c = change_begin(core_of_run(r), r->user->entry.key->p);
	const struct elem *x = form_submitted(r->form);
	const struct channel *now = kept(r, t);
	bool stays = false;
	bool any = false;

	for (int i = 0; i < CHANNEL_SETTINGS; i++) {
		enum channel_setting s = (enum channel_setting)i;
		const char *was = channel_value(now, s);
		struct slice value = form_get(x, channel_setting_name(s));

		if (value.p == NULL ||
			slice_is(value, was != NULL ? was : channel_automatic)) {
			continue;
		}
		any = true;
		stays |= s == CHANNEL_PERSISTENT;
		if (!take(c, t, s, value)) {
			change_cancel(c);
			run_ask(r, run_text(r, channel_rows[s].refusal), true);
			return;
		}
	}
	if (!any) {
		change_cancel(c);
		run_donef(r, run_text(r, "Your settings for %s are as they "
					 "were."),
			t->name);
		return;
	}
	commit(r, t, c, stays);
}

static void typed(struct run *r, const struct target *t)
{
	enum channel_setting s =
		channel_setting_find(slice_str(run_value(r, "setting")));
	struct slice value = slice_str(run_value(r, "value"));
	struct change *c;

	if (s == CHANNEL_SETTINGS) {
		run_fail(r, E_NOT_ACCEPTABLE,
			"There is no such setting. What can be set: "
			"persistent, history, notices, presence, encoding.");
		return;
	}
	c = change_begin(core_of_run(r), r->user->entry.key->p);
	if (value.len == 0 || !take(c, t, s, value)) {
		change_cancel(c);
		run_fail(r, E_NOT_ACCEPTABLE, channel_rows[s].refusal);
		return;
	}
	commit(r, t, c, s == CHANNEL_PERSISTENT);
}

static void no_channel(struct run *r, const struct fault *fault)
{
	if (r->by_text) {
		run_fault(r, fault);
	} else {
		run_ask(r, run_text(r, fault->text), true);
	}
}

void command_channel(struct run *r)
{
	struct target t;
	struct fault fault;

	if (r->kind != ADDR_CHAN && run_value(r, "channel")[0] == '\0') {
		list_all(r);
	} else if (!find_target(r, &t, &fault)) {
		if (fault.text != NULL) {
			no_channel(r, &fault);
		}
	} else if (r->by_text && run_value(r, "setting")[0] == '\0') {
		list_one(r, &t);
	} else if (r->by_text) {
		typed(r, &t);
	} else if (r->stage + 1 < r->command->stages) {
		run_ask(r, NULL, false);
	} else {
		submitted(r, &t);
	}
}
