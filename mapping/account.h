/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ACCOUNT_H
#define MAPPING_ACCOUNT_H

#include "mapping/core.h"

/*
 * What is kept of registered users (PROTOCOL C.2, C.16): settings for all
 * networks and for single ones, contacts with their subscription states. All of
 * it is in memory, loaded at the start; every change goes to storage first and
 * becomes true, here and for the user, when it is durable.
 */
enum setting {
	SET_NICK,
	SET_USERNAME,
	SET_NAME,            /* real name */
	SET_PASSWORD,        /* of the account on IRC; secret */
	SET_EMAIL,
	SET_NETWORK,         /* default network; user-wide only */
	SET_ACCOUNT,         /* account name, else the nick */
	SET_ALTNICKS,        /* words */
	SET_AUTOJOIN,        /* channels, words */
	SET_AUTOCONNECT,     /* "1": connect with the user's presence */
	SET_SERVER_PASSWORD, /* PASS; secret */
	SET_COMMANDS,        /* lines after 001 */
	SET_ENCODING,
	SET_WHEN_OFFLINE,    /* "quit", "away", "stay" */
	SET_NICKSERV,        /* "0": never IDENTIFY */
	SETTINGS
};

/* Name in storage and form; secret values are sealed and never sent back. */
const char *setting_name(enum setting s);
bool setting_is_secret(enum setting s);

/* Subscription of an entity of ours and a user: bits of XEP-0162's states. */
enum {
	CONTACT_FROM = 1,     /* the user sees the entity's presence */
	CONTACT_TO = 2,       /* the entity sees the user's */
	CONTACT_ASKED = 4,    /* we asked for the user's */
};

struct contact {
	struct map_entry entry; /* key: bare JID of GW, SRV or NICK, prepared */
	unsigned state;
};

struct profile {
	struct list link;          /* in account->networks */
	const struct istr *network; /* NULL: the user's own */
	char *values[SETTINGS];    /* NULL: not set */
};

struct account {
	struct map_entry entry; /* key: bare JID */
	struct mapping *mapping;
	bool registered;        /* false: a walk-in with contacts only */
	struct profile own;
	struct list networks;
	struct map contacts;
};

struct account *account_find(const struct mapping *m, const char *bare);
/* Registered, that is. */
bool account_registered(const struct mapping *m, const char *bare);
/* The value for this network, falling back to the user's own; NULL: none. */
const char *account_setting(const struct account *a,
	const struct network *network, enum setting s);
struct contact *account_contact(const struct account *a, const char *jid);

/*
 * A change: begun, filled, committed. It is one transaction. `done` is called
 * once, with ERR_OK after it is durable and true in memory, else with why not
 * (then nothing changed); `ctx` is handed on. Several may be under way for one
 * user: they become true in the order of their commits.
 */
struct change;
typedef void change_done_fn(struct mapping *m, void *ctx, enum err err);

struct change *change_begin(struct mapping *m, const char *bare);
void change_register(struct change *c);     /* is registered from now on */
void change_remove(struct change *c);       /* everything of this user goes */
/* network NULL: the user's own. value NULL: not set any more. */
void change_setting(struct change *c, const char *network, enum setting s,
	const char *value);
/* state 0: forgotten. */
void change_contact(struct change *c, const char *jid, unsigned state);
void change_commit(struct change *c, change_done_fn *done, void *ctx);

/* For core.c. */
void accounts_init(struct mapping *m);
void accounts_free(struct mapping *m); /* changes under way: done(ERR_CLOSED) */
void accounts_load(struct mapping *m, const struct store_row *row);
void accounts_saved(struct mapping *m, uint64_t token, enum err err);

#endif
