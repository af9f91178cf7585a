/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_HISTORY_H
#define MAPPING_ROOM_HISTORY_H

#include "mapping/core.h"
#include "xmpp/stanza.h"

/*
 * What was said in a room, for clients that enter later and for what the IRC
 * server tells again (PROTOCOL D.12). In memory only, as long as there is the
 * room: the last 50 messages in the order of their time, 16 KiB a room, 64 MiB
 * in all; one over 4 KiB is not kept. When all is full, whoever has most loses
 * the oldest (base/share.h). No message allocates: the room's buffer grows to
 * its ceiling and stays, until others need it all.
 */
enum {
	HISTORY_LINES = 50,
	HISTORY_BYTES = 16384,
	HISTORY_LINE_BYTES = 4096,
	HISTORY_TOTAL = 64 << 20,
};

/* One message. Texts are lent. */
struct past {
	int64_t at_ms;          /* wall clock */
	bool exact;             /* ... as the IRC server told it */
	bool mine;              /* of the user */
	bool named;             /* sid is the IRC server's name for it */
	bool media;             /* gets jabber:x:oob */
	uint32_t number;        /* in the order of coming; by history_add() */
	struct slice nick;      /* absent: the room itself says it */
	struct slice id;        /* of the stanza; absent: none */
	struct slice sid;       /* of its stanza-id */
	struct slice occupant;  /* occupant-id; absent: none */
	struct slice text;
	struct slice html;      /* the text as <html/>; absent: it is plain */
	struct slice xml;       /* its children; absent: only the text */
	struct slice reply;     /* what it answers, as <reply/>; or absent */
};

/* It as a finished stanza of the room, to be sent; how it tells its time. */
enum past_delay {
	PAST_NOW,    /* not at all */
	PAST_LATE,   /* it was under way for long */
	PAST_CACHED, /* it is history (C.20) */
};
void past_write(struct room *r, const struct past *p, enum past_delay delay);

/* Once for a room, its session being set. */
void history_init(struct room *r);
void history_add(struct room *r, const struct past *p);
/* Is it there already? By the server's name for it, else time, nick and text. */
bool history_has(const struct room *r, const struct past *p);
/* The message of this stanza-id, lent until the next change. false: none. */
bool history_find(const struct room *r, struct slice sid, struct past *out);
/* The message of this stanza-id was taken back: nobody is shown it later. */
void history_drop(struct room *r, struct slice sid);
/* The room goes. */
void history_forget(struct room *r);
/* All that `from` has becomes what `to` has. */
void history_move(struct room *to, struct room *from);
/*
 * The link was lost: clients have seen all until now. What the server tells
 * again after that is news to them only when it is later.
 */
void history_lost(struct room *r);
bool history_is_news(const struct room *r, const struct past *p);

/* <history/> of a join; e NULL: everything. */
void history_wish(const struct mapping *m, const struct elem *e,
	struct history_wish *out);
/* What this client wants of it, oldest first. How many messages that were. */
unsigned history_show(struct view *v);

/*
 * Before a message of the server's own history is added: true, when the user wants
 * so many at most (own.h) that it is shown at the end of all, by
 * history_played().
 */
bool history_waits(struct room *r);
void history_played(struct room *r);

#endif
