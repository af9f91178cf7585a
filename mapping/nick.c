/* SPDX-License-Identifier: MIT */
#include "mapping/nick.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/addr.h"
#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	ASKS_MAX = 8,
	SILENT_MS = 120000,
};

struct nickask {
	struct list link;        /* in session->nick_asks */
	const struct istr *nick;
	const struct istr *by;   /* full JID */
	const struct istr *room; /* CHAN it was sent to */
	const struct istr *id;   /* NULL: none */
	uint64_t label;
	bool unanswered;
	struct patience patience;
};

static const struct fault wrong = {E_JID_MALFORMED,
	"IRC does not allow this nick. Use letters, digits and -_[]{}\\|^` "
	"without spaces."};
static const struct fault unreachable = {E_RESOURCE_CONSTRAINT,
	"IRC is not reachable at the moment. Try again soon."};
static const struct fault too_many = {E_RESOURCE_CONSTRAINT,
	"Other nicks were asked for just now and IRC has not answered yet. Try "
	"again in a moment."};
static const struct fault silent = {E_REMOTE_SERVER_TIMEOUT,
	"IRC did not say whether it takes this nick. Try again, or choose "
	"another one."};
static const struct fault gone = {E_RESOURCE_CONSTRAINT,
	"The connection to IRC was lost before it took the new nick. Try again "
	"when it is back."};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* The one under way, or NULL. */
static struct nickask *head(const struct session *s)
{
	struct list *first = list_first(&s->nick_asks);

	return first ? list_entry(first, struct nickask, link) : NULL;
}

static void drop(struct session *s, struct nickask *a)
{
	patience_stop(&a->patience, core(s)->clock);
	list_remove(&a->link);
	s->nnick_asks--;
	istr_unref(a->nick);
	istr_unref(a->by);
	istr_unref(a->room);
	istr_unref(a->id);
	free(a);
}

static void fail(struct session *s, struct nickask *a,
	const struct fault *fault)
{
	struct mapping *m = core(s);
	struct xw *w = out_begin(m, "presence");
	struct buf from;

	buf_init(&from, 4096);
	buf_add_slice(&from, istr_slice(a->room));
	buf_add_char(&from, '/');
	addr_add_resource(m, &from, s->network,
		s->net ? ircnet_nick_now(s->net) : istr_slice(s->nick));
	xw_attr(w, "from", buf_cstr(&from));
	xw_attr(w, "id", a->id ? a->id->p : NULL);
	xw_attr(w, "type", "error");
	xw_empty(w, "x", NS_MUC);
	text_error(m, w, fault->error, user_lang(s->user), fault->text,
		a->room->p);
	out_end(m);
	out_send(m, NULL, a->by->p);
	buf_finish(&from);
	drop(s, a);
}

/* ---- one after the other ---- */

static enum err send_nick(struct session *s, struct nickask *a)
{
	enum err err;

	if (!session_is_up(s)) {
		return ERR_WRONG_STATE;
	}
	a->label = answer_label(s);
	err = ircnet_nick(s->net, istr_slice(a->nick));
	answer_labelled(s);
	patience_begin(&a->patience, s, SILENT_MS);
	return err;
}

static bool is_called(const struct session *s, const struct nickask *a)
{
	return session_is_up(s) && slice_eq(ircnet_nick_now(s->net),
		istr_slice(a->nick));
}

/* None is under way: the first that can be asked for is, from here on. */
static void go_on(struct session *s)
{
	struct nickask *a;

	while ((a = head(s)) != NULL) {
		enum err err;

		if (is_called(s, a)) { /* its client has seen that */
			drop(s, a);
			continue;
		}
		err = send_nick(s, a);
		if (err == ERR_OK) {
			return;
		}
		fail(s, a,
			err == ERR_WRONG_STATE || err == ERR_FULL ?
				&unreachable :
				&wrong);
	}
}

static void end(struct session *s, struct nickask *a, const struct fault *fault)
{
	fail(s, a, fault);
	go_on(s);
}

/* It holds nobody up, so it may still be answered until another is asked for. */
static void on_silence(void *ctx)
{
	struct nickask *a = ctx;

	a->unanswered = true;
}

void nick_ask(struct request *q, struct view *v, struct slice nick)
{
	struct session *s = v->room->session;
	struct nickask *before = head(s);
	struct nickask *a = must_calloc(1, sizeof *a);

	list_init(&a->link);
	patience_init(&a->patience, on_silence, a);
	a->nick = intern(nick.p, nick.len);
	a->by = istr_ref(v->resource->full);
	a->room = istr_ref(v->room->jid);
	a->id = q->stanza->id ?
		intern(q->stanza->id, strlen(q->stanza->id)) :
		NULL;
	list_add(&s->nick_asks, &a->link);
	s->nnick_asks++;
	if (before == NULL) {
		go_on(s);
	} else if (before->unanswered) {
		end(s, before, &silent);
	} else if (s->nnick_asks > ASKS_MAX) {
		fail(s, a, &too_many);
	}
}

bool nick_asked(const struct session *s)
{
	return head(s) != NULL;
}

/* ---- what IRC says ---- */

bool nick_refused(struct session *s, int numeric, const struct ircmsg *m)
{
	struct nickask *a = head(s);
	struct fault fault;

	if (a == NULL || !errmap_nick(numeric, &fault)) {
		return false;
	}
	advise(core(s), &fault, ADVICE_NICK, numeric, ircmsg_last(m));
	end(s, a, &fault);
	return true;
}

enum answered nick_on_answer(struct session *s, const struct answer *answer)
{
	struct nickask *a = head(s);
	struct fault fault;

	if (a == NULL || a->label != answer->token) {
		return ANSWER_UNKNOWN;
	}
	if (!answer_is_error(answer)) {
		return ANSWER_PLAIN;
	}
	answer_fault(s, answer, ADVICE_NICK,
		errmap_nick(answer->numeric, &fault), &fault);
	end(s, a, &fault);
	return ANSWER_TAKEN;
}

/* Servers cut a nick that is too long and say nothing (B.4). */
static bool is_asked(const struct session *s, struct slice now)
{
	const struct nickask *a = head(s);
	struct slice nick = a ? istr_slice(a->nick) : slice(NULL, 0);

	nick.len = nick.len > now.len ? now.len : nick.len;
	return a != NULL &&
		casemap_equal(ircnet_isupport(s->net)->casemap, nick, now);
}

const char *nick_asker_id(const struct session *s, struct slice now)
{
	const struct nickask *a = head(s);

	return is_asked(s, now) && a->id != NULL ? a->id->p : NULL;
}

void nick_took(struct session *s, struct slice now)
{
	if (is_asked(s, now)) {
		drop(s, head(s));
		go_on(s);
	}
}

/* ---- the end ---- */

void nick_lost(struct session *s)
{
	struct nickask *a;

	while ((a = head(s)) != NULL) {
		fail(s, a, &gone);
	}
}

void nick_forget(struct session *s)
{
	struct nickask *a;

	while ((a = head(s)) != NULL) {
		drop(s, a);
	}
}
