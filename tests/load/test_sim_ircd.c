/* SPDX-License-Identifier: MIT */
/* The simulated IRC network against a peer that is played word by word. */
#include <stdio.h>
#include <string.h>

#include "tests/load/ircd_sim.h"
#include "tests/load/tap.h"
#include "tests/load/wire_peer.h"

static uv_loop_t loop;

/* What the simulator has told. */
static struct seen {
	char puppet[512];
	char line[512];
} seen;

static void on_puppet(
	void *ctx, struct ircd_client *puppet, const char *line, size_t len)
{
	(void)ctx;
	(void)puppet;
	(void)len;
	snprintf(seen.puppet, sizeof(seen.puppet), "%s", line);
}

static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	(void)ctx;
	(void)client;
	snprintf(seen.line, sizeof(seen.line), "%s", line);
	return strcmp(line, "SWALLOW me") == 0;
}

/* Says the first, waits for the others in their order; NULL ends them. */
static bool converse(
	struct wire_peer *peer, const char *said, const char *const *awaited)
{
	wire_peer_say(peer, said);
	for (size_t i = 0; awaited[i] != NULL; i++) {
		if (!wire_peer_wait(peer, awaited[i])) {
			tap_note("waited in vain for \"%s\"", awaited[i]);
			return false;
		}
	}
	return true;
}

static const struct exchange {
	const char *name;
	const char *said;
	const char *awaited[8];
} exchanges[] = {
	{"registration", "NICK alice\r\nUSER al 0 * :Alice A\r\n",
		{":irc.t 001 alice :", ":irc.t 002 ", ":irc.t 003 ",
			":irc.t 004 ", ":irc.t 005 alice ", "PREFIX=(ov)@+",
			" 422 alice :"}},
	{"a nick in use", "NICK BOT\r\n", {" 433 alice BOT :"}},
	{"an erroneous nick", "NICK 1x\r\n", {" 432 alice 1x :"}},
	{"ping", "PING :a b\r\n", {":irc.t PONG irc.t :a b\r\n"}},
	{"join", "JOIN #Room,#two\r\n",
		{":alice!~al@127.0.0.1 JOIN #room\r\n",
			" 332 alice #room :the topic\r\n", " 333 ",
			" 353 alice = #room :@bot alice\r\n", " 366 ",
			":alice!~al@127.0.0.1 JOIN #two\r\n", "@alice\r\n"}},
	{"talk is not echoed", "PRIVMSG #room :hello\r\nPING x\r\n",
		{"PONG irc.t :x\r\n"}},
	{"talk to nobody", "PRIVMSG no :x\r\n", {" 401 alice no :"}},
	{"talk from outside", "PRIVMSG #far :x\r\n", {" 404 alice #far "}},
	{"topic", "TOPIC #two :t\r\n", {" TOPIC #two :t\r\n"}},
	{"who", "WHO #two\r\n",
		{" 352 alice #two ~al 127.0.0.1 irc.t alice H@ :0 Alice A",
			" 315 "}},
	{"mode without being op", "MODE #room +o alice\r\n", {" 482 "}},
	{"own mode", "MODE #two +v alice\r\n", {"MODE #two +v alice\r\n"}},
	{"mode query", "MODE #two\r\n", {" 324 alice #two +nt", " 329 "}},
	{"ban list", "MODE #two b\r\n", {" 368 "}},
	{"kick without being op", "KICK #room bot\r\n", {" 482 "}},
	{"kick of nobody", "KICK #room no\r\n", {" 441 "}},
	{"nick", "NICK alicia\r\n", {":alice!~al@127.0.0.1 NICK :alicia"}},
	{"part", "PART #two :bye\r\n", {"PART #two :bye\r\n"}},
	{"unknown command", "FROB\r\n", {" 421 alicia FROB :"}},
	{"too few parameters", "JOIN\r\n", {" 461 alicia JOIN :"}},
	{"a swallowed line", "SWALLOW me\r\nPING y\r\n", {"PONG irc.t :y\r\n"}},
};

static void test_exchanges(struct wire_peer *alice)
{
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "ircd: %s", exchanges[i].name);
		tap_test(converse(alice, exchanges[i].said,
				 exchanges[i].awaited),
			name, "unread: \"%s\"", wire_peer_rest(alice));
		tap_test(strstr(wire_peer_rest(alice), "hello") == NULL &&
				 strstr(wire_peer_rest(alice), "SWALLOW") ==
					 NULL,
			"ircd: ... and nothing that must not come",
			"got \"%s\"", wire_peer_rest(alice));
	}
}

static void test_puppet(
	struct ircd_sim *sim, struct ircd_client *bot, struct wire_peer *alice)
{
	struct ircd_client *client = ircd_sim_find(sim, "ALICIA");

	tap_test(strcmp(seen.puppet, ":alice!~al@127.0.0.1 NICK :alicia") == 0,
		"ircd: a puppet hears what a client would", "got \"%s\"",
		seen.puppet);
	ircd_client_do(bot, "PRIVMSG #room :from %s", "bot");
	tap_test(wire_peer_wait(alice,
			 ":bot!~puppet@puppet.test.net PRIVMSG #room "
			 ":from bot\r\n"),
		"ircd: a puppet talks", "got \"%s\"", wire_peer_rest(alice));
	tap_test(client != NULL && ircd_client_joined(client, "#ROOM") &&
			 !ircd_client_joined(client, "#two"),
		"ircd: who is where is known by any case", "alicia: %p",
		(void *)client);
	if (client == NULL) {
		return;
	}
	ircd_client_raw(client, "raw\0bytes\n", 10);
	ircd_client_do(bot, "KICK #room alicia :out");
	tap_test(wire_peer_wait(alice, "raw") &&
			 wire_peer_wait(alice,
				 "bytes\n:bot!~puppet@"
				 "puppet.test.net KICK #room alicia :out") &&
			 !ircd_client_joined(client, "#room"),
		"ircd: raw bytes go out as they are, a kick works",
		"got \"%s\"", wire_peer_rest(alice));
}

/* CAP, echo-message, and leaving: by QUIT, dropped, by a line too long. */
static void test_caps(struct ircd_sim *sim)
{
	static const char *const asked[] = {
		"CAP * LS :echo-message server-time", "CAP * NAK :nope\r\n",
		"CAP * ACK :echo-message\r\n", " 001 carol ", NULL};
	static const char *const echo[] = {
		":carol!~c@127.0.0.1 PRIVMSG #room :me\r\n", NULL};
	struct wire_peer carol;
	char longer[600];

	wire_peer_open(&carol, &loop, ircd_sim_port(sim));
	tap_test(converse(&carol,
			 "CAP LS 302\r\nCAP REQ :nope\r\nCAP REQ "
			 ":echo-message\r\nNICK carol\r\nUSER c 0 * :C\r\nCAP "
			 "END\r\n",
			 asked),
		"ircd: capabilities are negotiated before 001", "got \"%s\"",
		wire_peer_rest(&carol));
	tap_test(converse(&carol, "JOIN #room\r\nPRIVMSG #room :me\r\n", echo),
		"ircd: echo-message echoes", "got \"%s\"",
		wire_peer_rest(&carol));
	tap_test(strcmp(seen.puppet, ":carol!~c@127.0.0.1 PRIVMSG #room :me") ==
			 0,
		"ircd: the others hear it", "got \"%s\"", seen.puppet);
	memset(longer, 'x', sizeof(longer));
	memcpy(longer, "PING ", 5);
	memcpy(longer + 511, "\r\n", 3);
	wire_peer_say(&carol, longer);
	tap_test(wire_peer_wait(&carol, "ERROR :Request too long") &&
			 wire_peer_wait_end(&carol) &&
			 ircd_sim_stats(sim)->overlong == 1,
		"ircd: a line of 513 bytes ends the connection",
		"got \"%s\", %u counted", wire_peer_rest(&carol),
		ircd_sim_stats(sim)->overlong);
	tap_test(strcmp(seen.puppet,
			 ":carol!~c@127.0.0.1 QUIT :Request too long") == 0,
		"ircd: the others hear of the end", "got \"%s\"", seen.puppet);
	wire_peer_close(&carol);
}

/* Labels, and what was said before one came. */
static void test_labels(struct ircd_sim *sim)
{
	static const char *const entered[] = {" 001 dora ", " JOIN #hall\r\n",
		" 366 dora #hall ", ":irc.t BATCH +h chathistory #hall\r\n",
		"@batch=h;msgid=sim", " PRIVMSG #hall :two\r\n",
		"@batch=h;msgid=sim", " PRIVMSG #hall :three\r\n", NULL};
	static const char *const answered[] = {"BATCH -h", "@label=7;msgid=",
		" PRIVMSG #hall :me\r\n", "@label=8 :irc.t 401 dora no ",
		"@label=9 :irc.t ACK\r\n", NULL};
	struct ircd_client *bot = ircd_sim_find(sim, "bot");
	struct wire_peer dora;

	ircd_client_do(bot, "JOIN #hall");
	ircd_client_do(bot, "PRIVMSG #hall :one");
	ircd_client_do(bot, "PRIVMSG #hall :two");
	ircd_client_do(bot, "PRIVMSG #hall :three");
	wire_peer_open(&dora, &loop, ircd_sim_port(sim));
	tap_test(converse(&dora,
			 "CAP REQ :echo-message labeled-response batch "
			 "message-tags\r\nNICK dora\r\nUSER d 0 * :D\r\n"
			 "CAP END\r\nJOIN #hall\r\n",
			 entered),
		"ircd: a channel tells what was said last", "got \"%s\"",
		wire_peer_rest(&dora));
	tap_test(converse(&dora,
			 "@label=7 PRIVMSG #hall :me\r\n"
			 "@label=8 PRIVMSG no :x\r\n@label=9 PONG x\r\n",
			 answered),
		"ircd: each labelled line has one answer", "got \"%s\"",
		wire_peer_rest(&dora));
	ircd_client_mute(ircd_sim_find(sim, "dora"));
	wire_peer_say(&dora, "PRIVMSG #hall :deaf\r\nQUIT\r\n");
	tap_test(wire_peer_wait_end(&dora) &&
			 strstr(wire_peer_rest(&dora), "deaf") == NULL,
		"ircd: who is mute hears nothing any more", "got \"%s\"",
		wire_peer_rest(&dora));
	wire_peer_close(&dora);
}

static void test_ircd(void)
{
	struct ircd_sim_config config = {.name = "irc.t",
		.caps = "echo-message server-time labeled-response batch "
			"message-tags",
		.history = 2,
		.on_line = on_line,
		.on_puppet = on_puppet};
	struct ircd_sim *sim = ircd_sim_open(&loop, &config);
	struct ircd_client *bot;
	struct wire_peer alice;

	if (!tap_test(sim != NULL, "ircd: a port is found", "none")) {
		return;
	}
	bot = ircd_sim_puppet(sim, "bot");
	ircd_client_do(bot, "JOIN #room");
	ircd_client_do(bot, "JOIN #far");
	ircd_client_do(bot, "TOPIC #room :the topic");
	wire_peer_open(&alice, &loop, ircd_sim_port(sim));
	test_exchanges(&alice);
	test_puppet(sim, bot, &alice);
	test_caps(sim);
	test_labels(sim);
	tap_test(converse(&alice, "QUIT :done\r\n",
			 (const char *const[]){"ERROR :done\r\n", NULL}) &&
			 wire_peer_wait_end(&alice) &&
			 ircd_sim_stats(sim)->closed == 3 &&
			 ircd_sim_find(sim, "alicia") == NULL,
		"ircd: QUIT ends the connection", "got \"%s\"",
		wire_peer_rest(&alice));
	tap_test(strcmp(seen.line, "QUIT :done") == 0,
		"ircd: the test sees each line", "got \"%s\"", seen.line);
	wire_peer_close(&alice);
	ircd_sim_close(sim);
	uv_run(&loop, UV_RUN_DEFAULT);
}

int main(void)
{
	uv_loop_init(&loop);
	test_ircd();
	tap_test(uv_loop_close(&loop) == 0, "no handle is left open",
		"the loop is busy");
	return tap_finish();
}
