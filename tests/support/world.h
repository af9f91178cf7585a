/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <strophe.h>

/*
 * The one loop in which everything of an end-to-end test happens: Jabber
 * clients (libstrophe), IRC clients, the gateway's log, servers that start.
 *
 * A case is a function that sends, and expects what must come. An expectation
 * that is not met ends the case at once (world_fail jumps back to world_try),
 * so that cases read from top to bottom without an if. All they create belongs
 * to the world and is swept by world_sweep, failed or not.
 *
 * Everything said by anybody is written to one transcript with times. A failed
 * case prints it; all of it is in transcript.log of the run's folder.
 *
 * Waiting: always for an event, with a deadline; nothing sleeps.
 * Bounds: WORLD_LINES lines of transcript are kept for a case.
 */
struct world;
struct xclient;
struct iclient;

enum { WORLD_LINES = 4000, WORLD_SHOWN = 160, WORLD_WIDTH = 700 };

#define WORLD_STR2(x) #x
#define WORLD_STR(x)  WORLD_STR2(x)
/* Where an expectation stands, for its failure message. */
#define AT __FILE__ ":" WORLD_STR(__LINE__)

/* A new folder below /tmp holds what the run leaves; searchable by all, as
 * servers change to another user. Removed by world_destroy when keep is false.
 */
struct world *world_create(void);
void world_destroy(struct world *w, bool keep);

const char *world_dir(const struct world *w);
xmpp_ctx_t *world_strophe(struct world *w);

/* Milliseconds since the world began, monotonic. */
uint64_t world_now(const struct world *w);

/* A text that lives until the next world_sweep. */
const char *world_text(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* --- the loop ---------------------------------------------------------- */

/* A descriptor watched by the loop. Embedded in its owner, who adds and
 * removes it; ready() may do either, also to itself. */
struct source {
	int fd;
	short events;
	void (*ready)(void *ctx, short revents);
	void *ctx;
	struct source *next;
	bool gone;
};

void world_add(struct world *w, struct source *s);
void world_remove(struct world *w, struct source *s);

/* One turn: send what waits, sleep in poll(2) until something happens or
 * the time is over, handle it. */
void world_turn(struct world *w, int milliseconds);

/* A callback of libstrophe has changed something: the turn it happened in does
 * not go on to wait. */
void world_stir(struct world *w);

/* Turns until done(ctx) or the time is over; the last value of done(ctx).
 * The seconds are what a calm machine surely does not need: ISTHMUS_PATIENCE, 6,
 * multiplies them: 1 to see failures soon while working on them, 30 for
 * valgrind. */
bool world_until(
	struct world *w, double seconds, bool (*done)(void *ctx), void *ctx);

/* The same for who turns or asks by itself: false when the time is over. A
 * turn in which the test itself stood still counts as one second at most. */
struct patience {
	uint64_t left_ms;
	uint64_t seen; /* world_now() */
};
struct patience world_patience(const struct world *w, double seconds);
bool world_patient(const struct world *w, struct patience *p);

/* --- clients: they register themselves ---------------------------------- */

/* Members of the client structs, so that the world can sweep and pump them. */
struct world_client {
	struct world_client *next;
	const char *name;
	int strophe_fd; /* -1: none, or it has a source of its own */
	bool busy;	/* libstrophe has work the descriptor does not show */
	bool keep;	/* lives through a sweep */
	void (*destroy)(struct world_client *c);
	void (*clear)(struct world_client *c);	/* forget what was received */
	void (*report)(struct world_client *c); /* tap_note what is untaken */
};

void world_enter(struct world *w, struct world_client *c);
void world_leave(struct world *w, struct world_client *c);
void world_each(struct world *w, void (*fn)(struct world_client *c, void *ctx),
	void *ctx);

/* Destroys the clients without keep, clears the others, frees the texts,
 * starts a new transcript. */
void world_sweep(struct world *w);

/* --- what happened ------------------------------------------------------ */

/* One line of the transcript; dir is "<<" (came), ">>" (sent) or "--". */
void world_log(struct world *w, const char *who, const char *dir,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Runs fn(ctx); false when it ended in world_fail. */
bool world_try(struct world *w, void (*fn)(void *ctx), void *ctx);

/* Ends the running case: prints why, what each client still held and the
 * transcript. Outside world_try it ends the program. */
_Noreturn void world_fail(struct world *w, const char *at, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* Runs one case as one TAP test called "group: name", and sweeps the world
 * after it. Cases whose name contains none of the words set by world_only are
 * passed over without a line; no words: all run. */
void world_case(struct world *w, const char *group, const char *name,
	void (*fn)(void *ctx), void *ctx);
void world_only(struct world *w, char *const *words, int count);
bool world_wants(const struct world *w, const char *test);

/* A plain condition of a case. */
#define WORLD_CHECK(w, condition)                                              \
	do {                                                                   \
		if (!(condition)) {                                            \
			world_fail((w), AT, "not so: %s", #condition);         \
		}                                                              \
	} while (0)

#endif
