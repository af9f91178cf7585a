/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONFIG_VALUE_H
#define GATEWAY_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "mapping/config.h"

/* The forms of single values in the configuration file, for config.c. */

/* "500ms" "30s" "10min" "2h" in ms; "4096" "256KiB" "1MiB" in bytes; no sign,
 * no fraction. ERR_BAD_INPUT: not of this form, or not below 2^31. */
NODISCARD enum err config_time(const char *text, long *ms);
NODISCARD enum err config_size(const char *text, long *bytes);

/*
 * `host`, `host:port`, `[address]:port`, and a bare IPv6 address; the port is 0
 * when there is none. The host becomes A-labels or an address literal.
 */
NODISCARD enum err config_server(const char *text, struct arena *a,
	struct server_config *out);

/* The name of a network: a host name, made lower case; NULL when it is none. */
const char *config_name(const char *text, struct arena *a);
/* The domain of a JID, prepared; NULL when it is none. */
const char *config_domain(const char *text, struct arena *a);
/* A user's bare JID, prepared; NULL when it is none. */
const char *config_jid(const char *text, struct arena *a);
/*
 * A SHA-256, as openssl(1) writes it with or without colons, as 64 digits in
 * lower case; NULL when it is none.
 */
const char *config_pin(const char *text, struct arena *a);

/* The first line of a file without its end; NULL when there is none. */
const char *config_first_line(const char *path, struct arena *a);

#endif
