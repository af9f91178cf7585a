/* SPDX-License-Identifier: MIT */
#include "gateway/identd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"

/*
 * The story: on_connection() takes a question's socket; on_read() gathers its
 * line, answers it from the marks and closes after the answer was written. The
 * deadline, the other side's end and a line that is too long close it, too.
 */
enum { BUCKETS = 1024, ANSWER = 128, IDENT_MAX = 64 };

struct ident_mark {
	struct list link; /* in a bucket; in none when the server is gone */
	union address ours;
	union address theirs;
	char ident[IDENT_MAX];
};

/* Where it listens: a handle that closes in its own time. */
struct ear {
	uv_tcp_t tcp;
	struct identd *identd;
	char host[INET6_ADDRSTRLEN];
	uint16_t port;
};

struct identd {
	struct ear *ear; /* NULL: nowhere */
	struct loop *loop;
	unsigned nqueries;
	struct list queries;
	struct list marks[BUCKETS];
};

struct query {
	uv_tcp_t tcp;
	uv_write_t write;
	struct list link;
	struct identd *identd; /* NULL: it is gone */
	struct loop *loop;
	struct timer timer;
	bool closing;
	size_t len;
	char line[IDENTD_LINE + 1];
	char answer[ANSWER];
};

/* ---- the question ---- */

enum err identd_parse(struct slice line, uint16_t *ours, uint16_t *theirs)
{
	struct slice first = slice_trim(slice_cut(&line, ','));
	struct slice second = slice_trim(line);
	long a = slice_number(first, 65535);
	long b = slice_number(second, 65535);

	if (a < 1 || b < 1) {
		return ERR_BAD_INPUT;
	}
	*ours = (uint16_t)a;
	*theirs = (uint16_t)b;
	return ERR_OK;
}

/* ---- marks ---- */

static uint16_t port_of(const union address *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port :
						   a->in4.sin_port);
}

/* IPv4 that came by a socket of IPv6 is IPv4. */
static void plain(union address *a)
{
	union address four;

	if (a->sa.sa_family != AF_INET6 ||
		!IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
		return;
	}
	memset(&four, 0, sizeof four);
	four.in4.sin_family = AF_INET;
	four.in4.sin_port = a->in6.sin6_port;
	memcpy(&four.in4.sin_addr, a->in6.sin6_addr.s6_addr + 12, 4);
	*a = four;
}

static bool same_host(const union address *a, const union address *b)
{
	if (a->sa.sa_family != b->sa.sa_family) {
		return false;
	}
	return a->sa.sa_family == AF_INET ?
		a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr :
		memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, 16) == 0;
}

static struct list *bucket(struct identd *d, uint16_t ours, uint16_t theirs)
{
	return &d->marks[(ours * 31U + theirs) % BUCKETS];
}

struct ident_mark *identd_mark(struct identd *d, uv_tcp_t *tcp,
	const union address *to, const char *ident)
{
	struct ident_mark *m;
	union address ours;
	int len = sizeof ours;

	if (d == NULL || d->ear == NULL || ident == NULL ||
		uv_tcp_getsockname(tcp, &ours.sa, &len) != 0) {
		return NULL;
	}
	m = must_calloc(1, sizeof *m);
	m->ours = ours;
	m->theirs = *to;
	plain(&m->ours);
	plain(&m->theirs);
	snprintf(m->ident, sizeof m->ident, "%s", ident);
	list_init(&m->link);
	list_add(bucket(d, port_of(&m->ours), port_of(&m->theirs)), &m->link);
	return m;
}

void identd_unmark(struct ident_mark *m)
{
	if (m != NULL) {
		list_remove(&m->link);
		free(m);
	}
}

static const struct ident_mark *find(struct identd *d, uint16_t ours,
	uint16_t theirs, const union address *us, const union address *asker)
{
	struct list *in = bucket(d, ours, theirs);

	list_each(it, in) {
		const struct ident_mark *m =
			list_entry(it, struct ident_mark, link);

		if (port_of(&m->ours) == ours && port_of(&m->theirs) == theirs &&
			same_host(&m->ours, us) &&
			same_host(&m->theirs, asker)) {
			return m;
		}
	}
	return NULL;
}

/* ---- one question ---- */

static void on_query_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void query_close(struct query *q)
{
	if (q->closing) {
		return;
	}
	q->closing = true;
	timer_stop(loop_clock(q->loop), &q->timer);
	list_remove(&q->link);
	if (q->identd != NULL) {
		q->identd->nqueries--;
	}
	uv_close((uv_handle_t *)&q->tcp, on_query_closed);
}

static void on_deadline(void *ctx)
{
	query_close(ctx);
}

static void on_written(uv_write_t *req, int status)
{
	(void)status;
	query_close(req->data);
}

static bool ends(const struct query *q, union address *us, union address *asker)
{
	int len = sizeof *us;

	if (uv_tcp_getsockname(&q->tcp, &us->sa, &len) != 0) {
		return false;
	}
	len = sizeof *asker;
	if (uv_tcp_getpeername(&q->tcp, &asker->sa, &len) != 0) {
		return false;
	}
	plain(us);
	plain(asker);
	return true;
}

static void answer(struct query *q, struct slice line)
{
	const struct ident_mark *m = NULL;
	uint16_t ours = 0;
	uint16_t theirs = 0;
	union address us;
	union address asker;
	bool ok = identd_parse(line, &ours, &theirs) == ERR_OK;
	uv_buf_t out;
	int n;

	if (ok && ends(q, &us, &asker)) {
		m = find(q->identd, ours, theirs, &us, &asker);
	}
	if (m != NULL) {
		n = snprintf(q->answer, ANSWER,
			"%u , %u : USERID : UNIX : %s\r\n", ours, theirs,
			m->ident);
	} else {
		n = snprintf(q->answer, ANSWER, "%u , %u : ERROR : %s\r\n", ours,
			theirs, ok ? "NO-USER" : "INVALID-PORT");
	}
	uv_read_stop((uv_stream_t *)&q->tcp);
	q->write.data = q;
	out = uv_buf_init(q->answer, (unsigned)n);
	if (uv_write(&q->write, (uv_stream_t *)&q->tcp, &out, 1, on_written) !=
		0) {
		query_close(q);
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct query *q = handle->data;

	(void)suggested;
	*out = uv_buf_init(q->line + q->len,
		(unsigned)(sizeof q->line - 1 - q->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct query *q = stream->data;
	char *end;

	(void)b;
	loop_tick(q->loop);
	if (n < 0) {
		query_close(q); /* UV_ENOBUFS: the line is too long */
		return;
	}
	q->len += (size_t)n;
	end = memchr(q->line, '\n', q->len);
	if (end != NULL) {
		answer(q, slice(q->line, (size_t)(end - q->line)));
	}
}

/* ---- the listener ---- */

static void on_connection(uv_stream_t *listener, int status)
{
	struct ear *ear = listener->data;
	struct identd *d = ear->identd;
	struct query *q;

	loop_tick(d->loop);
	if (status != 0) {
		return;
	}
	q = must_calloc(1, sizeof *q);
	q->identd = d;
	q->loop = d->loop;
	q->tcp.data = q;
	timer_init(&q->timer, on_deadline, q);
	list_init(&q->link);
	list_add(&d->queries, &q->link);
	d->nqueries++;
	must(uv_tcp_init(loop_uv(d->loop), &q->tcp) == 0);
	if (uv_accept(listener, (uv_stream_t *)&q->tcp) != 0 ||
		uv_read_start((uv_stream_t *)&q->tcp, on_alloc, on_read) != 0) {
		query_close(q);
		return;
	}
	timer_start(loop_clock(d->loop), &q->timer, IDENTD_MS);
	if (d->nqueries > IDENTD_QUERIES) {
		query_close(list_entry(list_first(&d->queries), struct query,
			link));
	}
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void ear_close(struct ear *ear)
{
	if (ear != NULL) {
		uv_close((uv_handle_t *)&ear->tcp, on_closed);
	}
}

static struct ear *ear_open(struct identd *d, const char *host, uint16_t port)
{
	struct ear *ear = must_calloc(1, sizeof *ear);
	union address a;
	int status;

	must(address_literal(host, port, &a));
	ear->identd = d;
	snprintf(ear->host, sizeof ear->host, "%s", host);
	ear->port = port;
	must(uv_tcp_init(loop_uv(d->loop), &ear->tcp) == 0);
	ear->tcp.data = ear;
	status = uv_tcp_bind(&ear->tcp, &a.sa, 0);
	if (status == 0) {
		status = uv_listen((uv_stream_t *)&ear->tcp, IDENTD_QUERIES,
			on_connection);
	}
	if (status != 0) {
		log_error(NULL, "identd cannot listen address=%s port=%u: %s",
			host, port, uv_strerror(status));
		ear_close(ear);
		return NULL;
	}
	return ear;
}

enum err identd_listen(struct identd *d, const char *host, uint16_t port)
{
	struct ear *old = d->ear;
	bool same = old == NULL ? host == NULL :
				  host != NULL && port == old->port &&
			strcmp(host, old->host) == 0;

	if (same) {
		return ERR_OK;
	}
	/* Closed first: [::] takes the port of 127.0.0.1, too. */
	ear_close(old);
	d->ear = host != NULL ? ear_open(d, host, port) : NULL;
	if (host == NULL || d->ear != NULL) {
		return ERR_OK;
	}
	/* old is freed by the loop, in a later turn. */
	d->ear = old != NULL ? ear_open(d, old->host, old->port) : NULL;
	return ERR_IO;
}

struct identd *identd_create(struct loop *loop)
{
	struct identd *d = must_calloc(1, sizeof *d);

	d->loop = loop;
	list_init(&d->queries);
	for (size_t i = 0; i < BUCKETS; i++) {
		list_init(&d->marks[i]);
	}
	return d;
}

void identd_destroy(struct identd *d)
{
	if (d == NULL) {
		return;
	}
	list_each_safe(it, &d->queries) {
		struct query *q = list_entry(it, struct query, link);

		query_close(q);
		q->identd = NULL;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		list_each_safe(it, &d->marks[i]) {
			list_remove(it);
		}
	}
	ear_close(d->ear);
	free(d);
}
