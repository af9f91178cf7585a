/* SPDX-License-Identifier: MIT */
#include "mapping/room/moderate.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"

enum { MODERATIONS_MAX = 16, LIST_BYTES = 65536 };

static struct mapping *core(const struct moderation *p)
{
	return p->session->user->mapping;
}

static void moderation_free(struct moderation *p)
{
	patience_stop(&p->patience, core(p)->clock);
	list_remove(&p->link);
	if (p->way->finish != NULL) {
		p->way->finish(p);
	}
	asker_finish(&p->asker);
	istr_unref(p->channel);
	buf_finish(&p->items);
	free(p);
}

void moderation_fail(struct moderation *p, const struct fault *fault)
{
	if (!p->answered && p->way->deaf) {
		p->answered = true;
		p->way->answer(p);
	} else if (!p->answered) {
		asker_fail(core(p), &p->asker, fault->error, fault->text);
		p->answered = true;
	}
}

static void on_timeout(void *ctx)
{
	struct moderation *p = ctx;

	arena_reset(&core(p)->arena);
	moderation_fail(p, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
			"The IRC server has not answered. Look whether it was "
			"done, and try again."});
	moderation_free(p);
}

struct room *moderation_room(struct request *q, const struct addr *a)
{
	struct view *v = room_view_of(q, a);

	if (v == NULL || !view_joined(v) || v->room->state != ROOM_COMPLETE) {
		out_error(core_of(q), q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return NULL;
	}
	return v->room;
}

static const struct fault too_much = {E_RESOURCE_CONSTRAINT,
	N_("Too much is waiting for IRC. Try again soon.")};

bool moderation_possible(const struct session *s, struct fault *fault)
{
	unsigned n = 0;

	list_each(it, &s->moderations) {
		n++;
	}
	*fault = too_much;
	return n < MODERATIONS_MAX;
}

struct room *moderation_room_of(const struct moderation *p)
{
	struct room *r = (struct room *)(void *)map_get(&p->session->rooms,
		p->channel);

	return r != NULL && r->state == ROOM_COMPLETE ? r : NULL;
}

size_t moderation_room_for(const struct session *s)
{
	size_t all = s->user->mapping->config->queue_lines;
	size_t taken = ircnet_queued(s->net) + 1;

	return all > taken ? all - taken : 0;
}

/* ---- life ---- */

static bool set_mark(struct moderation *p)
{
	answer_labelled(p->session); /* the mark is none of the lines */
	p->token = ++core(p)->tokens;
	return ircnet_sync(p->session->net, p->token) == ERR_OK;
}

struct moderation *moderation_start(struct request *q, struct session *s,
	const struct istr *channel, const struct moderation_way *way,
	uint64_t label, struct fault *fault)
{
	struct moderation *p = must_calloc(1, sizeof *p);

	p->session = s;
	if (!set_mark(p)) {
		free(p);
		*fault = too_much;
		return NULL;
	}
	p->way = way;
	p->label = label;
	p->channel = istr_ref(channel);
	asker_init(&p->asker, q, elem_first(q->stanza->root)->ns, "query");
	buf_init(&p->items, LIST_BYTES);
	patience_init(&p->patience, on_timeout, p);
	list_init(&p->link);
	list_add(&s->moderations, &p->link);
	patience_begin(&p->patience, p->session, MODERATE_MS);
	return p;
}

bool moderation_go_on(struct moderation *p, const struct moderation_way *way)
{
	if (p->way->finish != NULL) {
		p->way->finish(p);
	}
	p->way = way;
	if (!set_mark(p)) {
		return false;
	}
	list_remove(&p->link); /* its answers come after those of the others */
	list_add(&p->session->moderations, &p->link);
	patience_begin(&p->patience, p->session, MODERATE_MS);
	return true;
}

static bool answer_done(struct moderation *p)
{
	asker_done(core(p), &p->asker);
	return true;
}

const struct moderation_way moderation_change = {.answer = answer_done};
const struct moderation_way moderation_redact = {.answer = answer_done};

/* ---- what the server says ---- */

/* Does this numeric name the channel? One that names none may be about it. */
static bool is_about(const struct moderation *p, int numeric,
	const struct ircmsg *m)
{
	struct slice command = ircmsg_param(m, 1);

	if (numeric == 263 || numeric == 461) {
		return slice_is_nocase(command, "MODE") ||
			slice_is_nocase(command, "KICK") ||
			slice_is_nocase(command, "TOPIC");
	}
	for (unsigned i = 1; i < m->nparams; i++) {
		struct slice word = ircmsg_param(m, i);

		if (isupport_is_channel(ircnet_isupport(p->session->net),
			    word)) {
			return casemap_lookup(p->session->casemap, word) ==
				p->channel;
		}
	}
	return true;
}

/* A subject was sent first: what is refused is it (D.5). */
static bool is_of_topic(const struct moderation *p, int numeric,
	const struct ircmsg *m)
{
	struct fault fault;

	return casemap_lookup(p->session->casemap, ircmsg_param(m, 1)) ==
			p->channel &&
		errmap_channel(numeric, &fault) &&
		sent_topic_waits(p->session, p->channel, p->token);
}

/* InspIRCd: the list holds it already, or does not hold it: nothing to do. */
static bool is_unchanged(int numeric)
{
	return numeric == 697 || numeric == 698;
}

enum answered moderation_on_answer(struct session *s, const struct answer *a)
{
	list_each(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);
		struct fault fault;
		bool known;

		if (p->label != a->token) {
			continue;
		}
		if (a->numeric != 0 && ((!p->way->deaf &&
				is_unchanged(a->numeric)) ||
			(p->way->numeric != NULL &&
				p->way->numeric(p, a->numeric, a->m)))) {
			return ANSWER_TAKEN;
		}
		if (!answer_is_error(a)) {
			return ANSWER_PLAIN;
		}
		if (!p->way->deaf) {
			known = errmap_moderation(a->numeric, p->outranks,
				&fault);
			answer_fault(s, a, ADVICE_CHANNEL, known, &fault);
			moderation_fail(p, &fault);
		}
		return ANSWER_TAKEN;
	}
	return ANSWER_UNKNOWN;
}

bool moderation_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m)
{
	struct fault fault;

	list_each(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);

		if (!is_about(p, numeric, m)) {
			continue;
		}
		if (is_unchanged(numeric) && !p->way->deaf) {
			return true;
		}
		if (is_of_topic(p, numeric, m)) {
			return false;
		}
		if (p->way->numeric != NULL && p->way->numeric(p, numeric, m)) {
			return true;
		}
		if (p->way->deaf) {
			continue;
		}
		if (errmap_moderation(numeric, p->outranks, &fault)) {
			advise(core(p), &fault, ADVICE_CHANNEL, numeric,
				ircmsg_last(m));
			moderation_fail(p, &fault);
			return true;
		}
	}
	return false;
}

bool moderation_on_fail(struct session *s, const struct ircmsg *m)
{
	const struct istr *channel = m->nparams > 3 ?
		casemap_lookup(s->casemap, m->params[2]) :
		NULL;

	if (m->nparams < 3 || !slice_is_nocase(m->params[0], "REDACT")) {
		return false;
	}
	list_each(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);
		struct fault fault;

		if (p->way == &moderation_redact && !p->answered &&
			(channel == NULL || p->channel == channel)) {
			errmap_fail(m->params[1], &fault);
			advise_fail(core(p), &fault, m->params[1],
				ircmsg_last(m));
			moderation_fail(p, &fault);
			return true;
		}
	}
	return false;
}

void moderation_on_synced(struct session *s, uint64_t token)
{
	sent_topics_done(s, token);
	list_each_safe(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);

		if (p->token == token) {
			if (p->answered || p->way->answer(p)) {
				moderation_free(p);
			}
			return;
		}
	}
}

void moderations_fail(struct session *s)
{
	list_each_safe(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);

		moderation_fail(p, &(struct fault){E_SESSION_CLOSED,
				session_unsure_text(s)});
		moderation_free(p);
	}
}

void moderations_destroy(struct session *s)
{
	list_each_safe(it, &s->moderations) {
		moderation_free(list_entry(it, struct moderation, link));
	}
}
