/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_CONFIG_H
#define MAPPING_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the operator decides, as the core needs it: plain values, read by
 * gateway/config.c, written down in tests. Strings and arrays are the owner's
 * and stay until the core is destroyed or given another configuration.
 */
enum link_tls {
	LINK_TLS_VERIFY,   /* certificate and name checked (the default) */
	LINK_TLS_INSECURE, /* TLS, nothing checked */
	LINK_TLS_OFF,      /* plain text */
};

/* The form of jabber:iq:browse (PROTOCOL C.10). */
enum browse_style {
	BROWSE_CATEGORY, /* elements named after the category (the default) */
	BROWSE_QUERY,    /* query and item: XEP-0011 in its final form */
};

struct server_config {
	const char *host; /* name or address literal, without brackets */
	uint16_t port;
};

/* A prefix of addresses that the operator has, or one address. */
struct source_config {
	bool v6;
	unsigned bits;
	unsigned char address[16]; /* network order; 4 bytes of it for IPv4 */
};

struct network_config {
	const char *name;  /* host part of addresses, lower case */
	const char *title; /* for people; the name when not given */
	const char *const *aliases;
	size_t naliases;
	const struct server_config *servers; /* at least one, tried in turn */
	size_t nservers;
	enum link_tls tls;
	const char *ca_file;  /* NULL: the system's store */
	const char *const *pins; /* SHA-256 of certificates: 64 hex digits */
	size_t npins;
	const char *password; /* PASS, or NULL */
	const char *encoding;     /* of what is no UTF-8; NULL: windows-1252 */
	const char *encoding_out; /* of what we say; NULL: UTF-8 */
	const char *webirc_password; /* NULL: no WEBIRC */
	struct server_config proxy; /* SOCKS5; host NULL: none */
	const char *proxy_user;
	bool proxy_isolate; /* no proxy_user: each user has one (on, F.6) */
	const char *proxy_password;
	const struct source_config *sources; /* of links; none: the system's */
	size_t nsources;
	bool sts;             /* servers may ask for TLS (on) */
	bool plain_login;     /* users' passwords may go without TLS */
	unsigned max_unregistered; /* 8 */
	unsigned connect_burst;    /* links at once, 0: no limit (15) */
	unsigned connect_interval_ms; /* then one each (1200) */
	bool semianonymous;   /* user@host of others is not handed out (D.1) */
	const char *const *caps_off; /* IRCv3 capabilities not to be used */
	size_t ncaps_off;
	bool allow_private;   /* may lead to loopback and private addresses */
};

/* Who may come (PROTOCOL D.0). */
enum registration {
	REGISTRATION_OPTIONAL, /* everybody of `users` (the default) */
	REGISTRATION_REQUIRED, /* those of them who registered */
	REGISTRATION_CLOSED,   /* the same, and nobody new registers */
};

struct map_config {
	const char *component; /* GW */
	const char *server;    /* the Jabber server's domain */
	const char *const *users; /* domains whose users may come */
	size_t nusers;
	enum registration registration;
	const struct network_config *networks;
	size_t nnetworks;
	const char *fixed_network; /* name of the one network, or NULL */
	bool free_choice;          /* users may name any server */
	bool free_choice_private;
	struct server_config free_choice_proxy; /* host NULL: none */
	bool expose_jid;
	bool ident_hash; /* the user name on IRC is a keyed hash */
	bool announce_new_rooms; /* 201 when nobody else is there (D.3) */
	bool presence_lazy;      /* all rooms are lazy (D.3); else ... */
	unsigned lazy_above;     /* ... those with more occupants (2000); 0: none */
	const char *const *admins; /* bare JIDs: PROTOCOL C.8, C.23 */
	size_t nadmins;
	const char *update_notice; /* for the admins, or NULL: C.8 */
	const char *website;       /* where people read of this gateway */
	enum browse_style browse_style;
	bool error_cdata; /* errors to old clients also as text: C.9 */

	unsigned max_sessions;          /* 10000 */
	unsigned max_sessions_per_user; /* 5 */
	unsigned max_rooms;             /* per session, 100 */
	unsigned max_resources;         /* per user, 32 */
	size_t max_stanza;              /* what we send, 256 KiB */

	unsigned register_timeout_ms; /* 30000 */
	unsigned reconnect_min_ms;    /* 5000 */
	unsigned reconnect_max_ms;    /* 600000 */
	unsigned rejoin_silence_ms;   /* 60000: PROTOCOL D.9 */
	bool auto_return;             /* ... then rooms are entered again */
	unsigned join_timeout_ms;     /* 30000 */
	unsigned keep_component_ms;   /* 300000: PROTOCOL A.3 */
	unsigned flood_burst;         /* 5 */
	unsigned flood_interval_ms;   /* 2000 */
	unsigned queue_lines;         /* 50 */
	bool ctcp_show;     /* unknown CTCP as a message (on) */
	bool ctcp_channels; /* CTCP PING and VERSION to a channel are answered */
	bool ctcp_own_time; /* no client tells its time: ours, UTC (on) */
	bool logged;                  /* rooms are archived in public: 170 */
	const char *quit_message;     /* when the gateway stops */
	const char *notice_prefix;    /* before a NOTICE to a room; "[notice] " */
	bool show_modes;              /* changes of them, in the room (on) */
	bool show_invites;            /* of others, in the room (on) */
	bool show_netsplits;          /* a line in the room (on) */
	bool invite_reason;           /* as a message after INVITE */
	bool voice_request;           /* is put to the operators */
	bool oob_from_irc;            /* addresses of media get jabber:x:oob */
	bool styling;                 /* XEP-0393 both ways: PROTOCOL G.1 */
	bool receipts;                /* IRC's echo answers XEP-0184 requests */
	bool keep_time;               /* old messages say when they were said */
	bool send_fallback_body;      /* notices that stand for encrypted text */
	const char *correction_prefix; /* before a corrected text; "* " */
	bool attention;               /* XEP-0224 is said in words */
	bool reaction_text;           /* reactions are, where IRC has none */
	unsigned char secret[32];     /* keys occupant-ids (PROTOCOL D.3) */
};

/* Every number and flag at its default; strings NULL, lists empty. */
void map_config_defaults(struct map_config *c);

#endif
