/* SPDX-License-Identifier: MIT */
#include "mapping/session.h"

#include <stdlib.h>

#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/command/signup.h"
#include "mapping/endfault.h"
#include "mapping/linkfault.h"
#include "mapping/network.h"
#include "mapping/nick.h"
#include "mapping/people/contacts.h"
#include "mapping/people/metaset.h"
#include "mapping/people/online.h"
#include "mapping/people/query.h"
#include "mapping/regain.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/session_private.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* A connection ends: why, what stays of it, when it is opened again (D.9). */

enum { THROTTLED_MS = 60000 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* Does a room still show what this connection knew? */
static bool is_shown(const struct session *s, const struct ircnet *net)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		const struct room *r =
			(const struct room *)(const void *)slot->entry;

		if (r->net == net) {
			return true;
		}
	}
	return false;
}

void session_forget_old(struct session *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->nold; i++) {
		if (is_shown(s, s->old[i])) {
			s->old[kept++] = s->old[i];
		} else {
			ircnet_destroy(s->old[i]);
		}
	}
	s->nold = kept;
	if (kept == 0 && s->state == SESSION_UP) {
		timer_stop(core(s)->clock, &s->silence);
	}
}

/* The lost connection stays as what clients see, or goes (D.9). */
static void keep_shown(struct session *s)
{
	if (s->net == NULL) {
		return;
	}
	if (is_shown(s, s->net)) {
		ircnet_stop(s->net);
		s->old = must_realloc(s->old,
			(s->nold + 1) * sizeof(struct ircnet *));
		s->old[s->nold++] = s->net;
	} else {
		ircnet_destroy(s->net);
	}
	s->net = NULL;
}

static unsigned backoff(struct session *s)
{
	const struct map_config *c = core(s)->config;
	uint64_t delay = c->reconnect_min_ms;
	uint16_t jitter;

	for (unsigned i = 1; i < s->tries && delay < c->reconnect_max_ms; i++) {
		delay *= 2;
	}
	if (delay > c->reconnect_max_ms) {
		delay = c->reconnect_max_ms;
	}
	core(s)->ports.random(core(s)->ports.ctx, &jitter, sizeof jitter);
	/* 80 % to 120 %: a restarted server is not met by all at once. */
	return (unsigned)(delay * 8 / 10 + delay * 4 * jitter / 655350);
}

static void wait_and_retry(struct session *s, const struct fault *fault)
{
	unsigned least = core(s)->config->reconnect_min_ms;
	unsigned delay;

	s->tries++;
	delay = backoff(s);
	if (fault->error == E_RESOURCE_CONSTRAINT) {
		least = THROTTLED_MS;
		delay = delay < least ? least : delay;
	}
	s->retry_from = core(s)->clock->now_ms + least;
	s->state = SESSION_BACKOFF;
	timer_start(core(s)->clock, &s->retry, delay);
	if ((s->nrooms > 0 || online_holds(s)) &&
		!timer_running(&s->silence)) {
		s->wait_told = false;
		timer_start(core(s)->clock, &s->silence,
			core(s)->config->rejoin_silence_ms);
	}
	log_info(&s->log, "reconnecting delay_ms=%u reason=%s", delay,
		text_whole(core(s), NULL, fault->text));
}

/* Everybody is told; nothing of the session is wanted any more. */
static void give_up(struct session *s, const struct fault *fault)
{
	s->state = SESSION_IDLE;
	rooms_lost(s, fault);
	sent_fail_all(s, fault);
	queries_fail(s);
	moderations_fail(s);
	metasets_lost(s);
	chats_forget(s);
	commands_ended(s, fault);
	timer_stop(core(s)->clock, &s->linger);
	timer_stop(core(s)->clock, &s->silence);
}

/* A channel without a client is wanted as well. */
static bool is_wanted(const struct session *s)
{
	return s->nrooms > 0 || timer_running(&s->linger) || online_holds(s);
}

void session_ended(struct session *s, const struct fault *fault)
{
	bool retry = !s->no_retry && !core(s)->stopping && !s->network->gone &&
		!signup_began(s);

	log_info(&s->log, "disconnected reason=%s",
		text_whole(core(s), NULL, fault->text));
	end_forget(s); /* the next link has a reason of its own */
	session_drop_link(s, true);
	nick_lost(s);
	regain_stop(s);
	queries_lost(s);
	chanlist_lost(s, fault);
	raw_lost(s);
	moderations_fail(s);
	metasets_lost(s);
	sent_fail_queued(s, fault);
	contacts_link_gone(s);
	keep_shown(s);
	rooms_off(s);
	network_slot_free(s);
	istr_set(&s->away, NULL);
	s->away_typed = false;
	online_failed(s, fault);
	if (retry && s->was_up && is_wanted(s)) {
		wait_and_retry(s, fault);
		commands_ended(s, fault);
	} else {
		give_up(s, fault);
		if (retry && online_holds(s)) {
			wait_and_retry(s, fault);
		}
		user_touch(s->user);
	}
	contacts_session(s);
}

void session_link_lost(struct session *s, enum err why, const char *detail)
{
	struct fault fault;

	session_drop_link(s, false);
	if (!end_was_told(s, &fault)) {
		link_fault(s, why, detail, &fault);
	}
	if (s->net == NULL && why != ERR_FORBIDDEN &&
		++s->servers_tried < s->network->config->nservers) {
		network_slot_free(s);
		session_dial(s);
		return;
	}
	if (s->net == NULL && s->network->config->nservers > 1) {
		s->network->next_server++;
	}
	session_ended(s, &fault);
}

void session_on_retry(void *ctx)
{
	struct session *s = ctx;

	arena_reset(&core(s)->arena);
	if (s->state == SESSION_BACKOFF) {
		s->servers_tried = 0;
		session_dial(s);
	}
}

/*
 * The network lets only so many come back in a minute, and this one's turn has
 * not come: its rooms are not lost for that (D.9).
 */
static void wait_on(struct session *s)
{
	struct mapping *m = core(s);
	uint32_t pos = 0;
	struct map_slot *slot;

	if (!s->wait_told) {
		s->wait_told = true;
		while ((slot = map_next(&s->rooms, &pos)) != NULL) {
			room_notice((struct room *)(void *)slot->entry,
				text(m, user_lang(s->user),
					"The connection to IRC was lost. Many "
					"are on their way back; you wait for "
					"your turn."));
		}
	}
	timer_start(m->clock, &s->silence, m->config->rejoin_silence_ms);
}

void session_on_silence(void *ctx)
{
	struct session *s = ctx;
	struct fault fault = {E_LINK_FAILED,
		"The connection to IRC was lost and could not be restored in "
		"time. Join again to return."};

	arena_reset(&core(s)->arena);
	if (s->state == SESSION_WAITING) {
		wait_on(s);
		return;
	}
	if (core(s)->config->auto_return) {
		fault.text = N_("The connection to IRC was lost and could not "
				"be restored in time. You return by yourself "
				"as soon as it is back.");
		rooms_wait_again(s, &fault);
	} else if (s->state == SESSION_UP) {
		rooms_not_back(s, &fault);
	} else {
		rooms_lost(s, &fault);
	}
	contacts_session(s);
	user_touch(s->user);
}
