/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_SENT_H
#define MAPPING_TALK_SENT_H

#include "mapping/answer.h"
#include "mapping/asker.h"
#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Messages on their way to IRC. Each is remembered from the stanza until IRC
 * had time to refuse it, so that an error finds its sender (PROTOCOL D.4) and a
 * room message is reflected when it was really written.
 *
 *	HELD     the session or the room is not up yet: at most 20 a session and
 *	         60 s, then an error (C.1)
 *	QUEUED   given to ircnet, waits for flood control
 *	WRITTEN  on the wire. Where the server has no echo-message it is
 *	         reflected now, and kept 10 s for a late refusal. Else it awaits its
 *	         echo: shown then, and gone
 *	UNSURE   of a room: the link was lost before its echo; whether IRC has it is
 *	         known when the room is entered again
 *
 * Each is shown once, or its sender gets one error; never both, never neither
 * (sent_echo.c). At most 1000 of a session are under way.
 *
 * jabber:x:expire takes a message out of the first two without a word (C.20).
 * They are pooled: a message under way allocates nothing once the pool is warm.
 *
 * sent_make.c: from a stanza; sent.c: the way to IRC; sent_echo.c: echoes, and
 * what is unsure; sent_show.c: what is shown; sent_end.c: refusals and ends.
 */
enum sent_kind {
	SENT_ROOM,
	SENT_CHAT,
	SENT_TOPIC,
	SENT_INVITE, /* of a nick; the text is the channel */
	SENT_IQ,     /* a text that an iq of set asked for */
	SENT_TAGS,   /* reactions, written already */
	SENT_REDACT, /* a message taken back, written; the text is its msgid */
};
enum sent_state { SENT_HELD, SENT_QUEUED, SENT_WRITTEN, SENT_UNSURE };

struct sent {
	struct list link; /* in session->sent, or the pool */
	struct list queued; /* QUEUED: in session->sent_queued */
	struct session *session;
	struct room *room;         /* SENT_ROOM, SENT_TOPIC; else NULL */
	const struct istr *target; /* folded */
	const struct istr *name;   /* as IRC is to see it */
	const struct istr *channel; /* folded: a refusal may name it; or NULL */
	struct asker asker;        /* the sender, the JID written to, the id */
	const struct istr *origin; /* its <origin-id/>; NULL: none */
	const struct istr *corrects; /* the id it replaces; NULL: it is new */
	const struct istr *answers; /* msgid for +reply; NULL: none */
	struct patience patience;
	struct buf xml;            /* children: body and subject, then others */
	size_t payload;            /* bytes of body and subject in it */
	size_t wording;            /* ... and of what else is the text: html */
	struct buf text;           /* what is said on IRC */
	struct buf names;          /* msgids of its echoes, between line ends */
	unsigned echoes;           /* how many there were */
	const struct istr *as;     /* our nick when it was written */
	uint64_t mark;             /* on_synced tells what became of it; 0 */
	uint64_t token;
	uint64_t expires_ms;       /* too late from then on; 0: never */
	enum sent_kind kind;
	enum sent_state state;
	enum irc_text_kind say;
	bool formats;              /* the text has mIRC codes (G.1) */
	bool again;                /* said once more without them */
	unsigned refusals;         /* ... which were so often refused, and more */
	bool awaits;               /* its echo */
	bool shown;                /* whoever sees it has seen it */
	bool tell_delivered;       /* jabber:x:event asked for it */
	bool unsaid;               /* see struct saying */
	bool tell_received;        /* XEP-0184 did, and the setting allows it */
};

struct saying {
	struct session *session;
	struct room *room;     /* NULL: to the nick `name` */
	struct slice name;
	enum sent_kind kind;
	struct slice text;     /* with codes when the parts have a coded body */
	const struct message_parts *parts; /* NULL: not a message */
	const char *to;        /* the JID written to; NULL: the stanza's */
	enum ns ns;            /* SENT_IQ: of its <query/> */
	const char *invited;   /* by the room: whom, as it was written (D.8) */
	struct slice channel;  /* a refusal may name it instead */
	bool notice;           /* as NOTICE */
	bool unsaid;           /* IRC knows it already: it is only reflected */
};

/*
 * Takes a text for IRC. The sender is answered with an error when it cannot be
 * sent.
 */
void sent_message(const struct request *q, const struct saying *say);

/*
 * For what was written for this stanza by other ways: a refusal in the next ten
 * seconds finds the sender. Reactions; a message of this msgid taken back.
 */
void sent_watch(const struct request *q, struct session *s, struct room *r,
	struct slice target);
void sent_redact(const struct request *q, struct session *s, struct room *r,
	struct slice target, struct slice msgid);
/*
 * IRC tells that our message of this msgid is taken back: the id of the stanza
 * that asked for it, in the arena, or empty; absent when none of ours did.
 */
struct slice sent_redacted(struct session *s, const struct room *r,
	struct slice msgid);

/* The stanza to all of the user's clients, as it is, without a line on IRC. */
void sent_reflect(const struct request *q, struct room *r);

/* 001 (room NULL) or a room complete: what was held for it goes. */
void sent_release(struct session *s, const struct room *r);
/* ircnet wrote the last line. */
void sent_written(struct session *s, uint64_t token);
/* Our own text came back. false: of nothing that we know, somebody else's. */
bool sent_echoed(struct session *s, const struct irc_text *text);
/* The server's answer to a labelled line is complete. */
void sent_answered(struct session *s, uint64_t token, unsigned follow);
/* The answer to a mark. false: not to one of ours. */
bool sent_synced(struct session *s, uint64_t mark);
/*
 * A line of the room's history that was said under our nick: of a message that
 * was unsure until now, which is shown with its last line.
 */
bool sent_proven(struct session *s, const struct room *r,
	const struct irc_text *text);
/*
 * Our own TOPIC came back: it is not refused any more. The id of the stanza that
 * asked for it, in the arena, or empty; absent when none of ours did.
 */
struct slice sent_topic_set(struct session *s, const struct room *r);
/*
 * A subject was sent to this channel before that mark, and nothing was said of
 * it yet: what the server refuses first is it (D.5).
 */
bool sent_topic_waits(const struct session *s, const struct istr *channel,
	uint64_t mark);
/* That mark is back: subjects that were sent before it were not refused. */
void sent_topics_done(struct session *s, uint64_t mark);
/* 341: the invitation was taken. */
void sent_invited(struct session *s, const struct ircmsg *m);
/* By its label: a refusal, or 341. */
enum answered sent_on_answer(struct session *s, const struct answer *a);
/* A numeric names a target: the oldest message to it failed. true: it was ours. */
bool sent_refused(struct session *s, int numeric, const struct ircmsg *m);
/* The same by FAIL (F.3). */
bool sent_failed(struct session *s, const struct ircmsg *m);

/* Something awaits its echo: the session stays for it. */
bool sent_holds(const struct session *s);
void sent_fail_queued(struct session *s, const struct fault *fault);
void sent_fail_all(struct session *s, const struct fault *fault);
/* Without a word: the sender or the room is gone. */
void sent_drop_view(struct session *s, const struct view *v);
void sent_drop_room(struct session *s, const struct room *r);
void sent_forget_all(struct session *s);
void sent_pool_free(struct mapping *m);

/* ---- between the files of it ---- */

struct sent *sent_take(struct session *s);
void sent_free(struct sent *t);
/* Sends it when it may go, else holds it. */
void sent_go(struct sent *t);
/*
 * A room refused it for its colours: what was refused is said again without
 * codes, once (G.1). labelled: other refusals of the first time have labels of
 * their own. false: that was not why, or it is said so already.
 */
bool sent_plainly(struct sent *t, int numeric, struct slice text,
	bool labelled);
/* Its echo tells when it is shown (D.4). */
bool sent_echo_comes(const struct sent *t);
struct sent *sent_find(const struct session *s, uint64_t token);
/* How IRC said that it has a message. */
struct sent_echo {
	int64_t at_ms;     /* as the server says it; 0: now */
	struct slice body; /* as the server changed it; absent: it did not */
	bool confirmed;    /* the server said so, of this very message */
	bool late;
};
/* It fails: lines of it that IRC has are no news when they are told again. */
void sent_hide(const struct sent *t);
void sent_show(struct sent *t, const struct sent_echo *e);
void sent_tell_delivered(struct sent *t); /* when it is wanted */
/* A mark behind it. false: not now. */
bool sent_ask(struct sent *t);
/* The link was lost before IRC had answered. */
void sent_lose(struct sent *t, bool may_come_back);
/* The room is back: marks behind its history for what is unsure. */
void sent_settle(struct session *s, const struct room *r);
/* The answer to a message that fails, and its end. */
void sent_fail(struct sent *t, const struct fault *fault);

#endif
