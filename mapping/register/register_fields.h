/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_REGISTER_FIELDS_H
#define MAPPING_REGISTER_REGISTER_FIELDS_H

#include "irc/isupport.h"
#include "mapping/register/account.h"
#include "xmpp/form.h"

/*
 * The fields of the registration form (PROTOCOL C.16), one row each, for the
 * files of mapping/register/: how a field is shown, and what it may hold.
 */
enum {
	FIELD_ON_GW = 1,  /* the gateway's form only */
	FIELD_FREE = 2,   /* only where users may name servers */
	FIELD_MULTI = 4,  /* lines */
	FIELD_NEEDED = 8,
	FIELD_OF_USER = 16, /* not for single networks */
};

/* What values are judged by. */
struct register_rules {
	struct mapping *core;
	const struct isupport *is; /* of the user's connection, or the default */
};

/*
 * Appends the value as it is kept; false: it may not be. Emptied values do not
 * come here.
 */
typedef bool register_check_fn(const struct register_rules *rules,
	struct slice value, struct buf *out);

struct register_field {
	enum setting setting;
	const char *element;   /* among the plain ones, NULL: not there */
	const char *type;
	const char *label;
	unsigned flags;
	const char *otherwise; /* what holds when nothing is kept, or NULL */
	const struct form_option *options;
	size_t noptions;
	register_check_fn *check;
	const char *refusal;   /* for people; names the field */
};

extern const struct register_field register_fields[];
extern const size_t register_field_count;

/* Is it in the form of this network (NULL: of the gateway)? */
bool register_field_offered(const struct mapping *m,
	const struct register_field *f, const struct network *n);
/* What holds without a value of its own: GW's for a network, else otherwise. */
const char *register_inherited(const struct account *a,
	const struct register_field *f, const struct network *n);

#endif
