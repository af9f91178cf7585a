/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ADDR_H
#define MAPPING_ADDR_H

#include "mapping/core.h"

/*
 * Addresses: which entity a JID of ours is, and which JID an entity has
 * (PROTOCOL B.1 to B.4).
 */
enum addr_kind {
	ADDR_GW,
	ADDR_SRV,
	ADDR_CHAN,
	ADDR_OCC,
	ADDR_NICK,
	ADDR_KINDS
};

/* Everything lives in the core's arena, for this call. */
struct addr {
	enum addr_kind kind;
	struct network *network; /* NULL for GW */
	struct slice name;       /* channel or nick as typed, unescaped */
	struct slice prepared;   /* the same after nodeprep */
	struct slice nick;       /* OCC: the resource, prepared */
	const char *bare;        /* the JID without resource, prepared */
};

/*
 * `to` is the stanza's, in full; `user` tells which sessions (and so which
 * CHANTYPES) there are, NULL when none. Names without a network are on the
 * default network that the user has registered. false: *fault says why not.
 */
bool addr_parse(struct mapping *m, const char *to, const struct user *user,
	struct addr *out, struct fault *fault);
/* The same for a stanza of this bare JID: there may be no struct user yet. */
bool addr_parse_for(struct mapping *m, const char *to, const char *bare,
	struct addr *out, struct fault *fault);

/*
 * A mask of people in place of a nick, as in lists of bans (D.6):
 * *!*\40host%network@GW. Absent: the address is none of this network.
 */
struct slice addr_mask(struct mapping *m, const char *jid,
	const struct network *network);

/*
 * The network a host part means: configured, alias, or free choice where the
 * operator allows it. NULL: *fault.
 */
struct network *addr_network(struct mapping *m, struct slice host,
	struct fault *fault);

/*
 * A server as a user names it: a host name, or an address with or without
 * brackets. Appends what to connect to; false: it is none.
 */
bool addr_host(struct slice text, struct buf *out);

/*
 * Would IRC take this name for a channel's? By the CHANTYPES of the user's
 * session (user may be NULL), else by the usual ones.
 */
bool addr_is_channel(const struct user *user, const struct network *network,
	struct slice name);

/* Appends network@GW, nick%network@GW, channel%network@GW; names from IRC. */
void addr_add_srv(struct mapping *m, struct buf *out,
	const struct network *network);
void addr_add_name(struct mapping *m, struct buf *out,
	const struct network *network, struct slice name);
/* The name can stand in such an address as it is, and come back from there. */
bool addr_holds_name(struct mapping *m, const struct network *network,
	struct slice name);
/*
 * A nick as a resource: as IRC spells it, but for what no JID may hold (B.4):
 * then `_` and a mark. true when it is the nick itself.
 */
bool addr_add_resource(struct mapping *m, struct buf *out,
	const struct network *network, struct slice nick);

/* The member of a channel whose resource this is; NULL when there is none. */
struct ircuser *addr_find_occupant(struct session *s, const struct ircnet *net,
	const struct ircchan *chan, struct slice resource, uint32_t *bits);

/*
 * A name from IRC as people read it: UTF-8, or decoded by the network's charset
 * (G.3), without what XML forbids.
 */
void addr_add_clean(struct buf *out, const struct network *network,
	struct slice name);

/*
 * The channel that a CHAN address means: servers prepare names in transit, so
 * one of the known list (chanlist.h) may be spelled otherwise (B.3), and so may
 * one of those that we were invited to last. Lent for the call.
 */
struct slice addr_find_channel(struct session *s, const struct addr *a);
/* An invitation tells of this channel; forgotten with the session. */
void addr_invited(struct session *s, struct slice channel);
void addr_forget_invited(struct session *s);
/*
 * The nick that a NICK address means in this session: as IRC spells it when it
 * is known there, also for one that stands in the address with substitutes
 * (B.4); else the name as typed.
 */
struct slice addr_find_nick(struct session *s, const struct addr *a);

#endif
