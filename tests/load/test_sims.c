/* SPDX-License-Identifier: MIT */
/*
 * The simulators against a peer that is played word by word: what the big
 * runs rely on.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/ircd_sim.h"
#include "tests/load/jabberd_sim.h"
#include "tests/load/loopback.h"
#include "tests/load/tap.h"
#include "tests/load/wire_peer.h"
#include "tests/load/xscan.h"

#include <unistd.h>

#define OPENING                                                    \
	"<?xml version='1.0'?><stream:stream "                     \
	"xmlns='jabber:component:accept' "                         \
	"xmlns:stream='http://etherx.jabber.org/streams' to='gw'>"
#define MESSAGE "<message from='a@gw' to='b@x'><body>hi</body></message>"

static uv_loop_t loop;

/* What the simulators have told. */
static struct seen {
	unsigned stanzas;
	unsigned events[JABBERD_GONE + 1];
	char kind[32];
	char from[64];
	char id[64];
	char body[128];
	char puppet[512];
	char line[512];
} seen;

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	(void)ctx;
	seen.stanzas++;
	snprintf(seen.kind, sizeof(seen.kind), "%s", stanza->kind);
	snprintf(seen.from, sizeof(seen.from), "%s", stanza->from);
	snprintf(seen.id, sizeof(seen.id), "%s", stanza->id);
	xscan_text(stanza->text, stanza->len, "body", seen.body,
		sizeof(seen.body));
}

static void on_event(void *ctx, enum jabberd_event event)
{
	(void)ctx;
	seen.events[event]++;
}

static void on_puppet(void *ctx, struct ircd_client *puppet, const char *line,
	size_t len)
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

static void test_ports(void)
{
	int a = 0;
	int b = 0;
	int first = loopback_listen(&a, 0);
	int second = loopback_listen(&b, 0);
	int taken = a;

	tap_test(first >= 0 && second >= 0 && a != b && a >= 20000 &&
			a < 32768 && b >= 20000 && b < 32768,
		"two listeners have two ports below the ephemeral range",
		"got ports %d and %d", a, b);
	tap_test(loopback_listen(&taken, 0) < 0, "a taken port is refused",
		"port %d was given twice", a);
	close(first);
	close(second);
}

/* The stream below in pieces of `size` bytes: how many of which event. */
static void scan_in_pieces(const char *stream, size_t size, unsigned *counts)
{
	struct xscan x;
	size_t len = strlen(stream);

	memset(counts, 0, (XSCAN_BAD + 1) * sizeof(*counts));
	xscan_init(&x);
	for (size_t at = 0; at < len; at += size) {
		const char *text;
		size_t n;
		enum xscan_event event;

		xscan_feed(&x, stream + at, len - at < size ? len - at : size);
		while ((event = xscan_next(&x, &text, &n)) != XSCAN_MORE) {
			counts[event]++;
			if (event == XSCAN_BAD) {
				break;
			}
		}
	}
	xscan_finish(&x);
}

static void test_scanner(void)
{
	static const char stream[] =
		"<?xml version='1.0'?><s:s a='>'><a b='/>\"'/> <!-- <x> --> "
		"<c><d/><![CDATA[</c>]]><?p </c> ?><e f=\"'</c>'\">t</e></c>\n"
		"<g/></s:s>";
	bool right = true;
	unsigned counts[XSCAN_BAD + 1];
	size_t size;

	for (size = 1; size <= sizeof(stream) && right; size++) {
		scan_in_pieces(stream, size, counts);
		right = counts[XSCAN_HEADER] == 1 &&
			counts[XSCAN_STANZA] == 3 && counts[XSCAN_END] == 1 &&
			counts[XSCAN_BAD] == 0;
	}
	tap_test(right, "a stream is cut the same in pieces of every size",
		"size %zu: expected 1 header, 3 stanzas, 1 end, 0 bad; got %u "
		"%u %u %u",
		size - 1, counts[XSCAN_HEADER], counts[XSCAN_STANZA],
		counts[XSCAN_END], counts[XSCAN_BAD]);
	scan_in_pieces("</a>", 4, counts);
	tap_test(counts[XSCAN_BAD] == 1, "an end without a beginning is bad",
		"got %u", counts[XSCAN_BAD]);
}

static void test_fields(void)
{
	static const char text[] =
		"<m xid='no' id=\"a&amp;b&#x263a;\" to = 'x>y'><html><body "
		"xmlns='h'/></html><body>1 &lt; 2</body></m>";
	char id[32];
	char to[32];
	char body[32];
	char small[4];

	xscan_attr(text, sizeof(text) - 1, "id", id, sizeof(id));
	xscan_attr(text, sizeof(text) - 1, "to", to, sizeof(to));
	xscan_text(text, sizeof(text) - 1, "body", body, sizeof(body));
	tap_test(strcmp(id, "a&b\xe2\x98\xba") == 0 && strcmp(to, "x>y") == 0 &&
			strcmp(body, "1 < 2") == 0,
		"attributes and text are found and unescaped",
		"got id %s, to %s, body %s", id, to, body);
	tap_test(!xscan_attr(text, sizeof(text) - 1, "id", small,
			 sizeof(small)) && small[0] == '\0',
		"a value longer than its room is refused", "got %s", small);
}

static void say_handshake(struct wire_peer *peer, unsigned connection,
	const char *secret)
{
	unsigned char sum[SHA_DIGEST_LENGTH];
	char input[128];
	char text[128] = "<handshake>";

	snprintf(input, sizeof(input), "sim&%u%s", connection, secret);
	SHA1((const unsigned char *)input, strlen(input), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		snprintf(text + 11 + 2 * i, 3, "%02x", sum[i]);
	}
	wire_peer_say(peer, text);
	wire_peer_say(peer, "</handshake>");
}

/* A component that is let in; `connection` counts from 1. */
static bool attach(struct wire_peer *peer, const struct jabberd_sim *sim,
	unsigned connection)
{
	char id[64];

	wire_peer_open(peer, &loop, jabberd_sim_port(sim));
	wire_peer_say(peer, OPENING);
	snprintf(id, sizeof(id), "id='sim&amp;%u'>", connection);
	if (!wire_peer_wait(peer, id)) {
		return false;
	}
	say_handshake(peer, connection, "s3cret");
	return wire_peer_wait(peer, "<handshake/>");
}

/* Each row is one stream that must end by the given condition. */
static const struct bad_stream {
	const char *name;
	const char *said; /* after a good handshake */
	const char *condition;
} bad_streams[] = {
	{ "no from", "<message to='b@x'/>", "<improper-addressing" },
	{ "no to", "<message from='a@gw'/>", "<improper-addressing" },
	{ "a foreign from", "<message from='a@gw.x' to='b@x'/>",
		"<invalid-from" },
	{ "a wrong end tag", "<message from='a@gw' to='b@x'></iq>",
		"<not-well-formed" },
	{ "a control character",
		"<message from='a@gw' to='b@x'>\001</message>",
		"<not-well-formed" },
	{ "bad UTF-8", "<message from='a@gw' to='b@x'>\xff</message>",
		"<not-well-formed" },
	{ "an undeclared prefix",
		"<message from='a@gw' to='b@x'><q:x/></message>",
		"<not-well-formed" },
};

static void test_bad_streams(struct jabberd_sim *sim)
{
	for (size_t i = 0; i < sizeof(bad_streams) / sizeof(bad_streams[0]);
		i++) {
		const struct bad_stream *row = &bad_streams[i];
		struct wire_peer peer;
		char name[128];
		bool in = attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);

		snprintf(name, sizeof(name), "jabberd: %s ends the stream",
			row->name);
		wire_peer_say(&peer, row->said);
		tap_test(in && wire_peer_wait(&peer, row->condition) &&
				wire_peer_wait_end(&peer),
			name, "expected %s and the end, got \"%s\" (%s)",
			row->condition, wire_peer_rest(&peer),
			in ? "after the handshake" : "no handshake");
		wire_peer_close(&peer);
	}
}

static void test_stanzas(struct jabberd_sim *sim)
{
	struct wire_peer peer;
	struct wire_peer second;
	bool in = attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);

	tap_test(in && jabberd_sim_online(sim),
		"jabberd: the right handshake is let in", "got \"%s\"",
		wire_peer_rest(&peer));
	wire_peer_say(&peer,
		"<iq type='get' id='q1' from='gw' to='x'><ping/></iq>");
	jabberd_sim_sendf(sim, "<iq id='%s'/>", "a%");
	tap_test(wire_peer_wait(&peer, "<iq id='a%'/>"),
		"jabberd: what the test sends arrives as it is", "got \"%s\"",
		wire_peer_rest(&peer));
	wire_peer_open(&second, &loop, jabberd_sim_port(sim));
	wire_peer_say(&second, OPENING);
	tap_test(wire_peer_wait(&second, "<conflict") &&
			wire_peer_wait_end(&second) && jabberd_sim_online(sim),
		"jabberd: a second stream of the name gets conflict",
		"got \"%s\"", wire_peer_rest(&second));
	wire_peer_close(&second);
	tap_test(seen.stanzas == 1 && strcmp(seen.kind, "iq") == 0 &&
			strcmp(seen.from, "gw") == 0 &&
			strcmp(seen.id, "q1") == 0,
		"jabberd: the component's stanza is told",
		"got %u stanzas, the last %s from %s id %s", seen.stanzas,
		seen.kind, seen.from, seen.id);
	wire_peer_say(&peer, "</stream:stream>");
	tap_test(wire_peer_wait(&peer, "</stream:stream>") &&
			wire_peer_wait_end(&peer) &&
			seen.events[JABBERD_GOODBYE] == 1 &&
			!jabberd_sim_online(sim),
		"jabberd: a goodbye is answered and closed", "got \"%s\"",
		wire_peer_rest(&peer));
	wire_peer_close(&peer);
}

static void test_refusals(struct jabberd_sim *sim)
{
	struct wire_peer peer;

	wire_peer_open(&peer, &loop, jabberd_sim_port(sim));
	wire_peer_say(&peer, OPENING);
	wire_peer_wait(&peer, "id=");
	say_handshake(&peer, jabberd_sim_stats(sim)->opened, "guess");
	tap_test(wire_peer_wait(&peer, "<not-authorized") &&
			wire_peer_wait_end(&peer),
		"jabberd: a wrong secret is refused", "got \"%s\"",
		wire_peer_rest(&peer));
	wire_peer_close(&peer);
	test_bad_streams(sim);
}

/* A paused server reads nothing; resumed, it reads all of it. */
static void test_pause(struct jabberd_sim *sim)
{
	struct wire_peer peer;
	uint64_t before;
	bool in = attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);

	jabberd_sim_pause(sim, true);
	before = jabberd_sim_stats(sim)->stanzas;
	for (int i = 0; i < 100; i++) {
		wire_peer_say(&peer, MESSAGE);
	}
	jabberd_sim_sendf(sim, "<mark/>");
	tap_test(in && wire_peer_wait(&peer, "<mark/>") &&
			jabberd_sim_stats(sim)->stanzas == before,
		"jabberd: nothing is read while it is paused",
		"got %llu stanzas",
		(unsigned long long)(jabberd_sim_stats(sim)->stanzas - before));
	jabberd_sim_pause(sim, false);
	wire_peer_say(&peer, "</stream:stream>");
	tap_test(wire_peer_wait(&peer, "</stream:stream>") &&
			jabberd_sim_stats(sim)->stanzas == before + 100 &&
			strcmp(seen.body, "hi") == 0,
		"jabberd: everything is read afterwards",
		"expected 100 stanzas, got %llu",
		(unsigned long long)(jabberd_sim_stats(sim)->stanzas - before));
	wire_peer_close(&peer);
}

static void test_restart(struct jabberd_sim *sim)
{
	struct wire_peer peer;
	int port = jabberd_sim_port(sim);
	bool in = attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);

	jabberd_sim_stop(sim);
	tap_test(in && wire_peer_wait_end(&peer),
		"jabberd: stopping drops the component", "it is still there");
	wire_peer_close(&peer);
	wire_peer_open(&peer, &loop, port);
	tap_test(wire_peer_wait_end(&peer), "jabberd: stopped it is away",
		"port %d still answers", port);
	wire_peer_close(&peer);
	in = jabberd_sim_start(sim) && jabberd_sim_port(sim) == port &&
		attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);
	tap_test(in, "jabberd: started again it answers on the same port",
		"no stream on port %d", port);
	wire_peer_close(&peer);
}

static void test_jabberd(void)
{
	struct jabberd_sim_config config = { .component = "gw",
		.secret = "s3cret", .on_stanza = on_stanza,
		.on_event = on_event };
	struct jabberd_sim *sim = jabberd_sim_open(&loop, &config);

	if (!tap_test(sim != NULL, "jabberd: a port is found", "none")) {
		return;
	}
	test_stanzas(sim);
	test_refusals(sim);
	test_pause(sim);
	test_restart(sim);
	jabberd_sim_close(sim);
	uv_run(&loop, UV_RUN_DEFAULT);
}

/* Says the first, waits for the others in their order; NULL ends them. */
static bool converse(struct wire_peer *peer, const char *said,
	const char *const *awaited)
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
	{ "registration", "NICK alice\r\nUSER al 0 * :Alice A\r\n",
		{ ":irc.t 001 alice :", ":irc.t 002 ", ":irc.t 003 ",
			":irc.t 004 ", ":irc.t 005 alice ",
			"PREFIX=(ov)@+", " 422 alice :" } },
	{ "a nick in use", "NICK BOT\r\n", { " 433 alice BOT :" } },
	{ "an erroneous nick", "NICK 1x\r\n", { " 432 alice 1x :" } },
	{ "ping", "PING :a b\r\n", { ":irc.t PONG irc.t :a b\r\n" } },
	{ "join", "JOIN #Room,#two\r\n",
		{ ":alice!~al@127.0.0.1 JOIN #room\r\n",
			" 332 alice #room :the topic\r\n", " 333 ",
			" 353 alice = #room :@bot alice\r\n", " 366 ",
			":alice!~al@127.0.0.1 JOIN #two\r\n", "@alice\r\n" } },
	{ "talk is not echoed", "PRIVMSG #room :hello\r\nPING x\r\n",
		{ "PONG irc.t :x\r\n" } },
	{ "talk to nobody", "PRIVMSG no :x\r\n", { " 401 alice no :" } },
	{ "talk from outside", "PRIVMSG #far :x\r\n", { " 404 alice #far " } },
	{ "topic", "TOPIC #two :t\r\n", { " TOPIC #two :t\r\n" } },
	{ "who", "WHO #two\r\n",
		{ " 352 alice #two ~al 127.0.0.1 irc.t alice H@ :0 Alice A",
			" 315 " } },
	{ "mode without being op", "MODE #room +o alice\r\n", { " 482 " } },
	{ "own mode", "MODE #two +v alice\r\n",
		{ "MODE #two +v alice\r\n" } },
	{ "mode query", "MODE #two\r\n", { " 324 alice #two +nt", " 329 " } },
	{ "ban list", "MODE #two b\r\n", { " 368 " } },
	{ "kick without being op", "KICK #room bot\r\n", { " 482 " } },
	{ "kick of nobody", "KICK #room no\r\n", { " 441 " } },
	{ "nick", "NICK alicia\r\n", { ":alice!~al@127.0.0.1 NICK :alicia" } },
	{ "part", "PART #two :bye\r\n", { "PART #two :bye\r\n" } },
	{ "unknown command", "FROB\r\n", { " 421 alicia FROB :" } },
	{ "too few parameters", "JOIN\r\n", { " 461 alicia JOIN :" } },
	{ "a swallowed line", "SWALLOW me\r\nPING y\r\n",
		{ "PONG irc.t :y\r\n" } },
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

static void test_puppet(struct ircd_sim *sim, struct ircd_client *bot,
	struct wire_peer *alice)
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
			wire_peer_wait(alice, "bytes\n:bot!~puppet@"
				"puppet.test.net KICK #room alicia :out") &&
			!ircd_client_joined(client, "#room"),
		"ircd: raw bytes go out as they are, a kick works",
		"got \"%s\"", wire_peer_rest(alice));
}

/* CAP, echo-message, and leaving: by QUIT, dropped, by a line too long. */
static void test_caps(struct ircd_sim *sim)
{
	static const char *const asked[] = { "CAP * LS :echo-message "
		"server-time\r\n", "CAP * NAK :nope\r\n",
		"CAP * ACK :echo-message\r\n", " 001 carol ", NULL };
	static const char *const echo[] = {
		":carol!~c@127.0.0.1 PRIVMSG #room :me\r\n", NULL };
	struct wire_peer carol;
	char longer[600];

	wire_peer_open(&carol, &loop, ircd_sim_port(sim));
	tap_test(converse(&carol, "CAP LS 302\r\nCAP REQ :nope\r\nCAP REQ "
			":echo-message\r\nNICK carol\r\nUSER c 0 * :C\r\nCAP "
			"END\r\n", asked),
		"ircd: capabilities are negotiated before 001", "got \"%s\"",
		wire_peer_rest(&carol));
	tap_test(converse(&carol, "JOIN #room\r\nPRIVMSG #room :me\r\n", echo),
		"ircd: echo-message echoes", "got \"%s\"",
		wire_peer_rest(&carol));
	tap_test(strcmp(seen.puppet, ":carol!~c@127.0.0.1 PRIVMSG #room :me") ==
			0, "ircd: the others hear it", "got \"%s\"",
		seen.puppet);
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

static void test_ircd(void)
{
	struct ircd_sim_config config = { .name = "irc.t",
		.caps = "echo-message server-time", .on_line = on_line,
		.on_puppet = on_puppet };
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
	tap_test(converse(&alice, "QUIT :done\r\n",
			 (const char *const[]){ "ERROR :done\r\n", NULL }) &&
			wire_peer_wait_end(&alice) &&
			ircd_sim_stats(sim)->closed == 2 &&
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
	test_ports();
	test_scanner();
	test_fields();
	test_jabberd();
	test_ircd();
	tap_test(uv_loop_close(&loop) == 0, "no handle is left open",
		"the loop is busy");
	return tap_finish();
}
