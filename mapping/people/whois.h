/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_WHOIS_H
#define MAPPING_PEOPLE_WHOIS_H

#include "mapping/answer.h"
#include "mapping/core.h"

/*
 * What IRC knows of a person (PROTOCOL C.14, C.21): WHOIS, its many lines
 * collected until 318. Who asks for somebody already asked for shares the
 * answer; it is kept for 60 s, and one WHOIS goes out in 2 s. At most 10 wait or
 * are under way in a session, 32 are kept with them; a line that belongs to no
 * question of ours passes by.
 */
enum whois_text {
	WHOIS_USER,        /* 311 */
	WHOIS_HOST,
	WHOIS_REALNAME,
	WHOIS_SERVER,      /* 312 */
	WHOIS_SERVER_INFO,
	WHOIS_CHANNELS,    /* 319, words with their prefixes */
	WHOIS_ACCOUNT,     /* 330 */
	WHOIS_OPER,        /* 313, what the server says of it */
	WHOIS_SECURE,      /* 671, likewise */
	WHOIS_BOT,         /* 335, likewise */
	WHOIS_AWAY,        /* 301 */
	WHOIS_FROM,        /* 378, where they connect from */
	WHOIS_MODES,       /* 379, of the user; absent when there are none */
	WHOIS_EXTRA,       /* whatever else was said, a line each */
	WHOIS_META,        /* 760: the first of META_KEYS, as enum irc_meta */
	WHOIS_TEXTS = WHOIS_META + META_KEYS
};

struct whois;

/* Cleaned for XML, in the core's arena; absent: it was not said. */
struct slice whois_text(const struct whois *w, enum whois_text text);
/* As the server spells it, else as it was asked; not cleaned. */
struct slice whois_nick(const struct whois *w);
/* user@host, likewise. */
struct slice whois_userhost(const struct whois *w);
/* Seconds without a word, as of now; -1: not said. */
int64_t whois_idle(const struct whois *w);
/* When they connected, wall clock seconds; 0: not said. */
int64_t whois_signon(const struct whois *w);
/* The answer is WHOWAS's: this one is gone. */
bool whois_is_gone(const struct whois *w);
/* Since when, in seconds; -1: not said, or not to be understood. */
int64_t whois_gone_for(const struct whois *w);
/* All that a person may want to read, a line each, without the nick. */
void whois_describe(const struct whois *w, const char *lang, struct buf *out);
/* The same with the real name before it, and the times after it. */
void whois_tell(const struct whois *w, const char *lang, struct buf *out);
/* Appends so many seconds as people say them: "15 min". */
void whois_add_time(struct mapping *m, const char *lang, int64_t seconds,
	struct buf *out);

/*
 * Called once for each question, perhaps inside whois_ask(); it does not ask in
 * turn. w is lent; NULL:
 * *fault says why. Both NULL: the session ends with the whole core, only what
 * ctx points at is to be freed.
 */
typedef void whois_fn(struct session *s, void *ctx, const struct whois *w,
	const struct fault *fault);

/* also_gone: who is not there is looked for by WHOWAS. The session is up. */
void whois_ask(struct session *s, struct slice nick, bool also_gone,
	whois_fn *done, void *ctx);
/* Somebody changed or left: the next one who asks gets fresh news. */
void whois_forget(struct session *s, struct slice nick);

/* For query.c and session.c. */
void whois_init(struct session *s);
enum answered whois_on_answer(struct session *s, const struct answer *a);
bool whois_on_numeric(struct session *s, int numeric, const struct ircmsg *m);
void whois_lost(struct session *s);    /* every question fails */
void whois_destroy(struct session *s); /* without a word */

#endif
