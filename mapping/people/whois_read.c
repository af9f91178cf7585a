/* SPDX-License-Identifier: MIT */
#include "mapping/people/whois.h"

#include "base/date.h"
#include "mapping/advice.h"
#include "mapping/people/whois_private.h"

/* What the server answers to a WHOIS or WHOWAS, kept line by line. */

enum { KNOWN_MS = 60000 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

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

/* 378 me nick :is connecting from where; 379 me nick :is using modes +i */
static void keep_sentence(struct whois *w, const struct ircmsg *m,
	enum whois_text text)
{
	struct slice words = slice_trim(ircmsg_last(m));
	struct slice first = words;

	if (slice_is(slice_cut(&first, ' '), "is")) {
		(void)slice_cut(&first, ' ');
		(void)slice_cut(&first, ' ');
		words = slice_trim(first);
	}
	if (!slice_is(words, "+")) {
		keep(w, text, words, '\0');
	}
}

/* 760 me nick key visibility :value */
static void keep_meta(struct whois *w, const struct ircmsg *m)
{
	struct slice name = ircmsg_param(m, 2);
	enum irc_meta key = irc_meta_find(name);
	struct slice value = ircmsg_param(m, 4);
	struct buf line;

	if (key != META_KEYS) {
		keep(w, (enum whois_text)(WHOIS_META + key), value, '\0');
	} else if (value.len > 0) {
		buf_init(&line, IRC_LINE_MAX);
		buf_addf(&line, "%.*s: %.*s", SLICE_ARG(name),
			SLICE_ARG(value));
		keep(w, WHOIS_EXTRA, buf_slice(&line), '\n');
		buf_finish(&line);
	}
}

/* 317 me nick idle [signon] :seconds idle, signon time */
static void keep_idle(struct whois *w, const struct ircmsg *m)
{
	int64_t idle = slice_number(ircmsg_param(m, 2), INT32_MAX);
	int64_t signon = m->nparams > 4 ?
		slice_number(ircmsg_param(m, 3), INT32_MAX * INT64_C(4)) :
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
	w->state = WHOIS_KNOWN;
	/* The oldest of those that are known stands first. */
	list_remove(&w->link);
	list_add(&w->session->whois.all, &w->link);
	patience_now(&w->patience, w->session, KNOWN_MS);
	whois_answer(w, w, NULL, true);
}

/* 401: some are content with who was there. */
static void nobody(struct whois *w)
{
	struct fault fault = {E_ITEM_NOT_FOUND, advice(ADVICE_PERSON, 401)};
	struct session *s = w->session;
	enum err err;

	whois_answer(w, NULL, &fault, false);
	if (w->naskers == 0) {
		whois_free(w);
		return;
	}
	w->state = WHOIS_GONE;
	w->found = false;
	for (int i = 0; i < WHOIS_TEXTS; i++) {
		buf_truncate(&w->texts[i], 0);
	}
	w->label = answer_label(s);
	err = ircnet_whowas(s->net, istr_slice(w->name));
	answer_labelled(s);
	if (err != ERR_OK) {
		whois_refused(w, err);
		return;
	}
	patience_begin(&w->patience, s, WHOIS_ANSWER_MS);
}

static void gone(struct whois *w)
{
	if (!w->found) {
		whois_fail(w, E_ITEM_NOT_FOUND, advice(ADVICE_PERSON, 401));
		return;
	}
	whois_answer(w, w, NULL, true);
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
		if (m->nparams < 2) {
			return true; /* by its label alone is it ours */
		}
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
	case 378:
	case 379:
		if (w->found && m->nparams > 2) {
			keep_sentence(w, m,
				numeric == 378 ? WHOIS_FROM : WHOIS_MODES);
		}
		return w->found;
	case 401:
	case 402:
		nobody(w);
		return true;
	case 760:
		keep_meta(w, m);
		return true;
	case 761:
	case 766:
		return false; /* of a METADATA that somebody typed */
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

static bool is_under_way(const struct whois *w)
{
	return w->state == WHOIS_ASKED || w->state == WHOIS_GONE;
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

		if (is_under_way(w)) {
			whois_fail(w, E_RESOURCE_CONSTRAINT,
				"The IRC server is busy. Try again soon.");
			return true;
		}
	}
	return false;
}

static bool read_line(struct whois *w, int numeric, const struct ircmsg *m)
{
	return w->state == WHOIS_ASKED ? on_found(w, numeric, m) :
					 on_gone(w, numeric, m);
}

enum answered whois_on_answer(struct session *s, const struct answer *a)
{
	list_each(it, &s->whois.all) {
		struct whois *w = list_entry(it, struct whois, link);
		struct fault fault = {E_RESOURCE_CONSTRAINT, NULL};

		if (w->label != a->token || !is_under_way(w)) {
			continue;
		}
		if (a->numeric != 0 && read_line(w, a->numeric, a->m)) {
			return ANSWER_TAKEN;
		}
		if (!answer_is_error(a)) {
			return ANSWER_PLAIN;
		}
		answer_fault(s, a, ADVICE_NONE, a->numeric == 263, &fault);
		whois_fail(w, fault.error, fault.text);
		return ANSWER_TAKEN;
	}
	return ANSWER_UNKNOWN;
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
	w = whois_find(s, m->params[1]);
	return w != NULL && is_under_way(w) && read_line(w, numeric, m);
}
