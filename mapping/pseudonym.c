/* SPDX-License-Identifier: MIT */
#include "mapping/pseudonym.h"

#include <string.h>

void pseudonym(const struct user *u, const char *purpose, char hex[SHA256_HEX])
{
	const struct map_config *c = u->mapping->config;
	struct buf text;

	buf_init(&text, 4096);
	buf_add_str(&text, "isthmus ");
	buf_add_str(&text, purpose);
	buf_add_char(&text, '\0');
	buf_add_slice(&text, istr_slice(u->entry.key));
	crypto_hmac_hex(slice((const char *)c->secret, sizeof c->secret),
		buf_slice(&text), hex);
	buf_finish(&text);
}

static unsigned char digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void pseudonym_bytes(const struct user *u, const char *purpose,
	unsigned char out[32])
{
	char hex[SHA256_HEX];

	pseudonym(u, purpose, hex);
	for (size_t i = 0; i < 32; i++) {
		out[i] = (unsigned char)(digit(hex[2 * i]) << 4 |
			digit(hex[2 * i + 1]));
	}
}
