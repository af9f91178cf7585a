/* SPDX-License-Identifier: MIT */
#include "tests/load/ircd_inside.h"

#include <stdio.h>
#include <string.h>

#include "tests/load/mem.h"

static const char channel_modes[] = "+nt";

static void send_names(struct ircd_client *client, const char *name,
	const struct ircd_channel *channel)
{
	char list[400];
	size_t n = 0;

	for (size_t i = 0; channel != NULL && i < channel->count; i++) {
		const struct ircd_member *m = &channel->members[i];

		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s%s",
			n > 0 ? " " : "",
			m->op	   ? "@"
			: m->voice ? "+"
				   : "",
			m->client->nick);
		if (n + IRCD_NICK_MAX + 4 > sizeof(list) ||
			i + 1 == channel->count) {
			ircd_numeric(
				client, 353, "= %s :%s", channel->name, list);
			n = 0;
		}
	}
	ircd_numeric(client, 366, "%s :End of NAMES list", name);
}

static void send_topic(
	struct ircd_client *client, const struct ircd_channel *channel)
{
	if (channel->topic[0] == '\0') {
		return;
	}
	ircd_numeric(client, 332, "%s :%s", channel->name, channel->topic);
	ircd_numeric(client, 333, "%s %s 1700000000", channel->name,
		channel->topic_by);
}

static void relay_all(const struct ircd_channel *channel,
	const struct ircd_client *source, const struct ircd_client *but,
	const char *text)
{
	for (size_t i = 0; i < channel->count; i++) {
		if (channel->members[i].client != but) {
			ircd_relay(channel->members[i].client, source, text);
		}
	}
}

/* ---- what was said ---- */

static void keep_past(struct ircd_channel *channel,
	const struct ircd_client *source, const char *text)
{
	size_t most = source->sim->config.history;
	struct ircd_past *past;

	if (most == 0) {
		return;
	}
	if (channel->past == NULL) {
		channel->past = mem_zero(most * sizeof(*channel->past));
	}
	past = &channel->past[channel->said++ % most];
	ircd_stamp(source->sim, past->tags);
	snprintf(past->line, sizeof(past->line), ":%s!%s@%s %.400s",
		source->nick, source->user, source->host, text);
}

/* A whole line beside the limits of ircd_send(): it has tags. */
static void send_past(struct ircd_client *client, const struct ircd_past *past)
{
	char line[IRCD_TAGS_MAX + IRCD_TEXT_MAX + 160];
	int n = snprintf(line, sizeof(line), "@batch=h;%s %s\r\n", past->tags,
		past->line);

	ircd_client_raw(client, line, (size_t)n);
}

static void send_history(
	struct ircd_client *client, const struct ircd_channel *channel)
{
	size_t most = client->sim->config.history;
	size_t i = channel->said > most ? channel->said - most : 0;

	if (channel->said == 0 || (client->caps & CAP_BATCH) == 0) {
		return;
	}
	ircd_send(client, ":%s BATCH +h chathistory %s", client->sim->name,
		channel->name);
	for (; i < channel->said; i++) {
		send_past(client, &channel->past[i % most]);
	}
	ircd_send(client, ":%s BATCH -h", client->sim->name);
}

static void join_one(struct ircd_client *client, const char *name)
{
	struct ircd_channel *channel;
	char text[IRCD_CHAN_MAX + 16];

	if (strchr("#&", name[0]) == NULL || strlen(name) > IRCD_CHAN_MAX) {
		ircd_numeric(client, 403, "%.64s :No such channel", name);
		return;
	}
	channel = ircd_channel_find(client->sim, name);
	if (channel == NULL) {
		channel = ircd_channel_create(client->sim, name);
	}
	if (ircd_member_find(channel, client) != NULL) {
		return;
	}
	ircd_member_add(channel, client);
	snprintf(text, sizeof(text), "JOIN %s", channel->name);
	relay_all(channel, client, NULL, text);
	send_topic(client, channel);
	send_names(client, channel->name, channel);
	send_history(client, channel);
}

/* Each part of "a,b,c". */
static void for_each(struct ircd_client *client, const char *list,
	void (*fn)(struct ircd_client *client, const char *name))
{
	char names[IRCD_TEXT_MAX];
	char *save = NULL;

	snprintf(names, sizeof(names), "%s", list);
	for (char *name = strtok_r(names, ",", &save); name != NULL;
		name = strtok_r(NULL, ",", &save)) {
		fn(client, name);
	}
}

void ircd_do_join(struct ircd_client *client, const struct ircd_line *line)
{
	for_each(client, line->param[0], join_one);
}

/* The channel, when the client is in it; otherwise it is told so. */
static struct ircd_channel *own_channel(
	struct ircd_client *client, const char *name)
{
	struct ircd_channel *channel = ircd_channel_find(client->sim, name);

	if (channel == NULL) {
		ircd_numeric(client, 403, "%.64s :No such channel", name);
		return NULL;
	}
	if (ircd_member_find(channel, client) == NULL) {
		ircd_numeric(
			client, 442, "%s :You're not on that channel", name);
		return NULL;
	}
	return channel;
}

void ircd_do_part(struct ircd_client *client, const struct ircd_line *line)
{
	char names[IRCD_TEXT_MAX];
	char text[IRCD_TEXT_MAX];
	char *save = NULL;

	snprintf(names, sizeof(names), "%s", line->param[0]);
	for (char *name = strtok_r(names, ",", &save); name != NULL;
		name = strtok_r(NULL, ",", &save)) {
		struct ircd_channel *channel = own_channel(client, name);

		if (channel == NULL) {
			continue;
		}
		snprintf(text, sizeof(text), "PART %s :%.300s", channel->name,
			line->params > 1 ? line->param[1] : "");
		relay_all(channel, client, NULL, text);
		ircd_member_remove(channel, client);
	}
}

void ircd_do_names(struct ircd_client *client, const struct ircd_line *line)
{
	send_names(client, line->param[0],
		ircd_channel_find(client->sim, line->param[0]));
}

void ircd_do_topic(struct ircd_client *client, const struct ircd_line *line)
{
	struct ircd_channel *channel = own_channel(client, line->param[0]);
	char text[IRCD_TEXT_MAX];

	if (channel == NULL) {
		return;
	}
	if (line->params < 2) {
		send_topic(client, channel);
		return;
	}
	snprintf(channel->topic, sizeof(channel->topic), "%s", line->param[1]);
	snprintf(channel->topic_by, sizeof(channel->topic_by), "%s",
		client->nick);
	snprintf(text, sizeof(text), "TOPIC %s :%s", channel->name,
		channel->topic);
	relay_all(channel, client, NULL, text);
}

void ircd_do_kick(struct ircd_client *client, const struct ircd_line *line)
{
	struct ircd_channel *channel = own_channel(client, line->param[0]);
	struct ircd_client *victim;
	char text[IRCD_TEXT_MAX];

	if (channel == NULL) {
		return;
	}
	victim = ircd_sim_find(client->sim, line->param[1]);
	if (victim == NULL || ircd_member_find(channel, victim) == NULL) {
		ircd_numeric(client, 441,
			"%.30s %s :They aren't on that channel", line->param[1],
			channel->name);
	} else if (!ircd_member_find(channel, client)->op) {
		ircd_numeric(client, 482, "%s :You're not channel operator",
			channel->name);
	} else {
		snprintf(text, sizeof(text), "KICK %s %s :%.300s",
			channel->name, victim->nick,
			line->params > 2 ? line->param[2] : client->nick);
		relay_all(channel, client, NULL, text);
		ircd_member_remove(channel, victim);
	}
}

/* o and v are kept, everything else is only passed on. */
static void apply_modes(
	struct ircd_channel *channel, const struct ircd_line *line)
{
	bool on = true;
	unsigned next = 2;

	for (const char *m = line->param[1]; *m != '\0'; m++) {
		struct ircd_client *target;
		struct ircd_member *member;

		if (*m == '+' || *m == '-') {
			on = *m == '+';
			continue;
		}
		if (strchr("ovbkl", *m) == NULL || next >= line->params) {
			continue;
		}
		target = ircd_sim_find(
			channel->members[0].client->sim, line->param[next++]);
		member = target == NULL ? NULL
					: ircd_member_find(channel, target);
		if (member != NULL && *m == 'o') {
			member->op = on;
		} else if (member != NULL && *m == 'v') {
			member->voice = on;
		}
	}
}

static void channel_mode(
	struct ircd_client *client, const struct ircd_line *line)
{
	struct ircd_channel *channel =
		ircd_channel_find(client->sim, line->param[0]);
	const struct ircd_member *self;
	char text[IRCD_TEXT_MAX];
	int n;

	if (channel == NULL) {
		ircd_numeric(
			client, 403, "%.64s :No such channel", line->param[0]);
		return;
	}
	if (line->params < 2) {
		ircd_numeric(
			client, 324, "%s %s", channel->name, channel_modes);
		ircd_numeric(client, 329, "%s 1700000000", channel->name);
		return;
	}
	if (line->params == 2 &&
		strspn(line->param[1], "+b") == strlen(line->param[1])) {
		ircd_numeric(client, 368, "%s :End of channel ban list",
			channel->name);
		return;
	}
	self = ircd_member_find(channel, client);
	if (self == NULL || !self->op) {
		ircd_numeric(client, 482, "%s :You're not channel operator",
			channel->name);
		return;
	}
	n = snprintf(text, sizeof(text), "MODE %s", channel->name);
	for (unsigned i = 1; i < line->params; i++) {
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %.60s",
			line->param[i]);
		if (n > IRCD_TEXT_MAX - 80) {
			break;
		}
	}
	apply_modes(channel, line);
	relay_all(channel, client, NULL, text);
}

void ircd_do_mode(struct ircd_client *client, const struct ircd_line *line)
{
	char text[64];

	if (strchr("#&", line->param[0][0]) != NULL) {
		channel_mode(client, line);
	} else if (line->params < 2) {
		ircd_numeric(client, 221, "+i");
	} else {
		snprintf(text, sizeof(text), "MODE %s :%.20s", client->nick,
			line->param[1]);
		ircd_relay(client, client, text);
	}
}

/* PRIVMSG and NOTICE; NOTICE causes no error replies (RFC 1459 4.4.2). */
static void talk(struct ircd_client *client, const struct ircd_line *line,
	const char *command)
{
	struct ircd_channel *channel;
	struct ircd_client *who;
	char text[IRCD_TEXT_MAX];
	bool errors = command[0] == 'P';

	snprintf(text, sizeof(text), "%s %.64s :%s", command, line->param[0],
		line->param[1]);
	client->sim->msgid++;
	channel = ircd_channel_find(client->sim, line->param[0]);
	who = ircd_sim_find(client->sim, line->param[0]);
	if (channel != NULL && ircd_member_find(channel, client) == NULL) {
		if (errors) {
			ircd_numeric(client, 404, "%s :Cannot send to channel",
				channel->name);
		}
		return;
	}
	if (channel != NULL) {
		keep_past(channel, client, text);
		relay_all(channel, client, client, text);
	} else if (who != NULL) {
		ircd_relay(who, client, text);
	} else if (errors) {
		ircd_numeric(client, 401, "%.64s :No such nick or channel",
			line->param[0]);
		return;
	}
	if ((client->caps & CAP_ECHO) != 0) {
		ircd_relay(client, client, text);
	}
}

void ircd_do_privmsg(struct ircd_client *client, const struct ircd_line *line)
{
	talk(client, line, "PRIVMSG");
}

void ircd_do_notice(struct ircd_client *client, const struct ircd_line *line)
{
	talk(client, line, "NOTICE");
}
