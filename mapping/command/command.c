/* SPDX-License-Identifier: MIT */
#include "mapping/command/command.h"

#include <string.h>

#include "base/utf8.h"
#include "mapping/command/raw.h"
#include "mapping/command/run.h"
#include "mapping/command/signup.h"
#include "mapping/out.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/talk/children.h"
#include "mapping/text.h"
#include "mapping/uri.h"
#include "mapping/user.h"

enum { HELP_BYTES = 16384, VALUE_BYTES = 4096 };

static const struct command *const tables[] = {
	gw_commands, srv_commands, room_commands, admin_commands,
};

/* ---- the rows ---- */

static bool is_admin(const struct mapping *m, const char *bare)
{
	for (size_t i = 0; i < m->config->nadmins; i++) {
		if (strcmp(m->config->admins[i], bare) == 0) {
			return true;
		}
	}
	return false;
}

bool command_allowed(const struct mapping *m, const struct jid *from,
	const struct command *c, struct fault *fault)
{
	if (c->who == COMMAND_FOR_STRANGERS) {
		return user_is_ours(m, from, fault);
	}
	if (!user_allowed(m, from, fault)) {
		return false;
	}
	if (c->who == COMMAND_FOR_ADMINS && !is_admin(m, from->bare)) {
		*fault = (struct fault){E_FORBIDDEN,
			"Only the admins of this gateway may do that. Ask one "
			"of them."};
		return false;
	}
	if (c->who == COMMAND_FOR_REGISTERED &&
		!account_registered(m, from->bare)) {
		*fault = (struct fault){E_REGISTRATION_REQUIRED,
			"Register with the gateway first: write \"register "
			"NICK\" to it, or use its registration form."};
		if (c->unregistered != NULL) {
			fault->text = c->unregistered;
		}
		return false;
	}
	return true;
}

static const struct command *row_at(size_t pos)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const struct command *c = tables[i];

		while (c->name != NULL && pos > 0) {
			c++;
			pos--;
		}
		if (c->name != NULL) {
			return c;
		}
	}
	return NULL;
}

const struct command *command_next(const struct mapping *m,
	const struct jid *from, enum addr_kind kind, size_t *pos)
{
	const struct command *c;
	struct fault fault;

	while ((c = row_at((*pos)++)) != NULL) {
		if ((c->where & 1U << kind) != 0 &&
			command_allowed(m, from, c, &fault)) {
			break;
		}
	}
	return c;
}

const struct command *command_find(enum addr_kind kind, struct slice name)
{
	const struct command *c;

	for (size_t pos = 0; (c = row_at(pos)) != NULL; pos++) {
		if ((c->where & 1U << kind) != 0 &&
			slice_is_nocase(name, c->name)) {
			break;
		}
	}
	return c;
}

/* ---- words ---- */

static struct slice cut_word(struct slice *rest)
{
	struct slice all = slice_trim(*rest);
	size_t len = 0;

	while (len < all.len && all.p[len] != ' ' && all.p[len] != '\t' &&
		all.p[len] != '\n' && all.p[len] != '\r') {
		len++;
	}
	*rest = slice_trim(slice(all.p + len, all.len - len));
	return slice(all.p, len);
}

/* ---- help ---- */

static void add_networks(struct run *r, struct buf *out)
{
	const struct map_config *c = core_of_run(r)->config;
	struct buf names;

	buf_init(&names, HELP_BYTES / 2);
	for (size_t i = 0; i < c->nnetworks; i++) {
		buf_addf(&names, "%s%s", i > 0 ? ", " : "",
			c->networks[i].name);
	}
	if (names.len > 0) {
		buf_addf(out, run_text(r, "Networks here: %s."),
			buf_cstr(&names));
		buf_add_char(out, '\n');
	}
	if (c->free_choice) {
		buf_add_str(out, run_text(r, "Any other IRC server may be "
					     "named as well."));
		buf_add_char(out, '\n');
	}
	buf_finish(&names);
}

static void introduce(struct run *r, struct buf *out)
{
	struct session *s = run_session(r, NULL);

	if (r->kind == ADDR_GW) {
		buf_addf(out,
			run_text(r, "This is a gateway to IRC. Join a channel "
				    "as a group chat: its address is "
				    "#channel%%NETWORK@%s. To talk to one "
				    "person, write to nick%%NETWORK@%s."),
			r->asker.to->p, r->asker.to->p);
		buf_add_char(out, '\n');
		add_networks(r, out);
		buf_add_str(out, run_text(r, "What you can write here:"));
	} else if (s != NULL && session_is_up(s)) {
		buf_addf(out,
			run_text(r, "This is the IRC network %s, where you are "
				    "called %s. What you can write here, and "
				    "any other line goes to the IRC server as "
				    "it is:"),
			r->network->p, s->nick->p);
	} else {
		buf_addf(out,
			run_text(r, "This is the IRC network %s. You are not "
				    "connected to it. What you can write "
				    "here:"),
			r->network->p);
	}
}

static void add_command(struct run *r, const struct command *c, struct buf *out)
{
	buf_addf(out, "\n%s", c->name);
	if (c->words != NULL) {
		buf_addf(out, " %s", run_text(r, c->words));
	}
	buf_add_str(out, " - ");
	buf_add_str(out, run_text(r, c->title));
}

/* Where its form is; a command without one needs none. */
static void add_form(struct run *r, const struct command *c, struct buf *out)
{
	struct buf link;

	if (c->only_text || c->stages == 0) {
		return;
	}
	buf_init(&link, HELP_BYTES / 2);
	uri_add_command(&link, istr_slice(r->asker.to), c->name);
	buf_add_char(out, '\n');
	buf_addf(out,
		run_text(r, c->only_form ?
				N_("It is a form. Open it in your client's "
				   "menu of commands for this address, or by "
				   "this link: %s") :
				N_("There is a form for it, too: in your "
				   "client's menu of commands for this "
				   "address, or by this link: %s")),
		buf_cstr(&link));
	buf_finish(&link);
}

static void explain(struct run *r, const struct command *c, struct buf *out)
{
	add_command(r, c, out);
	if (c->typed != NULL) {
		add_command(r, command_find(r->kind, slice_str(c->typed)), out);
	}
	if (c->more != NULL) {
		buf_add_char(out, '\n');
		buf_add_str(out, run_text(r, c->more));
	}
	add_form(r, c, out);
}

/* What is no command is not repeated: it may be a password. */
static void list_commands(struct run *r, const struct jid *from,
	struct slice unknown, struct buf *out)
{
	const struct command *c;
	size_t pos = 0;

	if (unknown.len > 0) {
		buf_add_str(out, run_text(r, "There is no such command. You "
			"can write what follows."));
		buf_add_char(out, '\n');
	}
	introduce(r, out);
	while ((c = command_next(core_of_run(r), from, r->kind, &pos)) !=
		NULL) {
		if (!c->only_form) {
			add_command(r, c, out);
		}
	}
}

void command_help(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct slice rest = slice_str(run_value(r, "command"));
	struct slice name = cut_word(&rest);
	const struct command *c = command_find(r->kind, name);
	struct fault fault;
	struct jid from;
	struct buf out;

	must(jid_parse(istr_slice(r->asker.from), &m->arena, &from) == ERR_OK);
	if (c != NULL && !command_allowed(m, &from, c, &fault)) {
		run_fault(r, &fault);
		return;
	}
	buf_init(&out, HELP_BYTES);
	if (c != NULL) {
		explain(r, c, &out);
	} else {
		list_commands(r, &from, name, &out);
	}
	run_say(r, slice_trim(out_clean(m, buf_slice(&out))));
	buf_finish(&out);
	run_done(r, NULL);
}

/* ---- messages ---- */

static void set_value(struct run *r, unsigned i, struct slice value)
{
	if (value.len > 0 && value.len <= VALUE_BYTES) {
		run_set_value(r, i, must_strndup(value.p, value.len));
	}
}

/*
 * The words after the command are its fields; the last one takes the rest. One
 * word alone is rather what must be given than what may be.
 */
static void read_words(struct run *r, struct slice rest)
{
	const struct command_field *f = r->command->fields;
	struct slice first = rest;
	unsigned i = 0;

	(void)cut_word(&first);
	if (first.len == 0 && f[0].var != NULL && !f[0].required &&
		f[1].var != NULL && f[1].required) {
		i++;
	}
	for (; f[i].var != NULL; i++) {
		set_value(r, i,
			f[i + 1].var != NULL ? cut_word(&rest) : rest);
	}
}

static bool has_all(const struct run *r)
{
	const struct command_field *f = r->command->fields;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		if (f[i].required && r->values[i] == NULL) {
			return false;
		}
	}
	return true;
}

static void start(struct request *q, const struct addr *a,
	const struct command *c, struct slice rest)
{
	struct run *r = run_create(q, a, c, true);
	struct fault fault;

	if (r == NULL) {
		out_error(core_of(q), q->stanza, E_RESOURCE_CONSTRAINT,
			"Too many commands of yours are under way. Try again "
			"soon.");
		return;
	}
	if (!command_allowed(core_of(q), &q->from, c, &fault)) {
		run_fault(r, &fault);
		return;
	}
	read_words(r, rest);
	if (!has_all(r)) {
		run_donef(r, run_text(r, "Write it like this: %s %s"), c->name,
			c->words ? run_text(r, c->words) : "");
		return;
	}
	c->run(r);
}

/* What is no command goes to IRC, when there is a connection. */
static const struct command *raw_command(const struct request *q,
	const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s =
		u && a->network ? session_find(u, a->network) : NULL;

	return s != NULL && session_is_up(s) ?
		command_find(a->kind, slice_str("raw")) : NULL;
}

/* A form has no words: those of another command, or where the form is. */
static void start_form(struct request *q, const struct addr *a,
	const struct command *c, struct slice rest)
{
	if (c->typed != NULL) {
		start(q, a, command_find(a->kind, slice_str(c->typed)), rest);
	} else {
		start(q, a, command_find(a->kind, slice_str("help")),
			slice_str(c->name));
	}
}

void command_message(struct request *q, const struct addr *a)
{
	struct message_parts p;
	struct slice body;
	struct slice rest;
	struct slice word;
	const struct command *c;

	children_read(q, &p);
	body = slice_trim(p.body);
	if (body.len == 0 || children_refused(q, &p)) {
		return;
	}
	rest = body;
	word = cut_word(&rest);
	c = command_find(a->kind, word);
	if (c != NULL) {
		(c->only_form ? start_form : start)(q, a, c, rest);
		return;
	}
	rest = slice(body.p + 1, body.len - 1);
	if (a->kind == ADDR_SRV && body.p[0] == '/' &&
		slice_is_nocase(cut_word(&rest), "ctcp")) {
		/* As IRC clients have it; no server knows it. */
		start(q, a, command_find(a->kind, slice_str("ctcp")), rest);
		return;
	}
	rest = body;
	if (a->kind == ADDR_SRV && body.p[0] == '/') {
		/* Always the IRC line, also without a connection: it is told. */
		c = command_find(a->kind, slice_str("raw"));
		rest = slice(body.p + 1, body.len - 1);
	} else {
		c = raw_command(q, a);
	}
	if (c == NULL) {
		c = command_find(a->kind, slice_str("help"));
		rest = word;
	}
	start(q, a, c, rest);
}

/* ---- what sessions tell ---- */

static void end_waiting(struct session *s, const struct fault *fault)
{
	list_each_safe(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);
		bool waits = r->wait == RUN_WAITS_UP ||
			(fault != NULL && r->wait == RUN_WAITS_ACCOUNT);

		if (r->session != s || !waits) {
			continue;
		}
		if (fault != NULL) {
			run_fault(r, fault);
		} else {
			run_donef(r,
				run_text(r, "You are connected to %s, as %s."),
				s->network->entry.key->p, s->nick->p);
		}
	}
}

bool commands_hold(const struct session *s)
{
	list_each(it, &s->user->runs) {
		const struct run *r = list_entry(it, struct run, link);

		if (r->session == s && r->wait == RUN_WAITS_UP) {
			return true;
		}
	}
	return signup_holds(s);
}

void commands_up(struct session *s)
{
	signup_on_up(s);
	if (commands_hold(s)) {
		session_hold(s);
		end_waiting(s, NULL);
	}
}

void commands_ended(struct session *s, const struct fault *fault)
{
	end_waiting(s, fault);
	signup_lost(s);
}

void commands_forget(struct session *s)
{
	list_each_safe(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (r->session == s) {
			run_destroy(r);
		}
	}
	signup_forget(s);
}
