/* SPDX-License-Identifier: MIT */
#ifndef IRC_ISUPPORT_H
#define IRC_ISUPPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "irc/casemap.h"

/*
 * What the server said in 005 (and what holds before it): PROTOCOL B.4, E.
 * A plain value. Values are checked against sane bounds and clipped: a server
 * cannot make us cut text at 0 bytes. Tokens may come again at any time; -TOKEN
 * brings the default back; values are decoded (\xHH).
 */
/* One bit of a member's word is the mapping's: see chan_mark(). */
enum { ISUPPORT_PREFIXES = 15, ISUPPORT_TEXT = 64, ISUPPORT_ICON = 200 };

struct isupport {
	enum casemap casemap;
	char chantypes[16];                /* default "#&+!" until 005 */
	char statusmsg[16];                /* "" until 005 */
	char prefix_modes[ISUPPORT_PREFIXES + 1];   /* "ov", highest first */
	char prefix_symbols[ISUPPORT_PREFIXES + 1]; /* "@+" */
	char chanmodes[4][ISUPPORT_TEXT];  /* types A B C D */
	char network[ISUPPORT_TEXT];       /* NETWORK, "" when unknown */
	char icon[ISUPPORT_ICON];          /* draft/ICON: a URL, or "" */
	unsigned nicklen;    /* 9: of ours */
	unsigned maxnicklen; /* 0: others' are as long at most */
	unsigned channellen; /* 200 */
	unsigned topiclen;   /* 390 */
	unsigned kicklen;    /* 255 */
	unsigned awaylen;    /* 200 */
	unsigned keylen;     /* 23 */
	unsigned namelen;    /* 150 */
	unsigned hostlen;    /* 63 */
	unsigned userlen;    /* 10 */
	unsigned linelen;    /* 512 */
	unsigned modes;      /* 3: letters with parameter per MODE line */
	unsigned monitor;    /* 0: no MONITOR */
	unsigned watch;      /* 0: no WATCH */
	bool watch_away;     /* WATCHOPTS has A: it tells who is away */
	unsigned maxtargets; /* TARGMAX of PRIVMSG, 1 */
	unsigned maxjoins;   /* TARGMAX of JOIN, 10 */
	bool whox;
	bool namesx;
	bool uhnames;
	bool safelist;
	bool utf8only;
	bool account_required; /* nobody gets in without one */
	char elist[16];
	unsigned tags_denied; /* CLIENTTAGDENY, of the tags that we send */
	char extban[ISUPPORT_TEXT];         /* EXTBAN: "~,ar", "" when none */
	char account_extban[ISUPPORT_TEXT]; /* ACCOUNTEXTBAN: "R", "" */
	char bot;            /* letter of BOT=, 0 when none */
	bool seen;           /* at least one 005 came */
};

void isupport_init(struct isupport *is);
/* One token of a 005: "NICKLEN=31", "-WATCH", "WHOX". Unknown: ignored. */
void isupport_token(struct isupport *is, struct slice token);

/* May we send this client tag of ours (its name without "+")? */
bool isupport_tag_allowed(const struct isupport *is, const char *tag);

/* Somebody else's may be longer than NICKLEN, by MAXNICKLEN (ircu). */
unsigned isupport_longest_nick(const struct isupport *is);
bool isupport_is_channel(const struct isupport *is, struct slice name);
/* The place of a prefix symbol ('@') or mode letter ('o'); -1 when none. */
int isupport_symbol(const struct isupport *is, char symbol);
int isupport_mode(const struct isupport *is, char mode);

/* How a channel mode letter takes its parameter (CHANMODES, PREFIX). */
enum mode_kind {
	MODE_LIST,    /* A: always a parameter; without one it asks for the list */
	MODE_ALWAYS,  /* B */
	MODE_ON_SET,  /* C */
	MODE_NEVER,   /* D, and unknown letters */
	MODE_PREFIX,  /* a nick */
};
enum mode_kind isupport_mode_kind(const struct isupport *is, char mode);
/* Is it in CHANMODES at all? */
bool isupport_has_mode(const struct isupport *is, char mode);

#endif
