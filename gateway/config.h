/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "mapping/config.h"

/*
 * The configuration file, isthmus.conf(5), read by libconfig. Every fault is
 * reported, not only the first, as `file:line: message`; an unknown key is one.
 * Sizes and times are strings with a unit ("256KiB", "10min"): libconfig's
 * integers wrap silently beyond 32 bits. What stands for a password is never
 * part of a message.
 * Ownership: all text and all lists live in `memory` and go with the config.
 * A reload loads a second one; the old one stays until the core has let go.
 */
struct config {
	struct map_config map; /* what the core wants */
	const char *jabber_host;
	unsigned jabber_port;
	const char *jabber_secret;
	const char *jabber_secret_file; /* where that came from, or NULL */
	enum link_tls jabber_tls;
	const char *jabber_ca_file; /* NULL: the system's store */
	struct server_config identd; /* host NULL: none; an address literal */
	enum log_level log_level;
	const char *locale_dir; /* translations: gateway/text.h; NULL: where
				 * the program stands */
	bool storage;
	const char *storage_file;
	const char *storage_key_file;
	bool core_dumps;
	struct arena memory;
};

/*
 * errors: one line for each fault, line end included. ERR_OK: *out is new and
 * the caller's, errors is as it was. ERR_BAD_INPUT: *out is untouched.
 */
NODISCARD enum err config_load(const char *path, struct config **out,
	struct buf *errors);
/* NULL is fine. (config_destroy() is libconfig's.) */
void config_free(struct config *c);

/*
 * What a value may be and where it goes. Rows of one group stand together; the
 * fields of "networks" belong to struct network_config, all others to
 * struct config.
 */
enum config_kind {
	CONFIG_GROUP,   /* { } */
	CONFIG_GROUPS,  /* ( { }, { } ) */
	CONFIG_TEXT,    /* const char *; min to max bytes, no control bytes */
	CONFIG_SECRET,  /* the same, never shown */
	CONFIG_DOMAIN,  /* const char *: a JID's domain, prepared */
	CONFIG_NAME,    /* const char *: name of a network, lower case */
	CONFIG_FILE,    /* const char *: can be read */
	CONFIG_PINS,    /* const char *const *, count: SHA-256 in hex; one or
			 * a list of them */
	CONFIG_NUMBER,  /* unsigned */
	CONFIG_TIME,    /* unsigned, in ms */
	CONFIG_SIZE,    /* size_t, in bytes */
	CONFIG_BOOL,    /* bool */
	CONFIG_TLS,     /* enum link_tls */
	CONFIG_LEVEL,   /* enum log_level */
	CONFIG_REGISTRATION, /* enum registration */
	CONFIG_CHARSET, /* const char *: one that the system knows */
	CONFIG_BROWSE,  /* enum browse_style */
	CONFIG_LAZY,    /* bool, "full" or "lazy" */
	CONFIG_URL,     /* const char *: http or https, min to max bytes */
	CONFIG_JIDS,    /* const char *const *, count: bare JIDs, prepared */
	CONFIG_DOMAINS, /* const char *const *, count */
	CONFIG_NAMES,   /* const char *const *, count */
	CONFIG_CAPS,    /* const char *const *, count: of irc/caps.h's table */
	CONFIG_PROXY,   /* struct server_config: SOCKS5, port 1080 */
	CONFIG_LISTEN,  /* struct server_config: an address, port 113 */
	CONFIG_SOURCES, /* const struct source_config *, count; one or a list */
	CONFIG_SERVERS, /* const struct server_config *, count */
};

struct config_key {
	const char *group; /* "": the top of the file */
	const char *name;
	enum config_kind kind;
	size_t field;
	size_t count; /* field of the length of a list */
	long min;
	long max;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

#endif
