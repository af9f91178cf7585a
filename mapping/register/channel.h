/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_CHANNEL_H
#define MAPPING_REGISTER_CHANNEL_H

#include "irc/casemap.h"
#include "mapping/register/account.h"

/*
 * What a registered user wants of single channels (PROTOCOL C.23), kept with the
 * registration and gone with it, ACCOUNT_CHANNELS at most. Each setting of a
 * channel is a row of its own, so two changes that cross spoil nothing. What the
 * settings do to a room is mapping/room/own.h.
 *
 * A channel is found by its name, under the casemapping of the connection; it
 * keeps the spelling that it had first.
 */
enum channel_setting {
	CHANNEL_PERSISTENT, /* "yes": stays without a client, "no": does not */
	CHANNEL_HISTORY,    /* messages shown at entering, at most */
	CHANNEL_NOTICES,    /* lines of no person: "all", "people", "none" */
	CHANNEL_PRESENCE,   /* "full", "lazy" */
	CHANNEL_ENCODING,   /* of texts there that are no UTF-8 */
	CHANNEL_SETTINGS,
};

enum { CHANNEL_VALUE_MAX = 40 };

struct channel {
	struct list link;           /* in account->channels */
	const struct istr *network; /* its name */
	const struct istr *name;
	const struct istr *values[CHANNEL_SETTINGS]; /* NULL: as usual */
};

/* Name in storage, form and text. */
const char *channel_setting_name(enum channel_setting s);
/* In any case of letters; CHANNEL_SETTINGS: there is none. */
enum channel_setting channel_setting_find(struct slice name);

/* Of a registered user (a may be NULL); NULL: nothing is kept. */
const struct channel *channel_find(const struct account *a,
	const char *network, enum casemap casemap, struct slice name);
/* Its value; NULL: as usual (c may be NULL). */
const char *channel_value(const struct channel *c, enum channel_setting s);

/*
 * How the channel is spelled where it is kept, or is being kept; else as given.
 * In the core's arena.
 */
const char *channel_spelling(struct mapping *m, const char *bare,
	const char *network, enum casemap casemap, struct slice name);
/* Channels of this network are kept, once all changes under way are. */
bool channels_will_be(const struct mapping *m, const char *bare,
	const char *network);

/* value NULL: as usual. */
void change_channel(struct change *c, const char *network, const char *name,
	enum channel_setting s, const char *value);
/* All of a network go, also those that are just being kept. */
void change_drop_channels(struct change *c, const char *network);

#endif
