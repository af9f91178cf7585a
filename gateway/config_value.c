/* SPDX-License-Identifier: MIT */
#include "gateway/config_value.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gateway/address.h"
#include "xmpp/jid.h"

struct unit {
	const char *name;
	long factor;
};

static const struct unit time_units[] = {
	{"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {NULL, 0},
};

static const struct unit size_units[] = {
	{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {NULL, 0},
};

static enum err with_unit(const char *text, const struct unit *units, long *out)
{
	size_t digits = strspn(text, "0123456789");
	long n = slice_number(slice(text, digits), INT_MAX);
	const char *unit = text + digits + strspn(text + digits, " ");

	if (n < 0) {
		return ERR_BAD_INPUT;
	}
	for (; units->name != NULL; units++) {
		if (strcmp(unit, units->name) != 0) {
			continue;
		}
		if (n > INT_MAX / units->factor) {
			return ERR_BAD_INPUT;
		}
		*out = n * units->factor;
		return ERR_OK;
	}
	return ERR_BAD_INPUT;
}

enum err config_time(const char *text, long *ms)
{
	return with_unit(text, time_units, ms);
}

enum err config_size(const char *text, long *bytes)
{
	return with_unit(text, size_units, bytes);
}

/* Cuts "[host]", "host" off the front; what follows is "" or ":port". */
static enum err split_server(const char *text, struct slice *host,
	const char **rest)
{
	const char *colon = strchr(text, ':');

	if (text[0] == '[') {
		const char *end = strchr(text, ']');

		if (end == NULL) {
			return ERR_BAD_INPUT;
		}
		*host = slice(text + 1, (size_t)(end - text - 1));
		*rest = end + 1;
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		*host = slice_str(text); /* IPv6 without brackets or port */
		*rest = "";
	} else {
		*host = slice(text, strcspn(text, ":"));
		*rest = text + host->len;
	}
	return ERR_OK;
}

static bool is_ipv6(const char *host)
{
	union address a;

	return address_literal(host, 0, &a) && a.sa.sa_family == AF_INET6;
}

enum err config_server(const char *text, struct arena *a,
	struct server_config *out)
{
	struct buf name;
	struct slice host;
	const char *rest;
	const char *copy = NULL;
	long port = 0;

	if (split_server(text, &host, &rest) != ERR_OK) {
		return ERR_BAD_INPUT;
	}
	if (rest[0] == ':') {
		port = slice_number(slice_str(rest + 1), 65535);
	}
	if ((rest[0] != '\0' && rest[0] != ':') || port < 0 ||
		(rest[0] == ':' && port == 0)) {
		return ERR_BAD_INPUT;
	}
	buf_init(&name, 256);
	if (memchr(host.p, ':', host.len) != NULL || text[0] == '[') {
		copy = arena_strndup(a, host.p, host.len);
		copy = copy != NULL && is_ipv6(copy) ? copy : NULL;
	} else if (jid_host_to_ascii(host, &name) == ERR_OK) {
		copy = arena_strndup(a, name.p, name.len);
	}
	buf_finish(&name);
	if (copy == NULL) {
		return ERR_BAD_INPUT;
	}
	*out = (struct server_config){.host = copy, .port = (uint16_t)port};
	return ERR_OK;
}

/* One label of a host name: not empty, no hyphen at an end, <= 63 bytes. */
static bool is_label(struct slice label)
{
	if (label.len == 0 || label.len > 63 || label.p[0] == '-' ||
		label.p[label.len - 1] == '-') {
		return false;
	}
	for (size_t i = 0; i < label.len; i++) {
		char c = label.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_')) {
			return false;
		}
	}
	return true;
}

const char *config_name(const char *text, struct arena *a)
{
	size_t len = strlen(text);
	char *name = len <= 253 ? arena_strndup(a, text, len) : NULL;
	struct slice rest;

	if (name == NULL || len == 0) {
		return NULL;
	}
	for (char *p = name; *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z') {
			*p = (char)(*p - 'A' + 'a');
		}
	}
	rest = slice(name, len);
	if (name[len - 1] == '.') {
		return NULL;
	}
	while (rest.len > 0) {
		if (!is_label(slice_cut(&rest, '.'))) {
			return NULL;
		}
	}
	return name;
}

const char *config_domain(const char *text, struct arena *a)
{
	struct jid jid;

	if (jid_parse(slice_str(text), a, &jid) != ERR_OK || jid.node != NULL ||
		jid.resource != NULL) {
		return NULL;
	}
	return jid.domain;
}

const char *config_jid(const char *text, struct arena *a)
{
	struct jid jid;

	if (jid_parse(slice_str(text), a, &jid) != ERR_OK || jid.node == NULL ||
		jid.resource != NULL) {
		return NULL;
	}
	return jid.bare;
}

const char *config_pin(const char *text, struct arena *a)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	char hex[65];
	size_t len = 0;

	for (; *text != '\0' && len < 64; text++) {
		const char *digit = strchr(digits, *text);

		if (digit != NULL) {
			hex[len++] = digits[(digit - digits) % 16];
		} else if (*text != ':' || len == 0 || len % 2 != 0) {
			return NULL;
		}
	}
	return len == 64 && *text == '\0' ? arena_strndup(a, hex, 64) : NULL;
}

const char *config_first_line(const char *path, struct arena *a)
{
	char line[1002];
	FILE *file = fopen(path, "re");
	char *got;

	if (file == NULL) {
		return NULL;
	}
	got = fgets(line, sizeof line, file);
	fclose(file);
	if (got == NULL) {
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line[0] != '\0' ? arena_strndup(a, line, strlen(line)) : NULL;
}
