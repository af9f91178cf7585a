/* SPDX-License-Identifier: MIT */
#include "tests/support/iclient.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/tap.h"

enum { IN_MAX = 65536, LINE_MAX_BYTES = 8192 };

enum state { CONNECTING, REGISTERING, ONLINE, BROKEN };

struct iclient {
	struct world_client base; /* first */
	struct source source;
	struct world *w;
	enum state state;
	unsigned port;
	char *nick;
	bool quiet;
	char in[IN_MAX];
	size_t in_len;
	struct iline *kept[ICLIENT_KEPT];
	size_t count;
	unsigned seq;
	unsigned syncs;
	bool (*seen)(void *ctx, const struct iline *line);
	void *seen_ctx;
};

/* --- one line ----------------------------------------------------------- */

static void iline_free(struct iline *l)
{
	free(l->text);
	free(l->copy);
	free(l);
}

static void parse_prefix(struct iline *l, char *prefix)
{
	char *bang = strchr(prefix, '!');

	l->nick = prefix;
	if (bang != NULL) {
		*bang = '\0';
		l->user = bang + 1;
	}
}

/*
 * ":nick!user@host COMMAND a b :c d" taken apart, in place in the copy; tags
 * before it are in the text of the line alone.
 */
static struct iline *iline_parse(const char *text)
{
	struct iline *l = calloc(1, sizeof(*l));
	char *rest;
	char *word;
	size_t i;

	if (l == NULL || (l->text = strdup(text)) == NULL ||
		(l->copy = strdup(text)) == NULL) {
		abort();
	}
	l->nick = l->user = l->command = "";
	for (i = 0; i < ICLIENT_PARAMS; i++) {
		l->params[i] = "";
	}
	rest = l->copy;
	if (*rest == '@') {
		strsep(&rest, " ");
	}
	if (rest != NULL && *rest == ':') {
		word = strsep(&rest, " ");
		parse_prefix(l, word + 1);
	}
	if (rest != NULL) {
		l->command = strsep(&rest, " ");
	}
	while (rest != NULL && *rest != '\0' && l->count < ICLIENT_PARAMS) {
		if (*rest == ':') {
			l->params[l->count++] = rest + 1;
			break;
		}
		word = strsep(&rest, " ");
		if (*word != '\0') {
			l->params[l->count++] = word;
		}
	}
	return l;
}

/* --- connection --------------------------------------------------------- */

static void broken(struct iclient *c, const char *why)
{
	if (c->source.fd >= 0) {
		world_remove(c->w, &c->source);
		close(c->source.fd);
		c->source.fd = -1;
	}
	if (c->state != BROKEN) {
		world_log(c->w, c->nick, "--", "connection over: %s", why);
	}
	c->state = BROKEN;
}

/* Lines are short and loopback takes them at once; what does not fit in the
 * socket's buffer breaks the connection, and the test with it. */
static void write_line(struct iclient *c, const char *line)
{
	char wire[LINE_MAX_BYTES + 2];
	size_t len = strlen(line);

	if (len > LINE_MAX_BYTES - 2 || c->source.fd < 0) {
		return;
	}
	memcpy(wire, line, len);
	memcpy(wire + len, "\r\n", 2);
	if (send(c->source.fd, wire, len + 2, MSG_NOSIGNAL) !=
		(ssize_t)len + 2) {
		broken(c, strerror(errno));
	}
}

static void keep(struct iclient *c, struct iline *l)
{
	if (c->count == ICLIENT_KEPT) {
		iline_free(c->kept[0]);
		memmove(c->kept, c->kept + 1,
			(ICLIENT_KEPT - 1) * sizeof(c->kept[0]));
		c->count--;
	}
	c->kept[c->count++] = l;
}

static void on_line(struct iclient *c, const char *text)
{
	struct iline *l = iline_parse(text);
	char pong[LINE_MAX_BYTES];

	l->seq = ++c->seq;
	if (!c->quiet) {
		world_log(c->w, c->nick, "<<", "%s", text);
	}
	if (strcmp(l->command, "PING") == 0) {
		snprintf(pong, sizeof(pong), "PONG :%s", l->params[0]);
		write_line(c, pong);
		iline_free(l);
		return;
	}
	if (c->state == REGISTERING &&
		(strcmp(l->command, "376") == 0 ||
			strcmp(l->command, "422") == 0)) {
		c->state = ONLINE;
	}
	if (c->seen != NULL && c->seen(c->seen_ctx, l)) {
		iline_free(l);
	} else {
		keep(c, l);
	}
}

static void take_lines(struct iclient *c)
{
	char *start = c->in;
	char *end;

	while ((end = memchr(start, '\n',
			(size_t)(c->in + c->in_len - start))) != NULL) {
		*end = '\0';
		if (end > start && end[-1] == '\r') {
			end[-1] = '\0';
		}
		if (*start != '\0') {
			on_line(c, start);
		}
		start = end + 1;
	}
	c->in_len -= (size_t)(start - c->in);
	memmove(c->in, start, c->in_len);
}

static void on_connected(struct iclient *c)
{
	char line[512];
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(c->source.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0) {
		broken(c, strerror(error));
		return;
	}
	c->state = REGISTERING;
	c->source.events = POLLIN;
	snprintf(line, sizeof(line), "NICK %s", c->nick);
	write_line(c, line);
	snprintf(line, sizeof(line), "USER %s 0 * :%s", c->nick, c->nick);
	write_line(c, line);
}

static void on_ready(void *ctx, short revents)
{
	struct iclient *c = ctx;
	ssize_t n;

	(void)revents;
	if (c->state == CONNECTING) {
		on_connected(c);
		return;
	}
	if (c->in_len == sizeof(c->in)) {
		broken(c, "line without an end");
		return;
	}
	n = recv(c->source.fd, c->in + c->in_len, sizeof(c->in) - c->in_len,
		MSG_DONTWAIT);
	if (n > 0) {
		c->in_len += (size_t)n;
		take_lines(c);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		broken(c, n == 0 ? "closed by the server" : strerror(errno));
	}
}

static void begin(struct iclient *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((unsigned short)c->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	c->in_len = 0;
	c->state = CONNECTING;
	c->source =
		(struct source){.events = POLLOUT, .ready = on_ready, .ctx = c};
	c->source.fd =
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->source.fd < 0) {
		tap_bail("socket: %s", strerror(errno));
	}
	world_add(c->w, &c->source);
	if (connect(c->source.fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
		errno != EINPROGRESS) {
		broken(c, strerror(errno));
	}
}

static void clear(struct world_client *base)
{
	struct iclient *c = (struct iclient *)base;

	while (c->count > 0) {
		iline_free(c->kept[--c->count]);
	}
}

static void destroy(struct world_client *base)
{
	struct iclient *c = (struct iclient *)base;

	if (c->state == ONLINE) {
		write_line(c, "QUIT :test over");
	}
	c->quiet = true;
	c->state = BROKEN;
	broken(c, "swept");
	clear(base);
	world_leave(c->w, base);
	free(c->nick);
	free(c);
}

static void report(struct world_client *base)
{
	static const char *const states[] = {
		"connecting", "registering", "online", "OFFLINE"};
	struct iclient *c = (struct iclient *)base;
	size_t i;

	tap_note("%s (IRC, %s) still holds:", c->nick, states[c->state]);
	for (i = 0; i < c->count; i++) {
		/* Numerics of logging in tell nothing. */
		if (!c->kept[i]->taken && *c->kept[i]->command != '0' &&
			strncmp(c->kept[i]->command, "25", 2) != 0 &&
			strncmp(c->kept[i]->command, "37", 2) != 0) {
			tap_note("  [%u] %.*s", c->kept[i]->seq, WORLD_WIDTH,
				c->kept[i]->text);
		}
	}
}

struct iclient *iclient_open(struct world *w, unsigned port, const char *nick)
{
	struct iclient *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->nick = strdup(nick)) == NULL) {
		abort();
	}
	c->w = w;
	c->port = port;
	c->base = (struct world_client){.name = c->nick,
		.strophe_fd = -1,
		.destroy = destroy,
		.clear = clear,
		.report = report};
	world_enter(w, &c->base);
	begin(c);
	return c;
}

struct iclient *iclient_login(struct world *w, unsigned port, const char *nick)
{
	struct iclient *c = iclient_open(w, port, nick);

	iclient_await_online(c, 20, AT);
	return c;
}

bool iclient_online(const struct iclient *c)
{
	return c->state == ONLINE;
}

bool iclient_broken(const struct iclient *c)
{
	return c->state == BROKEN;
}

static bool settled(void *ctx)
{
	const struct iclient *c = ctx;

	return c->state == ONLINE || c->state == BROKEN;
}

void iclient_await_online(struct iclient *c, double seconds, const char *at)
{
	world_until(c->w, seconds, settled, c);
	if (c->state != ONLINE) {
		world_fail(c->w, at, "%s did not come onto IRC", c->nick);
	}
}

void iclient_reopen(struct iclient *c)
{
	broken(c, "opened again");
	begin(c);
}

void iclient_keep(struct iclient *c)
{
	c->base.keep = true;
}

void iclient_release(struct iclient *c)
{
	c->base.keep = false;
}

void iclient_quiet(struct iclient *c)
{
	c->quiet = true;
}

const char *iclient_nick(const struct iclient *c)
{
	return c->nick;
}

void iclient_send(struct iclient *c, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (!c->quiet) {
		world_log(c->w, c->nick, ">>", "%s", line);
	}
	write_line(c, line);
}

void iclient_join(struct iclient *c, const char *channel, const char *at)
{
	iclient_send(c, "JOIN %s", channel);
	iclient_expect(c,
		&(struct iwant){.at = at, .command = "366", .param = channel});
}

void iclient_watch(struct iclient *c,
	bool (*seen)(void *ctx, const struct iline *line), void *ctx)
{
	c->seen = seen;
	c->seen_ctx = ctx;
}

/* --- expectations ------------------------------------------------------- */

static bool same(const char *want, const char *got)
{
	return want == NULL || strcasecmp(want, got) == 0;
}

static bool fits(const struct iline *l, const struct iwant *want)
{
	bool param = want->param == NULL;
	unsigned i;

	for (i = 1; i < l->count && !param; i++) {
		param = same(want->param, l->params[i]);
	}
	return param &&
	       (same(want->command, l->command) ||
		       (want->or_command != NULL &&
			       same(want->or_command, l->command))) &&
	       same(want->nick, l->nick) && same(want->target, l->params[0]) &&
	       (want->text == NULL ||
		       (l->count > 0 &&
			       strcmp(want->text, l->params[l->count - 1]) ==
				       0)) &&
	       (want->has == NULL || strstr(l->text, want->has) != NULL);
}

static struct iline *find(const struct iclient *c, const struct iwant *want)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (!c->kept[i]->taken && fits(c->kept[i], want)) {
			return c->kept[i];
		}
	}
	return NULL;
}

static const char *describe(struct iclient *c, const struct iwant *want)
{
	return world_text(c->w, ":%s %s%s%s %s%s%s%s%s%s%s",
		want->nick != NULL ? want->nick : "*",
		want->command != NULL ? want->command : "*",
		want->or_command != NULL ? " or " : "",
		want->or_command != NULL ? want->or_command : "",
		want->target != NULL ? want->target : "*",
		want->param != NULL ? " with parameter " : "",
		want->param != NULL ? want->param : "",
		want->text != NULL ? " :" : "",
		want->text != NULL ? want->text : "",
		want->has != NULL ? " containing " : "",
		want->has != NULL ? want->has : "");
}

struct waiting {
	struct iclient *c;
	const struct iwant *want;
	struct iline *found;
};

static bool arrived(void *ctx)
{
	struct waiting *wait = ctx;

	wait->found = find(wait->c, wait->want);
	return wait->found != NULL || wait->c->state == BROKEN;
}

const struct iline *iclient_expect(struct iclient *c, const struct iwant *want)
{
	struct waiting wait = {c, want, NULL};
	double seconds = want->seconds > 0 ? want->seconds : 10;

	world_until(c->w, seconds, arrived, &wait);
	if (wait.found == NULL) {
		world_fail(c->w, want->at,
			"%s (IRC) waited in vain%s for\n  %s", c->nick,
			c->state == BROKEN ? " (it is offline)" : "",
			describe(c, want));
	}
	wait.found->taken = true;
	return wait.found;
}

void iclient_expect_no(struct iclient *c, const struct iwant *want)
{
	const struct iline *l = find(c, want);

	if (l != NULL) {
		world_fail(c->w, want->at,
			"%s (IRC) got [%u]\n  %s\nand should not: %s", c->nick,
			l->seq, l->text, describe(c, want));
	}
}

unsigned iclient_count(const struct iclient *c, const struct iwant *want)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < c->count; i++) {
		n += fits(c->kept[i], want);
	}
	return n;
}

void iclient_sync(struct iclient *c, const char *at)
{
	const char *token = world_text(c->w, "sync%u", ++c->syncs);

	iclient_send(c, "PING :%s", token);
	iclient_expect(
		c, &(struct iwant){.at = at, .command = "PONG", .text = token});
}
