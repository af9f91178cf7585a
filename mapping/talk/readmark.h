/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_READMARK_H
#define MAPPING_TALK_READMARK_H

#include "mapping/core.h"

/*
 * Up to where the user has read (PROTOCOL F.1, F.2): chat markers of his clients
 * (XEP-0333) are MARKREAD on networks with draft/read-marker, which keep it for
 * all of his IRC clients; nobody else is ever told. Messages are markable while
 * that is so, if the server told their time, which is what names them there.
 *
 * It only ever goes forward. MARKREAD is less than what people say: it goes when
 * nothing else waits for IRC, a place at most once in three seconds, the newest
 * mark alone.
 */

void readmark_init(struct session *s);
void readmark_forget(struct session *s);

/* <displayed/> of a client, in a room or in a talk. */
void readmark_in_room(struct room *r, const struct elem *displayed);
struct chat;
struct known;
void readmark_in_talk(struct chat *c, const struct elem *displayed);

/* The same, as his account has it (displayed.h). */
void readmark_by_client(struct room *r, const struct known *k);

/* <markable/> into the message being written; `exact`: IRC told its time. */
void readmark_write(const struct session *s, struct xw *w, bool exact);

/* MARKREAD; 0: the server knows of none. */
void readmark_on_irc(struct session *s, struct slice target, int64_t time_ms);
/* FAIL MARKREAD: a line of the log is enough. false: it is something else. */
bool readmark_failed(struct session *s, const struct ircmsg *m);

#endif
