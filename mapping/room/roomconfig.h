/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOMCONFIG_H
#define MAPPING_ROOM_ROOMCONFIG_H

#include "mapping/addr.h"
#include "mapping/room/chanmode.h"
#include "mapping/room/modeline.h"
#include "mapping/room/moderate.h"

/*
 * The configuration form of a room (muc#owner; XEP-0045 10.2; PROTOCOL D.13).
 *
 * The story of a get: MODE asks for the modes and for the lists of masks, a
 * mark follows (moderate.h), and what is known then is the form. A list that is
 * not shown to us, or that is longer than CONFIG_LIST_BYTES, is left out of it.
 * The story of a set: a value that is as the form showed it says nothing, so
 * what others changed meanwhile stays; the last form of each room is kept for
 * that, for CONFIG_FORM_MS, CONFIG_FORMS_MAX of a session. The other values are
 * compared with what is; a list that it holds is asked for first. What differs
 * becomes as few MODE lines as possible and a TOPIC; nothing differs: nothing is
 * sent. Nothing is sent either when one value makes no sense: not-acceptable,
 * naming the field. Only what the server offers is in the form (chanmode.h,
 * CHANMODES).
 */
void iq_owner_get(struct request *q, const struct addr *a);
void iq_owner_set(struct request *q, const struct addr *a);

/* The room goes: nobody will come back with its form. */
void roomconfig_forget(struct room *r);

/* ---- between roomconfig.c and its _fields, _form, _shown, _read, _set ---- */

#define CONFIG_FORM "http://jabber.org/protocol/muc#roomconfig"

enum {
	CONFIG_LIST_BYTES = 32768,
	CONFIG_LISTS = 3,
	CONFIG_FIELDS_MAX = 40,
	CONFIG_MASK_MAX = 200,
	CONFIG_FORM_MS = 600000,
	CONFIG_FORMS_MAX = 8, /* of a session; the oldest is forgotten */
	CONFIG_LIMIT_MAX = 65534, /* ngIRCd takes no more, without a word */
};

enum roomconfig_kind {
	CONFIG_NAME, /* shown only, as the others that are */
	CONFIG_TOPIC,
	CONFIG_ON,     /* true: the mode is set */
	CONFIG_OFF,    /* true: it is not */
	CONFIG_PUBLIC, /* neither secret nor private */
	CONFIG_PERSISTENT,
	CONFIG_PROTECTED,
	CONFIG_SECRET,
	CONFIG_LIMIT,
	CONFIG_WHOIS,
	CONFIG_ADMINS,
	CONFIG_OWNERS,
	CONFIG_LIST,
	CONFIG_RAW,
};

struct roomconfig_field {
	const char *var;
	const char *type;
	const char *label;
	enum roomconfig_kind kind;
	enum chanmode mode; /* of CONFIG_ON and CONFIG_OFF */
	char list;	    /* letter of CONFIG_LIST */
};

/* What is known of a list of masks. */
struct roomconfig_list {
	struct buf raw; /* masks, a line end behind each; what XML cannot
			 * hold is neither shown nor touched */
	bool whole;	/* its end came */
	bool cut;
};

/* What a set wants of one field. */
struct roomconfig_wish {
	bool given;
	struct slice *values;
	size_t nvalues;
};

/* One get or set under way; or a form, its wishes being what it shows. */
struct roomconfig {
	struct arena arena; /* of the wishes */
	struct roomconfig_list lists[CONFIG_LISTS];
	struct roomconfig_wish wishes[CONFIG_FIELDS_MAX];
	size_t nwishes;
	struct roomconfig *shown; /* of a set: the form it answers, or NULL */
	/* Of a form that is kept: */
	struct room *room;         /* NULL: it is not */
	struct list link;          /* in session->forms */
	const struct istr *client; /* full JID */
	struct timer timer;
};

struct roomconfig *roomconfig_create(void);
/* NULL is fine. Values may hold a key: they are wiped. */
void roomconfig_destroy(struct roomconfig *c);

/* All that there are, in the order of the form; *n: how many. */
const struct roomconfig_field *roomconfig_fields(size_t *n);
/* Does this room have it, as far as is known? */
bool roomconfig_offered(const struct room *r, const struct roomconfig_field *f);
/* May it be changed? */
bool roomconfig_settable(
	const struct room *r, const struct roomconfig_field *f);
/* Of the kinds that are true or false. */
bool roomconfig_flag(const struct room *r, const struct roomconfig_field *f);
/* Of the kinds with one text; valid until the arena is emptied. */
struct slice roomconfig_value(
	const struct room *r, const struct roomconfig_field *f);
/* The place of a list by its letter. */
unsigned roomconfig_list_place(char letter);
/* The letters of the lists that this server has. */
void roomconfig_list_letters(const struct room *r, char out[CONFIG_LISTS + 1]);
/* Is this flag letter one of the modes of CONFIG_RAW? */
bool roomconfig_is_raw(const struct isupport *is, char letter);
/* The key that is set, as far as it is known; "*" when not. */
struct slice roomconfig_key(const struct room *r);
/* The parameter of a mode that is set; "*": not known, absent: none. */
struct slice roomconfig_param(const struct room *r, char letter);
/* Calls fn for the address of each occupant of that affiliation. */
void roomconfig_people(const struct room *r, const char *affiliation,
	void (*fn)(void *ctx, struct slice jid), void *ctx);

/* <x/>: the form as it is now. */
void roomconfig_write(struct xw *w, struct room *r, const struct roomconfig *c,
	const char *lang);

/* ---- _shown.c ---- */

/* This client was shown the form of c: the room keeps it. */
void roomconfig_keep(struct room *r, struct roomconfig *c,
	const struct istr *client);
/* The form that this client answers becomes c->shown; none: nothing. */
void roomconfig_answers(struct roomconfig *c, const struct room *r,
	const char *client);
/* Takes the wishes away that are as the form showed them. */
void roomconfig_spare(struct roomconfig *c, const struct room *r);
/* The list as the form showed it; NULL: it did not. */
const struct roomconfig_list *roomconfig_shown_list(const struct roomconfig *c,
	char letter);
/* The text of a field as the form showed it; absent: it did not. */
struct slice roomconfig_shown_text(const struct roomconfig *c,
	enum roomconfig_kind kind);

/* What is to be done; everything in the core's arena. */
struct roomconfig_plan {
	struct mode_step *steps;
	size_t nsteps;
	bool topic_set;
	struct slice topic;
	struct fault fault;
};

/* The wishes of a form; false: *fault. */
bool roomconfig_read(struct roomconfig *c, struct mapping *m,
	const struct elem *x, struct fault *fault);
/* A list has to be known before this can be judged, or the modes. */
bool roomconfig_must_ask(const struct roomconfig *c, const struct room *r);
/* What differs between the wishes and the room; false: p->fault. */
bool roomconfig_compare(
	const struct roomconfig *c, struct room *r, struct roomconfig_plan *p);

#endif
