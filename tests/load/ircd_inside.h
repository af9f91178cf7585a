/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_IRCD_INSIDE_H
#define TESTS_LOAD_IRCD_INSIDE_H

#include "tests/load/ircd_sim.h"
#include "tests/load/outq.h"

/*
 * What ircd_sim.c (connections), ircd_send.c (lines to clients), ircd_names.c
 * (nicks, channels), ircd_rooms.c and ircd_commands.c (the commands) share. Nobody
 * else includes it.
 */
#define IRCD_NICK_MAX  30
#define IRCD_CHAN_MAX  64
#define IRCD_TOPIC_MAX 307
#define IRCD_TEXT_MAX  512
#define IRCD_IN_MAX    9216
#define IRCD_PARAMS    15
#define IRCD_TAGS_MAX  256
#define IRCD_LABEL_MAX 64

enum ircd_cap {
	CAP_ECHO = 1,
	CAP_TIME = 2,
	CAP_TAGS = 4,
	CAP_LABEL = 8,
	CAP_BATCH = 16,
};

struct ircd_member {
	struct ircd_client *client;
	bool op;
	bool voice;
};

/* A text that was said in a channel. */
struct ircd_past {
	char tags[IRCD_TAGS_MAX]; /* "msgid=...;time=..." */
	char line[IRCD_TEXT_MAX + 128]; /* ":nick!user@host PRIVMSG #c :text" */
};

struct ircd_channel {
	char name[IRCD_CHAN_MAX + 1];
	char folded[IRCD_CHAN_MAX + 1];
	char topic[IRCD_TOPIC_MAX + 1];
	char topic_by[IRCD_NICK_MAX + 1];
	struct ircd_member *members;
	size_t count;
	size_t cap;
	struct ircd_past *past; /* a ring of config.history */
	size_t said;		/* in all; the next one's place, modulo */
};

struct ircd_client {
	struct ircd_sim *sim;
	struct ircd_client *next; /* all clients of the sim */
	struct ircd_client *prev;
	uv_tcp_t tcp;
	struct outq out;
	bool puppet;
	bool registered;
	bool negotiating; /* between CAP LS and CAP END */
	bool dead;
	bool mute;
	char label[IRCD_LABEL_MAX]; /* of the command that is done now, or "" */
	uint64_t mark; /* of the last ircd_relay_peers() that reached it */
	unsigned caps;
	char nick[IRCD_NICK_MAX + 1];
	char folded[IRCD_NICK_MAX + 1];
	char user[16];
	char host[64];
	char real[128];
	char away[128];
	struct ircd_channel **channels;
	size_t channel_count;
	size_t channel_cap;
	char in[IRCD_IN_MAX];
	size_t in_len;
};

struct ircd_sim {
	uv_loop_t *loop;
	uv_tcp_t *listener;
	struct ircd_sim_config config;
	char *name;
	char *caps;
	struct ircd_sim_stats stats;
	int port;
	void *nicks; /* tsearch(3) trees, by folded name */
	void *channels;
	struct ircd_client *clients;
	uint64_t msgid;
	uint64_t mark;
	uint64_t full_at; /* when the throttle's bucket is full again */
	char read[65536];
};

struct ircd_line {
	const char *tags; /* without "@", or "" */
	const char *command;
	const char *param[IRCD_PARAMS];
	unsigned params;
};

/* rfc1459 lower case; cut to size. */
void ircd_fold(const char *name, char *out, size_t size);

/* One line to one client; CRLF is added. */
void ircd_send(struct ircd_client *to, const char *text, ...)
	__attribute__((format(printf, 2, 3)));
/* ":server NNN nick <text>" */
void ircd_numeric(struct ircd_client *to, int number, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
/* "msgid=...;time=..." of what is said now. */
void ircd_stamp(const struct ircd_sim *sim, char tags[IRCD_TAGS_MAX]);
/* ":nick!user@host <text>", with the tags that `to` asked for. */
void ircd_relay(struct ircd_client *to, const struct ircd_client *source,
	const char *text);

struct ircd_channel *ircd_channel_find(struct ircd_sim *sim, const char *name);
struct ircd_channel *ircd_channel_create(
	struct ircd_sim *sim, const char *name);
struct ircd_member *ircd_member_find(
	const struct ircd_channel *channel, const struct ircd_client *client);
void ircd_member_add(struct ircd_channel *channel, struct ircd_client *client);
/* May destroy the channel: it was the last member. */
void ircd_member_remove(
	struct ircd_channel *channel, struct ircd_client *client);

/* False: somebody has it. */
bool ircd_set_nick(struct ircd_client *client, const char *nick);
/* It is free for others; who asks the client still gets it as its name. */
void ircd_drop_nick(struct ircd_client *client);

/*
 * Once to everybody who shares a channel with the client, not to itself;
 * `source` is the client, or what it was before its nick changed.
 */
void ircd_relay_peers(struct ircd_client *client,
	const struct ircd_client *source, const char *text);

/*
 * Tells the channels, forgets the client and closes it: with an ERROR line
 * after all that waits for it, or at once.
 */
void ircd_quit(struct ircd_client *client, const char *why, bool say_error);

/* ircd_rooms.c: the commands about channels and messages. */
void ircd_do_join(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_part(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_names(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_topic(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_kick(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_mode(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_privmsg(struct ircd_client *client, const struct ircd_line *line);
void ircd_do_notice(struct ircd_client *client, const struct ircd_line *line);

/* ircd_commands.c: one line without CRLF, changed while it is read. */
void ircd_command(struct ircd_client *client, char *line);

#endif
