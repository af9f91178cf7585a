/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOMCONFIG_COMPARE_H
#define MAPPING_ROOM_ROOMCONFIG_COMPARE_H

#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"

/*
 * The inside of roomconfig_compare(), between roomconfig_set.c (single fields,
 * and what follows from all), _lists.c (masks and people) and _modes.c (modes as
 * IRC writes them). Each field says which letters it wants changed.
 */
enum {
	LETTERS = 64,
	MASKS_MAX = 200,
	STEPS_MAX = 2 * LETTERS + 2 * MASKS_MAX,
};

struct wanted {
	char letter;
	char sign; /* 0: nothing */
	struct slice arg;
};

struct compare {
	struct mapping *m;
	struct room *r;
	const struct roomconfig *c;
	struct roomconfig_plan *p;
	const struct roomconfig_field *f; /* the one that is looked at */
	struct wanted wanted[LETTERS];
	struct mode_step *masks;
	size_t nmasks;
};

/* why, a sentence with %s, for the field's name (C.9): see text_with(). */
const char *compare_with_name(struct mapping *m, const char *why,
	const char *var);
/* Always false; why is translated by the caller's N_(). */
bool compare_refuse_as(struct compare *k, enum stanza_error e, const char *why);
bool compare_refuse(struct compare *k, const char *why);

/* Two fields may not want different things of one letter. */
bool compare_want(struct compare *k, char letter, char sign, struct slice arg);
bool compare_want_off(struct compare *k, char letter);
bool compare_want_key(struct compare *k, struct slice key);
bool compare_want_limit(struct compare *k, struct slice value);
/* The one value, "" when there is none. */
struct slice compare_value_of(const struct roomconfig_wish *wish);

/* One kind of field each: false when it was refused. */
bool compare_set_people(struct compare *k, const struct roomconfig_wish *wish);
bool compare_set_list(struct compare *k, const struct roomconfig_wish *wish);
bool compare_set_raw(struct compare *k, const struct roomconfig_wish *wish);

static inline const struct isupport *compare_isupport(const struct compare *k)
{
	return ircnet_isupport(k->r->net);
}

#endif
