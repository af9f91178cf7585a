/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/people/roster.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"
#include "xmpp/form.h"

/* Commands at the gateway (PROTOCOL C.23). */

enum { LIST_BYTES = 24576 };

/* ---- networks ---- */

static const char *state_text(struct run *r, const struct session *s)
{
	if (s == NULL) {
		return run_text(r, "not connected");
	}
	switch (s->state) {
	case SESSION_UP:
		return run_text(r, "connected");
	case SESSION_BACKOFF:
		return run_text(r, "lost, trying again");
	default:
		return run_text(r, "connecting");
	}
}

static void add_network(struct run *r, const struct network *n, struct buf *out)
{
	const struct session *s = run_session(r, n);
	const char *title = n->config->title;

	buf_add_str(out, n->entry.key->p);
	if (title != NULL && strcmp(title, n->entry.key->p) != 0) {
		buf_addf(out, " (%s)", title);
	}
	buf_addf(out, ": %s", state_text(r, s));
	if (s != NULL && session_is_up(s)) {
		buf_addf(out, ", %s", s->nick->p);
	}
	buf_add_char(out, '\n');
}

static void run_networks(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct buf out;
	uint32_t pos = 0;
	struct map_slot *slot;

	buf_init(&out, LIST_BYTES);
	for (size_t i = 0; i < m->config->nnetworks; i++) {
		const char *name = m->config->networks[i].name;
		const struct network *n = network_find(m, slice_str(name));

		if (n != NULL) {
			add_network(r, n, &out);
		}
	}
	/* Those that a user named, when this one is on them. */
	while ((slot = map_next(&m->networks, &pos)) != NULL) {
		const struct network *n =
			(const struct network *)(void *)slot->entry;

		if (n->config == &n->own && run_session(r, n) != NULL) {
			add_network(r, n, &out);
		}
	}
	run_list(r, run_text(r, "Networks"), slice_trim(buf_slice(&out)));
	buf_finish(&out);
}

/* ---- sessions of the user ---- */

static void write_sessions(struct run *r, struct xw *w)
{
	xw_start(w, "field", NS_NONE);
	xw_attr(w, "var", "network");
	xw_attr(w, "type", "list-multi");
	xw_attr(w, "label", run_text(r, "Networks to disconnect from"));
	list_each(it, &r->user->sessions) {
		struct session *s = list_entry(it, struct session, link);
		struct buf label;

		buf_init(&label, 2048);
		add_network(r, s->network, &label);
		xw_start(w, "option", NS_NONE);
		xw_attr_slice(w, "label", slice_trim(buf_slice(&label)));
		xw_elem(w, "value", NS_NONE,
			istr_slice(s->network->entry.key));
		xw_end(w);
		buf_finish(&label);
	}
	xw_end(w);
}

static const char *no_sessions(struct run *r)
{
	return list_empty(&r->user->sessions) ?
		run_text(r, "You are connected to no network.") : NULL;
}

static void list_sessions(struct run *r)
{
	struct buf out;

	if (list_empty(&r->user->sessions)) {
		run_done(r, no_sessions(r));
		return;
	}
	buf_init(&out, LIST_BYTES);
	list_each(it, &r->user->sessions) {
		struct session *s = list_entry(it, struct session, link);

		add_network(r, s->network, &out);
	}
	run_list(r, run_text(r, "Your connections"),
		slice_trim(buf_slice(&out)));
	buf_finish(&out);
}

/* By text they are listed; the form takes those that are chosen away. */
static void run_sessions(struct run *r)
{
	struct slice names = slice_str(run_value(r, "network"));
	unsigned n = 0;

	if (r->by_text) {
		list_sessions(r);
		return;
	}
	while (names.len > 0) {
		struct slice name = slice_cut(&names, '\n');
		struct network *found = network_find(core_of_run(r), name);
		struct session *s = found ? run_session(r, found) : NULL;

		if (s != NULL) {
			session_leave(s, slice_str("Leaving"));
			n++;
		}
	}
	run_donef(r, run_text(r, "Connections that were closed: %u."), n);
}

/* ---- contacts ---- */

/* They come in a message of their own: clients offer to add them (C.20). */
static void run_suggest(struct run *r)
{
	if (!contact_suggest(r->user, r->asker.from->p)) {
		run_done(r,
			run_text(r, "There is nobody to suggest. Connect to a "
				    "network and talk with somebody first."));
		return;
	}
	run_done(r, r->by_text ? NULL :
				 run_text(r, "You have a message about them."));
}

const struct command gw_commands[] = {
	{.name = "help", .title = N_("What can be done here"),
		.words = N_("[COMMAND]"),
		.where = COMMAND_AT_GW | COMMAND_AT_SRV,
		.who = COMMAND_FOR_STRANGERS, .only_text = true, .stages = 1,
		.fields = {{"command", "text-single", N_("Command"), false}},
		.run = command_help},
	{.name = "register",
		.title = N_("Register, or change your registration"),
		.words = N_("NICK [REAL NAME]"),
		.more = N_("Without a nick it shows what is kept of you. "
			   "Password, channels to be on, other nicks and the "
			   "rest are in the form alone."),
		.where = COMMAND_AT_GW,
		.who = COMMAND_FOR_STRANGERS, .stages = 1,
		.fields = {{"nick", "text-single", N_("Nick"), false},
			{"name", "text-single", N_("Real name"), false}},
		.form = command_settings_form, .run = command_register},
	{.name = "unregister",
		.title = N_("Take your registration back, with all settings"),
		.where = COMMAND_AT_GW, .who = COMMAND_FOR_REGISTERED,
		.unregistered = N_("You are not registered. There is nothing "
				   "to take back."),
		.only_text = true, .run = command_unregister},
	{.name = "edit-network",
		.title = N_("Change your settings for a network"),
		.where = COMMAND_AT_GW, .only_form = true, .stages = 2,
		.fields = {{"network", "text-single", N_("Network"), true}},
		.form = command_settings_form, .run = command_edit_network},
	{.name = "forget-network",
		.title = N_("Forget your settings for a network"),
		.words = N_("NETWORK"), .where = COMMAND_AT_GW,
		.unregistered = N_("You are not registered. There is nothing "
				   "to forget."),
		.who = COMMAND_FOR_REGISTERED, .stages = 1,
		.fields = {{"network", "text-single", N_("Network"), true}},
		.run = command_forget_network},
	{.name = "networks", .title = N_("See the networks"),
		.where = COMMAND_AT_GW, .run = run_networks},
	{.name = "sessions", .title = N_("See your connections, close some"),
		.where = COMMAND_AT_GW, .stages = 1,
		.fields = {{"network", "list-multi", N_("Networks"), false}},
		.write = write_sessions, .nothing = no_sessions,
		.run = run_sessions},
	{.name = "suggest", .title = N_("Suggest contacts"),
		.where = COMMAND_AT_GW, .run = run_suggest},
	{.name = NULL},
};
