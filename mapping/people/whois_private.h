/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_WHOIS_PRIVATE_H
#define MAPPING_PEOPLE_WHOIS_PRIVATE_H

#include "mapping/people/whois.h"

/*
 * The inside that whois.c, whois_read.c and whois_show.c share.
 *
 * The story of one: WAITING for its turn -> ASKED: 311, more lines, 318 -> who
 * asked is answered, KNOWN for a minute. 401 (or 402, since the nick stands where
 * a server may) -> those who asked only for who is there fail; for the others
 * GONE: WHOWAS, 314, 312, 369 -> answered, forgotten. No end within 20 s
 * (patience.h): what came is the answer, and with nothing it fails.
 */
enum whois_state { WHOIS_WAITING, WHOIS_ASKED, WHOIS_GONE, WHOIS_KNOWN };

struct whois {
	struct list link; /* in session->whois.all */
	struct session *session;
	const struct istr *key;  /* folded nick */
	const struct istr *name; /* as asked */
	const struct istr *nick; /* as the server says, NULL before */
	enum whois_state state;
	uint64_t label;      /* of the WHOIS or WHOWAS under way */
	bool found;
	struct list askers;
	unsigned naskers;
	struct patience patience;
	struct buf texts[WHOIS_TEXTS];
	int64_t idle_s;
	int64_t signon_s;
	int64_t gone_s;      /* wall clock, 0: not known */
	uint64_t told_at_ms; /* when idle_s was true */
};

enum { WHOIS_ANSWER_MS = 20000, WHOIS_TEXT_MAX = 1024 };

/* The one of this nick under the casemapping of the session, or NULL. */
struct whois *whois_find(const struct session *s, struct slice nick);
/* Everybody who asked; not gone_too: but for those content with a WHOWAS. */
void whois_answer(struct whois *w, const struct whois *result,
	const struct fault *fault, bool gone_too);
/* Everybody is told why not, and it is freed. */
void whois_fail(struct whois *w, enum stanza_error e, const char *why);
/* The same, after ircnet would not ask it. */
void whois_refused(struct whois *w, enum err err);
/* Nobody waits for it. */
void whois_free(struct whois *w);

#endif
