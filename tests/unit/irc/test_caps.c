/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/caps.h"

/* IRCv3 capability-negotiation, with its examples where they fit us. */

/* All that we ever ask for, as PROTOCOL F.1 names them. */
static const char *const all[] = {
	"multi-prefix", "userhost-in-names", "away-notify", "account-notify",
	"account-tag", "extended-join", "chghost", "setname", "server-time",
	"message-tags", "batch", "invite-notify", "extended-monitor",
	"draft/channel-rename", "draft/account-registration", "sasl",
	"echo-message", "labeled-response", "draft/multiline",
	"standard-replies", "inspircd.org/standard-replies",
	"draft/message-redaction", "draft/extended-isupport", "draft/pre-away",
	"draft/read-marker", "draft/metadata-2",
};

/* Who needs whom: what is off without the other one. */
static const struct {
	const char *name;
	const char *needs;
} pairs[] = {
	{"labeled-response", "batch"},
	{"draft/multiline", "batch"},
	{"draft/metadata-2", "batch"},
	{"draft/message-redaction", "message-tags"},
};

struct peer {
	struct caps caps;
	char sent[2048]; /* lines, each with its LF */
};

static void take(void *ctx, struct slice line)
{
	struct peer *p = ctx;
	size_t len = strlen(p->sent);

	assert_true(line.len <= 450);
	assert_true(len + line.len + 1 < sizeof p->sent);
	memcpy(p->sent + len, line.p, line.len);
	memcpy(p->sent + len + line.len, "\n", 2);
}

static void start(struct peer *p, const char *off)
{
	*p = (struct peer){.sent = ""};
	caps_start(&p->caps, true, &off, off != NULL ? 1 : 0);
	caps_login_over(&p->caps, take, p);
}

/* One line of the server; what was sent before is forgotten. */
static void hear(struct peer *p, const char *line)
{
	char copy[4096];
	struct ircmsg m;
	int len = snprintf(copy, sizeof copy, "%s", line);

	assert_true(len > 0 && (size_t)len < sizeof copy);
	assert_int_equal(ircmsg_parse(copy, (size_t)len, &m), ERR_OK);
	p->sent[0] = '\0';
	caps_input(&p->caps, &m, take, p);
}

static void offer_all(struct peer *p)
{
	char line[2048] = ":s CAP * LS :";

	for (size_t i = 0; i < COUNT(all); i++) {
		strcat(line, all[i]);
		strcat(line, " ");
	}
	hear(p, line);
}

/* All that was asked for is accepted, line by line. */
static void accept_all(struct peer *p)
{
	char asked[sizeof p->sent];
	char *line = asked;
	char *end;

	memcpy(asked, p->sent, sizeof asked);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char answer[600];

		*end = '\0';
		assert_memory_equal(line, "CAP REQ :", 9);
		snprintf(answer, sizeof answer, ":s CAP * ACK :%s", line + 9);
		hear(p, answer);
	}
}

static bool asked_for(const struct peer *p, const char *name)
{
	struct slice rest = slice_str(p->sent);

	while (rest.len > 0) {
		struct slice line = slice_cut(&rest, '\n');

		slice_cut(&line, ':');
		while (line.len > 0) {
			if (slice_is(slice_cut(&line, ' '), name)) {
				return true;
			}
		}
	}
	return false;
}

static bool falls_with(const char *name, const char *off)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (strcmp(pairs[i].name, name) == 0 &&
			strcmp(pairs[i].needs, off) == 0) {
			return true;
		}
	}
	return strcmp(name, off) == 0;
}

/* F.1: caps_off of the network is as if the server had not offered it. */
static void each_one_can_be_switched_off(void **state)
{
	(void)state;
	for (size_t off = 0; off < COUNT(all); off++) {
		struct peer p;
		char line[100];

		start(&p, all[off]);
		offer_all(&p);
		for (size_t i = 0; i < COUNT(all); i++) {
			if (asked_for(&p, all[i]) ==
				falls_with(all[i], all[off])) {
				fail_msg("%s without %s", all[i], all[off]);
			}
		}
		accept_all(&p);
		assert_string_equal(p.sent, "CAP END\n");
		/* Neither later, nor when the server says so unasked. */
		snprintf(line, sizeof line, ":s CAP me NEW :%s", all[off]);
		hear(&p, line);
		assert_string_equal(p.sent, "");
		snprintf(line, sizeof line, ":s CAP me ACK :%s", all[off]);
		hear(&p, line);
		for (size_t i = 0; i < COUNT(all); i++) {
			assert_int_equal(caps_on(&p.caps, all[i]),
				!falls_with(all[i], all[off]));
		}
		caps_finish(&p.caps);
	}
}

static void what_needs_another_goes_with_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct peer p;
		char line[200];

		start(&p, NULL);
		snprintf(line, sizeof line, ":s CAP * LS :%s", pairs[i].name);
		hear(&p, line);
		assert_string_equal(p.sent, "CAP END\n"); /* of no use */
		snprintf(line, sizeof line, ":s CAP * NEW :%s",
			pairs[i].needs);
		hear(&p, line);
		assert_true(asked_for(&p, pairs[i].name));
		assert_true(asked_for(&p, pairs[i].needs));
		snprintf(line, sizeof line, ":s CAP me ACK :%s %s",
			pairs[i].name, pairs[i].needs);
		hear(&p, line);
		assert_true(caps_on(&p.caps, pairs[i].name));
		snprintf(line, sizeof line, ":s CAP me DEL :%s",
			pairs[i].needs);
		hear(&p, line);
		assert_false(caps_on(&p.caps, pairs[i].name));
		assert_string_equal(p.sent, "");
		snprintf(line, sizeof line, ":s CAP me NEW :%s",
			pairs[i].needs);
		hear(&p, line);
		assert_false(asked_for(&p, pairs[i].name)); /* on as it was */
		snprintf(line, sizeof line, ":s CAP me ACK :%s",
			pairs[i].needs);
		hear(&p, line);
		assert_true(caps_on(&p.caps, pairs[i].name));
		caps_finish(&p.caps);
	}
}

/* "The CAP LS subcommand", "Multiline replies to CAP LS and CAP LIST" */
static void a_list_goes_on_until_its_last_line(void **state)
{
	struct peer p;

	(void)state;
	start(&p, NULL);
	hear(&p, ":irc.example.net CAP * LS * :multi-prefix extended-join "
		 "account-notify batch invite-notify tls");
	assert_string_equal(p.sent, "");
	hear(&p, ":irc.example.net CAP * LS * :cap-notify server-time "
		 "example.org/dummy-cap=dummyvalue example.org/second-dummy-cap "
		 "sasl=EXTERNAL sasl=PLAIN,EXTERNAL");
	assert_string_equal(p.sent, "");
	hear(&p, ":irc.example.net CAP * LS :userhost-in-names setname   ");
	assert_string_equal(p.sent,
		"CAP REQ :multi-prefix userhost-in-names account-notify "
		"extended-join setname server-time batch invite-notify\n"
		"CAP REQ :sasl\n");
	/* Sent twice: the last one takes priority. */
	assert_true(slice_is(caps_value(&p.caps, "sasl"), "PLAIN,EXTERNAL"));
	caps_finish(&p.caps);
}

/* "a client MUST NOT change capabilities until the last ACK of the set" */
static void an_ack_of_several_lines_counts_at_its_last(void **state)
{
	struct peer p;

	(void)state;
	start(&p, NULL);
	hear(&p, ":s CAP * LS :batch chghost setname");
	hear(&p, ":s CAP * ACK * :chghost setname");
	assert_false(caps_on(&p.caps, "chghost"));
	assert_false(caps_settled(&p.caps));
	assert_string_equal(p.sent, "");
	hear(&p, ":s CAP * ACK :batch");
	assert_true(caps_on(&p.caps, "chghost"));
	assert_true(caps_on(&p.caps, "setname"));
	assert_true(caps_on(&p.caps, "batch"));
	assert_string_equal(p.sent, "CAP END\n");
	hear(&p, ":s CAP me ACK * :-chghost");
	assert_true(caps_on(&p.caps, "chghost"));
	hear(&p, ":s CAP me ACK :-setname");
	assert_false(caps_on(&p.caps, "chghost"));
	assert_false(caps_on(&p.caps, "setname"));
	assert_true(caps_on(&p.caps, "batch"));
	/* One that is deleted in between does not come back by it. */
	hear(&p, ":s CAP me NEW :chghost setname");
	hear(&p, ":s CAP me ACK * :chghost");
	hear(&p, ":s CAP me DEL :chghost");
	hear(&p, ":s CAP me ACK :setname");
	assert_false(caps_on(&p.caps, "chghost"));
	assert_true(caps_on(&p.caps, "setname"));
	caps_finish(&p.caps);
}

/*
 * The older specification let servers cut the list of a NAK after 100 characters:
 * it is of the whole line all the same.
 */
static void a_refusal_is_of_the_whole_line(void **state)
{
	struct peer p;

	(void)state;
	start(&p, NULL);
	hear(&p, ":s CAP * LS :multi-prefix userhost-in-names away-notify "
		 "account-notify account-tag extended-join chghost setname "
		 "server-time message-tags");
	assert_string_equal(p.sent,
		"CAP REQ :multi-prefix userhost-in-names away-notify "
		"account-notify account-tag extended-join chghost setname\n"
		"CAP REQ :server-time message-tags\n");
	hear(&p, ":s CAP * NAK :multi-prefix userhost-in-na");
	assert_string_equal(p.sent,
		"CAP REQ :multi-prefix\nCAP REQ :userhost-in-names\n"
		"CAP REQ :away-notify\nCAP REQ :account-notify\n"
		"CAP REQ :account-tag\nCAP REQ :extended-join\n"
		"CAP REQ :chghost\nCAP REQ :setname\n");
	hear(&p, ":s CAP * NAK :"); /* the oldest: server-time */
	assert_string_equal(p.sent,
		"CAP REQ :server-time\nCAP REQ :message-tags\n");
	hear(&p, ":s CAP * NAK :multi-prefix");
	assert_string_equal(p.sent, "");
	hear(&p, ":s CAP * ACK :userhost-in-names");
	hear(&p, ":s CAP * ACK :away-notify");
	hear(&p, ":s CAP * ACK :account-notify");
	hear(&p, ":s CAP * ACK :account-tag");
	hear(&p, ":s CAP * ACK :extended-join");
	hear(&p, ":s CAP * ACK :chghost");
	hear(&p, ":s CAP * ACK :setname");
	hear(&p, ":s CAP * ACK :server-time");
	assert_false(caps_settled(&p.caps));
	hear(&p, ":s CAP * NAK :message-tags");
	assert_string_equal(p.sent, "CAP END\n");
	assert_true(caps_settled(&p.caps));
	assert_false(caps_on(&p.caps, "multi-prefix"));
	assert_true(caps_on(&p.caps, "server-time"));
	hear(&p, ":s CAP me NEW :multi-prefix");
	assert_string_equal(p.sent, "CAP REQ :multi-prefix\n");
	caps_finish(&p.caps);
}

/* "The CAP NEW subcommand", "The CAP DEL subcommand" */
static void capabilities_come_and_go(void **state)
{
	struct peer p;

	(void)state;
	start(&p, NULL);
	hear(&p, ":irc.example.com CAP * LS :");
	assert_string_equal(p.sent, "CAP END\n");
	hear(&p, ":irc.example.com CAP tester NEW :away-notify extended-join");
	assert_string_equal(p.sent, "CAP REQ :away-notify extended-join\n");
	hear(&p, ":irc.example.com CAP tester ACK :extended-join away-notify");
	assert_string_equal(p.sent, "");
	assert_true(caps_on(&p.caps, "away-notify"));
	hear(&p, ":irc.example.com CAP modernclient NEW :sasl=PLAIN");
	hear(&p, ":irc.example.com CAP modernclient ACK :sasl");
	hear(&p, ":irc.example.com CAP modernclient NEW :sasl=PLAIN,EXTERNAL");
	assert_string_equal(p.sent, ""); /* it is on: only its value is new */
	assert_true(slice_is(caps_value(&p.caps, "sasl"), "PLAIN,EXTERNAL"));
	hear(&p, ":irc.example.com CAP modernclient DEL :away-notify sasl");
	assert_string_equal(p.sent, "");
	assert_false(caps_on(&p.caps, "away-notify"));
	assert_true(caps_value(&p.caps, "sasl").p == NULL);
	/* Names are opaque, and case counts. */
	hear(&p, ":irc.example.com CAP modernclient NEW :AWAY-NOTIFY "
		 "example.org/away-notify");
	assert_string_equal(p.sent, "");
	caps_finish(&p.caps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_one_can_be_switched_off),
		cmocka_unit_test(what_needs_another_goes_with_it),
		cmocka_unit_test(a_list_goes_on_until_its_last_line),
		cmocka_unit_test(an_ack_of_several_lines_counts_at_its_last),
		cmocka_unit_test(a_refusal_is_of_the_whole_line),
		cmocka_unit_test(capabilities_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
