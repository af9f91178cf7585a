/* SPDX-License-Identifier: MIT */
#include "xmpp/host.h"

enum { HOST_MAX = 253 };

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

bool host_is_ip6(struct slice s)
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
	       host_is_ip6(slice(s.p + 1, s.len - 2));
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

bool host_is_legal(struct slice host)
{
	struct slice rest = host;

	if (host.len == 0 || host.len > HOST_MAX) {
		return false;
	}
	while (rest.p != NULL) {
		struct slice label = slice_cut(&rest, '.');

		if (label.len > 63 ||
			!host_label_is_legal(label.p, label.len)) {
			return false;
		}
	}
	return true;
}
