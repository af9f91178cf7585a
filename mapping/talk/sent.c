/* SPDX-License-Identifier: MIT */
#include "mapping/talk/sent.h"

#include <stdlib.h>
#include <string.h>

#include "irc/ircformat.h"
#include "irc/ircout.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/redact.h"
#include "mapping/user.h"

enum {
	HELD_MAX = 20,
	HELD_MS = 60000,
	REFUSAL_MS = 10000,
	DELIVERED_MS = 2000, /* without a refusal IRC has taken it (C.20) */
	POOL_MAX = 64,
	UNDER_WAY_MAX = 1000,
	NAMES_MAX = 4096,
	XML_MAX = 65536,
	KEEP_BYTES = 1024,
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static uint64_t now_ms(const struct sent *t)
{
	return core(t->session)->clock->now_ms;
}

/* ---- the pool ---- */

static void on_timer(void *ctx);

struct sent *sent_take(struct session *s)
{
	struct mapping *m = core(s);
	struct list *first = list_first(&m->sent_pool);
	struct sent *t;

	if (first != NULL) {
		t = list_entry(first, struct sent, link);
		list_remove(first);
		m->sent_pooled--;
	} else {
		t = must_calloc(1, sizeof *t);
		list_init(&t->link);
		list_init(&t->queued);
		buf_init_secret(&t->xml, XML_MAX); /* what services are told */
		buf_init_secret(&t->text, XML_MAX);
		buf_init(&t->names, NAMES_MAX);
		patience_init(&t->patience, on_timer, t);
	}
	t->session = s;
	t->token = ++m->tokens;
	s->nsent++;
	t->state = SENT_QUEUED;
	list_add(&s->sent, &t->link);
	return t;
}

void sent_free(struct sent *t)
{
	struct mapping *m = core(t->session);

	if (t->awaits) {
		user_touch(t->session->user); /* it held the session */
	}
	t->session->nsent--;
	patience_stop(&t->patience, m->clock);
	list_remove(&t->link);
	list_remove(&t->queued);
	istr_set(&t->as, NULL);
	istr_set(&t->target, NULL);
	istr_set(&t->name, NULL);
	istr_set(&t->channel, NULL);
	istr_set(&t->origin, NULL);
	istr_set(&t->corrects, NULL);
	istr_set(&t->answers, NULL);
	asker_finish(&t->asker);
	t->room = NULL;
	t->payload = 0;
	t->expires_ms = 0;
	t->wording = 0;
	t->echoes = 0;
	t->mark = 0;
	t->awaits = false;
	t->shown = false;
	t->tell_delivered = false;
	t->formats = false;
	t->again = false;
	t->refusals = 0;
	t->tell_received = false;
	buf_reset(&t->names, KEEP_BYTES);
	if (m->sent_pooled < POOL_MAX) {
		buf_reset(&t->xml, KEEP_BYTES);
		buf_reset(&t->text, KEEP_BYTES);
		list_add(&m->sent_pool, &t->link);
		m->sent_pooled++;
		return;
	}
	buf_finish(&t->xml);
	buf_finish(&t->text);
	buf_finish(&t->names);
	free(t);
}

void sent_pool_free(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->sent_pool)) != NULL) {
		struct sent *t = list_entry(first, struct sent, link);

		list_remove(first);
		buf_finish(&t->xml);
		buf_finish(&t->text);
		buf_finish(&t->names);
		free(t);
	}
}

/* ---- waiting ---- */

/* At most so long, or until it is no longer wanted. */
static void wait(struct sent *t, uint64_t ms)
{
	if (t->expires_ms != 0) {
		uint64_t left = t->expires_ms > now_ms(t) ?
			t->expires_ms - now_ms(t) :
			0;

		ms = left < ms ? left : ms;
	}
	patience_now(&t->patience, t->session, ms);
}

static bool is_expired(const struct sent *t)
{
	return t->expires_ms != 0 && t->expires_ms <= now_ms(t);
}

/* Nothing was heard of it for long. */
static void on_silence(struct sent *t)
{
	if (t->awaits) {
		if (!sent_ask(t)) {
			patience_now(&t->patience, t->session, REFUSAL_MS);
		}
	} else if (t->tell_delivered) { /* C.20: two seconds to refuse it */
		sent_tell_delivered(t);
		patience_now(&t->patience, t->session,
			REFUSAL_MS - DELIVERED_MS);
	} else {
		redact_done(t);
		sent_free(t);
	}
}

static void on_timer(void *ctx)
{
	struct sent *t = ctx;

	arena_reset(&core(t->session)->arena);
	switch (t->state) {
	case SENT_HELD:
		if (is_expired(t)) {
			sent_free(t);
			return;
		}
		sent_fail(t, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
				     "IRC could not be reached in time; the "
				     "message was not sent. Send it again "
				     "later."});
		break;
	case SENT_QUEUED: /* too late, unless a part of it is out */
		if (ircnet_unsay(t->session->net, t->token)) {
			sent_free(t);
		}
		break;
	case SENT_WRITTEN:
		on_silence(t);
		break;
	case SENT_UNSURE: /* waits for the room */
		break;
	}
}

/* ---- the way out ---- */

bool sent_echo_comes(const struct sent *t)
{
	return !t->unsaid && (t->kind == SENT_ROOM || t->kind == SENT_CHAT ||
		t->kind == SENT_IQ) &&
		ircnet_cap(t->session->net, "echo-message");
}

/* F.2: a message was taken back, and IRC will not say so. */
static bool is_untold(const struct sent *t)
{
	return t->kind == SENT_REDACT &&
		!ircnet_cap(t->session->net, "echo-message");
}

/* It has no token that tells when it leaves the queue: its turn there does. */
static bool is_untimed(const struct sent *t)
{
	return t->kind == SENT_TOPIC || t->kind == SENT_INVITE ||
		t->kind == SENT_TAGS || t->kind == SENT_REDACT;
}

static void written(struct sent *t)
{
	unsigned ms = REFUSAL_MS;

	t->state = SENT_WRITTEN;
	list_remove(&t->queued);
	if (t->shown) { /* it was said again */
		patience_now(&t->patience, t->session, REFUSAL_MS);
		return;
	}
	t->awaits = sent_echo_comes(t);
	istr_set(&t->as, istr_ref(t->session->nick));
	if ((t->tell_delivered && !t->awaits) || is_untold(t)) {
		ms = DELIVERED_MS;
	}
	if (is_untimed(t)) {
		patience_begin(&t->patience, t->session, ms);
	} else {
		patience_now(&t->patience, t->session, ms);
	}
	if (!t->awaits) {
		t->shown = true;
		sent_show(t, &(struct sent_echo){0});
	}
}

void sent_written(struct session *s, uint64_t token)
{
	list_each(it, &s->sent_queued) { /* nearly always the first */
		struct sent *t = list_entry(it, struct sent, queued);

		if (t->token == token) {
			written(t);
			return;
		}
	}
}

/*
 * OTR (in the text itself) works over IRC, but nobody puts its pieces together
 * again when we cut it (C.20).
 */
static bool is_cut_otr(const struct sent *t)
{
	static const char mark[] = "?OTR:";
	struct slice text = buf_slice(&t->text);

	return text.len >= sizeof mark - 1 &&
		memcmp(text.p, mark, sizeof mark - 1) == 0 &&
		text.len > ircnet_say_max(t->session->net, t->say,
				istr_slice(t->name));
}

/* +c is a flag that forbids colours wherever there is one (G.1). */
static bool takes_no_colours(const struct sent *t)
{
	return t->room != NULL && t->room->chan != NULL &&
		chan_has_mode(t->room->chan, 'c') &&
		isupport_mode_kind(ircnet_isupport(t->session->net), 'c') ==
			MODE_NEVER;
}

/* m->text becomes what is said. */
static void take_plain(struct sent *t)
{
	struct mapping *m = core(t->session);

	buf_truncate(&t->text, 0);
	buf_add_slice(&t->text, buf_slice(&m->text));
	t->formats = false;
}

static void make_plain(struct sent *t)
{
	struct mapping *m = core(t->session);

	buf_reset(&m->text, CORE_KEEP_BYTES);
	irc_strip_formats(&m->text, buf_slice(&t->text));
	take_plain(t);
}

/* F.2: which message it answers goes with its first line. */
static void tag_answer(const struct sent *t)
{
	struct slice msgid = istr_slice(t->answers);
	const struct irc_tag tags[] = {{"reply", msgid}, {"draft/reply", msgid}};

	if (msgid.len > 0) {
		ircnet_tag_next(t->session->net, tags,
			sizeof tags / sizeof *tags);
	}
}

static enum err say(struct sent *t)
{
	struct ircnet *net = t->session->net;
	struct slice target = istr_slice(t->name);
	struct slice text;
	enum err err;

	if (t->unsaid) {
		return ERR_OK;
	}
	if (t->formats && takes_no_colours(t)) {
		make_plain(t);
	}
	text = buf_slice(&t->text);
	switch (t->kind) {
	case SENT_TOPIC:
		ircnet_label(net, t->token);
		err = ircnet_topic(net, target, text);
		ircnet_label(net, 0);
		return err;
	case SENT_INVITE:
		ircnet_label(net, t->token);
		err = ircnet_invite(net, target, text);
		ircnet_label(net, 0);
		return err;
	default:
		if (is_cut_otr(t)) {
			return ERR_TOO_BIG;
		}
		tag_answer(t);
		return t->formats ?
			ircnet_say_formatted(net, t->say, target, text,
				t->token) :
			ircnet_say(net, t->say, target, text, t->token);
	}
}

static void send_now(struct sent *t)
{
	static const struct {
		enum err err;
		struct fault fault;
	} faults[] = {
		{ERR_FULL, {E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon."}},
		{ERR_TOO_BIG, {E_NOT_ACCEPTABLE,
			"The message is too long for IRC. Send it in shorter "
			"pieces."}},
		{ERR_BAD_INPUT, {E_NOT_ACCEPTABLE,
			"There is nothing in this message that IRC could "
			"carry. Write it as text."}},
	};
	enum err err;

	/* Before the call: the last line may be written within it. */
	t->state = SENT_QUEUED;
	list_add(&t->session->sent_queued, &t->queued);
	err = say(t);
	if (err == ERR_OK && (t->unsaid || is_untimed(t))) {
		written(t);
	} else if (err == ERR_OK && t->expires_ms != 0) {
		wait(t, UINT32_MAX);
	}
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (err == faults[i].err) {
			sent_fail(t, &faults[i].fault);
			return;
		}
	}
	if (err != ERR_OK) { /* the connection is ending */
		sent_fail(t, &(struct fault){E_LINK_FAILED,
				     "The connection to IRC is closing. Send "
				     "it again when you are connected."});
	}
}

/* ---- without colours ---- */

/* "Can't send colors to channel (+c set)" and its kin. */
static bool names_colours(struct slice text)
{
	static const char *const words[] = {"color", "colour", "Color",
		"Colour", "control code", "Control code", "formatting"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (memmem(text.p, text.len, words[i], strlen(words[i]))) {
			return true;
		}
	}
	return false;
}

struct plainly {
	struct buf *out;
	unsigned lines;
};

/* The lines with codes were refused, the others were not. */
static void add_refused(void *ctx, struct slice line, bool joined)
{
	struct plainly *p = ctx;

	(void)joined;
	if (irc_has_formats(line)) {
		buf_add_str(p->out, p->lines++ > 0 ? "\n" : "");
		irc_strip_formats(p->out, line);
	}
}

bool sent_plainly(struct sent *t, int numeric, struct slice text,
	bool labelled)
{
	struct mapping *m = core(t->session);
	struct plainly plainly = {&m->text, 0};
	struct irc_split how = {.max_lines = UINT32_MAX, .formats = true};

	if ((numeric != 404 && numeric != 408) || !names_colours(text) ||
		t->state != SENT_WRITTEN) {
		return false;
	}
	if (t->refusals > 0 && !labelled) {
		t->refusals--; /* of the first time */
		return true;
	}
	how.budget = ircnet_say_max(t->session->net, t->say,
		istr_slice(t->name));
	buf_reset(&m->text, CORE_KEEP_BYTES);
	if (!t->formats ||
		irc_split(&how, buf_slice(&t->text), add_refused, &plainly,
			NULL) != ERR_OK ||
		plainly.lines == 0) {
		return false;
	}
	take_plain(t);
	t->refusals = plainly.lines - 1;
	t->again = true;
	t->token = ++m->tokens;
	patience_stop(&t->patience, m->clock);
	send_now(t);
	return true;
}

static bool is_open(const struct sent *t)
{
	return session_is_up(t->session) &&
		(t->room == NULL || t->room->state == ROOM_COMPLETE);
}

static void hold(struct sent *t)
{
	unsigned held = 0;

	list_each(it, &t->session->sent) {
		const struct sent *other = list_entry(it, struct sent, link);

		held += other != t && other->state == SENT_HELD;
	}
	if (held >= HELD_MAX) {
		sent_fail(t, &(struct fault){E_RESOURCE_CONSTRAINT,
				     "IRC is not reachable at the moment and "
				     "too many messages wait already. Try "
				     "again later."});
		return;
	}
	t->state = SENT_HELD;
	wait(t, HELD_MS);
}

void sent_go(struct sent *t)
{
	if (t->session->nsent > UNDER_WAY_MAX) {
		sent_fail(t, &(struct fault){E_RESOURCE_CONSTRAINT,
				     "Too much is waiting for IRC. Try again "
				     "soon."});
	} else if (is_open(t)) {
		send_now(t);
	} else {
		hold(t);
	}
}

void sent_release(struct session *s, const struct room *r)
{
	if (r != NULL) {
		sent_settle(s, r);
	}
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->state == SENT_HELD && t->room == r && is_open(t)) {
			patience_stop(&t->patience, core(s)->clock);
			send_now(t);
		}
	}
}
