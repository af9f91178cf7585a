/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/gateway/peer.h"

#include "base/log.h"
#include "gateway/wire.h"
#include "irc/engine.h"

/* The real core between a Jabber server and an IRC server played here. */
struct fixture {
	struct loop *loop;
	struct peer jabber;
	struct peer irc;
	struct wire *wire;
	bool stopped;
	char path[64];
	char extra[64]; /* of the configuration */
};

#define HEADER                                                    \
	"<?xml version='1.0'?><stream:stream xmlns:stream="       \
	"'http://etherx.jabber.org/streams' xmlns="               \
	"'jabber:component:accept' from='irc.example.com' id='1'>"

static void on_stopped(void *ctx)
{
	struct fixture *f = ctx;

	f->stopped = true;
}

static struct config *configure(struct fixture *f, const char *secret)
{
	struct config *config = NULL;
	struct buf errors;
	FILE *file = fopen(f->path, "w");

	fprintf(file,
		"jabber: { component = \"irc.example.com\"; secret = \"%s\";\n"
		"host = \"127.0.0.1\"; port = %u; };\n"
		"networks = ( { name = \"irc.test\"; tls = \"off\"; sts = false;\n"
		"servers = ( \"127.0.0.1:%u\" ); } );\n"
		"storage: { file = \"%s.sqlite\"; };\n%s",
		secret, f->jabber.port, f->irc.port, f->path, f->extra);
	fclose(file);
	buf_init(&errors, 4096);
	assert_int_equal(config_load(f->path, &config, &errors), ERR_OK);
	buf_finish(&errors);
	return config;
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	snprintf(f->path, sizeof f->path, "/tmp/isthmus-wire-XXXXXX");
	close(mkstemp(f->path));
	f->loop = loop_create();
	skip_time(f->loop, 60 * 60 * 1000); /* from here on only we move it */
	peer_listen(&f->jabber, f->loop);
	peer_listen(&f->irc, f->loop);
	f->wire = wire_create(f->loop, configure(f, "secret"), on_stopped, f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char path[80];

	wire_destroy(f->wire);
	peer_finish(&f->jabber);
	peer_finish(&f->irc);
	loop_destroy(f->loop);
	unlink(f->path);
	snprintf(path, sizeof path, "%s.sqlite", f->path);
	unlink(path);
	snprintf(path, sizeof path, "%s.sqlite.key", f->path);
	unlink(path);
	test_free(f);
	return 0;
}

static bool has(struct peer *p, const char *text)
{
	return strstr(buf_cstr(&p->in), text) != NULL;
}

static void say(struct peer *p, const char *text)
{
	peer_write(p, text, strlen(text));
}

static void go_online(struct fixture *f)
{
	wire_start(f->wire);
	WAIT(f->loop, has(&f->jabber, "to='irc.example.com'>"));
	say(&f->jabber, HEADER);
	/* SHA-1 of "1secret" */
	WAIT(f->loop,
		has(&f->jabber, "bc2f114099d16656d37e45fd9e8744cb9386d462"));
	say(&f->jabber, "<handshake/>");
}

/* One user in one room, registered on IRC. */
static void join(struct fixture *f)
{
	go_online(f);
	say(&f->jabber,
		"<presence from='a@example.com/r' "
		"to='#c%irc.test@irc.example.com/nick'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	WAIT(f->loop, has(&f->irc, "USER "));
	say(&f->irc, ":irc.test 001 nick :hi\r\n:irc.test 422 nick :none\r\n");
	WAIT(f->loop, has(&f->irc, "JOIN #c"));
	say(&f->irc,
		":nick!u@h JOIN #c\r\n:irc.test 353 nick = #c :nick bob\r\n"
		":irc.test 366 nick #c :end\r\n");
	WAIT(f->loop, has(&f->jabber, "code='110'"));
}

static void a_question_is_answered(void **state)
{
	struct fixture *f = *state;

	go_online(f);
	say(&f->jabber, "<iq type='get' from='example.com' id='x1' "
			"to='irc.example.com'>"
			"<ping xmlns='urn:xmpp:ping'/></iq>");
	WAIT(f->loop, has(&f->jabber, "x1"));
}

/* 1 s and its jitter, once the loss has been noticed. */
static bool is_opened_again(struct fixture *f)
{
	skip_time(f->loop, 100);
	return f->jabber.connections == 2;
}

static void a_lost_stream_is_opened_again(void **state)
{
	struct fixture *f = *state;

	go_online(f);
	peer_hang_up(&f->jabber);
	WAIT(f->loop, is_opened_again(f));
}

static void stopping_says_goodbye(void **state)
{
	struct fixture *f = *state;

	join(f);
	wire_stop(f->wire);
	WAIT(f->loop, has(&f->jabber, "</stream:stream>"));
	assert_true(has(&f->jabber, "code='332'"));
	assert_false(f->stopped);
	say(&f->jabber, "</stream:stream>");
	WAIT(f->loop, f->irc.ended && f->jabber.ended);
	assert_true(has(&f->irc, "QUIT :"));
	peer_hang_up(&f->irc);
	peer_hang_up(&f->jabber);
	WAIT(f->loop, f->stopped);
}

/* Who is being registered hears of it, since it is written. */
static void what_is_being_stored_is_told_before_goodbye(void **state)
{
	struct fixture *f = *state;
	const char *result;

	go_online(f);
	say(&f->jabber,
		"<iq type='set' from='a@example.com/r' to='irc.example.com' "
		"id='reg1'><query xmlns='jabber:iq:register'><nick>nick</nick>"
		"</query></iq><iq type='get' from='example.com' id='x1' "
		"to='irc.example.com'><ping xmlns='urn:xmpp:ping'/></iq>");
	/* Both were read in one turn: storage cannot have answered yet. */
	WAIT(f->loop, has(&f->jabber, "x1"));
	wire_stop(f->wire);
	WAIT(f->loop, has(&f->jabber, "</stream:stream>"));
	result = strstr(buf_cstr(&f->jabber.in), "id='reg1' type='result'");
	assert_non_null(result);
	assert_true(result < strstr(buf_cstr(&f->jabber.in), "</stream"));
}

static void stopping_while_connecting(void **state)
{
	struct fixture *f = *state;

	wire_start(f->wire);
	wire_stop(f->wire);
	WAIT(f->loop, f->stopped);
}

static void destroyed_in_the_middle(void **state)
{
	struct fixture *f = *state;

	join(f);
	say(&f->jabber, "<message type='groupchat' from='a@example.com/r' "
			"to='#c%irc.test@irc.example.com'><body>x</body>"
			"</message>");
	loop_turn(f->loop, true);
}

static void a_reload_keeps_who_we_are(void **state)
{
	struct fixture *f = *state;
	struct config *other = configure(f, "other");

	join(f);
	assert_int_equal(wire_reload(f->wire, other), ERR_WRONG_STATE);
	config_free(other);
	assert_int_equal(wire_reload(f->wire, configure(f, "secret")), ERR_OK);
	say(&f->irc, ":bob!u@h PRIVMSG #c :still here\r\n");
	WAIT(f->loop, has(&f->jabber, "still here"));
}

static void a_reload_moves_the_identd(void **state)
{
	struct fixture *f = *state;
	struct config *config;
	uint16_t port = f->irc.port;
	enum err err;

	join(f);
	snprintf(f->extra, sizeof f->extra, "identd = \"127.0.0.1:%u\";",
		f->irc.port); /* which the IRC server has */
	config = configure(f, "secret");
	assert_int_equal(wire_reload(f->wire, config), ERR_IO);
	config_free(config);
	say(&f->irc, ":bob!u@h PRIVMSG #c :still here\r\n");
	WAIT(f->loop, has(&f->jabber, "still here"));
	do {
		snprintf(f->extra, sizeof f->extra,
			"identd = \"127.0.0.1:%u\";", ++port);
		config = configure(f, "secret");
		err = wire_reload(f->wire, config);
		if (err != ERR_OK) {
			config_free(config);
		}
	} while (err != ERR_OK);
	f->extra[0] = '\0';
	assert_int_equal(wire_reload(f->wire, configure(f, "secret")), ERR_OK);
}

/* The other one has it: a second gateway with this file does not start. */
static void what_another_stores_is_left_alone(void **state)
{
	struct fixture *f = *state;

	assert_null(wire_create(f->loop, configure(f, "other"), on_stopped, f));
	join(f);
}

/* --- backpressure ---------------------------------------------------------- */

/* What a room says; the number of the last line that IRC's socket took. */
static unsigned flood(struct fixture *f, unsigned lines)
{
	char line[480];
	unsigned n = 0;

	for (; n < lines; n++) {
		uv_buf_t b;
		int len = snprintf(line, sizeof line,
			":bob!u@h PRIVMSG #c :%06u %0*d\r\n", n, 400, 0);

		b = uv_buf_init(line, (unsigned)len);
		if (uv_try_write((uv_stream_t *)&f->irc.conn, &b, 1) != len) {
			break;
		}
	}
	return n;
}

static void hold_jabber(struct fixture *f)
{
	uv_read_stop((uv_stream_t *)&f->jabber.conn);
	buf_reset(&f->jabber.in, 0); /* count from here */
}

/*
 * Floods until IRC's socket takes no more, with reads of ours in between: 4 KiB
 * a turn, and the kernel tells of room only when there is much of it.
 */
enum { STILL = 2000 };

static bool irc_stalls(struct fixture *f)
{
	unsigned still = 0;

	for (unsigned i = 0; i < 40000 && still < STILL; i++) {
		still = flood(f, 20) == 0 ? still + 1 : 0;
		loop_turn(f->loop, false);
	}
	return still == STILL;
}

/* As many as IRC's socket holds, 4 KiB each. */
static void turns(struct fixture *f)
{
	for (unsigned i = 0; i < 5000; i++) {
		loop_turn(f->loop, false);
	}
}

/* A Jabber server that answers no ping: only what the kernel takes counts. */
static void give_up_marks(struct fixture *f)
{
	assert_true(irc_stalls(f));
	skip_time(f->loop, 2000);
}

/* PROTOCOL A.4: who says much waits until it was read. */
static void a_storm_waits_for_the_answer_to_a_mark(void **state)
{
	struct fixture *f = *state;

	join(f);
	buf_reset(&f->jabber.in, 0);
	assert_true(irc_stalls(f)); /* though the kernel takes it all */
	assert_true(f->jabber.in.len < 2 * WIRE_WINDOW);
	say(&f->jabber, "<iq type='result' from='example.com' "
			"to='irc.example.com' id='isthmus-mark-1'/>");
	WAIT(f->loop, has(&f->jabber, "id='isthmus-mark-2'"));
	say(&f->jabber, "<iq type='result' from='example.com' "
			"to='irc.example.com' id='isthmus-mark-2'/>");
	WAIT(f->loop, f->jabber.in.len > 2 * WIRE_WINDOW);
}

static void a_slow_jabber_server_pauses_irc(void **state)
{
	struct fixture *f = *state;

	join(f);
	hold_jabber(f);
	give_up_marks(f);
	assert_true(irc_stalls(f));
	assert_false(has(&f->irc, "PONG :after"));
	peer_read(&f->jabber);
	WAIT(f->loop, f->jabber.in.len > WIRE_HIGH_WATER);
	for (unsigned i = 0; i < 2000 && flood(f, 1) == 0; i++) {
		loop_turn(f->loop, true); /* until IRC is read again */
	}
	turns(f);
	say(&f->irc, "\r\nPING :after\r\n");
	WAIT(f->loop, has(&f->irc, "PONG :after"));
}

static void after_30_s_irc_is_answered_again(void **state)
{
	struct fixture *f = *state;

	join(f);
	hold_jabber(f);
	give_up_marks(f);
	assert_true(irc_stalls(f));
	skip_time(f->loop, WIRE_PAUSE_MS);
	for (unsigned i = 0; i < 2000 && flood(f, 1) == 0; i++) {
		loop_turn(f->loop, true);
	}
	assert_false(irc_stalls(f)); /* dropped, not kept */
	turns(f); /* the kernel has room again */
	say(&f->irc, "\r\nPING :after\r\n");
	WAIT(f->loop, has(&f->irc, "PONG :after"));
	peer_read(&f->jabber);
	WAIT(f->loop, f->jabber.in.len > WIRE_HIGH_WATER);
}

static int start(void **state)
{
	(void)state;
	engine_setup(dup(STDERR_FILENO));
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_is_answered),
		TEST(a_lost_stream_is_opened_again),
		TEST(stopping_says_goodbye),
		TEST(what_is_being_stored_is_told_before_goodbye),
		TEST(stopping_while_connecting),
		TEST(destroyed_in_the_middle),
		TEST(a_reload_keeps_who_we_are),
		TEST(a_reload_moves_the_identd),
		TEST(what_another_stores_is_left_alone),
		TEST(a_storm_waits_for_the_answer_to_a_mark),
		TEST(a_slow_jabber_server_pauses_irc),
		TEST(after_30_s_irc_is_answered_again),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
