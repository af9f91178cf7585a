/* SPDX-License-Identifier: MIT */
#include "mapping/moderate.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/text.h"

enum { MODERATIONS_MAX = 16, LIST_BYTES = 65536 };

static struct mapping *core(const struct moderation *p)
{
	return p->session->user->mapping;
}

static void moderation_free(struct moderation *p)
{
	timer_stop(core(p)->clock, &p->timer);
	list_remove(&p->link);
	asker_finish(&p->asker);
	istr_unref(p->channel);
	buf_finish(&p->items);
	free(p);
}

static void fail(struct moderation *p, const struct fault *fault)
{
	if (!p->answered) {
		asker_fail(core(p), &p->asker, fault->error, fault->text);
		p->answered = true;
	}
}

static void on_timeout(void *ctx)
{
	struct moderation *p = ctx;

	arena_reset(&core(p)->arena);
	fail(p, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
			"The IRC server has not answered. Look whether it was "
			"done, and try again."});
	moderation_free(p);
}

struct room *moderation_room(struct request *q, const struct addr *a)
{
	struct view *v = room_view_of(q, a);

	if (v == NULL || !view_joined(v) || v->room->state != ROOM_COMPLETE) {
		out_error(core_of(q), q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room.");
		return NULL;
	}
	return v->room;
}

static const struct fault too_much = {E_RESOURCE_CONSTRAINT,
	N_("Too much waits for IRC. Try again soon.")};

bool moderation_possible(const struct room *r, struct fault *fault)
{
	unsigned n = 0;

	list_each(it, &r->session->moderations) {
		n++;
	}
	*fault = too_much;
	return n < MODERATIONS_MAX;
}

struct moderation *moderation_start(struct request *q, struct room *r,
	enum moderation_kind kind, struct fault *fault)
{
	struct mapping *m = core_of(q);
	struct session *s = r->session;
	struct moderation *p;

	if (ircnet_sync(s->net, ++m->tokens) != ERR_OK) {
		*fault = too_much;
		return NULL;
	}
	p = must_calloc(1, sizeof *p);
	p->session = s;
	p->kind = kind;
	p->token = m->tokens;
	p->channel = istr_ref(r->entry.key);
	asker_init(&p->asker, q, NS_MUC_ADMIN, "query");
	buf_init(&p->items, LIST_BYTES);
	timer_init(&p->timer, on_timeout, p);
	list_init(&p->link);
	list_add(&s->moderations, &p->link);
	timer_start(m->clock, &p->timer, MODERATE_MS);
	return p;
}

/* Does this numeric name the channel? One that names none may be about it. */
static bool is_about(const struct moderation *p, int numeric,
	const struct ircmsg *m)
{
	struct slice command = ircmsg_param(m, 1);

	if (numeric == 263 || numeric == 461) {
		return slice_is_nocase(command, "MODE") ||
			slice_is_nocase(command, "KICK");
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

static bool is_entry(const struct moderation *p, int numeric)
{
	return (p->kind == MODERATE_BANS && numeric == 367) ||
		(p->kind == MODERATE_MEMBERS && numeric == 346);
}

/* InspIRCd: the list holds it already, or does not hold it: nothing to do. */
static bool is_unchanged(int numeric)
{
	return numeric == 697 || numeric == 698;
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
		if (is_unchanged(numeric)) {
			return true;
		}
		if (is_entry(p, numeric)) {
			moderation_entry(p, m);
			return true;
		}
		if (errmap_moderation(numeric, p->outranks, &fault)) {
			fault.text = out_clean(core(p), ircmsg_last(m)).p;
			fail(p, &fault);
			return true;
		}
	}
	return false;
}

void moderation_on_synced(struct session *s, uint64_t token)
{
	list_each_safe(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);

		if (p->token == token) {
			if (!p->answered) {
				moderation_answer(p);
			}
			moderation_free(p);
			return;
		}
	}
}

void moderations_fail(struct session *s)
{
	list_each_safe(it, &s->moderations) {
		struct moderation *p = list_entry(it, struct moderation, link);

		fail(p, &(struct fault){E_SESSION_CLOSED,
				"The connection to IRC was lost. Look whether "
				"it was done, and try again."});
		moderation_free(p);
	}
}

void moderations_destroy(struct session *s)
{
	list_each_safe(it, &s->moderations) {
		moderation_free(list_entry(it, struct moderation, link));
	}
}
