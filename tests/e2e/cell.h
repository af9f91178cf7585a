/* SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_CELL_H
#define TESTS_E2E_CELL_H

#include "tests/support/gwproc.h"
#include "tests/support/iclient.h"
#include "tests/support/server.h"
#include "tests/support/world.h"
#include "tests/support/xclient.h"

/*
 * One cell of the matrix: a Jabber server, the gateway, an IRC server; and
 * what the case that runs in it has for itself. Each case gets a number, a
 * channel of its own, in which bob is and is operator, and makes users and
 * nicks that no other case has: so none disturbs another.
 */
struct cell {
	struct world *w;
	struct server *jabber;
	struct server *irc;
	struct gwproc *gw;
	struct iclient *bob; /* stays for all cases of the cell */
	const char *network; /* irc.ngircd.test */
	unsigned number;
	char left[64]; /* the channel of the case before, for bob to leave */

	/* The running case: */
	const char *chan; /* #t12 */
	const char *room; /* #t12%irc.ngircd.test@irc.localhost */
};

struct cell_case {
	const char *name;
	void (*run)(struct cell *t);
};

/* The cases by subject, each ended by a NULL name. */
extern const struct cell_case cases_join[];    /* cases_join.c */
extern const struct cell_case cases_talk[];    /* cases_talk.c */
extern const struct cell_case cases_change[];  /* cases_change.c */
extern const struct cell_case cases_refused[]; /* cases_refused.c */
extern const struct cell_case cases_query[];   /* cases_query.c */
extern const struct cell_case cases_contacts[]; /* cases_contacts.c */
extern const struct cell_case cases_moderate[]; /* cases_moderate.c */
extern const struct cell_case cases_config[];   /* cases_config.c */
extern const struct cell_case cases_transport[]; /* cases_transport.c */
extern const struct cell_case cases_rooms[];     /* cases_rooms.c */

#define GW	  "irc.localhost"
#define NS_MUC	  "http://jabber.org/protocol/muc"
#define MUC_USER  "x@xmlns=http://jabber.org/protocol/muc#user"
#define CODE_SELF "x/status@code=110"

/* "juliet" becomes juliet12: user name and nick at the same time. */
const char *cell_name(struct cell *t, const char *stem);

/* Addresses of the case: room/nick, nick%network@GW, network@GW. */
const char *cell_occ(struct cell *t, const char *nick);
const char *cell_nick(struct cell *t, const char *nick);
const char *cell_srv(struct cell *t);

/* Is it this IRC server: "ngircd", "inspircd", "hybrid"? */
bool cell_is_on(const struct cell *t, const char *name);

/* The text or attribute that the path leads to (xstanza.h), "none" without. */
const char *cell_value(
	struct cell *t, const struct xstanza *s, const char *path);

/* A user who is online; only the name's owner: cell_name(stem)@localhost. */
struct xclient *cell_user(
	struct cell *t, const char *stem, const char *resource);

/* Asks for the roster: servers tell of subscriptions only who has. */
void cell_want_roster(struct xclient *c);

/* The next case, on this network: a number, and a channel of its own, without
 * bob. */
void cell_next(struct cell *t, const char *network);

/* bob, who comes by the port PLAIN unless he is there, and juliet hear each
 * other in it. */
void cell_talks(struct cell *t);

/* juliet's join is answered by this error. condition NULL: by any. text: what
 * it says, in part. Lent. */
const struct xstanza *cell_join_fails(struct cell *t, const char *condition,
	const char *code, const char *text, const char *at);

/* Sends the join; password NULL: none. */
void cell_send_join(struct cell *t, struct xclient *c, const char *nick,
	const char *password);

/* Joins by MUC, by groupchat 1.0, and waits until the room is complete: the
 * own presence with 110, then the subject. All that came is taken. */
void cell_join(struct cell *t, struct xclient *c, const char *nick);
void cell_join_gc1(struct cell *t, struct xclient *c, const char *nick);

/* A user of the stem, joined by MUC under the same name. */
struct xclient *cell_joined(struct cell *t, const char *stem);

/* Another IRC user, cell_name(stem), in the channel. */
struct iclient *cell_irc_user(struct cell *t, const char *stem);

/* The same, and bob makes it an operator: admin and moderator. */
struct xclient *cell_operator(struct cell *t);

/* A query of muc#admin or muc#owner to the room: this XML inside. */
void cell_query(struct cell *t, struct xclient *c, const char *id,
	const char *type, const char *ns, const char *inside);

/* A set of it that is done, and one that is refused with this error. */
void cell_done(struct cell *t, struct xclient *c, const char *ns,
	const char *inside, const char *at);
void cell_refused(struct cell *t, struct xclient *c, const char *ns,
	const char *inside, const char *error, const char *at);

/* A groupchat message to the room; body is XML text. */
void cell_say(
	struct cell *t, struct xclient *c, const char *id, const char *body);

/* bob does this, and it is done. */
void cell_bob(struct cell *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The nick leaves the network: bob asks (ISON) until it is gone, 10 s. */
void cell_await_off_irc(struct cell *t, const char *nick, const char *at);

/* Self-ping (XEP-0410): the answer is a result, or not-acceptable. */
void cell_self_ping(struct cell *t, struct xclient *c, const char *nick,
	bool joined, const char *at);

#endif
