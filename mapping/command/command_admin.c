/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* Commands of the gateway's admins (PROTOCOL C.23). */

enum { LIST_BYTES = 24576 };

static void add_session(const struct session *s, struct buf *out)
{
	buf_addf(out, "%s %s %s %u\n", s->user->entry.key->p,
		s->network->entry.key->p,
		session_is_up(s) ? s->nick->p : "-", s->nrooms);
}

static void run_list_sessions(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct buf out;
	uint32_t pos = 0;
	struct map_slot *slot;

	if (m->counts.sessions == 0) {
		run_done(r, run_text(r, "Nobody is connected to IRC."));
		return;
	}
	buf_init(&out, LIST_BYTES);
	while ((slot = map_next(&m->users, &pos)) != NULL) {
		struct user *u = (struct user *)(void *)slot->entry;

		list_each(it, &u->sessions) {
			add_session(list_entry(it, struct session, link), &out);
		}
	}
	if (out.overflow) {
		buf_truncate(&out, out.len);
		out.max += 1000;
		buf_addf(&out, run_text(r, "There are more; all are: %zu."),
			m->counts.sessions);
	}
	run_list(r, run_text(r, "User, network, nick, rooms"),
		slice_trim(out_clean(m, buf_slice(&out))));
	buf_finish(&out);
}

/* GW writes to somebody, in their language. */
static void tell(struct user *u, struct slice body)
{
	struct mapping *m = u->mapping;

	out_message(m, u, m->config->component, u->entry.key->p, NULL,
		slice(NULL, 0), body);
}

static void run_disconnect_user(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct slice name = slice_trim(slice_str(run_value(r, "user")));
	struct jid jid;
	struct user *u = NULL;
	unsigned n = 0;

	if (jid_parse(name, &m->arena, &jid) == ERR_OK) {
		u = user_find(m, jid.bare);
	}
	if (u == NULL || list_empty(&u->sessions)) {
		run_fail(r, E_ITEM_NOT_FOUND,
			"Nobody of that address is connected to IRC.");
		return;
	}
	list_each_safe(it, &u->sessions) {
		session_leave(list_entry(it, struct session, link),
			slice_str("Disconnected by an admin"));
		n++;
	}
	tell(u, slice_str(text(m, user_lang(u),
		"An admin of the gateway has disconnected you from IRC.")));
	log_info(NULL, "disconnected by admin=%s user=%s", r->asker.from->p,
		u->entry.key->p);
	run_donef(r, run_text(r, "Connections that were closed: %u."), n);
}

static void run_announce(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct slice body = slice_trim(slice_str(run_value(r, "text")));
	uint32_t pos = 0;
	struct map_slot *slot;
	unsigned n = 0;

	while ((slot = map_next(&m->users, &pos)) != NULL) {
		struct user *u = (struct user *)(void *)slot->entry;

		if (!list_empty(&u->sessions)) {
			tell(u, body);
			n++;
		}
	}
	log_info(NULL, "announced by admin=%s users=%u", r->asker.from->p, n);
	run_donef(r, run_text(r, "Users who were told: %u."), n);
}

static void run_reload(struct run *r)
{
	struct mapping *m = core_of_run(r);

	if (m->ports.reload == NULL) {
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This gateway cannot read its configuration again.");
		return;
	}
	log_info(NULL, "reload asked for by admin=%s", r->asker.from->p);
	m->ports.reload(m->ports.ctx);
	run_done(r, run_text(r, "The configuration is read again; the log says "
				"what came of it."));
}

const struct command admin_commands[] = {
	{.name = "list-sessions", .title = N_("See all connections"),
		.where = COMMAND_AT_GW, .who = COMMAND_FOR_ADMINS,
		.run = run_list_sessions},
	{.name = "disconnect-user",
		.title = N_("Disconnect a user from IRC"),
		.words = N_("USER@SERVER"), .where = COMMAND_AT_GW,
		.who = COMMAND_FOR_ADMINS, .stages = 1,
		.fields = {{"user", "jid-single", N_("User"), true}},
		.run = run_disconnect_user},
	{.name = "announce",
		.title = N_("Write to everybody who is connected"),
		.words = N_("TEXT"), .where = COMMAND_AT_GW,
		.who = COMMAND_FOR_ADMINS, .stages = 1,
		.fields = {{"text", "text-multi", N_("Text"), true}},
		.run = run_announce},
	{.name = "reload", .title = N_("Read the configuration again"),
		.where = COMMAND_AT_GW, .who = COMMAND_FOR_ADMINS,
		.run = run_reload},
	{.name = NULL},
};
