/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_IRCD_SIM_H
#define TESTS_LOAD_IRCD_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/*
 * Plays an IRC network on a loopback port, inside the test's own loop:
 * RFC 1459/2812 registration and channels, CAP 302 with echo-message,
 * server-time, message-tags, batch and labeled-response (an answer of one line:
 * the first line that a labelled command sends to its client has the label; when
 * there is none, ACK). CASEMAPPING is rfc1459, PREFIX (ov)@+. With `history` a
 * JOIN is followed by a chathistory batch of what was said there last.
 * It is strict where real servers are: a line over 512 bytes (tags aside)
 * ends the connection with "Request too long", as ngIRCd does.
 * Puppets are clients without a connection that the test speaks for: they
 * join and talk by the same code, and what a client would have been sent
 * comes to on_puppet (which must not join, part or end anybody).
 * Ownership: clients belong to the sim; a pointer is good until on_close (or
 * ircd_client_drop) for it. The sim is freed by the loop after
 * ircd_sim_close().
 * Limits: 9216 bytes for a line with its tags, 15 parameters.
 */
struct ircd_sim;
struct ircd_client;

struct ircd_sim_config {
	const char *name; /* of the server, "irc.test.net" */
	const char *caps; /* offered in CAP LS, "" for none; NULL: no CAP */
	/* Each line of a connected client; true: not looked at any more. */
	bool (*on_line)(
		void *ctx, struct ircd_client *client, const char *line);
	/* A line that a puppet would read (without CRLF). */
	void (*on_puppet)(void *ctx, struct ircd_client *puppet,
		const char *line, size_t len);
	void (*on_registered)(void *ctx, struct ircd_client *client);
	void (*on_close)(
		void *ctx, struct ircd_client *client, const char *why);
	/* Connections: so many at once, then one each; more are refused. */
	unsigned throttle_burst; /* 0: any number */
	unsigned throttle_ms;
	unsigned history; /* texts that a channel remembers */
	void *ctx;
};

struct ircd_sim_stats {
	unsigned accepted;
	unsigned registered;
	unsigned closed;
	unsigned unregistered_now;
	unsigned unregistered_most; /* at a time */
	unsigned refused;	    /* came too fast */
	unsigned overlong;	    /* lines over the limit: a client's bug */
	uint64_t lines_in;
	uint64_t lines_out;
};

/* Listens at once; NULL when no port could be had. Strings are copied. */
struct ircd_sim *ircd_sim_open(
	uv_loop_t *loop, const struct ircd_sim_config *config);
void ircd_sim_close(struct ircd_sim *sim);

int ircd_sim_port(const struct ircd_sim *sim);
const struct ircd_sim_stats *ircd_sim_stats(const struct ircd_sim *sim);

/* By nick, whatever its case; NULL when nobody has it. */
struct ircd_client *ircd_sim_find(struct ircd_sim *sim, const char *nick);

/* A registered user without a connection; the nick must be free. */
struct ircd_client *ircd_sim_puppet(struct ircd_sim *sim, const char *nick);

/* A line as if the client had sent it ("JOIN #a"); printf text, no CRLF. */
void ircd_client_do(struct ircd_client *client, const char *line, ...)
	__attribute__((format(printf, 2, 3)));

/* Bytes to the client as they are. */
void ircd_client_raw(struct ircd_client *client, const char *bytes, size_t len);

/* Nothing is sent to the client any more: it is lost without knowing. */
void ircd_client_mute(struct ircd_client *client);

/* Closes the connection; `why` NULL: without an ERROR line. */
void ircd_client_drop(struct ircd_client *client, const char *why);

const char *ircd_client_nick(const struct ircd_client *client);
bool ircd_client_puppet(const struct ircd_client *client);
bool ircd_client_joined(const struct ircd_client *client, const char *channel);

/* Bytes not yet taken by the kernel: what a server's SendQ would be. */
size_t ircd_client_pending(const struct ircd_client *client);

#endif
