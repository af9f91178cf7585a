/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OUT_H
#define MAPPING_OUT_H

#include "mapping/core.h"

/*
 * The way out to Jabber. A stanza is written once into the core's buffer and
 * sent to as many JIDs as it is for: only `to` differs.
 *
 *	struct xw *w = out_begin(m, "message");
 *	xw_attr(w, "from", occ);
 *	xw_elem(w, "body", NS_NONE, text);
 *	out_end(m);
 *	out_send(m, user, full);      once for each recipient
 *
 * A stanza that grows over max_stanza is dropped with a log line. While the
 * component is away messages wait in the user's queue (PROTOCOL A.3).
 */
struct xw *out_begin(struct mapping *m, const char *name);
/* Closes the stanza; what follows are only out_send() calls. */
void out_end(struct mapping *m);
/* user: whose queue it waits in; NULL: it does not wait. to: any JID. */
void out_send(struct mapping *m, struct user *user, const char *to);
/* Kept in `held` instead, to be sent later; what does not fit is dropped. */
void out_hold(struct mapping *m, const char *to, struct buf *held);

/* <delay/> and jabber:x:delay (C.20) in the stanza being written. */
void out_delay(struct mapping *m, const char *from, int64_t wall_ms);
/* The same for a room's history: with the text that old clients show. */
void out_delay_cached(struct mapping *m, const char *from, int64_t wall_ms);
/* "2002-10-13T23:58:37Z" for wall clock milliseconds. */
enum { OUT_STAMP = 80 };
void out_stamp(int64_t wall_ms, char text[OUT_STAMP]);

/*
 * Text of strangers without mIRC codes, decoded, fit for XML (G.1, G.3, G.5);
 * in the arena, absent when there is nothing.
 */
struct slice out_clean(struct mapping *m, struct slice text);

/* A random UUID (RFC 4122 4.4). */
enum { OUT_UUID = 37 };
void out_uuid(struct mapping *m, char text[OUT_UUID]);

/*
 * What waits while the component is away: 100 stanzas a user, messages of rooms
 * go first; 64 MiB of all users, where whoever has most loses one (share.h).
 */
enum { OUT_QUEUE_TOTAL = 64 << 20 };
void out_init_user(struct user *user);
/* Room messages that were kept by out_hold(), while the component is away. */
void out_keep(struct user *user, struct slice held);
/* What waits goes out, or is dropped. */
void out_flush(struct user *user);
void out_drop(struct user *user);

/*
 * The error for a received stanza (C.0, C.9): to and from swapped, id copied,
 * the payload echoed for message and iq, nothing that could be a password.
 * Stanzas of type error (and iq results) are never answered: then nothing.
 */
void out_error(struct mapping *m, const struct stanza *s, enum stanza_error e,
	const char *text);
void out_fault(struct mapping *m, const struct stanza *s,
	const struct fault *fault);
/* The same where the sender's `to` is not what the answer comes from. */
void out_error_by(struct mapping *m, const struct stanza *s,
	enum stanza_error e, const char *text, const char *by);

/* <iq type='result'> with id, from and to set; out_end() and out_send() follow. */
struct xw *out_result(struct mapping *m, const struct stanza *s);
/* Closes and sends it to the asker. */
void out_answer(struct mapping *m, const struct stanza *s);

/*
 * After out_end(): does it, with this `to`, still fit into a stanza? A question
 * is answered by an error when not (C.0).
 */
bool out_fits(const struct mapping *m, const char *to);

/* A plain message to a user: type may be NULL, subject absent. */
void out_message(struct mapping *m, struct user *user, const char *from,
	const char *to, const char *type, struct slice subject,
	struct slice body);

#endif
