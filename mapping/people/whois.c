/* SPDX-License-Identifier: MIT */
#include "mapping/people/whois.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "mapping/out.h"
#include "mapping/session.h"
#include "mapping/text.h"

/*
 * The story of one: WAITING for its turn -> ASKED: 311, more lines, 318 -> who
 * asked is answered, KNOWN for a minute. 401 (or 402, since the nick stands where
 * a server may) -> those who asked only for who is there fail; for the others
 * GONE: WHOWAS, 314, 312, 369 -> answered, forgotten. No end within 20 s: what
 * came is the answer, and with nothing it fails.
 */
enum {
	GAP_MS = 2000,
	ANSWER_MS = 20000,
	KNOWN_MS = 60000,
	OPEN_MAX = 10,   /* waiting or under way */
	KEPT_MAX = 32,   /* with those that are known */
	ASKERS_MAX = 16, /* of one */
	TEXT_MAX = 1024,
	LONG_MAX_BYTES = 4096, /* channels, what else was said */
};

enum state { WAITING, ASKED, GONE, KNOWN };

struct whois {
	struct list link; /* in session->whois.all */
	struct session *session;
	const struct istr *key;  /* folded nick */
	const struct istr *name; /* as asked */
	const struct istr *nick; /* as the server says, NULL before */
	enum state state;
	bool found;
	struct list askers;
	unsigned naskers;
	struct timer timer;
	struct buf texts[WHOIS_TEXTS];
	int64_t idle_s;
	int64_t signon_s;
	int64_t gone_s;      /* wall clock, 0: not known */
	uint64_t told_at_ms; /* when idle_s was true */
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

/* ---- what is known ---- */

struct slice whois_text(const struct whois *w, enum whois_text text)
{
	return out_clean(core(w->session), buf_slice(&w->texts[text]));
}

struct slice whois_nick(const struct whois *w)
{
	return istr_slice(w->nick ? w->nick : w->name);
}

struct slice whois_userhost(const struct whois *w)
{
	struct slice s;
	struct buf b;

	if (w->texts[WHOIS_USER].len == 0 || w->texts[WHOIS_HOST].len == 0) {
		return slice(NULL, 0);
	}
	buf_init(&b, 2 * TEXT_MAX + 1);
	buf_add_slice(&b, buf_slice(&w->texts[WHOIS_USER]));
	buf_add_char(&b, '@');
	buf_add_slice(&b, buf_slice(&w->texts[WHOIS_HOST]));
	s = out_clean(core(w->session), buf_slice(&b));
	buf_finish(&b);
	return s;
}

int64_t whois_idle(const struct whois *w)
{
	uint64_t since = core(w->session)->clock->now_ms - w->told_at_ms;

	return w->idle_s < 0 ? -1 : w->idle_s + (int64_t)(since / 1000);
}

int64_t whois_signon(const struct whois *w)
{
	return w->signon_s;
}

bool whois_is_gone(const struct whois *w)
{
	return w->state == GONE;
}

int64_t whois_gone_for(const struct whois *w)
{
	int64_t now = core(w->session)->clock->wall_ms / 1000;

	if (w->gone_s == 0) {
		return -1;
	}
	return now > w->gone_s ? now - w->gone_s : 0;
}

static void describe(struct buf *out, const char *label, struct slice value)
{
	if (value.len == 0) {
		return;
	}
	if (out->len > 0) {
		buf_add_char(out, '\n');
	}
	if (label != NULL) {
		buf_add_str(out, label);
		buf_add_str(out, ": ");
	}
	buf_add_slice(out, value);
}

void whois_describe(const struct whois *w, const char *lang, struct buf *out)
{
	static const struct {
		enum whois_text text;
		const char *label; /* NULL: the server's sentence is enough */
	} rows[] = {
		{WHOIS_CHANNELS, N_("Channels")},
		{WHOIS_ACCOUNT, N_("Account")},
		{WHOIS_OPER, NULL},
		{WHOIS_BOT, NULL},
		{WHOIS_SECURE, NULL},
		{WHOIS_AWAY, N_("Away")},
		{WHOIS_EXTRA, NULL},
	};
	struct mapping *m = core(w->session);
	struct slice info = whois_text(w, WHOIS_SERVER_INFO);

	describe(out, NULL, whois_userhost(w));
	describe(out, text(m, lang, "Server"), whois_text(w, WHOIS_SERVER));
	if (info.len > 0 && w->texts[WHOIS_SERVER].len > 0 && !whois_is_gone(w)) {
		buf_add_str(out, " (");
		buf_add_slice(out, info);
		buf_add_char(out, ')');
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		describe(out,
			rows[i].label ? text(m, lang, rows[i].label) : NULL,
			whois_text(w, rows[i].text));
	}
}

/* ---- life ---- */

static void whois_free(struct whois *w)
{
	must(w->naskers == 0);
	timer_stop(core(w->session)->clock, &w->timer);
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
static void answer(struct whois *w, const struct whois *result,
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

static void fail(struct whois *w, enum stanza_error e, const char *why)
{
	list_remove(&w->link); /* nobody joins it any more */
	answer(w, NULL, &(struct fault){e, why}, true);
	whois_free(w);
}

static void refused(struct whois *w, enum err err)
{
	switch (err) {
	case ERR_BAD_INPUT:
	case ERR_TOO_BIG:
		fail(w, E_ITEM_NOT_FOUND, "No such nick on IRC.");
		break;
	case ERR_WRONG_STATE:
		fail(w, E_SESSION_CLOSED, "The connection to IRC was lost.");
		break;
	default:
		fail(w, E_RESOURCE_CONSTRAINT, "Too much waits for IRC.");
		break;
	}
}

static void on_timer(void *ctx)
{
	struct whois *w = ctx;

	arena_reset(&core(w->session)->arena);
	if (w->state != KNOWN && w->found) {
		answer(w, w, NULL, true);
		whois_free(w);
	} else if (w->state != KNOWN) {
		fail(w, E_REMOTE_SERVER_TIMEOUT, "No answer came from IRC.");
	} else {
		whois_free(w);
	}
}

static void ask_now(struct whois *w)
{
	struct session *s = w->session;
	struct clock *clock = core(s)->clock;
	enum err err;

	w->state = ASKED;
	err = ircnet_whois(s->net, istr_slice(w->name));
	if (err != ERR_OK) {
		refused(w, err);
		return;
	}
	s->whois.free_at_ms = clock->now_ms + GAP_MS;
	timer_start(clock, &w->timer, ANSWER_MS);
}

static struct whois *first_waiting(const struct session *s)
{
	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		if (w->state == WAITING) {
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

static struct whois *find(const struct session *s, struct slice nick)
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
		open += w->state != KNOWN;
		if (w->state == KNOWN && oldest == NULL) {
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
	w->state = WAITING;
	w->idle_s = -1;
	list_init(&w->link);
	list_init(&w->askers);
	timer_init(&w->timer, on_timer, w);
	for (int i = 0; i < WHOIS_TEXTS; i++) {
		buf_init(&w->texts[i],
			i == WHOIS_CHANNELS || i == WHOIS_EXTRA ?
				LONG_MAX_BYTES :
				TEXT_MAX);
	}
	list_add(&s->whois.all, &w->link);
	return w;
}

void whois_ask(struct session *s, struct slice nick, bool also_gone,
	whois_fn *done, void *ctx)
{
	struct whois *w = find(s, nick);
	struct whois_asker *a;

	if (w != NULL && w->state == KNOWN) {
		done(s, ctx, w, NULL);
		return;
	}
	if (nick.len == 0 || nick.len > CASEMAP_NAME_MAX) {
		done(s, ctx, NULL, &(struct fault){E_ITEM_NOT_FOUND,
					   "No such nick on IRC."});
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
	struct whois *w = find(s, nick);

	if (w != NULL && w->state == KNOWN) {
		whois_free(w);
	}
}

/* ---- answers ---- */

static void keep(struct whois *w, enum whois_text text, struct slice value,
	char between)
{
	struct buf *b = &w->texts[text];

	if (value.len == 0) {
		return;
	}
	if (b->len > 0 && between == '\0') {
		return; /* said already */
	}
	if (b->max - b->len <= value.len) {
		return;
	}
	if (b->len > 0) {
		buf_add_char(b, between);
	}
	buf_add_slice(b, value);
}

/* Words that only servers say in a WHOIS: everything behind the nick. */
static void keep_extra(struct whois *w, const struct ircmsg *m)
{
	char between = '\n';

	for (unsigned i = 2; i < m->nparams; i++) {
		keep(w, WHOIS_EXTRA, slice_trim(m->params[i]), between);
		between = ' ';
	}
}

/* 317 me nick idle [signon] :seconds idle, signon time */
static void keep_idle(struct whois *w, const struct ircmsg *m)
{
	long idle = slice_number(ircmsg_param(m, 2), INT32_MAX);
	long signon = m->nparams > 4 ?
		slice_number(ircmsg_param(m, 3), INT32_MAX * 4L) :
		-1;

	w->idle_s = idle;
	w->told_at_ms = core(w->session)->clock->now_ms;
	w->signon_s = signon > 0 ? signon : 0;
}

/* The last place of `param` is the line's last one, wherever it stands. */
enum { LAST = 99 };

static const struct row {
	int numeric;
	unsigned param;
	enum whois_text text;
	char between; /* of several; NUL: the first one counts */
} rows[] = {
	{301, LAST, WHOIS_AWAY, '\0'},
	{311, 2, WHOIS_USER, '\0'},
	{311, 3, WHOIS_HOST, '\0'},
	{311, LAST, WHOIS_REALNAME, '\0'},
	{312, 2, WHOIS_SERVER, '\0'},
	{312, LAST, WHOIS_SERVER_INFO, '\0'},
	{313, LAST, WHOIS_OPER, '\0'},
	{314, 2, WHOIS_USER, '\0'},
	{314, 3, WHOIS_HOST, '\0'},
	{314, LAST, WHOIS_REALNAME, '\0'},
	{319, LAST, WHOIS_CHANNELS, ' '},
	{330, 2, WHOIS_ACCOUNT, '\0'},
	{335, LAST, WHOIS_BOT, '\0'},
	{671, LAST, WHOIS_SECURE, '\0'},
};

static bool keep_rows(struct whois *w, int numeric, const struct ircmsg *m)
{
	bool any = false;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];

		if (r->numeric != numeric) {
			continue;
		}
		any = true;
		/* Without a text behind the nick there is nothing to keep. */
		if (m->nparams > 2) {
			keep(w, r->text,
				slice_trim(r->param == LAST ?
						ircmsg_last(m) :
						ircmsg_param(m, r->param)),
				r->between);
		}
	}
	return any;
}

static void known(struct whois *w)
{
	w->state = KNOWN;
	/* The oldest of those that are known stands first. */
	list_remove(&w->link);
	list_add(&w->session->whois.all, &w->link);
	timer_start(core(w->session)->clock, &w->timer, KNOWN_MS);
	answer(w, w, NULL, true);
}

/* 401: some are content with who was there. */
static void nobody(struct whois *w)
{
	struct fault fault = {E_ITEM_NOT_FOUND, "No such nick on IRC."};
	struct session *s = w->session;
	enum err err;

	answer(w, NULL, &fault, false);
	if (w->naskers == 0) {
		whois_free(w);
		return;
	}
	w->state = GONE;
	w->found = false;
	for (int i = 0; i < WHOIS_TEXTS; i++) {
		buf_truncate(&w->texts[i], 0);
	}
	timer_start(core(s)->clock, &w->timer, ANSWER_MS);
	err = ircnet_whowas(s->net, istr_slice(w->name));
	if (err != ERR_OK) {
		refused(w, err);
	}
}

static void gone(struct whois *w)
{
	if (!w->found) {
		fail(w, E_ITEM_NOT_FOUND, "No such nick on IRC.");
		return;
	}
	answer(w, w, NULL, true);
	whois_free(w);
}

/* 312 of a WHOWAS has the time where WHOIS describes the server. */
static void keep_gone(struct whois *w, const struct ircmsg *m)
{
	struct date d;

	if (w->gone_s == 0 && date_read(ircmsg_last(m), &d)) {
		w->gone_s = d.local_s - d.offset_min * 60;
	}
}

static bool on_gone(struct whois *w, int numeric, const struct ircmsg *m)
{
	switch (numeric) {
	case 314:
		w->found = true;
		keep_rows(w, numeric, m);
		return true;
	case 312:
		keep_rows(w, numeric, m);
		keep_gone(w, m);
		return true;
	case 369:
	case 406:
		gone(w);
		return true;
	default:
		/* What InspIRCd and others add, and the end of the WHOIS. */
		return (numeric > 300 && numeric < 400) || numeric == 671;
	}
}

static bool on_found(struct whois *w, int numeric, const struct ircmsg *m)
{
	switch (numeric) {
	case 311:
		w->found = true;
		istr_set(&w->nick, intern(m->params[1].p, m->params[1].len));
		break;
	case 317:
		keep_idle(w, m);
		return true;
	case 318:
		if (w->found) {
			known(w);
		} else {
			nobody(w);
		}
		return true;
	case 401:
	case 402:
		nobody(w);
		return true;
	default:
		break;
	}
	if (keep_rows(w, numeric, m)) {
		return true;
	}
	/* PROTOCOL E: between 311 and 318 and about the same nick. */
	if (!w->found || m->nparams < 3 || numeric == 341 || numeric < 200 ||
		numeric > 899 || (numeric >= 400 && numeric < 600)) {
		return false;
	}
	keep_extra(w, m);
	return true;
}

/* 263 me WHOIS :try again; it names no nick: the one that waits longest. */
static bool on_busy(struct session *s, const struct ircmsg *m)
{
	struct slice what = ircmsg_param(m, 1);

	if (!slice_is_nocase(what, "WHOIS") &&
		!slice_is_nocase(what, "WHOWAS")) {
		return false;
	}
	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		if (w->state == ASKED || w->state == GONE) {
			fail(w, E_RESOURCE_CONSTRAINT,
				"The IRC server is busy. Try again soon.");
			return true;
		}
	}
	return false;
}

bool whois_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct whois *w;

	if (numeric == 263) {
		return on_busy(s, m);
	}
	if (list_empty(&s->whois.all) || m->nparams < 2) {
		return false;
	}
	w = find(s, m->params[1]);
	if (w == NULL || w->state == WAITING || w->state == KNOWN) {
		return false;
	}
	return w->state == ASKED ? on_found(w, numeric, m) :
				   on_gone(w, numeric, m);
}

/* ---- ends ---- */

void whois_lost(struct session *s)
{
	timer_stop(core(s)->clock, &s->whois.next);
	list_each_safe(it, &s->whois.all) {
		fail(list_entry(it, struct whois, link), E_SESSION_CLOSED,
			"The connection to IRC was lost.");
	}
}

void whois_destroy(struct session *s)
{
	timer_stop(core(s)->clock, &s->whois.next);
	list_each_safe(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);

		answer(w, NULL, NULL, true);
		whois_free(w);
	}
}
