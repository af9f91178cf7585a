/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_MAPPING_FIXTURE_H
#define TESTS_UNIT_MAPPING_FIXTURE_H

#include "tests/unit/unit.h"

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/mapping.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/user.h"
#include "xmpp/parser.h"

/*
 * A core that nobody else watches: two networks ("net", with the alias "n", and
 * "irc.test.net"), the component "gw", users of "home". What it sends is counted
 * and the last stanza is kept; `seen` is given each. `hook` gets parsed stanzas
 * instead of the core.
 */
static struct fixture {
	struct map_config config;
	struct clock clock;
	struct mapping *core;
	struct parser *parser;
	void (*hook)(const struct stanza *s);
	void (*seen)(const char *xml, size_t len);
	struct buf last;
	unsigned sent;
	uint64_t save_token; /* of the last save, and how many rows it had */
	size_t saved_rows;
} fix;

static void fix_send(void *ctx, const char *xml, size_t len)
{
	(void)ctx;
	buf_reset(&fix.last, 4096);
	buf_add(&fix.last, xml, len);
	fix.sent++;
	if (fix.seen != NULL) {
		fix.seen(xml, len);
	}
}

static void fix_open(void *ctx, unsigned link, const struct link_target *to)
{
	(void)ctx;
	(void)link;
	(void)to;
}

static void fix_write(void *ctx, unsigned link, const char *p, size_t len)
{
	(void)ctx;
	(void)link;
	(void)p;
	(void)len;
}

static void fix_close(void *ctx, unsigned link)
{
	(void)ctx;
	(void)link;
}

static void fix_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	memset(out, 0xff, len);
}

static void fix_save(void *ctx, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	(void)ctx;
	(void)rows;
	fix.save_token = token;
	fix.saved_rows = nrows;
}

static void fix_element(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

static void fix_stanza(void *ctx, const struct stanza *s)
{
	(void)ctx;
	if (fix.hook != NULL) {
		fix.hook(s);
	} else {
		mapping_stanza(fix.core, s);
	}
}

static void fix_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	(void)s;
	(void)over;
	fail_msg("a stanza over a limit");
}

static void fix_end(void *ctx)
{
	(void)ctx;
}

static void fix_fatal(void *ctx, const char *condition, const char *text)
{
	(void)ctx;
	fail_msg("%s %s", condition, text ? text : "");
}

static const struct parser_handlers fix_handlers = {
	.on_open = fix_element,
	.on_stanza = fix_stanza,
	.on_other = fix_element,
	.on_dropped = fix_dropped,
	.on_close = fix_end,
	.on_fatal = fix_fatal,
};

static int fix_begin(void **state)
{
	static const char *const users[] = {"home"};
	static const char *const aliases[] = {"n"};
	static const struct server_config servers[] = {{"irc.test.net", 6697}};
	static const struct network_config networks[] = {
		{.name = "net", .aliases = aliases, .naliases = 1,
			.servers = servers, .nservers = 1,
			.max_unregistered = 8},
		{.name = "irc.test.net", .servers = servers, .nservers = 1,
			.max_unregistered = 8},
	};
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
	struct map_ports ports = {
		.xmpp_send = fix_send,
		.link_open = fix_open,
		.link_write = fix_write,
		.link_close = fix_close,
		.save = fix_save,
		.random = fix_random,
	};

	(void)state;
	memset(&fix, 0, sizeof fix);
	map_config_defaults(&fix.config);
	fix.config.component = "gw";
	fix.config.server = "home";
	fix.config.users = users;
	fix.config.nusers = 1;
	fix.config.networks = networks;
	fix.config.nnetworks = 2;
	buf_init(&fix.last, 1 << 20);
	/* 2026-01-01T00:00:00Z */
	clock_init(&fix.clock, 1000000, 1767225600000);
	fix.core = mapping_create(&fix.config, &ports, &fix.clock);
	mapping_online(fix.core);
	fix.parser = parser_create(&fix_handlers, NULL, NULL);
	parser_feed(fix.parser, header, sizeof header - 1);
	return 0;
}

/* As at the end of a test, for what is to be seen of it. */
static inline void fix_end_core(void)
{
	if (fix.core != NULL) {
		mapping_destroy(fix.core);
		fix.core = NULL;
	}
}

static int fix_finish(void **state)
{
	(void)state;
	parser_destroy(fix.parser);
	fix_end_core();
	clock_finish(&fix.clock);
	buf_finish(&fix.last);
	assert_int_equal(intern_count(), 0);
	return 0;
}

static inline void fix_jabber(const char *xml)
{
	parser_feed(fix.parser, xml, strlen(xml));
}

static inline bool fix_last_has(const char *text)
{
	return strstr(buf_cstr(&fix.last), text) != NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_begin, fix_finish)

#endif
