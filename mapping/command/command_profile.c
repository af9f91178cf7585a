/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/people/meta.h"
#include "mapping/people/metaset.h"
#include "mapping/people/ownmeta.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * What others on a network see of the user besides the nick (draft/metadata-2;
 * PROTOCOL C.23): "profile", a form of all of it, and "describe", a word at a
 * time. What changes is set on IRC; when the network has taken it, it is kept for
 * the registered.
 */
enum { LINES_BYTES = 8192 };

/* The marking as a program is a setting of its own (F.1, `bot`). */
static bool is_ours(enum irc_meta key)
{
	return key != META_KEYS && key != META_BOT;
}

static struct slice known(const struct session *s, enum irc_meta key)
{
	const struct ircuser *me = ircnet_me(s->net);

	return me != NULL ? ircnet_meta(s->net, me->entry.key, key) :
			    slice(NULL, 0);
}

static const char *kept(const struct run *r)
{
	return account_will_have(core_of_run(r), r->user->entry.key->p,
		r->network->p, SET_METADATA);
}

/* ---- the form ---- */

/* As it is now; what was just submitted, when it is shown again. */
void command_profile_fields(struct run *r, struct xw *w)
{
	const struct session *s = run_session(r, NULL);
	const struct command_field *f = r->command->fields;
	bool again = false;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		again |= r->values[i] != NULL;
	}
	for (unsigned i = 0; f[i].var != NULL; i++) {
		enum irc_meta key = irc_meta_find(slice_str(f[i].var));
		struct slice value = slice_str(r->values[i]);
		struct form_field field = {
			.var = f[i].var,
			.type = f[i].type,
			.label = run_text(r, f[i].label),
			.values = &value,
		};

		if (!again && s != NULL && session_is_up(s)) {
			value = meta_text(core_of_run(r), known(s, key));
		}
		field.nvalues = value.len > 0;
		form_write(w, &field);
	}
}

/* ---- setting ---- */

struct wish {
	struct run *run;
	enum irc_meta key; /* META_KEYS: all of them */
	char *text;        /* its value, or the lines that are to be kept */
};

static void drop(struct wish *w)
{
	free(w->text);
	free(w);
}

static void keep(struct run *r, const char *lines)
{
	struct mapping *m = core_of_run(r);
	const char *bare = r->user->entry.key->p;
	const char *was = kept(r);
	struct change *c;

	if (!account_registered(m, bare)) {
		run_done(r, run_text(r, "The network has it. It is not kept by "
					"the gateway, since you are not "
					"registered."));
		return;
	}
	if (strcmp(was ? was : "", lines) == 0) {
		run_done(r, run_text(r, "The network has it."));
		return;
	}
	buf_reset(&r->answer, 0);
	buf_add_str(&r->answer,
		run_text(r, "The network has it, and is told again each time "
			    "you connect."));
	c = change_begin(m, bare);
	change_setting(c, r->network->p, SET_METADATA,
		lines[0] != '\0' ? lines : NULL);
	change_commit(c, run_on_kept, run_hold(r));
}

/* What is kept, with this instead of what it had for the key. */
static void make_lines(const struct run *r, struct buf *lines,
	enum irc_meta which, struct slice value)
{
	const char *was = kept(r);

	for (int i = 0; i < META_KEYS; i++) {
		enum irc_meta key = (enum irc_meta)i;

		ownmeta_add(lines, key,
			key == which ? value : ownmeta_kept(was, key));
	}
}

/* Now, not when it was asked: others may have been set since. */
static void keep_wish(struct run *r, const struct wish *w)
{
	struct buf lines;

	if (w->key == META_KEYS) {
		keep(r, w->text);
		return;
	}
	buf_init(&lines, LINES_BYTES);
	make_lines(r, &lines, w->key, slice_str(w->text));
	keep(r, buf_cstr(&lines));
	buf_finish(&lines);
}

/* The sentence alone does not say which of the fields it was. */
static void refused(struct run *r, enum irc_meta key, const struct fault *fault)
{
	const char *lang = r->asker.lang ? r->asker.lang->p : NULL;
	const char *why = text_whole(core_of_run(r), lang, fault->text);
	char whole[2000];

	if (key == META_KEYS) {
		run_fault(r, fault);
		return;
	}
	/* TRANSLATORS: the name of a setting, and why it was refused. */
	utf8_printf(whole, sizeof whole, run_text(r, "%s: %s"),
		irc_meta_name(key), why);
	run_fail(r, fault->error, whole);
}

static void on_set(struct session *s, void *ctx, enum irc_meta key,
	const struct fault *fault)
{
	struct wish *w = ctx;
	struct run *r = w->run;

	(void)s;
	if (!run_back(r)) {
		drop(w);
		return;
	}
	if (fault != NULL) {
		refused(r, key, fault);
	} else if (key == META_KEYS) {
		run_destroy(r);
	} else {
		keep_wish(r, w);
	}
	drop(w);
}

static void set(struct run *r, struct metaset *p, enum irc_meta key,
	struct slice text)
{
	struct wish *w = must_calloc(1, sizeof *w);

	w->key = key;
	w->text = must_strndup(text.p ? text.p : "", text.len);
	if (metaset_is_empty(p)) {
		metaset_cancel(p);
		keep_wish(r, w);
		drop(w);
		return;
	}
	w->run = run_hold(r);
	metaset_go(p, false, on_set, w);
}

/* The run's connection to a network that has such; NULL: it failed. */
static struct session *session_of(struct run *r)
{
	struct session *s = command_connected(r);

	if (s != NULL && !ircnet_metadata(s->net).offered) {
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This network keeps nothing that people say of "
			"themselves, but for the real name.");
		return NULL;
	}
	return s;
}

static void add(struct session *s, struct metaset *p, enum irc_meta key,
	struct slice value)
{
	if (!slice_eq(value, known(s, key))) {
		metaset_add(p, key, value);
	}
}

/* One that cannot be: the form again, with a note. */
static bool values_fit(struct run *r, struct session *s)
{
	const struct command_field *f = r->command->fields;
	const char *lang = r->asker.lang ? r->asker.lang->p : NULL;
	struct fault fault;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		enum irc_meta key = irc_meta_find(slice_str(f[i].var));

		if (!metaset_check(s, key, slice_str(r->values[i]), &fault)) {
			run_ask(r, text_whole(core_of_run(r), lang, fault.text),
				true);
			return false;
		}
	}
	return true;
}

void command_profile(struct run *r)
{
	const struct command_field *f = r->command->fields;
	struct session *s = session_of(r);
	struct metaset *p;
	struct fault fault;
	struct buf lines;

	if (s == NULL || !values_fit(r, s)) {
		return;
	}
	p = metaset_begin(s, slice_str("*"), &fault);
	if (p == NULL) {
		run_fault(r, &fault);
		return;
	}
	buf_init(&lines, LINES_BYTES);
	for (unsigned i = 0; f[i].var != NULL; i++) {
		enum irc_meta key = irc_meta_find(slice_str(f[i].var));
		struct slice value = slice_str(r->values[i]);

		add(s, p, key, value);
		ownmeta_add(&lines, key, value);
	}
	set(r, p, META_KEYS, buf_slice(&lines));
	buf_finish(&lines);
}

/* ---- by text ---- */

static void show(struct run *r, const struct session *s)
{
	struct buf out;

	buf_init(&out, RUN_ANSWER_BYTES);
	for (int i = 0; i < META_KEYS; i++) {
		enum irc_meta key = (enum irc_meta)i;
		struct slice value = meta_text(core_of_run(r), known(s, key));

		if (value.len > 0) {
			buf_addf(&out, "%s: %.*s\n", irc_meta_name(key),
				SLICE_ARG(value));
		}
	}
	if (out.len == 0) {
		buf_add_str(&out, run_text(r, "Nothing yet."));
		buf_add_char(&out, '\n');
	}
	buf_add_str(&out,
		run_text(r, "To change it write \"describe KEY VALUE\", where "
			    "KEY is avatar, display-name, homepage, status, "
			    "pronouns or color; \"-\" as the value takes it "
			    "away."));
	run_list(r, run_text(r, "What this network shows of you"),
		buf_slice(&out));
	buf_finish(&out);
}

void command_describe(struct run *r)
{
	enum irc_meta key = irc_meta_find(slice_str(run_value(r, "key")));
	struct slice value = slice_str(run_value(r, "value"));
	struct session *s = session_of(r);
	struct metaset *p;
	struct fault fault;

	if (s == NULL) {
		return;
	}
	if (value.len == 0) {
		show(r, s);
		return;
	}
	if (!is_ours(key)) {
		run_fail(r, E_NOT_ACCEPTABLE,
			"That is nothing that you can say of yourself. Write "
			"avatar, display-name, homepage, status, pronouns or "
			"color, and then what it is.");
		return;
	}
	if (slice_is(value, "-")) {
		value = slice("", 0);
	}
	p = metaset_check(s, key, value, &fault) ?
		metaset_begin(s, slice_str("*"), &fault) : NULL;
	if (p == NULL) {
		run_fault(r, &fault);
		return;
	}
	add(s, p, key, value);
	set(r, p, key, value);
}
