/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanlist_private.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/people/roll.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * The story of one question: it waits for the session and for those before it
 * -> LIST goes out -> 322, each kept -> 323: what came is known for ten minutes
 * and answers all who asked. A server that does not say SAFELIST might cut us
 * off for a long answer: it is asked for the larger channels first, and for the
 * small ones only when those were few. 60 s without an end since the LIST left
 * (patience.h): what came is the answer, marked as partial; a refusal or
 * nothing at all: an older answer, or an error. Then the end is still waited
 * for, five minutes more, so that its lines are not taken for those of the next
 * question; a LIST that the user typed is waited for likewise.
 */
enum {
	ANSWER_MS = 60000,
	LATE_MS = 300000,
	WAITING_MAX = 4,
	ASKERS_MAX = 32,
	FEW_CHANNELS = 1000,    /* larger ones: then the small ones, too */
};

static const char *const lacks[] = {
	[LACK_TIME] =
		N_("The IRC server did not send the whole list of channels "
		   "in time."),
	[LACK_PLACE] =
		N_("There are more channels than the gateway can keep in "
		   "its list."),
	[LACK_SMALL] = N_("The network has many channels. Only those with more "
			  "than two users are in the list."),
	[LACK_CUT] = N_("The IRC server sent only a part of its list of "
			"channels."),
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

struct question *chanlist_current(const struct chanlist *l)
{
	struct list *first = list_first(&l->wanted);

	return first ? list_entry(first, struct question, link) : NULL;
}

/* ---- answering ---- */

/* Nobody joins those who are told: who asks again meanwhile asks anew. */
static void tell(struct question *p, const struct chanlist_answer *answer,
	const struct fault *fault)
{
	p->answered = true;
	list_each_safe(it, &p->askers) {
		struct list_asker *a = list_entry(it, struct list_asker, link);

		list_remove(&a->link);
		p->naskers--;
		a->done(p->list->session, a->ctx, answer, fault);
		free(a);
	}
}

static struct chanlist_answer known(const struct chanlist *l)
{
	return (struct chanlist_answer){&l->known.channels,
		l->known.lack != LACK_NOTHING};
}

/* An older answer is better than none. */
void chanlist_tell_fault(struct question *p, const struct fault *fault)
{
	struct chanlist_answer old = known(p->list);

	if (p->list->known.present) {
		tell(p, &old, NULL);
	} else {
		tell(p, NULL, fault);
	}
}

/* What came is the answer. */
void chanlist_tell_found(struct question *p)
{
	struct chanlist *l = p->list;
	struct session *s = l->session;
	struct chanlist_answer answer;

	chanstore_sort(&p->found, ircnet_isupport(s->net)->casemap);
	chanlist_count(p);
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
	chanlist_remember(p);
	answer = known(l);
	tell(p, &answer, NULL);
}

static void go_on(struct chanlist *l);

void chanlist_end(struct question *p)
{
	struct chanlist *l = p->list;

	chanlist_question_free(p);
	go_on(l);
}

static void on_timer(void *ctx)
{
	static const struct fault silence = {E_REMOTE_SERVER_TIMEOUT,
		"No answer came from IRC. Try again later."};
	struct question *p = ctx;

	arena_reset(&core(p->list)->arena);
	if (p->answered) {
		chanlist_end(p);
		return;
	}
	if (p->part == PART_NONE) {
		chanlist_tell_fault(p, &silence);
		chanlist_end(p);
		return;
	}
	if (p->found.n == 0 && p->lack == LACK_NOTHING) {
		chanlist_tell_fault(p, &silence);
	} else {
		p->lack = p->lack == LACK_NOTHING ? LACK_TIME : p->lack;
		chanlist_tell_found(p);
	}
	patience_now(&p->patience, p->list->session, LATE_MS);
}

/* ---- asking ---- */

static bool looks_for(const struct session *s, char letter)
{
	return strchr(ircnet_isupport(s->net)->elist, letter) != NULL;
}

/* Typed LIST that were not answered are not waited for any more. */
void chanlist_typed_over(void *ctx)
{
	struct chanlist *l = ctx;

	l->typed = 0;
}

void chanlist_typed(struct session *s)
{
	struct chanlist *l = chanlist_of(s);

	if (ircnet_cap(s->net, "labeled-response")) {
		return;
	}
	l->typed++;
	patience_begin(&l->typed_patience, s, ANSWER_MS);
}

static enum err list(struct question *p, struct slice word)
{
	struct session *s = p->list->session;
	enum err err;

	p->label = answer_label(s);
	err = ircnet_command(s->net, "LIST", &word, word.len > 0 ? 1 : 0,
		slice(NULL, 0));
	answer_labelled(s);
	return err;
}

static enum err send_list(struct question *p)
{
	struct session *s = p->list->session;
	struct slice word = istr_slice(p->mask);

	p->part = PART_ALL;
	p->behind = p->list->typed;
	if (p->mask == NULL && !ircnet_isupport(s->net)->safelist &&
		looks_for(s, 'U')) {
		p->part = PART_LARGE;
		word = slice_str(">2");
	}
	return list(p, word);
}

/* The others wait for this one's answer as long as it does itself. */
static void await(struct chanlist *l)
{
	list_each(it, &l->wanted) {
		patience_begin(&list_entry(it, struct question, link)->patience,
			l->session, ANSWER_MS);
	}
}

static void ask_now(struct question *p)
{
	static const struct {
		enum err err;
		struct fault fault;
	} faults[] = {
		{ERR_WRONG_STATE, {E_SESSION_CLOSED,
			"The connection to IRC was lost. Try again when it is "
			"back."}},
		{ERR_FULL, {E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon."}},
	};
	struct fault fault = {E_NOT_ACCEPTABLE,
		"This IRC server cannot be asked that. You can still enter a "
		"channel and write to a nick by its name."};
	enum err err = send_list(p);

	if (err == ERR_OK) {
		await(p->list);
		return;
	}
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (faults[i].err == err) {
			fault = faults[i].fault;
		}
	}
	chanlist_tell_fault(p, &fault);
	chanlist_question_free(p);
}

static void go_on(struct chanlist *l)
{
	struct question *p;

	while (session_is_up(l->session) && (p = chanlist_current(l)) != NULL &&
		p->part == PART_NONE) {
		ask_now(p);
	}
}

/* The larger channels were few: the others may come as well. */
bool chanlist_ask_small(struct question *p)
{
	struct slice word = slice_str("<3");

	if (p->part != PART_LARGE) {
		return false;
	}
	if (p->found.n > FEW_CHANNELS ||
		list(p, word) != ERR_OK) {
		p->lack = p->lack == LACK_NOTHING ? LACK_SMALL : p->lack;
		return false;
	}
	await(p->list);
	p->part = PART_SMALL;
	p->behind = p->list->typed;
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
	patience_init(&p->patience, on_timer, p);
	list_add(&l->wanted, &p->link);
	patience_begin(&p->patience, l->session, ANSWER_MS);
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

/* ---- ends ---- */

void chanlist_lost(struct session *s, const struct fault *fault)
{
	static const struct fault lost = {E_SESSION_CLOSED,
		"The connection to IRC was lost. Try again when it is back."};
	struct question *p;

	if (fault != NULL && session_is_up(s)) {
		fault = &lost; /* else it never came to be, for that reason */
	}
	if (s->chanlist != NULL) {
		s->chanlist->typed = 0;
		patience_stop(&s->chanlist->typed_patience,
			core(s->chanlist)->clock);
	}
	while (s->chanlist != NULL &&
		(p = chanlist_current(s->chanlist)) != NULL) {
		list_remove(&p->link); /* nobody joins it any more */
		tell(p, NULL, fault);
		chanlist_question_free(p);
	}
}

void chanlist_destroy(struct session *s)
{
	if (s->chanlist != NULL) {
		chanlist_lost(s, NULL);
		if (s->chanlist->known.present) {
			chanlist_forget(s->chanlist);
		}
		free(s->chanlist);
		s->chanlist = NULL;
	}
}
