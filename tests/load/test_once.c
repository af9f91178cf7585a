/* SPDX-License-Identifier: MIT */
/*
 * Each message exactly once (PROTOCOL D.4): 10,000 messages of 40 users through
 * the whole gateway to a network with echo-message, labels and history, while
 * connections are lost at random, before the server has read a message, between
 * that and its echo, and after it; some messages are refused. Each is shown once
 * to its sender and once to everybody else in the room, or its sender gets one
 * error and nobody saw the whole of it; never both, never neither. About 20 s.
 * ISTHMUS_MESSAGES=N: another number; TEST_SEED repeats a run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/load/mem.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"

enum {
	USERS = 40,
	ROOMS = USERS / 2, /* two users and a puppet in each */
	OPEN_MAX = 6,	   /* messages of a user without an outcome */
	AWAY_MAX = 40,	   /* texts of a room while somebody is away ... */
	HISTORY = 90,	   /* ... are fewer than it remembers */
	TICK_MS = 10,
	EACH_TICK = 8,
	LIMIT_MS = 60000,
};

/* Who can see a message: its sender, the other user of the room, the puppet. */
enum { SENDER, OTHER, PUPPET, WHO };

struct message {
	unsigned char lines;   /* 1 or 2; 0: to the puppet alone */
	unsigned char seen[WHO][2];
	unsigned char shown;   /* reflections, or receipts */
	unsigned char failed;  /* errors */
};

struct run {
	struct rig rig;
	struct ircd_client *bot;
	struct message *messages;
	unsigned wanted;
	unsigned sent;
	unsigned settled;
	unsigned joined;
	bool in[USERS];
	unsigned open[USERS];
	unsigned unheard[ROOMS]; /* texts since both were there */
	unsigned ends;		 /* users who have seen the last text of all */
	unsigned losses[3];
	unsigned refused;
	unsigned strays; /* what nobody can explain */
	char stray[300];
	unsigned seed;
	uv_timer_t ticks;
};

static unsigned dice(struct run *run, unsigned sides)
{
	return (unsigned)rand_r(&run->seed) % sides;
}

static unsigned room_of(unsigned user)
{
	return user / 2;
}

static void stray(struct run *run, const char *what, const char *text)
{
	if (run->strays++ == 0) {
		snprintf(run->stray, sizeof(run->stray), "%s: %.200s", what,
			text);
	}
}

/* ---- what is seen ---- */

/* "m<user>.<number>.<line>" anywhere in it. */
static bool read_name(const char *text, unsigned *user, unsigned *number,
	unsigned *line)
{
	return text != NULL && sscanf(text, "m%u.%u.%u", user, number, line) ==
		3 && *user < USERS && *line < 2;
}

static void settle(struct run *run, unsigned user, unsigned number)
{
	const struct message *m = &run->messages[number];

	if (m->shown + m->failed == 1) {
		run->settled++;
		run->open[user]--;
	}
}

static void on_puppet(
	void *ctx, struct ircd_client *puppet, const char *line, size_t len)
{
	struct run *run = ctx;
	const char *text = strstr(line, " PRIVMSG ");
	unsigned user;
	unsigned number;
	unsigned part;

	(void)puppet;
	(void)len;
	text = text == NULL ? NULL : strstr(text, " :");
	if (text != NULL && read_name(text + 2, &user, &number, &part) &&
		number < run->sent) {
		run->messages[number].seen[PUPPET][part]++;
	}
}

/* A text in a room, for one of the two users. */
static void on_room_text(struct run *run, const struct jabberd_stanza *s,
	unsigned reader, const char *body)
{
	unsigned user;
	unsigned number;
	unsigned part;
	struct message *m;
	char id[32];
	const char *second;

	run->ends += strncmp(body, "the end<", 8) == 0;
	if (!read_name(body, &user, &number, &part) || number >= run->sent) {
		return;
	}
	m = &run->messages[number];
	if (user != reader) {
		m->seen[OTHER][part]++;
		return;
	}
	/* The whole message, under the name that its client gave it. */
	m->seen[SENDER][part]++;
	second = strstr(body, "\n");
	if (m->lines == 2 && second != NULL) {
		m->seen[SENDER][1]++;
	}
	snprintf(id, sizeof(id), "i%u", number);
	if (strcmp(s->id, id) != 0) {
		stray(run, "own words under another id", s->text);
	}
	m->shown++;
	settle(run, user, number);
}

static void on_error(struct run *run, const struct jabberd_stanza *s,
	unsigned user)
{
	unsigned number;

	if (sscanf(s->id, "i%u", &number) != 1 || number >= run->sent) {
		return;
	}
	run->messages[number].failed++;
	settle(run, user, number);
}

static void on_message(struct run *run, const struct jabberd_stanza *s,
	unsigned user)
{
	const char *body = strstr(s->text, "<body>");
	const char *receipt = strstr(s->text, "<received");
	const char *id = receipt != NULL ? strstr(receipt, "id='i") : NULL;
	unsigned number;

	if (strcmp(s->type, "error") == 0) {
		on_error(run, s, user);
	} else if (id != NULL && sscanf(id, "id='i%u", &number) == 1 &&
		number < run->sent) {
		run->messages[number].shown++;
		settle(run, user, number);
	} else if (body != NULL && strcmp(s->type, "groupchat") == 0) {
		on_room_text(run, s, user, body + 6);
	}
}

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct run *run = ctx;
	char text[4096];
	struct jabberd_stanza copy = *stanza;
	const struct jabberd_stanza *s = &copy;
	unsigned user;

	if (sscanf(s->to, "u%u@", &user) != 1 || user >= USERS) {
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)stanza->len, stanza->text);
	copy.text = text;
	if (strcmp(s->kind, "message") == 0) {
		on_message(run, s, user);
	} else if (strcmp(s->kind, "presence") == 0 && !run->in[user] &&
		strstr(s->text, "code='110'") != NULL) {
		run->in[user] = true;
		run->joined++;
	} else if (strcmp(s->kind, "presence") == 0 && run->in[user] &&
		strstr(s->text, "code='110'") != NULL &&
		strcmp(s->type, "unavailable") == 0) {
		stray(run, "a user is out of the room", s->text);
	}
}

/* ---- what goes wrong ---- */

static void refuse(struct run *run, struct ircd_client *client,
	const char *line)
{
	size_t label = strcspn(line, " ");
	char text[200];
	int n = snprintf(text, sizeof(text), "%.*s :%s 404 %s %s :No\r\n",
		(int)label, line, RIG_NET, ircd_client_nick(client),
		strstr(line, " #") != NULL ? "#r" : "bot");

	run->refused++;
	ircd_client_raw(client, text, (size_t)n);
}

/* Each text on its way in: most pass. */
static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct run *run = ctx;
	const char *words = strchr(line, ' ');
	char copy[512];
	unsigned what;

	if (line[0] != '@' || words == NULL ||
		strncmp(words + 1, "PRIVMSG ", 8) != 0) {
		return false;
	}
	what = dice(run, 200);
	if (what < 3) { /* lost unread, unheard, or after the echo */
		run->losses[what]++;
		snprintf(copy, sizeof(copy), "%s", line);
		if (what == 1) {
			ircd_client_mute(client);
		}
		if (what > 0) {
			ircd_client_do(client, "%s", copy);
		}
		ircd_client_drop(client, NULL);
		return true;
	}
	if (what == 3) {
		refuse(run, client, line);
		return true;
	}
	return false;
}

/* ---- the traffic ---- */

static void send_one(struct run *run, unsigned user)
{
	unsigned number = run->sent++;
	struct message *m = &run->messages[number];
	unsigned kind = dice(run, 10);

	m->lines = kind == 0 ? 0 : kind < 3 ? 2 : 1;
	run->open[user]++;
	run->unheard[room_of(user)] += m->lines;
	if (m->lines == 0) {
		jabberd_sim_sendf(run->rig.jabber,
			"<message from='u%u@" RIG_DOMAIN "/pc' to='bot%%" RIG_NET
			"@" RIG_GW "' type='chat' id='i%u'><body>m%u.%u.0</body>"
			"<request xmlns='urn:xmpp:receipts'/></message>",
			user, number, user, number);
		return;
	}
	jabberd_sim_sendf(run->rig.jabber,
		"<message from='u%u@" RIG_DOMAIN "/pc' to='#r%u%%" RIG_NET
		"@" RIG_GW "' type='groupchat' id='i%u'><body>m%u.%u.0",
		user, room_of(user), number, user, number);
	if (m->lines == 2) {
		jabberd_sim_sendf(run->rig.jabber, "&#10;m%u.%u.1", user,
			number);
	}
	jabberd_sim_sendf(run->rig.jabber, "</body></message>");
}

static bool is_there(const struct run *run, unsigned user)
{
	char name[32];
	const struct ircd_client *c;

	snprintf(name, sizeof(name), "u%u", user);
	c = ircd_sim_find(run->rig.irc, name);
	snprintf(name, sizeof(name), "#r%u", room_of(user));
	return c != NULL && ircd_client_joined(c, name);
}

/* No more than the history can tell who is away. */
static bool may_talk(struct run *run, unsigned user)
{
	unsigned *unheard = &run->unheard[room_of(user)];

	if (is_there(run, user) && is_there(run, user ^ 1)) {
		*unheard = 0;
	}
	return run->open[user] < OPEN_MAX && *unheard < AWAY_MAX;
}

static void on_tick(uv_timer_t *timer)
{
	struct run *run = timer->data;

	for (unsigned i = 0; i < EACH_TICK && run->sent < run->wanted; i++) {
		unsigned user = dice(run, USERS);

		if (may_talk(run, user)) {
			send_one(run, user);
		}
	}
	if (run->sent == run->wanted) {
		uv_timer_stop(timer);
	}
}

static bool all_joined(void *ctx)
{
	return ((struct run *)ctx)->joined == USERS;
}

static bool all_settled(void *ctx)
{
	const struct run *run = ctx;

	return run->sent == run->wanted && run->settled == run->wanted;
}

/* Everybody is back: what was said meanwhile has been told. */
static bool all_back(void *ctx)
{
	const struct run *run = ctx;

	for (unsigned i = 0; i < USERS; i++) {
		if (!is_there(run, i)) {
			return false;
		}
	}
	return true;
}

static bool all_ended(void *ctx)
{
	return ((struct run *)ctx)->ends == USERS;
}

/* Behind everything that anybody was still to be told. */
static bool end(struct run *run)
{
	for (unsigned i = 0; i < ROOMS; i++) {
		ircd_client_do(run->bot, "PRIVMSG #r%u :the end", i);
	}
	return rig_until(&run->rig, all_ended, run, LIMIT_MS);
}

static void join(struct run *run)
{
	run->bot = ircd_sim_puppet(run->rig.irc, "bot");
	for (unsigned i = 0; i < ROOMS; i++) {
		ircd_client_do(run->bot, "JOIN #r%u", i);
	}
	for (unsigned i = 0; i < USERS; i++) {
		jabberd_sim_sendf(run->rig.jabber,
			"<presence from='u%u@" RIG_DOMAIN "/pc' to='#r%u%%"
			RIG_NET "@" RIG_GW "/u%u'>"
			"<x xmlns='http://jabber.org/protocol/muc'>"
			"<history maxstanzas='0'/></x></presence>",
			i, room_of(i), i);
	}
}

/* ---- the account ---- */

struct account {
	unsigned shown;
	unsigned failed;
	unsigned both;	    /* shown and failed, or either more than once */
	unsigned neither;
	unsigned doubled;   /* a line that somebody saw twice */
	unsigned missed;    /* shown, and somebody did not see all of it */
	unsigned contradicted; /* failed, and somebody saw all of it */
	unsigned first;	    /* a number that is wrong */
};

static void count(struct account *a, const struct message *m, unsigned number)
{
	unsigned lines = m->lines == 0 ? 1 : m->lines;
	unsigned faults = a->both + a->neither + a->doubled + a->missed +
		a->contradicted;

	a->shown += m->shown > 0;
	a->failed += m->failed > 0;
	a->both += m->shown + m->failed > 1;
	a->neither += m->shown + m->failed == 0;
	for (unsigned who = 0; who < WHO; who++) {
		unsigned seen = 0;
		bool asked = m->lines > 0 || who == PUPPET;

		for (unsigned i = 0; i < lines; i++) {
			seen += m->seen[who][i] > 0;
			a->doubled += m->seen[who][i] > 1;
		}
		a->missed += asked && m->shown > 0 && seen < lines;
		/* Of one-to-one talk there is no history that could tell. */
		a->contradicted +=
			m->failed > 0 && m->lines > 0 && seen == lines;
	}
	if (faults == 0 && a->both + a->neither + a->doubled + a->missed +
		a->contradicted > 0) {
		a->first = number;
	}
}

static void settle_accounts(struct run *run)
{
	struct account a = {0};
	const struct message *m;

	for (unsigned i = 0; i < run->sent; i++) {
		count(&a, &run->messages[i], i);
	}
	m = &run->messages[a.first];
	tap_note("number %u: %u lines, seen %u+%u by its sender, %u+%u by the "
		"other, %u+%u by the puppet", a.first, m->lines,
		m->seen[SENDER][0], m->seen[SENDER][1], m->seen[OTHER][0],
		m->seen[OTHER][1], m->seen[PUPPET][0], m->seen[PUPPET][1]);
	tap_note("%u sent: %u shown, %u failed; %u connections lost before a "
		"message was read, %u before its echo, %u after; %u refused",
		run->sent, a.shown, a.failed, run->losses[0], run->losses[1],
		run->losses[2], run->refused);
	tap_test(a.both == 0 && a.neither == 0,
		"each is shown once or fails once", "%u both or twice, %u "
		"neither, the first is %u: shown %u, failed %u", a.both,
		a.neither, a.first, m->shown, m->failed);
	tap_test(a.doubled == 0, "nobody sees a line twice", "%u, first %u",
		a.doubled, a.first);
	tap_test(a.missed == 0, "what is shown everybody has seen",
		"%u, first %u", a.missed, a.first);
	tap_test(a.contradicted == 0, "what failed nobody has seen whole",
		"%u, first %u", a.contradicted, a.first);
	tap_test(run->strays == 0, "nothing else was said", "%u: %s",
		run->strays, run->stray);
	tap_test(run->losses[0] > 0 && run->losses[1] > 0 &&
			 run->losses[2] > 0 && run->refused > 0 &&
			 a.failed > 0 && a.shown > a.failed,
		"each way of failing was tried", "see the note above");
}

static void run_all(struct run *run)
{
	uint64_t began = uv_hrtime();

	join(run);
	if (!tap_test(rig_until(&run->rig, all_joined, run, LIMIT_MS),
		    "all have entered", "%u of %u", run->joined, USERS)) {
		return;
	}
	uv_timer_start(&run->ticks, on_tick, 0, TICK_MS);
	tap_test(rig_until(&run->rig, all_settled, run, LIMIT_MS),
		"each message has an outcome", "%u of %u of %u", run->settled,
		run->sent, run->wanted);
	uv_timer_stop(&run->ticks);
	tap_test(rig_until(&run->rig, all_back, run, LIMIT_MS) && end(run),
		"all are back", "%u have seen the end", run->ends);
	settle_accounts(run);
	tap_note("after %.1f s, TEST_SEED=%u",
		(double)(uv_hrtime() - began) / 1e9,
		rig_number("TEST_SEED", 1));
}

int main(void)
{
	static struct run run;
	struct rig_config config = {.name = "once",
		.caps = "batch echo-message labeled-response message-tags "
			"server-time",
		.history = HISTORY,
		.reconnect_ms = 200,
		.receipts = true,
		.on_stanza = on_stanza,
		.on_puppet = on_puppet,
		.on_line = on_line,
		.ctx = &run};

	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	run.seed = rig_number("TEST_SEED", 1);
	run.wanted = rig_number("ISTHMUS_MESSAGES", 10000);
	run.messages = mem_zero(run.wanted * sizeof(*run.messages));
	if (tap_test(rig_open(&run.rig, &config), "the gateway comes up",
		    "see the notes above")) {
		uv_timer_init(&run.rig.loop, &run.ticks);
		run.ticks.data = &run;
		run_all(&run);
		uv_close((uv_handle_t *)&run.ticks, NULL);
		rig_stop(&run.rig);
	}
	rig_close(&run.rig);
	free(run.messages);
	return tap_finish();
}
