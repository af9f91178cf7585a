/* SPDX-License-Identifier: MIT */
/*
 * The simulated Jabber server and what it stands on, against a peer that is
 * played word by word. test_sim_ircd does the same to the IRC network.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/load/jabberd_sim.h"
#include "tests/load/loopback.h"
#include "tests/load/tap.h"
#include "tests/load/wire_peer.h"
#include "tests/load/xscan.h"

#define OPENING                                                                \
	"<?xml version='1.0'?><stream:stream "                                 \
	"xmlns='jabber:component:accept' "                                     \
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
	tap_test(!xscan_attr(
			 text, sizeof(text) - 1, "id", small, sizeof(small)) &&
			 small[0] == '\0',
		"a value longer than its room is refused", "got %s", small);
}

static void say_handshake(
	struct wire_peer *peer, unsigned connection, const char *secret)
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
	{"no from", "<message to='b@x'/>", "<improper-addressing"},
	{"no to", "<message from='a@gw'/>", "<improper-addressing"},
	{"a foreign from", "<message from='a@gw.x' to='b@x'/>",
		"<invalid-from"},
	{"a wrong end tag", "<message from='a@gw' to='b@x'></iq>",
		"<not-well-formed"},
	{"a control character", "<message from='a@gw' to='b@x'>\001</message>",
		"<not-well-formed"},
	{"bad UTF-8", "<message from='a@gw' to='b@x'>\xff</message>",
		"<not-well-formed"},
	{"an undeclared prefix",
		"<message from='a@gw' to='b@x'><q:x/></message>",
		"<not-well-formed"},
};

static void test_bad_streams(struct jabberd_sim *sim)
{
	for (size_t i = 0; i < sizeof(bad_streams) / sizeof(bad_streams[0]);
		i++) {
		const struct bad_stream *row = &bad_streams[i];
		struct wire_peer peer;
		char name[128];
		bool in =
			attach(&peer, sim, jabberd_sim_stats(sim)->opened + 1);

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
	wire_peer_say(
		&peer, "<iq type='get' id='q1' from='gw' to='x'><ping/></iq>");
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
	struct jabberd_sim_config config = {.component = "gw",
		.secret = "s3cret",
		.on_stanza = on_stanza,
		.on_event = on_event};
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

int main(void)
{
	uv_loop_init(&loop);
	test_ports();
	test_scanner();
	test_fields();
	test_jabberd();
	tap_test(uv_loop_close(&loop) == 0, "no handle is left open",
		"the loop is busy");
	return tap_finish();
}
