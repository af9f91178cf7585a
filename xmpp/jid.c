/* SPDX-License-Identifier: MIT */
#include "xmpp/jid.h"

#include <idn-free.h>
#include <idna.h>
#include <string.h>

#include "base/prep.h"
#include "base/utf8.h"
#include "xmpp/host.h"

enum { PART_MAX = PREP_MAX };

/* Illegal in a node beside controls (RFC 6122 A.5); PROTOCOL B.2's table. */
static const char node_forbidden[] = " \"&'/:<>@";

/* ---- preparing by profiles ---- */

/* Appends the prepared part; every profile but that of resources folds case. */
static enum err prepare(
	struct slice in, enum prep profile, struct buf *out)
{
	size_t before = out->len;
	enum err err = ERR_OK;

	if (in.len == 0) {
		return ERR_BAD_INPUT;
	}
	if (in.len > PART_MAX) {
		return ERR_TOO_BIG;
	}
	if (!prep_is_ascii(in)) {
		err = prep_add(profile, in, out);
	} else if (profile == PREP_RESOURCE) {
		buf_add_slice(out, in);
	} else {
		host_add_lower(out, in);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (out->overflow || out->len - before > PART_MAX) {
		return ERR_TOO_BIG;
	}
	/* Mapping may leave nothing (a soft hyphen alone). */
	return out->len > before ? ERR_OK : ERR_BAD_INPUT;
}

static enum err prepare_node(struct slice in, struct buf *out)
{
	size_t before = out->len;
	enum err err = prepare(in, PREP_NODE, out);

	for (size_t i = before; err == ERR_OK && i < out->len; i++) {
		if (strchr(node_forbidden, out->p[i]) != NULL) {
			err = ERR_BAD_INPUT;
		}
	}
	return err;
}

/* ---- domains ---- */

/* The dots of other scripts (RFC 3490 3.1): bytes of one at p, else 0. */
static size_t dot_at(struct slice s)
{
	static const char *const dots[] = {
		".", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"};

	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
		size_t n = strlen(dots[i]);

		if (s.len >= n && memcmp(s.p, dots[i], n) == 0) {
			return n;
		}
	}
	return 0;
}

static enum err prepare_label(struct slice label, struct buf *out)
{
	size_t before = out->len;
	enum err err = prepare(label, PREP_HOST, out);

	if (err == ERR_OK &&
		!host_label_is_legal(out->p + before, out->len - before)) {
		return ERR_BAD_INPUT;
	}
	return err;
}

static enum err prepare_domain(struct slice in, struct buf *out)
{
	size_t before = out->len;
	size_t from = 0;

	if (in.len > PART_MAX) {
		return ERR_TOO_BIG;
	}
	if (host_is_ip6_literal(in)) {
		host_add_lower(out, in);
		return ERR_OK;
	}
	for (size_t i = 0; i <= in.len;) {
		size_t dot = dot_at(slice(in.p + i, in.len - i));
		enum err err;

		if (dot == 0 && i < in.len) {
			i++;
			continue;
		}
		err = prepare_label(slice(in.p + from, i - from), out);
		if (err != ERR_OK) {
			return err;
		}
		if (i + dot >= in.len) {
			break; /* a dot at the very end names the same host */
		}
		buf_add_char(out, '.');
		i += dot;
		from = i;
	}
	return out->overflow || out->len - before > PART_MAX ? ERR_TOO_BIG
							     : ERR_OK;
}

/* ---- whole addresses ---- */

/* node@domain/resource: each part absent when there is none of it. */
static enum err split(struct slice text, struct slice part[3])
{
	struct slice rest = text;
	const char *slash = text.len ? memchr(text.p, '/', text.len) : NULL;
	const char *at;

	part[0] = slice(NULL, 0);
	part[2] = slice(NULL, 0);
	if (slash != NULL) {
		rest.len = (size_t)(slash - text.p);
		part[2] = slice(slash + 1, text.len - rest.len - 1);
	}
	at = rest.len ? memchr(rest.p, '@', rest.len) : NULL;
	if (at != NULL) {
		part[0] = slice(rest.p, (size_t)(at - rest.p));
		rest = slice(at + 1, rest.len - part[0].len - 1);
	}
	part[1] = rest;
	return rest.len > 0 ? ERR_OK : ERR_BAD_INPUT;
}

static char *copy(struct arena *a, const char *p, size_t len)
{
	return arena_strndup(a, p, len);
}

enum err jid_parse(struct slice text, struct arena *a, struct jid *out)
{
	/* Room for all a buffer may hold: it never asks for memory. */
	char room[3 * PART_MAX + 3];
	struct buf full = {.p = room, .cap = sizeof room, .max = sizeof room};
	struct slice part[3];
	struct jid jid = {0};
	size_t node_len = 0;
	size_t bare_len;
	enum err err = split(text, part);

	if (err == ERR_OK && part[0].p != NULL) {
		err = prepare_node(part[0], &full);
		node_len = full.len;
		buf_add_char(&full, '@');
	}
	if (err == ERR_OK) {
		err = prepare_domain(part[1], &full);
	}
	bare_len = full.len;
	if (err == ERR_OK && part[2].p != NULL) {
		buf_add_char(&full, '/');
		err = prepare(part[2], PREP_RESOURCE, &full);
	}
	if (err != ERR_OK) {
		return err;
	}
	jid.bare = copy(a, full.p, bare_len);
	jid.full = part[2].p != NULL ? copy(a, full.p, full.len) : jid.bare;
	jid.node = part[0].p != NULL ? copy(a, full.p, node_len) : NULL;
	if (jid.bare == NULL || jid.full == NULL ||
		(part[0].p != NULL && jid.node == NULL)) {
		return ERR_TOO_BIG;
	}
	/* These two end where the longer text ends. */
	jid.domain = jid.bare + (part[0].p != NULL ? node_len + 1 : 0);
	jid.resource = part[2].p != NULL ? jid.full + bare_len + 1 : NULL;
	*out = jid;
	return ERR_OK;
}

static const char *prepared(
	enum err err, const struct buf *part, struct arena *a)
{
	return err == ERR_OK ? copy(a, part->p, part->len) : NULL;
}

const char *jid_prepare_node(struct slice text, struct arena *a)
{
	char room[4 * PART_MAX + 8];
	struct buf part = {.p = room, .cap = sizeof room, .max = sizeof room};

	return prepared(prepare_node(text, &part), &part, a);
}

const char *jid_prepare_resource(struct slice text, struct arena *a)
{
	char room[4 * PART_MAX + 8];
	struct buf part = {.p = room, .cap = sizeof room, .max = sizeof room};

	return prepared(
		prepare(text, PREP_RESOURCE, &part), &part, a);
}

enum err jid_host_to_ascii(struct slice host, struct buf *out)
{
	char text[PART_MAX + 1];
	char *ascii = NULL;
	struct slice result;
	enum err err;

	if (host.len == 0 || host.len > PART_MAX || !utf8_valid(host) ||
		memchr(host.p, '\0', host.len) != NULL) {
		return ERR_BAD_INPUT;
	}
	if (host_is_ip6(host) || host_is_ip6_literal(host)) {
		host_add_lower(out, host);
		return ERR_OK;
	}
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	if (idna_to_ascii_8z(text, &ascii, IDNA_ALLOW_UNASSIGNED) !=
		IDNA_SUCCESS) {
		return ERR_BAD_INPUT;
	}
	result = slice_str(ascii);
	if (result.len > 1 && result.p[result.len - 1] == '.') {
		result.len--;
	}
	err = host_is_legal(result) ? ERR_OK : ERR_BAD_INPUT;
	if (err == ERR_OK) {
		host_add_lower(out, result);
	}
	idn_free(ascii);
	return err;
}
