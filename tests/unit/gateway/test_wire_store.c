/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/gateway/store_fixture.h"

#include "base/log.h"
#include "gateway/wire_store.h"
#include "mapping/register/account.h"

/* A real core whose changes go to a real file; the rest of the world is mute. */
static struct core {
	struct fixture *f;
	struct config config;
	struct wire_store *store;
	struct mapping *mapping;
	unsigned done;
	enum err err;
	struct buf log;
} core;

static const char who[] = "juliet@home";

static void port_save(void *ctx, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	(void)ctx;
	wire_store_save(core.store, token, rows, nrows);
}

static void port_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	memset(out, 0, len);
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	buf_addf(&core.log, "%s %s\n", log_level_name(level), line);
}

static bool logged(const char *text)
{
	return strstr(buf_cstr(&core.log), text) != NULL;
}

static bool begin(void)
{
	const struct map_ports ports = {
		.save = port_save, .random = port_random};

	core.store = wire_store_open(&core.config);
	if (core.store == NULL) {
		return false;
	}
	core.mapping = mapping_create(
		&core.config.map, &ports, loop_clock(core.f->loop));
	return wire_store_start(core.store, core.f->loop, core.mapping);
}

static void end(void)
{
	if (core.mapping != NULL) {
		mapping_destroy(core.mapping);
	}
	wire_store_close(core.store);
	core.mapping = NULL;
	core.store = NULL;
}

static int make(void **state)
{
	setup(state);
	memset(&core, 0, sizeof core);
	core.f = *state;
	buf_init(&core.log, 65536);
	log_set_sink(on_log, NULL, LOG_INFO);
	map_config_defaults(&core.config.map);
	core.config.map.component = "gw";
	core.config.map.server = "home";
	core.config.storage = true;
	core.config.storage_file = core.f->file;
	core.config.storage_key_file = core.f->key;
	return 0;
}

static int unmake(void **state)
{
	end();
	log_set_sink(NULL, NULL, LOG_INFO);
	buf_finish(&core.log);
	return teardown(state);
}

static void on_done(struct mapping *m, void *ctx, enum err err)
{
	(void)m;
	(void)ctx;
	core.done++;
	core.err = err;
}

/* Juliet with this nick and this password; waits for the answer. */
static enum err keep(const char *nick, const char *password)
{
	struct change *c = change_begin(core.mapping, who);
	unsigned before = core.done;

	change_register(c);
	change_setting(c, NULL, SET_NICK, nick);
	change_setting(c, "irc.test", SET_PASSWORD, password);
	change_contact(c, "bob%irc.test@gw", CONTACT_FROM);
	change_commit(c, on_done, NULL);
	assert_int_equal(core.done, before);
	WAIT(core.f->loop, core.done > before);
	return core.err;
}

static const char *nick_of(void)
{
	const struct account *a = account_find(core.mapping, who);

	return a ? account_setting(a, NULL, SET_NICK) : NULL;
}

static const char *password_of(void)
{
	const struct account *a = account_find(core.mapping, who);

	list_each(it, &a->networks) {
		return list_entry(it, struct profile, link)
			->values[SET_PASSWORD];
	}
	return NULL;
}

static void an_account_outlives_the_program(void **state)
{
	struct change *c;

	(void)state;
	assert_true(begin());
	assert_true(logged("info storage loaded file="));
	assert_true(logged(" rows=0"));
	assert_int_equal(keep("jules", "open sesame"), ERR_OK);
	end();
	assert_true(begin());
	assert_true(logged(" rows=4"));
	assert_true(account_registered(core.mapping, who));
	assert_string_equal(nick_of(), "jules");
	assert_string_equal(password_of(), "open sesame");
	assert_int_equal(account_contact(account_find(core.mapping, who),
				 "bob%irc.test@gw")
				 ->state,
		CONTACT_FROM);
	c = change_begin(core.mapping, who);
	change_remove(c);
	change_commit(c, on_done, NULL);
	end(); /* not answered, and yet it happens */
	assert_int_equal(core.err, ERR_CLOSED);
	assert_true(begin());
	assert_null(account_find(core.mapping, who));
	assert_false(logged("sesame"));
}

static void without_storage_nobody_registers(void **state)
{
	(void)state;
	core.config.storage = false;
	assert_true(begin());
	assert_true(logged("warn storage is off, nobody can register"));
	assert_int_equal(keep("jules", "x"), ERR_WRONG_STATE);
	assert_false(account_registered(core.mapping, who));
	assert_int_equal(access(core.f->file, F_OK), -1);
}

static void what_is_in_use_is_refused_with_a_reason(void **state)
{
	struct wire_store *other;

	(void)state;
	assert_true(begin());
	other = wire_store_open(&core.config);
	assert_null(other);
	assert_true(logged("error storage "));
	assert_true(logged("rows.sqlite: is in use by another isthmus"));
}

static void what_cannot_be_unsealed_is_refused_with_a_reason(void **state)
{
	(void)state;
	assert_true(begin());
	assert_int_equal(keep("jules", "open sesame"), ERR_OK);
	end();
	sql(core.f, "UPDATE entry SET scope = 'irc.other' WHERE sealed");
	assert_false(begin());
	assert_true(logged("error storage user=juliet@home kind=setting "
			   "scope=irc.other key=password cannot be unsealed"));
	assert_false(logged("sesame"));
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static unsigned times_logged(const char *text)
{
	const char *at = buf_cstr(&core.log);
	unsigned n = 0;

	while ((at = strstr(at, text)) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* The operator is told once, however many users try. */
static void an_outage_is_told_once_and_its_end_too(void **state)
{
	enum err first;
	enum err second;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_true(begin());
	assert_int_equal(keep("jules", "x"), ERR_OK);
	limit_files((rlim_t)size_of(core.f->file, "-wal"));
	first = keep("romy", "x");
	second = keep("romy", "x");
	limit_files(RLIM_INFINITY);
	assert_int_equal(first, ERR_IO);
	assert_int_equal(second, ERR_IO);
	assert_string_equal(nick_of(), "jules");
	assert_int_equal(times_logged("error storage fails"), 1);
	assert_int_equal(keep("romy", "x"), ERR_OK);
	assert_string_equal(nick_of(), "romy");
	assert_true(logged("warn storage works again changes_lost=2"));
}

static void another_place_needs_a_restart(void **state)
{
	struct config other;

	(void)state;
	assert_true(begin());
	other = core.config;
	wire_store_reload(core.store, &other);
	assert_false(logged("restart"));
	other.storage_key_file = "/elsewhere";
	wire_store_reload(core.store, &other);
	assert_int_equal(times_logged("by a restart only"), 1);
	other.storage = false;
	wire_store_reload(core.store, &other);
	assert_int_equal(times_logged("by a restart only"), 2);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_account_outlives_the_program),
		TEST(without_storage_nobody_registers),
		TEST(what_is_in_use_is_refused_with_a_reason),
		TEST(what_cannot_be_unsealed_is_refused_with_a_reason),
		TEST(an_outage_is_told_once_and_its_end_too),
		TEST(another_place_needs_a_restart),
	};

	return cmocka_run_group_tests_name("wire_store", tests, NULL, NULL);
}
