/* SPDX-License-Identifier: MIT */
#include "irc/engine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include <libircclient.h>

#include "irc/engine_seam.h"

/*
 * Calls nest: a callback may send a line (which enters the library again to
 * write, never to read) or destroy the engine. `depth` counts them; whoever
 * leaves last frees a dead engine (LIBIRCCLIENT 3.5: never inside a callback).
 */
struct engine {
	irc_session_t *session;
	const struct engine_handlers *handlers;
	void *ctx;
	unsigned depth;
	bool dead;
	bool told; /* the line being read has had its event */
};

/* libircclient's out buffer is 1024 bytes; CRLF and a final NUL are in it. */
enum { LIBRARY_LINE_MAX = 1021, SEND_MAX = 8191 };

static fd_set only_ours;
static fd_set nothing;

void engine_setup(int descriptor)
{
	seam_setup(descriptor);
	FD_ZERO(&nothing);
	FD_ZERO(&only_ours);
	FD_SET(descriptor, &only_ours);
}

unsigned long engine_traps(void)
{
	return seam_traps();
}

static void release(struct engine *e)
{
	struct seam_link link = {0};
	struct seam_link *former = seam_enter(&link);

	irc_destroy_session(e->session);
	seam_enter(former);
	free(e);
}

static void leave(struct engine *e)
{
	if (--e->depth == 0 && e->dead) {
		release(e);
	}
}

/* ---- callbacks of the library ---- */

static void tell(irc_session_t *session, enum engine_event event,
	const char *origin, const char **params, unsigned nparams)
{
	struct engine *e = irc_get_ctx(session);

	if (e->dead || e->told || e->depth == 0) {
		return;
	}
	e->told = true;
	e->handlers->on_event(e->ctx, event, origin, params, nparams);
}

#define CALLBACK(name, value)                                              \
	static void on_##name(irc_session_t *session, const char *event,   \
		const char *origin, const char **params, unsigned nparams) \
	{                                                                  \
		(void)event;                                               \
		tell(session, value, origin, params, nparams);             \
	}

CALLBACK(nick, ENGINE_NICK)
CALLBACK(quit, ENGINE_QUIT)
CALLBACK(join, ENGINE_JOIN)
CALLBACK(part, ENGINE_PART)
CALLBACK(mode, ENGINE_MODE)
CALLBACK(topic, ENGINE_TOPIC)
CALLBACK(kick, ENGINE_KICK)
CALLBACK(message, ENGINE_MESSAGE)
CALLBACK(notice, ENGINE_NOTICE)
CALLBACK(invite, ENGINE_INVITE)
CALLBACK(other, ENGINE_OTHER)

static void on_numeric(irc_session_t *session, unsigned code,
	const char *origin, const char **params, unsigned nparams)
{
	(void)code;
	tell(session, ENGINE_NUMERIC, origin, params, nparams);
}

/*
 * event_ctcp_req is set although the gate lets no CTCP through: without one
 * the library would answer by itself. DCC is never set, and event_connect
 * would only come beside the numeric that is told anyway.
 */
static irc_callbacks_t callbacks = {
	.event_nick = on_nick,
	.event_quit = on_quit,
	.event_join = on_join,
	.event_part = on_part,
	.event_mode = on_mode,
	.event_umode = on_mode,
	.event_topic = on_topic,
	.event_kick = on_kick,
	.event_channel = on_message,
	.event_privmsg = on_message,
	.event_notice = on_notice,
	.event_channel_notice = on_notice,
	.event_invite = on_invite,
	.event_ctcp_req = on_message,
	.event_ctcp_rep = on_notice,
	.event_ctcp_action = on_message,
	.event_unknown = on_other,
	.event_numeric = on_numeric,
};

/* ---- life ---- */

/*
 * The imaginary connection: no name is looked up ("0.0.0.0" is an address),
 * and what the library writes on its own behalf is thrown away: we register
 * with lines of our own (LIBIRCCLIENT 3.2).
 */
static bool connect_nowhere(struct engine *e)
{
	struct seam_link link = {0};
	struct seam_link *former = seam_enter(&link);
	fd_set in = nothing;
	fd_set out = only_ours;
	bool ok;

	ok = irc_connect(e->session, "0.0.0.0", 1, NULL, "x", "u", "r") == 0 &&
		irc_process_select_descriptors(e->session, &in, &out) == 0;
	in = nothing;
	out = only_ours;
	ok = ok &&
		irc_process_select_descriptors(e->session, &in, &out) == 0 &&
		irc_is_connected(e->session);
	seam_enter(former);
	return ok;
}

struct engine *engine_create(const struct engine_handlers *handlers, void *ctx)
{
	struct engine *e = must_calloc(1, sizeof *e);

	must(seam_descriptor() >= 0);
	e->handlers = handlers;
	e->ctx = ctx;
	e->session = irc_create_session(&callbacks);
	if (e->session == NULL) {
		free(e);
		return NULL;
	}
	irc_set_ctx(e->session, e);
	if (!connect_nowhere(e)) {
		release(e);
		return NULL;
	}
	return e;
}

void engine_destroy(struct engine *e)
{
	if (e == NULL) {
		return;
	}
	e->dead = true;
	if (e->depth == 0) {
		release(e);
	}
}

/* ---- in and out ---- */

/* Takes what the library wants to write; only then may its write bit be set. */
static enum err flush(struct engine *e)
{
	struct seam_link link;
	struct seam_link *former;
	fd_set in = nothing;
	fd_set out = nothing;
	int max = -1;
	int rc;

	if (irc_add_select_descriptors(e->session, &in, &out, &max) != 0) {
		return ERR_IO;
	}
	if (!FD_ISSET(seam_descriptor(), &out)) {
		return ERR_OK;
	}
	link.in_len = 0;
	link.out_len = 0;
	link.out_lost = false;
	in = nothing;
	out = only_ours;
	former = seam_enter(&link);
	rc = irc_process_select_descriptors(e->session, &in, &out);
	seam_enter(former);
	if (rc != 0 || link.out_lost) {
		return ERR_IO;
	}
	if (link.out_len > 0) {
		e->handlers->on_output(e->ctx, link.out, link.out_len);
		explicit_bzero(link.out, link.out_len);
	}
	return ERR_OK;
}

enum err engine_line(struct engine *e, struct slice line)
{
	struct seam_link link;
	struct seam_link *former;
	fd_set in = only_ours;
	fd_set out = nothing;
	enum err err = ERR_OK;
	int rc;

	must(e->depth == 0 && !e->dead);
	e->depth++;
	e->told = false;
	link.in = line.p;
	link.in_len = line.len;
	link.out_len = 0;
	link.out_lost = false;
	former = seam_enter(&link);
	rc = irc_process_select_descriptors(e->session, &in, &out);
	seam_enter(former);
	if (rc != 0 || link.in_len > 0) {
		err = ERR_IO;
	} else if (!e->dead) {
		err = flush(e);
	}
	leave(e);
	return err;
}

static enum err send_beside(struct engine *e, struct slice line)
{
	char *copy = must_alloc(line.len + 2);

	memcpy(copy, line.p, line.len);
	memcpy(copy + line.len, "\r\n", 2);
	e->handlers->on_output(e->ctx, copy, line.len + 2);
	explicit_bzero(copy, line.len);
	free(copy);
	return ERR_OK;
}

static enum err check_line(const struct engine *e, struct slice line)
{
	if (e->dead) {
		return ERR_WRONG_STATE;
	}
	if (line.len > SEND_MAX) {
		return ERR_TOO_BIG;
	}
	if (line.len == 0 || memchr(line.p, '\r', line.len) != NULL ||
		memchr(line.p, '\n', line.len) != NULL ||
		memchr(line.p, '\0', line.len) != NULL) {
		return ERR_BAD_INPUT;
	}
	return ERR_OK;
}

enum err engine_send_secret(struct engine *e, struct slice line)
{
	enum err err = check_line(e, line);

	if (err == ERR_OK) {
		e->depth++;
		err = send_beside(e, line);
		leave(e);
	}
	return err;
}

enum err engine_send(struct engine *e, struct slice line)
{
	enum err err = check_line(e, line);

	if (err != ERR_OK) {
		return err;
	}
	err = ERR_IO;
	e->depth++;
	if (line.len > LIBRARY_LINE_MAX) {
		err = send_beside(e, line);
	} else if (irc_send_raw(e->session, "%.*s", (int)line.len, line.p) ==
		0) {
		err = flush(e);
	}
	leave(e);
	return err;
}
