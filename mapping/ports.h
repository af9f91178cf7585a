/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PORTS_H
#define MAPPING_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "mapping/config.h"

/*
 * All that the core asks of the world. gateway/wire.c fills it with sockets,
 * tests with a recorder. No call may come back into the core before it returned.
 */
struct link_target {
	const char *host;  /* A-labels or address literal */
	uint16_t port;
	enum link_tls tls;
	const char *ca_file;
	const char *const *pins; /* any of these certificates is the right one */
	size_t npins;
	const struct server_config *proxy; /* SOCKS5, resolves names; or NULL */
	const char *proxy_user;
	const char *proxy_password;
	const struct source_config *sources; /* one is chosen by `who` */
	size_t nsources;
	const char *ident; /* the user's, for whoever asks by RFC 1413 */
	unsigned char who[32]; /* a keyed hash of the owner */
	bool allow_private; /* checked on the address really connected to */
	const char *owner;  /* bare JID, for limits per user */
	const char *certificate; /* base/cert.h: shown to this server, whom
				    `tls` or a pin checks; NULL: none. Secret */
};

/*
 * One thing that is kept for a user. The four texts together are its name;
 * value absent (p == NULL): it is deleted. With an empty kind everything of
 * the user is deleted. Secret values are sealed before they touch a disk.
 */
struct store_row {
	const char *user;  /* bare JID */
	const char *kind;  /* see mapping/register/account_private.h */
	const char *scope;
	const char *key;
	struct slice value;
	bool secret;
};

struct map_ports {
	/* One finished stanza, while the component is online. */
	void (*xmpp_send)(void *ctx, const char *xml, size_t len);
	/*
	 * The Jabber server has much to read already: what can wait, waits, until
	 * mapping_flows() or mapping_offline(). NULL: it never has.
	 */
	bool (*xmpp_high)(void *ctx);
	/*
	 * Open an IRC link under this number (below 2^32, the core's choice,
	 * free again after link_close() or mapping_link_lost()). The answer is
	 * mapping_link_up() (TLS done) or mapping_link_lost().
	 */
	void (*link_open)(void *ctx, unsigned link, const struct link_target *to);
	void (*link_write)(void *ctx, unsigned link, const char *p, size_t len);
	/* Close after what was written; no event comes for it any more. */
	void (*link_close)(void *ctx, unsigned link);
	/*
	 * Keep these rows, all or none; lent for the call. The answer is
	 * mapping_saved() with the token, once they are durable (ERR_OK) or
	 * cannot be kept: ERR_WRONG_STATE, nothing ever is (there is no
	 * storage); ERR_FULL, later perhaps; ERR_IO, the disk. Answers come in
	 * the order of the calls.
	 */
	void (*save)(void *ctx, uint64_t token, const struct store_row *rows,
		size_t nrows);
	/*
	 * This English text in the language of xml:lang (BCP 47), static for
	 * the life of the core; NULL: there is no translation. The port itself
	 * NULL: there are none.
	 */
	const char *(*text)(void *ctx, const char *lang, const char *english);
	/*
	 * Read the configuration again, later: mapping_reload() follows when it
	 * is fine. NULL: that cannot be done.
	 */
	void (*reload)(void *ctx);
	/* Adds a new one with its key (base/cert.h). NULL: none are made. */
	void (*make_certificate)(void *ctx, struct buf *out);
	/* Random bytes, not for keys: jitter, ids. */
	void (*random)(void *ctx, void *out, size_t len);
	void *ctx;
};

#endif
