/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_RAW_H
#define MAPPING_COMMAND_RAW_H

#include "mapping/answer.h"
#include "mapping/command/run.h"

/*
 * IRC lines typed by a user, and what the server says to them (PROTOCOL C.1).
 *
 * Where the network has labels, what has the label of a line goes to the run that
 * sent it, and ends it; several may read. An answer with nothing in it (ACK) may
 * mean that another server is asked, whose answer has no label: that, and
 * everything where there are no labels, goes to who typed last, when it belongs
 * to nothing else.
 * By text answers are messages from SRV, those of one turn together, until nothing
 * came for 10 s; the iq of a command is answered when IRC was silent for 2 s, or
 * has said its last line, or has said nothing for 10 s. Not more than
 * RUN_LINES_MAX lines of one request are shown.
 */

/* What is sent from here on, until answer_labelled(), is for this run. */
void raw_label(struct run *r, struct session *s);

/* The run reads from now on; another one that did is over. */
void raw_read(struct run *r, struct session *s);
/*
 * A request failed: nothing was sent, the run is told why. bad: what is said
 * when its form was wrong, NULL: that it holds what IRC does not allow.
 */
void raw_refused(struct run *r, enum err err, const char *bad);
/* Another nick was asked for. */
void raw_nick(struct run *r, struct session *s, struct slice nick);
/*
 * A line as typed, without the slash. JOIN, PART, NICK, QUIT and AWAY are done
 * as if the client had asked otherwise: rooms follow. Ends the run, or it reads.
 */
void raw_line(struct run *r, struct session *s, struct slice line);

/*
 * Asks those in a channel to let us in (D.8): done by 711, or when the server
 * had nothing against it; what it has is told with what to do next.
 */
void raw_knock(struct run *r, struct session *s, struct slice channel,
	struct slice words);

/* A line by its label; all of the answer to a label was told. */
enum answered raw_on_answer(struct session *s, const struct answer *a);
void raw_answered(struct session *s, uint64_t token);
/* The request with this token was a typed line. */
bool raw_typed(const struct session *s, uint64_t token);
/* true: somebody reads it. */
bool raw_on_numeric(struct session *s, int numeric, const struct ircmsg *m);
/* Likewise FAIL, WARN, NOTE (F.3). */
bool raw_on_reply(struct session *s, const struct ircmsg *m);
/* Our nick is another one now. */
void raw_on_nick(struct session *s);
/* A topic that we set is there. */
void raw_on_topic(struct session *s);
/* The session goes: what was said is shown. */
void raw_lost(struct session *s);

/* For run.c: it reads no more; its time is over; the end of a turn. */
void raw_stop(struct run *r);
void raw_on_silence(void *run);
void raw_on_turn(void *run);

#endif
