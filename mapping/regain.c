/* SPDX-License-Identifier: MIT */
#include "mapping/regain.h"

#include "mapping/errmap.h"
#include "mapping/nick.h"
#include "mapping/people/contacts.h"
#include "mapping/session.h"

enum { AGAIN_MS = 60000, TRIES_MAX = 10 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* Waits for it: there is a nick in `wanted`, and it is not ours. */
static bool is_waiting(const struct session *s)
{
	return session_is_up(s) && s->regaining &&
		!ircnet_is_me(s->net, istr_slice(s->wanted));
}

static bool send_nick(struct session *s)
{
	enum err err;

	s->regain_label = answer_label(s);
	err = ircnet_nick(s->net, istr_slice(s->wanted));
	answer_labelled(s);
	return err == ERR_OK;
}

static void take(struct session *s)
{
	/* A client's own change goes first; the timer comes again. */
	if (!nick_asked(s) && send_nick(s)) {
		s->regain_sent = true;
		s->regain_tries++;
		log_info(&s->log, "regaining nick=%s", s->wanted->p);
	} else {
		timer_start(core(s)->clock, &s->regain, AGAIN_MS);
	}
}

void regain_registered(struct session *s)
{
	struct slice now = ircnet_nick_now(s->net);
	bool taken = s->refused == 433 || s->refused == 436 ||
		s->refused == 437;

	s->regain_tries = 0;
	if (!taken || ircnet_is_me(s->net, istr_slice(s->wanted))) {
		istr_set(&s->wanted, intern(now.p, now.len));
		return;
	}
	s->regaining = true;
	if (contacts_watch_own(s, istr_slice(s->wanted))) {
		take(s);
	}
}

void regain_on_watched(struct session *s, const struct ircwatched *who)
{
	if (is_waiting(s) && who->state == WATCH_OFFLINE &&
		casemap_equal(ircnet_isupport(s->net)->casemap,
			istr_slice(who->nick), istr_slice(s->wanted))) {
		take(s);
	}
}

void regain_on_nick(struct session *s)
{
	struct slice now = ircnet_nick_now(s->net);

	if (s->regaining) {
		contacts_unwatch_own(s);
	}
	regain_stop(s);
	istr_set(&s->wanted, intern(now.p, now.len));
}

static void try_again(struct session *s)
{
	s->regain_sent = false;
	if (s->regain_tries < TRIES_MAX) {
		timer_start(core(s)->clock, &s->regain, AGAIN_MS);
	}
}

enum answered regain_on_answer(struct session *s, const struct answer *a)
{
	if (!s->regain_sent || s->regain_label != a->token) {
		return ANSWER_UNKNOWN;
	}
	if (!answer_is_error(a)) {
		return ANSWER_PLAIN;
	}
	try_again(s);
	return ANSWER_TAKEN;
}

bool regain_refused(struct session *s, int numeric)
{
	struct fault fault;

	if (!s->regain_sent || !errmap_nick(numeric, &fault)) {
		return false;
	}
	try_again(s);
	return true;
}

/* Has somebody else taken it meanwhile, its going is seen. */
void regain_on_timer(void *ctx)
{
	struct session *s = ctx;
	const struct ircwatched *who = s->net && is_waiting(s) ?
		ircnet_watched(s->net, istr_slice(s->wanted)) :
		NULL;

	if (who != NULL && who->state == WATCH_OFFLINE) {
		take(s);
	}
}

void regain_stop(struct session *s)
{
	s->regaining = false;
	s->regain_sent = false;
	timer_stop(core(s)->clock, &s->regain);
}
