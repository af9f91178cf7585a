/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCNET_PRIVATE_H
#define IRC_IRCNET_PRIVATE_H

#include "irc/caps.h"
#include "irc/engine.h"
#include "irc/ircnet.h"
#include "irc/ircout.h"
#include "irc/sendq.h"

/*
 * The inside of ircnet, shared by its files:
 *   ircnet.c        life, bytes in and out, timers, questions
 *   ircnet_first.c  what is said first: WEBIRC, CAP LS, PASS, NICK, USER
 *   ircnet_reg.c    registration, CAP, 001, 005, refusals, NICK
 *   ircnet_login.c  logging in to an account: SASL
 *   ircnet_nickserv.c  ... and NickServ
 *   ircnet_account.c  making one
 *   ircnet_alive.c  PING both ways, QUIT, the end
 *   ircnet_state.c  users, channels, members: the only writer of the maps
 *   ircnet_in.c     words: the handler table, JOIN to INVITE
 *   ircnet_people.c what lines tell about their senders
 *   ircnet_num.c    numerics: the handler table
 *   ircnet_mode.c   MODE and 324
 *   ircnet_watch.c  people who are watched
 *   ircnet_ask.c    ... and what is asked about them
 *   ircnet_watched.c ... and what is answered
 *   ircnet_text.c   PRIVMSG, NOTICE, CTCP
 *   ircnet_batch.c  batches
 *   ircnet_meta.c   metadata of people and channels
 *   ircnet_metasync.c ... subscribed to and asked for
 *   ircnet_charset.c  texts that are no UTF-8
 *   ircnet_multiline.c  one message of several lines
 *   ircnet_echo.c   labels: which request a line answers
 *   ircnet_out.c    requests
 *   ircnet_say.c    requests that are texts
 *   ircnet_tags.c   ... and those of client tags alone, REDACT
 */

enum net_state { NET_REGISTERING, NET_REGISTERED, NET_ENDED };

/* What a hostile server can make us hold (ARCHITECTURE 8). */
enum {
	NET_CHANNELS_MAX = 1000,
	NET_UNASKED_MAX = 200,        /* channels, when we did not ask to join */
	NET_MEMBERS_MAX = 100000,     /* of one channel */
	NET_USERS_MAX = 200000,
	NET_BATCHES_MAX = 16,
	NET_NICK_TRIES = 20,          /* before 001 */
	NET_WORD_MAX = 400,           /* a server's name, version; a URL */
	NET_HOST_MAX = 320,           /* user@host */
	NET_TAGS_MAX = 4094,          /* of a line that we send (F.1) */
	NET_LABEL_MAX = 40,           /* of these: label=..., and a ; */
};
#define NET_NAMES_MAX ((size_t)32 << 20) /* bytes in names of users, in all */

enum batch_kind { BATCH_OTHER, BATCH_NETSPLIT, BATCH_NETJOIN, BATCH_HISTORY };

struct multiline;

struct batch {
	const struct istr *id;
	enum batch_kind kind;
	struct multiline *lines; /* draft/multiline; NULL: another type */
	/* Of a netsplit or netjoin "a b"; of a chathistory its target. */
	const struct istr *servers;
	bool inner;      /* in one of the same kind */
	uint64_t token;  /* what is inside answers this request; 0: none */
	unsigned follow; /* ... and so many lines of it follow */
	bool labelled;   /* its end is the end of the answer */
	const struct istr *told; /* metadata of this one, folded; or NULL */
};

/* How people are watched; until the features are known not at all. */
enum watch_kind {
	WATCH_NOT_YET,
	WATCH_BY_MONITOR,
	WATCH_BY_WATCH,
	WATCH_BY_ISON,
};

struct watch {
	struct map map;    /* of ircwatched */
	struct list all;   /* the same, in the order of asking */
	struct list dirty; /* those of whom there may be something to tell */
	struct list going; /* struct watch_going: to be taken off the list */
	struct timer timer; /* patience for the features, then the next poll */
	enum watch_kind kind;
	unsigned listed;   /* on the server's list */
	bool work;         /* there may be something to ask */
	bool ison;         /* an ISON waits for its answer */
	bool hosts;        /* a USERHOST does */
	bool no_monitor;   /* the server does not know its own feature */
	bool no_watch;
};

struct watch_going {
	struct list link;
	const struct istr *nick;
};

struct ircnet {
	const struct ircnet_events *events;
	void *ctx;
	struct clock *clock;
	const struct log *log;
	struct engine *engine;
	struct ircframe frame;
	struct isupport isupport;
	struct caps caps;
	struct login *login; /* NULL: nobody logs in */
	struct held *held;   /* PASS and USER that wait; NULL: they were said */
	struct sendq queue;
	struct buf tags; /* of the next text */
	struct map users;    /* of ircuser */
	struct map channels; /* of ircchan */
	struct watch watch;
	struct ircuser *me;  /* NULL before 001 */
	/* Before 001 the nick asked for last; then the one of a pending NICK. */
	const struct istr *nick_asked;
	const struct istr *away; /* draft/pre-away: to be said before 001 */
	/* 004: its name and version, NULL when they were not said. */
	const struct istr *server;
	const struct istr *version;
	struct batch *batches; /* NULL when none is open */
	struct slice netjoin;  /* inside on_join: see ircnet_netjoin() */
	struct echoes *echoes; /* ircnet_echo.c; NULL: none is waited for */
	struct netmeta *meta;  /* ircnet_meta.h; NULL: the server has none */
	struct share_owner *meta_share; /* of the config */
	struct list meta_lost; /* people of whom less is known: to be told */
	unsigned long meta_forgotten; /* for want of place */
	bool meta_channels;    /* one of them is otherwise: to be told */
	uint64_t *sent;        /* tokens whose on_sent is due */
	const struct ircmsg *now; /* the line being handled */
	struct charset *charset;     /* of texts that are no UTF-8 */
	struct charset *charset_out; /* of what we say; NULL: UTF-8 */
	struct timer state_timer; /* registration, QUIT */
	struct timer ping_timer;
	struct timer queue_timer;
	uint64_t created_at;
	uint64_t registered_at;
	uint64_t last_input;
	uint64_t ping_at; /* 0: no PING of ours is out */
	uint64_t cap_at;  /* last word about CAP */
	uint64_t label;      /* ircnet_label(), and how many lines had it */
	unsigned label_lines;
	unsigned join_lines; /* labels of our JOIN lines so far */
	size_t names;     /* bytes held in names of users */
	size_t nsent;
	size_t sent_cap;
	unsigned long dropped; /* lines of no use */
	unsigned long silent;  /* LIB lines without an event of the library */
	unsigned nbatches;
	unsigned batches_sent; /* numbers those of ours */
	unsigned modes_wanted; /* channels with that flag */
	unsigned names_wanted;
	unsigned nick_tries;
	unsigned busy; /* calls into us on the stack; 0 again: may be freed */
	unsigned max_lines;
	unsigned register_timeout_ms;
	enum net_state state;
	bool dead;
	bool handled; /* `now` was dispatched */
	bool reading; /* inside ircnet_input() */
	bool nick_given; /* ircnet_nick() inside on_nick_refused */
	bool quitting;
	bool left;  /* lines left the queue; to be told */
	bool fault; /* the engine failed; the end is told by a timer */
	bool away_said;
	bool protoctl; /* PROTOCTL NAMESX was sent */
	bool uhnames;  /* PROTOCTL UHNAMES was */
};

/* An event, unless the owner has destroyed us. */
#define EMIT(n, row, ...)                                          \
	do {                                                       \
		if (!(n)->dead && (n)->state != NET_ENDED &&       \
			(n)->events->row != NULL) {                \
			(n)->events->row((n)->ctx, __VA_ARGS__);   \
		}                                                  \
	} while (0)

/* ircnet.c */
void net_enter(struct ircnet *n);
void net_leave(struct ircnet *n); /* n may be gone afterwards */
/* Ends it: on_end, once. */
void net_end(struct ircnet *n, enum ircnet_end why, int numeric,
	struct slice text);
/* Past the queue. The line needs no line end. */
void net_send(struct ircnet *n, struct slice line);
/* The same with the tags in front of it that the server takes now. */
void net_send_line(struct ircnet *n, struct slice line);
/* The same for one that holds a password: no copy of it is left behind. */
void net_send_secret(struct ircnet *n, struct slice line);
/* The one line buffer for building; its content lasts until the next use. */
struct buf *net_scratch(void);
/* Lines that may go at once; none while a login is under way. */
unsigned net_direct(const struct ircnet *n);
/* At once when the bucket allows, else queued; room was checked. */
void net_queue(struct ircnet *n, enum sendq_kind kind, struct slice line,
	uint64_t token, enum sendq_place place);
/* Runs the queue on a timer of this turn. */
void net_kick(struct ircnet *n);
/* Gives our own idea of a line to its handler. */
void net_dispatch(struct ircnet *n, const struct ircmsg *m);

/* ircnet_first.c */
/* false: something cannot be sent, nothing was but perhaps WEBIRC and CAP LS. */
NODISCARD bool net_first(struct ircnet *n, const struct ircnet_config *c);
/* What waits is said now; nothing when it was already. */
void net_first_release(struct ircnet *n);
uint64_t net_first_deadline(const struct ircnet *n); /* ... then at last */
/* NICK before 001. */
NODISCARD enum err net_first_nick(struct ircnet *n, struct slice nick);
void net_first_free(struct ircnet *n); /* the password is wiped */

/* ircnet_reg.c */
NODISCARD bool net_register(struct ircnet *n, const struct ircnet_config *c);
void net_state_timer(void *ctx);
/* A line of capability negotiation; before END what must come before it. */
void net_cap_send(void *ctx, struct slice line);
void handle_cap(struct ircnet *n, const struct ircmsg *m);
bool num_welcome(struct ircnet *n, const struct ircmsg *m);
bool num_isupport(struct ircnet *n, const struct ircmsg *m);
bool num_nick_refused(struct ircnet *n, const struct ircmsg *m);
bool num_refused(struct ircnet *n, const struct ircmsg *m);
bool num_no_cap(struct ircnet *n, const struct ircmsg *m);
bool num_antispoof(struct ircnet *n, const struct ircmsg *m);

/* ircnet_login.c */
void net_login_init(struct ircnet *n, const struct ircnet_config *c);
void net_login_stop(struct ircnet *n); /* the password is wiped */
void net_login_free(struct ircnet *n);
bool net_login_by_sasl(const struct ircnet *n); /* if the server offers it */
bool net_login_holds(const struct ircnet *n); /* what is asked for waits */
/* After a CAP line changed what is on. */
void net_login_offer(struct ircnet *n, const struct ircmsg *m);
void net_login_caps(struct ircnet *n);
void net_login_welcome(struct ircnet *n); /* 001 */
void net_login_account(struct ircnet *n, bool in); /* our own ACCOUNT */
void net_login_umode(struct ircnet *n, struct slice words); /* our own MODE */
/* Is this line part of the login, and nobody else's? */
bool net_login_numeric(struct ircnet *n, const struct ircmsg *m);
bool nickserv_text(struct ircnet *n, const struct ircmsg *m);
void handle_authenticate(struct ircnet *n, const struct ircmsg *m);
bool num_logged_in(struct ircnet *n, const struct ircmsg *m);
bool num_logged_out(struct ircnet *n, const struct ircmsg *m);
bool num_sasl(struct ircnet *n, const struct ircmsg *m);

/* ircnet_echo.c */
/* The label of a request with this token, when labels are of use now. */
void net_add_label(const struct ircnet *n, struct buf *line, uint64_t token,
	unsigned follow);
/* The label of this line: token and lines that follow; 0: none of ours. */
uint64_t net_label(const struct ircmsg *m, unsigned *follow);
/*
 * Is it the answer to a request that is no JOIN, by its label? Then it refuses
 * none.
 */
bool net_answers_other(const struct ircnet *n, const struct ircmsg *m);
/* The label of a JOIN line in front of it, when labels are of use now. */
void net_label_join(struct ircnet *n, struct buf *line);
/* The label of ircnet_label(), in front of a line that is built. */
void net_put_label(struct ircnet *n, struct buf *line);
/* Our own text without label came back: of which request? */
uint64_t net_echo_of(struct ircnet *n, const struct ircmsg *m,
	unsigned *follow);
void net_echoes_clear(struct ircnet *n);

/* ircnet_alive.c */
void net_watch(struct ircnet *n); /* from 001 on */
void net_ping_timer(void *ctx);
void handle_ping(struct ircnet *n, const struct ircmsg *m);
void handle_pong(struct ircnet *n, const struct ircmsg *m);
void handle_error(struct ircnet *n, const struct ircmsg *m);

/* ircnet_state.c */
struct ircuser *state_user(const struct ircnet *n, struct slice nick);
struct ircchan *state_chan(const struct ircnet *n, struct slice name);
/* The known or a new one; NULL over a limit. A new one is in no channel. */
struct ircuser *state_user_add(struct ircnet *n, struct slice nick);
/* Frees a user who is in no channel and not us. */
void state_user_release(struct ircnet *n, struct ircuser *user);
/* Sets a name of a user; true when it changed. Absent: NULL. */
bool state_set(struct ircnet *n, struct ircuser *user, enum user_text which,
	struct slice value);
struct ircmore *state_more(struct ircuser *user);
/* Takes user@host from a source; true when it changed. */
bool state_set_host(struct ircnet *n, struct ircuser *user, struct slice name,
	struct slice host);
/* Another nick; who had it is made to leave. false: not possible. */
bool state_rename(struct ircnet *n, struct ircuser *user, struct slice nick);
struct ircchan *state_chan_add(struct ircnet *n, struct slice name);
void state_chan_params_forget(struct ircchan *chan);
/* Another name; false: it is the name of another channel. */
bool state_chan_rename(struct ircnet *n, struct ircchan *chan,
	struct slice name);
void state_chan_remove(struct ircnet *n, struct ircchan *chan);
/* Other prefixes of a member. */
void state_member_bits(struct ircchan *chan, const struct ircuser *user,
	uint32_t bits);
bool state_member_add(struct ircnet *n, struct ircchan *chan,
	struct ircuser *user, uint32_t bits);
/* The user may be gone afterwards. */
void state_member_remove(struct ircnet *n, struct ircchan *chan,
	struct ircuser *user);
/*
 * Puts the entries of a map under new keys; false, and nothing changed, when
 * two would be the same.
 */
bool state_rekey(struct map *map, enum casemap cm,
	struct slice (*name)(const struct map_entry *entry));
/* Another CASEMAPPING; ignored when names are known that it would merge. */
void state_casemap(struct ircnet *n, enum casemap cm);
void state_clear(struct ircnet *n);

/* ircnet_in.c */
bool net_is_me(const struct ircnet *n, struct slice nick);
/* on_leave in each of the user's channels, then out of them. */
void net_leave_all(struct ircnet *n, struct ircuser *user,
	const struct irc_leave *leave);
void handle_word(struct ircnet *n, const struct ircmsg *m);

/* ircnet_people.c */
/* What every line tells of its sender: host, bot. NULL when not known. */
struct ircuser *net_sender(struct ircnet *n, const struct ircmsg *m);
/* It is a program: on_user, once. */
void net_learn_bot(struct ircnet *n, struct ircuser *user);
struct slice net_away_text(const struct ircnet *n, struct slice text);
/* "*" and "0" are none; absent says nothing. */
void net_learn_account(struct ircnet *n, struct ircuser *user,
	struct slice account);
void handle_away(struct ircnet *n, const struct ircmsg *m);
void handle_account(struct ircnet *n, const struct ircmsg *m);
void handle_chghost(struct ircnet *n, const struct ircmsg *m);
void handle_setname(struct ircnet *n, const struct ircmsg *m);

/* ircnet_chan.c */
/* We are out of it: by our PART, or otherwise; what was asked since counts on. */
void net_chan_over(struct ircnet *n, struct ircchan *chan, bool parted);
/* Our own JOIN was seen: is it one that nobody has left since? */
bool net_join_counts(struct ircchan *chan);
/* A numeric about a channel that we asked to leave: is it digested? */
bool net_part_refused(struct ircnet *n, struct slice channel, int numeric);

/* ircnet_num.c */
void handle_numeric(struct ircnet *n, const struct ircmsg *m);
/* Tells of a refusal; a channel that was only asked for is then forgotten. */
void net_join_failed(struct ircnet *n, struct slice channel,
	const struct ircmsg *m);

/* ircnet_names.c */
bool num_names(struct ircnet *n, const struct ircmsg *m);
bool num_names_end(struct ircnet *n, const struct ircmsg *m);
/* Somebody lost the prefix of this place, and has these left. */
void net_prefix_lost(struct ircnet *n, struct ircchan *chan, int place,
	uint32_t left);
void net_want_names(struct ircnet *n, struct ircchan *chan, bool want);
void net_ask_names(struct ircnet *n); /* one waiting NAMES #chan */

/* ircnet_mode.c */
void handle_mode(struct ircnet *n, const struct ircmsg *m);
bool num_chanmodes(struct ircnet *n, const struct ircmsg *m);
void net_ask_modes(struct ircnet *n); /* one waiting MODE #chan */
void net_want_modes(struct ircnet *n, struct ircchan *chan, bool want);

/* ircnet_watch.c */
void watch_init(struct ircnet *n);
void watch_clear(struct ircnet *n);
void watch_casemap(struct ircnet *n, enum casemap cm);
/* Tells what changed; after each line. */
void watch_flush(struct ircnet *n);
/* Somebody is there, is gone, or is away otherwise, in a shared channel. */
void watch_touch(struct ircnet *n, const struct istr *key);
void watch_quit(struct ircnet *n, const struct istr *key, struct slice reason);
void watch_renamed(struct ircnet *n, const struct istr *key,
	const struct ircuser *user);
/* Absent text: here. false: not watched. */
bool watch_away(struct ircnet *n, struct slice nick, struct slice text);
/* For the two files below: */
struct ircwatched *watch_find(const struct ircnet *n, struct slice nick);
struct ircwatched *watch_of(struct list *it);
struct ircuser *watch_seen(const struct ircnet *n, const struct ircwatched *w);
void watch_set_online(struct ircnet *n, struct ircwatched *w);
void watch_set_offline(struct ircnet *n, struct ircwatched *w,
	struct slice reason);
/* Somebody else than our polling tells when this one goes away. */
bool watch_away_told(const struct ircnet *n, const struct ircwatched *w);
bool watch_polled(const struct ircnet *n, const struct ircwatched *w);
void watch_want(struct ircnet *n); /* there is something to ask */
void watch_arm(struct ircnet *n);  /* the next poll, when one is needed */
void watch_free_going(struct watch_going *g);

/* ircnet_ask.c */
bool watch_wants(const struct ircnet *n);
bool watch_ask(struct ircnet *n); /* one line; false: there was nothing */
void watch_choose(struct ircnet *n);
void watch_features(struct ircnet *n); /* 005 */
void watch_ready(struct ircnet *n);    /* the features are known */
void watch_timer(void *ctx);

/* ircnet_watched.c */
bool num_monitor(struct ircnet *n, const struct ircmsg *m);
bool num_watch_full(struct ircnet *n, const struct ircmsg *m);
bool num_watch(struct ircnet *n, const struct ircmsg *m);
bool num_ison(struct ircnet *n, const struct ircmsg *m);
bool num_no_such_nick(struct ircnet *n, const struct ircmsg *m);
bool num_usable(struct ircnet *n, const struct ircmsg *m);
/* A 302: true when it answers our own question. */
bool watch_hosts(struct ircnet *n, bool with_me);
/* A 421: true when it answers our own command. */
bool watch_unknown(struct ircnet *n, struct slice command);

/* ircnet_meta.c */
void meta_cap_end(struct ircnet *n); /* before CAP END */
void meta_caps(struct ircnet *n);    /* at 001; capabilities have changed */
bool meta_wants(const struct ircnet *n);
void meta_ask(struct ircnet *n); /* one line, when it wants */
void handle_metadata(struct ircnet *n, const struct ircmsg *m);
bool num_meta_value(struct ircnet *n, const struct ircmsg *m);
bool num_meta_not_set(struct ircnet *n, const struct ircmsg *m);
bool num_meta_subscribed(struct ircnet *n, const struct ircmsg *m);
bool num_meta_later(struct ircnet *n, const struct ircmsg *m);
/* A FAIL that answers a question of ours. */
bool meta_failed(struct ircnet *n, const struct ircmsg *m);
/* A batch of that type for this target has begun: a reference to its name. */
const struct istr *meta_batch(struct ircnet *n, struct slice target);
/* The server has told all of this channel (NULL: of none); ircnet_meta.h. */
void meta_told_all(struct ircnet *n, const struct istr *channel);
void meta_take_back(struct ircnet *n); /* the capability is gone */
/* A channel is left. */
void meta_forget(struct ircnet *n, const struct istr *key);
/* Somebody is perhaps neither in a channel of ours nor watched any more. */
void meta_unseen(struct ircnet *n, const struct istr *key);
void meta_rename(struct ircnet *n, const struct istr *from,
	const struct istr *to);
void meta_flush(struct ircnet *n); /* what is to be told */
void meta_stop(struct ircnet *n);  /* its timer */
void meta_clear(struct ircnet *n);
void meta_free(struct ircnet *n);

/* ircnet_charset.c */
/* The text in the line, if it has one, becomes UTF-8; until the next call. */
void net_decode(const struct ircnet *n, struct ircmsg *m);
void net_decode_free(void);
bool net_encodes(const struct ircnet *n); /* texts go in another charset */
void net_encode(const struct ircnet *n, struct buf *out, struct slice text);

/* ircnet_multiline.c */
enum { MULTILINE_LINES = 40 }; /* that we send in one */
struct multiline *multiline_open(const struct ircmsg *m);
void multiline_free(struct multiline *l); /* NULL is fine */
void multiline_add(struct multiline *l, const struct ircmsg *m);
/* The message it is, lent; NULL: there were no lines. */
const struct ircmsg *multiline_close(struct multiline *l);
/* What the server takes at once; false: no such thing. */
bool multiline_limits(const struct ircnet *n, size_t *bytes, unsigned *lines);

/* ircnet_out.c */
/*
 * A line that was built with this last text, with the text as the server is to
 * have it. ERR_TOO_BIG: that is longer.
 */
NODISCARD enum err net_encode_last(const struct ircnet *n, struct buf *line,
	struct slice text);
NODISCARD enum err net_usable(const struct ircnet *n); /* for requests now? */
/* One line of typed fields through the queue. */
NODISCARD enum err net_request(struct ircnet *n, const char *command,
	const struct irc_arg *args, size_t nargs);
/*
 * The same with a last text cut to its limit and to the line. An empty one is
 * left out unless `always`.
 */
NODISCARD enum err net_request_text(struct ircnet *n, const char *command,
	struct irc_arg *args, size_t nargs, struct slice text, size_t limit,
	bool always);

/* ircnet_tags.c */
/* Into the tags of a line that is being built: behind a label, or as the first. */
void net_add_tags(struct ircnet *n, struct buf *line);

/* ircnet_text.c */
void handle_text(struct ircnet *n, const struct ircmsg *m);
void handle_tagmsg(struct ircnet *n, const struct ircmsg *m);
void handle_redact(struct ircnet *n, const struct ircmsg *m);
void handle_markread(struct ircnet *n, const struct ircmsg *m);

/* ircnet_batch.c: NET_BATCHES_MAX are open at a time, more are counted and left. */
void handle_batch(struct ircnet *n, const struct ircmsg *m);
/* The batch that a line is in; NULL: none that is known. */
const struct batch *net_batch_of(const struct ircnet *n, const struct ircmsg *m);
enum batch_kind net_batch(const struct ircnet *n, const struct ircmsg *m);
/* The servers of the batch of that kind that the line is in, else absent. */
struct slice net_batch_servers(const struct ircnet *n, const struct ircmsg *m,
	enum batch_kind kind);
void net_batches_clear(struct ircnet *n);

#endif
