/* SPDX-License-Identifier: MIT */
#include "mapping/people/roll.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "mapping/out.h"

/*
 * The story of one: it waits for those before it -> WHO goes out -> 352, 354,
 * each kept when it matches -> 315: answered. A refusal, or 30 s without an end,
 * answers with what there is or an error; then the end of the question is still
 * waited for, a minute more, so that its lines are not taken for answers to the
 * next one.
 */
enum {
	ANSWER_MS = 30000,
	LATE_MS = 60000,
	WAITING_MAX = 4,
	ARENA_MAX = 256 * 1024,
	TOKEN_MOD = 900, /* of WHOX, three digits */
};

struct roll {
	struct list link; /* in session->rolls; the first one is on its way */
	struct session *session;
	struct roll_wish wish; /* masks in the arena */
	struct arena arena;
	struct roll_item *items;
	size_t nitems;
	bool asked;
	bool answered;     /* only its end is waited for */
	bool more;
	char token[4];     /* WHOX; "" without */
	const struct istr *mask; /* of the WHO, to know its 315 */
	struct timer timer;
	roll_fn *done;
	void *ctx;
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static struct roll *current(const struct session *s)
{
	struct list *first = list_first(&s->rolls);

	return first ? list_entry(first, struct roll, link) : NULL;
}

/* ---- masks ---- */

static bool has_wildcard(struct slice s)
{
	return s.len > 0 && (memchr(s.p, '*', s.len) != NULL ||
				    memchr(s.p, '?', s.len) != NULL);
}

/* Words become what irc_mask_match() takes: anywhere, if not said otherwise. */
static void add_anywhere(struct buf *out, struct slice words)
{
	bool plain = !has_wildcard(words);

	if (plain) {
		buf_add_char(out, '*');
	}
	buf_add_slice(out, words);
	if (plain) {
		buf_add_char(out, '*');
	}
}

/*
 * What no parameter holds, what separates masks (comma), escapes in them
 * (backslash), tells kinds of them apart (! @ < > and a leading : $) or would
 * make a channel of one (leading # & +).
 */
static bool is_special(char c, bool first)
{
	unsigned char u = (unsigned char)c;

	return u <= 0x20 || u == 0x7f || memchr(",\\!@<>", c, 6) != NULL ||
		(first && memchr(":$#&+-", c, 6) != NULL);
}

bool roll_mask(struct buf *out, struct slice words)
{
	size_t start = out->len;

	words = slice_trim(words);
	if (words.len == 0 || words.len > ROLL_MASK_MAX || !utf8_valid(words)) {
		return false;
	}
	add_anywhere(out, words);
	for (size_t i = start; i < out->len; i++) {
		if (is_special(out->p[i], i == start)) {
			out->p[i] = '?';
		}
	}
	return true;
}

bool roll_wish_keep(struct roll_wish *out, const struct roll_wish *wish,
	struct arena *arena)
{
	*out = *wish;
	for (int i = 0; i < ROLL_FIELDS; i++) {
		struct slice words = slice_trim(wish->fields[i]);
		const char *copy;
		struct buf mask;

		out->fields[i] = slice(NULL, 0);
		if (words.len == 0) {
			continue;
		}
		if (words.len > ROLL_MASK_MAX) {
			return false;
		}
		buf_init(&mask, 2 * ROLL_MASK_MAX);
		if (wish->kind == ROLL_PEOPLE && i == ROLL_CHANNEL) {
			buf_add_slice(&mask, words);
		} else {
			add_anywhere(&mask, words);
		}
		copy = arena_strndup(arena, buf_slice(&mask).p, mask.len);
		out->fields[i] = slice(copy, copy ? mask.len : 0);
		buf_finish(&mask);
	}
	return true;
}

static bool matches(struct slice mask, struct slice text)
{
	return mask.p == NULL ||
		irc_mask_match(mask, text.p ? text : slice("", 0));
}

bool roll_wanted(const struct roll_wish *wish, const struct roll_item *item)
{
	for (int i = 0; i < ROLL_FIELDS; i++) {
		if (!matches(wish->fields[i], item->fields[i])) {
			return false;
		}
	}
	return wish->kind == ROLL_PEOPLE ||
		((wish->min_users < 0 || item->users >= wish->min_users) &&
			(wish->max_users < 0 ||
				item->users <= wish->max_users));
}

/* ---- life ---- */

static void roll_free(struct roll *r)
{
	timer_stop(core(r->session)->clock, &r->timer);
	list_remove(&r->link);
	istr_unref(r->mask);
	arena_finish(&r->arena);
	free(r);
}

static void answer(struct roll *r, const struct fault *fault)
{
	struct roll_result result = {ROLL_PEOPLE, r->items, r->nitems, r->more};

	if (!r->answered) {
		r->answered = true;
		r->done(r->session, r->ctx, fault ? NULL : &result, fault);
	}
}

static void go_on(struct session *s);

static void end(struct roll *r)
{
	struct session *s = r->session;

	roll_free(r);
	go_on(s);
}

static void on_timer(void *ctx)
{
	struct roll *r = ctx;
	struct clock *clock = core(r->session)->clock;

	arena_reset(&core(r->session)->arena);
	if (r->answered) {
		end(r);
		return;
	}
	r->more = true;
	answer(r, r->nitems > 0 ? NULL :
				  &(struct fault){E_REMOTE_SERVER_TIMEOUT,
					  "No answer came from IRC."});
	if (r->asked) {
		timer_start(clock, &r->timer, LATE_MS);
	} else {
		end(r);
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
		"The IRC server cannot be asked that."};
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
		snprintf(fields, sizeof fields, "%s%%tuhnsfar,%s", by, r->token);
		words[0] = buf_slice(&mask);
		words[1] = slice_str(fields);
		err = ircnet_command(s->net, "WHO", words, whox ? 2 : 1,
			slice(NULL, 0));
	}
	buf_finish(&mask);
	return err;
}

static void ask_now(struct roll *r)
{
	struct fault fault = {E_NOT_ACCEPTABLE,
		"The IRC server cannot be asked that."};
	enum err err = send_who(r, &fault);

	if (err == ERR_OK) {
		r->asked = true;
		return;
	}
	if (err == ERR_WRONG_STATE) {
		fault = (struct fault){E_SESSION_CLOSED,
			"The connection to IRC was lost."};
	} else if (err == ERR_FULL) {
		fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"Too much waits for IRC."};
	}
	answer(r, &fault);
	roll_free(r);
}

static void go_on(struct session *s)
{
	struct roll *r;

	while ((r = current(s)) != NULL && !r->asked) {
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

	if (channel.len > 0 && (has_wildcard(channel) ||
		!isupport_is_channel(is, channel))) {
		fault->error = E_NOT_ACCEPTABLE;
		fault->text = "Name one channel of the people you look for.";
		return false;
	}
	if (r->wish.fields[ROLL_ACCOUNT].p != NULL && !is->whox) {
		fault->error = E_FEATURE_NOT_IMPLEMENTED;
		fault->text = "This IRC network does not tell the accounts of "
			      "its users.";
		return false;
	}
	return true;
}

void roll_ask(struct session *s, const struct roll_wish *wish, roll_fn *done,
	void *ctx)
{
	struct fault fault = {E_NOT_ACCEPTABLE,
		"What you look for is too long."};
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
	timer_init(&r->timer, on_timer, r);
	arena_init(&r->arena, ARENA_MAX);
	if (!roll_wish_keep(&r->wish, wish, &r->arena) || !check(s, r, &fault)) {
		answer(r, &fault);
		roll_free(r);
		return;
	}
	r->items = arena_alloc(&r->arena, ROLL_ITEMS_MAX * sizeof *r->items);
	list_add(&s->rolls, &r->link);
	timer_start(core(s)->clock, &r->timer, ANSWER_MS);
	go_on(s);
}

/* ---- answers ---- */

static bool copy(struct roll *r, struct slice *s)
{
	const char *p;

	if (s->p == NULL) {
		return true;
	}
	p = arena_strndup(&r->arena, s->p, s->len);
	*s = slice(p, p ? s->len : 0);
	return p != NULL;
}

static void keep(struct roll *r, struct roll_item *item)
{
	if (r->answered || !roll_wanted(&r->wish, item)) {
		return;
	}
	if (r->nitems == ROLL_ITEMS_MAX || !copy(r, &item->name)) {
		r->more = true;
		return;
	}
	for (int i = 0; i < ROLL_FIELDS; i++) {
		if (!copy(r, &item->fields[i])) {
			r->more = true;
			return;
		}
	}
	r->items[r->nitems++] = *item;
}

static void clean(struct roll *r, struct roll_item *item)
{
	struct mapping *m = core(r->session);

	for (int i = 0; i < ROLL_FIELDS; i++) {
		item->fields[i] = out_clean(m, item->fields[i]);
	}
}

/* 352 me #chan user host server nick H*@ :hops real name */
static bool on_who(struct roll *r, const struct ircmsg *m)
{
	struct slice last = ircmsg_last(m);
	struct roll_item item = {.name = ircmsg_param(m, 5)};

	if (r->token[0] != '\0') {
		return false;
	}
	if (m->nparams < 7) {
		return true;
	}
	slice_cut(&last, ' ');
	item.fields[ROLL_USER] = m->params[2];
	item.fields[ROLL_HOST] = m->params[3];
	item.fields[ROLL_NICK] = m->params[5];
	item.fields[ROLL_REALNAME] = last;
	/* The server asked for the channel: it says a channel of its choice. */
	item.fields[ROLL_CHANNEL] = r->wish.fields[ROLL_CHANNEL];
	clean(r, &item);
	keep(r, &item);
	return true;
}

/* 354 me token user host server nick flags account :real name */
static bool on_whox(struct roll *r, const struct ircmsg *m)
{
	struct roll_item item = {.name = ircmsg_param(m, 5)};

	if (r->token[0] == '\0' || !slice_is(ircmsg_param(m, 1), r->token)) {
		return false;
	}
	if (m->nparams < 9) {
		return true;
	}
	item.fields[ROLL_USER] = m->params[2];
	item.fields[ROLL_HOST] = m->params[3];
	item.fields[ROLL_NICK] = m->params[5];
	if (!slice_is(m->params[7], "0") && !slice_is(m->params[7], "*")) {
		item.fields[ROLL_ACCOUNT] = m->params[7];
	}
	item.fields[ROLL_REALNAME] = m->params[8];
	item.fields[ROLL_CHANNEL] = r->wish.fields[ROLL_CHANNEL];
	clean(r, &item);
	keep(r, &item);
	return true;
}

/* 315 me mask :End; another one's mask is not ours. */
static bool on_who_end(struct roll *r, const struct ircmsg *m)
{
	if (!casemap_equal(CASEMAP_ASCII, ircmsg_param(m, 1),
		    istr_slice(r->mask))) {
		return false;
	}
	answer(r, NULL);
	end(r);
	return true;
}

static const struct refusal {
	int numeric;
	bool ends; /* nothing more comes; else its 315 does, mostly */
	struct fault fault;
} refusals[] = {
	{263, true, {E_RESOURCE_CONSTRAINT,
		"The IRC server is busy. Try again soon."}},
	{416, false, {E_RESOURCE_CONSTRAINT,
		"That is too much for the IRC server. Say more of what you "
		"look for."}},
	{421, true, {E_FEATURE_NOT_IMPLEMENTED,
		"This IRC server cannot be asked that."}},
};

/* 263, 421 me WHO :text; 416 me WHO|mask :text */
static bool on_refusal(struct roll *r, int numeric, const struct ircmsg *m)
{
	struct slice what = ircmsg_param(m, 1);

	if (!slice_is_nocase(what, "WHO") &&
		!(numeric == 416 && slice_eq(what, istr_slice(r->mask)))) {
		return false;
	}
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].numeric != numeric) {
			continue;
		}
		answer(r, &refusals[i].fault);
		if (refusals[i].ends) {
			end(r);
		} else {
			timer_start(core(r->session)->clock, &r->timer, 2000);
		}
		return true;
	}
	return false;
}

bool roll_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct roll *r = current(s);

	if (r == NULL || !r->asked) {
		return false;
	}
	switch (numeric) {
	case 315:
		return on_who_end(r, m);
	case 352:
		return on_who(r, m);
	case 354:
		return on_whox(r, m);
	default:
		return on_refusal(r, numeric, m);
	}
}

/* ---- ends ---- */

void roll_init(struct session *s)
{
	list_init(&s->rolls);
}

void roll_lost(struct session *s)
{
	struct roll *r;

	while ((r = current(s)) != NULL) {
		list_remove(&r->link);
		answer(r, &(struct fault){E_SESSION_CLOSED,
				"The connection to IRC was lost."});
		roll_free(r);
	}
}

void roll_destroy(struct session *s)
{
	struct roll *r;

	while ((r = current(s)) != NULL) {
		if (!r->answered) {
			r->done(s, r->ctx, NULL, NULL);
		}
		roll_free(r);
	}
}
