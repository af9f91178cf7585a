/* SPDX-License-Identifier: MIT */
#include "xmpp/jid.h"

#include <idn-free.h>
#include <idna.h>
#include <stringprep.h>
#include <string.h>

#include "base/utf8.h"

enum { PART_MAX = 1023, HOST_MAX = 253 };

/* Illegal in a node beside controls (RFC 6122 A.5); PROTOCOL B.2's table. */
static const char node_forbidden[] = " \"&'/:<>@";

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char lower(char c)
{
	return is_upper(c) ? (char)(c + 32) : c;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || is_upper(c);
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* ---- preparing by profiles ---- */

/* Printable ASCII only: stringprep would do nothing but fold case. */
static bool is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

/*
 * By libidn, in code points: its UTF-8 functions grow their buffer in small
 * steps and start over each time, which a part full of ligatures makes slow.
 */
static enum err by_profile(struct slice in, const Stringprep_profile *profile,
	struct buf *out)
{
	uint32_t cps[PART_MAX + 2];
	size_t n = 0;
	size_t size;

	for (size_t i = 0; i < in.len; i += size) {
		cps[n] = utf8_decode(in.p + i, in.len - i, &size);
		if (cps[n] == UTF8_BAD || cps[n] == 0) {
			return ERR_BAD_INPUT;
		}
		n++;
	}
	cps[n] = 0;
	switch (stringprep_4i(cps, &n, PART_MAX + 2, 0, profile)) {
	case STRINGPREP_OK:
		break;
	case STRINGPREP_TOO_SMALL_BUFFER:
		return ERR_TOO_BIG;
	default:
		return ERR_BAD_INPUT;
	}
	for (size_t i = 0; i < n; i++) {
		char bytes[4];

		if (cps[i] == 0) {
			return ERR_BAD_INPUT;
		}
		buf_add(out, bytes, utf8_encode(cps[i], bytes));
	}
	return ERR_OK;
}

/* Appends the prepared part; every profile but that of resources folds case. */
static enum err prepare(struct slice in, const Stringprep_profile *profile,
	struct buf *out)
{
	size_t before = out->len;
	enum err err = ERR_OK;

	if (in.len == 0) {
		return ERR_BAD_INPUT;
	}
	if (in.len > PART_MAX) {
		return ERR_TOO_BIG;
	}
	if (!is_ascii(in)) {
		err = by_profile(in, profile, out);
	} else if (profile == stringprep_xmpp_resourceprep) {
		buf_add_slice(out, in);
	} else {
		for (size_t i = 0; i < in.len; i++) {
			buf_add_char(out, lower(in.p[i]));
		}
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
	enum err err = prepare(in, stringprep_xmpp_nodeprep, out);

	for (size_t i = before; err == ERR_OK && i < out->len; i++) {
		if (strchr(node_forbidden, out->p[i]) != NULL) {
			err = ERR_BAD_INPUT;
		}
	}
	return err;
}

/* ---- domains ---- */

static bool is_ip4(struct slice s)
{
	unsigned parts = 0;

	while (s.p != NULL) {
		struct slice part = slice_cut(&s, '.');

		if (part.len > 3 || slice_number(part, 255) < 0) {
			return false;
		}
		parts++;
	}
	return parts == 4;
}

static size_t hex_run(struct slice s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && is_hex(s.p[at + n])) {
		n++;
	}
	return n;
}

/* RFC 4291 2.2, without a zone. */
static bool is_ip6(struct slice s)
{
	bool gap = s.len >= 2 && s.p[0] == ':' && s.p[1] == ':';
	unsigned groups = 0;
	size_t i = gap ? 2 : 0;

	while (i < s.len) {
		size_t n = hex_run(s, i);

		if (i + n < s.len && s.p[i + n] == '.') {
			if (!is_ip4(slice(s.p + i, s.len - i))) {
				return false;
			}
			groups += 2;
			break;
		}
		if (n == 0 || n > 4) {
			return false;
		}
		groups++;
		i += n;
		if (i == s.len) {
			break;
		}
		if (s.p[i] != ':' || ++i == s.len) {
			return false;
		}
		if (s.p[i] == ':') {
			if (gap) {
				return false;
			}
			gap = true;
			i++;
		}
	}
	return gap ? groups < 8 : groups == 8;
}

static bool is_ip6_literal(struct slice s)
{
	return s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']' &&
		is_ip6(slice(s.p + 1, s.len - 2));
}

static void add_lower(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_add_char(out, lower(s.p[i]));
	}
}

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

/* What a prepared label may hold in ASCII: host names, and `_` in practice. */
static bool label_is_legal(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)p[i] < 0x80 && !is_alnum(p[i]) &&
			p[i] != '-' && p[i] != '_') {
			return false;
		}
	}
	return len > 0;
}

static enum err prepare_label(struct slice label, struct buf *out)
{
	size_t before = out->len;
	enum err err = prepare(label, stringprep_nameprep, out);

	if (err == ERR_OK &&
		!label_is_legal(out->p + before, out->len - before)) {
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
	if (is_ip6_literal(in)) {
		add_lower(out, in);
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
	return out->overflow || out->len - before > PART_MAX ? ERR_TOO_BIG :
							       ERR_OK;
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
		err = prepare(part[2], stringprep_xmpp_resourceprep, &full);
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

static const char *prepared(enum err err, const struct buf *part,
	struct arena *a)
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

	return prepared(prepare(text, stringprep_xmpp_resourceprep, &part),
		&part, a);
}

/* ---- XEP-0106 ---- */

/* Sorted as PROTOCOL B.2 has them. */
static const struct escape {
	char c;
	char hex[3];
} escapes[] = {
	{' ', "20"},
	{'"', "22"},
	{'&', "26"},
	{'\'', "27"},
	{'/', "2f"},
	{':', "3a"},
	{'<', "3c"},
	{'>', "3e"},
	{'@', "40"},
	{'\\', "5c"},
};

enum { ESCAPES = sizeof escapes / sizeof *escapes };

/* The row whose escape begins at p (a backslash), else NULL. */
static const struct escape *escape_at(const char *p, size_t len)
{
	if (len < 3) {
		return NULL;
	}
	for (size_t i = 0; i < ESCAPES; i++) {
		if (p[1] == escapes[i].hex[0] && lower(p[2]) == escapes[i].hex[1]) {
			return &escapes[i];
		}
	}
	return NULL;
}

/* The row of a character that may not stand in a node, else NULL. */
static const struct escape *escape_of(const char *p, size_t len)
{
	for (size_t i = 0; i < ESCAPES; i++) {
		if (*p == escapes[i].c) {
			return *p != '\\' || escape_at(p, len) ? &escapes[i] :
								 NULL;
		}
	}
	return NULL;
}

void jid_escape(struct buf *out, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		const struct escape *e = escape_of(name.p + i, name.len - i);

		if (e != NULL) {
			buf_add_char(out, '\\');
			buf_add(out, e->hex, 2);
		} else {
			buf_add_char(out, name.p[i]);
		}
	}
}

void jid_unescape(struct buf *out, struct slice node)
{
	for (size_t i = 0; i < node.len;) {
		const struct escape *e = node.p[i] == '\\' ?
			escape_at(node.p + i, node.len - i) :
			NULL;

		buf_add_char(out, e != NULL ? e->c : node.p[i]);
		i += e != NULL ? 3 : 1;
	}
}

/* ---- host names ---- */

static enum err check_ascii_host(struct slice host)
{
	struct slice rest = host;

	if (host.len == 0 || host.len > HOST_MAX) {
		return ERR_BAD_INPUT;
	}
	while (rest.p != NULL) {
		struct slice label = slice_cut(&rest, '.');

		if (label.len > 63 || !label_is_legal(label.p, label.len)) {
			return ERR_BAD_INPUT;
		}
	}
	return ERR_OK;
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
	if (is_ip6(host) || is_ip6_literal(host)) {
		add_lower(out, host);
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
	err = check_ascii_host(result);
	if (err == ERR_OK) {
		add_lower(out, result);
	}
	idn_free(ascii);
	return err;
}
