/* SPDX-License-Identifier: MIT */
#include "mapping/core_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/register/account.h"
#include "mapping/people/ask.h"
#include "mapping/old/autoupdate.h"
#include "mapping/people/contacts.h"
#include "mapping/register/formkey.h"
#include "mapping/talk/ids.h"
#include "mapping/network.h"
#include "mapping/old/old.h"
#include "mapping/room/history.h"
#include "mapping/room/occupant.h"
#include "mapping/out.h"
#include "mapping/register/register.h"
#include "mapping/room/room.h"
#include "mapping/room/sliced.h"
#include "mapping/people/privilege.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/sent.h"
#include "mapping/session.h"
#include "mapping/sts.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { ARENA_BYTES = 4 << 20, TEXT_BYTES = 1 << 20, RICH_BYTES = 16384 };

static void on_tidy(void *ctx)
{
	struct mapping *m = ctx;

	arena_reset(&m->arena);
	users_sweep(m);
}

static void on_offline_too_long(void *ctx);

struct mapping *mapping_create(const struct map_config *config,
	const struct map_ports *ports, struct clock *clock)
{
	struct mapping *m = must_calloc(1, sizeof *m);

	m->config = config;
	m->logged = config->logged;
	m->ports = *ports;
	m->clock = clock;
	m->started_ms = clock->now_ms;
	arena_init(&m->arena, ARENA_BYTES);
	buf_init(&m->out.xml, config->max_stanza);
	buf_init(&m->out.whole, config->max_stanza);
	buf_init(&m->occ, TEXT_BYTES);
	buf_init(&m->item, TEXT_BYTES);
	buf_init_secret(&m->text, TEXT_BYTES);
	buf_init(&m->strip, TEXT_BYTES);
	buf_init(&m->rich, RICH_BYTES);
	buf_init(&m->clean, TEXT_BYTES);
	share_init(&m->past, HISTORY_TOTAL);
	share_init(&m->names, IDS_TOTAL);
	share_init(&m->metas, META_TOTAL);
	share_init(&m->queued, OUT_QUEUE_TOTAL);
	list_init(&m->untidy);
	list_init(&m->sent_pool);
	list_init(&m->fresh);
	list_init(&m->chanlists);
	list_init(&m->formkeys);
	list_init(&m->told);
	timer_init(&m->tidy_timer, on_tidy, m);
	slices_init(m);
	old_init(m);
	timer_init(&m->offline_timer, on_offline_too_long, m);
	asks_init(m);
	accounts_init(m);
	map_init(&m->sts);
	announce_init(m);
	networks_load(m);
	return m;
}

static struct user *any_user(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot = map_next(&m->users, &pos);

	return slot ? (struct user *)(void *)slot->entry : NULL;
}

void mapping_destroy(struct mapping *m)
{
	struct user *u;

	m->stopping = true; /* nobody is told anything any more */
	announce_free(m);
	while ((u = any_user(m)) != NULL) {
		user_destroy(u);
	}
	timer_stop(m->clock, &m->tidy_timer);
	timer_stop(m->clock, &m->fill_timer);
	timer_stop(m->clock, &m->offline_timer);
	asks_free(m);
	/* What became of changes under way is not known: nobody is told. */
	m->online = false;
	accounts_free(m);
	sts_free(m);
	old_free(m);
	istr_set(&m->notice, NULL);
	networks_free(m);
	sent_pool_free(m);
	formkeys_free(m);
	register_told_free(m);
	map_finish(&m->users);
	map_finish(&m->networks);
	free(m->links);
	arena_finish(&m->arena);
	buf_wipe(&m->out.xml);
	buf_wipe(&m->out.whole);
	buf_finish(&m->occ);
	buf_finish(&m->item);
	buf_finish(&m->text);
	buf_finish(&m->strip);
	buf_finish(&m->rich);
	buf_finish(&m->clean);
	occupant_ids_forget(m);
	free(m);
}

/* ---- all users, all sessions ---- */

void core_each_session(struct mapping *m,
	void (*fn)(struct session *s, void *arg), void *arg)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&m->users, &pos)) != NULL) {
		struct user *u = (struct user *)(void *)slot->entry;

		list_each_safe(it, &u->sessions) {
			fn(list_entry(it, struct session, link), arg);
		}
		user_touch(u);
	}
}

static void each_room(struct session *s, void (*fn)(struct room *r))
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		fn((struct room *)(void *)slot->entry);
	}
}

/* ---- storage ---- */

void mapping_load(struct mapping *m, const struct store_row *row)
{
	if (strcmp(row->kind, "sts") == 0) {
		sts_load(m, row);
	} else {
		accounts_load(m, row);
	}
}

void mapping_saved(struct mapping *m, uint64_t token, enum err err)
{
	arena_reset(&m->arena);
	accounts_saved(m, token, err);
	networks_tidy(m);
}

/* ---- the component stream ---- */

void mapping_online(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	m->online = true;
	timer_stop(m->clock, &m->offline_timer);
	while ((slot = map_next(&m->users, &pos)) != NULL) {
		struct user *u = (struct user *)(void *)slot->entry;

		out_flush(u);
		user_touch(u);
	}
	autoupdate_tell(m);
	announce_begin(m);
}

void mapping_offline(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	if (!m->online) {
		return;
	}
	m->online = false;
	privilege_forget(m);
	announce_pause(m);
	while ((slot = map_next(&m->users, &pos)) != NULL) {
		rooms_make_stale((struct user *)(void *)slot->entry);
		displayed_offline((struct user *)(void *)slot->entry);
	}
	timer_start(m->clock, &m->offline_timer, m->config->keep_component_ms);
}

static void close_for(struct session *s, void *reason)
{
	session_close(s, slice_str(reason));
}

static void on_offline_too_long(void *ctx)
{
	struct mapping *m = ctx;
	char reason[] = "gateway lost its Jabber server";

	arena_reset(&m->arena);
	log_warn(NULL, "the Jabber server stays away, leaving IRC sessions=%zu",
		m->counts.sessions);
	core_each_session(m, close_for, reason);
}

/* ---- links ---- */

static struct session *by_link(struct mapping *m, unsigned link)
{
	arena_reset(&m->arena);
	return link > 0 && link <= m->nlinks ? m->links[link - 1] : NULL;
}

void mapping_link_up(struct mapping *m, unsigned link)
{
	struct session *s = by_link(m, link);

	if (s != NULL) {
		session_link_up(s);
	}
}

void mapping_link_data(struct mapping *m, unsigned link, const char *p,
	size_t len)
{
	struct session *s = by_link(m, link);

	if (s != NULL) {
		session_link_data(s, p, len);
	}
}

void mapping_link_lost(struct mapping *m, unsigned link, enum err why,
	const char *detail)
{
	struct session *s = by_link(m, link);

	if (s != NULL) {
		session_link_lost(s, why, detail);
	}
}

/* ---- congestion ---- */

static void tell_gap(struct room *r)
{
	const struct user *u = r->session->user;
	char line[400];

	if (r->missed > 0) {
		snprintf(line, sizeof line,
			text(u->mapping, user_lang(u),
				"The Jabber server could not take all messages "
				"of this room. Not shown: %lu."),
			r->missed);
		r->missed = 0;
		room_notice(r, line);
	}
}

static void tell_gaps(struct session *s, void *arg)
{
	(void)arg;
	each_room(s, tell_gap);
}

void mapping_congested(struct mapping *m, bool congested)
{
	if (congested == m->congested) {
		return;
	}
	arena_reset(&m->arena);
	m->congested = congested;
	log_warn(NULL, "jabber output %s", congested ? "congested" : "flows");
	if (!congested) {
		core_each_session(m, tell_gaps, NULL);
	}
}

void mapping_flows(struct mapping *m)
{
	slices_go_on(m);
	announce_go_on(m);
}

/* ---- configuration and end ---- */

static void end_session(struct session *s, const struct fault *fault,
	const char *reason)
{
	rooms_lost(s, fault);
	sent_fail_all(s, fault);
	session_close(s, slice_str(reason));
}

/* Its network is not served any more, or its user may not come any more. */
static void end_if_gone(struct session *s, void *arg)
{
	struct mapping *m = arg;
	struct fault fault = {E_SERVICE_UNAVAILABLE,
		"This gateway no longer serves that IRC network. Ask its "
		"operator why."};
	struct jid jid;

	if (s->network->gone) {
		end_session(s, &fault, "Network no longer served");
	} else if (jid_parse(istr_slice(s->user->entry.key), &m->arena, &jid) ==
			ERR_OK &&
		!user_allowed(m, &jid, &fault)) {
		end_session(s, &fault, "Not allowed any more");
	}
}

/* 172, 173: whether user@host of others is handed out has changed (D.6). */
static void tell_anonymity(struct session *s, void *unused)
{
	(void)unused;
	if (s->network->anonymity_changed) {
		each_room(s, room_show_anonymity);
	}
}

/* 170, 171: whether rooms are archived in public has changed (D.6). */
static void tell_logging(struct session *s, void *unused)
{
	(void)unused;
	each_room(s, room_show_logging);
}

void mapping_reload(struct mapping *m, const struct map_config *config)
{
	arena_reset(&m->arena);
	m->config = config;
	occupant_ids_forget(m);
	networks_load(m);
	core_each_session(m, end_if_gone, m);
	core_each_session(m, tell_anonymity, NULL);
	if (m->logged != config->logged) {
		m->logged = config->logged;
		core_each_session(m, tell_logging, NULL);
	}
	autoupdate_tell(m);
}

static void stop_session(struct session *s, void *arg)
{
	rooms_stop(s);
	session_close(s, slice_str(arg));
}

void mapping_stop(struct mapping *m, const char *reason)
{
	char text[256];

	arena_reset(&m->arena);
	snprintf(text, sizeof text, "%s",
		reason ? reason : m->config->quit_message);
	m->stopping = true;
	announce_goodbye(m);
	core_each_session(m, stop_session, text);
	sts_stop(m);
	users_sweep(m);
}

void mapping_stats(const struct mapping *m, struct mapping_stats *out)
{
	*out = (struct mapping_stats){
		.users = m->users.used,
		.sessions = m->counts.sessions,
		.rooms = m->counts.rooms,
		.dropped_room_messages = m->counts.dropped,
		.dropped_stanzas = m->counts.refused,
	};
	for (size_t i = 0; i < m->nlinks; i++) {
		out->registered += m->links[i] != NULL &&
			session_is_up(m->links[i]);
	}
}
