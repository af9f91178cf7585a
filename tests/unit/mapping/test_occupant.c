/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "base/crypto.h"
#include "mapping/room/occupant.h"

/* As PROTOCOL D.3 has it, made by hand. */
static void make(const char *text, size_t len, char out[SHA256_HEX])
{
	crypto_hmac_hex(slice((const char *)fix.config.secret,
				sizeof fix.config.secret),
		slice(text, len), out);
}

static void check(const char *channel, const char *identity)
{
	char text[1000];
	char wanted[SHA256_HEX];
	int len = snprintf(text, sizeof text, "net%c%s%c%s", 0, channel, 0,
		identity);
	struct slice id = occupant_id(fix.core, slice_str("net"),
		slice_str(channel), slice_str(identity));

	make(text, (size_t)len, wanted);
	assert_int_equal(id.len, 40);
	assert_memory_equal(id.p, wanted, 40);
}

/* More than the table has places, so that some drive others out. */
static void kept_ids_are_those_of_their_owners(void **state)
{
	char identity[40];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++) {
			snprintf(identity, sizeof identity, "nick%d!u@h", i);
			check("#c", identity);
			check("#d", identity);
		}
	}
}

static void what_is_too_long_to_keep_has_an_id_as_well(void **state)
{
	char identity[400];

	(void)state;
	memset(identity, 'x', sizeof identity);
	for (size_t len = 180; len < 210; len++) {
		identity[len] = '\0';
		check("#c", identity);
		check("#c", identity);
		identity[len] = 'x';
	}
	identity[399] = '\0';
	check("#c", identity);
	check("#c", "short");
	check("#c", identity);
}

static void another_key_makes_other_ids(void **state)
{
	(void)state;
	check("#c", "bob");
	fix.config.secret[0]++;
	mapping_reload(fix.core, &fix.config);
	check("#c", "bob");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_ids_are_those_of_their_owners),
		TEST(what_is_too_long_to_keep_has_an_id_as_well),
		TEST(another_key_makes_other_ids),
	};

	return cmocka_run_group_tests_name("occupant", tests, NULL, NULL);
}
