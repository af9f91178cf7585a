/* SPDX-License-Identifier: MIT */
#include "gateway/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

static unsigned width(const struct source_config *s)
{
	return s->v6 ? 128 : 32;
}

/* Bits of the host part of one byte. */
static unsigned char host_mask(const struct source_config *s, size_t byte)
{
	size_t first = byte * 8;

	if (s->bits <= first) {
		return 0xff;
	}
	return s->bits >= first + 8 ? 0 :
				      (unsigned char)(0xff >> (s->bits - first));
}

enum err source_parse(const char *text, struct source_config *out)
{
	char host[INET6_ADDRSTRLEN + 1];
	size_t len = strcspn(text, "/");
	struct source_config s = {0};
	union address a;
	long bits;

	if (len >= sizeof host) {
		return ERR_BAD_INPUT;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	if (!address_literal(host, 0, &a)) {
		return ERR_BAD_INPUT;
	}
	s.v6 = a.sa.sa_family == AF_INET6;
	if (s.v6) {
		memcpy(s.address, &a.in6.sin6_addr, 16);
	} else {
		memcpy(s.address, &a.in4.sin_addr, 4);
	}
	bits = text[len] == '/' ?
		slice_number(slice_str(text + len + 1), width(&s)) :
		(long)width(&s);
	if (bits < 8) {
		return ERR_BAD_INPUT;
	}
	s.bits = (unsigned)bits;
	for (size_t i = 0; i < width(&s) / 8; i++) {
		if ((s.address[i] & host_mask(&s, i)) != 0) {
			return ERR_BAD_INPUT;
		}
	}
	*out = s;
	return ERR_OK;
}

/* Is the host part all zeros, or all ones? */
static bool is_edge(const struct source_config *s, const unsigned char *ip)
{
	bool zeros = true;
	bool ones = !s->v6;

	for (size_t i = 0; i < width(s) / 8; i++) {
		unsigned char mask = host_mask(s, i);

		zeros = zeros && (ip[i] & mask) == 0;
		ones = ones && (ip[i] & mask) == mask;
	}
	return zeros || ones;
}

static const struct source_config *pick(const struct source_config *list,
	size_t n, bool v6, const unsigned char who[32])
{
	size_t of_family = 0;
	size_t which;

	for (size_t i = 0; i < n; i++) {
		of_family += list[i].v6 == v6;
	}
	if (of_family == 0) {
		return NULL;
	}
	which = ((size_t)who[30] << 8 | who[31]) % of_family;
	for (size_t i = 0;; i++) {
		if (list[i].v6 == v6 && which-- == 0) {
			return &list[i];
		}
	}
}

bool source_choose(const struct source_config *list, size_t n, int family,
	const unsigned char who[32], union address *out)
{
	const struct source_config *s =
		pick(list, n, family == AF_INET6, who);
	unsigned char ip[16] = {0};
	size_t last;

	if (s == NULL) {
		return false;
	}
	last = width(s) / 8 - 1;
	for (size_t i = 0; i <= last; i++) {
		ip[i] = s->address[i] | (who[i] & host_mask(s, i));
	}
	if (s->bits < width(s) - 1 && is_edge(s, ip)) {
		ip[last] ^= 1;
	}
	memset(out, 0, sizeof *out);
	out->sa.sa_family = (sa_family_t)family;
	if (s->v6) {
		memcpy(&out->in6.sin6_addr, ip, 16);
	} else {
		memcpy(&out->in4.sin_addr, ip, 4);
	}
	return true;
}
