/* SPDX-License-Identifier: MIT */
#include "tests/support/xclient.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "tests/support/tap.h"

enum state { CONNECTING, ONLINE, BROKEN };

struct xclient {
	struct world_client base; /* first */
	struct world *w;
	const char *answer; /* to the next get; NULL: an error */
	xmpp_conn_t *conn;
	enum state state;
	unsigned port;
	char *name;
	char *jid;
	char *full;
	char *password;
	struct xstanza *kept[XCLIENT_KEPT];
	size_t count;
	unsigned seq;
	unsigned syncs;
	bool quiet;
	bool (*seen)(void *ctx, const struct xstanza *s);
	void *seen_ctx;
};

/* --- receiving ---------------------------------------------------------- */

static void xstanza_free(struct xclient *c, struct xstanza *s)
{
	xmpp_stanza_release(s->tree);
	xmpp_free(world_strophe(c->w), s->text);
	free(s);
}

static void keep(struct xclient *c, struct xstanza *s)
{
	if (c->count == XCLIENT_KEPT) {
		xstanza_free(c, c->kept[0]);
		memmove(c->kept, c->kept + 1,
			(XCLIENT_KEPT - 1) * sizeof(c->kept[0]));
		c->count--;
	}
	c->kept[c->count++] = s;
}

void xclient_answers(struct xclient *c, const char *payload)
{
	c->answer = payload;
}

static void answer_iq(struct xclient *c, const struct xstanza *s)
{
	const char *type = xstanza_attr(s, "type");
	bool ping = xstanza_has(s, "ping@xmlns=urn:xmpp:ping");
	const char *payload = c->answer;

	if (strcmp(type, "get") != 0 && strcmp(type, "set") != 0) {
		return;
	}
	c->answer = ping ? payload : NULL;
	xclient_sendf(c, "<iq type='%s' id='%s' to='%s'>%s</iq>",
		ping || payload ? "result" : "error", xstanza_attr(s, "id"),
		xstanza_attr(s, "from"),
		ping		? ""
		: payload ? payload
		     : "<error type='cancel'><service-unavailable "
		       "xmlns='" XMPP_NS_STANZAS_IETF "'/></error>");
}

/*
 * jabberd2 binds a resource and now and then refuses the first stanza on it
 * as "sent before session start" (measured). So a client is online when
 * its server has answered a first question, in whatever way.
 */
#define READY "_xmpp_ready"

static void ask_ready(struct xclient *c)
{
	xmpp_send_raw_string(c->conn,
		"<iq type='get' id='" READY "' to='%s'>"
		"<ping xmlns='urn:xmpp:ping'/></iq>",
		strchr(c->jid, '@') + 1);
}

static void ready(struct xclient *c)
{
	c->state = ONLINE;
	c->base.busy = false;
	world_log(c->w, c->name, "--", "online as %s",
		xmpp_conn_get_bound_jid(c->conn));
}

static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *tree, void *ctx)
{
	struct xclient *c = ctx;
	struct xstanza *s;
	const char *id = xmpp_stanza_get_id(tree);
	size_t len;

	(void)conn;

	world_stir(c->w);
	if (id != NULL && strcmp(id, READY) == 0) {
		ready(c);
		return 1;
	}
	if (id != NULL && strncmp(id, "_xmpp_", 6) == 0) {
		return 1; /* libstrophe's own bind and session */
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL || xmpp_stanza_to_text(tree, &s->text, &len) != 0) {
		abort();
	}
	s->tree = xmpp_stanza_clone(tree);
	s->seq = ++c->seq;
	s->when = world_now(c->w);
	if (!c->quiet) {
		world_log(c->w, c->name, "<<", "%s", s->text);
	}
	if (strcmp(xstanza_kind(s), "iq") == 0) {
		answer_iq(c, s);
	}
	if (c->seen != NULL && c->seen(c->seen_ctx, s)) {
		xstanza_free(c, s);
	} else {
		keep(c, s);
	}
	return 1; /* the handler stays */
}

/* --- connecting --------------------------------------------------------- */

static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
	xmpp_stream_error_t *stream_error, void *ctx)
{
	struct xclient *c = ctx;

	world_stir(c->w);
	if (event == XMPP_CONN_CONNECT) {
		xmpp_handler_add(conn, on_stanza, NULL, NULL, NULL, c);
		ask_ready(c);
		return;
	}
	c->state = BROKEN;
	c->base.busy = false;
	c->base.strophe_fd = -1;
	world_log(c->w, c->name, "--", "connection %s, error %d%s%s",
		event == XMPP_CONN_FAIL ? "failed" : "closed", error,
		stream_error != NULL ? ", stream error: " : "",
		stream_error != NULL && stream_error->text != NULL
			? stream_error->text
			: "");
}

struct by_conn {
	xmpp_conn_t *conn;
	int fd;
};

static void destroy(struct world_client *base);

static void set_fd(struct world_client *base, void *ctx)
{
	struct by_conn *by = ctx;

	if (base->destroy == destroy &&
		((struct xclient *)base)->conn == by->conn) {
		base->strophe_fd = by->fd;
	}
}

/* The world polls the descriptor; libstrophe lends it here, and knows nobody
 * but the connection: the context is found by looking through the clients. */
static struct world *socket_world;

static int on_socket(xmpp_conn_t *conn, void *sock)
{
	struct by_conn by = {conn, *(int *)sock};

	world_each(socket_world, set_fd, &by);
	return 0;
}

static void begin(struct xclient *c)
{
	c->conn = xmpp_conn_new(world_strophe(c->w));
	c->state = CONNECTING;
	c->base.busy = true;
	c->base.strophe_fd = -1;
	xmpp_conn_set_flags(c->conn,
		XMPP_CONN_FLAG_DISABLE_TLS | XMPP_CONN_FLAG_DISABLE_SM);
	xmpp_conn_set_jid(c->conn, c->full);
	xmpp_conn_set_pass(c->conn, c->password);
	socket_world = c->w;
	xmpp_conn_set_sockopt_callback(c->conn, on_socket);
	if (xmpp_connect_client(c->conn, "127.0.0.1", (unsigned short)c->port,
		    on_event, c) != XMPP_EOK) {
		c->state = BROKEN;
		c->base.busy = false;
		c->base.strophe_fd = -1;
		world_log(c->w, c->name, "--", "cannot connect to port %u",
			c->port);
	}
}

/* Gives the connection back without hearing of it again. */
static void release(struct xclient *c)
{
	xmpp_conn_t *conn = c->conn;

	if (conn == NULL) {
		return;
	}
	if (c->state == ONLINE) {
		/* Says </stream:stream> and closes at once: what the test
		 * said before is flushed first. */
		xmpp_disconnect(conn);
		xmpp_run_once(world_strophe(c->w), 0);
	}
	if (c->base.strophe_fd >= 0) {
		shutdown(c->base.strophe_fd, SHUT_RDWR);
	}
	c->conn = NULL;
	c->base.strophe_fd = -1;
	xmpp_conn_release(conn);
}

static void clear(struct world_client *base)
{
	struct xclient *c = (struct xclient *)base;

	while (c->count > 0) {
		xstanza_free(c, c->kept[--c->count]);
	}
}

static void destroy(struct world_client *base)
{
	struct xclient *c = (struct xclient *)base;

	release(c);
	clear(base);
	world_leave(c->w, base);
	free(c->name);
	free(c->jid);
	free(c->full);
	free(c->password);
	free(c);
}

static void report(struct world_client *base)
{
	struct xclient *c = (struct xclient *)base;
	size_t i;

	tap_note("%s (%s) still holds:", c->full,
		c->state == ONLINE   ? "online"
		: c->state == BROKEN ? "OFFLINE"
				     : "connecting");
	for (i = 0; i < c->count; i++) {
		if (!c->kept[i]->taken) {
			tap_note("  [%u] %.*s", c->kept[i]->seq, WORLD_WIDTH,
				c->kept[i]->text);
		}
	}
}

struct xclient *xclient_open(struct world *w, const struct xclient_login *login)
{
	struct xclient *c = calloc(1, sizeof(*c));

	if (c == NULL ||
		asprintf(&c->name, "%s/%s", login->user, login->resource) < 0 ||
		asprintf(&c->jid, "%s@%s", login->user, login->domain) < 0 ||
		asprintf(&c->full, "%s/%s", c->jid, login->resource) < 0) {
		abort();
	}
	c->w = w;
	c->port = login->port;
	c->password = strdup(login->password);
	c->base = (struct world_client){.name = c->name,
		.strophe_fd = -1,
		.destroy = destroy,
		.clear = clear,
		.report = report};
	world_enter(w, &c->base);
	begin(c);
	return c;
}

static bool settled(void *ctx)
{
	const struct xclient *c = ctx;

	return c->state != CONNECTING;
}

struct xclient *xclient_login(
	struct world *w, const struct xclient_login *login)
{
	struct xclient *c;

	if (!xclient_register(w, login)) {
		world_fail(w, AT, "%s@%s could not register", login->user,
			login->domain);
	}
	c = xclient_open(w, login);
	/* jabberd2 refuses one in some hundred by a stream error, and nothing
	 * is wrong (measured). */
	for (unsigned again = 0; again < 2; again++) {
		world_until(w, 15, settled, c);
		if (c->state == BROKEN) {
			xclient_reopen(c);
		}
	}
	xclient_await_online(c, 15, AT);
	return c;
}

bool xclient_online(const struct xclient *c)
{
	return c->state == ONLINE;
}

bool xclient_broken(const struct xclient *c)
{
	return c->state == BROKEN;
}

void xclient_await_online(struct xclient *c, double seconds, const char *at)
{
	world_until(c->w, seconds, settled, c);
	if (c->state != ONLINE) {
		world_fail(c->w, at, "%s did not come online", c->full);
	}
}

void xclient_reopen(struct xclient *c)
{
	release(c);
	begin(c);
}

static bool is_broken(void *ctx)
{
	return xclient_broken(ctx);
}

void xclient_close(struct xclient *c)
{
	if (c->state == ONLINE) {
		world_log(c->w, c->name, ">>", "</stream:stream>");
		xmpp_disconnect(c->conn);
		world_until(c->w, 5, is_broken, c);
	}
}

void xclient_cut(struct xclient *c)
{
	world_log(c->w, c->name, "--", "cuts its connection");
	if (c->base.strophe_fd >= 0) {
		shutdown(c->base.strophe_fd, SHUT_RDWR);
	}
	world_until(c->w, 5, is_broken, c);
}

const char *xclient_jid(const struct xclient *c)
{
	return c->jid;
}

const char *xclient_full(const struct xclient *c)
{
	return c->full;
}

void xclient_send(struct xclient *c, const char *xml)
{
	if (!c->quiet) {
		world_log(c->w, c->name, ">>", "%s", xml);
	}
	if (c->state == ONLINE) {
		/* Never xmpp_send_raw_string: it is printf, JIDs hold '%'. */
		xmpp_send_raw(c->conn, xml, strlen(xml));
	}
}

void xclient_sendf(struct xclient *c, const char *format, ...)
{
	char *xml = NULL;
	va_list args;
	int got;

	va_start(args, format);
	got = vasprintf(&xml, format, args);
	va_end(args);
	if (got < 0) {
		abort();
	}
	xclient_send(c, xml);
	free(xml);
}

void xclient_watch(struct xclient *c,
	bool (*seen)(void *ctx, const struct xstanza *s), void *ctx)
{
	c->seen = seen;
	c->seen_ctx = ctx;
}

void xclient_keep(struct xclient *c)
{
	c->base.keep = true;
}

void xclient_release(struct xclient *c)
{
	c->base.keep = false;
}

void xclient_quiet(struct xclient *c)
{
	c->quiet = true;
}

/* --- expectations ------------------------------------------------------- */

/* One thing asked: adds its weight to *points, or is the first that misfits. */
static void weigh(bool fits, unsigned weight, const char *what,
	const char **first, unsigned *points)
{
	if (fits) {
		*points += weight;
	} else if (*first == NULL) {
		*first = what;
	}
}

/* How well the stanza fits: NULL when it does, else the first thing that does
 * not; *points weighs all that does, to find what comes nearest. */
static const char *misfit(
	const struct xstanza *s, const struct xwant *want, unsigned *points)
{
	const char *type = want->type != NULL ? want->type : "";
	const char *first = NULL;
	size_t i;

	*points = 0;
	weigh(want->kind == NULL || strcmp(want->kind, xstanza_kind(s)) == 0, 1,
		"kind", &first, points);
	weigh(want->from == NULL ||
			strcasecmp(want->from, xstanza_attr(s, "from")) == 0,
		2, "from", &first, points);
	weigh(strcmp(type, "*") == 0 ||
			strcmp(type, xstanza_attr(s, "type")) == 0,
		2, "type", &first, points);
	weigh(want->id == NULL || strcmp(want->id, xstanza_attr(s, "id")) == 0,
		want->id != NULL ? 8 : 0, "id", &first, points);
	weigh(want->to == NULL ||
			strcasecmp(want->to, xstanza_attr(s, "to")) == 0,
		1, "to", &first, points);
	for (i = 0; i < XWANT_PATHS && want->has[i] != NULL; i++) {
		/* What is absent fits anything: it tells little. */
		weigh(xstanza_has(s, want->has[i]),
			*want->has[i] == '!' ? 0 : 2, want->has[i], &first,
			points);
	}
	return first;
}

static struct xstanza *find(const struct xclient *c, const struct xwant *want)
{
	unsigned points;
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (!c->kept[i]->taken &&
			misfit(c->kept[i], want, &points) == NULL) {
			return c->kept[i];
		}
	}
	return NULL;
}

static const char *describe(struct xclient *c, const struct xwant *want)
{
	const char *text;
	size_t i;

	text = world_text(c->w, "<%s%s%s%s%s%s%s%s%s",
		want->kind != NULL ? want->kind : "any stanza",
		want->from != NULL ? " from=" : "",
		want->from != NULL ? want->from : "",
		want->to != NULL ? " to=" : "",
		want->to != NULL ? want->to : "",
		want->id != NULL ? " id=" : "",
		want->id != NULL ? want->id : "",
		want->type != NULL ? " type=" : " without type",
		want->type != NULL ? want->type : "");
	for (i = 0; i < XWANT_PATHS && want->has[i] != NULL; i++) {
		text = world_text(c->w, "%s [%s]", text, want->has[i]);
	}
	return world_text(c->w, "%s>", text);
}

/* The best of what came instead, and what was wrong with it. */
static const char *nearest(struct xclient *c, const struct xwant *want)
{
	const struct xstanza *best = NULL;
	unsigned best_points = 5; /* of any stanza: kind, to, one more */
	unsigned points;
	size_t i;

	for (i = 0; i < c->count; i++) {
		misfit(c->kept[i], want, &points);
		if (points > best_points &&
			(!c->kept[i]->taken || best == NULL)) {
			best = c->kept[i];
			best_points = points;
		}
	}
	if (best == NULL) {
		return "nothing like it came";
	}
	return world_text(c->w,
		"nearest%s is [%u], whose %s does not fit:\n  %s",
		best->taken ? " (used up before)" : "", best->seq,
		misfit(best, want, &points) == NULL
			? "place in the test"
			: misfit(best, want, &points),
		best->text);
}

struct waiting {
	struct xclient *c;
	const struct xwant *want;
	struct xstanza *found;
};

static bool arrived(void *ctx)
{
	struct waiting *wait = ctx;

	wait->found = find(wait->c, wait->want);
	return wait->found != NULL || wait->c->state == BROKEN;
}

const struct xstanza *xclient_expect(
	struct xclient *c, const struct xwant *want)
{
	struct waiting wait = {c, want, NULL};
	double seconds = want->seconds > 0 ? want->seconds : 10;

	world_until(c->w, seconds, arrived, &wait);
	if (wait.found == NULL) {
		world_fail(c->w, want->at,
			"%s waited in vain%s for\n  %s\n%s", c->full,
			c->state == BROKEN ? " (it is offline)" : "",
			describe(c, want), nearest(c, want));
	}
	wait.found->taken = true;
	return wait.found;
}

void xclient_expect_no(struct xclient *c, const struct xwant *want)
{
	const struct xstanza *s = find(c, want);

	if (s != NULL) {
		world_fail(c->w, want->at,
			"%s got [%u]\n  %s\nand should not: %s", c->full,
			s->seq, s->text, describe(c, want));
	}
}

unsigned xclient_count(const struct xclient *c, const struct xwant *want)
{
	unsigned points;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (misfit(c->kept[i], want, &points) == NULL) {
			n++;
		}
	}
	return n;
}

void xclient_in_order(struct xclient *c, const struct xstanza *first,
	const struct xstanza *second, const char *at)
{
	if (first->seq >= second->seq) {
		world_fail(c->w, at,
			"%s got these the wrong way round, should be\n"
			"  [%u] %s\nbefore\n  [%u] %s",
			c->full, first->seq, first->text, second->seq,
			second->text);
	}
}

void xclient_sync(struct xclient *c, const char *jid, const char *at)
{
	const char *id = world_text(c->w, "sync%u", ++c->syncs);

	xclient_sendf(c,
		"<iq type='get' to='%s' id='%s'>"
		"<ping xmlns='urn:xmpp:ping'/></iq>",
		jid, id);
	xclient_expect(c,
		&(struct xwant){.at = at, .kind = "iq", .type = "*", .id = id});
}

void xclient_forget(struct xclient *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		c->kept[i]->taken = true;
	}
}
