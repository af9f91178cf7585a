/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_IDS_H
#define MAPPING_TALK_IDS_H

#include "mapping/core.h"

/*
 * What a message is called on both sides (PROTOCOL F.1, row `msgid`): replies,
 * reactions, retractions and markers name a message by an id, and IRC and Jabber
 * have different ones for it. Each room and each talk remembers its last
 * messages here, its own and others':
 *
 *   msgid   IRC's name for it; absent where the server gives none, and for a
 *           message of the user's whose echo does not come
 *   sid     in rooms the id of our <stanza-id by='CHAN'/>: the msgid, else a UUID;
 *           in talks the same as `id`
 *   id      the `id` of the stanza: of others' messages the sid, of the user's
 *           own what the client chose; absent when it chose none
 *   origin  <origin-id/> of the user's own (XEP-0359); absent when there is
 *           none or it is the `id`
 *   first   of a correction of the user's (XEP-0308): the sid of the message
 *           that it corrects, the first of them all
 *
 * Whoever reads a reference of a client asks ids_find(), which takes any of sid,
 * id and origin; whoever reads one of IRC asks ids_find_msgid(). A message of
 * the user's that became several lines on IRC has an entry for each echo:
 * ids_find() gives the first line, ids_find_msgid() any of them with the same
 * sid and id.
 *
 * Bounds: 100 messages and 12 KiB a place, 64 MiB in all; the oldest makes room,
 * in all of them together the oldest of whoever has most (base/share.h). A name
 * over 255 bytes is not remembered; of a text only the beginning. In memory only,
 * and no longer than the room or the talk. No message allocates: a buffer grows to
 * its ceiling and stays, until others need it all.
 */
enum {
	IDS_MESSAGES = 100,
	IDS_BYTES = 12288,
	IDS_TOTAL = 64 << 20,
	IDS_NAME_MAX = 255,
	IDS_TEXT = 96, /* of a text, cut between characters */
};

/* One message. Texts are lent: good until something is added anywhere. */
struct known {
	struct slice msgid;
	struct slice sid;
	struct slice id;
	struct slice origin;
	struct slice first;
	struct slice nick; /* who said it, as IRC spelled it then; absent: nobody */
	struct slice text; /* the body as clients were shown it, its beginning */
	int64_t at_ms;     /* wall clock */
	bool exact;        /* ... as the IRC server told it (server-time) */
	bool mine;         /* the user said it */
	bool part;         /* a further line of the one with this sid */
	bool gone;         /* it was taken back on IRC */
};

void ids_init(struct ids *ids, struct share_owner *owner);
void ids_add(struct ids *ids, const struct known *k);
/* The youngest one of that name. false: not known (any more). */
bool ids_find(const struct ids *ids, struct slice name, struct known *out);
bool ids_find_msgid(const struct ids *ids, struct slice msgid,
	struct known *out);
/*
 * The lines on IRC of the message with this sid that are still there: the first
 * is 0. false: it has not so many.
 */
bool ids_line(const struct ids *ids, struct slice sid, unsigned i,
	struct known *out);
/*
 * The same of a message with all its corrections, whichever of them has this
 * sid.
 */
bool ids_version(const struct ids *ids, struct slice sid, unsigned i,
	struct known *out);
/* XEP-0444 4: of a correction the message that it corrects, as far as known. */
void ids_original(const struct ids *ids, struct known *k);
/*
 * This line is taken back; or all of the message with this sid, and what
 * corrects it.
 */
void ids_line_gone(struct ids *ids, struct slice msgid);
void ids_gone(struct ids *ids, struct slice sid);
/*
 * What the user has read who has read everything until then: of others' messages
 * whose time IRC told the youngest; *last: nobody has said anything since. false:
 * none is known.
 */
bool ids_find_read(const struct ids *ids, int64_t until_ms, struct known *out,
	bool *last);
/* All of it goes. */
void ids_forget(struct ids *ids);
/* All that `from` has becomes what `to` has. */
void ids_move(struct ids *to, struct ids *from);

#endif
