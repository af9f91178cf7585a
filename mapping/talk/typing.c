/* SPDX-License-Identifier: MIT */
#include "mapping/talk/typing.h"

#include "mapping/session.h"

enum {
	APART_MS = 3000,      /* IRC hears of it no more often */
	REPEAT_MS = 4000,     /* ... and forgets `active` in six seconds */
	BELIEVED_MS = 120000, /* a client that says no more has forgotten us */
	ACTIVE_MS = 6000,     /* then it counts as a pause */
	PAUSED_MS = 30000,    /* and this as the end */
};

static struct clock *clock_of(const struct typing *t)
{
	return t->session->user->mapping->clock;
}

/* ---- Jabber to IRC ---- */

static void forget(struct typing *t)
{
	istr_set(&t->by, NULL);
	t->told = IRC_TYPING_NONE;
	t->wanted = IRC_TYPING_NONE;
	timer_stop(clock_of(t), &t->timer);
}

/* There is nothing that IRC should hear. */
static bool is_settled(const struct typing *t)
{
	if (t->wanted == IRC_TYPING_ACTIVE) {
		return false;
	}
	/* Of a beginning that nobody heard there is no end. */
	return t->wanted == t->told || t->told == IRC_TYPING_NONE;
}

/* What may be said is said; the timer comes back for the rest. */
static void step(struct typing *t)
{
	uint64_t now = clock_of(t)->now_ms;
	uint64_t apart = now - t->told_ms;
	enum err err;

	timer_stop(clock_of(t), &t->timer);
	if (t->wanted == IRC_TYPING_ACTIVE && now >= t->until_ms) {
		forget(t); /* and IRC lets it expire */
		return;
	}
	if (is_settled(t)) {
		return;
	}
	if (t->told_ms != 0 && apart < APART_MS) {
		timer_start(clock_of(t), &t->timer, APART_MS - apart);
		return;
	}
	err = session_is_up(t->session) ?
		ircnet_typing(t->session->net, istr_slice(*t->target),
			t->wanted) :
		ERR_WRONG_STATE;
	if (err == ERR_OK) {
		t->told = t->wanted;
		t->told_ms = now;
	} else if (err != ERR_FULL) {
		forget(t);
		return;
	}
	if (!is_settled(t)) {
		timer_start(clock_of(t), &t->timer, REPEAT_MS);
	}
}

static void on_timer(void *ctx)
{
	step(ctx);
}

void typing_init(struct typing *t, struct session *s,
	const struct istr *const *target)
{
	*t = (struct typing){.session = s, .target = target};
	timer_init(&t->timer, on_timer, t);
}

void typing_finish(struct typing *t)
{
	forget(t);
}

void typing_tell(struct typing *t, const struct istr *client,
	enum irc_typing typing)
{
	if (typing == IRC_TYPING_ACTIVE) {
		istr_set(&t->by, istr_ref(client));
		t->until_ms = clock_of(t)->now_ms + BELIEVED_MS;
		/* Told again: nothing to wait for but the three seconds. */
	} else if (t->by != client) {
		return;
	}
	t->wanted = typing;
	step(t);
}

void typing_said(struct typing *t)
{
	forget(t);
}

void typing_client_gone(struct typing *t, const struct istr *client)
{
	typing_tell(t, client, IRC_TYPING_DONE);
}

/* ---- IRC to Jabber ---- */

void typing_write(struct xw *w, enum irc_typing typing)
{
	static const char *const states[] = {
		[IRC_TYPING_ACTIVE] = "composing",
		[IRC_TYPING_PAUSED] = "paused",
		[IRC_TYPING_DONE] = "active",
	};

	xw_empty(w, states[typing], NS_CHATSTATES);
	xw_empty(w, "no-store", NS_HINTS);
}

uint64_t typing_lasts_ms(enum irc_typing typing)
{
	return typing == IRC_TYPING_ACTIVE ? ACTIVE_MS : PAUSED_MS;
}

enum irc_typing typing_next(enum irc_typing typing)
{
	return typing == IRC_TYPING_ACTIVE ? IRC_TYPING_PAUSED :
					     IRC_TYPING_DONE;
}
