/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PSEUDONYM_H
#define MAPPING_PSEUDONYM_H

#include "base/crypto.h"
#include "mapping/core.h"

/*
 * What a user is called where the address must not be told but must be told
 * apart from others' (PROTOCOL F.6): a keyed hash, the same after each start,
 * another one for each purpose, so that two of them cannot be put together.
 */
void pseudonym(const struct user *u, const char *purpose, char hex[SHA256_HEX]);
/* The same as bytes. */
void pseudonym_bytes(const struct user *u, const char *purpose,
	unsigned char out[32]);

#endif
