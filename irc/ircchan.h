/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCCHAN_H
#define IRC_IRCCHAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/list.h"
#include "base/map.h"
#include "irc/isupport.h"

/*
 * What one connection knows of people and channels. Written by ircnet alone;
 * others read. Names are interned: people seen by many connections are kept
 * once.
 */

/* Somebody who shares a channel with us (or is ourselves). */
struct ircuser {
	struct map_entry entry;         /* key: folded nick */
	const struct istr *nick;        /* as the server spells it */
	/*
	 * Channels of 10,000 are full of people who are in no other and of whom
	 * nothing is known but where they are: for them this is `userhost`
	 * itself, else a struct ircmore. The lowest bits tell, see USER_BITS.
	 */
	uintptr_t rest;
};

enum user_text {
	USER_HOST,     /* "user@host", NULL when unknown */
	USER_ACCOUNT,  /* NULL: none or unknown */
	USER_AWAY,     /* text when away, NULL when here */
	USER_IDENTITY, /* see ircnet_identity(); NULL: as it is now */
	USER_TEXTS,
};

struct ircmore {
	const struct istr *text[USER_TEXTS];
	uint32_t channels; /* memberships */
	bool bot;
	bool oper;
};

enum {
	USER_MORE = 1,  /* `rest` is a struct ircmore */
	USER_ASKED = 2, /* ircnet_identity() was asked for */
	USER_IN_ONE = 4, /* without a struct ircmore: member of one, else none */
	USER_BITS = 7,
};

static inline struct ircmore *ircuser_more(const struct ircuser *u)
{
	return (u->rest & USER_MORE) != 0 ?
		(struct ircmore *)(u->rest & ~(uintptr_t)USER_BITS) : NULL;
}

static inline const struct istr *ircuser_text(const struct ircuser *u,
	enum user_text which)
{
	const struct ircmore *more = ircuser_more(u);

	if (more != NULL) {
		return more->text[which];
	}
	return which == USER_HOST ?
		(const struct istr *)(u->rest & ~(uintptr_t)USER_BITS) : NULL;
}

static inline const struct istr *ircuser_host(const struct ircuser *u)
{
	return ircuser_text(u, USER_HOST);
}

static inline const struct istr *ircuser_account(const struct ircuser *u)
{
	return ircuser_text(u, USER_ACCOUNT);
}

static inline const struct istr *ircuser_away(const struct ircuser *u)
{
	return ircuser_text(u, USER_AWAY);
}

static inline uint32_t ircuser_channels(const struct ircuser *u)
{
	const struct ircmore *more = ircuser_more(u);

	return more != NULL ? more->channels : (u->rest & USER_IN_ONE) != 0;
}

static inline bool ircuser_bot(const struct ircuser *u)
{
	const struct ircmore *more = ircuser_more(u);

	return more != NULL && more->bot;
}

enum chan_state {
	CHAN_REQUESTED, /* JOIN queued or sent */
	CHAN_JOINED,    /* our own JOIN was seen */
	CHAN_COMPLETE,  /* 366 was seen: members are known */
};

/* The parameter of a channel mode other than k and l. */
struct chan_param {
	char letter;
	const struct istr *value;
};

struct charset; /* base/charset.h */

struct ircchan {
	struct map_entry entry;       /* key: folded name */
	const struct istr *name;      /* as the server spells it */
	struct map members;           /* of ircuser; word: prefix bits, MEMBER_MARK */
	enum chan_state state;
	uint64_t modes;               /* flags A-Z, a-z, see chan_mode_bit() */
	char *key;                    /* NULL when none is known */
	unsigned limit;               /* +l, 0 when none */
	struct chan_param *params;    /* of the other modes that have one */
	unsigned nparams;
	char *topic;                  /* NULL until known; "" when there is none */
	const struct istr *url;       /* 328, NULL when none is known */
	struct charset *charset;      /* of its texts that are no UTF-8 ... */
	bool charset_own;             /* ... when it is not the connection's */
	const struct istr *topic_by;  /* nick or nick!user@host or server */
	int64_t topic_at;             /* seconds since 1970, 0 unknown */
	char symbol;                  /* of 353: '=', '*', '@', 0 unknown */
	int64_t created_at;           /* 329, seconds since 1970, 0 unknown */
	uint32_t asked;               /* JOINs asked for, counts up */
	bool modes_known;             /* 324 came */
	bool modes_wanted;            /* MODE is to be asked (ircnet's own) */
	bool modes_asked;             /* ... was, and is not answered */
	bool names_wanted;            /* NAMES again, ircnet's own as well */
	bool names_asked;
	bool meta_changed;            /* ircnet's own, see ircnet_meta.c */
	unsigned parts;               /* ircnet's own, see ircnet_chan.c */
	unsigned again;
	bool out;
	void *owner;                  /* the mapping's room, not touched here */
};

enum watch_state { WATCH_UNKNOWN, WATCH_OFFLINE, WATCH_ONLINE };

/* Where a watched nick stands at the server. */
enum watch_place {
	PLACE_NEW,    /* to be put on its list */
	PLACE_LISTED, /* there */
	PLACE_POLLED, /* it has none, or it is full: asked for by ISON */
};

/* Somebody whose presence is wanted: see ircnet_watch(). */
struct ircwatched {
	struct map_entry entry;         /* key: folded nick */
	const struct istr *nick;        /* as it was asked for, or as seen */
	const struct istr *away;        /* text when away, NULL when here */
	const struct istr *reason;      /* of the QUIT of one who is offline */
	const struct istr *renamed;     /* what one of that nick is called now */
	enum watch_state state;
	void *owner;                    /* the mapping's, not touched here */
	/* ircnet's own: */
	struct list link;
	struct list dirty;
	const struct istr *told_away;
	enum watch_state told;
	enum watch_place place;
	bool due;                       /* ISON is to ask for it */
	bool asked;                     /* ... did and waits for the answer */
	bool host_due;                  /* USERHOST is to ask for it */
};

/* Bit i of a member's prefix word is the i-th letter of PREFIX, 0 the highest. */
static inline bool prefix_has(uint32_t bits, int place)
{
	return place >= 0 && (bits >> place & 1U) != 0;
}

/* The bit of a flag mode letter in ircchan.modes; 0 for other characters. */
uint64_t chan_mode_bit(char letter);
static inline bool chan_has_mode(const struct ircchan *c, char letter)
{
	return (c->modes & chan_mode_bit(letter)) != 0;
}

/* Of a mode other than k and l that is set; absent: none, or not known. */
struct slice chan_param(const struct ircchan *c, char letter);

/* NULL when that user is not in the channel; *bits may be NULL. */
struct ircuser *chan_member(const struct ircchan *c, const struct istr *folded,
	uint32_t *bits);

/*
 * A member may bear a mark of the mapping's, which ircnet only keeps: beside the
 * prefixes in the word of the map, through changes of nick, until he leaves.
 */
enum { MEMBER_MARK = 1U << 15, MEMBER_PREFIXES = MEMBER_MARK - 1 };
bool chan_marked(const struct ircchan *c, const struct istr *folded);
/* Harmless when there is no such member. */
void chan_mark(struct ircchan *c, const struct istr *folded);

#endif
