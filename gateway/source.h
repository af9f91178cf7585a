/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SOURCE_H
#define GATEWAY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "gateway/address.h"
#include "mapping/config.h"

/*
 * The address that a user's links come from, out of those that the operator has:
 * single ones, or prefixes of which the whole is routed here. A keyed hash of the
 * user chooses, so that it is always the same and tells nobody who it is, and a
 * ban meets one user and not the gateway.
 */

/* "2001:db8::/64", "192.0.2.7": bits behind the prefix must be 0. */
NODISCARD enum err source_parse(const char *text, struct source_config *out);

/*
 * false: none of the list is of that family (AF_INET, AF_INET6). Never the first
 * address of a prefix, nor the last one of IPv4, unless it has only two. Port 0.
 */
bool source_choose(const struct source_config *list, size_t n, int family,
	const unsigned char who[32], union address *out);

#endif
