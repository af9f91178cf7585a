/* SPDX-License-Identifier: MIT */
#include "tests/e2e/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GW "irc.localhost"

enum { PERIOD_MS = 1000, AGAIN_MS = 1000, JOIN_AGAIN_MS = 3000 };

static unsigned room_of(unsigned sender)
{
	return sender < LOAD_USERS ? sender % LOAD_ROOMS : sender - LOAD_USERS;
}

/* --- writing down ------------------------------------------------------- */

static void took(struct load *l, uint64_t sent_at)
{
	uint64_t ms = world_now(l->w) - sent_at;

	if ((l->killed_at == 0 || (l->over_at != 0 && sent_at >= l->over_at)) &&
		ms > l->slowest_ms) {
		l->slowest_ms = ms;
	}
}

static void saw(struct load *l, unsigned receiver, const char *text)
{
	unsigned sender;
	unsigned number;

	if (sscanf(text, "s%u n%u", &sender, &number) == 2 &&
		sender < LOAD_SENDERS && number < LOAD_NUMBERS &&
		l->seen[receiver][sender][number] < 255) {
		l->seen[receiver][sender][number]++;
		if (number >= l->next[receiver][sender]) {
			l->next[receiver][sender] = number + 1;
		}
		took(l, l->senders[sender].sent_at[number]);
	}
}

static void is_back(struct load *l, unsigned receiver)
{
	if (l->killed_at != 0 && l->back_at[receiver] == 0) {
		l->back_at[receiver] = world_now(l->w);
	}
}

static void on_presence(struct load_user *u, const struct xstanza *s)
{
	const char *type = xstanza_attr(s, "type");
	bool self = xstanza_has(s, "x/status@code=110");

	if (strcmp(type, "") == 0 && self) {
		u->in_room = true;
		if (!u->load->irc_outage) {
			is_back(u->load, u->index);
		}
	} else if ((strcmp(type, "unavailable") == 0 && self) ||
		   strcmp(type, "error") == 0) {
		u->in_room = false;
		u->try_at = world_now(u->load->w) + AGAIN_MS;
		world_log(u->load->w, u->nick, "<<", "%s", s->text);
	}
}

static void on_message(struct load_user *u, const struct xstanza *s)
{
	const char *type = xstanza_attr(s, "type");
	unsigned number;
	char *body;

	if (strcmp(type, "error") == 0) {
		if (sscanf(xstanza_attr(s, "id"), "n%u", &number) == 1 &&
			number < LOAD_NUMBERS) {
			u->load->senders[u->index].refused[number] = true;
		}
		return;
	}
	body = strcmp(type, "groupchat") == 0 ? xstanza_get(s, "body") : NULL;
	if (body != NULL) {
		saw(u->load, u->index, body);
		free(body);
	}
}

static bool on_stanza(void *ctx, const struct xstanza *s)
{
	struct load_user *u = ctx;

	if (strcmp(xstanza_kind(s), "presence") == 0) {
		on_presence(u, s);
	} else if (strcmp(xstanza_kind(s), "message") == 0) {
		on_message(u, s);
	}
	return true;
}

/* On IRC, "u7" is the nick of user 7. */
static void nick_is_there(struct load *l, const char *nick)
{
	unsigned index;
	char end;

	nick += strspn(nick, "@+%&~");
	if (l->irc_outage && sscanf(nick, "u%u%c", &index, &end) == 1 &&
		index < LOAD_USERS) {
		is_back(l, index);
	}
}

static void on_names(struct load *l, const char *names)
{
	char *copy = strdup(names);
	char *rest = copy;
	char *name;

	while ((name = strsep(&rest, " ")) != NULL) {
		nick_is_there(l, name);
	}
	free(copy);
}

static bool on_line(void *ctx, const struct iline *line)
{
	struct load *l = ctx;
	unsigned room;

	if (strcmp(line->command, "PRIVMSG") == 0) {
		saw(l, LOAD_PEER, line->params[1]);
	} else if (strcmp(line->command, "JOIN") == 0) {
		nick_is_there(l, line->nick);
	} else if (strcmp(line->command, "353") == 0) {
		on_names(l, line->params[3]);
	} else if (strcmp(line->command, "366") == 0 &&
		   sscanf(line->params[1], "#r%u", &room) == 1 &&
		   room < LOAD_ROOMS) {
		l->peer_in[room] = true;
		is_back(l, LOAD_PEER);
	}
	return true;
}

/* --- doing -------------------------------------------------------------- */

static const char *room_jid(struct load *l, unsigned room)
{
	static char jid[128];

	snprintf(jid, sizeof(jid), "#r%u%%%s@" GW, room, l->network);
	return jid;
}

static void tend_user(struct load_user *u, uint64_t now)
{
	struct load *l = u->load;

	if (xclient_broken(u->c)) {
		u->in_room = false;
		if (now >= u->try_at && server_state(l->jabber) == SERVER_UP) {
			u->try_at = now + AGAIN_MS;
			xclient_reopen(u->c);
		}
		return;
	}
	if (xclient_online(u->c) && !u->in_room && now >= u->try_at) {
		u->try_at = now + JOIN_AGAIN_MS;
		xclient_send(u->c, "<presence/>");
		xclient_sendf(u->c,
			"<presence to='%s/%s'><x "
			"xmlns='http://jabber.org/protocol/muc'>"
			"<history maxstanzas='0'/></x></presence>",
			room_jid(l, room_of(u->index)), u->nick);
	}
}

static void tend_peer(struct load *l, uint64_t now)
{
	unsigned room;

	if (iclient_broken(l->peer)) {
		memset(l->peer_in, 0, sizeof(l->peer_in));
		if (now >= l->peer_try_at &&
			server_state(l->irc) == SERVER_UP) {
			l->peer_try_at = now + AGAIN_MS;
			iclient_reopen(l->peer);
		}
		return;
	}
	if (!iclient_online(l->peer) || now < l->peer_try_at) {
		return;
	}
	for (room = 0; room < LOAD_ROOMS; room++) {
		if (!l->peer_in[room]) {
			l->peer_try_at = now + JOIN_AGAIN_MS;
			iclient_send(l->peer, "JOIN #r%u", room);
		}
	}
}

static bool can_talk(const struct load *l, unsigned sender)
{
	return sender < LOAD_USERS ? l->users[sender].in_room &&
					     xclient_online(l->users[sender].c)
				   : l->peer_in[sender - LOAD_USERS] &&
					     iclient_online(l->peer);
}

static void talk(struct load *l, unsigned sender, uint64_t now)
{
	struct load_sender *s = &l->senders[sender];
	unsigned number = s->sent;

	if (now < s->next_at || number == LOAD_NUMBERS) {
		return;
	}
	s->next_at = now + PERIOD_MS;
	if (!can_talk(l, sender)) {
		return;
	}
	s->sent_at[number] = now;
	s->sent++;
	if (sender < LOAD_USERS) {
		xclient_sendf(l->users[sender].c,
			"<message to='%s' type='groupchat' id='n%u'>"
			"<body>s%u n%u</body></message>",
			room_jid(l, room_of(sender)), number, sender, number);
	} else {
		iclient_send(l->peer, "PRIVMSG #r%u :s%u n%u",
			sender - LOAD_USERS, sender, number);
	}
}

void load_turn(struct load *l)
{
	uint64_t now = world_now(l->w);
	unsigned i;

	for (i = 0; i < LOAD_USERS; i++) {
		tend_user(&l->users[i], now);
	}
	tend_peer(l, now);
	for (i = 0; i < LOAD_SENDERS && l->talking; i++) {
		talk(l, i, now);
	}
	/* Each second is spread over its senders: there is always one due. */
	world_turn(l->w, PERIOD_MS / LOAD_SENDERS);
}

void load_run(struct load *l, double seconds)
{
	uint64_t end = world_now(l->w) + (uint64_t)(seconds * 1000);

	while (world_now(l->w) < end) {
		load_turn(l);
	}
}

bool load_all_back(const struct load *l)
{
	unsigned i;

	for (i = 0; i < LOAD_USERS; i++) {
		if (!l->users[i].in_room ||
			(l->killed_at != 0 && l->back_at[i] == 0)) {
			return false;
		}
	}
	for (i = 0; i < LOAD_ROOMS; i++) {
		if (!l->peer_in[i]) {
			return false;
		}
	}
	return true;
}

void load_begin(struct load *l)
{
	struct patience patience = world_patience(l->w, 60);
	struct load_user *u;
	unsigned i;

	l->peer = iclient_login(l->w, server_port(l->irc, "PLAIN"), "peer");
	iclient_quiet(l->peer);
	iclient_watch(l->peer, on_line, l);
	for (i = 0; i < LOAD_USERS; i++) {
		struct xclient_login login = {server_port(l->jabber, "C2S"),
			l->users[i].nick, "localhost", "load", "pw"};

		u = &l->users[i];
		u->load = l;
		u->index = i;
		snprintf(u->nick, sizeof(u->nick), "u%u", i);
		if (!xclient_register(l->w, &login)) {
			world_fail(l->w, AT, "%s cannot register", u->nick);
		}
		u->c = xclient_open(l->w, &login);
		xclient_quiet(u->c);
		xclient_watch(u->c, on_stanza, u);
	}
	while (!load_all_back(l)) {
		if (!world_patient(l->w, &patience)) {
			world_fail(l->w, AT, "not all users came in");
		}
		load_turn(l);
	}
	for (i = 0; i < LOAD_SENDERS; i++) {
		l->senders[i].next_at =
			world_now(l->w) + i * PERIOD_MS / LOAD_SENDERS;
	}
	l->talking = true;
}

void load_kill(struct load *l, bool irc)
{
	l->irc_outage = irc;
	l->killed_at = world_now(l->w);
	memcpy(l->heard, l->next, sizeof(l->heard));
	if (irc) {
		server_kill(l->irc);
	} else {
		/* The IRC client is not touched by it. */
		l->back_at[LOAD_PEER] = l->killed_at;
		server_kill(l->jabber);
	}
}

/* --- counting ----------------------------------------------------------- */

/* It was on its way when the server died, or was said before both ends were
 * back. */
static bool in_outage(const struct load *l, unsigned sender, unsigned receiver,
	unsigned number)
{
	uint64_t at = l->senders[sender].sent_at[number];
	unsigned as_receiver = sender < LOAD_USERS ? sender : LOAD_PEER;
	uint64_t back = l->back_at[receiver];

	if (l->killed_at == 0 || number < l->heard[receiver][sender]) {
		return false;
	}
	if (back == 0 || l->back_at[as_receiver] == 0) {
		return true; /* never back: that is told elsewhere */
	}
	if (l->back_at[as_receiver] > back) {
		back = l->back_at[as_receiver];
	}
	return at <= back + LOAD_SETTLE_MS + l->slowest_ms;
}

static void note(struct load_result *r, const char *what, unsigned sender,
	unsigned receiver, unsigned number, uint64_t at)
{
	size_t len = strlen(r->first);

	snprintf(r->first + len, sizeof(r->first) - len,
		"%s: s%u n%u at %u.%03u s, for %u\n", what, sender, number,
		(unsigned)(at / 1000), (unsigned)(at % 1000), receiver);
}

static void count_one(const struct load *l, struct load_result *r,
	unsigned sender, unsigned receiver, unsigned number)
{
	const struct load_sender *s = &l->senders[sender];
	unsigned shown = l->seen[receiver][sender][number];

	r->shown += shown > 0;
	if (shown > 1) {
		r->twice++;
		note(r, "twice", sender, receiver, number, s->sent_at[number]);
	}
	if (shown > 0) {
		return;
	}
	if (s->refused[number]) {
		r->refused++;
	} else if (in_outage(l, sender, receiver, number)) {
		r->in_outage++;
	} else {
		r->lost++;
		note(r, "lost", sender, receiver, number, s->sent_at[number]);
	}
}

/* A user's line goes to the users of the room, itself included, and to the
 * IRC client; the IRC client's line to the users of the room. */
struct load_result load_count(const struct load *l)
{
	struct load_result r = {.sent = 0};
	unsigned sender;
	unsigned receiver;
	unsigned number;

	for (sender = 0; sender < LOAD_SENDERS; sender++) {
		r.sent += l->senders[sender].sent;
		for (receiver = 0; receiver < LOAD_RECEIVERS; receiver++) {
			if (receiver == LOAD_PEER ? sender >= LOAD_USERS
						  : room_of(receiver) !=
							    room_of(sender)) {
				continue;
			}
			for (number = 0; number < l->senders[sender].sent;
				number++) {
				count_one(l, &r, sender, receiver, number);
			}
		}
	}
	return r;
}
