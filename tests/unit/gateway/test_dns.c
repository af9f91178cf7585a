/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <arpa/inet.h>

#include "tests/unit/gateway/peer.h"

#include "base/intern.h"
#include "gateway/dns.h"

/* A name server on loopback that knows a few names. */
struct server {
	uv_udp_t udp;
	char bytes[1500];
	char where[64];
	unsigned questions;
};

struct world {
	struct loop *loop;
	struct server server;
	struct dns *dns;
};

struct asked {
	bool done;
	enum err err;
	struct dns_answer answer;
};

enum { QTYPE_A = 1, QTYPE_AAAA = 28 };

static const struct record {
	const char *name;
	const char *a;
	const char *aaaa;
	bool silent_aaaa;
	bool silent;
} zone[] = {
	{"both.test", "192.0.2.1", "2001:db8::1", false, false},
	{"old.test", "192.0.2.4", NULL, false, false},
	{"new.test", NULL, "2001:db8::6", false, false},
	{"half.test", "192.0.2.5", NULL, true, false},
	{"silent.test", NULL, NULL, true, true},
};

static void on_alloc(uv_handle_t *h, size_t n, uv_buf_t *out)
{
	struct server *s = h->data;

	(void)n;
	*out = uv_buf_init(s->bytes, sizeof s->bytes);
}

/* The name of the question at 12, dotted; the offset after it is returned. */
static size_t read_name(const unsigned char *q, char *out)
{
	size_t at = 12;
	size_t n = 0;

	while (q[at] != 0) {
		memcpy(out + n, q + at + 1, q[at]);
		n += q[at];
		out[n++] = '.';
		at += q[at] + 1u;
	}
	out[n - 1] = '\0';
	return at + 1;
}

static size_t add_answer(unsigned char *out, size_t at, int type,
	const char *text)
{
	static const unsigned char head[] = {0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 60,
		0, 0};
	size_t len = type == QTYPE_A ? 4 : 16;

	memcpy(out + at, head, sizeof head);
	out[at + 3] = (unsigned char)type;
	out[at + 11] = (unsigned char)len;
	assert_int_equal(inet_pton(type == QTYPE_A ? AF_INET : AF_INET6, text,
				 out + at + sizeof head), 1);
	return at + sizeof head + len;
}

static void on_question(uv_udp_t *udp, ssize_t n, const uv_buf_t *b,
	const struct sockaddr *from, unsigned flags)
{
	struct server *s = udp->data;
	unsigned char *p = (unsigned char *)b->base;
	const struct record *r = NULL;
	const char *text;
	char name[256];
	size_t end;
	int type;
	uv_buf_t reply;

	(void)flags;
	if (n <= 0 || from == NULL) {
		return;
	}
	s->questions++;
	end = read_name(p, name);
	type = p[end + 1];
	end += 4;
	for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
		r = strcmp(zone[i].name, name) == 0 ? &zone[i] : r;
	}
	if (r != NULL &&
		(r->silent || (type == QTYPE_AAAA && r->silent_aaaa))) {
		return;
	}
	p[2] = 0x81;
	p[3] = r ? 0x80 : 0x83; /* NXDOMAIN */
	memset(p + 6, 0, 6);
	text = r == NULL ? NULL : type == QTYPE_A ? r->a : r->aaaa;
	if (text != NULL) {
		p[7] = 1;
		end = add_answer(p, end, type, text);
	}
	reply = uv_buf_init(b->base, (unsigned)end);
	assert_int_equal(uv_udp_try_send(udp, &reply, 1, from), (int)end);
}

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof *w);
	struct sockaddr_in a;
	int len = sizeof a;

	w->loop = loop_create();
	uv_udp_init(loop_uv(w->loop), &w->server.udp);
	w->server.udp.data = &w->server;
	uv_ip4_addr("127.0.0.1", 0, &a);
	uv_udp_bind(&w->server.udp, (struct sockaddr *)&a, 0);
	uv_udp_getsockname(&w->server.udp, (struct sockaddr *)&a, &len);
	uv_udp_recv_start(&w->server.udp, on_alloc, on_question);
	snprintf(w->server.where, sizeof w->server.where, "127.0.0.1:%u",
		ntohs(a.sin_port));
	w->dns = dns_create(w->loop, w->server.where);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	dns_destroy(w->dns);
	uv_close((uv_handle_t *)&w->server.udp, NULL);
	loop_destroy(w->loop);
	assert_int_equal(intern_count(), 0);
	test_free(w);
	return 0;
}

static void on_answer(void *ctx, enum err err, const struct dns_answer *answer)
{
	struct asked *a = ctx;

	assert_false(a->done);
	a->done = true;
	a->err = err;
	a->answer = *answer;
}

static struct dns_query *ask(struct world *w, const char *host,
	const char *owner, struct asked *a)
{
	struct dns_query *q;

	memset(a, 0, sizeof *a);
	q = dns_ask(w->dns, host, 6697, owner, on_answer, a);
	assert_false(a->done); /* never from inside the call */
	return q;
}

static void expect_address(const struct asked *a, size_t i, const char *text)
{
	char got[ADDRESS_TEXT];

	assert_true(i < a->answer.n);
	address_text(&a->answer.a[i], got);
	assert_string_equal(got, text);
}

static void both_families_are_asked(void **state)
{
	struct world *w = *state;
	struct asked a;

	ask(w, "both.test", "juliet@example.com", &a);
	WAIT(w->loop, a.done);
	assert_int_equal(a.err, ERR_OK);
	assert_int_equal(a.answer.n, 2);
	expect_address(&a, 0, "[2001:db8::1]:6697");
	expect_address(&a, 1, "192.0.2.1:6697");
	assert_int_equal(w->server.questions, 2);
}

static void one_family_is_enough(void **state)
{
	struct world *w = *state;
	struct asked a;

	ask(w, "old.test", NULL, &a);
	WAIT(w->loop, a.done);
	assert_int_equal(a.answer.n, 1);
	expect_address(&a, 0, "192.0.2.4:6697");
	ask(w, "new.test", NULL, &a);
	WAIT(w->loop, a.done);
	assert_int_equal(a.answer.n, 1);
	expect_address(&a, 0, "[2001:db8::6]:6697");
}

static void a_silent_family_is_not_waited_for(void **state)
{
	struct world *w = *state;
	uint64_t began = uv_now(loop_uv(w->loop));
	struct asked a;

	ask(w, "half.test", NULL, &a);
	WAIT(w->loop, a.done);
	assert_int_equal(a.err, ERR_OK);
	expect_address(&a, 0, "192.0.2.5:6697");
	assert_true(uv_now(loop_uv(w->loop)) - began < 1900); /* c-ares' own */
}

static void no_such_name(void **state)
{
	struct world *w = *state;
	struct asked a;

	ask(w, "nowhere.test", NULL, &a);
	WAIT(w->loop, a.done);
	assert_int_equal(a.err, ERR_DNS);
	assert_int_equal(a.answer.n, 0);
}

static void silence_ends_after_5_s(void **state)
{
	struct world *w = *state;
	struct asked a;

	ask(w, "silent.test", NULL, &a);
	WAIT(w->loop, w->server.questions >= 2);
	assert_false(a.done);
	skip_time(w->loop, DNS_DEADLINE_MS);
	WAIT(w->loop, a.done);
	assert_int_equal(a.err, ERR_TIMEOUT);
}

static void localhost_is_not_asked(void **state)
{
	static const char *const names[] = {"localhost", "irc.localhost",
		"LocalHost"};
	struct world *w = *state;
	struct asked a;

	for (size_t i = 0; i < 3; i++) {
		ask(w, names[i], NULL, &a);
		WAIT(w->loop, a.done);
		assert_int_equal(a.answer.n, 2);
		expect_address(&a, 0, "[::1]:6697");
		expect_address(&a, 1, "127.0.0.1:6697");
	}
	assert_int_equal(w->server.questions, 0);
}

static void an_owner_has_8_questions(void **state)
{
	struct world *w = *state;
	struct asked many[DNS_PER_OWNER];
	struct asked more;

	for (size_t i = 0; i < DNS_PER_OWNER; i++) {
		ask(w, "silent.test", "mallory@example.com", &many[i]);
	}
	ask(w, "both.test", "mallory@example.com", &more);
	WAIT(w->loop, more.done);
	assert_int_equal(more.err, ERR_FULL);
	ask(w, "both.test", "juliet@example.com", &more);
	WAIT(w->loop, more.done);
	assert_int_equal(more.err, ERR_OK);
	for (size_t i = 0; i < DNS_PER_OWNER; i++) {
		assert_false(many[i].done);
	}
}

static void a_cancelled_question_is_not_answered(void **state)
{
	struct world *w = *state;
	struct asked gone;
	struct asked a;

	dns_cancel(ask(w, "both.test", "juliet@example.com", &gone));
	dns_cancel(ask(w, "localhost", "juliet@example.com", &gone));
	ask(w, "old.test", "juliet@example.com", &a);
	WAIT(w->loop, a.done);
	assert_false(gone.done);
}

static void destroyed_with_questions_pending(void **state)
{
	struct world *w = *state;
	struct asked a;

	ask(w, "silent.test", "juliet@example.com", &a);
	ask(w, "both.test", NULL, &a);
	loop_turn(w->loop, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_families_are_asked),
		TEST(one_family_is_enough),
		TEST(a_silent_family_is_not_waited_for),
		TEST(no_such_name),
		TEST(silence_ends_after_5_s),
		TEST(localhost_is_not_asked),
		TEST(an_owner_has_8_questions),
		TEST(a_cancelled_question_is_not_answered),
		TEST(destroyed_with_questions_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
