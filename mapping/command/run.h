/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_RUN_H
#define MAPPING_COMMAND_RUN_H

#include "mapping/asker.h"
#include "mapping/command/command.h"

/*
 * One command being run (PROTOCOL C.1, C.23), for the files of its commands. It
 * was asked for by an iq (XEP-0050) or by a message; which of the two, only
 * run.c, adhoc.c and command.c know. It lives in the list of its user, who lives
 * as long:
 *
 *	ASKED    a form was shown, the client's move; 10 min
 *	WORKING  its function was called and has not answered yet
 *	EXPIRED  nobody came back for the form; remembered for another 10 min so
 *	         that the client is told so
 *
 * A function answers once: run_done(), run_list(), run_fail(), run_ask(), at
 * once or later; the run is gone afterwards (but for run_ask()). One that waits
 * for storage holds the run meanwhile, see run_hold().
 */
enum run_state { RUN_ASKED, RUN_WORKING, RUN_EXPIRED };
enum run_wait { RUN_WAITS_NOT, RUN_WAITS_UP, RUN_WAITS_ACCOUNT, RUN_READS };
enum {
	RUN_ID = 33,
	RUNS_MAX = 8,         /* of one user */
	RUN_LINES_MAX = 500,  /* that IRC may say to one request */
	RUN_ANSWER_BYTES = 32768,
};

struct run {
	struct list link; /* in user->runs */
	struct user *user;
	const struct command *command;
	enum run_state state;
	struct asker asker;         /* of the last iq or message */
	enum addr_kind kind;
	const struct istr *network; /* its name; NULL at GW */
	bool by_text;
	const struct istr *type;   /* of the message; NULL: none */
	const struct istr *thread;
	char id[RUN_ID];           /* sessionid; "" by text */
	unsigned stage;            /* of its forms */
	char *values[COMMAND_FIELDS]; /* of its fields; NULL: not given */
	/* What was submitted just now; lent, NULL by text. */
	const struct elem *form;
	struct timer timer;
	/* What it waits for: its session to come up, or answers from IRC. */
	enum run_wait wait;
	struct session *session;
	struct buf answer;  /* what IRC said in this turn, or so far */
	unsigned lines;     /* of all that it said */
	struct timer turn;  /* the end of the turn */
	struct patience patience; /* RUN_READS: for what IRC says */
	uint64_t label;     /* of what was sent for it; 0: nothing was */
	bool over;          /* IRC has nothing more to say to it */
	bool whole;         /* ... for sure: by its label */
	bool elsewhere;     /* it was passed on: an answer has no label */
	bool asks_nick;     /* a new nick is an answer to it */
	bool asks_topic;    /* a topic of ours is */
	bool knocks;        /* silence is consent */
	bool nothing;       /* all that IRC said is that there is nothing */
	bool late;          /* it was said that connecting takes long */
	unsigned holds;
	bool gone;          /* freed when nothing holds it any more */
};

/* NULL: too many are under way. By text: id is left empty. */
struct run *run_create(const struct request *q, const struct addr *a,
	const struct command *command, bool by_text);
void run_destroy(struct run *r);
void runs_destroy(struct user *u);
/* This iq is the one to be answered. */
void run_asked_by(struct run *r, const struct request *q);

static inline struct mapping *core_of_run(const struct run *r)
{
	return r->user->mapping;
}

/* A text of ours in the language of the asker; N_() is not needed. */
FORMAT_ARG(2)
const char *run_text(const struct run *r, const char *english);
/* The value of a field, "" when it was not given. */
const char *run_value(const struct run *r, const char *var);
/* Takes the value; NULL: not given. */
void run_set_value(struct run *r, unsigned field, char *value);
/* The session at the run's network (n NULL) or another one, NULL: none. */
struct session *run_session(const struct run *r, const struct network *n);
/* The network of the run, or the one named by this field; NULL: it failed. */
struct network *run_network(struct run *r, const char *var);

/* ---- answers ---- */

/* One sentence, translated already. NULL: nothing is said (by text). */
void run_done(struct run *r, const char *text);
/* printf(3) on top of that. */
void run_donef(struct run *r, const char *format, ...) PRINTF(2, 3);
/* Several lines under a title, translated already. */
void run_list(struct run *r, const char *title, struct slice lines);
/* The text is translated here. */
void run_fail(struct run *r, enum stanza_error e, const char *english);
void run_fault(struct run *r, const struct fault *fault);
/*
 * The next form (stage counts on), or by its note the same form again. By text
 * the note is the answer. note: translated already, NULL: none.
 */
void run_ask(struct run *r, const char *note, bool again);
/* A message by the way to who asked by text; the run goes on. */
void run_say(struct run *r, struct slice body);

/* ---- waiting ---- */

/* Until its session is up, or is not to come up (D.0: it holds it so long). */
void run_wait_up(struct run *r, struct session *s);

/*
 * Before the run is given away as a context: after run_back() it is the
 * caller's again. false: it is gone meanwhile, nothing may be answered.
 */
void *run_hold(struct run *r);
bool run_back(struct run *r);

/* done for change_commit() and its kin: run_done() with the text that was kept
 * in `answer`, or the error. */
void run_on_kept(struct mapping *m, void *ctx, enum err err);

#endif
