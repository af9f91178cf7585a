/* SPDX-License-Identifier: MIT */
#include "gateway/dns.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/intern.h"
#include "base/list.h"
#include "base/map.h"

/*
 * The story: dns_ask() gives two questions to c-ares, which answers each by
 * on_family(), now or later. The second answer, or the timer after the first
 * useful one, or the deadline, schedules `report`, which calls the asker in its
 * own turn. The query is freed when it was reported or cancelled AND c-ares
 * has answered both: c-ares cannot take back a single question.
 */
struct owner {
	struct map_entry entry; /* first: base/map */
	unsigned pending;
};

enum { V6, V4, FAMILIES };

struct dns_query {
	struct list link; /* in dns->queries */
	struct dns *dns;
	struct owner *owner; /* NULL: without limit */
	dns_done_fn *done;   /* NULL: reported or cancelled */
	void *ctx;
	uint16_t port;
	unsigned pending; /* questions that c-ares has not answered */
	bool timed_out;
	bool full;
	struct timer timer;
	struct loop_task report;
	struct dns_answer found[FAMILIES];
};

struct dns {
	struct loop *loop;
	ares_channel channel;
	struct list sockets;
	struct list queries;
	struct map owners;
	struct timer timer; /* c-ares' own time-outs */
};

/* One socket of c-ares; lives until its close callback. */
struct socket_watch {
	struct list link;
	struct dns *dns;
	ares_socket_t fd;
	uv_poll_t poll;
};

static void watch_timeouts(struct dns *dns)
{
	struct timeval tv;

	if (ares_timeout(dns->channel, NULL, &tv) == NULL) {
		timer_stop(loop_clock(dns->loop), &dns->timer);
		return;
	}
	timer_start(loop_clock(dns->loop), &dns->timer,
		(uint64_t)tv.tv_sec * 1000 + (uint64_t)tv.tv_usec / 1000 + 1);
}

static void on_timeout(void *ctx)
{
	struct dns *dns = ctx;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	watch_timeouts(dns);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct socket_watch *w = poll->data;
	struct dns *dns = w->dns;
	ares_socket_t fd = w->fd;

	loop_tick(dns->loop);
	if (status < 0) {
		events = UV_READABLE | UV_WRITABLE; /* it finds the error */
	}
	ares_process_fd(dns->channel,
		events & UV_READABLE ? fd : ARES_SOCKET_BAD,
		events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
	watch_timeouts(dns);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void unwatch(struct socket_watch *w)
{
	list_remove(&w->link);
	uv_poll_stop(&w->poll);
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static struct socket_watch *find_watch(struct dns *dns, ares_socket_t fd)
{
	list_each(it, &dns->sockets) {
		struct socket_watch *w =
			list_entry(it, struct socket_watch, link);

		if (w->fd == fd) {
			return w;
		}
	}
	return NULL;
}

/* c-ares: this socket waits for these; for neither: it is about to close. */
static void on_socket(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = ctx;
	struct socket_watch *w = find_watch(dns, fd);

	if (!readable && !writable) {
		if (w != NULL) {
			unwatch(w);
		}
		return;
	}
	if (w == NULL) {
		w = must_calloc(1, sizeof *w);
		w->dns = dns;
		w->fd = fd;
		if (uv_poll_init(loop_uv(dns->loop), &w->poll, fd) != 0) {
			free(w); /* the query runs into its time-out */
			return;
		}
		w->poll.data = w;
		list_init(&w->link);
		list_add(&dns->sockets, &w->link);
	}
	uv_poll_start(&w->poll,
		(readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
		on_poll);
}

struct dns *dns_create(struct loop *loop, const char *servers)
{
	struct dns *dns = must_calloc(1, sizeof *dns);
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH,
		.timeout = 2000,
		.tries = 2,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = dns,
	};

	dns->loop = loop;
	list_init(&dns->sockets);
	list_init(&dns->queries);
	map_init(&dns->owners);
	timer_init(&dns->timer, on_timeout, dns);
	must(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
	must(ares_init_options(&dns->channel, &options,
		     ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
			     ARES_OPT_SOCK_STATE_CB) == ARES_SUCCESS);
	if (servers != NULL) {
		must(ares_set_servers_ports_csv(dns->channel, servers) ==
			ARES_SUCCESS);
	}
	return dns;
}

static void owner_release(struct dns *dns, struct owner *owner)
{
	if (owner != NULL && --owner->pending == 0) {
		map_remove(&dns->owners, &owner->entry);
		istr_unref(owner->entry.key);
		free(owner);
	}
}

/* One more question for this owner, or NULL when there are too many. */
static struct owner *owner_take(struct dns *dns, const char *name)
{
	size_t len = strlen(name);
	struct owner *owner =
		(struct owner *)map_find(&dns->owners, name, len);

	if (owner == NULL) {
		owner = must_calloc(1, sizeof *owner);
		owner->entry.key = intern(name, len);
		map_put(&dns->owners, &owner->entry, 0);
	} else if (owner->pending >= DNS_PER_OWNER) {
		return NULL;
	}
	owner->pending++;
	return owner;
}

static void query_release(struct dns_query *q)
{
	if (q->done != NULL || q->pending > 0) {
		return;
	}
	timer_stop(loop_clock(q->dns->loop), &q->timer);
	loop_cancel(&q->report);
	list_remove(&q->link);
	owner_release(q->dns, q->owner);
	free(q);
}

static size_t merge(const struct dns_query *q, struct dns_answer *out)
{
	const struct dns_answer *found = q->found;

	out->n = 0;
	for (size_t i = 0; i < DNS_ADDRESSES; i++) {
		for (size_t f = 0; f < FAMILIES; f++) {
			if (i < found[f].n && out->n < DNS_ADDRESSES) {
				out->a[out->n++] = found[f].a[i];
			}
		}
	}
	return out->n;
}

static void report(void *ctx)
{
	struct dns_query *q = ctx;
	dns_done_fn *done = q->done;
	void *asker = q->ctx;
	struct dns_answer answer;
	enum err err = ERR_OK;

	if (merge(q, &answer) == 0) {
		err = q->full ? ERR_FULL : q->timed_out ? ERR_TIMEOUT : ERR_DNS;
	}
	q->done = NULL;
	timer_stop(loop_clock(q->dns->loop), &q->timer);
	query_release(q);
	done(asker, err, &answer); /* last: it may ask again */
}

static void on_deadline(void *ctx)
{
	struct dns_query *q = ctx;

	q->timed_out = true;
	loop_soon(q->dns->loop, &q->report);
}

static void collect(struct dns_query *q, const struct ares_addrinfo *info)
{
	const struct ares_addrinfo_node *node = info ? info->nodes : NULL;

	for (; node != NULL; node = node->ai_next) {
		struct dns_answer *to =
			&q->found[node->ai_family == AF_INET6 ? V6 : V4];

		if (to->n < DNS_ADDRESSES &&
			(size_t)node->ai_addrlen <= sizeof to->a[0]) {
			union address *a = &to->a[to->n++];

			memcpy(a, node->ai_addr, (size_t)node->ai_addrlen);
			if (node->ai_family == AF_INET6) {
				a->in6.sin6_port = htons(q->port);
			} else {
				a->in4.sin_port = htons(q->port);
			}
		}
	}
}

/* One of the two questions was answered, whatever the answer is. */
static void on_family(void *ctx, int status, int timeouts,
	struct ares_addrinfo *info)
{
	struct dns_query *q = ctx;

	(void)timeouts;
	q->pending--;
	q->timed_out = q->timed_out || status == ARES_ETIMEOUT;
	if (q->done != NULL && status == ARES_SUCCESS) {
		collect(q, info);
	}
	if (info != NULL) {
		ares_freeaddrinfo(info);
	}
	if (q->done == NULL) {
		query_release(q);
	} else if (q->pending == 0) {
		loop_soon(q->dns->loop, &q->report);
	} else if (q->found[V4].n + q->found[V6].n > 0) {
		timer_start(loop_clock(q->dns->loop), &q->timer,
			DNS_SECOND_FAMILY_MS);
	}
}

/*
 * RFC 6761 6.3: localhost is never asked from a server. (c-ares 1.18 knows
 * that, but leaks the name.)
 */
static bool is_localhost(const char *host)
{
	size_t len = strlen(host);
	static const char suffix[] = ".localhost";
	size_t tail = sizeof suffix - 1;

	return strcasecmp(host, suffix + 1) == 0 ||
		(len > tail && strcasecmp(host + len - tail, suffix) == 0);
}

static void answer_localhost(struct dns_query *q)
{
	must(address_literal("::1", q->port, &q->found[V6].a[0]));
	must(address_literal("127.0.0.1", q->port, &q->found[V4].a[0]));
	q->found[V6].n = 1;
	q->found[V4].n = 1;
	loop_soon(q->dns->loop, &q->report);
}

/* The two questions; either may be answered before this returns. */
static void ask_both(struct dns_query *q, const char *host)
{
	static const int family[FAMILIES] = {[V6] = AF_INET6, [V4] = AF_INET};
	struct dns *dns = q->dns;

	q->pending = FAMILIES;
	timer_start(loop_clock(dns->loop), &q->timer, DNS_DEADLINE_MS);
	for (size_t f = 0; f < FAMILIES; f++) {
		struct ares_addrinfo_hints hints = {
			.ai_family = family[f],
			.ai_socktype = SOCK_STREAM,
			.ai_flags = ARES_AI_NOSORT,
		};

		ares_getaddrinfo(dns->channel, host, NULL, &hints, on_family,
			q);
	}
	watch_timeouts(dns);
}

struct dns_query *dns_ask(struct dns *dns, const char *host, uint16_t port,
	const char *owner, dns_done_fn *done, void *ctx)
{
	struct dns_query *q = must_calloc(1, sizeof *q);

	q->dns = dns;
	q->done = done;
	q->ctx = ctx;
	q->port = port;
	timer_init(&q->timer, on_deadline, q);
	loop_task_init(&q->report, report, q);
	list_init(&q->link);
	list_add(&dns->queries, &q->link);
	if (owner != NULL) {
		q->owner = owner_take(dns, owner);
		if (q->owner == NULL) {
			q->full = true;
			loop_soon(dns->loop, &q->report);
			return q;
		}
	}
	if (is_localhost(host)) {
		answer_localhost(q);
	} else {
		ask_both(q, host);
	}
	return q;
}

void dns_cancel(struct dns_query *q)
{
	q->done = NULL;
	timer_stop(loop_clock(q->dns->loop), &q->timer);
	loop_cancel(&q->report);
	query_release(q);
}

void dns_destroy(struct dns *dns)
{
	if (dns == NULL) {
		return;
	}
	list_each_safe(it, &dns->queries) {
		dns_cancel(list_entry(it, struct dns_query, link));
	}
	ares_destroy(dns->channel); /* answers what is pending, by on_family() */
	must(list_empty(&dns->queries));
	list_each_safe(it, &dns->sockets) {
		unwatch(list_entry(it, struct socket_watch, link));
	}
	timer_stop(loop_clock(dns->loop), &dns->timer);
	map_finish(&dns->owners);
	ares_library_cleanup();
	free(dns);
}
