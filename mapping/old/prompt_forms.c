/* SPDX-License-Identifier: MIT */
#include "mapping/old/prompt_private.h"

#include <string.h>

#include "base/utf8.h"
#include "mapping/network.h"

/* The forms in which somebody is named (PROTOCOL B.5). */

/* ---- hosts ---- */

static bool is_host_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || c >= 0x80 ||
		memchr("-._:[]", c, 6) != NULL;
}

/* Something that is meant as a host, known or not. */
static bool looks_like_host(struct slice s)
{
	bool dotted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (!is_host_char((unsigned char)s.p[i])) {
			return false;
		}
		dotted |= s.p[i] == '.' || s.p[i] == ':';
	}
	return dotted;
}

/* Without the port. */
static struct slice host_alone(struct slice host)
{
	const char *colon = memchr(host.p, ':', host.len);

	if (host.len == 0 || host.p[0] == '[' || colon == NULL) {
		return host;
	}
	return slice(host.p, (size_t)(colon - host.p));
}

/*
 * A configured network by its name, an alias, or one of its servers; a port
 * does not matter: the operator chose it. NULL: there is none.
 */
static struct network *known_network(const struct mapping *m, struct slice text)
{
	struct slice host = host_alone(text);
	struct network *n;
	struct buf low;

	buf_init(&low, PROMPT_MAX);
	for (size_t i = 0; i < host.len; i++) {
		buf_add_char(&low, casemap_fold_char(CASEMAP_ASCII, host.p[i]));
	}
	n = network_find(m, buf_slice(&low));
	for (size_t i = 0; n == NULL && i < m->config->nnetworks; i++) {
		const struct network_config *c = &m->config->networks[i];

		for (size_t k = 0; n == NULL && k < c->nservers; k++) {
			if (slice_is_nocase(host, c->servers[k].host)) {
				n = network_find(m, slice_str(c->name));
			}
		}
	}
	buf_finish(&low);
	return n;
}

/* What stands where a host stands in `form`; not a host: OTHER_FORM. */
static enum verdict take_host(struct wish *w, struct slice host)
{
	w->network = known_network(w->p->m, host);
	if (w->network != NULL) {
		return TAKEN;
	}
	if (!looks_like_host(host)) {
		return OTHER_FORM;
	}
	w->network = addr_network(w->p->m, host, w->fault);
	return w->network ? TAKEN
			  : prompt_refuse(w, w->fault->error, w->fault->text);
}

/* ---- irc://host[:port]/target[,isnick][?key] ---- */

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
		c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				       -1;
}

/* Into the arena; absent when it is broken or no text. */
static struct slice percent_decode(struct wish *w, struct slice s)
{
	struct buf out;
	struct slice copy = {0};
	bool good = true;

	buf_init(&out, PROMPT_MAX);
	for (size_t i = 0; i < s.len && good; i++) {
		if (s.p[i] != '%') {
			buf_add_char(&out, s.p[i]);
			continue;
		}
		good = i + 2 < s.len && hex(s.p[i + 1]) >= 0 &&
			hex(s.p[i + 2]) >= 0;
		if (good) {
			buf_add_char(&out, (char)(hex(s.p[i + 1]) * 16 +
						hex(s.p[i + 2])));
			i += 2;
		}
	}
	if (good && utf8_valid(buf_slice(&out)) &&
		(out.len == 0 || memchr(out.p, '\0', out.len) == NULL)) {
		copy.p = arena_strndup(&w->p->m->arena, buf_slice(&out).p,
			out.len);
		copy.len = copy.p ? out.len : 0;
	}
	buf_finish(&out);
	return copy;
}

static bool cut_scheme(struct slice *s)
{
	static const char *const schemes[] = {"irc://", "ircs://", "irc6://"};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i]);

		if (s->len >= len &&
			slice_is_nocase(slice(s->p, len), schemes[i])) {
			*s = slice(s->p + len, s->len - len);
			return true;
		}
	}
	return false;
}

/* ",isnick" and ",isuser" (nick!user@host) make the target a nick. */
static void read_flags(struct wish *w, struct slice flags, struct slice *target)
{
	while (flags.len > 0) {
		struct slice flag = slice_cut(&flags, ',');

		w->nick |= slice_is_nocase(flag, "isnick");
		if (slice_is_nocase(flag, "isuser")) {
			w->nick = true;
			*target = slice_cut(target, '!');
		}
	}
}

static enum verdict read_uri(struct wish *w, struct slice s)
{
	struct slice host;
	struct slice target;
	const char *at;
	char *channel;

	if (!cut_scheme(&s)) {
		return OTHER_FORM;
	}
	host = slice_cut(&s, '/');
	host = slice_cut(&host, '?');
	at = host.len ? memrchr(host.p, '@', host.len) : NULL;
	if (at != NULL) { /* a user's name for the server, not ours to use */
		host = slice(at + 1, (size_t)(host.p + host.len - at - 1));
	}
	s = slice_cut(&s, '?'); /* the key stays with the client */
	target = slice_cut(&s, ',');
	host = percent_decode(w, host);
	target = percent_decode(w, target);
	if (host.p == NULL || target.p == NULL) {
		return prompt_refuse(w, E_NOT_ACCEPTABLE,
			"This irc:// address is damaged. Write it like "
			"irc://irc.example.net/channel.");
	}
	if (host.len > 0) {
		enum verdict v = take_host(w, host);

		if (v == OTHER_FORM) {
			v = prompt_refuse(w, E_ITEM_NOT_FOUND,
				"There is no IRC network of that name here. "
				"Write \"networks\" to the gateway to see "
				"which there are.");
		}
		if (v == REFUSED) {
			return v;
		}
	}
	read_flags(w, s, &target);
	w->server = target.len == 0;
	w->name = target;
	if (!w->server && !w->nick && !prompt_is_channel(w, target)) {
		channel = arena_alloc(&w->p->m->arena, target.len + 2);
		must(channel != NULL); /* PROMPT_MAX is far below its ceiling */
		channel[0] = '#';
		memcpy(channel + 1, target.p, target.len);
		w->name = slice(channel, target.len + 1);
	}
	return TAKEN;
}

/* ---- a JID of ours ---- */

static enum verdict read_jid(struct wish *w, struct slice s)
{
	struct mapping *m = w->p->m;
	const char *copy = arena_strndup(&m->arena, s.p, s.len);
	struct jid jid;
	struct addr a;

	if (copy == NULL ||
		jid_parse(slice(copy, s.len), &m->arena, &jid) != ERR_OK ||
		strcmp(jid.domain, m->config->component) != 0) {
		return OTHER_FORM;
	}
	if (!addr_parse_for(m, copy, w->p->bare, &a, w->fault)) {
		return prompt_refuse(w, w->fault->error, w->fault->text);
	}
	w->network = a.network;
	w->gateway = a.kind == ADDR_GW;
	w->server = a.kind == ADDR_SRV;
	w->name = a.name;
	if (a.kind == ADDR_OCC) { /* the same person, without the room */
		w->name = a.nick;
		w->nick = true;
	}
	return TAKEN;
}

/* ---- the others ---- */

/* nick!user@host as IRC shows it: that host is the person's, no server. */
static enum verdict read_mask(struct wish *w, struct slice s)
{
	const char *bang = memchr(s.p, '!', s.len);

	if (bang == NULL || bang == s.p || prompt_is_channel(w, s) ||
		memchr(s.p, '@', (size_t)(bang - s.p)) != NULL ||
		memchr(bang, '@', (size_t)(s.p + s.len - bang)) == NULL) {
		return OTHER_FORM;
	}
	w->name = slice(s.p, (size_t)(bang - s.p));
	return TAKEN;
}

static enum verdict read_at_host(struct wish *w, struct slice s)
{
	for (size_t i = s.len; i > 0; i--) {
		enum verdict v;

		if (s.p[i - 1] != '@') {
			continue;
		}
		v = take_host(w, slice(s.p + i, s.len - i));
		if (v != OTHER_FORM) {
			w->name = slice(s.p, i - 1);
			return v;
		}
	}
	return OTHER_FORM;
}

/* A channel's name may hold a %: where it names no network, it is part of it.
 */
static enum verdict read_percent(struct wish *w, struct slice s)
{
	const char *percent = memrchr(s.p, '%', s.len);
	enum verdict v;
	struct slice host;

	if (percent == NULL || w->p->m->config->fixed_network != NULL) {
		return OTHER_FORM;
	}
	host = slice(percent + 1, (size_t)(s.p + s.len - percent - 1));
	v = take_host(w, host);
	if (v == OTHER_FORM &&
		!(w->p->home != NULL && prompt_is_channel(w, s))) {
		v = prompt_refuse(w, E_ITEM_NOT_FOUND,
			"There is no IRC network of that name here. Write "
			"\"networks\" to the gateway to see which there are.");
	}
	w->name = slice(s.p, (size_t)(percent - s.p));
	return v;
}

static enum verdict read_server(struct wish *w, struct slice s)
{
	enum verdict v;

	if (prompt_is_channel(w, s) || w->p->m->config->fixed_network != NULL) {
		return OTHER_FORM;
	}
	v = take_host(w, s);
	w->server = v == TAKEN;
	return v;
}

static enum verdict read_name(struct wish *w, struct slice s)
{
	w->name = s;
	if (w->p->home == NULL && memchr(s.p, '@', s.len) != NULL &&
		!prompt_is_channel(w, s)) {
		return prompt_refuse(w, E_ITEM_NOT_FOUND,
			"There is no IRC network of that name here. Write "
			"\"networks\" to the gateway to see which there are.");
	}
	return TAKEN;
}

typedef enum verdict form_fn(struct wish *w, struct slice s);

/* In this order; the last one takes everything. */
static form_fn *const forms[] = {read_uri, read_jid, read_mask, read_at_host,
	read_percent, read_server, read_name};

enum verdict prompt_form(struct wish *w, struct slice s)
{
	enum verdict v = OTHER_FORM;

	for (size_t i = 0; v == OTHER_FORM; i++) {
		v = forms[i](w, s);
	}
	return v;
}
