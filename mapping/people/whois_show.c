/* SPDX-License-Identifier: MIT */
#include "mapping/people/whois.h"

#include <stdio.h>

#include "mapping/out.h"
#include "mapping/people/meta.h"
#include "mapping/people/whois_private.h"
#include "mapping/text.h"

/* What is known of somebody, for those who asked. */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

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
	buf_init(&b, 2 * WHOIS_TEXT_MAX + 1);
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
	return w->state == WHOIS_GONE;
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

void whois_add_time(struct mapping *m, const char *lang, int64_t seconds,
	struct buf *out)
{
	long long n = seconds;

	if (n < 120) {
		buf_addf(out, text(m, lang, "%lld s"), n);
	} else if (n < 120 * 60) {
		buf_addf(out, text(m, lang, "%lld min"), n / 60);
	} else if (n < 48 * 3600) {
		buf_addf(out, text(m, lang, "%lld h"), n / 3600);
	} else {
		buf_addf(out, text(m, lang, "%lld days"), n / 86400);
	}
}

static void describe_time(const struct whois *w, const char *lang,
	const char *label, int64_t seconds, struct buf *out)
{
	char space[64];
	struct buf time = {.p = space, .cap = sizeof space, .max = sizeof space};

	whois_add_time(core(w->session), lang, seconds, &time);
	describe(out, label, buf_slice(&time));
}

static void describe_gone(const struct whois *w, const char *lang,
	struct buf *out)
{
	struct mapping *m = core(w->session);
	int64_t ago = whois_gone_for(w);

	if (ago < 0) {
		describe(out, NULL, slice_str(text(m, lang, "Not on IRC now")));
	} else {
		describe_time(w, lang, text(m, lang, "Not on IRC for"), ago,
			out);
	}
}

void whois_tell(const struct whois *w, const char *lang, struct buf *out)
{
	struct mapping *m = core(w->session);
	char stamp[OUT_STAMP];
	char since[OUT_STAMP + 8];

	describe(out, text(m, lang, "Real name"),
		whois_text(w, WHOIS_REALNAME));
	whois_describe(w, lang, out);
	meta_tell(w, lang, out);
	if (whois_idle(w) >= 0) {
		describe_time(w, lang, text(m, lang, "Has not written for"),
			whois_idle(w), out);
	}
	if (whois_signon(w) > 0) {
		out_stamp(whois_signon(w) * 1000, stamp);
		snprintf(since, sizeof since, "%.10s %.8s UTC", stamp,
			stamp + 11);
		describe(out, text(m, lang, "Connected since"),
			slice_str(since));
	}
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
		{WHOIS_FROM, N_("Connected from")},
		{WHOIS_MODES, N_("Modes")},
		{WHOIS_EXTRA, NULL},
	};
	struct mapping *m = core(w->session);
	struct slice info = whois_text(w, WHOIS_SERVER_INFO);

	if (whois_is_gone(w)) {
		describe_gone(w, lang, out);
	}
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
	meta_describe(w, lang, out);
}
