/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_ACCOUNT_PRIVATE_H
#define MAPPING_REGISTER_ACCOUNT_PRIVATE_H

#include "mapping/register/account.h"

/* What account.c, account_change.c and channel.c have between them. */

struct change {
	struct list link; /* in mapping->changes, once committed */
	struct mapping *mapping;
	uint64_t token;
	const struct istr *user;
	struct store_row *rows;
	size_t nrows;
	size_t cap;
	change_done_fn *done;
	void *ctx;
	struct timer refusal; /* it is over a ceiling: done() comes from here */
	enum err refused;
};

/* value NULL: the row goes. */
void change_add_row(struct change *c, const char *kind, const char *scope,
	const char *key, const char *value, bool secret);
/* Without kind: removal. */
static inline bool row_is_removal(const struct store_row *row)
{
	return row->kind[0] == '\0';
}

/*
 * What a row means, by its kind: "user" is registered; "language": the value is
 * an xml:lang; "setting": scope is a network or "", key a setting's name;
 * "contact": key is the entity, value the state in decimal; "channel": scope is a
 * network, key a channel, a comma and a setting of it (channel.h). A row without
 * kind and value removes the user.
 */
void account_row(struct mapping *m, const struct store_row *row);
void account_destroy(struct account *a);
/* channel.c */
void channel_row(struct account *a, const struct store_row *row);
void channels_free(struct account *a);
/* How many channels with settings it adds; an upper bound. */
size_t channels_new(const struct account *a, const struct change *c);
/* Changes under way: done(ERR_CLOSED); none is taken from now on. */
void changes_free(struct mapping *m);

#endif
