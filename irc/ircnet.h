/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCNET_H
#define IRC_IRCNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/slice.h"
#include "irc/ircchan.h"
#include "irc/ircmeta.h"
#include "irc/ircmsg.h"
#include "irc/isupport.h"
#include "irc/sts.h"

/*
 * One IRC connection, from the open link to its end: registration, liveness,
 * names, channels and members, the send queue with flood control. Bytes in,
 * typed events out, bytes out. No socket, no clock of its own.
 *
 * The story: the link is up -> ircnet_create() writes CAP LS 302, PASS, NICK,
 * USER (with cap_first the last three when LS is answered) -> 001:
 * on_registered -> the owner joins channels -> JOIN echo, 353, 366 -> traffic.
 * It ends once, by on_end: ERROR line, refused registration, timeout, a QUIT of
 * ours, or the owner's ircnet_destroy() after the link died.
 *
 * Events but `write` are delivered while ircnet_input() or a timer runs. Slices and structs
 * handed out are lent for the call. A handler may call any function here,
 * ircnet_destroy() included.
 */
struct ircnet;
struct charset; /* base/charset.h */

struct ircnet_config {
	const char *nick;     /* the first to try, legal already */
	const char *user;
	const char *realname;
	const char *password; /* PASS, NULL when none */
	/* WEBIRC, before all else; password NULL: none (PROTOCOL F.6). */
	const char *webirc_password;
	const char *webirc_host;
	const char *webirc_ip;
	bool cap_first; /* no word of who we are before the answer to CAP LS */
	const char *account;          /* to log in to; NULL: the nick */
	const char *account_password; /* NULL: none. Without this and a
					 certificate nobody logs in */
	const char *away;  /* said before 001 where that goes; NULL: here */
	bool sasl;         /* when the server offers it */
	bool sasl_required; /* nor is there a connection without its success */
	bool nickserv;     /* IDENTIFY when there is no SASL */
	bool private_link; /* TLS: the account's password may be sent */
	bool certificate;  /* the link shows one of the user's own */
	const char *key;   /* and this is it (base/cert.h), for SASL that signs
			      with its key; NULL: nothing is signed */
	bool signup;       /* on_capable, and CAP END waits: ircnet_proceed() */
	unsigned char nonce_key[32]; /* of this connection alone, for SASL */
	unsigned flood_burst;        /* lines at once (5) */
	unsigned flood_interval_ms;  /* then one each (2000) */
	unsigned queue_lines;        /* waiting at most (50) */
	unsigned register_timeout_ms; /* 30000 */
	unsigned max_lines;          /* of one message (8) */
	const char *const *caps_off; /* capabilities that are not used */
	size_t ncaps_off;
	struct charset *charset;     /* of texts that are no UTF-8 ... */
	struct charset *charset_out; /* ... and of ours; NULL: UTF-8 */
	struct share_owner *meta_share; /* of META_TOTAL; NULL: of nobody's */
};

enum ircnet_end {
	IRCNET_END_ERROR,       /* the server's ERROR; text is its */
	IRCNET_END_REGISTER,    /* not registered in time */
	IRCNET_END_PING,        /* silent too long */
	IRCNET_END_REFUSED,     /* numeric while registering: 464 465 463 ... */
	IRCNET_END_NICK,        /* no usable nick: the owner gave up */
	IRCNET_END_QUIT,        /* our QUIT was answered */
	IRCNET_END_ENGINE,      /* libircclient failed */
	IRCNET_END_LOGIN,       /* sasl_required; numeric: enum login_result */
};

/* How a login to an account ended; `text` is the server's. */
enum login_result {
	LOGIN_OK,
	LOGIN_REFUSED,  /* the account or its password is not accepted */
	LOGIN_UNSAFE,   /* the link is not private: nothing was sent */
	LOGIN_NOWHERE,  /* no SASL here and no NickServ */
	LOGIN_IMPOSTOR, /* a NickServ that is no service: nothing was sent */
	LOGIN_TIMEOUT,  /* no answer, or none that we understand */
	LOGIN_ILLEGAL,  /* account or password cannot be sent */
	LOGIN_UNPROVEN, /* the server could not show that it knows the account */
	LOGIN_COSTLY,   /* SASL alone, and it asks for too much computing */
	LOGIN_CERTIFICATE, /* no account has our certificate; no password */
	LOGIN_NOTHING,  /* sasl_required, and nothing to log in with */
};

enum irc_text_kind { IRC_PRIVMSG, IRC_NOTICE, IRC_ACTION };

/* The values of the client tag +typing. */
enum irc_typing {
	IRC_TYPING_NONE,
	IRC_TYPING_ACTIVE,
	IRC_TYPING_PAUSED,
	IRC_TYPING_DONE,
};

struct irc_text {
	enum irc_text_kind kind;
	struct ircsource source;   /* nick is empty for server notices without one */
	struct ircuser *from;      /* when known (shares a channel), else NULL */
	struct ircchan *chan;      /* NULL: to us */
	struct slice target;       /* as received */
	char status;               /* STATUSMSG prefix symbol, 0 when none */
	bool from_server;          /* source has no user@host and is no known nick */
	bool from_me;
	struct slice text;         /* UTF-8, formats inside */
	struct slice msgid;        /* absent when there is none */
	/*
	 * Our own came back (echo-message): the token of ircnet_say(), and how
	 * many of its lines are still to come. 0: nobody knows.
	 */
	uint64_t token;
	unsigned follow;
	const struct ircmsg *line; /* for irc_text_tag() */
	int64_t time_ms;           /* server-time, 0 when none */
	bool history;              /* inside a chathistory batch */
};

/*
 * A client tag of it by its name without "+": what is in "+name", or while the
 * specification is a draft in "+draft/name". Absent when it is not there.
 */
struct slice irc_text_tag(const struct irc_text *text, const char *name);

enum leave_kind { LEAVE_PART, LEAVE_QUIT, LEAVE_KICK };

struct irc_leave {
	enum leave_kind kind;
	struct slice reason;
	struct ircsource by; /* of a KICK; else nick is absent */
	bool netsplit;       /* a QUIT that tells of a split (PROTOCOL D.9) */
	struct slice servers; /* ... between these, "a b"; may be empty */
	bool asked;          /* own PART after ircnet_part() */
};

/* Every row may be NULL except write and on_end. */
struct ircnet_events {
	/* Bytes for the link. */
	void (*write)(void *ctx, const char *p, size_t len);
	/* The last event. The owner closes the link and destroys the ircnet. */
	void (*on_end)(void *ctx, enum ircnet_end why, int numeric,
		struct slice text);
	/*
	 * The server offers `sts`, before anything else is made of the line
	 * (PROTOCOL F.5). It is never requested, and not taken back.
	 */
	void (*on_sts)(void *ctx, const struct sts *offer);
	/*
	 * With `signup` in the config, once: capabilities are settled, nobody
	 * has logged in, and the server waits for CAP END. Not where it knows
	 * no CAP and welcomes us at once.
	 */
	void (*on_capable)(void *ctx);
	/* 001. From here on ircnet_me() has our nick. */
	void (*on_registered)(void *ctx);
	/*
	 * Once for a config with a password or certificate, before or after 001. A
	 * LOGIN_OK may still follow another result: services came back.
	 */
	void (*on_login)(void *ctx, enum login_result result,
		struct slice text);
	/* We are logged in to this account now (900), also before 001. */
	void (*on_account)(void *ctx, struct slice account);
	/*
	 * 432 433 436 437 before 001: answer with ircnet_nick() inside the call,
	 * else the connection ends with IRCNET_END_NICK.
	 */
	void (*on_nick_refused)(void *ctx, int numeric, struct slice nick,
		struct slice text);
	/* Somebody's JOIN; is_me: ours, the channel is CHAN_JOINED now. */
	void (*on_join)(void *ctx, struct ircchan *chan, struct ircuser *who,
		bool is_me);
	/* 366 after our JOIN: members, and 332/333 before it, are known. */
	void (*on_complete)(void *ctx, struct ircchan *chan);
	/*
	 * Somebody leaves: one call per channel, while still a member. After
	 * our own leave the channel is gone.
	 */
	void (*on_leave)(void *ctx, struct ircchan *chan, struct ircuser *who,
		bool is_me, const struct irc_leave *leave);
	/* Once per NICK, after the change; `old` is the former spelling. */
	void (*on_nick)(void *ctx, struct ircuser *who, struct slice old,
		bool is_me, bool asked);
	/* A member's prefixes changed from `was` to `now`; by.nick may be absent. */
	void (*on_prefix)(void *ctx, struct ircchan *chan, struct ircuser *who,
		uint32_t was, uint32_t now, const struct ircsource *by);
	/*
	 * Other channel modes: the words of the MODE line without the members'
	 * prefixes ("+mk key"). by->nick absent: not a change that happens now,
	 * a 324 told us how the modes are.
	 */
	void (*on_modes)(void *ctx, struct ircchan *chan,
		const struct ircsource *by, struct slice words, uint64_t was);
	/* The channel is called otherwise now. */
	void (*on_rename)(void *ctx, struct ircchan *chan);
	/* TOPIC while joined, after the change. */
	void (*on_topic)(void *ctx, struct ircchan *chan,
		const struct ircsource *by);
	/*
	 * A known user went away or came back, has another host or status (of
	 * draft/metadata-2), is a program.
	 */
	void (*on_user)(void *ctx, struct ircuser *who);
	/* Account or real name changed, or the host is known now. */
	void (*on_person)(void *ctx, struct ircuser *who);
	/*
	 * State, away text or status of somebody who is watched changed; after
	 * the line that told it. Never with WATCH_UNKNOWN.
	 */
	void (*on_watched)(void *ctx, const struct ircwatched *who);
	/*
	 * PRIVMSG, NOTICE, ACTION. Also before 001 (servers' notices). Texts to
	 * channels that we neither asked for nor are in do not come.
	 */
	void (*on_text)(void *ctx, const struct irc_text *text);
	/* The chathistory batch of this channel is over. */
	void (*on_played)(void *ctx, struct ircchan *chan);
	/*
	 * TAGMSG that has more to say than who is typing (before on_typing when
	 * it does both): ask irc_text_tag(). text->text is empty.
	 */
	void (*on_tags)(void *ctx, const struct irc_text *text);
	/*
	 * REDACT: where->source takes back the message of this msgid, for the
	 * reason in where->text.
	 */
	void (*on_redact)(void *ctx, const struct irc_text *where,
		struct slice msgid);
	/* MARKREAD: the user has read this place up to then; 0: not known. */
	void (*on_markread)(void *ctx, struct slice target, int64_t time_ms);
	/* Metadata of a channel that we are in is otherwise; from a timer. */
	void (*on_chan_meta)(void *ctx, struct ircchan *chan);
	/* The server has metadata now, on a connection that is registered. */
	void (*on_metadata)(void *ctx);
	/* TAGMSG with +typing; text->text is empty. */
	void (*on_typing)(void *ctx, const struct irc_text *text,
		enum irc_typing typing);
	/*
	 * CTCP other than ACTION: a query (reply: by ircnet_ctcp_reply()) or,
	 * is_reply, the answer to one of ours.
	 */
	void (*on_ctcp)(void *ctx, const struct irc_text *text,
		struct slice command, struct slice args, bool is_reply);
	void (*on_invite)(void *ctx, const struct ircsource *by,
		struct slice target, struct slice channel);
	/*
	 * Any numeric that was not wholly digested as state; errors always come
	 * here. m->params[0] is our own nick. A channel in CHAN_REQUESTED whose
	 * join this numeric (or on_other's FAIL JOIN) refuses is forgotten
	 * afterwards, unless ircnet_join() was called for it in the event.
	 */
	void (*on_numeric)(void *ctx, int numeric, const struct ircmsg *m);
	/* FAIL WARN NOTE WALLOPS KILL and words that nobody knows. */
	void (*on_other)(void *ctx, const struct ircmsg *m);
	/*
	 * The last line of the request with this token was given to `write`.
	 * Told later, from a timer or before the next input, never inside the
	 * request.
	 */
	void (*on_sent)(void *ctx, uint64_t token);
	/*
	 * Lines that had waited were given to `write`: ircnet_waits() tells
	 * which. From a timer, before what they are answered.
	 */
	void (*on_left)(void *ctx);
	/*
	 * All of the server's answer to a labelled line was told before: what it
	 * did not refuse is done. follow: so many lines of the request follow.
	 */
	void (*on_answered)(void *ctx, uint64_t token, unsigned follow);
	/* The server has answered all that was sent before ircnet_sync(). */
	void (*on_synced)(void *ctx, uint64_t token);
};

/*
 * events, ctx, clock and log are lent for the ircnet's life; config is copied.
 * Writes the first lines at once. NULL when the engine refuses, or when nick or
 * password cannot be sent (LIBIRCCLIENT 7; nothing was written then). user and
 * realname are made to fit.
 */
struct ircnet *ircnet_create(const struct ircnet_config *config,
	const struct ircnet_events *events, void *ctx, struct clock *clock,
	const struct log *log);
/*
 * Anywhere, also inside an event; no event comes any more. What waits in the
 * queue is thrown away. Passwords are wiped.
 */
void ircnet_destroy(struct ircnet *n);
/*
 * The link is gone: no event, no line and no timer any more, what it knows stays
 * to be read until ircnet_destroy().
 */
void ircnet_stop(struct ircnet *n);

/* Not from inside an event or write of the same ircnet. */
void ircnet_input(struct ircnet *n, const char *p, size_t len);

/* Other character sets from now on, as in the config. */
void ircnet_charsets(struct ircnet *n, struct charset *in, struct charset *out);
/* What is said in this channel is in that one; not own: as everywhere. */
void ircnet_chan_charset(struct ircchan *chan, bool own, struct charset *in);

/* ---- what it knows ---- */

bool ircnet_registered(const struct ircnet *n);
const struct ircuser *ircnet_me(const struct ircnet *n); /* NULL before 001 */
struct slice ircnet_nick_now(const struct ircnet *n); /* the one asked for before 001 */
/* The server's name and version (004); absent when it did not say. */
struct slice ircnet_server(const struct ircnet *n);
struct slice ircnet_version(const struct ircnet *n);
const struct isupport *ircnet_isupport(const struct ircnet *n);
struct ircchan *ircnet_chan(const struct ircnet *n, struct slice name);
struct ircuser *ircnet_user(const struct ircnet *n, struct slice nick);
/*
 * What a user is recognised by as long as we know it: the account, else
 * nick!user@host, else the nick, as it was when this was asked first. Until the
 * next call.
 */
struct slice ircnet_identity(struct ircnet *n, struct ircuser *user);
/* He is back as somebody who was known by this before. */
void ircnet_recognise(struct ircnet *n, struct ircuser *user,
	struct slice identity);
const struct map *ircnet_channels(const struct ircnet *n);
bool ircnet_is_me(const struct ircnet *n, struct slice nick);
/* What new accounts need here; `offered`: there is REGISTER. */
struct ircnet_accounts {
	bool offered;
	bool email_required;
	bool custom_name; /* it may be called otherwise than our nick */
	bool before_connect; /* also between on_capable and 001 */
};
struct ircnet_accounts ircnet_accounts(const struct ircnet *n);
/* What the server offers by draft/metadata-2. */
struct ircnet_metadata {
	bool offered;
	bool before_connect;
	unsigned max_subs;
	size_t max_value; /* bytes of a value that we set */
	unsigned long never; /* of so many it put us off until we gave up */
};
struct ircnet_metadata ircnet_metadata(const struct ircnet *n);
/*
 * What somebody who shares a channel with us or is watched, or a channel that we
 * are in, says of itself: by the folded name (the key of its entry), or by any
 * spelling. UTF-8; absent: nothing is known.
 */
struct slice ircnet_meta(const struct ircnet *n, const struct istr *folded,
	enum irc_meta key);
struct slice ircnet_meta_of(const struct ircnet *n, struct slice name,
	enum irc_meta key);
/* People and channels that were forgotten, since others needed the place. */
unsigned long ircnet_meta_forgotten(const struct ircnet *n);
/*
 * A channel after a lost link: what its members said then is what they say, until
 * the server has told all of it; it is asked to, if it does not do so by itself.
 * What is not so any more comes by on_user.
 */
void ircnet_meta_inherit(struct ircnet *n, const struct ircchan *chan,
	const struct ircnet *old, const struct ircchan *was);
/*
 * Inside on_join: the servers that have found each other again, "a b" (may be
 * empty), when the JOIN is in a netjoin batch; else absent.
 */
struct slice ircnet_netjoin(const struct ircnet *n);
/* A capability that is on now, by name. */
bool ircnet_cap(const struct ircnet *n, const char *name);
/*
 * The request that this line of an event answers, by its label or that of its
 * batch: the token, and how many lines of the request follow; 0: none known.
 */
uint64_t ircnet_answers(const struct ircnet *n, const struct ircmsg *m,
	unsigned *follow);
/* Likewise a JOIN, of whichever channels. */
bool ircnet_answers_join(const struct ircnet *n, const struct ircmsg *m);
/* What the server says of it, on or not: see caps_value() in irc/caps.h. */
struct slice ircnet_cap_value(const struct ircnet *n, const char *name);
size_t ircnet_queued(const struct ircnet *n); /* lines waiting */
/*
 * The turn of the line that was asked for last, and whether this one still waits
 * for flood control: until then nobody can have answered it.
 */
uint64_t ircnet_turn(const struct ircnet *n);
bool ircnet_waits(const struct ircnet *n, uint64_t turn);
/* Somebody who is watched; NULL when not. */
const struct ircwatched *ircnet_watched(const struct ircnet *n,
	struct slice nick);
uint64_t ircnet_registered_at(const struct ircnet *n); /* clock ms, 0 before */
/* Received lines of no use so far: malformed, or out of place. */
unsigned long ircnet_dropped(const struct ircnet *n);

/* ---- what it is asked for ----
 * ERR_BAD_INPUT: a field does not fit. ERR_TOO_BIG: too long. ERR_FULL: the
 * queue is full. ERR_WRONG_STATE: before 001 (but ircnet_nick()), after
 * ircnet_quit() or the end. In each case nothing is sent. token 0: no on_sent.
 * While a login by NickServ is under way (5 s at most) all of it waits in the
 * queue.
 */

/*
 * Joins of one turn and of a throttled queue are merged into few lines, sent
 * from a timer. The channel is CHAN_REQUESTED from here on; ERR_OK without a
 * line when we are in it.
 */
NODISCARD enum err ircnet_join(struct ircnet *n, struct slice channel,
	struct slice key);
/* Also while the JOIN is under way; the owner hears no more of that JOIN. */
NODISCARD enum err ircnet_part(struct ircnet *n, struct slice channel,
	struct slice reason);
/*
 * Splits body into lines (PROTOCOL G.4), one message of several lines where the
 * server takes such; all are queued or none. IRC_ACTION for
 * /me. body is UTF-8.
 */
NODISCARD enum err ircnet_say(struct ircnet *n, enum irc_text_kind kind,
	struct slice target, struct slice body, uint64_t token);
/* The same for a body with mIRC codes of ours (irc/ircformat.h). */
NODISCARD enum err ircnet_say_formatted(struct ircnet *n,
	enum irc_text_kind kind, struct slice target, struct slice body,
	uint64_t token);
/* The bytes of a text that fit on one line to this target. */
size_t ircnet_say_max(const struct ircnet *n, enum irc_text_kind kind,
	struct slice target);
/* Takes what was said with this token back; false: a part of it is out. */
bool ircnet_unsay(struct ircnet *n, uint64_t token);
/*
 * TAGMSG with +typing. Goes at once or not at all (ERR_FULL); ERR_WRONG_STATE
 * also where the server takes no such tags.
 */
NODISCARD enum err ircnet_typing(struct ircnet *n, struct slice target,
	enum irc_typing typing);
/* May we send this client tag ("reply", "draft/react") now? */
bool ircnet_tag_allowed(const struct ircnet *n, const char *name);
struct irc_tag {
	const char *name; /* without its "+" */
	struct slice value;
};
/* These go with the first line of the next text, as far as they are allowed. */
void ircnet_tag_next(struct ircnet *n, const struct irc_tag *tags, size_t ntags);
/*
 * TAGMSG with those of the tags that are allowed; ERR_WRONG_STATE when that is
 * none.
 */
NODISCARD enum err ircnet_tagmsg(struct ircnet *n, struct slice target,
	const struct irc_tag *tags, size_t ntags);
/*
 * The message of this msgid is to be taken back; the reason may be empty.
 * ERR_WRONG_STATE also where the server has no draft/message-redaction.
 */
NODISCARD enum err ircnet_redact(struct ircnet *n, struct slice target,
	struct slice msgid, struct slice reason);
/*
 * The user has read this place up to there: a time that the server told, as
 * "2011-10-19T16:40:51.620Z". ERR_WRONG_STATE also without draft/read-marker.
 */
NODISCARD enum err ircnet_markread(struct ircnet *n, struct slice target,
	struct slice stamp);
/*
 * METADATA target SET; "*" is ourselves, an empty value takes it away. The answer
 * comes by on_numeric (761, 766) or on_other (FAIL METADATA). ERR_WRONG_STATE also
 * without draft/metadata-2.
 */
NODISCARD enum err ircnet_set_meta(struct ircnet *n, struct slice target,
	enum irc_meta key, struct slice value);
NODISCARD enum err ircnet_topic(struct ircnet *n, struct slice channel,
	struct slice text);
NODISCARD enum err ircnet_kick(struct ircnet *n, struct slice channel,
	struct slice nick, struct slice reason);
/* words: "+o bob", checked word by word. */
NODISCARD enum err ircnet_mode(struct ircnet *n, struct slice target,
	struct slice words);
NODISCARD enum err ircnet_nick(struct ircnet *n, struct slice nick);
/* Empty text: back. */
NODISCARD enum err ircnet_away(struct ircnet *n, struct slice text);
/* What was said before 001 (draft/pre-away); NULL: nothing. */
const struct istr *ircnet_away_said(const struct ircnet *n);
NODISCARD enum err ircnet_invite(struct ircnet *n, struct slice nick,
	struct slice channel);
/*
 * This nick's presence is wanted from now on, whether it shares a channel with
 * us or not; the known one when it is watched already. Also before 001. NULL:
 * nobody is called so, or too many are watched. The server is asked by what it
 * has (ircnet_watch.c); a full list means polling, not an error.
 */
struct ircwatched *ircnet_watch(struct ircnet *n, struct slice nick);
/* w is gone afterwards. */
void ircnet_unwatch(struct ircnet *n, struct ircwatched *w);
/* CTCP query ("VERSION", args may be empty) and reply. */
NODISCARD enum err ircnet_ctcp(struct ircnet *n, struct slice target,
	struct slice command, struct slice args);
NODISCARD enum err ircnet_ctcp_reply(struct ircnet *n, struct slice target,
	struct slice command, struct slice args);
/*
 * WHOIS by way of the nick's own server, which alone knows how long somebody is
 * idle; WHOWAS for the last one of that name. nick as IRC spells it.
 */
NODISCARD enum err ircnet_whois(struct ircnet *n, struct slice nick);
NODISCARD enum err ircnet_whowas(struct ircnet *n, struct slice nick);
/* COMMAND with words and an optional last text: WHO, WHOIS, LIST, NAMES ... */
NODISCARD enum err ircnet_command(struct ircnet *n, const char *command,
	const struct slice *words, size_t nwords, struct slice text);
/*
 * A whole line typed by a user: one line, no line ends; keeps its own form.
 * CAP, PASS, USER, PING, PONG, AUTHENTICATE, PROTOCTL and JOIN 0 are refused;
 * QUIT and NICK go the way of ircnet_quit() and ircnet_nick().
 */
NODISCARD enum err ircnet_raw(struct ircnet *n, struct slice line);

/*
 * Is NickServ the network's own (PROTOCOL F.4)? server: 312 of its WHOIS; called:
 * one of 309, 310, 313 calls it a service, which irc_called_service() tells.
 */
bool irc_is_service(struct slice server, bool called);
bool irc_called_service(struct slice text);
/*
 * A message, which may hold a secret, to the NickServ of that server and to
 * nobody else who has the nick. ERR_BAD_INPUT: no name of a server, or no text for
 * a line; ERR_TOO_BIG: longer than a line.
 */
NODISCARD enum err ircnet_tell_nickserv(struct ircnet *n, struct slice server,
	struct slice text);
/* What was said with this token was refused: no echo of it comes. */
void ircnet_refused(struct ircnet *n, uint64_t token);
/*
 * Requests from here on, until it is called with 0, are of this token: lines of
 * one of them are told apart by what ircnet_answers() says follows. Not what is
 * said (it has tokens of its own), and not JOIN, see ircnet_answers_join().
 */
void ircnet_label(struct ircnet *n, uint64_t token);
/*
 * REGISTER and VERIFY (draft/account-registration); account or email empty: `*`.
 * At once, past the queue. REGISTER, VERIFY and FAIL of them come by on_other.
 * ERR_WRONG_STATE also where it is not offered. After on_capable, where there is
 * `before_connect` and the link is private; the server has 35 s then.
 */
NODISCARD enum err ircnet_register(struct ircnet *n, struct slice account,
	struct slice email, struct slice password);
NODISCARD enum err ircnet_verify(struct ircnet *n, struct slice account,
	struct slice code);
/*
 * After on_capable: on to 001. password.p NULL: as if nothing had waited. Else
 * this account was just made: we are logged in to it, or if the server does not
 * say so within 2 s (900), by SASL with this password. What is there of the
 * login afterwards is this one.
 */
void ircnet_proceed(struct ircnet *n, struct slice account,
	struct slice password);
/* Before 001: so long from now on the server may take until it. */
void ircnet_patience(struct ircnet *n, unsigned ms);
/*
 * A mark behind the lines queued so far: on_synced comes with the token when
 * the server has read them, so an error to any of them has come before.
 */
NODISCARD enum err ircnet_sync(struct ircnet *n, uint64_t token);
/*
 * QUIT passes the queue; the rest of the queue is dropped. on_end follows when
 * the server closes or after 5 s.
 */
void ircnet_quit(struct ircnet *n, struct slice reason);

#endif
