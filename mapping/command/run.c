/* SPDX-License-Identifier: MIT */
#include "mapping/command/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/command/raw.h"
#include "mapping/command/signup.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/register/register.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { FORM_MS = 600000, UP_MS = 30000, LATE_MS = 570000 };

/* ---- life ---- */

/*
 * A command of a menu is answered now, by a form that is closed; how it ends is
 * told by a message then, as it is to who asked by text.
 */
static void run_is_late(struct run *r)
{
	const char *note =
		run_text(r, "Connecting takes long. You are told how it ends.");

	r->late = true;
	timer_start(core_of_run(r)->clock, &r->timer, LATE_MS);
	if (r->by_text) {
		run_say(r, slice_str(note));
		return;
	}
	adhoc_done(r, note, NULL, slice(NULL, 0));
	r->id[0] = '\0';
	r->by_text = true;
}

static void on_timer(void *ctx)
{
	struct run *r = ctx;

	arena_reset(&core_of_run(r)->arena);
	if (r->state == RUN_ASKED) {
		r->state = RUN_EXPIRED;
		timer_start(core_of_run(r)->clock, &r->timer, FORM_MS);
	} else if (r->wait == RUN_WAITS_ACCOUNT) {
		signup_on_silence(r);
	} else if (r->wait == RUN_WAITS_UP) {
		if (!r->late) {
			run_is_late(r);
			return;
		}
		run_fail(r, E_REMOTE_SERVER_TIMEOUT,
			"The connection did not come up in ten minutes. Try "
			"again later.");
	} else {
		run_destroy(r);
	}
}

/* One of those that nobody waits for any more makes place. */
static bool evict(struct user *u)
{
	list_each(it, &u->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (r->state != RUN_WORKING || r->late) {
			run_destroy(r);
			return true;
		}
	}
	return false;
}

static unsigned count(const struct user *u)
{
	unsigned n = 0;

	list_each(it, &u->runs) {
		n++;
	}
	return n;
}

static void make_id(struct run *r)
{
	struct mapping *m = core_of_run(r);
	unsigned char bytes[(RUN_ID - 1) / 2];

	m->ports.random(m->ports.ctx, bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		snprintf(r->id + 2 * i, 3, "%02x", bytes[i]);
	}
}

static const struct istr *keep(struct slice s)
{
	return s.p && s.len <= 1000 ? intern(s.p, s.len) : NULL;
}

struct run *run_create(const struct request *q, const struct addr *a,
	const struct command *command, bool by_text)
{
	const struct elem *root = q->stanza->root;
	struct user *u = user_get(core_of(q), q->from.bare);
	struct run *r;

	if (count(u) >= RUNS_MAX && !evict(u)) {
		user_touch(u);
		return NULL;
	}
	r = must_calloc(1, sizeof *r);
	r->user = u;
	r->command = command;
	r->state = RUN_WORKING;
	r->kind = a->kind;
	r->by_text = by_text;
	if (a->network != NULL) {
		r->network = istr_ref(a->network->entry.key);
	}
	asker_init(&r->asker, q, NS_COMMANDS, "command");
	list_init(&r->link);
	timer_init(&r->timer, on_timer, r);
	patience_init(&r->patience, raw_on_silence, r);
	timer_init(&r->turn, raw_on_turn, r);
	buf_init(&r->answer, RUN_ANSWER_BYTES);
	if (by_text) {
		r->type = keep(slice_str(q->stanza->type));
		r->thread = keep(elem_child_text(root, "thread", NS_STANZA));
	} else {
		make_id(r);
	}
	list_add(&u->runs, &r->link);
	return r;
}

/* They may hold a password. */
static void drop_value(struct run *r, unsigned i)
{
	wipe_free(r->values[i]);
	r->values[i] = NULL;
}

void run_set_value(struct run *r, unsigned field, char *value)
{
	drop_value(r, field);
	r->values[field] = value;
}

static void release(struct run *r)
{
	struct mapping *m = core_of_run(r);

	signup_stop(r);
	raw_stop(r);
	timer_stop(m->clock, &r->timer);
	timer_stop(m->clock, &r->turn);
	list_remove(&r->link);
	asker_finish(&r->asker);
	istr_set(&r->network, NULL);
	istr_set(&r->type, NULL);
	istr_set(&r->thread, NULL);
	for (unsigned i = 0; i < COMMAND_FIELDS; i++) {
		drop_value(r, i);
	}
	buf_finish(&r->answer);
	user_touch(r->user);
	r->user = NULL;
	r->gone = true;
}

void run_destroy(struct run *r)
{
	if (!r->gone) {
		release(r);
	}
	if (r->holds == 0) {
		free(r);
	}
}

void runs_destroy(struct user *u)
{
	list_each_safe(it, &u->runs) {
		run_destroy(list_entry(it, struct run, link));
	}
}

void run_asked_by(struct run *r, const struct request *q)
{
	asker_finish(&r->asker);
	asker_init(&r->asker, q, NS_COMMANDS, "command");
	timer_stop(core_of_run(r)->clock, &r->timer);
	r->state = RUN_WORKING;
}

void run_wait_up(struct run *r, struct session *s)
{
	r->session = s;
	r->wait = RUN_WAITS_UP;
	timer_start(core_of_run(r)->clock, &r->timer, UP_MS);
}

void *run_hold(struct run *r)
{
	r->holds++;
	return r;
}

bool run_back(struct run *r)
{
	r->holds--;
	if (r->gone) {
		run_destroy(r);
		return false;
	}
	return true;
}

void run_on_kept(struct mapping *m, void *ctx, enum err err)
{
	struct run *r = ctx;
	struct fault fault;

	(void)m;
	if (!run_back(r)) {
		return;
	}
	if (err != ERR_OK) {
		register_fault(err, &fault);
		run_fault(r, &fault);
		return;
	}
	run_done(r, buf_cstr(&r->answer));
}

/* ---- what a command reads ---- */

const char *run_text(const struct run *r, const char *english)
{
	return text(core_of_run(r), r->asker.lang ? r->asker.lang->p : NULL,
		english);
}

const char *run_value(const struct run *r, const char *var)
{
	for (size_t i = 0; r->command->fields[i].var != NULL; i++) {
		if (strcmp(r->command->fields[i].var, var) == 0) {
			return r->values[i] ? r->values[i] : "";
		}
	}
	return "";
}

struct session *run_session(const struct run *r, const struct network *n)
{
	if (n == NULL && r->network != NULL) {
		n = network_find(core_of_run(r), istr_slice(r->network));
	}
	return n ? session_find(r->user, n) : NULL;
}

struct network *run_network(struct run *r, const char *var)
{
	struct slice name = slice_trim(slice_str(var ? run_value(r, var) : ""));
	struct fault fault;
	struct network *n;

	if (r->network != NULL) {
		name = istr_slice(r->network);
	}
	n = addr_network(core_of_run(r), name, &fault);
	if (n == NULL) {
		run_fault(r, &fault);
	}
	return n;
}

/* ---- answers ---- */

void run_say(struct run *r, struct slice body)
{
	struct mapping *m = core_of_run(r);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", r->asker.to->p);
	xw_attr(w, "type", r->type ? r->type->p : NULL);
	xw_elem(w, "body", NS_NONE, body);
	if (r->thread != NULL) {
		xw_elem(w, "thread", NS_NONE, istr_slice(r->thread));
	}
	out_end(m);
	out_send(m, r->user, r->asker.from->p);
}

void run_done(struct run *r, const char *note)
{
	if (!r->by_text) {
		adhoc_done(r, note, NULL, slice(NULL, 0));
	} else if (note != NULL) {
		run_say(r, slice_str(note));
	}
	run_destroy(r);
}

void run_donef(struct run *r, const char *format, ...)
{
	char note[2000];
	va_list args;

	va_start(args, format);
	utf8_vprintf(note, sizeof note, format, args);
	va_end(args);
	run_done(r, note);
}

void run_list(struct run *r, const char *title, struct slice lines)
{
	struct buf body;

	if (!r->by_text) {
		adhoc_done(r, NULL, title, lines);
	} else {
		buf_init(&body, 2 * RUN_ANSWER_BYTES);
		buf_addf(&body, "%s\n%.*s", title, SLICE_ARG(lines));
		run_say(r, slice_trim(buf_slice(&body)));
		buf_finish(&body);
	}
	run_destroy(r);
}

void run_fail(struct run *r, enum stanza_error e, const char *english)
{
	const char *lang = r->asker.lang ? r->asker.lang->p : NULL;

	if (r->by_text) {
		run_say(r, slice_str(text_whole(core_of_run(r), lang, english)));
	} else {
		adhoc_fail(r, e, english);
	}
	run_destroy(r);
}

void run_fault(struct run *r, const struct fault *fault)
{
	run_fail(r, fault->error, fault->text);
}

void run_ask(struct run *r, const char *note, bool again)
{
	if (r->by_text) {
		run_done(r, note);
		return;
	}
	r->stage += !again;
	r->state = RUN_ASKED;
	timer_start(core_of_run(r)->clock, &r->timer, FORM_MS);
	adhoc_ask(r, note);
}
