/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_ACCOUNT_H
#define MAPPING_REGISTER_ACCOUNT_H

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
	SET_ADDRESS,         /* server of a network that the user named */
	SET_PORT,
	SET_TLS,             /* "verify", "insecure" */
	SET_SASL,            /* "0": never */
	SET_THROTTLE,        /* seconds between lines */
	SET_CERTIFICATE,     /* with its key: base/cert.h; secret */
	SET_PRESENCE,        /* of rooms: "full", "lazy", else as the operator */
	SET_BOT,             /* "1": IRC is told that it is a program */
	SET_SASL_REQUIRED,   /* "1": no connection without the login */
	SET_AWAY_REPLY,      /* "0": no word that whom one writes to is away */
	SET_METADATA,        /* said on IRC of oneself: people/ownmeta.h */
	SET_LANGUAGE,        /* of our words; user-wide only */
	SETTINGS
};

/* Name in storage and form; secret values are sealed and never sent back. */
const char *setting_name(enum setting s);
bool setting_is_secret(enum setting s);
/* Bytes of a value at most. */
size_t setting_max(enum setting s);

/* Subscription of an entity of ours and a user: bits of XEP-0162's states. */
enum {
	CONTACT_FROM = 1,     /* the user sees the entity's presence */
	CONTACT_TO = 2,       /* the entity sees the user's */
	CONTACT_ASKED = 4,    /* we asked for the user's */
};

struct contact {
	struct map_entry entry; /* key: bare JID of GW, SRV, CHAN or NICK, prepared */
	unsigned state;
	/* How it looks to the user now (contact_show.c), not kept: */
	bool available;
	bool unsent;               /* changed while the component was away */
	unsigned shown;            /* how often */
	const char *show;          /* static, NULL: none */
	const struct istr *status; /* NULL: none */
	int64_t since;             /* wall clock of the last change, 0: none */
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
	bool fresh;             /* registered by a change, not yet greeted */
	const struct istr *lang;  /* xml:lang, NULL: not known */
	uint64_t lang_kept_ms;    /* when it was stored last, 0: never */
	struct profile own;
	struct list networks;
	struct list channels;   /* struct channel: channel.h */
	unsigned nchannels;
	struct map contacts;
};

struct account *account_find(const struct mapping *m, const char *bare);
/* Registered, that is. */
bool account_registered(const struct mapping *m, const char *bare);
/* ... or will be, once all changes that are under way are kept. */
bool account_will_be_registered(const struct mapping *m, const char *bare);
/* The same of settings for this network. */
bool account_will_have_profile(const struct mapping *m, const char *bare,
	const char *network);
/*
 * The value of a setting, of this network alone (NULL: the user's own), once all
 * changes that are under way are kept; lent until the next event.
 */
const char *account_will_have(const struct mapping *m, const char *bare,
	const char *network, enum setting s);
/* The value for this network, falling back to the user's own; NULL: none. */
const char *account_setting(const struct account *a,
	const struct network *network, enum setting s);
/* The same without what stands for the network itself. */
const char *account_inherited(const struct account *a,
	const struct network *network, enum setting s);
/* What stands for the network itself, without falling back; may be NULL. */
const struct profile *account_profile(const struct account *a,
	const char *network);
/* The user's default network; NULL: none, or it is no longer served. */
struct network *account_network(struct mapping *m, const struct account *a);
struct contact *account_contact(const struct account *a, const char *jid);
/* All of them, with those that changes under way bring (these perhaps twice). */
void account_each_contact(const struct mapping *m, const char *bare,
	void (*fn)(void *ctx, const char *jid), void *ctx);
/* Its state once all changes that are under way are kept; 0: none. */
unsigned account_contact_will_be(const struct mapping *m, const char *bare,
	const char *jid);

/* Ceilings; a change that would go over one is refused (ERR_FULL). */
enum {
	ACCOUNT_PROFILES = 32,  /* networks with settings of their own */
	ACCOUNT_CONTACTS = 2000,
	ACCOUNT_CHANNELS = 200, /* channels with settings of their own */
	ACCOUNT_CHANGES = 256,  /* of one user under way */
	CHANGES_MAX = 10000,    /* of all users */
};

/*
 * A change: begun, filled, committed. It is one transaction. `done` (may be
 * NULL) is called once, later, with ERR_OK after it is durable and true in
 * memory, else with why not (then nothing changed); `ctx` is handed on. Several
 * may be under way for one user: they become true in the order of their
 * commits. ERR_CLOSED: the core ends, and whether it is kept is not known, so
 * nothing is said of it; what is committed from then on is thrown away without a
 * word.
 */
struct change;
typedef void change_done_fn(struct mapping *m, void *ctx, enum err err);

struct change *change_begin(struct mapping *m, const char *bare);
void change_register(struct change *c);     /* is registered from now on */
void change_remove(struct change *c);       /* everything of this user goes */
/* network NULL: the user's own. value NULL: not set any more. */
void change_setting(struct change *c, const char *network, enum setting s,
	const char *value);
/* The language that this user's clients speak (PROTOCOL G.1). */
void change_language(struct change *c, const char *lang);
/* All settings of a network go. */
void change_drop_profile(struct change *c, const char *network);
/* state 0: forgotten. */
void change_contact(struct change *c, const char *jid, unsigned state);
/* Not committed after all. */
void change_cancel(struct change *c);
void change_commit(struct change *c, change_done_fn *done, void *ctx);
/* While `done` of a removal runs: what was removed; else NULL. */
const struct account *account_removed(const struct mapping *m);

/* For core.c. */
void accounts_init(struct mapping *m);
void accounts_free(struct mapping *m); /* changes under way: done(ERR_CLOSED) */
void accounts_load(struct mapping *m, const struct store_row *row);
void accounts_saved(struct mapping *m, uint64_t token, enum err err);

#endif
