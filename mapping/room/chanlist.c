/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanlist.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/addr.h"
#include "mapping/out.h"
#include "mapping/people/roll.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * The story of one question: it waits for the session and for those before it ->
 * LIST goes out -> 322, each kept -> 323: what came is known for ten minutes and
 * answers all who asked. A server that does not say SAFELIST might cut us off
 * for a long answer: it is asked for the larger channels first, and for the
 * small ones only when those were few. 60 s without an end: what came is the
 * answer, marked as partial; a refusal or nothing at all: an older answer, or an
 * error. Then the end is still waited for, five minutes more, so that its lines
 * are not taken for those of the next question; a LIST that the user typed is
 * waited for likewise.
 */
enum {
	ANSWER_MS = 60000,
	LATE_MS = 300000,
	TOO_LARGE_MS = 2000,    /* 416: mostly 323 follows */
	FRESH_MS = 600000,
	KEPT_MS = 3600000,
	REFUSED_MS = 30000,     /* 263: LIST not again before */
	WAITING_MAX = 4,
	ASKERS_MAX = 32,
	FEW_CHANNELS = 1000,    /* larger ones: then the small ones, too */
	USERS_MAX = 10000000,
};

enum part { PART_NONE, PART_ALL, PART_LARGE, PART_SMALL };

/* What a list lacks, in the words of the headline that says so. */
enum lack { LACK_NOTHING, LACK_TIME, LACK_PLACE, LACK_SMALL, LACK_CUT };

static const char *const lacks[] = {
	[LACK_TIME] = N_("The IRC server did not send the whole list of channels "
			 "in time."),
	[LACK_PLACE] = N_("There are more channels than the gateway can keep in "
			  "its list."),
	[LACK_SMALL] = N_("The network has many channels. Only those with more "
			  "than two users are in the list."),
	[LACK_CUT] = N_("The IRC server sent only a part of its list of "
			"channels."),
};

struct known {
	struct chanstore channels;
	enum lack lack;
	bool present;
	uint64_t fresh_until;
};

struct chanlist {
	struct session *session;
	struct list link; /* in mapping->chanlists while something is known */
	struct known known;
	struct list wanted; /* struct question; the first one is on its way */
	uint64_t not_before;
	struct timer old; /* what is known goes */
	unsigned typed;   /* LIST of the user's that the server has not ended ... */
	uint64_t typed_until; /* ... at the latest then */
};

struct question {
	struct list link;
	struct chanlist *list;
	const struct istr *mask; /* NULL: all channels */
	enum part part;          /* PART_NONE: not asked yet */
	unsigned behind;         /* ends of typed LIST that come before ours */
	bool answered;           /* only its end is waited for */
	struct chanstore found;
	size_t counted; /* its bytes that are in mapping->chanlist_bytes */
	enum lack lack;
	unsigned long left_out;
	struct list askers;
	unsigned naskers;
	struct timer timer;
};

struct list_asker {
	struct list link; /* in question->askers */
	chanlist_fn *done;
	void *ctx;
};

static struct mapping *core(const struct chanlist *l)
{
	return l->session->user->mapping;
}

static struct question *current(const struct chanlist *l)
{
	struct list *first = list_first(&l->wanted);

	return first ? list_entry(first, struct question, link) : NULL;
}

/* ---- memory ---- */

static void forget(struct chanlist *l)
{
	core(l)->chanlist_bytes -= chanstore_bytes(&l->known.channels);
	timer_stop(core(l)->clock, &l->old);
	list_remove(&l->link);
	chanstore_finish(&l->known.channels);
	l->known.present = false;
}

static void on_old(void *ctx)
{
	forget(ctx);
}

/* What a question holds changed; the oldest lists of others make place. */
static void count(struct question *p)
{
	struct mapping *m = core(p->list);
	size_t now = chanstore_bytes(&p->found);
	struct list *oldest;

	m->chanlist_bytes += now - p->counted;
	p->counted = now;
	while (m->chanlist_bytes > CHANLIST_TOTAL &&
		(oldest = list_first(&m->chanlists)) != NULL) {
		forget(list_entry(oldest, struct chanlist, link));
	}
}

/* It is what the session knows from now on. */
static void remember(struct question *p)
{
	struct chanlist *l = p->list;
	struct mapping *m = core(l);

	if (l->known.present) {
		forget(l);
	}
	l->known = (struct known){
		.channels = p->found,
		.lack = p->lack,
		.present = true,
		.fresh_until = m->clock->now_ms + FRESH_MS,
	};
	chanstore_init(&p->found);
	p->counted = 0; /* it is counted as known */
	list_add(&m->chanlists, &l->link);
	timer_start(m->clock, &l->old, KEPT_MS);
}

static struct chanlist *chanlist_of(struct session *s)
{
	struct chanlist *l = s->chanlist;

	if (l == NULL) {
		l = must_calloc(1, sizeof *l);
		l->session = s;
		list_init(&l->link);
		list_init(&l->wanted);
		chanstore_init(&l->known.channels);
		timer_init(&l->old, on_old, l);
		s->chanlist = l;
	}
	return l;
}

static void question_free(struct question *p)
{
	must(p->naskers == 0);
	timer_stop(core(p->list)->clock, &p->timer);
	list_remove(&p->link);
	core(p->list)->chanlist_bytes -= p->counted;
	chanstore_finish(&p->found);
	istr_unref(p->mask);
	free(p);
}

/* ---- answering ---- */

static void tell(struct question *p, const struct chanlist_answer *answer,
	const struct fault *fault)
{
	list_each_safe(it, &p->askers) {
		struct list_asker *a = list_entry(it, struct list_asker, link);

		list_remove(&a->link);
		p->naskers--;
		a->done(p->list->session, a->ctx, answer, fault);
		free(a);
	}
	p->answered = true;
}

static struct chanlist_answer known(const struct chanlist *l)
{
	return (struct chanlist_answer){&l->known.channels,
		l->known.lack != LACK_NOTHING};
}

/* An older answer is better than none. */
static void tell_fault(struct question *p, const struct fault *fault)
{
	struct chanlist_answer old = known(p->list);

	if (p->list->known.present) {
		tell(p, &old, NULL);
	} else {
		tell(p, NULL, fault);
	}
}

/* What came is the answer. */
static void tell_found(struct question *p)
{
	struct chanlist *l = p->list;
	struct session *s = l->session;
	struct chanlist_answer answer;

	chanstore_sort(&p->found, ircnet_isupport(s->net)->casemap);
	count(p);
	log_info(&s->log, "channels listed=%zu left-out=%lu partial=%s",
		p->found.n, p->left_out, p->lack ? "yes" : "no");
	if (p->mask != NULL) {
		answer = (struct chanlist_answer){&p->found,
			p->lack != LACK_NOTHING};
		tell(p, &answer, NULL);
		return;
	}
	if (p->lack != LACK_NOTHING) {
		session_headline(s, N_("Channels"),
			slice_str(text(core(l), user_lang(s->user),
				lacks[p->lack])));
	}
	remember(p);
	answer = known(l);
	tell(p, &answer, NULL);
}

static void go_on(struct chanlist *l);

static void end(struct question *p)
{
	struct chanlist *l = p->list;

	question_free(p);
	go_on(l);
}

static void on_timer(void *ctx)
{
	static const struct fault silence = {E_REMOTE_SERVER_TIMEOUT,
		"No answer came from IRC."};
	struct question *p = ctx;
	struct clock *clock = core(p->list)->clock;

	arena_reset(&core(p->list)->arena);
	if (p->answered) {
		end(p);
		return;
	}
	if (p->part == PART_NONE) {
		tell_fault(p, &silence);
		end(p);
		return;
	}
	if (p->found.n == 0 && p->lack == LACK_NOTHING) {
		tell_fault(p, &silence);
	} else {
		p->lack = p->lack == LACK_NOTHING ? LACK_TIME : p->lack;
		tell_found(p);
	}
	timer_start(clock, &p->timer, LATE_MS);
}

/* ---- asking ---- */

static bool looks_for(const struct session *s, char letter)
{
	return strchr(ircnet_isupport(s->net)->elist, letter) != NULL;
}

/* How many typed LIST are not answered yet. */
static unsigned typed_now(struct chanlist *l)
{
	if (core(l)->clock->now_ms >= l->typed_until) {
		l->typed = 0;
	}
	return l->typed;
}

void chanlist_typed(struct session *s)
{
	struct chanlist *l = chanlist_of(s);

	typed_now(l);
	l->typed++;
	l->typed_until = core(l)->clock->now_ms + ANSWER_MS;
}

static enum err send_list(struct question *p)
{
	struct session *s = p->list->session;
	struct slice word = istr_slice(p->mask);

	p->part = PART_ALL;
	p->behind = typed_now(p->list);
	if (p->mask == NULL && !ircnet_isupport(s->net)->safelist &&
		looks_for(s, 'U')) {
		p->part = PART_LARGE;
		word = slice_str(">2");
	}
	return ircnet_command(s->net, "LIST", &word, word.len > 0 ? 1 : 0,
		slice(NULL, 0));
}

static void ask_now(struct question *p)
{
	static const struct {
		enum err err;
		struct fault fault;
	} faults[] = {
		{ERR_WRONG_STATE, {E_SESSION_CLOSED,
			"The connection to IRC was lost."}},
		{ERR_FULL, {E_RESOURCE_CONSTRAINT, "Too much waits for IRC."}},
	};
	struct fault fault = {E_NOT_ACCEPTABLE,
		"The IRC server cannot be asked that."};
	enum err err = send_list(p);

	if (err == ERR_OK) {
		timer_start(core(p->list)->clock, &p->timer, ANSWER_MS);
		return;
	}
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (faults[i].err == err) {
			fault = faults[i].fault;
		}
	}
	tell_fault(p, &fault);
	question_free(p);
}

static void go_on(struct chanlist *l)
{
	struct question *p;

	while (session_is_up(l->session) && (p = current(l)) != NULL &&
		p->part == PART_NONE) {
		ask_now(p);
	}
}

/* The larger channels were few: the others may come as well. */
static bool ask_small(struct question *p)
{
	struct slice word = slice_str("<3");

	if (p->part != PART_LARGE) {
		return false;
	}
	if (p->found.n > FEW_CHANNELS ||
		ircnet_command(p->list->session->net, "LIST", &word, 1,
			slice(NULL, 0)) != ERR_OK) {
		p->lack = p->lack == LACK_NOTHING ? LACK_SMALL : p->lack;
		return false;
	}
	p->part = PART_SMALL;
	p->behind = typed_now(p->list);
	return true;
}

/* The mask to ask the server for, NULL: all is asked. A new reference. */
static const struct istr *mask_for(const struct chanlist *l, struct slice words)
{
	const struct session *s = l->session;
	const struct istr *mask = NULL;
	struct buf b;

	if (words.len == 0 || s->net == NULL || !looks_for(s, 'M')) {
		return NULL;
	}
	buf_init(&b, 512);
	if (roll_mask(&b, words)) {
		mask = intern(b.p, b.len);
	}
	buf_finish(&b);
	return mask;
}

static struct question *question_new(struct chanlist *l,
	const struct istr *mask)
{
	struct question *p = must_calloc(1, sizeof *p);

	p->list = l;
	p->mask = istr_ref(mask);
	list_init(&p->link);
	list_init(&p->askers);
	chanstore_init(&p->found);
	timer_init(&p->timer, on_timer, p);
	list_add(&l->wanted, &p->link);
	timer_start(core(l)->clock, &p->timer, ANSWER_MS);
	return p;
}

/* The question that this asker may share, or a new one; NULL: too many. */
static struct question *question_for(struct chanlist *l,
	const struct istr *mask)
{
	unsigned n = 0;

	list_each(it, &l->wanted) {
		struct question *p = list_entry(it, struct question, link);

		n++;
		if (p->mask == mask && !p->answered) {
			return p->naskers < ASKERS_MAX ? p : NULL;
		}
	}
	return n > WAITING_MAX ? NULL : question_new(l, mask);
}

bool chanlist_is_fresh(const struct session *s)
{
	const struct chanlist *l = s->chanlist;

	return l != NULL && l->known.present &&
		core(l)->clock->now_ms < l->known.fresh_until;
}

const struct chanstore *chanlist_known(const struct session *s)
{
	return s->chanlist != NULL && s->chanlist->known.present ?
		&s->chanlist->known.channels :
		NULL;
}

/* Answered from what is known, or refused because the server just did. */
static bool answer_now(struct chanlist *l, const struct istr *mask,
	chanlist_fn *done, void *ctx)
{
	struct chanlist_answer answer = known(l);
	bool refused = core(l)->clock->now_ms < l->not_before;
	bool fresh = chanlist_is_fresh(l->session) &&
		(mask == NULL || !answer.partial);

	if (fresh || (refused && l->known.present)) {
		done(l->session, ctx, &answer, NULL);
		return true;
	}
	if (refused) {
		done(l->session, ctx, NULL,
			&(struct fault){E_RESOURCE_CONSTRAINT,
				"The IRC server is busy. Try again soon."});
	}
	return refused;
}

void chanlist_ask(struct session *s, struct slice words, chanlist_fn *done,
	void *ctx)
{
	struct chanlist *l = chanlist_of(s);
	const struct istr *mask = mask_for(l, words);
	struct question *p;
	struct list_asker *a;

	if (!answer_now(l, mask, done, ctx)) {
		p = question_for(l, mask);
		if (p == NULL) {
			done(s, ctx, NULL,
				&(struct fault){E_RESOURCE_CONSTRAINT,
					"Too many questions wait already. Try "
					"again soon."});
		} else {
			a = must_calloc(1, sizeof *a);
			a->done = done;
			a->ctx = ctx;
			list_init(&a->link);
			list_add(&p->askers, &a->link);
			p->naskers++;
			go_on(l);
		}
	}
	istr_unref(mask);
}

void chanlist_up(struct session *s)
{
	if (s->chanlist != NULL) {
		go_on(s->chanlist);
	}
}

/* ---- answers ---- */

/* COMPAT InspIRCd: "[+nt] topic". */
static struct slice topic_of(struct slice text)
{
	const char *close = text.len > 1 && text.p[0] == '[' &&
			text.p[1] == '+' ?
		memchr(text.p, ']', text.len) :
		NULL;

	if (close != NULL) {
		size_t n = (size_t)(close - text.p) + 1;

		text = slice(text.p + n, text.len - n);
	}
	return slice_trim(text);
}

/* 322 me #chan users :topic */
static void on_listed(struct question *p, const struct ircmsg *m)
{
	struct session *s = p->list->session;
	struct mapping *map = core(p->list);
	struct arena_mark mark = arena_mark(&map->arena);
	long users = slice_number(ircmsg_param(m, 2), USERS_MAX);
	struct chanstore_channel channel = {.name = ircmsg_param(m, 1)};

	/* Some hide a name behind "*". */
	if (p->answered || users < 0 ||
		!isupport_is_channel(ircnet_isupport(s->net), channel.name)) {
		return;
	}
	if (channel.name.len > CASEMAP_NAME_MAX ||
		!addr_holds_name(map, s->network, channel.name)) {
		p->left_out++;
		return;
	}
	channel.users = (uint32_t)users;
	channel.topic = out_clean(map, topic_of(ircmsg_param(m, 3)));
	if (map->chanlist_bytes > CHANLIST_TOTAL ||
		!chanstore_add(&p->found, &channel)) {
		p->lack = LACK_PLACE;
	}
	arena_release(&map->arena, mark);
	count(p);
}

/* 323 me :End of LIST */
static void on_list_end(struct question *p)
{
	if (!p->answered) {
		if (ask_small(p)) {
			return;
		}
		tell_found(p);
	}
	end(p);
}

static const struct refusal {
	int numeric;
	struct fault fault;
} refusals[] = {
	{263, {E_RESOURCE_CONSTRAINT,
		"The IRC server is busy. Try again soon."}},
	{421, {E_FEATURE_NOT_IMPLEMENTED,
		"This IRC server cannot be asked that."}},
};

/* 263, 416, 421 me LIST :text */
static bool on_refusal(struct question *p, int numeric, const struct ircmsg *m)
{
	struct clock *clock = core(p->list)->clock;

	if (!slice_is_nocase(ircmsg_param(m, 1), "LIST")) {
		return false;
	}
	if (numeric == 416) {
		p->lack = LACK_CUT;
		timer_start(clock, &p->timer, TOO_LARGE_MS);
		return true;
	}
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].numeric != numeric) {
			continue;
		}
		p->list->not_before =
			numeric == 263 ? clock->now_ms + REFUSED_MS : 0;
		if (!p->answered && p->found.n > 0) {
			p->lack = LACK_CUT;
			tell_found(p);
		} else if (!p->answered) {
			tell_fault(p, &refusals[i].fault);
		}
		end(p);
		return true;
	}
	return false;
}

/* It is said to a LIST that the user typed: servers answer in turn. */
static bool is_of_typed(struct chanlist *l, struct question *p, int numeric,
	const struct ircmsg *m)
{
	bool ends = numeric == 323 ||
		((numeric == 263 || numeric == 421) &&
			slice_is_nocase(ircmsg_param(m, 1), "LIST"));
	bool asked = p != NULL && p->part != PART_NONE;

	if (typed_now(l) == 0 || (asked && p->behind == 0)) {
		return false;
	}
	l->typed -= ends;
	if (asked) {
		p->behind -= ends;
	}
	return true;
}

bool chanlist_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m)
{
	struct chanlist *l = s->chanlist;
	struct question *p = l ? current(l) : NULL;

	if (l == NULL || is_of_typed(l, p, numeric, m) || p == NULL ||
		p->part == PART_NONE) {
		return false;
	}
	switch (numeric) {
	case 321:
		return true;
	case 322:
		on_listed(p, m);
		return true;
	case 323:
		on_list_end(p);
		return true;
	default:
		return on_refusal(p, numeric, m);
	}
}

/* ---- ends ---- */

void chanlist_lost(struct session *s, const struct fault *fault)
{
	static const struct fault lost = {E_SESSION_CLOSED,
		"The connection to IRC was lost."};
	struct question *p;

	if (fault != NULL && session_is_up(s)) {
		fault = &lost; /* else it never came to be, for that reason */
	}
	if (s->chanlist != NULL) {
		s->chanlist->typed = 0;
	}
	while (s->chanlist != NULL && (p = current(s->chanlist)) != NULL) {
		list_remove(&p->link); /* nobody joins it any more */
		tell(p, NULL, fault);
		question_free(p);
	}
}

void chanlist_destroy(struct session *s)
{
	if (s->chanlist != NULL) {
		chanlist_lost(s, NULL);
		if (s->chanlist->known.present) {
			forget(s->chanlist);
		}
		free(s->chanlist);
		s->chanlist = NULL;
	}
}
