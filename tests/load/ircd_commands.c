/* SPDX-License-Identifier: MIT */
#include "tests/load/ircd_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct cap_row {
	const char *name;
	unsigned bit;
} cap_rows[] = {
	{"batch", CAP_BATCH},
	{"echo-message", CAP_ECHO},
	{"labeled-response", CAP_LABEL},
	{"message-tags", CAP_TAGS},
	{"server-time", CAP_TIME},
};

/* Is the name one word of the list? */
static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *p = list;

	while ((p = strstr(p, name)) != NULL) {
		if ((p == list || p[-1] == ' ') &&
			(p[len] == '\0' || p[len] == ' ')) {
			return true;
		}
		p += len;
	}
	return false;
}

static void welcome(struct ircd_client *client)
{
	struct ircd_sim *sim = client->sim;

	if (client->registered || client->negotiating ||
		client->nick[0] == '\0' || client->user[0] == '\0') {
		return;
	}
	client->registered = true;
	sim->stats.registered++;
	sim->stats.unregistered_now--;
	ircd_numeric(client, 1, ":Welcome %s!%s@%s", client->nick, client->user,
		client->host);
	ircd_numeric(
		client, 2, ":Your host is %s, running ircd_sim", sim->name);
	ircd_numeric(client, 3, ":This server was created for a test");
	ircd_numeric(client, 4, "%s ircd_sim-1 iow bklimnotv", sim->name);
	ircd_numeric(client, 5,
		"CASEMAPPING=rfc1459 CHANTYPES=#& PREFIX=(ov)@+ "
		"CHANMODES=b,k,l,imnt NICKLEN=%d CHANNELLEN=%d TOPICLEN=%d "
		"MODES=4 NETWORK=Simnet :are supported by this server",
		IRCD_NICK_MAX, IRCD_CHAN_MAX, IRCD_TOPIC_MAX);
	ircd_numeric(client, 422, ":MOTD File is missing");
	if (sim->config.on_registered != NULL) {
		sim->config.on_registered(sim->config.ctx, client);
	}
}

/* CAP REQ is all or nothing. */
static void cap_request(struct ircd_client *client, const char *wanted)
{
	char names[512];
	char *save = NULL;
	unsigned caps = client->caps;
	bool known = true;

	snprintf(names, sizeof(names), "%s", wanted);
	for (char *name = strtok_r(names, " ", &save); name != NULL;
		name = strtok_r(NULL, " ", &save)) {
		bool off = name[0] == '-';
		unsigned bit = 0;

		for (size_t i = 0; i < sizeof(cap_rows) / sizeof(cap_rows[0]);
			i++) {
			if (strcmp(cap_rows[i].name, name + off) == 0) {
				bit = cap_rows[i].bit;
			}
		}
		known = known && listed(client->sim->caps, name + off);
		caps = off ? caps & ~bit : caps | bit;
	}
	client->caps = known ? caps : client->caps;
	ircd_send(client, ":%s CAP %s %s :%s", client->sim->name,
		client->nick[0] == '\0' ? "*" : client->nick,
		known ? "ACK" : "NAK", wanted);
}

static void do_cap(struct ircd_client *client, const struct ircd_line *line)
{
	const char *what = line->param[0];

	if (client->sim->caps == NULL) {
		ircd_numeric(client, 421, "CAP :Unknown command");
		return;
	}
	if (strcasecmp(what, "LS") == 0) {
		client->negotiating = !client->registered;
		ircd_send(client, ":%s CAP %s LS :%s", client->sim->name,
			client->nick[0] == '\0' ? "*" : client->nick,
			client->sim->caps);
	} else if (strcasecmp(what, "REQ") == 0) {
		client->negotiating = !client->registered;
		cap_request(client, line->params > 1 ? line->param[1] : "");
	} else if (strcasecmp(what, "END") == 0) {
		client->negotiating = false;
		welcome(client);
	}
}

static void do_nick(struct ircd_client *client, const struct ircd_line *line)
{
	const char *nick = line->param[0];
	struct ircd_client before = {.sim = client->sim};
	char text[64];

	if (nick[0] == '\0' || strlen(nick) > IRCD_NICK_MAX ||
		strchr("0123456789-#&:", nick[0]) != NULL) {
		ircd_numeric(client, 432, "%.60s :Erroneous nickname", nick);
		return;
	}
	memcpy(before.nick, client->nick, sizeof(before.nick));
	memcpy(before.user, client->user, sizeof(before.user));
	memcpy(before.host, client->host, sizeof(before.host));
	if (!ircd_set_nick(client, nick)) {
		ircd_numeric(
			client, 433, "%s :Nickname is already in use", nick);
		return;
	}
	if (!client->registered) {
		welcome(client);
		return;
	}
	snprintf(text, sizeof(text), "NICK :%s", client->nick);
	ircd_relay(client, &before, text);
	ircd_relay_peers(client, &before, text);
}

static void do_user(struct ircd_client *client, const struct ircd_line *line)
{
	if (client->registered) {
		ircd_numeric(client, 462, ":You may not reregister");
		return;
	}
	snprintf(client->user, sizeof(client->user), "~%.13s", line->param[0]);
	snprintf(client->real, sizeof(client->real), "%s", line->param[3]);
	welcome(client);
}

static void do_ping(struct ircd_client *client, const struct ircd_line *line)
{
	ircd_send(client, ":%s PONG %s :%s", client->sim->name,
		client->sim->name, line->param[0]);
}

static void do_quit(struct ircd_client *client, const struct ircd_line *line)
{
	ircd_quit(client, line->params > 0 ? line->param[0] : "Client quit",
		true);
}

static void do_nothing(struct ircd_client *client, const struct ircd_line *line)
{
	(void)client;
	(void)line;
}

static void send_who(struct ircd_client *client, const char *channel,
	const struct ircd_client *who, const char *flags)
{
	ircd_numeric(client, 352, "%s %s %s %s %s H%s :0 %s", channel,
		who->user, who->host, client->sim->name, who->nick, flags,
		who->real);
}

static void do_who(struct ircd_client *client, const struct ircd_line *line)
{
	const char *mask = line->param[0];
	const struct ircd_channel *channel =
		ircd_channel_find(client->sim, mask);
	const struct ircd_client *who = ircd_sim_find(client->sim, mask);

	for (size_t i = 0; channel != NULL && i < channel->count; i++) {
		const struct ircd_member *m = &channel->members[i];

		send_who(client, channel->name, m->client,
			m->op	   ? "@"
			: m->voice ? "+"
				   : "");
	}
	if (channel == NULL && who != NULL) {
		send_who(client, "*", who, "");
	}
	ircd_numeric(client, 315, "%.64s :End of WHO list", mask);
}

static void do_whois(struct ircd_client *client, const struct ircd_line *line)
{
	const char *nick = line->param[line->params - 1];
	const struct ircd_client *who = ircd_sim_find(client->sim, nick);

	if (who == NULL) {
		ircd_numeric(client, 401, "%.30s :No such nick", nick);
	} else {
		ircd_numeric(client, 311, "%s %s %s * :%s", who->nick,
			who->user, who->host, who->real);
		ircd_numeric(client, 312, "%s %s :simulated", who->nick,
			client->sim->name);
	}
	ircd_numeric(client, 318, "%.30s :End of WHOIS list", nick);
}

static void do_userhost(
	struct ircd_client *client, const struct ircd_line *line)
{
	const struct ircd_client *who =
		ircd_sim_find(client->sim, line->param[0]);

	if (who == NULL) {
		ircd_numeric(client, 302, ":");
	} else {
		ircd_numeric(client, 302, ":%s=+%s@%s", who->nick, who->user,
			who->host);
	}
}

static void do_ison(struct ircd_client *client, const struct ircd_line *line)
{
	char list[400] = "";
	size_t n = 0;

	for (unsigned i = 0; i < line->params && n < 300; i++) {
		const struct ircd_client *who =
			ircd_sim_find(client->sim, line->param[i]);

		if (who != NULL) {
			n += (size_t)snprintf(
				list + n, sizeof(list) - n, "%s ", who->nick);
		}
	}
	ircd_numeric(client, 303, ":%s", list);
}

static void do_away(struct ircd_client *client, const struct ircd_line *line)
{
	bool away = line->params > 0 && line->param[0][0] != '\0';

	ircd_numeric(client, away ? 306 : 305, ":You are %s away",
		away ? "marked as being" : "no longer");
}

static void do_list(struct ircd_client *client, const struct ircd_line *line)
{
	const struct ircd_channel *channel =
		line->params == 0
			? NULL
			: ircd_channel_find(client->sim, line->param[0]);

	if (channel != NULL) {
		ircd_numeric(client, 322, "%s %zu :%s", channel->name,
			channel->count, channel->topic);
	}
	ircd_numeric(client, 323, ":End of LIST");
}

static const struct command_row {
	const char *name;
	unsigned params;
	bool early; /* allowed before registration is over */
	void (*fn)(struct ircd_client *client, const struct ircd_line *line);
} command_rows[] = {
	{"AWAY", 0, false, do_away},
	{"CAP", 1, true, do_cap},
	{"ISON", 1, false, do_ison},
	{"JOIN", 1, false, ircd_do_join},
	{"KICK", 2, false, ircd_do_kick},
	{"LIST", 0, false, do_list},
	{"MODE", 1, false, ircd_do_mode},
	{"NAMES", 1, false, ircd_do_names},
	{"NICK", 1, true, do_nick},
	{"NOTICE", 2, true, ircd_do_notice},
	{"PART", 1, false, ircd_do_part},
	{"PASS", 1, true, do_nothing},
	{"PING", 1, true, do_ping},
	{"PONG", 1, true, do_nothing},
	{"PRIVMSG", 2, false, ircd_do_privmsg},
	{"QUIT", 0, true, do_quit},
	{"TOPIC", 1, false, ircd_do_topic},
	{"USER", 4, true, do_user},
	{"USERHOST", 1, false, do_userhost},
	{"WHO", 1, false, do_who},
	{"WHOIS", 1, false, do_whois},
};

static bool split_line(char *text, struct ircd_line *line)
{
	char *p = text;

	memset(line, 0, sizeof(*line));
	line->tags = "";
	p += strspn(p, " ");
	if (*p == '@') {
		line->tags = p + 1;
		p += strcspn(p, " ");
		if (*p != '\0') {
			*p++ = '\0';
		}
		p += strspn(p, " ");
	}
	if (*p == ':') {
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	line->command = p;
	p += strcspn(p, " ");
	while (*p != '\0' && line->params < IRCD_PARAMS) {
		*p++ = '\0';
		p += strspn(p, " ");
		if (*p == '\0') {
			break;
		}
		if (*p == ':') {
			line->param[line->params++] = p + 1;
			break;
		}
		line->param[line->params++] = p;
		p += strcspn(p, " ");
	}
	return line->command[0] != '\0';
}

/* The label that the answer is to have. */
static void take_label(struct ircd_client *client, const struct ircd_line *line)
{
	const char *at = strstr(line->tags, "label=");
	size_t len = at == NULL ? 0 : strcspn(at + 6, ";");

	client->label[0] = '\0';
	if (at != NULL && (at == line->tags || at[-1] == ';') && len > 0 &&
		len < IRCD_LABEL_MAX && (client->caps & CAP_LABEL) != 0) {
		memcpy(client->label, at + 6, len);
		client->label[len] = '\0';
	}
}

static void run_command(struct ircd_client *client, const struct ircd_line *line)
{
	for (size_t i = 0; i < sizeof(command_rows) / sizeof(command_rows[0]);
		i++) {
		const struct command_row *row = &command_rows[i];

		if (strcasecmp(row->name, line->command) != 0) {
			continue;
		}
		if (line->params < row->params) {
			ircd_numeric(client, 461, "%s :Not enough parameters",
				row->name);
		} else if (!client->registered && !row->early) {
			ircd_numeric(client, 451, ":You have not registered");
		} else {
			row->fn(client, line);
		}
		return;
	}
	ircd_numeric(client, 421, "%.30s :Unknown command", line->command);
}

void ircd_command(struct ircd_client *client, char *text)
{
	struct ircd_line line;

	if (!split_line(text, &line)) {
		return;
	}
	take_label(client, &line);
	run_command(client, &line);
	if (client->label[0] != '\0') {
		ircd_send(client, ":%s ACK", client->sim->name);
	}
}
