/* SPDX-License-Identifier: MIT */
#include "mapping/addr_private.h"

#include <string.h>

#include "mapping/network.h"

/* The part of an address that names a network or a host (PROTOCOL B.1). */

struct host {
	struct slice name; /* lower case, without brackets */
	long port;         /* 0 when none was given, -1 when malformed */
	bool bracketed;
};

static struct host split_host(struct slice text)
{
	struct host h = {.name = text};
	const char *colon;

	if (text.len > 0 && text.p[0] == '[') {
		const char *close = memchr(text.p, ']', text.len);
		size_t used = close ? (size_t)(close - text.p) + 1 : 0;

		h.bracketed = true;
		if (used == 0) {
			h.port = -1;
			return h;
		}
		h.name = slice(text.p + 1, used - 2);
		if (used < text.len) {
			h.port = text.p[used] == ':' ?
				slice_number(slice(text.p + used + 1,
						     text.len - used - 1),
					65535) :
				-1;
			h.port = h.port == 0 ? -1 : h.port;
		}
		return h;
	}
	colon = memchr(text.p, ':', text.len);
	if (colon != NULL) {
		size_t used = (size_t)(colon - text.p);

		h.name = slice(text.p, used);
		h.port = slice_number(
			slice(colon + 1, text.len - used - 1), 65535);
		h.port = h.port == 0 ? -1 : h.port;
	}
	return h;
}

/* Something that could be an IPv6 literal; the connect decides for good. */
static bool is_v6(struct slice s)
{
	size_t colons = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (memchr("0123456789abcdefABCDEF:.", s.p[i], 24) == NULL) {
			return false;
		}
		colons += s.p[i] == ':';
	}
	return colons >= 2 && s.len <= 45;
}

bool addr_host(struct slice text, struct buf *out)
{
	if (text.len > 2 && text.p[0] == '[' && text.p[text.len - 1] == ']') {
		text = slice(text.p + 1, text.len - 2);
		if (!is_v6(text)) {
			return false;
		}
	}
	if (is_v6(text)) {
		buf_add_slice(out, text);
		return true;
	}
	return jid_host_to_ascii(text, out) == ERR_OK;
}

static struct network *free_network(struct mapping *m, struct slice host,
	const struct host *h, struct fault *fault)
{
	struct buf ascii;
	struct network *n = NULL;

	if (memchr(h->name.p, '.', h->name.len) == NULL && !h->bracketed &&
		h->port == 0) {
		addr_refuse(fault, E_ITEM_NOT_FOUND,
			"There is no IRC network of that name here. Write "
			"\"networks\" to the gateway to see which there are.");
		return NULL;
	}
	if (!m->config->free_choice) {
		addr_refuse(fault, E_FORBIDDEN,
			"This gateway does not connect to that IRC server. "
			"Write \"networks\" to the gateway to see where it "
			"does.");
		return NULL;
	}
	buf_init(&ascii, 300);
	if (h->bracketed ? !is_v6(h->name) :
			   jid_host_to_ascii(h->name, &ascii) != ERR_OK) {
		addr_refuse(fault, E_JID_MALFORMED,
			"That is no host name. Look at its spelling.");
	} else {
		n = network_free_choice(m, host,
			h->bracketed ? h->name : buf_slice(&ascii),
			h->port ? (uint16_t)h->port : 6697);
		if (n == NULL) {
			addr_refuse(fault, E_SERVICE_UNAVAILABLE,
				"This gateway no longer serves that IRC "
				"network. Ask its operator why.");
		}
	}
	buf_finish(&ascii);
	return n;
}

struct network *addr_network(struct mapping *m, struct slice text,
	struct fault *fault)
{
	struct buf *low = &m->clean;
	struct host h;
	struct network *n;
	struct slice host;

	buf_reset(low, CORE_KEEP_BYTES);
	jid_unescape(low, text);
	for (size_t i = 0; i < low->len; i++) {
		low->p[i] = casemap_fold_char(CASEMAP_ASCII, low->p[i]);
	}
	host = slice(arena_strndup(&m->arena, buf_slice(low).p, low->len),
		low->len);
	if (host.p == NULL || host.len == 0) {
		addr_refuse(
			fault, E_JID_MALFORMED,
			"The IRC server is missing. Name a network, as in "
			"irc.example.org.");
		return NULL;
	}
	n = network_find(m, host);
	if (n != NULL) {
		return n;
	}
	h = split_host(host);
	if (h.port < 0 || h.name.len == 0) {
		addr_refuse(
			fault, E_JID_MALFORMED,
			"That is no host and port. Write it as in "
			"irc.example.org, with the port behind it as in "
			"irc.example.org:6697.");
		return NULL;
	}
	return free_network(m, host, &h, fault);
}
