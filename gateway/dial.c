/* SPDX-License-Identifier: MIT */
#include "gateway/dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <netinet/in.h>

#include "gateway/source.h"

/*
 * The story: an address literal goes to `addresses` at once, a name by
 * dns_ask(). on_addresses() keeps those the policy allows and starts the first
 * attempt; each further one follows after DIAL_STAGGER_MS, or at once when the
 * last one under way has failed. The first that connects, the last that fails,
 * the deadline or a fault schedule `report`, which closes the other attempts
 * and calls `done`. The dial is freed when that has happened and libuv has
 * given back every connect request (UV_ECANCELED for the closed ones).
 */
struct attempt {
	uv_connect_t req;
	struct dial *dial;
	uv_tcp_t *tcp; /* NULL: it failed, or was handed over */
	union address address;
};

struct dial {
	struct loop *loop;
	dial_done_fn *done; /* NULL: reported or cancelled */
	void *ctx;
	struct dns_query *query;
	struct timer stagger;
	struct timer deadline;
	struct loop_task report;
	enum err err;
	uv_tcp_t *winner;
	size_t naddresses;
	size_t tried;
	size_t running; /* connect requests that libuv holds */
	bool allow_private;
	struct identd *identd;
	char *ident; /* NULL: nobody is told */
	bool bound; /* only from these: */
	union address source4; /* family 0: none */
	union address source6;
	struct attempt attempts[DIAL_ATTEMPTS];
	char detail[160];
};

enum err dial_err(int status)
{
	switch (status) {
	case 0:
		return ERR_OK;
	case UV_EOF:
	case UV_ECONNRESET:
	case UV_EPIPE:
	case UV_ECONNABORTED:
		return ERR_CLOSED;
	case UV_ECONNREFUSED:
		return ERR_REFUSED;
	case UV_EHOSTUNREACH:
	case UV_ENETUNREACH:
	case UV_ENETDOWN:
	case UV_EHOSTDOWN:
	case UV_EADDRNOTAVAIL:
		return ERR_UNREACHABLE;
	case UV_ETIMEDOUT:
		return ERR_TIMEOUT;
	case UV_EMFILE:
	case UV_ENFILE:
	case UV_ENOBUFS:
	case UV_ENOMEM:
		return ERR_FULL;
	case UV_EAFNOSUPPORT:
		return ERR_UNREACHABLE;
	case UV_EACCES:
	case UV_EPERM:
		return ERR_FORBIDDEN;
	default:
		return ERR_IO;
	}
}

static void on_tcp_closed(uv_handle_t *handle)
{
	free(handle);
}

static void close_tcp(uv_tcp_t **tcp)
{
	if (*tcp != NULL) {
		identd_unmark((*tcp)->data);
		uv_close((uv_handle_t *)*tcp, on_tcp_closed);
		*tcp = NULL;
	}
}

static void dial_release(struct dial *d)
{
	if (d->done == NULL && d->running == 0) {
		free(d->ident);
		free(d);
	}
}

/* Nothing more is wanted from the network. */
static void dial_quiet(struct dial *d)
{
	timer_stop(loop_clock(d->loop), &d->stagger);
	timer_stop(loop_clock(d->loop), &d->deadline);
	loop_cancel(&d->report);
	if (d->query != NULL) {
		dns_cancel(d->query);
		d->query = NULL;
	}
	for (size_t i = 0; i < d->tried; i++) {
		close_tcp(&d->attempts[i].tcp);
	}
}

static void report(void *ctx)
{
	struct dial *d = ctx;
	dial_done_fn *done = d->done;
	void *asker = d->ctx;
	uv_tcp_t *winner = d->winner;
	enum err err = d->err;
	char detail[sizeof d->detail];

	memcpy(detail, d->detail, sizeof detail);
	d->winner = NULL;
	d->done = NULL;
	dial_quiet(d);
	dial_release(d);
	done(asker, err, winner, err == ERR_OK ? "" : detail);
}

static void finish(struct dial *d, enum err err)
{
	d->err = err;
	loop_soon(d->loop, &d->report);
}

static void next_attempt(struct dial *d);

static void attempt_failed(struct dial *d, const union address *a, int status)
{
	char text[ADDRESS_TEXT];

	address_text(a, text);
	snprintf(d->detail, sizeof d->detail, "%s: %s", text,
		uv_strerror(status));
	d->err = dial_err(status);
}

static void on_connect(uv_connect_t *req, int status)
{
	struct attempt *at = req->data;
	struct dial *d = at->dial;

	loop_tick(d->loop);
	d->running--;
	if (d->done == NULL) {
		dial_release(d);
		return;
	}
	if (d->winner != NULL) {
		return; /* second: report() closes it */
	}
	if (status == 0) {
		d->winner = at->tcp;
		at->tcp = NULL;
		finish(d, ERR_OK);
		return;
	}
	attempt_failed(d, &at->address, status);
	close_tcp(&at->tcp);
	if (d->tried < d->naddresses) {
		next_attempt(d);
	} else if (d->running == 0) {
		finish(d, d->err);
	}
}

/*
 * The whole prefix is routed here, its addresses are on no interface: FREEBIND.
 * The port is chosen by connect(), so that two links may share one.
 */
static int bind_source(struct dial *d, uv_tcp_t *tcp, int family)
{
	const union address *from =
		family == AF_INET6 ? &d->source6 : &d->source4;
	int on = 1;
	int fd;
	int status;

	if (!d->bound) {
		return 0;
	}
	if (from->sa.sa_family == 0) {
		return UV_EAFNOSUPPORT;
	}
	status = uv_fileno((uv_handle_t *)tcp, &fd);
	if (status != 0) {
		return status;
	}
	(void)setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
		sizeof on);
	if (family == AF_INET6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on,
			sizeof on);
	}
	return uv_tcp_bind(tcp, &from->sa, 0);
}

/* One socket on its way; what failed at once is closed and noted. */
static int attempt_start(struct dial *d, struct attempt *at)
{
	int family = at->address.sa.sa_family;
	uv_tcp_t *tcp = must_calloc(1, sizeof *tcp);
	int status = uv_tcp_init_ex(loop_uv(d->loop), tcp, (unsigned)family);

	if (status != 0) {
		free(tcp);
		return status;
	}
	at->tcp = tcp;
	at->dial = d;
	at->req.data = at;
	status = bind_source(d, tcp, family);
	if (status == 0) {
		status = uv_tcp_connect(&at->req, tcp, &at->address.sa,
			on_connect);
	}
	if (status != 0) {
		close_tcp(&at->tcp);
		return status;
	}
	/* The port is known now, and the server may ask at once. */
	tcp->data = identd_mark(d->identd, tcp, &at->address, d->ident);
	d->running++;
	return 0;
}

/* Starts the next address that can be started; none left and none running:
 * the last fault is the answer. */
static void next_attempt(struct dial *d)
{
	while (d->tried < d->naddresses) {
		struct attempt *at = &d->attempts[d->tried++];
		int status = attempt_start(d, at);

		if (status == 0) {
			timer_start(loop_clock(d->loop), &d->stagger,
				DIAL_STAGGER_MS);
			return;
		}
		attempt_failed(d, &at->address, status);
	}
	if (d->running == 0) {
		finish(d, d->err);
	}
}

static void on_stagger(void *ctx)
{
	struct dial *d = ctx;

	if (d->winner == NULL && d->tried < d->naddresses) {
		next_attempt(d);
	}
}

static void on_deadline(void *ctx)
{
	struct dial *d = ctx;

	if (d->winner == NULL && d->running > 0) {
		snprintf(d->detail, sizeof d->detail,
			"no connection within %d s", DIAL_TIMEOUT_MS / 1000);
		finish(d, ERR_TIMEOUT);
	}
}

static void use_addresses(struct dial *d, const union address *a, size_t n)
{
	for (size_t i = 0; i < n && d->naddresses < DIAL_ATTEMPTS; i++) {
		if (d->allow_private || !address_private(&a[i])) {
			d->attempts[d->naddresses++].address = a[i];
		}
	}
	if (d->naddresses == 0) {
		char text[ADDRESS_TEXT];

		address_text(&a[0], text);
		snprintf(d->detail, sizeof d->detail,
			"%s is not a public address", text);
		finish(d, ERR_FORBIDDEN);
		return;
	}
	timer_start(loop_clock(d->loop), &d->deadline, DIAL_TIMEOUT_MS);
	next_attempt(d);
}

static void on_addresses(void *ctx, enum err err,
	const struct dns_answer *answer)
{
	struct dial *d = ctx;

	d->query = NULL;
	if (err == ERR_OK) {
		use_addresses(d, answer->a, answer->n);
		return;
	}
	snprintf(d->detail, sizeof d->detail, "%s",
		err == ERR_FULL ? "too many names are being looked up" :
		err == ERR_TIMEOUT ? "the name servers do not answer" :
				     "the name has no address");
	finish(d, err);
}

/* RFC 7686: only a proxy that knows them may be asked. */
static bool is_onion(const char *host)
{
	size_t len = strlen(host);

	return len >= 6 && strcasecmp(host + len - 6, ".onion") == 0;
}

static void choose_sources(struct dial *d, const struct dial_target *to)
{
	d->bound = to->nsources > 0;
	if (d->bound) {
		(void)source_choose(to->sources, to->nsources, AF_INET, to->who,
			&d->source4);
		(void)source_choose(to->sources, to->nsources, AF_INET6,
			to->who, &d->source6);
	}
}

struct dial *dial_start(struct loop *loop, struct dns *dns,
	const struct dial_target *to, dial_done_fn *done, void *ctx)
{
	struct dial *d = must_calloc(1, sizeof *d);
	union address literal;

	d->loop = loop;
	d->done = done;
	d->ctx = ctx;
	d->allow_private = to->allow_private;
	d->identd = to->identd;
	if (to->identd != NULL && to->ident != NULL) {
		d->ident = must_strndup(to->ident, strlen(to->ident));
	}
	choose_sources(d, to);
	timer_init(&d->stagger, on_stagger, d);
	timer_init(&d->deadline, on_deadline, d);
	loop_task_init(&d->report, report, d);
	if (address_literal(to->host, to->port, &literal)) {
		use_addresses(d, &literal, 1);
	} else if (is_onion(to->host)) {
		snprintf(d->detail, sizeof d->detail,
			"onion services are reached by a proxy only");
		finish(d, ERR_DNS);
	} else {
		d->query = dns_ask(dns, to->host, to->port, to->owner,
			on_addresses, d);
	}
	return d;
}

void dial_cancel(struct dial *d)
{
	d->done = NULL;
	dial_quiet(d);
	close_tcp(&d->winner);
	dial_release(d);
}
