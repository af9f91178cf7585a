/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOMINFO_H
#define MAPPING_ROOM_ROOMINFO_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/people/caps.h"

/*
 * What a room is (PROTOCOL D.1): features by its modes, the form muc#roominfo.
 * Of a channel that the user's session is in all of it is known; of another the
 * modes are asked for (324 comes from outside, too), and the list of channels
 * tells topic and number of people where it is there, or can be asked for one
 * name. A channel that is hidden or does not exist is told of without either,
 * and without an error: joining may create it.
 */
struct roominfo {
	const struct ircnet *net; /* whose letters the modes are */
	uint64_t modes;
	bool counted;
	unsigned occupants;
	struct slice topic; /* cleaned; "" when there is none */
	struct slice url;   /* 328, else metadata; absent when none is known */
	struct slice title; /* metadata display-name; absent: the name is all */
	bool hides_hosts;   /* semi-anonymous */
	bool subject_known; /* ... who may change the subject */
	bool may_subject;
	bool open_subject; /* everybody may */
};

/* r->chan is there. Texts in the arena. */
void roominfo_of(const struct room *r, struct roominfo *info);
/* ROOMINFO_FEATURES at most. */
enum { ROOMINFO_FEATURES = 6 };
void roominfo_features(const struct roominfo *info, struct disco_info *d);
/* <x/>; nothing when nobody was counted. */
void roominfo_write(struct xw *w, const struct roominfo *info);

/*
 * disco#info of a CHAN that the session is not in: answered now or later.
 * false: IRC cannot be asked, nothing was answered.
 */
bool roominfo_ask(struct request *q, const struct addr *a, struct session *s);

/* disco.c: of s's network, the answer to an asker; info NULL: only what every room is. */
void disco_answer_room(struct session *s, const struct asker *asker,
	struct slice name, const struct roominfo *info);

#endif
