/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_LINK_FIXTURE_H
#define TESTS_UNIT_GATEWAY_LINK_FIXTURE_H

#include <stdio.h>

#include "tests/unit/gateway/peer.h"

#include "gateway/link_uv.h"

/*
 * A link and the peer that it leads to, in one loop: what the link said is
 * counted and kept. A test with more of its own embeds it as the first member.
 */
struct link_fixture {
	struct loop *loop;
	struct link_world world;
	struct peer peer;
	struct link *link;
	unsigned ups;
	unsigned lows;
	unsigned losses;
	enum err why;
	char detail[TLS_DETAIL];
	struct buf in;
	bool close_in_up; /* ends the link from inside that event */
	bool close_in_data;
	bool abort_in_data;
};

static inline void link_on_up(void *ctx)
{
	struct link_fixture *f = ctx;

	f->ups++;
	if (f->close_in_up) {
		link_close(f->link);
		f->link = NULL;
	}
}

static inline void link_on_data(void *ctx, const char *p, size_t len)
{
	struct link_fixture *f = ctx;

	assert_non_null(f->link); /* no event after the close */
	buf_add(&f->in, p, len);
	if (f->close_in_data || f->abort_in_data) {
		(f->abort_in_data ? link_abort : link_close)(f->link);
		f->link = NULL;
	}
}

static inline void link_on_lost(void *ctx, enum err why, const char *detail)
{
	struct link_fixture *f = ctx;

	assert_non_null(f->link);
	f->link = NULL;
	f->losses++;
	f->why = why;
	snprintf(f->detail, sizeof f->detail, "%s", detail);
}

static inline void link_on_low(void *ctx)
{
	((struct link_fixture *)ctx)->lows++;
}

static const struct link_events link_counted = {
	link_on_up, link_on_data, link_on_lost, link_on_low};

/* No name is known: its DNS server is nobody. */
static inline void link_fixture_init(struct link_fixture *f)
{
	f->loop = loop_create();
	f->world.loop = f->loop;
	f->world.dns = dns_create(f->loop, "127.0.0.1:9");
	f->world.tls = tls_store_create();
	peer_listen(&f->peer, f->loop);
	buf_init(&f->in, 16 * 1024 * 1024);
}

static inline void link_fixture_finish(struct link_fixture *f)
{
	if (f->link != NULL) {
		link_abort(f->link);
	}
	dns_destroy(f->world.dns);
	tls_store_destroy(f->world.tls);
	peer_finish(&f->peer);
	loop_destroy(f->loop);
	buf_finish(&f->in);
}

/* For cmocka, where there is no more than that. */
static inline int link_fixture_setup(void **state)
{
	struct link_fixture *f = test_calloc(1, sizeof *f);

	link_fixture_init(f);
	*state = f;
	return 0;
}

static inline int link_fixture_teardown(void **state)
{
	link_fixture_finish(*state);
	test_free(*state);
	return 0;
}

#define LINK_TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(                                \
		name, link_fixture_setup, link_fixture_teardown)

/* To the peer, without TLS. */
static inline struct link_config link_to_peer(const struct link_fixture *f)
{
	return (struct link_config){
		.host = "127.0.0.1",
		.port = f->peer.port,
		.tls = LINK_TLS_OFF,
		.allow_private = true,
		.max_output = 256 * 1024,
	};
}

#endif
