/* SPDX-License-Identifier: MIT */
#include "mapping/people/roll_private.h"

#include <stdio.h>
#include <stdlib.h>
#include "mapping/session.h"

/*
 * The story of one: it waits for those before it -> WHO goes out -> 352, 354,
 * each kept when it matches -> 315: answered. A refusal, or 30 s without an
 * end since the WHO left (patience.h), answers with what there is or an error;
 * then the end of the question is still waited for, a minute more, so that its
 * lines are not taken for answers to the next one.
 */
enum {
	ANSWER_MS = 30000,
	LATE_MS = 60000,
	WAITING_MAX = 4,
	ARENA_MAX = 256 * 1024,
	TOKEN_MOD = 900, /* of WHOX, three digits */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

struct roll *roll_current(const struct session *s)
{
	struct list *first = list_first(&s->rolls);

	return first ? list_entry(first, struct roll, link) : NULL;
}

/* ---- life ---- */

static void roll_free(struct roll *r)
{
	patience_stop(&r->patience, core(r->session)->clock);
	list_remove(&r->link);
	istr_unref(r->mask);
	arena_finish(&r->arena);
	free(r);
}

void roll_answer(struct roll *r, const struct fault *fault)
{
	struct roll_result result = {ROLL_PEOPLE, r->items, r->nitems, r->more};

	if (!r->answered) {
		r->answered = true;
		r->done(r->session, r->ctx, fault ? NULL : &result, fault);
	}
}

static void go_on(struct session *s);

void roll_end(struct roll *r)
{
	struct session *s = r->session;

	roll_free(r);
	go_on(s);
}

static void on_timer(void *ctx)
{
	struct roll *r = ctx;

	arena_reset(&core(r->session)->arena);
	if (r->answered) {
		roll_end(r);
		return;
	}
	r->more = true;
	roll_answer(r, r->nitems > 0 ? NULL :
				  &(struct fault){E_REMOTE_SERVER_TIMEOUT,
					  "No answer came from IRC. Try again "
					  "later."});
	if (r->asked) {
		patience_now(&r->patience, r->session, LATE_MS);
	} else {
		roll_end(r);
	}
}

/* ---- asking ---- */

/* The mask that tells the server most; false: *fault. */
static bool choose_mask(const struct roll *r, bool whox, struct buf *mask,
	char *by, struct fault *fault)
{
	static const struct {
		enum roll_field field;
		char flag; /* of WHOX: only this is matched */
	} order[] = {
		{ROLL_NICK, 'n'}, {ROLL_ACCOUNT, 'a'}, {ROLL_USER, 'u'},
		{ROLL_HOST, 'h'}, {ROLL_REALNAME, 'r'},
	};
	struct slice channel = r->wish.fields[ROLL_CHANNEL];

	*fault = (struct fault){E_NOT_ACCEPTABLE,
		"This IRC server cannot be asked that. You can still enter a "
		"channel and write to a nick by its name."};
	if (channel.len > 0) {
		buf_add_slice(mask, channel);
		return true;
	}
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		struct slice words = r->wish.fields[order[i].field];

		if (words.p == NULL ||
			(order[i].field == ROLL_ACCOUNT && !whox)) {
			continue;
		}
		*by = order[i].flag;
		return roll_mask(mask, words);
	}
	return false;
}

static enum err send_who(struct roll *r, struct fault *fault)
{
	struct session *s = r->session;
	bool whox = ircnet_isupport(s->net)->whox;
	char fields[24];
	char by[2] = "";
	struct slice words[2];
	enum err err = ERR_BAD_INPUT;
	struct buf mask;

	buf_init(&mask, 512);
	if (choose_mask(r, whox, &mask, by, fault)) {
		r->mask = intern(mask.p, mask.len);
		if (whox) {
			snprintf(r->token, sizeof r->token, "%03u",
				(unsigned)(++core(s)->rolls % TOKEN_MOD) +
					100);
		}
		snprintf(
			fields, sizeof fields, "%s%%tuhnsfar,%s", by, r->token);
		words[0] = buf_slice(&mask);
		words[1] = slice_str(fields);
		r->label = answer_label(s);
		err = ircnet_command(s->net, "WHO", words, whox ? 2 : 1,
			slice(NULL, 0));
		answer_labelled(s);
	}
	buf_finish(&mask);
	return err;
}

/* The others wait for this one's answer as long as it does itself. */
static void await(struct session *s)
{
	list_each(it, &s->rolls) {
		patience_begin(&list_entry(it, struct roll, link)->patience, s,
			ANSWER_MS);
	}
}

static void ask_now(struct roll *r)
{
	struct fault fault = {E_NOT_ACCEPTABLE,
		"This IRC server cannot be asked that. You can still enter a "
		"channel and write to a nick by its name."};
	enum err err = send_who(r, &fault);

	if (err == ERR_OK) {
		r->asked = true;
		await(r->session);
		return;
	}
	if (err == ERR_WRONG_STATE) {
		fault = (struct fault){E_SESSION_CLOSED,
			"The connection to IRC was lost. Try again when it is "
			"back."};
	} else if (err == ERR_FULL) {
		fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon."};
	}
	roll_answer(r, &fault);
	roll_free(r);
}

static void go_on(struct session *s)
{
	struct roll *r;

	while ((r = roll_current(s)) != NULL && !r->asked) {
		ask_now(r);
	}
}

static bool too_many(const struct session *s)
{
	unsigned n = 0;

	list_each(it, &s->rolls) {
		n++;
	}
	return n > WAITING_MAX;
}

/* People of a channel: of one, whose name is said. */
static bool check(const struct session *s, const struct roll *r,
	struct fault *fault)
{
	struct slice channel = r->wish.fields[ROLL_CHANNEL];
	const struct isupport *is = ircnet_isupport(s->net);

	if (channel.len > 0 && (roll_has_wildcard(channel) ||
		!isupport_is_channel(is, channel))) {
		fault->error = E_NOT_ACCEPTABLE;
		fault->text = "Name one channel of the people you look for.";
		return false;
	}
	if (r->wish.fields[ROLL_ACCOUNT].p != NULL && !is->whox) {
		fault->error = E_FEATURE_NOT_IMPLEMENTED;
		fault->text = "This IRC network does not tell the accounts of "
			      "its users. Look for something else about them.";
		return false;
	}
	return true;
}

void roll_ask(struct session *s, const struct roll_wish *wish, roll_fn *done,
	void *ctx)
{
	struct fault fault = {E_NOT_ACCEPTABLE,
		"What you look for is too long. Say less of it."};
	struct roll *r;

	if (too_many(s)) {
		done(s, ctx, NULL, &(struct fault){E_RESOURCE_CONSTRAINT,
					   "Too many questions wait already. "
					   "Try again soon."});
		return;
	}
	r = must_calloc(1, sizeof *r);
	r->session = s;
	r->done = done;
	r->ctx = ctx;
	list_init(&r->link);
	patience_init(&r->patience, on_timer, r);
	arena_init(&r->arena, ARENA_MAX);
	if (!roll_wish_keep(&r->wish, wish, &r->arena) ||
		!check(s, r, &fault)) {
		roll_answer(r, &fault);
		roll_free(r);
		return;
	}
	r->items = arena_alloc(&r->arena, ROLL_ITEMS_MAX * sizeof *r->items);
	list_add(&s->rolls, &r->link);
	patience_begin(&r->patience, s, ANSWER_MS);
	go_on(s);
}

/* ---- ends ---- */

void roll_init(struct session *s)
{
	list_init(&s->rolls);
}

void roll_lost(struct session *s)
{
	struct roll *r;

	while ((r = roll_current(s)) != NULL) {
		list_remove(&r->link);
		roll_answer(r, &(struct fault){E_SESSION_CLOSED,
				session_lost_text(s)});
		roll_free(r);
	}
}

void roll_destroy(struct session *s)
{
	struct roll *r;

	while ((r = roll_current(s)) != NULL) {
		if (!r->answered) {
			r->done(s, r->ctx, NULL, NULL);
		}
		roll_free(r);
	}
}
