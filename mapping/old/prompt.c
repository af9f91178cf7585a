/* SPDX-License-Identifier: MIT */
#include "mapping/old/prompt_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "irc/isupport.h"
#include "mapping/network.h"
#include "mapping/session.h"
#include "mapping/text.h"

/*
 * The story: prompt_read() refuses what no address holds, then asks one form
 * after another (prompt_forms.c) whether the text is of it. The one that knows
 * it says which network and which name are meant; check_chars() and
 * check_length() judge the name, write_jid() makes the JID and reads it back: a
 * JID that would mean something else is not handed out.
 */
enum { NODE_MAX = 1023 };

enum verdict prompt_refuse(struct wish *w, enum stanza_error e,
	const char *english)
{
	w->fault->error = e;
	w->fault->text = english;
	return REFUSED;
}

/* english: a sentence with %s. */
static enum verdict refuse_word(struct wish *w, const char *english,
	const char *word)
{
	return prompt_refuse(
		w, E_NOT_ACCEPTABLE, text_with(w->p->m, english, word));
}

static enum verdict refuse_char(struct wish *w, const char *english,
	struct slice at)
{
	char shown[16];
	size_t size;
	uint32_t cp = utf8_decode(at.p, at.len, &size);

	if (cp <= 0x20 || cp == 0x7f || cp == UTF8_BAD) {
		snprintf(shown, sizeof shown, "U+%04X",
			(unsigned)(unsigned char)at.p[0]);
	} else {
		snprintf(shown, sizeof shown, "%.*s", (int)size, at.p);
	}
	return refuse_word(w, english, shown);
}

/* ---- judging ---- */

bool prompt_is_channel(const struct wish *w, struct slice name)
{
	const struct network *n = w->network ? w->network : w->p->home;
	static const struct network nowhere;

	return addr_is_channel(n ? w->p->user : NULL, n ? n : &nowhere, name);
}

static const struct isupport *rules_of(const struct wish *w,
	struct isupport *unknown)
{
	const struct session *s =
		w->p->user ? session_find(w->p->user, w->network) : NULL;

	if (s != NULL && s->net != NULL && ircnet_registered(s->net)) {
		return ircnet_isupport(s->net);
	}
	isupport_init(unknown);
	return unknown;
}

static bool is_nick_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || c >= 0x80 ||
		memchr("-_[]{}\\|^`~", c, 11) != NULL;
}

static enum verdict check_chars(struct wish *w)
{
	bool channel = !w->nick && prompt_is_channel(w, w->name);

	for (size_t i = 0; i < w->name.len; i++) {
		unsigned char c = (unsigned char)w->name.p[i];
		struct slice at = slice(w->name.p + i, w->name.len - i);

		if (channel && (c <= ' ' || c == 0x7f || c == ',')) {
			return refuse_char(w,
				N_("The name of a channel cannot hold %s. "
				   "Look at its spelling."),
				at);
		}
		if (!channel && !is_nick_char(c)) {
			return refuse_char(w,
				N_("A nick cannot hold %s. Look at its "
				   "spelling."), at);
		}
		if (!channel && i == 0 &&
			(c == '-' || (c >= '0' && c <= '9'))) {
			return refuse_char(w,
				N_("A nick cannot begin with %s. Look at its "
				   "spelling."), at);
		}
	}
	if (w->name.len == 0) {
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"The nick or #channel is missing. Name one.");
	}
	return TAKEN;
}

static enum verdict check_length(struct wish *w)
{
	struct isupport unknown;
	const struct isupport *is = rules_of(w, &unknown);
	bool channel = !w->nick && prompt_is_channel(w, w->name);
	unsigned most =
		channel ? is->channellen : isupport_longest_nick(is);
	char number[16];

	most = is->seen ? most : CASEMAP_NAME_MAX;
	if (w->name.len > most) {
		snprintf(number, sizeof number, "%u", most);
		return refuse_word(w,
			channel ? N_("Names of channels there have at most "
				     "%s bytes. Name a shorter one.") :
				  N_("Nicks there have at most %s bytes. "
				     "Name a shorter one."),
			number);
	}
	return TAKEN;
}

/* Does it mean, read again, what it was made of? */
static bool means_it(struct wish *w, const char *jid)
{
	struct addr a;
	struct fault unused;

	return addr_parse_for(w->p->m, jid, w->p->bare, &a, &unused) &&
		a.network == w->network &&
		(w->server ? a.kind == ADDR_SRV :
			     (a.kind == ADDR_CHAN || a.kind == ADDR_NICK) &&
				     casemap_equal(CASEMAP_ASCII, a.name,
					     w->name));
}

static enum verdict write_jid(struct wish *w, struct buf *out)
{
	struct mapping *m = w->p->m;
	size_t start = out->len;

	if (w->gateway) {
		buf_add_str(out, m->config->component);
		return TAKEN;
	}
	if (w->server) {
		addr_add_srv(m, out, w->network);
	} else {
		addr_add_name(m, out, w->network, w->name);
	}
	if (out->len - start > NODE_MAX ||
		!means_it(w, buf_cstr(out) + start)) {
		buf_truncate(out, start);
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"This name cannot be written as a Jabber address. Ask "
			"its owner for another one.");
	}
	return TAKEN;
}

static enum verdict find_network(struct wish *w)
{
	if (w->network == NULL) {
		w->network = w->p->home;
	}
	if (w->gateway && (!w->p->stay || w->p->m->config->fixed_network)) {
		return TAKEN;
	}
	if (w->network == NULL) {
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"Name the IRC server too, like bob@irc.example.net.");
	}
	if (w->p->stay && (w->gateway || w->network != w->p->home)) {
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"Only names of this IRC network can be asked for "
			"here.");
	}
	return TAKEN;
}

static enum verdict check_whole(struct wish *w, struct slice s)
{
	if (s.len == 0) {
		return prompt_refuse(w, E_BAD_REQUEST,
			"The nick or #channel is missing. Name one.");
	}
	if (s.len > PROMPT_MAX) {
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"No name on IRC is that long. Look at its spelling.");
	}
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f) {
			return refuse_char(w,
				N_("Names on IRC cannot hold %s. Look at its "
				   "spelling."),
				slice(s.p + i, s.len - i));
		}
	}
	return TAKEN;
}

bool prompt_read(const struct prompt *p, struct slice text, struct buf *out,
	struct fault *fault)
{
	struct wish w = {.p = p, .fault = fault};
	enum verdict v;
	bool named;

	text = slice_trim(text);
	if (check_whole(&w, text) == REFUSED) {
		return false;
	}
	v = prompt_form(&w, text);
	named = !w.server && !w.gateway;
	if (v == TAKEN && named) {
		v = check_chars(&w);
	}
	if (v == TAKEN) {
		v = find_network(&w);
	}
	if (v == TAKEN && named) {
		v = check_length(&w);
	}
	return v == TAKEN && write_jid(&w, out) == TAKEN;
}
