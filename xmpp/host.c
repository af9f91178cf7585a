/* SPDX-License-Identifier: MIT */
#include "xmpp/host.h"

#include <idn-free.h>
#include <idna.h>
#include <string.h>

#include "base/utf8.h"
#include "xmpp/jid.h"

enum { HOST_MAX = 253, TYPED_MAX = 1023 };

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

void host_add_lower(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_add_char(out, lower(s.p[i]));
	}
}

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

bool host_is_ip6_literal(struct slice s)
{
	return s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']' &&
		is_ip6(slice(s.p + 1, s.len - 2));
}

bool host_label_is_legal(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)p[i] < 0x80 && !is_alnum(p[i]) &&
			p[i] != '-' && p[i] != '_') {
			return false;
		}
	}
	return len > 0;
}

static enum err check_ascii_host(struct slice host)
{
	struct slice rest = host;

	if (host.len == 0 || host.len > HOST_MAX) {
		return ERR_BAD_INPUT;
	}
	while (rest.p != NULL) {
		struct slice label = slice_cut(&rest, '.');

		if (label.len > 63 || !host_label_is_legal(label.p, label.len)) {
			return ERR_BAD_INPUT;
		}
	}
	return ERR_OK;
}

enum err jid_host_to_ascii(struct slice host, struct buf *out)
{
	char text[TYPED_MAX + 1];
	char *ascii = NULL;
	struct slice result;
	enum err err;

	if (host.len == 0 || host.len > TYPED_MAX || !utf8_valid(host) ||
		memchr(host.p, '\0', host.len) != NULL) {
		return ERR_BAD_INPUT;
	}
	if (is_ip6(host) || host_is_ip6_literal(host)) {
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
	err = check_ascii_host(result);
	if (err == ERR_OK) {
		host_add_lower(out, result);
	}
	idn_free(ascii);
	return err;
}
