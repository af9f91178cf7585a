/* SPDX-License-Identifier: MIT */
#include "gateway/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool address_literal(const char *host, uint16_t port, union address *out)
{
	union address a;

	memset(&a, 0, sizeof a);
	if (inet_pton(AF_INET, host, &a.in4.sin_addr) == 1) {
		a.in4.sin_family = AF_INET;
		a.in4.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, host, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
	} else {
		return false;
	}
	*out = a;
	return true;
}

void address_text(const union address *a, char out[ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->in4.sin_addr, host, sizeof host);
		snprintf(out, ADDRESS_TEXT, "%s:%u", host,
			ntohs(a->in4.sin_port));
	} else {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, host, sizeof host);
		snprintf(out, ADDRESS_TEXT, "[%s]:%u", host,
			ntohs(a->in6.sin6_port));
	}
}

static const struct range4 {
	uint32_t net;
	unsigned bits;
} ranges4[] = {
	{0x00000000, 8},  /* 0.0.0.0: this network, unspecified */
	{0x0a000000, 8},  /* 10.0.0.0: private */
	{0x64400000, 10}, /* 100.64.0.0: shared, CGNAT */
	{0x7f000000, 8},  /* 127.0.0.0: loopback */
	{0xa9fe0000, 16}, /* 169.254.0.0: link-local, cloud metadata */
	{0xac100000, 12}, /* 172.16.0.0: private */
	{0xc0000000, 24}, /* 192.0.0.0: protocol assignments */
	{0xc0000200, 24}, /* 192.0.2.0: documentation */
	{0xc0a80000, 16}, /* 192.168.0.0: private */
	{0xc6120000, 15}, /* 198.18.0.0: benchmarks */
	{0xc6336400, 24}, /* 198.51.100.0: documentation */
	{0xcb007100, 24}, /* 203.0.113.0: documentation */
	{0xe0000000, 4},  /* 224.0.0.0: multicast */
	{0xf0000000, 4},  /* 240.0.0.0: reserved, broadcast */
};

static bool private4(const unsigned char b[4])
{
	uint32_t ip = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		(uint32_t)b[2] << 8 | b[3];

	for (size_t i = 0; i < sizeof ranges4 / sizeof *ranges4; i++) {
		if ((ip ^ ranges4[i].net) >> (32 - ranges4[i].bits) == 0) {
			return true;
		}
	}
	return false;
}

/* The first row that fits decides. embedded: where the IPv4 address stands. */
static const struct range6 {
	unsigned char net[16];
	unsigned bits;
	unsigned embedded;
} ranges6[] = {
	{{0x00, 0x64, 0xff, 0x9b}, 96, 12}, /* 64:ff9b::/96: NAT64 */
	{{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48, 0}, /* local NAT64 */
	{{0x20, 0x02}, 16, 2},              /* 2002::/16: 6to4 */
	{{0x20, 0x01, 0x00, 0x00}, 23, 0},  /* Teredo, benchmarks, ORCHID */
	{{0x20, 0x01, 0x0d, 0xb8}, 32, 0},  /* documentation */
	{{0x20}, 3, 16},                    /* 2000::/3: the public Internet */
	{{0}, 0, 0}, /* the rest: ::, ::1, mapped, fc00::/7, fe80::, ff00:: */
};

static bool has_prefix(const unsigned char *ip, const struct range6 *r)
{
	size_t whole = r->bits / 8;
	unsigned rest = r->bits % 8;

	if (memcmp(ip, r->net, whole) != 0) {
		return false;
	}
	return rest == 0 || (ip[whole] ^ r->net[whole]) >> (8 - rest) == 0;
}

bool address_private(const union address *a)
{
	const unsigned char *ip = a->in6.sin6_addr.s6_addr;
	const struct range6 *r = ranges6;

	if (a->sa.sa_family == AF_INET) {
		return private4((const unsigned char *)&a->in4.sin_addr);
	}
	if (a->sa.sa_family != AF_INET6) {
		return true;
	}
	while (!has_prefix(ip, r)) {
		r++; /* the last one fits all */
	}
	if (r->embedded == 0) {
		return true;
	}
	return r->embedded < 16 && private4(ip + r->embedded);
}
