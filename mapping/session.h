/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_SESSION_H
#define MAPPING_SESSION_H

#include "mapping/core.h"

/*
 * One IRC connection of a user (PROTOCOL D.0, D.9, E): opened when something
 * needs it, kept while something holds it, opened again after a loss.
 *
 * The story: session_get -> session_open -> (WAITING for a slot) -> CONNECTING
 * -> link up -> REGISTERING -> 001 -> UP: rooms are joined, held messages go.
 * A first attempt that fails tells whoever waits why, and the session goes. A
 * session that was up goes to BACKOFF and tries again: 5 s to 10 min with
 * jitter; its rooms are kept silently for rejoin_silence_ms (the old ircnet
 * lives on as what clients still see), then clients are told.
 */
struct session *session_find(const struct user *u, const struct network *n);
/*
 * The connection of this Jabber user (bare JID), for somebody (asker) who wants
 * to know the nick: IRC shows that address anyway, or it is the asker's own.
 * NULL: nothing is told, not even whether there is one (D.6).
 */
struct session *session_exposed(struct mapping *m, const char *bare,
	const struct network *n, const char *asker);
/*
 * Made when there is none, with this nick wanted (any text: made legal). NULL:
 * a limit is reached, *fault.
 */
struct session *session_get(struct user *u, struct network *n,
	struct slice nick, struct fault *fault);
/* Starts connecting when it is idle. */
void session_open(struct session *s);
/* A refusal of ours that is still in force does not forbid it (E: 463 465). */
bool session_may_open(const struct session *s);
/* A slot was taken for it: connects. For network.c. */
void session_slot_granted(struct session *s);

/*
 * Another link instead of this one, from within its events (F.5): while it
 * registers at once, else as after a loss.
 */
void session_open_again(struct session *s);

/* QUIT with this reason, close, destroy; its rooms must have been told. */
void session_close(struct session *s, struct slice reason);
/* The user disconnects (C.1): rooms are left, nothing opens it again. */
void session_leave(struct session *s, struct slice reason);
/* Without a word on either side. */
void session_destroy(struct session *s);
/* Something holds it (D.0); else the user's sweep closes it. */
bool session_held(const struct session *s);
/* A one-to-one message, either way, holds it for ten minutes. */
void session_hold(struct session *s);

/* What the port link_open led to; p is lent, detail is for people or NULL. */
void session_link_up(struct session *s);
void session_link_data(struct session *s, const char *p, size_t len);
void session_link_lost(struct session *s, enum err why, const char *detail);

bool session_is_up(const struct session *s);
/* What those are told whose questions end with the connection. */
const char *session_lost_text(const struct session *s);
/* ... and whose changes do, of which nobody knows whether they were done. */
const char *session_unsure_text(const struct session *s);
/* Tells IRC when the merged presence of the user's clients changed (C.3). */
void session_update_away(struct session *s);
/* AWAY typed by the user: stays until the clients' presence changes. */
NODISCARD enum err session_type_away(struct session *s, struct slice text);
/* The room of that name under the server's casemapping; NULL when none. */
struct room *session_room(struct session *s, struct slice name);
/* Files a room under its name; it holds the session. */
void session_add_room(struct session *s, struct room *r);
void session_remove_room(struct session *s, struct room *r);
/* Lost connections that no room shows any more go. */
void session_forget_old(struct session *s);
/*
 * A message from the network itself: headline from SRV (C.1). The subject is a
 * text of ours and is translated here.
 */
void session_headline(struct session *s, const char *subject,
	struct slice text);
/* A chat message from SRV, with an address that helps (XEP-0066). */
void session_write_link(struct session *s, struct slice body, const char *link);
/* SRV's JID in the arena. */
const char *session_srv(struct session *s);

/* For session_events.c: the connection is over for this reason. */
void session_ended(struct session *s, const struct fault *fault);
extern const struct ircnet_events session_irc_events;

#endif
