/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_ACCOUNT_PRIVATE_H
#define MAPPING_REGISTER_ACCOUNT_PRIVATE_H

#include "mapping/register/account.h"

/* What account.c and account_change.c have between them. */

/*
 * What a row means, by its kind: "user" is registered; "language": the value is
 * an xml:lang; "setting": scope is a network or "", key a setting's name;
 * "contact": key is the entity, value the state in decimal. A row without kind
 * and value removes the user.
 */
void account_row(struct mapping *m, const struct store_row *row);
void account_destroy(struct account *a);
/* Changes under way: done(ERR_CLOSED); none is taken from now on. */
void changes_free(struct mapping *m);

#endif
