/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/session.h"
#include "mapping/sts.h"

/* Policies of STS: a place for each server of the operator's. */

static void fill(void)
{
	struct sts_policy policy = {.port = 6697, .duration_s = 1000000,
		.until_ms = fix.clock.wall_ms + 1000000000};
	struct buf value;
	char host[32];

	buf_init(&value, 200);
	sts_write(&policy, &value);
	for (int i = 0; i < STS_HOSTS; i++) {
		struct store_row row = {.user = "", .kind = "sts",
			.scope = host, .key = "", .value = buf_slice(&value)};

		snprintf(host, sizeof host, "h%d.example", i);
		mapping_load(fix.core, &row);
	}
	buf_finish(&value);
	assert_int_equal(fix.core->sts.used, STS_HOSTS);
}

/* A connection by TLS to this host is told a policy: is it kept? */
static bool is_learned(struct session *s, const char *host)
{
	const struct sts offer = {.duration_s = 500000, .has_duration = true};

	istr_set(&s->sts.host, intern(host, strlen(host)));
	s->sts.port = 6697;
	s->sts.tls = LINK_TLS_VERIFY;
	s->sts.trusted = true;
	sts_offered(s, &offer);
	assert_int_equal(fix.core->sts.used, STS_HOSTS);
	return map_find(&fix.core->sts, host, strlen(host)) != NULL;
}

static void the_operators_servers_have_a_place(void **state)
{
	struct network_config networks[2];
	struct user *u;
	struct session *s;
	struct fault fault;

	(void)state;
	memcpy(networks, fix.config.networks, sizeof networks);
	networks[0].sts = true;
	networks[1].sts = true;
	fix.config.networks = networks;
	mapping_reload(fix.core, &fix.config);
	fill();
	u = user_get(fix.core, "juliet@home");
	s = session_get(u, network_find(fix.core, slice_str("net")),
		slice_str("juliet"), &fault);
	assert_non_null(s);
	assert_false(is_learned(s, "named.by.a.user.example"));
	assert_true(is_learned(s, "irc.test.net"));
	assert_false(is_learned(s, "named.by.a.user.example"));
	assert_true(is_learned(s, "irc.test.net"));
	user_touch(u);
	fix_end_core();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_operators_servers_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
