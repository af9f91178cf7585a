/* SPDX-License-Identifier: MIT */
#include "mapping/people/meta.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/people/whois_private.h"
#include "mapping/session.h"
#include "mapping/talk/oob.h"
#include "mapping/text.h"

struct slice meta_text(struct mapping *m, struct slice value)
{
	return value.len > 0 ? out_clean(m, value) : slice(NULL, 0);
}

static bool begins(struct slice s, const char *with)
{
	size_t len = strlen(with);

	return s.len > len && slice_is_nocase(slice(s.p, len), with);
}

struct slice meta_homepage(struct mapping *m, struct slice value)
{
	struct slice url = meta_text(m, value);

	return (begins(url, "https://") || begins(url, "http://")) &&
			oob_url_usable(url) ?
		url : slice(NULL, 0);
}

/* The server of the picture has it in the size that stands there. */
struct slice meta_avatar(struct mapping *m, struct slice value)
{
	static const char mark[] = "{size}";
	static const char size[] = "128";
	struct slice url = meta_text(m, value);
	const char *at = url.len > 0 ?
		memmem(url.p, url.len, mark, sizeof mark - 1) : NULL;
	struct buf b;

	if (!begins(url, "https://") || !oob_url_usable(url)) {
		return slice(NULL, 0);
	}
	if (at == NULL) {
		return url;
	}
	buf_init(&b, META_VALUE_MAX * 4);
	buf_add(&b, url.p, (size_t)(at - url.p));
	buf_add_str(&b, size);
	at += sizeof mark - 1;
	buf_add(&b, at, (size_t)(url.p + url.len - at));
	url = out_clean(m, buf_slice(&b));
	buf_finish(&b);
	return url;
}

struct slice meta_of_person(const struct whois *w, enum irc_meta key)
{
	const struct ircnet *net = w->session->net;
	struct slice value = net != NULL ?
		ircnet_meta_of(net, whois_nick(w), key) : slice(NULL, 0);

	return value.len > 0 ? value :
			       buf_slice(&w->texts[WHOIS_META + key]);
}

/* `value` is clean; a line, when there is one. */
static void add_line(const struct whois *w, const char *lang, const char *label,
	struct slice value, struct buf *out)
{
	if (value.len > 0) {
		buf_addf(out, "%s%s: %.*s", out->len > 0 ? "\n" : "",
			text(w->session->user->mapping, lang, label),
			SLICE_ARG(value));
	}
}

void meta_describe(const struct whois *w, const char *lang, struct buf *out)
{
	static const struct {
		enum irc_meta key;
		const char *label;
	} rows[] = {
		{META_STATUS, N_("Status")},
		{META_PRONOUNS, N_("Pronouns")},
		{META_BOT, N_("Program")},
		{META_COLOR, N_("Colour")},
	};
	struct mapping *m = w->session->user->mapping;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		add_line(w, lang, rows[i].label,
			meta_text(m, meta_of_person(w, rows[i].key)), out);
	}
}

void meta_tell(const struct whois *w, const char *lang, struct buf *out)
{
	struct mapping *m = w->session->user->mapping;

	add_line(w, lang, N_("Wants to be called"),
		meta_text(m, meta_of_person(w, META_DISPLAY_NAME)), out);
	add_line(w, lang, N_("Homepage"),
		meta_homepage(m, meta_of_person(w, META_HOMEPAGE)), out);
	add_line(w, lang, N_("Picture"),
		meta_avatar(m, meta_of_person(w, META_AVATAR)), out);
}
