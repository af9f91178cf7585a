/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <time.h>

#include "irc/engine.h"
#include "mapping/room/chanlist.h"
#include "tests/unit/mapping/fixture.h"

/* The list of channels (PROTOCOL D.11): storage, then whole lists by LIST. */

/* ---- storage ---- */

static bool add(struct chanstore *c, const char *name, uint32_t users,
	const char *topic)
{
	return chanstore_add(c, &(struct chanstore_channel){
					.name = slice_str(name),
					.topic = slice_str(topic),
					.users = users,
				});
}

static void assert_channel(const struct chanstore *c, size_t i,
	const char *name, uint32_t users, const char *topic)
{
	struct chanstore_channel got = chanstore_at(c, i);

	assert_true(slice_is(got.name, name));
	assert_true(slice_is(got.topic, topic));
	assert_int_equal(got.users, users);
}

static void the_order_is_that_of_folded_names(void **state)
{
	struct chanstore c;

	(void)state;
	chanstore_init(&c);
	assert_true(add(&c, "#b", 1, "one"));
	assert_true(add(&c, "#[x]", 2, ""));
	assert_true(add(&c, "#aaaaaaaaaZ", 3, "three"));
	assert_true(add(&c, "#A", 4, "four"));
	assert_true(add(&c, "#aaaaaaaaab", 5, "five"));
	assert_true(add(&c, "&b", 6, "six"));
	assert_true(add(&c, "#{X}", 7, "the same in another way"));
	assert_true(add(&c, "#B", 8, "told again"));
	chanstore_sort(&c, CASEMAP_RFC1459);
	assert_int_equal(c.n, 6);
	assert_channel(&c, 0, "#A", 4, "four");
	assert_channel(&c, 1, "#aaaaaaaaab", 5, "five");
	assert_channel(&c, 2, "#aaaaaaaaaZ", 3, "three");
	assert_channel(&c, 3, "#B", 8, "told again");
	assert_channel(&c, 4, "#{X}", 7, "the same in another way");
	assert_channel(&c, 5, "&b", 6, "six");
	assert_int_equal(chanstore_before(&c, slice_str("#B"), false), 3);
	assert_int_equal(chanstore_before(&c, slice_str("#b"), true), 4);
	assert_int_equal(chanstore_before(&c, slice_str("#[x]"), false), 4);
	assert_int_equal(chanstore_before(&c, slice_str("#ab"), false), 3);
	assert_int_equal(chanstore_before(&c, slice_str("#ab"), true), 3);
	assert_int_equal(chanstore_before(&c, slice_str(""), true), 0);
	assert_int_equal(chanstore_before(&c, slice_str("~"), false), 6);
	chanstore_finish(&c);
	chanstore_sort(&c, CASEMAP_ASCII);
	assert_int_equal(chanstore_before(&c, slice_str("#a"), true), 0);
	assert_false(chanstore_find(&c, slice_str("#a"), NULL));
	chanstore_finish(&c);
}

static void the_largest_come_first(void **state)
{
	static const uint32_t users[] = {3, 9, 3, 0, 9, 7};
	static const uint32_t expected[] = {1, 4, 5, 0};
	struct chanstore c;
	const uint32_t *largest;
	char name[] = "#a";

	(void)state;
	chanstore_init(&c);
	for (size_t i = 0; i < COUNT(users); i++) {
		name[1] = (char)('a' + i);
		assert_true(add(&c, name, users[i], ""));
	}
	chanstore_sort(&c, CASEMAP_ASCII);
	assert_int_equal(chanstore_largest(&c, &largest), 6);
	assert_memory_equal(largest, expected, sizeof expected);
	assert_int_equal(largest[5], 3);
	chanstore_finish(&c);
}

/* Whoever asks for them again and again does not have all looked through. */
static void the_largest_are_chosen_once(void **state)
{
	enum { TIMES = 20000 };
	struct chanstore c;
	const uint32_t *largest = NULL;
	char name[32];
	size_t n = 0;
	clock_t began;

	(void)state;
	chanstore_init(&c);
	for (uint32_t i = 0; i < CHANSTORE_CHANNELS; i++) {
		snprintf(name, sizeof name, "#%06u", i);
		assert_true(add(&c, name, i, ""));
	}
	chanstore_sort(&c, CASEMAP_ASCII);
	began = clock();
	for (int i = 0; i < TIMES; i++) {
		n = chanstore_largest(&c, &largest);
	}
	/* Looking through 100,000 takes 50 us at least: a second in all. */
	assert_true(clock() - began < CLOCKS_PER_SEC);
	assert_int_equal(n, CHANSTORE_LARGEST);
	assert_int_equal(largest[0], CHANSTORE_CHANNELS - 1);
	assert_int_equal(largest[n - 1], CHANSTORE_CHANNELS - n);
	chanstore_finish(&c);
}

/* A topic is cut where no character is; a full store says so. */
static void a_store_has_a_ceiling(void **state)
{
	char topic[CHANSTORE_TOPIC + 20] = "x";
	struct chanstore c;
	char name[32];
	size_t n = 0;

	(void)state;
	for (size_t i = 1; i + 2 < sizeof topic; i += 2) {
		memcpy(topic + i, "\xc3\xa4", 3);
	}
	chanstore_init(&c);
	do {
		snprintf(name, sizeof name, "#%zu", n++);
	} while (add(&c, name, 1, topic));
	assert_int_equal(c.n, n - 1);
	assert_int_equal(chanstore_at(&c, 0).topic.len, CHANSTORE_TOPIC - 1);
	assert_in_range(c.text.len, CHANSTORE_TEXT - 500, CHANSTORE_TEXT);
	assert_false(add(&c, "#more", 1, topic));
	chanstore_sort(&c, CASEMAP_ASCII);
	assert_int_equal(c.n, n - 1);
	assert_in_range(chanstore_bytes(&c), CHANSTORE_TEXT, CHANSTORE_TEXT * 2);
	chanstore_finish(&c);
	for (n = 0; n < CHANSTORE_CHANNELS; n++) {
		snprintf(name, sizeof name, "#%zu", n);
		assert_true(add(&c, name, 1, ""));
	}
	assert_false(add(&c, "#more", 1, ""));
	chanstore_finish(&c);
}

/* ---- whole lists ---- */

static char asked[64]; /* the last line to IRC, by whoever */

static void keep_line(void *ctx, unsigned link, const char *p, size_t len)
{
	(void)ctx;
	(void)link;
	snprintf(asked, sizeof asked, "%.*s", (int)len, p);
}

static void irc(unsigned link, const char *line)
{
	mapping_link_data(fix.core, link, line, strlen(line));
}

static void turn(uint64_t ms)
{
	clock_advance(&fix.clock, fix.clock.now_ms + ms,
		fix.clock.wall_ms + (int64_t)ms);
}

/* NAME@home is on the network, on this link. */
static void log_in(const char *name, unsigned link)
{
	char text[300];

	snprintf(text, sizeof text,
		"<presence from='%s@home/x' to='#c%%net@gw/%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		name, name);
	fix_jabber(text);
	mapping_link_up(fix.core, link);
	snprintf(text, sizeof text,
		":s 001 %s :Welcome\r\n:s 005 %s CASEMAPPING=ascii :are\r\n"
		":s 422 %s :No MOTD\r\n:%s!u@h JOIN #c\r\n"
		":s 366 %s #c :End\r\n",
		name, name, name, name, name);
	turn(0); /* JOIN is asked for */
	irc(link, text);
	turn(1000);
}

static int begin(void **state)
{
	fix_begin(state);
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix.core->ports.link_write = keep_line;
	fix.config.flood_burst = 100;
	log_in("a", 1);
	return 0;
}

static void ask(const char *name, const char *set)
{
	char xml[1000];

	asked[0] = '\0';
	snprintf(xml, sizeof xml,
		"<iq from='%s@home/x' to='net@gw' type='get' id='l'><query "
		"xmlns='http://jabber.org/protocol/disco#items'><set xmlns="
		"'http://jabber.org/protocol/rsm'>%s</set></query></iq>",
		name, set);
	fix_jabber(xml);
}

/* As servers do: in no order. */
static void list(unsigned link, size_t n)
{
	enum { PRIME = 7919 };
	struct buf b;

	buf_init(&b, 32768);
	for (size_t i = 0; i < n; i++) {
		buf_addf(&b,
			":s 322 a #Channel-%06zu %zu :[+nt] Topic of channel "
			"%zu, as long as such topics are\r\n",
			i * PRIME % n, i % 1000, i);
		if (b.len > 30000) {
			irc(link, buf_cstr(&b));
			buf_truncate(&b, 0);
		}
	}
	irc(link, buf_cstr(&b));
	buf_finish(&b);
}

static void copy_between(char *out, size_t cap, const char *from,
	const char *to)
{
	const char *p = strstr(buf_cstr(&fix.last), from);
	const char *end = p ? strstr(p, to) : NULL;

	assert_non_null(end);
	p += strlen(from);
	snprintf(out, cap, "%.*s", (int)(end - p), p);
}

/* Each channel of the page in its turn; returns how many. */
static size_t check_page(size_t first)
{
	const char *p = buf_cstr(&fix.last);
	size_t n = 0;
	char jid[64];

	while ((p = strstr(p, "<item jid='")) != NULL) {
		snprintf(jid, sizeof jid, "<item jid='#channel-%06zu%%net@gw'",
			first + n++);
		assert_memory_equal(p, jid, strlen(jid));
		p++;
	}
	return n;
}

/* All pages of n channels; what it cost in CPU time, in nanoseconds. */
static double page_through(const char *name, size_t n)
{
	struct timespec from;
	struct timespec to;
	char set[200] = "<max>100</max>";
	char last[100];
	size_t seen = 0;
	size_t page;
	double cost = 0;

	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		ask(name, set);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		cost += (double)(to.tv_sec - from.tv_sec) * 1e9 +
			(double)(to.tv_nsec - from.tv_nsec);
		page = check_page(seen);
		seen += page;
		if (page > 0) {
			copy_between(last, sizeof last, "<last>", "</last>");
			snprintf(set, sizeof set,
				"<max>100</max><after>%s</after>", last);
		}
		assert_string_equal(asked, ""); /* one LIST for all pages */
	} while (page > 0);
	assert_int_equal(seen, n);
	return cost;
}

static void list_all(const char *name, unsigned link, size_t n)
{
	char count[64];

	ask(name, "<max>0</max>");
	assert_string_equal(asked, "LIST\r\n");
	list(link, n);
	irc(link, ":s 323 a :End\r\n");
	copy_between(count, sizeof count, "<count>", "</count>");
	assert_int_equal(strtoul(count, NULL, 10), n);
}

/* Eight times the channels cost eight times as much, not sixty-four times. */
static void fifty_thousand_channels_are_paged_through(void **state)
{
	enum { MANY = 50000, FEW = MANY / 8 };
	double few;
	double many;

	(void)state;
	log_in("b", 2);
	list_all("a", 1, FEW);
	list_all("b", 2, MANY);
	assert_in_range(fix.core->chanlist_bytes, MANY * 60, MANY * 120);
	few = page_through("a", FEW);
	many = page_through("b", MANY);
	print_message("# paging: %.0f ns a channel of %d, %.0f of %d\n",
		few / FEW, FEW, many / MANY, MANY);
	assert_true(many < 24 * few);
}

/* A server that never ends its list fills what is kept, and no more. */
static void an_endless_list_ends(void **state)
{
	(void)state;
	ask("a", "<max>0</max>");
	list(1, CHANSTORE_CHANNELS + 500);
	assert_in_range(fix.core->chanlist_bytes, 1 << 20, 20 << 20);
	fix.sent = 0;
	turn(60000);
	assert_int_equal(fix.sent, 2); /* that it is not all; the count */
	assert_true(fix_last_has("<count>"));
	/* Nothing is kept of what comes later, and nobody asks meanwhile. */
	list(1, 1000);
	assert_in_range(fix.core->chanlist_bytes, 1 << 20, 20 << 20);
	ask("a", "<max>1</max>");
	assert_string_equal(asked, "");
	assert_true(fix_last_has("<item"));
}

/* Over the ceiling of all sessions the oldest list goes. */
static void all_lists_have_a_ceiling(void **state)
{
	size_t rest;

	(void)state;
	log_in("b", 2);
	log_in("c", 3);
	list_all("a", 1, 100);
	list_all("b", 2, 100);
	rest = CHANLIST_TOTAL - fix.core->chanlist_bytes;
	fix.core->chanlist_bytes += rest; /* of others */
	list_all("c", 3, 50);
	ask("b", "<max>1</max>");
	assert_string_equal(asked, "");
	ask("a", "<max>1</max>");
	assert_string_equal(asked, "LIST\r\n");
	fix.core->chanlist_bytes -= rest;
}

static void names_that_no_address_holds_are_left_out(void **state)
{
	char name[700];
	char line[800];

	(void)state;
	ask("a", "<max>0</max>");
	irc(1, ":s 322 a #fine 1 :\r\n:s 322 a #bad\xff 1 :\r\n"
	       ":s 322 a #\x02" "bold 1 :\r\n:s 322 a #\xe2\x80\xae 1 :\r\n"
	       ":s 322 a #\xc3\xa4 1 :\r\n");
	memset(name, 'x', sizeof name);
	snprintf(line, sizeof line, ":s 322 a #%.*s 1 :\r\n", 600, name);
	irc(1, line);
	memset(name, '/', sizeof name); /* three bytes each in an address */
	snprintf(line, sizeof line, ":s 322 a #%.*s 1 :\r\n", 400, name);
	irc(1, line);
	irc(1, ":s 323 a :End\r\n");
	assert_true(fix_last_has("<count>2</count>"));
}

/* Who asks again when a question fails is told again, not forgotten. */
static void count_and_ask_again(struct session *s, void *ctx,
	const struct chanlist_answer *answer, const struct fault *fault)
{
	unsigned *told = ctx;

	assert_null(answer);
	if (fault != NULL && ++*told == 1) {
		chanlist_ask(s, slice(NULL, 0), count_and_ask_again, told);
	}
}

static void who_asks_again_while_told_is_told_again(void **state)
{
	struct user *u = user_find(fix.core, "a@home");
	struct session *s =
		list_entry(list_first(&u->sessions), struct session, link);
	unsigned told = 0;

	(void)state;
	chanlist_ask(s, slice(NULL, 0), count_and_ask_again, &told);
	assert_string_equal(asked, "LIST\r\n");
	asked[0] = '\0';
	irc(1, ":s 421 a LIST :Unknown command\r\n");
	assert_int_equal(told, 1);
	assert_string_equal(asked, "LIST\r\n");
	irc(1, ":s 421 a LIST :Unknown command\r\n");
	assert_int_equal(told, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_that_of_folded_names),
		cmocka_unit_test(the_largest_come_first),
		cmocka_unit_test(the_largest_are_chosen_once),
		cmocka_unit_test(a_store_has_a_ceiling),
		cmocka_unit_test_setup_teardown(
			fifty_thousand_channels_are_paged_through, begin,
			fix_finish),
		cmocka_unit_test_setup_teardown(an_endless_list_ends, begin,
			fix_finish),
		cmocka_unit_test_setup_teardown(all_lists_have_a_ceiling, begin,
			fix_finish),
		cmocka_unit_test_setup_teardown(
			who_asks_again_while_told_is_told_again, begin,
			fix_finish),
		cmocka_unit_test_setup_teardown(
			names_that_no_address_holds_are_left_out, begin,
			fix_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
