/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Being alive, on both sides, and ending (PROTOCOL E, liveness). */
enum {
	SILENCE_MS = 90000,
	PONG_PATIENCE_MS = 60000,
	QUIT_PATIENCE_MS = 5000,
};

void net_watch(struct ircnet *n)
{
	timer_start(n->clock, &n->ping_timer, SILENCE_MS);
}

/* Any byte from the server is life; silence is asked about once. */
void net_ping_timer(void *ctx)
{
	struct ircnet *n = ctx;
	uint64_t now = n->clock->now_ms;
	char line[32];

	net_enter(n);
	if (n->ping_at != 0) {
		net_end(n, IRCNET_END_PING, 0, slice(NULL, 0));
	} else if (now - n->last_input >= SILENCE_MS) {
		n->ping_at = now;
		snprintf(line, sizeof line, "PING gw-%" PRIu64, now);
		net_send(n, slice_str(line));
		timer_start(n->clock, &n->ping_timer, PONG_PATIENCE_MS);
	} else {
		timer_start(n->clock, &n->ping_timer,
			n->last_input + SILENCE_MS - now);
	}
	net_leave(n);
}

/* Before any queue; the token is the server's own and goes back as it is. */
void handle_ping(struct ircnet *n, const struct ircmsg *m)
{
	struct slice token = ircmsg_last(m);
	struct buf *line = net_scratch();
	/* A longer line of ours would cost us the connection (PROTOCOL G.4). */
	size_t room = n->isupport.linelen - sizeof "PONG :\r\n";

	if (token.len > room) {
		token.len = room;
	}
	buf_add_str(line, "PONG :");
	buf_add_slice(line, token);
	net_send(n, buf_slice(line));
}

enum err ircnet_sync(struct ircnet *n, uint64_t token)
{
	char word[32];
	struct irc_arg arg;

	snprintf(word, sizeof word, "gw-s%" PRIu64, token);
	arg = (struct irc_arg){FIELD_WORD, slice_str(word)};
	return net_request(n, "PING", &arg, 1);
}

void handle_pong(struct ircnet *n, const struct ircmsg *m)
{
	struct slice token = ircmsg_last(m);
	int64_t mark;

	if (token.len > 4 && memcmp(token.p, "gw-s", 4) == 0) {
		mark = slice_number(slice(token.p + 4, token.len - 4), INT64_MAX);
		if (mark > 0) {
			EMIT(n, on_synced, (uint64_t)mark);
		}
		return;
	}
	if (token.len < 3 || memcmp(token.p, "gw-", 3) != 0) {
		EMIT(n, on_other, m);
	}
}

void handle_error(struct ircnet *n, const struct ircmsg *m)
{
	net_end(n, n->quitting ? IRCNET_END_QUIT : IRCNET_END_ERROR, 0,
		ircmsg_last(m));
}

void ircnet_quit(struct ircnet *n, struct slice reason)
{
	struct buf text;
	struct irc_arg arg;
	struct buf *line;

	if (n->dead || n->state == NET_ENDED || n->quitting) {
		return;
	}
	net_enter(n);
	n->quitting = true;
	net_login_stop(n);
	sendq_finish(&n->queue);
	buf_init(&text, IRC_LINE_MAX);
	irc_one_line(&text, reason, 300);
	arg = (struct irc_arg){FIELD_TEXT, buf_slice(&text)};
	line = net_scratch();
	if (irc_build(&n->isupport, line, "QUIT", &arg, 1) == ERR_OK &&
		net_encode_last(n, line, arg.value) == ERR_OK) {
		net_send(n, buf_slice(line));
	}
	buf_finish(&text);
	if (!n->dead && n->state != NET_ENDED) {
		timer_start(n->clock, &n->state_timer, QUIT_PATIENCE_MS);
	}
	net_leave(n);
}
