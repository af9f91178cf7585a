/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_META_H
#define MAPPING_PEOPLE_META_H

#include "mapping/core.h"

struct whois;

/*
 * What people and channels say of themselves on IRC, as Jabber is shown it
 * (draft/metadata-2; PROTOCOL C.21, F.1). A value is a text of strangers: cleaned
 * for XML, in the core's arena, absent when there is none; an address is one that
 * a client may follow without harm, else there is none.
 */
struct slice meta_text(struct mapping *m, struct slice value);
/* http or https. */
struct slice meta_homepage(struct mapping *m, struct slice value);
/* Fetched by clients on their own: https alone; {size} is filled in. */
struct slice meta_avatar(struct mapping *m, struct slice value);

/* Of the person of a WHOIS: what the connection is told, else 760. Raw. */
struct slice meta_of_person(const struct whois *w, enum irc_meta key);
/* What has no field of its own in a card: lines behind the others. */
void meta_describe(const struct whois *w, const char *lang, struct buf *out);
/* What has one, where there is no card. */
void meta_tell(const struct whois *w, const char *lang, struct buf *out);

#endif
