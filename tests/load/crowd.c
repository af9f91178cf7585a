/* SPDX-License-Identifier: MIT */
#include "tests/load/crowd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/mem.h"
#include "tests/load/tap.h"
#include "tests/load/xscan.h"

#define PADDING_MAX 300

static const char *const way_names[] = {"down", "up", "back"};

void crowd_init(struct crowd *crowd, struct rig *rig, const char *prefix,
	unsigned count)
{
	char bot[16];

	memset(crowd, 0, sizeof(*crowd));
	crowd->rig = rig;
	crowd->count = count;
	crowd->users = mem_zero(count * sizeof(*crowd->users));
	snprintf(crowd->prefix, sizeof(crowd->prefix), "%s", prefix);
	snprintf(bot, sizeof(bot), "%sbot", prefix);
	crowd->bot = ircd_sim_puppet(rig->irc, bot);
	for (unsigned i = 0; i < count; i++) {
		ircd_client_do(crowd->bot, "JOIN #%s%u", prefix, i);
	}
}

void crowd_finish(struct crowd *crowd)
{
	for (int i = 0; i < 3; i++) {
		samples_finish(&crowd->way[i].delay);
		samples_finish(&crowd->way[i].work);
	}
	free(crowd->users);
	crowd->users = NULL;
}

void crowd_join_one(struct crowd *crowd, unsigned user)
{
	const char *prefix = crowd->prefix;

	jabberd_sim_sendf(crowd->rig->jabber,
		"<presence from='%s%u@" RIG_DOMAIN "/pc' id='join-%s%u' "
		"to='#%s%u%%" RIG_NET "@" RIG_GW "/%s%u'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		prefix, user, prefix, user, prefix, user, prefix, user);
}

void crowd_join(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++) {
		crowd_join_one(crowd, i);
	}
}

static void count_sent(
	struct crowd *crowd, unsigned user, enum crowd_direction way)
{
	crowd->way[way].sent++;
	crowd->users[user].sent[way]++;
}

void crowd_down(struct crowd *crowd, unsigned user)
{
	char padding[PADDING_MAX + 2] = "";
	uint32_t number = crowd->users[user].sent[CROWD_DOWN];

	if (crowd->padding > 0) {
		size_t n = crowd->padding > PADDING_MAX ? PADDING_MAX
							: crowd->padding;

		memset(padding, 'x', n);
		padding[0] = ' ';
	}
	count_sent(crowd, user, CROWD_DOWN);
	ircd_client_do(crowd->bot, "PRIVMSG #%s%u :down %u %u %" PRIu64 " %" PRIu64 "%s",
		crowd->prefix, user, user, number, uv_hrtime(),
		rig_cpu_ns(crowd->rig), padding);
}

void crowd_up(struct crowd *crowd, unsigned user)
{
	const char *prefix = crowd->prefix;
	uint32_t number = crowd->users[user].sent[CROWD_UP];

	count_sent(crowd, user, CROWD_UP);
	count_sent(crowd, user, CROWD_BACK);
	jabberd_sim_sendf(crowd->rig->jabber,
		"<message type='groupchat' from='%s%u@" RIG_DOMAIN "/pc' "
		"to='#%s%u%%" RIG_NET "@" RIG_GW "' id='up-%s%u-%u'>"
		"<body>up %u %u %" PRIu64 " %" PRIu64 "</body></message>",
		prefix, user, prefix, user, prefix, user, number, user, number,
		uv_hrtime(), rig_cpu_ns(crowd->rig));
}

void crowd_talk(struct crowd *crowd, unsigned user)
{
	const struct crowd_user *u = &crowd->users[user];

	for (int i = 0; i < 3; i++) {
		if (u->sent[i] - u->next[i] >= CROWD_OPEN) {
			return;
		}
	}
	crowd_down(crowd, user);
	crowd_up(crowd, user);
}

struct ircd_client *crowd_client(const struct crowd *crowd, unsigned user)
{
	char nick[32];

	snprintf(nick, sizeof(nick), "%s%u", crowd->prefix, user);
	return ircd_sim_find(crowd->rig->irc, nick);
}

/* Number of the user of an address "<prefix>N@...", or -1. */
static int user_number(const struct crowd *crowd, const char *jid)
{
	size_t n = strlen(crowd->prefix);
	char *end;
	unsigned long user;

	if (strncmp(jid, crowd->prefix, n) != 0 || jid[n] < '0' ||
		jid[n] > '9') {
		return -1;
	}
	user = strtoul(jid + n, &end, 10);
	return *end == '@' && user < crowd->count ? (int)user : -1;
}

/* Books the line "<word> user number time work". */
static void take_number(struct crowd *crowd, enum crowd_direction way,
	unsigned user, const char *text)
{
	struct crowd_way *w = &crowd->way[way];
	uint32_t *next = &crowd->users[user].next[way];
	unsigned named = 0;
	uint32_t number = 0;
	uint64_t at = 0;
	uint64_t spent = 0;
	uint64_t delay;
	uint64_t work;

	if (sscanf(text, "%*s %u %" SCNu32 " %" SCNu64 " %" SCNu64, &named,
		    &number, &at, &spent) != 4 ||
		named != user) {
		w->disorder++;
		return;
	}
	if (number < *next) {
		w->disorder++;
		return;
	}
	w->lost += number - *next;
	crowd->users[user].lost += way == CROWD_DOWN ? number - *next : 0;
	*next = number + 1;
	w->seen++;
	delay = uv_hrtime() - at;
	work = rig_cpu_ns(crowd->rig) - spent;
	samples_add(&w->delay, delay);
	samples_add(&w->work, work < delay ? work : delay);
}

static void take_error(struct crowd *crowd, const struct jabberd_stanza *stanza)
{
	if (crowd->errors++ == 0) {
		snprintf(crowd->first_error, sizeof(crowd->first_error), "%.*s",
			(int)stanza->len, stanza->text);
	}
}

static void take_presence(
	struct crowd *crowd, unsigned user, const struct jabberd_stanza *stanza)
{
	struct crowd_user *u = &crowd->users[user];
	bool self = xscan_has(stanza->text, stanza->len, "code", "110");

	if (!self) {
		return;
	}
	if (stanza->type[0] == '\0' && !u->joined) {
		u->joined = true;
		crowd->joined++;
	} else if (strcmp(stanza->type, "unavailable") == 0 && u->joined) {
		u->joined = false;
		crowd->joined--;
	}
}

static void take_message(
	struct crowd *crowd, unsigned user, const struct jabberd_stanza *stanza)
{
	char body[1024];
	char id[48];

	xscan_text(stanza->text, stanza->len, "body", body, sizeof(body));
	if (strncmp(body, "down ", 5) == 0) {
		take_number(crowd, CROWD_DOWN, user, body);
	} else if (strncmp(body, "up ", 3) == 0) {
		snprintf(id, sizeof(id), "up-%s%u-%u", crowd->prefix, user,
			crowd->users[user].next[CROWD_BACK]);
		if (strcmp(id, stanza->id) != 0 &&
			crowd->first_error[0] == '\0') {
			snprintf(crowd->first_error, sizeof(crowd->first_error),
				"a reflection with id %.60s, expected %s",
				stanza->id, id);
		}
		take_number(crowd, CROWD_BACK, user,
			strcmp(id, stanza->id) == 0 ? body : "");
	} else if (strchr(stanza->from, '/') == NULL && body[0] != '\0') {
		crowd->users[user].notes++;
	}
}

bool crowd_stanza(struct crowd *crowd, const struct jabberd_stanza *stanza)
{
	int user = user_number(crowd, stanza->to);

	if (user < 0) {
		return false;
	}
	if (strcmp(stanza->type, "error") == 0) {
		take_error(crowd, stanza);
	} else if (strcmp(stanza->kind, "presence") == 0) {
		take_presence(crowd, (unsigned)user, stanza);
	} else if (strcmp(stanza->kind, "message") == 0) {
		take_message(crowd, (unsigned)user, stanza);
	}
	return true;
}

bool crowd_puppet(
	struct crowd *crowd, const struct ircd_client *puppet, const char *line)
{
	const char *text = strstr(line, " :up ");
	unsigned user;

	if (puppet != crowd->bot) {
		return false;
	}
	if (strstr(line, " PRIVMSG ") == NULL || text == NULL) {
		return true;
	}
	user = (unsigned)strtoul(text + 5, NULL, 10);
	if (user < crowd->count) {
		take_number(crowd, CROWD_UP, user, text + 2);
	}
	return true;
}

void crowd_on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	crowd_stanza(ctx, stanza);
}

void crowd_on_puppet(
	void *ctx, struct ircd_client *puppet, const char *line, size_t len)
{
	(void)len;
	crowd_puppet(ctx, puppet, line);
}

bool crowd_all_joined(void *ctx)
{
	const struct crowd *crowd = ctx;

	return crowd->joined == crowd->count;
}

bool crowd_all_seen(void *ctx)
{
	const struct crowd *crowd = ctx;

	for (int i = 0; i < 3; i++) {
		const struct crowd_way *w = &crowd->way[i];

		if (w->seen + w->lost + w->disorder < w->sent) {
			return false;
		}
	}
	return true;
}

void crowd_reset(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++) {
		memcpy(crowd->users[i].next, crowd->users[i].sent,
			sizeof(crowd->users[i].next));
	}
	for (int i = 0; i < 3; i++) {
		struct crowd_way *w = &crowd->way[i];

		samples_clear(&w->delay);
		samples_clear(&w->work);
		w->sent = w->seen = w->lost = w->disorder = 0;
	}
	crowd->errors = 0;
	crowd->first_error[0] = '\0';
}

uint64_t crowd_missing(const struct crowd *crowd)
{
	uint64_t missing = 0;

	for (int i = 0; i < 3; i++) {
		const struct crowd_way *w = &crowd->way[i];

		missing += w->sent > w->seen ? w->sent - w->seen : 0;
		missing += w->disorder;
	}
	return missing;
}

double crowd_report(struct crowd *crowd, const char *what)
{
	double worst = 0;

	for (int i = 0; i < 3; i++) {
		struct crowd_way *w = &crowd->way[i];
		double p99 = samples_ms(&w->work, 99);

		if (w->sent == 0) {
			continue;
		}
		tap_note("%s, %s: %" PRIu64 "/%" PRIu64
			 " lines, p50 %.2f p99 %.2f max %.2f ms; work p99 %.2f "
			 "ms",
			what, way_names[i], w->seen, w->sent,
			samples_ms(&w->delay, 50), samples_ms(&w->delay, 99),
			samples_ms(&w->delay, 100), p99);
		if (i != CROWD_BACK && p99 > worst) {
			worst = p99;
		}
	}
	return worst;
}

double crowd_delay(struct crowd *crowd)
{
	double down = samples_ms(&crowd->way[CROWD_DOWN].delay, 99);
	double up = samples_ms(&crowd->way[CROWD_UP].delay, 99);

	return down > up ? down : up;
}
