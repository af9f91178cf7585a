/* SPDX-License-Identifier: MIT */
#include "tests/load/ircd_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* Lines to clients: labels, tags, and where the text of one is cut. */

static void send_line(struct ircd_client *to, const char *text, size_t len)
{
	struct ircd_sim *sim = to->sim;

	if (to->dead || to->mute) {
		return;
	}
	sim->stats.lines_out++;
	if (!to->puppet) {
		outq_add(&to->out, text, len);
		return;
	}
	if (sim->config.on_puppet != NULL) {
		char line[IRCD_IN_MAX];

		memcpy(line, text, len - 2);
		line[len - 2] = '\0';
		sim->config.on_puppet(sim->config.ctx, to, line, len - 2);
	}
}

/* The first line of the answer to a labelled command. */
static void send_label(struct ircd_client *to, const char *text, size_t len)
{
	char line[IRCD_TAGS_MAX + IRCD_LABEL_MAX + IRCD_TEXT_MAX + 8];
	bool tagged = text[0] == '@';
	int n = snprintf(line, sizeof(line), "@label=%s%c", to->label,
		tagged ? ';' : ' ');

	to->label[0] = '\0';
	memcpy(line + n, text + tagged, len - tagged);
	send_line(to, line, (size_t)n + len - tagged);
}

/* Cuts at the limit of IRC and ends the line. */
static void finish_line(struct ircd_client *to, char *text, size_t tags, int n)
{
	size_t len = n < 0 ? 0 : (size_t)n;

	if (len > tags + IRCD_TEXT_MAX - 2) {
		len = tags + IRCD_TEXT_MAX - 2;
	}
	memcpy(text + len, "\r\n", 2);
	if (to->label[0] != '\0') {
		send_label(to, text, len + 2);
	} else {
		send_line(to, text, len + 2);
	}
}

void ircd_send(struct ircd_client *to, const char *text, ...)
{
	char line[IRCD_TEXT_MAX + 2];
	va_list args;
	int n;

	va_start(args, text);
	n = vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	finish_line(to, line, 0, n);
}

void ircd_numeric(struct ircd_client *to, int number, const char *text, ...)
{
	char line[IRCD_TEXT_MAX + 2];
	va_list args;
	int n;

	n = snprintf(line, sizeof(line), ":%s %03d %s ", to->sim->name, number,
		to->nick[0] == '\0' ? "*" : to->nick);
	va_start(args, text);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n, text, args);
	va_end(args);
	finish_line(to, line, 0, n);
}

static size_t put_id(const struct ircd_sim *sim, char *out, size_t size)
{
	return (size_t)snprintf(out, size, "msgid=sim%llu",
		(unsigned long long)sim->msgid);
}

static size_t put_time(char *out, size_t size)
{
	struct timeval now;
	struct tm utc;
	char stamp[32];

	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	return (size_t)snprintf(out, size, "time=%s.%03dZ", stamp,
		(int)(now.tv_usec / 1000));
}

void ircd_stamp(const struct ircd_sim *sim, char tags[IRCD_TAGS_MAX])
{
	size_t n = put_id(sim, tags, IRCD_TAGS_MAX);

	tags[n++] = ';';
	put_time(tags + n, IRCD_TAGS_MAX - n);
}

static size_t put_tags(const struct ircd_client *to, char *out, size_t size)
{
	size_t n = 0;

	if ((to->caps & (CAP_TIME | CAP_TAGS)) == 0) {
		return 0;
	}
	out[n++] = '@';
	if ((to->caps & CAP_TAGS) != 0) {
		n += put_id(to->sim, out + n, size - n);
	}
	if ((to->caps & CAP_TIME) != 0) {
		if (n > 1) {
			out[n++] = ';';
		}
		n += put_time(out + n, size - n);
	}
	out[n++] = ' ';
	return n;
}

void ircd_relay(struct ircd_client *to, const struct ircd_client *source,
	const char *text)
{
	char line[128 + IRCD_TEXT_MAX + 2];
	size_t tags = put_tags(to, line, 128);
	int n = snprintf(line + tags, sizeof(line) - tags, ":%s!%s@%s %s",
		source->nick, source->user, source->host, text);

	finish_line(to, line, tags, (int)tags + n);
}
