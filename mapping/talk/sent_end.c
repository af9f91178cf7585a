/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/react.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* Messages under way: what IRC answers, and how they end. */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static struct sent *sent_of(struct list *link)
{
	return list_entry(link, struct sent, link);
}

void sent_fail(struct sent *t, const struct fault *fault)
{
	struct mapping *m = core(t->session);
	const struct asker *a = &t->asker;
	const char *lang;
	struct xw *w;

	if (t->kind == SENT_TAGS) {
		react_refused(t->session, t->target);
	}

	if (t->kind == SENT_IQ) {
		if (t->state != SENT_WRITTEN || t->awaits) { /* else it was answered */
			asker_fail(m, a, fault->error, fault->text);
		}
		sent_free(t);
		return;
	}
	sent_hide(t);
	w = out_begin(m, "message");
	xw_attr(w, "from", a->to->p);
	xw_attr(w, "id", a->id ? a->id->p : NULL);
	xw_attr(w, "type", "error");
	xw_fragment(w, slice(buf_slice(&t->xml).p, t->payload));
	lang = a->lang ? a->lang->p : user_lang(t->session->user);
	text_error(m, w, fault->error, lang, fault->text,
		t->room ? t->room->jid->p : NULL);
	out_end(m);
	out_send(m, t->session->user, a->from->p);
	sent_free(t);
}

/* ---- IRC says yes ---- */

/* The id of its stanza, in the arena; it is done. */
static struct slice take_id(struct sent *t)
{
	struct slice id = istr_slice(t->asker.id);

	id.p = id.len > 0 ?
		arena_strndup(&core(t->session)->arena, id.p, id.len) :
		"";
	sent_free(t);
	return id;
}

struct slice sent_topic_set(struct session *s, const struct room *r)
{
	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->room == r && t->kind == SENT_TOPIC &&
			t->state == SENT_WRITTEN) {
			return take_id(t);
		}
	}
	return slice(NULL, 0);
}

static bool is_topic_before(const struct sent *t, uint64_t mark)
{
	return t->kind == SENT_TOPIC && t->state == SENT_WRITTEN &&
		t->token < mark;
}

bool sent_topic_waits(const struct session *s, const struct istr *channel,
	uint64_t mark)
{
	list_each(it, &s->sent) {
		const struct sent *t = sent_of(it);

		if (t->target == channel && is_topic_before(t, mark)) {
			return true;
		}
	}
	return false;
}

void sent_topics_done(struct session *s, uint64_t mark)
{
	list_each_safe(it, &s->sent) {
		if (is_topic_before(sent_of(it), mark)) {
			sent_free(sent_of(it));
		}
	}
}

void sent_invited(struct session *s, const struct ircmsg *m)
{
	const struct istr *nick =
		casemap_lookup(s->casemap, ircmsg_param(m, 1));

	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->kind == SENT_INVITE && t->state == SENT_WRITTEN &&
			t->target == nick) {
			sent_free(t);
			return;
		}
	}
}

struct slice sent_redacted(struct session *s, const struct room *r,
	struct slice msgid)
{
	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->kind == SENT_REDACT && t->room == r &&
			slice_eq(buf_slice(&t->text), msgid)) {
			return take_id(t);
		}
	}
	return slice(NULL, 0);
}

/* ---- IRC says no ---- */

/*
 * Without a target in it a refusal is for what was written first: too long, or
 * the server is too busy for this command (E).
 */
static bool names_nobody(int numeric, const struct ircmsg *m)
{
	struct slice word = ircmsg_param(m, 1);

	switch (numeric) {
	case 263:
	case 400:
		return slice_is_nocase(word, "PRIVMSG") ||
			slice_is_nocase(word, "NOTICE");
	case 411:
	case 412:
	case 417:
		return true;
	default:
		return false;
	}
}

static bool is_about(const struct sent *t, const struct istr *target,
	bool anybody)
{
	if (t->state == SENT_HELD || t->state == SENT_UNSURE) {
		return false;
	}
	return anybody ? t->state == SENT_WRITTEN && t->kind != SENT_TOPIC :
			 target != NULL &&
			(t->target == target || t->channel == target);
}

/*
 * An error that no table has: it is of what it names, but for what was typed by
 * the user meanwhile (E, "other").
 */
static bool is_new(const struct session *s, int numeric)
{
	bool error = (numeric >= 400 && numeric < 600) || numeric >= 900;

	return error && s->reader == NULL && !errmap_knows(numeric);
}

static bool look_up(const struct sent *t, int numeric, struct fault *fault)
{
	bool gone = t->kind == SENT_ROOM && t->room == NULL;
	bool known = chat_seen(t->session, t->target);

	switch (t->kind) {
	case SENT_TOPIC:
		return errmap_channel(numeric, fault);
	case SENT_INVITE:
		return errmap_invite(numeric, fault);
	default:
		if (!errmap_message(numeric, t->kind == SENT_ROOM, known,
			    fault)) {
			fault->error = E_UNDEFINED_CONDITION;
			return is_new(t->session, numeric);
		}
		if (numeric == 404 && gone) { /* not in the channel (C.1) */
			fault->error = E_NOT_ACCEPTABLE;
		}
		return true;
	}
}

static enum advice_for advice_kind(const struct sent *t)
{
	switch (t->kind) {
	case SENT_TOPIC:
		return ADVICE_CHANNEL;
	case SENT_INVITE:
		return ADVICE_INVITE;
	case SENT_ROOM:
		return ADVICE_ROOM;
	default:
		/* Operators alone are written to by way of the channel. */
		return t->room != NULL || t->channel != NULL ? ADVICE_ROOM :
							       ADVICE_PERSON;
	}
}

enum answered sent_on_answer(struct session *s, const struct answer *a)
{
	struct sent *t = sent_find(s, a->token);
	struct fault fault;
	bool known;

	if (t == NULL) {
		return ANSWER_UNKNOWN;
	}
	if (a->numeric == 341) { /* the invitation was taken */
		sent_free(t);
		return ANSWER_TAKEN;
	}
	if (sent_plainly(t, a->numeric, ircmsg_last(a->m), true)) {
		return ANSWER_TAKEN;
	}
	known = a->numeric != 0 && look_up(t, a->numeric, &fault);
	if (!known && !answer_is_error(a)) {
		return ANSWER_PLAIN;
	}
	answer_fault(s, a, advice_kind(t), known, &fault);
	sent_fail(t, &fault);
	return ANSWER_TAKEN;
}

bool sent_refused(struct session *s, int numeric, const struct ircmsg *m)
{
	const struct istr *target =
		casemap_lookup(s->casemap, ircmsg_param(m, 1));
	bool anybody = names_nobody(numeric, m);

	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);
		struct fault fault;

		if (is_about(t, target, anybody) &&
			sent_plainly(t, numeric, ircmsg_last(m), false)) {
			return true;
		}
		if (is_about(t, target, anybody) &&
			look_up(t, numeric, &fault)) {
			advise(core(s), &fault, advice_kind(t), numeric,
				ircmsg_last(m));
			ircnet_refused(s->net, t->token);
			sent_fail(t, &fault);
			return true;
		}
	}
	return false;
}

/* Is it by this command that it was sent? Of REDACT: this msgid. */
static bool fails(const struct sent *t, const struct ircmsg *m)
{
	struct slice command = m->params[0];

	switch (t->kind) {
	case SENT_TAGS:
		return slice_is_nocase(command, "TAGMSG");
	case SENT_REDACT:
		return slice_is_nocase(command, "REDACT") &&
			(m->nparams < 5 ||
				slice_eq(m->params[3], buf_slice(&t->text)));
	default:
		return !slice_is_nocase(command, "TAGMSG") &&
			!slice_is_nocase(command, "REDACT");
	}
}

/* FAIL PRIVMSG CODE target :text; the target may be missing. */
bool sent_failed(struct session *s, const struct ircmsg *m)
{
	static const char *const commands[] = {"PRIVMSG", "NOTICE", "INVITE",
		"TOPIC", "BATCH", "TAGMSG", "REDACT"};
	bool batch = slice_is_nocase(ircmsg_param(m, 0), "BATCH");
	const struct istr *target = NULL;
	bool ours = false;
	struct fault fault;
	struct sent *t;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		ours |= slice_is_nocase(ircmsg_param(m, 0), commands[i]);
	}
	if (!ours || m->nparams < 3) {
		return false;
	}
	if (m->nparams > 3) {
		target = casemap_lookup(s->casemap, m->params[2]);
	}
	list_each(it, &s->sent) {
		t = sent_of(it);
		/* FAIL BATCH names a limit (draft/multiline). */
		if (is_about(t, target, batch || m->nparams == 3) &&
			fails(t, m)) {
			errmap_fail(m->params[1], &fault);
			advise_fail(core(s), &fault, m->params[1],
				ircmsg_last(m));
			ircnet_refused(s->net, t->token);
			sent_fail(t, &fault);
			return true;
		}
	}
	return false;
}

/* ---- many at once ---- */

/* A part of it may have been written, and its echo would have told. */
static bool is_out(const struct sent *t)
{
	struct ircnet *net = t->session->net;

	return net != NULL && sent_echo_comes(t) &&
		!ircnet_unsay(net, t->token);
}

/* all: nothing comes back; else HELD ones wait on, and rooms return. */
static void fail_those(struct session *s, const struct fault *fault, bool all)
{
	/* Without batches nobody would tell what was said. */
	bool told = !all && s->net != NULL && ircnet_cap(s->net, "batch");

	list_each_safe(it, &s->sent) {
		struct sent *t = sent_of(it);

		switch (t->state) {
		case SENT_WRITTEN:
			if (t->awaits) {
				sent_lose(t, told);
			} else if (patience_waits(&t->patience)) {
				sent_fail(t, fault);
			} else {
				sent_free(t);
			}
			break;
		case SENT_UNSURE:
			sent_lose(t, !all);
			break;
		case SENT_HELD:
			if (!all) {
				break;
			}
			sent_fail(t, fault);
			break;
		case SENT_QUEUED:
			if (is_out(t)) {
				sent_lose(t, told);
			} else {
				sent_fail(t, fault);
			}
			break;
		}
	}
}

void sent_fail_queued(struct session *s, const struct fault *fault)
{
	fail_those(s, fault, false);
}

void sent_fail_all(struct session *s, const struct fault *fault)
{
	fail_those(s, fault, true);
}

void sent_drop_view(struct session *s, const struct view *v)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = sent_of(it);

		/* Written ones still become visible to the other clients. */
		if (t->room == v->room && t->asker.from == v->resource->full &&
			t->state == SENT_HELD) {
			sent_free(t);
		}
	}
}

void sent_drop_room(struct session *s, const struct room *r)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->room != r) {
			continue;
		}
		if (t->state == SENT_UNSURE) {
			sent_lose(t, false);
		} else if (t->state != SENT_WRITTEN) {
			sent_fail(t, &(struct fault){E_NOT_ACCEPTABLE,
					     "You are no longer in this room. "
					     "Join it again first."});
		} else if (t->kind == SENT_ROOM) {
			t->room = NULL; /* the answer is still on its way */
		} else {
			sent_free(t);
		}
	}
}

void sent_forget_all(struct session *s)
{
	list_each_safe(it, &s->sent) {
		sent_of(it)->awaits = false; /* nobody sweeps up any more */
		sent_free(sent_of(it));
	}
}
