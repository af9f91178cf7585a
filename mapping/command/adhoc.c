/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "mapping/command/run.h"
#include "mapping/out.h"
#include "mapping/text.h"
#include "mapping/user.h"
#include "xmpp/form.h"

/*
 * Ad-hoc commands (XEP-0050; PROTOCOL C.23). The story: execute makes a run;
 * one without a form works at once, else its form is shown (status executing)
 * and the client moves: next and complete submit the form, prev shows the one
 * before, cancel ends it. A form that lacks something is shown again with a
 * note. The end is status completed with a note or a form of lines.
 */

enum {
	VALUE_BYTES = 4096,
	ECHO_BYTES = 1024, /* of an attribute that comes back with an error */
};

static const char list_node[] = "http://jabber.org/protocol/commands";

/* ---- refusing ---- */

static void copy_attr(struct xw *w, const struct elem *e, const char *name)
{
	const char *value = elem_attr(e, name);

	if (value != NULL && strlen(value) <= ECHO_BYTES) {
		xw_attr(w, name, value);
	}
}

/* Conditions of XEP-0050 4.4 beside the one of the stanza. */
static void refuse(struct request *q, const char *special, enum stanza_error e,
	const char *english)
{
	struct mapping *m = core_of(q);
	const struct elem *command = elem_first(q->stanza->root);
	struct xw *w = out_begin(m, "iq");

	xw_attr(w, "from", q->stanza->to);
	xw_attr(w, "id", q->stanza->id);
	xw_attr(w, "type", "error");
	xw_start(w, "command", NS_COMMANDS);
	copy_attr(w, command, "node");
	copy_attr(w, command, "sessionid");
	xw_end(w);
	xw_start(w, "error", NS_NONE);
	xw_attr_num(w, "code", stanza_error_code(e));
	xw_attr(w, "type", stanza_error_type(e));
	xw_empty(w, stanza_error_condition(e), NS_STANZA_ERRORS);
	xw_start(w, "text", NS_STANZA_ERRORS);
	xw_lang(w, text(m, q->lang, english) == english ? "en" : q->lang);
	xw_text(w, text(m, q->lang, english));
	xw_end(w);
	xw_empty(w, special, NS_COMMANDS);
	xw_end(w);
	out_end(m);
	out_send(m, NULL, q->from.full);
}

/* ---- writing ---- */

static struct xw *begin(struct run *r, const char *status)
{
	struct xw *w = asker_result(core_of_run(r), &r->asker);

	xw_start(w, "command", NS_COMMANDS);
	xw_attr(w, "node", r->command->name);
	xw_attr(w, "sessionid", r->id);
	xw_attr(w, "status", status);
	return w;
}

static void finish(struct run *r, struct xw *w)
{
	xw_end(w);
	asker_send(core_of_run(r), &r->asker);
}

static void write_note(struct xw *w, const char *type, const char *note)
{
	if (note != NULL) {
		xw_start(w, "note", NS_NONE);
		xw_attr(w, "type", type);
		xw_text(w, note);
		xw_end(w);
	}
}

/* Which moves the client has, the usual one first. */
static void write_actions(struct run *r, struct xw *w)
{
	const char *usual =
		r->stage + 1 < r->command->stages ? "next" : "complete";

	xw_start(w, "actions", NS_NONE);
	xw_attr(w, "execute", usual);
	if (r->stage > 0) {
		xw_empty(w, "prev", NS_NONE);
	}
	xw_empty(w, usual, NS_NONE);
	xw_end(w);
}

static void write_fields(struct run *r, struct xw *w)
{
	const struct command_field *f = r->command->fields;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		bool secret = strcmp(f[i].type, "text-private") == 0;
		struct slice value = slice_str(r->values[i]);
		struct form_field field = {
			.var = f[i].var,
			.type = f[i].type,
			.label = run_text(r, f[i].label),
			.required = f[i].required,
			.values = &value,
			.nvalues = r->values[i] != NULL && !secret,
		};

		form_write(w, &field);
	}
}

void adhoc_ask(struct run *r, const char *note)
{
	const struct command *c = r->command;
	struct xw *w = begin(r, "executing");
	char form_type[64];

	snprintf(form_type, sizeof form_type, "irc:%s", c->name);
	write_actions(r, w);
	write_note(w, "error", note);
	if (c->form != NULL && r->stage + 1 == c->stages) {
		c->form(r, w);
		finish(r, w);
		return;
	}
	form_start(w, "form", run_text(r, c->title), NULL, form_type);
	if (c->write != NULL) {
		c->write(r, w);
	} else {
		write_fields(r, w);
	}
	form_end(w);
	finish(r, w);
}

void adhoc_done(struct run *r, const char *note, const char *title,
	struct slice lines)
{
	struct xw *w = begin(r, "completed");

	write_note(w, "info", note);
	if (lines.p != NULL) {
		form_start(w, "result", title, NULL, NULL);
		xw_start(w, "field", NS_NONE);
		xw_attr(w, "var", "lines");
		xw_attr(w, "type", "text-multi");
		/* Without one, clients show people the name of the field. */
		xw_attr(w, "label", title);
		while (lines.len > 0) {
			xw_elem(w, "value", NS_NONE, slice_cut(&lines, '\n'));
		}
		xw_end(w);
		form_end(w);
	}
	finish(r, w);
}

void adhoc_fail(struct run *r, enum stanza_error e, const char *english)
{
	struct mapping *m = core_of_run(r);
	struct xw *w = asker_refusal(m, &r->asker);

	xw_start(w, "command", NS_COMMANDS);
	xw_attr(w, "node", r->command->name);
	xw_attr(w, "sessionid", r->id);
	xw_end(w);
	asker_refuse(m, &r->asker, e, english);
}

/* ---- what a client submits ---- */

/* Values of several lines are joined; what is too long counts as not given. */
static char *read_value(const struct elem *x, const char *var)
{
	const struct elem *value = NULL;
	char *copy = NULL;
	struct slice all;
	struct buf b;

	buf_init_secret(&b, VALUE_BYTES);
	while ((value = form_next_value(x, var, value)) != NULL) {
		if (b.len > 0) {
			buf_add_char(&b, '\n');
		}
		buf_add_slice(&b, elem_text(value));
	}
	all = slice_trim(buf_slice(&b));
	if (all.len > 0 && !b.overflow) {
		copy = must_strndup(all.p, all.len);
	}
	buf_finish(&b);
	return copy;
}

/* What was missing, NULL: nothing. */
static const char *read_form(struct run *r, const struct elem *x)
{
	const struct command_field *f = r->command->fields;
	const char *missing = NULL;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		run_set_value(r, i, read_value(x, f[i].var));
		if (f[i].required && r->values[i] == NULL &&
			missing == NULL) {
			missing = f[i].label;
		}
	}
	return missing;
}

static bool is_form_of(const struct elem *x, const struct command *c)
{
	struct slice own = slice_trim(form_get(x, "FORM_TYPE"));

	return own.p == NULL ||
		(own.len > 4 && memcmp(own.p, "irc:", 4) == 0 &&
			slice_is(slice(own.p + 4, own.len - 4), c->name));
}

static void submit(struct run *r, const struct elem *x)
{
	/* A form of its own is checked by the command. */
	bool own = r->command->form != NULL &&
		r->stage + 1 == r->command->stages;
	const char *missing = own ? NULL : read_form(r, x);
	char note[400];

	if (missing != NULL) {
		snprintf(note, sizeof note,
			run_text(r, "This is missing: %s."),
			run_text(r, missing));
		run_ask(r, note, true);
		return;
	}
	r->form = x->parent;
	r->command->run(r);
}

/* ---- moves ---- */

static void cancel(struct run *r)
{
	finish(r, begin(r, "canceled"));
	run_destroy(r);
}

static void go_on(struct request *q, struct run *r)
{
	const struct elem *command = elem_first(q->stanza->root);
	const struct elem *x = form_submitted(command);

	if (x == NULL || !is_form_of(x, r->command)) {
		refuse(q, "bad-payload", E_BAD_REQUEST,
			"The form of this command is missing. Start the "
			"command again.");
		return;
	}
	run_asked_by(r, q);
	submit(r, x);
}

static void go_back(struct request *q, struct run *r)
{
	if (r->stage == 0) {
		refuse(q, "bad-action", E_BAD_REQUEST,
			"There is nothing to go back to. Fill in this form, "
			"or cancel it.");
		return;
	}
	run_asked_by(r, q);
	r->stage -= 2;
	run_ask(r, NULL, false);
}

enum action { ACT_EXECUTE, ACT_NEXT, ACT_COMPLETE, ACT_PREV, ACT_CANCEL, ACTS };

static enum action action_of(const struct elem *command)
{
	static const char *const names[ACTS] = {
		"execute", "next", "complete", "prev", "cancel",
	};
	const char *name = elem_attr(command, "action");
	int i = 0;

	if (name == NULL || name[0] == '\0') {
		return ACT_EXECUTE;
	}
	while (i < ACTS && strcmp(names[i], name) != 0) {
		i++;
	}
	return (enum action)i;
}

/* The sessionid belongs to one client and one command. */
static struct run *find(const struct request *q, const char *id,
	const char *node)
{
	struct user *u = user_find(core_of(q), q->from.bare);

	if (u == NULL) {
		return NULL;
	}
	list_each(it, &u->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (!r->by_text && strcmp(r->id, id) == 0 &&
			strcmp(r->asker.from->p, q->from.full) == 0 &&
			strcmp(r->asker.to->p, q->stanza->to) == 0 &&
			strcmp(r->command->name, node) == 0) {
			return r;
		}
	}
	return NULL;
}

static void move(struct request *q, struct run *r, enum action action)
{
	if (r == NULL) {
		refuse(q, "bad-sessionid", E_BAD_REQUEST,
			"This command is over. Start it again.");
	} else if (r->state == RUN_EXPIRED) {
		refuse(q, "session-expired", E_NOT_ALLOWED,
			"The form was open for too long. Start the command "
			"again.");
	} else if (r->state == RUN_WORKING) {
		refuse(q, "bad-action", E_BAD_REQUEST,
			"This command is still at work. Wait for its answer.");
	} else if (action == ACT_CANCEL ||
		form_cancelled(elem_first(q->stanza->root))) {
		run_asked_by(r, q);
		cancel(r);
	} else if (action == ACT_PREV) {
		go_back(q, r);
	} else {
		go_on(q, r);
	}
}

static void start(struct request *q, const struct addr *a, const char *node)
{
	struct mapping *m = core_of(q);
	const struct command *c = command_find(a->kind, slice_str(node));
	const char *note;
	struct fault fault;
	struct run *r;

	if (c == NULL || c->only_text || strcmp(c->name, node) != 0) {
		out_error(m, q->stanza, E_ITEM_NOT_FOUND,
			"There is no such command here. Look at the list of "
			"commands again.");
		return;
	}
	if (!command_allowed(m, &q->from, c, &fault)) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	r = run_create(q, a, c, false);
	if (r == NULL) {
		out_error(m, q->stanza, E_RESOURCE_CONSTRAINT,
			"Too many commands of yours are under way. Try again "
			"soon.");
	} else if (c->stages == 0) {
		c->run(r);
	} else if (c->nothing != NULL && (note = c->nothing(r)) != NULL) {
		run_done(r, note);
	} else {
		run_ask(r, NULL, true);
	}
}

void iq_command(struct request *q, const struct addr *a)
{
	const struct elem *command = elem_first(q->stanza->root);
	const char *node = elem_attr(command, "node");
	const char *id = elem_attr(command, "sessionid");
	enum action action = action_of(command);

	if (a->kind == ADDR_OCC && !iq_occupant_is_there(q, a)) {
		return;
	}
	if (node == NULL) {
		out_error(core_of(q), q->stanza, E_BAD_REQUEST,
			"The name of the command is missing. Choose one of "
			"the list of commands.");
	} else if (action == ACTS) {
		refuse(q, "malformed-action", E_BAD_REQUEST,
			"Commands know no such action. Choose one that the "
			"form offers.");
	} else if (id != NULL && id[0] != '\0') {
		move(q, find(q, id, node), action);
	} else if (action != ACT_EXECUTE) {
		refuse(q, "bad-action", E_BAD_REQUEST,
			"A command begins with execute. Start it again.");
	} else {
		start(q, a, node);
	}
}

/* ---- discovery (XEP-0050 2) ---- */

static void write_identity(struct xw *w, const char *type, const char *name)
{
	xw_start(w, "identity", NS_NONE);
	xw_attr(w, "category", "automation");
	xw_attr(w, "type", type);
	xw_attr(w, "name", name);
	xw_end(w);
}

static void write_feature(struct xw *w, enum ns ns)
{
	xw_start(w, "feature", NS_NONE);
	xw_attr(w, "var", ns_uri(ns));
	xw_end(w);
}

bool command_disco_info(struct request *q, const struct addr *a,
	const char *node)
{
	struct mapping *m = core_of(q);
	bool list = strcmp(node, list_node) == 0;
	const struct command *c =
		list ? NULL : command_find(a->kind, slice_str(node));
	struct fault fault;
	struct xw *w;

	if (!iq_serves(a->kind, NS_COMMANDS) ||
		(!list && (c == NULL || c->only_text ||
				  !command_allowed(m, &q->from, c,
					  &fault)))) {
		return false;
	}
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_DISCO_INFO);
	xw_attr(w, "node", node);
	write_identity(w, list ? "command-list" : "command-node",
		text(m, q->lang, list ? N_("Commands") : c->title));
	write_feature(w, NS_COMMANDS);
	if (!list) {
		write_feature(w, NS_X_DATA);
	}
	xw_end(w);
	out_answer(m, q->stanza);
	return true;
}

bool command_disco_items(struct request *q, const struct addr *a,
	const char *node)
{
	struct mapping *m = core_of(q);
	const struct command *c;
	size_t pos = 0;
	struct xw *w;

	if (!iq_serves(a->kind, NS_COMMANDS) ||
		strcmp(node, list_node) != 0) {
		return false;
	}
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_DISCO_ITEMS);
	xw_attr(w, "node", node);
	while ((c = command_next(m, &q->from, a->kind, &pos)) != NULL) {
		if (c->only_text) {
			continue;
		}
		xw_start(w, "item", NS_NONE);
		xw_attr(w, "jid", q->stanza->to);
		xw_attr(w, "node", c->name);
		xw_attr(w, "name", text(m, q->lang, c->title));
		xw_end(w);
	}
	xw_end(w);
	out_answer(m, q->stanza);
	return true;
}
