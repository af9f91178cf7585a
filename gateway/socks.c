/* SPDX-License-Identifier: MIT */
#include "gateway/socks.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/address.h"

/*
 * The story: our methods -> its choice -> user and password, when it chose them
 * -> its verdict -> CONNECT -> its reply, whose length its fourth byte tells (and
 * the fifth, when it names a host).
 */
enum state { METHOD, VERDICT, REPLY, OVER };
enum { NONE = 0x00, PASSWORD = 0x02, V4 = 0x01, NAME = 0x03, V6 = 0x04 };
enum { HEAD = 5, REPLY_MAX = 4 + 1 + 255 + 2 };

struct socks {
	enum state state;
	uint16_t port;
	size_t have;
	unsigned char in[REPLY_MAX];
	const char *detail;
	char host[SOCKS_TEXT + 1];
	char user[SOCKS_TEXT + 1]; /* "": none */
	char password[SOCKS_TEXT + 1];
};

enum err socks_create(const struct socks_target *to, struct socks **out)
{
	const char *user = to->user ? to->user : "";
	const char *password = to->password ? to->password : "";
	struct socks *s;

	if (strlen(to->host) > SOCKS_TEXT || to->host[0] == '\0' ||
		strlen(user) > SOCKS_TEXT || strlen(password) > SOCKS_TEXT) {
		return ERR_TOO_BIG;
	}
	s = must_calloc(1, sizeof *s);
	s->port = to->port;
	s->detail = "";
	memcpy(s->host, to->host, strlen(to->host));
	memcpy(s->user, user, strlen(user));
	memcpy(s->password, password, strlen(password));
	*out = s;
	return ERR_OK;
}

void socks_destroy(struct socks *s)
{
	if (s != NULL) {
		explicit_bzero(s, sizeof *s);
		free(s);
	}
}

const char *socks_detail(const struct socks *s)
{
	return s->detail;
}

static void add_text(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	buf_add_char(out, (char)len);
	buf_add(out, text, len);
}

void socks_begin(struct socks *s, struct buf *out)
{
	static const char plain[] = {5, 1, NONE};
	static const char only[] = {5, 1, PASSWORD};

	/* Who wants to be kept apart must not be let in without a name. */
	if (s->user[0] != '\0') {
		buf_add(out, only, sizeof only);
	} else {
		buf_add(out, plain, sizeof plain);
	}
}

static void send_password(const struct socks *s, struct buf *out)
{
	buf_add_char(out, 1);
	add_text(out, s->user);
	add_text(out, s->password[0] != '\0' ? s->password : "-");
}

static void send_connect(struct socks *s, struct buf *out)
{
	union address a;

	buf_add(out, "\x05\x01\x00", 3);
	if (!address_literal(s->host, s->port, &a)) {
		buf_add_char(out, NAME);
		add_text(out, s->host);
	} else if (a.sa.sa_family == AF_INET) {
		buf_add_char(out, V4);
		buf_add(out, (const char *)&a.in4.sin_addr, 4);
	} else {
		buf_add_char(out, V6);
		buf_add(out, (const char *)&a.in6.sin6_addr, 16);
	}
	buf_add_char(out, (char)(s->port >> 8));
	buf_add_char(out, (char)(s->port & 0xff));
	s->state = REPLY;
}

/* RFC 1928 6; from 0xf0: Tor's words about .onion. */
static const struct {
	unsigned char code;
	enum err err;
	const char *text;
} replies[] = {
	{0x01, ERR_UNREACHABLE, "the proxy could not connect"},
	{0x02, ERR_PROXY, "the proxy does not allow this connection"},
	{0x03, ERR_UNREACHABLE, "the proxy finds the network unreachable"},
	{0x04, ERR_UNREACHABLE, "the proxy finds the host unreachable"},
	{0x05, ERR_REFUSED, "the proxy says: connection refused"},
	{0x06, ERR_TIMEOUT, "the proxy says: timed out"},
	{0x07, ERR_PROXY, "the proxy cannot connect"},
	{0x08, ERR_PROXY, "the proxy does not know this kind of address"},
	{0xf0, ERR_DNS, "there is no onion service of that name"},
	{0xf1, ERR_DNS, "the onion service's descriptor is invalid"},
	{0xf2, ERR_UNREACHABLE, "the onion service cannot be introduced to"},
	{0xf3, ERR_UNREACHABLE, "the onion service cannot be met"},
	{0xf6, ERR_DNS, "the onion address is not a valid one"},
	{0xf7, ERR_TIMEOUT, "the onion service did not answer"},
};

static enum err fail(struct socks *s, enum err err, const char *detail)
{
	s->state = OVER;
	s->detail = detail;
	return err;
}

static enum err refused(struct socks *s, unsigned char code)
{
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		if (replies[i].code == code) {
			return fail(s, replies[i].err, replies[i].text);
		}
	}
	return fail(s, ERR_PROXY, "the proxy refuses without a known reason");
}

/* How long the answer is that is being read, as far as that is known. */
static size_t wanted(const struct socks *s)
{
	if (s->state != REPLY) {
		return 2;
	}
	if (s->have < HEAD) {
		return HEAD;
	}
	return s->in[3] == V4 ? 10 : s->in[3] == V6 ? 22 :
							HEAD + s->in[4] + 2U;
}

static enum err chosen(struct socks *s, struct buf *out)
{
	unsigned char want = s->user[0] != '\0' ? PASSWORD : NONE;

	if (s->in[0] != 5) {
		return fail(s, ERR_PROXY, "it is no SOCKS5 proxy");
	}
	if (s->in[1] != want) {
		return fail(s, ERR_PROXY, want == PASSWORD ?
				"the proxy takes no user and password" :
				"the proxy wants a user and a password");
	}
	if (want == PASSWORD) {
		s->state = VERDICT;
		send_password(s, out);
	} else {
		send_connect(s, out);
	}
	return ERR_OK;
}

static enum err judged(struct socks *s, struct buf *out)
{
	if (s->in[1] != 0) {
		return fail(s, ERR_PROXY,
			"the proxy does not accept user and password");
	}
	send_connect(s, out);
	return ERR_OK;
}

/* The head of a reply is enough to see that it is one, and what it says. */
static enum err replied(struct socks *s)
{
	if (s->in[0] != 5) {
		return fail(s, ERR_PROXY, "it is no SOCKS5 proxy");
	}
	if (s->in[1] != 0) {
		return refused(s, s->in[1]);
	}
	if (s->in[3] != V4 && s->in[3] != V6 && s->in[3] != NAME) {
		return fail(s, ERR_PROXY, "it is no SOCKS5 proxy");
	}
	return ERR_OK;
}

/* A whole answer, or the head of a reply. */
static enum err answered(struct socks *s, struct buf *out)
{
	enum err err;

	if (s->state == REPLY) {
		err = replied(s);
		if (err == ERR_OK && s->have >= wanted(s)) {
			s->state = OVER;
		}
		return err;
	}
	err = s->state == METHOD ? chosen(s, out) : judged(s, out);
	s->have = 0;
	return err;
}

enum err socks_input(struct socks *s, const char *p, size_t len,
	struct buf *out, size_t *used, bool *done)
{
	size_t n = 0;

	*done = false;
	while (n < len && s->state != OVER) {
		enum err err;

		s->in[s->have++] = (unsigned char)p[n++];
		/* Four bytes of a reply say whether it is a good one. */
		if (s->have < wanted(s) &&
			!(s->state == REPLY && s->have == HEAD - 1)) {
			continue;
		}
		err = answered(s, out);
		if (err != ERR_OK) {
			return err;
		}
	}
	*used = n;
	*done = s->state == OVER;
	return ERR_OK;
}
