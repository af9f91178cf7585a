/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_CORE_H
#define MAPPING_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/intern.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "irc/ircnet.h"
#include "mapping/config.h"
#include "mapping/mapping.h"
#include "mapping/patience.h"
#include "mapping/ports.h"
#include "base/share.h"
#include "xmpp/error.h"
#include "xmpp/jid.h"
#include "xmpp/stanza.h"
#include "xmpp/writer.h"

/*
 * The tree that the core owns, for the files of mapping/ alone:
 *
 *     mapping > user > session > room > view
 *                    > resource
 *
 * A user is a bare JID; a session is its one IRC connection to a network; a
 * room is a channel of that session; a resource is one client (full JID); a view
 * is what one resource has of one room. A parent destroys its children, children
 * point up. ircnet owns channels and their members; a room lends them.
 */

/* What buffers that are used again and again keep. */
enum { CORE_KEEP_BYTES = 16384 };

/* A network that may be reached: from the configuration, or named by a user. */
struct network {
	struct map_entry entry; /* key: name, lower case */
	const struct network_config *config;
	struct network_config own; /* what config points at when free choice */
	struct server_config own_server;
	char *node;             /* the name as it stands in a localpart */
	struct charset *charset;     /* of names and texts that are no UTF-8 */
	struct charset *charset_out; /* of what we say; NULL: UTF-8 */
	struct mapping *mapping;
	struct list waiting;    /* sessions that wait for a slot */
	struct timer turn;      /* the next one may go */
	uint64_t spent_until;   /* when the budget of links is whole again */
	uint64_t not_before;    /* it called us too fast */
	unsigned unregistered;  /* links open and not yet registered */
	unsigned sessions;
	unsigned next_server;   /* where the next link starts in config->servers */
	bool gone;              /* no longer in the configuration */
	bool semianonymous;     /* as clients were told */
	bool anonymity_changed; /* by the last reload */
	struct list fresh;      /* in mapping->fresh */
};

struct network_alias {
	struct map_entry entry; /* key: alias, lower case */
	struct network *network;
};

struct ask; /* mapping/people/ask.h */

/* Presence of one client, merged into AWAY (PROTOCOL C.3). */
enum show { SHOW_ONLINE, SHOW_CHAT, SHOW_AWAY, SHOW_XA, SHOW_DND };

/* Where a client has sent its presence besides rooms (mapping/people/online.h) */
struct place {
	struct list link;               /* in resource->places */
	const struct istr *jid;         /* GW, SRV or NICK */
	const struct istr *network;     /* name of a SRV's, else NULL */
	bool gateway;                   /* it is GW */
	bool unsure;                    /* the component was away since (A.3) */
};

struct resource {
	struct list link; /* in user->resources */
	struct user *user;
	const struct istr *full;
	struct list views;
	struct list places;
	unsigned nplaces;
	bool unsure;       /* asked after the component was away (A.3) */
	enum show show;
	const struct istr *status; /* NULL when none */
	int priority;
	uint64_t shown_at; /* order of presence: the last wins a tie */
	bool muc;          /* has spoken MUC to us */
};

/* Items of the account for rooms that the server named: displayed.h. */
enum { PEP_NAMED_MAX = 10 };

/* May items of the account be published (XEP-0163)? */
enum pep { PEP_UNKNOWN, PEP_ASKED, PEP_FIT, PEP_UNFIT };

struct user {
	struct map_entry entry; /* key: bare JID */
	struct mapping *mapping;
	struct list sessions;
	struct list resources;
	struct list runs; /* struct run: commands under way */
	struct list queue; /* struct queued: for when the component is away */
	struct list untidy; /* in mapping->untidy: to be swept */
	struct share_owner past; /* of mapping->past */
	struct share_owner names;
	struct share_owner metas;
	struct share_owner queued; /* of mapping->queued: `queue` is all of it */
	struct share_place queued_share;
	const struct istr *lang; /* xml:lang seen last, NULL: none */
	unsigned nsessions;
	unsigned nresources;
	unsigned nqueued;
	struct {              /* the account's own items: talk/displayed.h */
		enum pep state;
		unsigned refused; /* in a row */
		struct ask *ask;  /* what it can do; NULL: not asked */
		/* Items for rooms that a server named, the last ones. */
		const struct istr *named[PEP_NAMED_MAX];
		unsigned next_named;
		uint64_t named_until; /* when the budget for them is whole */
		unsigned long over;   /* not published, for want of it ... */
		bool over_told;       /* ... which the log knows */
	} pep;
};

enum session_state {
	SESSION_IDLE,       /* nothing open: new, or failed for good */
	SESSION_WAITING,    /* for one of the network's slots */
	SESSION_CONNECTING, /* the link is being opened */
	SESSION_REGISTERING,
	SESSION_UP,         /* 001 was seen */
	SESSION_BACKOFF,    /* lost: opened again when the timer fires */
};

/* The link of a session, and what it has to do with mapping/sts.h. */
struct sts_link {
	const struct istr *host; /* connected to, as it was named */
	uint16_t port;
	enum link_tls tls;
	bool trusted; /* certificate or pin is checked */
	bool forced;  /* TLS instead of the plain text that was meant */
	bool said;    /* a policy was said on this link */
	/* A plain link to this host was told to come by TLS. */
	const struct istr *upgrade_host;
	uint16_t upgrade_port;
};

enum { INVITED_MAX = 4 };

struct session {
	struct list link; /* in user->sessions */
	struct list slot; /* in network->waiting */
	struct user *user;
	struct network *network;
	struct log log;
	enum session_state state;
	unsigned link_no;         /* number of the IRC link, from 1; 0: none */
	struct sts_link sts;
	struct ircnet *net;       /* NULL without a link */
	struct ircnet **old;      /* of lost links: what clients still see */
	unsigned nold;
	struct map rooms;         /* by folded name */
	struct map chats;         /* by folded nick (mapping/talk/chat.c) */
	/* Channels we are invited to whose bytes no address shows: addr.h. */
	const struct istr *invited[INVITED_MAX];
	unsigned ninvited;
	struct list sent;         /* struct sent: messages under way */
	struct list sent_queued;  /* ... given to ircnet, in that order */
	unsigned nsent;
	struct list patient;      /* struct patience: its line waits in net */
	struct list queries;      /* struct query: CTCP asked for an iq */
	struct list rolls;        /* WHO that are asked: roll.h */
	struct list reacts;       /* sets of reactions: talk/react.h */
	unsigned nreacts;
	struct chanlist *chanlist; /* channels of the network; NULL: not asked */
	uint64_t searches_until;   /* what it was looked through for: search.c */
	struct list forwards;     /* CTCP asked of the user's client: ctcp.h */
	struct {                  /* what is asked of people: whois.h */
		struct list all;
		struct timer next;
		uint64_t free_at_ms; /* the next WHOIS not sooner */
	} whois;
	struct list buddies;      /* struct buddy: contacts watched on IRC */
	struct list moderations;  /* struct moderation, in the order asked */
	struct list metasets;     /* struct metaset: people/metaset.h */
	struct list forms;        /* struct roomconfig: of its rooms, the oldest first */
	const struct istr *nick;
	const struct istr *wanted; /* the nick to have: mapping/regain.h */
	struct timer regain;
	unsigned regain_tries;
	bool regaining;           /* somebody else has it */
	bool regain_sent;         /* NICK is under way */
	const struct istr *nicks; /* words: others that were asked for (C.12) */
	bool private;             /* expose_jid is off for it (C.12) */
	const struct istr *realname; /* of the registration, as it counts here */
	bool jid_shown;           /* IRC was told the address, and nothing else since */
	unsigned altnick;         /* of the registration: the next to be tried */
	unsigned underscores;     /* tried after these */
	const struct istr *username;
	const struct istr *away;  /* what IRC was told last, NULL: here */
	enum casemap casemap;     /* the rooms' keys were folded with it */
	struct timer mark_timer;  /* talk/readmark.h: not sooner */
	struct timer displayed_timer; /* talk/displayed.h: not sooner */
	struct timer retry;       /* BACKOFF */
	uint64_t retry_from;      /* not sooner, whoever asks */
	struct timer silence;     /* rooms kept silently after a loss (D.9) */
	struct timer linger;      /* last one-to-one message + 10 min (D.0) */
	struct timer grace;       /* a registered user's, before QUIT (C.3) */
	bool grace_over;
	/* The presence that asked for this attempt (C.22). */
	const struct istr *asked_at; /* GW or SRV; NULL: none did */
	const struct istr *asked_by; /* full JID, NULL: no client now */
	const struct istr *asked_id;
	const struct istr *failure;  /* what became of it, until it is up */
	bool failure_of_gw;          /* it was asked at GW */
	bool srv_shown;              /* to those whom no contact tells it */
	struct buf motd;
	unsigned tries;           /* losses in a row, for the back-off */
	unsigned servers_tried;   /* in this attempt */
	unsigned nick_tries;
	unsigned nrooms;
	bool slot_held;           /* counts in network->unregistered */
	bool wait_told;           /* that it waits for its turn since a loss */
	bool was_up;
	bool closed;              /* by us or the user: nothing was lost */
	bool login_failed;        /* the user was told so */
	const struct istr *login_words; /* the server's, why; NULL: none */
	enum login_result login;  /* on this link so far; LOGIN_OK: no failure */
	const struct istr *account_words; /* newcomer.h; NULL: none */
	bool bot_marked;          /* by us, on this link (F.1) */
	bool shows_certificate;   /* this connection, or the next to be opened */
	bool no_retry;            /* 463 464 465: no reconnect (D.0) */
	int refused;              /* numeric that refused our nick, 0: none */
	unsigned misread;         /* lines of ours that the server refused to read */
	uint64_t commands_until;  /* ... so long they may be the registration's */
	int told_numeric;         /* why it will end (endfault.h), 0: not told */
	const struct istr *told_words; /* ... and what was said with it */
	struct list nick_asks;     /* of clients (nick.h); the first is under way */
	unsigned nnick_asks;
	uint64_t regain_label;     /* of the regainer's NICK */
	bool motd_shown;
	bool welcomed;    /* on this link the end of the MOTD has come */
	bool unsafe;      /* the server's password was not sent: no TLS */
	bool unsafe_told; /* ... which the user knows */
	struct told *told;        /* ways into rooms (room_way.h), or NULL */
	struct signup *signup;    /* an account being made (signup.h), or NULL */
	struct run *reader;       /* who typed a line last (raw.h), or NULL */
	bool away_typed;          /* s->away is not what clients say ... */
	const struct istr *away_was; /* ... which was this; NULL: here */
	unsigned ctcp_replies;    /* flood guard (C.19) */
	uint64_t ctcp_since;
};

/* Up to where the user has read one place: mapping/talk/readmark.h. */
struct readmark {
	int64_t told_ms;   /* as the IRC server has it, or was told; 0: none */
	int64_t wanted_ms; /* as it is to be told */
};

/* What the user's Jabber clients know of that in a room: talk/displayed.h. */
struct displayed {
	int64_t read_ms;   /* by another of his IRC clients, up to then; 0: nothing */
	int64_t shown_ms;  /* as his clients know, or were told */
	int64_t looked_ms; /* the account was asked about the message of then */
	struct ask *ask;   /* that, or what was published; NULL: nothing is open */
	bool named;        /* the server chose the room: 470, RENAME */
	bool stands;       /* the account has an item for it already */
};

/* What the user said last in one place: mapping/talk/correct.h. */
struct said {
	struct buf last;  /* its id, then the text; empty: not known */
	size_t id_len;
};

enum room_state {
	ROOM_NONE,      /* not on IRC: waits for the session */
	ROOM_REQUESTED, /* JOIN sent */
	ROOM_JOINED,    /* own JOIN seen, 366 not yet */
	ROOM_COMPLETE,
};

enum { ROOM_BANS = 4 };

/* What the user wants of a room, read of what is kept: mapping/room/own.h. */
enum own_notices { OWN_NOTICES_AUTO, OWN_NOTICES_ALL, OWN_NOTICES_PEOPLE,
	OWN_NOTICES_NONE };
enum own_presence { OWN_PRESENCE_AUTO, OWN_PRESENCE_FULL, OWN_PRESENCE_LAZY };

struct room_own {
	long history; /* messages shown at entering, at most; -1: as asked */
	enum own_notices notices;
	enum own_presence presence;
};

/* What the last messages of a place are called: mapping/talk/ids.h. */
struct ids {
	struct buf all;
	unsigned n;
	struct share_place share;
};

struct room {
	struct map_entry entry; /* key: folded name */
	struct session *session;
	const struct istr *name; /* as the user typed it */
	const struct istr *jid;  /* CHAN as the user spelled it */
	struct list views;
	enum room_state state;
	/*
	 * What clients have been shown, and the connection it belongs to; NULL
	 * before. After a lost link that is one of session->old until the room
	 * is complete again.
	 */
	struct ircchan *chan;
	struct ircnet *net;
	struct storm *storm;     /* what clients believe wrongly: storm.h, or NULL */
	uint32_t beliefs;        /* counts them: who enters knows better */
	bool lazy;               /* not all occupants are shown: lazy.h */
	bool kept;               /* stays on IRC without a client (D.0) */
	struct room_own own;     /* the user's settings of this one: own.h */
	char *key;               /* the password it was joined with */
	struct room_ban {
		const struct istr *mask; /* NULL: none */
		const struct istr *by;
		uint64_t at;
	} bans[ROOM_BANS];       /* set last (D.6: a kick for a ban is 301) */
	unsigned next_ban;
	const char *moved_to;    /* URI for a 470, while the room fails */
	const struct istr *forward; /* 470 named this one: we wait for its JOIN */
	const struct istr *forward_text; /* ... and said so */
	struct timer expect;     /* clients were sent here (D.9): it stays */
	struct roomconfig *form; /* as a client was shown it, or NULL */
	struct patience join;     /* for the answer to our JOIN, or after a 470 */
	uint64_t joined_ms;      /* our own JOIN came (C.14) */
	unsigned long missed;    /* messages dropped while congested */
	struct buf past;         /* what was said: mapping/room/history.h */
	struct share_place past_share;
	unsigned npast;
	uint32_t past_next;      /* numbers them in the order they came */
	int64_t past_latest_ms;  /* no later one was added so far */
	int64_t seen_ms;         /* after a loss: clients know all until then */
	bool playing;            /* the server tells its history ... */
	uint32_t play_from;      /* ... from this number on */
	struct ids ids;
	struct room_typing *typing; /* mapping/room/room_typing.c, or NULL */
	struct said said;        /* by the user, last: correct.h */
	struct readmark read;
	struct displayed displayed;
};

/* What a client wants of a room's history (D.12). */
struct history_wish {
	int64_t stanzas;  /* at most; -1: all */
	int64_t chars;    /* of all its stanzas; -1: no limit */
	int64_t since_ms; /* wall clock; 0: from the beginning */
};

enum dialect {
	DIALECT_MUC,
	DIALECT_GC1,
	DIALECT_CONFERENCE, /* jabber:iq:conference (C.12) */
};

/* Work that is done in slices: mapping/room/sliced.h. */
struct sliced;
/*
 * Shows at most so many occupants, and tells how many; true: there is more, false:
 * it is done, and *s may be gone.
 */
typedef bool sliced_fn(struct sliced *s, unsigned most, unsigned *done);

struct sliced {
	struct list link; /* in mapping->fills while it waits */
	sliced_fn *show;
};

enum view_state {
	VIEW_WAITING,   /* asked to join, no answer yet */
	VIEW_FILLING,   /* occupants are being sent in slices (D.3) */
	VIEW_JOINED,
};

struct asker;

struct view {
	struct list link;     /* in room->views */
	struct list of;       /* in resource->views */
	struct room *room;
	struct resource *resource;
	enum dialect dialect;
	enum view_state state;
	bool stale;               /* the component was away since it acted (A.3) */
	const struct istr *asked; /* nick asked for */
	const struct istr *id;    /* of the join, NULL when none */
	struct history_wish wish;
	uint32_t past_end;        /* later ones it hears by themselves */
	struct asker *entering;   /* the iq that asked to enter, while it waits */
	uint32_t beliefs;         /* of its room, older than this view */
	/* What mapping/room/room_fill.c still has to show: */
	struct sliced filling;
	const struct istr **fill; /* folded nicks; NULL when there is nothing */
	size_t fill_at;
	size_t fill_count;
	bool fill_again;          /* +m or -m meanwhile */
	struct buf held;          /* VIEW_FILLING: messages for after the subject */
};

/* A stanza being written: see mapping/out.h. */
struct out {
	struct xw w;
	struct buf xml;   /* without the `to` */
	struct buf whole; /* with it */
	size_t to_at;
	struct stanza_error_place error; /* len 0: no words in it */
	bool open;
	bool delayed;     /* has a delay element of its own */
	bool groupchat;
};

struct mapping {
	const struct map_config *config;
	struct map_ports ports;
	struct clock *clock;
	struct arena arena; /* for one call: addresses and names */
	struct out out;
	struct buf occ;  /* room_occ() */
	struct buf item; /* the address in an item */
	struct buf text; /* of a message being turned */
	struct buf strip; /* out_clean(), texts without codes */
	struct buf rich; /* XHTML of a text (mapping/talk/rich.h) */
	struct buf clean; /* names and texts being cleaned */
	struct occupant_id *ids; /* mapping/room/occupant.c */
	struct map users;
	struct map networks;
	struct list fresh; /* networks that this call named: perhaps unused */
	struct map old;         /* clients that speak the old ways: old.h */
	struct list old_order;  /* of them, the longest silent first */
	const struct istr *notice; /* update_notice as the admins know it */
	struct map aliases;
	struct map sts;      /* hosts that promised encryption: sts.h */
	struct map accounts; /* registered users and contacts: account.h */
	size_t unusable_rows; /* of storage, passed over */
	struct {             /* iq of ours, not yet answered: ask.h */
		struct map users;   /* struct asked, by bare JID */
		struct share share; /* how many, of all */
		uint64_t number;    /* of the last one */
		unsigned long lost; /* given up since others needed the place */
		bool calm;          /* half of it was free since */
	} asks;
	uint64_t rolls;      /* numbers WHOX questions */
	struct list chanlists;  /* what sessions know by LIST, oldest first ... */
	size_t chanlist_bytes;  /* ... and how much that is: chanlist.h */
	struct list changes; /* of accounts, not yet durable */
	uint64_t save_token;
	struct account *removed; /* while its removal is told */
	bool accounts_closed;    /* nothing is kept any more */
	struct list formkeys;    /* struct formkey, oldest first: formkey.h */
	unsigned nformkeys;
	struct list told; /* who was told to register: register.c */
	unsigned ntold;
	struct session **links; /* by link number - 1 */
	size_t nlinks;
	size_t link_hint; /* no free number below it */
	struct list untidy;
	struct timer tidy_timer;
	struct list fills; /* struct sliced: occupants to be shown, in turn */
	struct timer fill_timer;
	unsigned fill_left; /* occupants that this turn may still show */
	struct list sent_pool;   /* struct sent, to be used again */
	unsigned sent_pooled;
	struct timer offline_timer; /* the component stays away (A.3) */
	/* mapping/people/announce.c: after the component came up. */
	const struct istr **announce; /* bare JIDs with contacts */
	size_t announce_at;
	size_t announce_count;
	struct timer announce_timer;
	struct timer silent_timer;  /* whoever did not answer is offline */
	int64_t began;              /* wall clock at the start */
	bool may_roster;            /* XEP-0356: items in users' rosters */
	bool sees_presence;         /* ... and everybody's presence */
	bool may_publish;           /* ... items of users' accounts ... */
	bool may_retrieve;          /* ... reading them ... */
	bool may_discover;          /* ... and disco#info as the user */
	struct map_stats_counts {
		size_t sessions;
		size_t rooms;
		unsigned long dropped;
		unsigned long refused; /* stanzas that nobody can answer */
	} counts;
	struct share queued; /* what waits for the component, of all users */
	struct share past; /* the histories of all rooms */
	struct share names; /* the ids of all rooms and talks */
	struct share metas; /* metadata of all connections */
	uint64_t tokens;
	uint64_t started_ms; /* C.14 */
	uint64_t presence_order;
	bool logged; /* as rooms were told */
	bool online;
	bool congested;
	bool stopping;
};

/* Why something is refused: the error and a text for the person. */
struct fault {
	enum stanza_error error;
	const char *text; /* static or in the arena */
};

/* A stanza on its way through the handlers, with its addresses understood. */
struct request {
	struct mapping *core;
	const struct stanza *stanza;
	struct jid from; /* the sender */
	const char *lang;
};

static inline struct mapping *core_of(const struct request *q)
{
	return q->core;
}

#endif
