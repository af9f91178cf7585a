/* SPDX-License-Identifier: MIT */
#include "mapping/people/whois.h"

#include <stdlib.h>

#include "mapping/advice.h"
#include "mapping/people/whois_private.h"
#include "mapping/session.h"

enum {
	GAP_MS = 2000,
	OPEN_MAX = 10,   /* waiting or under way */
	KEPT_MAX = 32,   /* with those that are known */
	ASKERS_MAX = 16, /* of one */
	LONG_MAX_BYTES = 4096, /* channels, what else was said */
};

struct whois_asker {
	struct list link; /* in whois->askers */
	bool also_gone;
	whois_fn *done;
	void *ctx;
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- life ---- */

void whois_free(struct whois *w)
{
	must(w->naskers == 0);
	patience_stop(&w->patience, core(w->session)->clock);
	list_remove(&w->link);
	istr_unref(w->key);
	istr_unref(w->name);
	istr_unref(w->nick);
	for (int i = 0; i < WHOIS_TEXTS; i++) {
		buf_finish(&w->texts[i]);
	}
	free(w);
}

/* gone_too: also those who take WHOWAS for an answer. */
void whois_answer(struct whois *w, const struct whois *result,
	const struct fault *fault, bool gone_too)
{
	list_each_safe(it, &w->askers) {
		struct whois_asker *a =
			list_entry(it, struct whois_asker, link);

		if (!gone_too && a->also_gone) {
			continue;
		}
		list_remove(&a->link);
		w->naskers--;
		a->done(w->session, a->ctx, result, fault);
		free(a);
	}
}

void whois_fail(struct whois *w, enum stanza_error e, const char *why)
{
	list_remove(&w->link); /* nobody joins it any more */
	whois_answer(w, NULL, &(struct fault){e, why}, true);
	whois_free(w);
}

void whois_refused(struct whois *w, enum err err)
{
	switch (err) {
	case ERR_BAD_INPUT:
	case ERR_TOO_BIG:
		whois_fail(w, E_ITEM_NOT_FOUND, advice(ADVICE_PERSON, 401));
		break;
	case ERR_WRONG_STATE:
		whois_fail(w, E_SESSION_CLOSED,
			"The connection to IRC was lost. Try again when it is "
			"back.");
		break;
	default:
		whois_fail(w, E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon.");
		break;
	}
}

static void on_timer(void *ctx)
{
	struct whois *w = ctx;

	arena_reset(&core(w->session)->arena);
	if (w->state != WHOIS_KNOWN && w->found) {
		whois_answer(w, w, NULL, true);
		whois_free(w);
	} else if (w->state != WHOIS_KNOWN) {
		whois_fail(w, E_REMOTE_SERVER_TIMEOUT,
			"No answer came from IRC. Try again later.");
	} else {
		whois_free(w);
	}
}

static void ask_now(struct whois *w)
{
	struct session *s = w->session;
	struct clock *clock = core(s)->clock;
	enum err err;

	w->state = WHOIS_ASKED;
	w->label = answer_label(s);
	err = ircnet_whois(s->net, istr_slice(w->name));
	answer_labelled(s);
	if (err != ERR_OK) {
		whois_refused(w, err);
		return;
	}
	s->whois.free_at_ms = clock->now_ms + GAP_MS;
	patience_begin(&w->patience, s, WHOIS_ANSWER_MS);
}

static struct whois *first_waiting(const struct session *s)
{
	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		if (w->state == WHOIS_WAITING) {
			return w;
		}
	}
	return NULL;
}

/* Whoever is next, when the gap is over. */
static void go_on(struct session *s)
{
	struct clock *clock = core(s)->clock;
	struct whois *w;

	while ((w = first_waiting(s)) != NULL) {
		if (clock->now_ms < s->whois.free_at_ms) {
			timer_start(clock, &s->whois.next,
				s->whois.free_at_ms - clock->now_ms);
			return;
		}
		ask_now(w);
	}
}

static void on_next(void *ctx)
{
	struct session *s = ctx;

	arena_reset(&core(s)->arena);
	go_on(s);
}

void whois_init(struct session *s)
{
	list_init(&s->whois.all);
	timer_init(&s->whois.next, on_next, s);
}

/* ---- asking ---- */

struct whois *whois_find(const struct session *s, struct slice nick)
{
	const struct istr *key = casemap_lookup(s->casemap, nick);

	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		if (key != NULL && w->key == key) {
			return w;
		}
	}
	return NULL;
}

/* false: too many are asked for. The oldest that is known makes place. */
static bool make_place(struct session *s)
{
	struct whois *oldest = NULL;
	unsigned n = 0;
	unsigned open = 0;

	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		n++;
		open += w->state != WHOIS_KNOWN;
		if (w->state == WHOIS_KNOWN && oldest == NULL) {
			oldest = w;
		}
	}
	if (open >= OPEN_MAX) {
		return false;
	}
	if (n >= KEPT_MAX) {
		whois_free(oldest);
	}
	return true;
}

static struct whois *whois_new(struct session *s, struct slice nick)
{
	struct whois *w = must_calloc(1, sizeof *w);

	w->session = s;
	w->key = casemap_intern(s->casemap, nick);
	w->name = intern(nick.p, nick.len);
	w->state = WHOIS_WAITING;
	w->idle_s = -1;
	list_init(&w->link);
	list_init(&w->askers);
	patience_init(&w->patience, on_timer, w);
	for (int i = 0; i < WHOIS_TEXTS; i++) {
		buf_init(&w->texts[i],
			i == WHOIS_CHANNELS || i == WHOIS_EXTRA ?
				LONG_MAX_BYTES :
				WHOIS_TEXT_MAX);
	}
	list_add(&s->whois.all, &w->link);
	return w;
}

void whois_ask(struct session *s, struct slice nick, bool also_gone,
	whois_fn *done, void *ctx)
{
	struct whois *w = whois_find(s, nick);
	struct whois_asker *a;

	if (w != NULL && w->state == WHOIS_KNOWN) {
		done(s, ctx, w, NULL);
		return;
	}
	if (nick.len == 0 || nick.len > CASEMAP_NAME_MAX) {
		done(s, ctx, NULL, &(struct fault){E_ITEM_NOT_FOUND,
					   advice(ADVICE_PERSON, 401)});
		return;
	}
	if (w != NULL ? w->naskers >= ASKERS_MAX : !make_place(s)) {
		done(s, ctx, NULL, &(struct fault){E_RESOURCE_CONSTRAINT,
					   "Too many questions wait already. "
					   "Try again soon."});
		return;
	}
	if (w == NULL) {
		w = whois_new(s, nick);
	}
	a = must_calloc(1, sizeof *a);
	a->also_gone = also_gone;
	a->done = done;
	a->ctx = ctx;
	list_init(&a->link);
	list_add(&w->askers, &a->link);
	w->naskers++;
	if (!timer_running(&s->whois.next)) {
		go_on(s);
	}
}

void whois_forget(struct session *s, struct slice nick)
{
	struct whois *w = whois_find(s, nick);

	if (w != NULL && w->state == WHOIS_KNOWN) {
		whois_free(w);
	}
}

/* ---- ends ---- */

void whois_lost(struct session *s)
{
	timer_stop(core(s)->clock, &s->whois.next);
	list_each_safe(it, &s->whois.all) {
		whois_fail(list_entry(it, struct whois, link), E_SESSION_CLOSED,
			session_lost_text(s));
	}
}

void whois_destroy(struct session *s)
{
	timer_stop(core(s)->clock, &s->whois.next);
	list_each_safe(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		whois_answer(w, NULL, NULL, true);
		whois_free(w);
	}
}
