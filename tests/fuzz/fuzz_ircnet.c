/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "irc/engine.h"
#include "irc/ircnet.h"
#include "tests/fuzz/fuzz.h"

/*
 * A whole connection against a hostile server, libircclient included. The
 * first byte chooses the beginning and the pieces, the rest is what the server
 * sends. Promises: at most one end; members are known users; while it has not
 * ended, the next PING is answered; our lines are whole lines; the password of
 * the account goes to SASL, to REGISTER or to NickServ on a server, nowhere else;
 * libircclient asks for no socket; nothing is left when it is destroyed.
 */
#define PASSWORD "Wherefore-Art-Thou"

struct owner {
	struct ircnet *net;
	struct buf out;
	unsigned ends;
	unsigned nicks;
	bool told; /* the server knows the password already */
	bool capable; /* an account may be asked for */
};

/* Base64 of a message with the password holds one of these, by its place. */
static bool holds_password(const char *p, size_t len)
{
	static const char *const forms[] = {
		PASSWORD, "V2hlcmVmb3JlLUFydC1UaG91", "doZXJlZm9yZS1BcnQtVGhvd",
		"XaGVyZWZvcmUtQXJ0LVRob3",
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (memmem(p, len, forms[i], strlen(forms[i])) != NULL) {
			return true;
		}
	}
	return false;
}

static bool begins(const char *p, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

static void on_write(void *ctx, const char *p, size_t len)
{
	struct owner *o = ctx;

	must(len >= 2 && p[len - 2] == '\r' && p[len - 1] == '\n');
	must(memchr(p, '\0', len) == NULL);
	must(memchr(p, '\n', len - 1) == NULL);
	must(o->told || !holds_password(p, len) ||
		begins(p, len, "AUTHENTICATE ") ||
		(o->capable && begins(p, len, "REGISTER ")) ||
		begins(p, len, "PRIVMSG NickServ@"));
	buf_reset(&o->out, 0);
	buf_add(&o->out, p, len);
}

static void on_end(void *ctx, enum ircnet_end why, int numeric,
	struct slice text)
{
	struct owner *o = ctx;

	(void)why;
	(void)numeric;
	(void)text;
	must(++o->ends == 1);
}

static void on_nick_refused(void *ctx, int numeric, struct slice nick,
	struct slice text)
{
	static const char *const next[] = {"a", "b", "c"};
	struct owner *o = ctx;

	(void)numeric;
	(void)nick;
	(void)text;
	if (o->nicks < 3) {
		must(ircnet_nick(o->net, slice_str(next[o->nicks++])) ==
			ERR_OK);
	}
}

/* The owner asks for things in the middle of events. */
static void on_text(void *ctx, const struct irc_text *text)
{
	struct owner *o = ctx;

	must(o->ends == 0);
	(void)!ircnet_say(o->net, text->kind, text->source.nick, text->text, 1);
	(void)!ircnet_say(o->net, text->kind, text->target, text->text, 2);
}

static void on_invite(void *ctx, const struct ircsource *by,
	struct slice target, struct slice channel)
{
	struct owner *o = ctx;

	(void)by;
	(void)!ircnet_join(o->net, channel, target);
}

static void on_leave(void *ctx, struct ircchan *chan, struct ircuser *who,
	bool is_me, const struct irc_leave *leave)
{
	struct owner *o = ctx;

	must(chan_member(chan, who->entry.key, NULL) == who);
	if (is_me) {
		(void)!ircnet_join(o->net, leave->reason, leave->reason);
	}
}

/* Those who are away are forgotten, others are watched under new names. */
static void on_watched(void *ctx, const struct ircwatched *who)
{
	struct owner *o = ctx;

	must(o->ends == 0 && who->state != WATCH_UNKNOWN);
	must(who->away == NULL || who->state == WATCH_ONLINE);
	if (who->renamed != NULL) {
		ircnet_watch(o->net, istr_slice(who->renamed));
	} else if (who->away != NULL && who->away->len > 0) {
		ircnet_unwatch(o->net,
			ircnet_watch(o->net, istr_slice(who->nick)));
	}
}

/* An account is made before 001, or it goes on without. */
static void on_capable(void *ctx)
{
	struct owner *o = ctx;

	must(o->ends == 0 && !o->capable && !ircnet_registered(o->net));
	o->capable = true;
	if (ircnet_register(o->net, slice(NULL, 0), slice(NULL, 0),
		slice_str(PASSWORD)) != ERR_OK) {
		ircnet_proceed(o->net, slice(NULL, 0), slice(NULL, 0));
	}
}

static void on_other(void *ctx, const struct ircmsg *m)
{
	struct owner *o = ctx;

	if (ircmsg_is(m, "REGISTER") && o->capable) {
		ircnet_proceed(o->net, ircmsg_last(m), slice_str(PASSWORD));
	} else if (ircmsg_is(m, "RAW")) {
		(void)!ircnet_raw(o->net, ircmsg_last(m));
	} else if (ircmsg_is(m, "DOWN")) {
		struct ircnet *net = o->net;

		o->net = NULL;
		ircnet_destroy(net);
	}
}

static const struct ircnet_events events = {
	.write = on_write,
	.on_end = on_end,
	.on_capable = on_capable,
	.on_nick_refused = on_nick_refused,
	.on_text = on_text,
	.on_invite = on_invite,
	.on_leave = on_leave,
	.on_watched = on_watched,
	.on_other = on_other,
};

static void check_state(const struct ircnet *net)
{
	const struct map *channels = ircnet_channels(net);
	struct map_slot *slot;

	for (uint32_t pos = 0; (slot = map_next(channels, &pos)) != NULL;) {
		struct ircchan *chan = (struct ircchan *)slot->entry;
		struct map_slot *member;
		bool here = false;

		for (uint32_t at = 0;
			(member = map_next(&chan->members, &at)) != NULL;) {
			struct ircuser *user = (struct ircuser *)member->entry;

			must(ircnet_user(net, istr_slice(user->nick)) == user);
			must(ircuser_channels(user) > 0);
			here |= user == ircnet_me(net);
		}
		must(here == (chan->state != CHAN_REQUESTED));
	}
}

static void begin(struct owner *o, unsigned how)
{
	static const char hello[] =
		":s CAP * LS :batch extended-join\r\n"
		":s CAP * ACK :batch extended-join\r\n"
		":s 001 j :Hi j!u@h\r\n"
		":s 005 j PREFIX=(qov)~@+ CHANMODES=b,k,l,imnpst MONITOR=2 "
		":x\r\n:s 422 j :No\r\n";
	static const char joined[] =
		":j!u@h JOIN #c\r\n:s 353 j = #c :j @bob +ann\r\n"
		":s 366 j #c :End\r\n";

	ircnet_watch(o->net, slice_str("bob"));
	ircnet_watch(o->net, slice_str("ann"));
	ircnet_watch(o->net, slice_str("x[y"));
	if (how & 1U) {
		ircnet_input(o->net, hello, sizeof hello - 1);
	}
	if (how & 2U) {
		ircnet_input(o->net, joined, sizeof joined - 1);
	}
}

static void check_alive(struct owner *o)
{
	static const char ping[] = "PING :here\r\n";

	ircnet_input(o->net, "\n", 1); /* it may have been half a line */
	if (o->net == NULL || o->ends > 0) {
		return;
	}
	ircnet_input(o->net, ping, sizeof ping - 1);
	must(o->out.len == 12 && memcmp(o->out.p, "PONG :here\r\n", 12) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ircnet_config config = {
		.nick = "j", .user = "u", .realname = "r", .flood_burst = 5,
		.flood_interval_ms = 2000, .queue_lines = 50,
		.register_timeout_ms = 30000, .max_lines = 8,
	};
	struct owner o = {.told = holds_password((const char *)data, size)};
	struct clock clock;
	unsigned how = size > 0 ? data[0] : 0;
	size_t step = 1 + (how >> 2) * 8;

	if (how & 16U) {
		config.account = how & 32U ? "j" : "Juliet";
		config.account_password = PASSWORD;
		config.sasl = true;
		config.nickserv = true;
		config.private_link = true;
		config.certificate = (how & 128U) != 0;
		config.signup = (how & 64U) != 0;
		config.cap_first = how == 255;
		config.sasl_required = (how & (64U | 4U)) == 4U;
	}
	engine_setup(1000);
	clock_init(&clock, 0, 0);
	buf_init(&o.out, 1 << 20);
	o.net = ircnet_create(&config, &events, &o, &clock, NULL);
	must(o.net != NULL);
	begin(&o, how);
	for (size_t at = 1; at < size && o.net != NULL; at += step) {
		ircnet_input(o.net, (const char *)data + at,
			size - at < step ? size - at : step);
		clock_advance(&clock, clock.now_ms + (how & 8U ? 500 : 0), 0);
	}
	if (o.net != NULL) {
		check_state(o.net);
	}
	if (o.net != NULL && o.ends == 0) {
		check_alive(&o);
	}
	ircnet_destroy(o.net);
	must(clock_next(&clock) == -1);
	must(intern_count() == 0);
	must(engine_traps() == 0);
	buf_finish(&o.out);
	clock_finish(&clock);
	return 0;
}
