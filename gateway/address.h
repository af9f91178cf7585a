/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_ADDRESS_H
#define GATEWAY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <sys/socket.h>

/*
 * IP addresses: literals, text, and which of them strangers may make the
 * gateway connect to (ARCHITECTURE 8).
 */
union address {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

/*
 * Longest as text: an IPv6 address with a scope, in brackets, and a port.
 */
enum { ADDRESS_TEXT = 80 };

/* host is exactly an IPv4 or IPv6 literal (no brackets, no short forms). */
bool address_literal(const char *host, uint16_t port, union address *out);

/* `192.0.2.1:6697`, `[2001:db8::1]:6697`. */
void address_text(const union address *a, char out[ADDRESS_TEXT]);

/*
 * Not a host of the public Internet: loopback, private, link-local, shared
 * (CGNAT), multicast, unspecified, reserved, documentation. An IPv4 address
 * that stands inside an IPv6 one (NAT64, 6to4) is judged by itself; v4-mapped
 * and local NAT64 forms have no business in the DNS and count as private.
 * RFC 1918, 3927, 4193, 4291, 5735, 6052, 6598, 8215, 6890.
 */
bool address_private(const union address *a);

#endif
