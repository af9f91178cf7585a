/* SPDX-License-Identifier: MIT */
#include "tests/support/world.h"

#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/support/tap.h"

/* Deadlines are there to end a test that fails, not to measure: on a machine
 * that is busy with other things all takes longer. */
enum { MAX_FDS = 600, PATIENCE = 6, TURN_MS = 1000 };

struct text {
	struct text *next;
	char s[];
};

struct world {
	xmpp_ctx_t *strophe;
	struct source *sources;
	struct world_client *clients;
	struct text *texts;
	char *lines[WORLD_LINES];
	size_t line_count;
	uint64_t began;
	double patience;
	FILE *log;
	jmp_buf escape;
	bool stirred;
	bool trying;
	bool passed; /* the try that ended last */
	char *const *only;
	int only_count;
	char dir[256];
};

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static double patience(void)
{
	const char *set = getenv("ISTHMUS_PATIENCE");
	double factor = set != NULL ? atof(set) : PATIENCE;

	return factor > 0 ? factor : PATIENCE;
}

static void on_strophe_log(void *ctx, xmpp_log_level_t level, const char *area,
	const char *message)
{
	if (level >= XMPP_LEVEL_ERROR) {
		world_log(ctx, "libstrophe", "--", "%s: %s", area, message);
	}
}

struct world *world_create(void)
{
	static xmpp_log_t logger;
	struct world *w = calloc(1, sizeof(*w));
	const char *tmp = getenv("TMPDIR");
	char path[300];

	if (w == NULL) {
		abort();
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	w->began = clock_ms();
	w->patience = patience();
	snprintf(w->dir, sizeof(w->dir), "%s/isthmus-e2e-XXXXXX",
		tmp != NULL && *tmp != '\0' && strlen(tmp) < 200 ? tmp
								 : "/tmp");
	if (mkdtemp(w->dir) == NULL || chmod(w->dir, 0755) != 0) {
		tap_bail("cannot make %s", w->dir);
	}
	snprintf(path, sizeof(path), "%s/transcript.log", w->dir);
	w->log = fopen(path, "we");
	if (w->log == NULL) {
		tap_bail("cannot write %s", path);
	}
	xmpp_initialize();
	logger.handler = on_strophe_log;
	logger.userdata = w;
	w->strophe = xmpp_ctx_new(NULL, &logger);
	return w;
}

static int remove_entry(
	const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void world_destroy(struct world *w, bool keep)
{
	struct world_client *c;

	for (c = w->clients; c != NULL; c = c->next) {
		c->keep = false;
	}
	world_sweep(w);
	xmpp_ctx_free(w->strophe);
	xmpp_shutdown();
	fclose(w->log);
	if (keep) {
		tap_note("logs kept in %s", w->dir);
	} else {
		nftw(w->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	free(w);
}

const char *world_dir(const struct world *w)
{
	return w->dir;
}

xmpp_ctx_t *world_strophe(struct world *w)
{
	return w->strophe;
}

uint64_t world_now(const struct world *w)
{
	return clock_ms() - w->began;
}

const char *world_text(struct world *w, const char *format, ...)
{
	struct text *t;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	t = malloc(sizeof(*t) + (size_t)len + 1);
	if (t == NULL) {
		abort();
	}
	va_start(args, format);
	vsnprintf(t->s, (size_t)len + 1, format, args);
	va_end(args);
	t->next = w->texts;
	w->texts = t;
	return t->s;
}

/* --- the loop ---------------------------------------------------------- */

void world_add(struct world *w, struct source *s)
{
	s->gone = false;
	s->next = w->sources;
	w->sources = s;
}

void world_remove(struct world *w, struct source *s)
{
	struct source **at = &w->sources;

	while (*at != NULL && *at != s) {
		at = &(*at)->next;
	}
	if (*at == s) {
		*at = s->next;
	}
	s->gone = true;
}

/* libstrophe's descriptors are polled here and served by it, without waiting:
 * so one poll(2) sees both kinds of client. */
static nfds_t collect(struct world *w, struct pollfd *fds, int *milliseconds)
{
	struct source *s;
	struct world_client *c;
	nfds_t n = 0;

	for (s = w->sources; s != NULL && n < MAX_FDS; s = s->next) {
		fds[n++] = (struct pollfd){.fd = s->fd, .events = s->events};
	}
	for (c = w->clients; c != NULL && n < MAX_FDS; c = c->next) {
		if (c->strophe_fd >= 0) {
			fds[n++] = (struct pollfd){
				.fd = c->strophe_fd, .events = POLLIN};
		}
		if (c->busy && *milliseconds > 5) {
			*milliseconds = 5;
		}
	}
	if (n == MAX_FDS) {
		tap_bail("more than %d descriptors", MAX_FDS);
	}
	return n;
}

static void serve(struct world *w, const struct pollfd *p)
{
	struct source *s;

	/* By descriptor, from the start: a handler may remove any of them. */
	for (s = w->sources; s != NULL; s = s->next) {
		if (s->fd == p->fd) {
			s->ready(s->ctx, p->revents);
			return;
		}
	}
}

void world_turn(struct world *w, int milliseconds)
{
	struct pollfd fds[MAX_FDS];
	nfds_t n;
	nfds_t i;

	w->stirred = false;
	xmpp_run_once(w->strophe, 0);
	if (w->stirred) {
		return;
	}
	n = collect(w, fds, &milliseconds);
	if (poll(fds, n, milliseconds) <= 0) {
		return;
	}
	for (i = 0; i < n; i++) {
		if (fds[i].revents != 0) {
			serve(w, &fds[i]);
		}
	}
	xmpp_run_once(w->strophe, 0);
}

void world_stir(struct world *w)
{
	w->stirred = true;
}

bool world_until(
	struct world *w, double seconds, bool (*done)(void *ctx), void *ctx)
{
	struct patience p = world_patience(w, seconds);

	while (!done(ctx)) {
		if (!world_patient(w, &p)) {
			return false;
		}
		world_turn(w, p.left_ms > TURN_MS ? TURN_MS : (int)p.left_ms);
	}
	return true;
}

struct patience world_patience(const struct world *w, double seconds)
{
	return (struct patience){
		(uint64_t)(seconds * w->patience * 1000), world_now(w)};
}

bool world_patient(const struct world *w, struct patience *p)
{
	uint64_t now = world_now(w);
	uint64_t took = now - p->seen > TURN_MS ? TURN_MS : now - p->seen;

	p->seen = now;
	p->left_ms -= took < p->left_ms ? took : p->left_ms;
	return p->left_ms > 0;
}

/* --- clients ------------------------------------------------------------ */

void world_enter(struct world *w, struct world_client *c)
{
	c->next = w->clients;
	w->clients = c;
}

void world_leave(struct world *w, struct world_client *c)
{
	struct world_client **at = &w->clients;

	while (*at != NULL && *at != c) {
		at = &(*at)->next;
	}
	if (*at == c) {
		*at = c->next;
	}
}

void world_each(struct world *w, void (*fn)(struct world_client *c, void *ctx),
	void *ctx)
{
	struct world_client *c;

	for (c = w->clients; c != NULL; c = c->next) {
		fn(c, ctx);
	}
}

void world_sweep(struct world *w)
{
	struct world_client *c = w->clients;
	struct world_client *next;
	struct text *t;

	while (c != NULL) {
		next = c->next;
		if (c->keep) {
			c->clear(c);
		} else {
			c->destroy(c);
		}
		c = next;
	}
	while ((t = w->texts) != NULL) {
		w->texts = t->next;
		free(t);
	}
	while (w->line_count > 0) {
		free(w->lines[--w->line_count]);
	}
}

/* --- what happened ------------------------------------------------------ */

/* One line, whatever was said: control characters become carets. */
static void make_visible(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f) {
			*text = '^';
		}
	}
}

void world_log(struct world *w, const char *who, const char *dir,
	const char *format, ...)
{
	uint64_t now = world_now(w);
	char *text = NULL;
	char *line = NULL;
	va_list args;
	int got;

	va_start(args, format);
	got = vasprintf(&text, format, args);
	va_end(args);
	if (got < 0 ||
		asprintf(&line, "%4u.%03u %-16s %s %s", (unsigned)(now / 1000),
			(unsigned)(now % 1000), who, dir, text) < 0) {
		abort();
	}
	free(text);
	make_visible(line);
	fprintf(w->log, "%s\n", line);
	if (w->line_count == WORLD_LINES) {
		free(w->lines[0]);
		memmove(w->lines, w->lines + 1,
			(WORLD_LINES - 1) * sizeof(w->lines[0]));
		w->line_count--;
	}
	w->lines[w->line_count++] = line;
}

bool world_try(struct world *w, void (*fn)(void *ctx), void *ctx)
{
	bool outer_trying = w->trying;
	bool passed;
	jmp_buf outer;

	/* Nothing of this frame changes between setjmp and longjmp. */
	memcpy(&outer, &w->escape, sizeof(outer));
	w->trying = true;
	if (setjmp(w->escape) == 0) {
		fn(ctx);
		w->passed = true;
	} else {
		w->passed = false;
	}
	passed = w->passed;
	memcpy(&w->escape, &outer, sizeof(outer));
	w->trying = outer_trying;
	return passed;
}

static void show_transcript(const struct world *w)
{
	size_t i = 0;

	tap_note("everything said, oldest first:");
	if (w->line_count > WORLD_SHOWN) {
		i = w->line_count - WORLD_SHOWN;
		tap_note("  (%zu lines before these are in %s/transcript.log)",
			i, w->dir);
	}
	for (; i < w->line_count; i++) {
		tap_note("  %.*s%s", WORLD_WIDTH, w->lines[i],
			strlen(w->lines[i]) > WORLD_WIDTH ? " [...]" : "");
	}
}

void world_fail(struct world *w, const char *at, const char *format, ...)
{
	struct world_client *c;
	char *text = NULL;
	va_list args;
	int got;

	va_start(args, format);
	got = vasprintf(&text, format, args);
	va_end(args);
	if (got < 0) {
		abort();
	}
	world_log(w, "test", "--", "FAILED at %s", at);
	fflush(w->log);
	tap_note("%s: %s", at, text);
	free(text);
	for (c = w->clients; c != NULL; c = c->next) {
		c->report(c);
	}
	show_transcript(w);
	if (!w->trying) {
		tap_bail("no case was running, logs in %s", w->dir);
	}
	longjmp(w->escape, 1);
}

/* --- cases -------------------------------------------------------------- */

void world_only(struct world *w, char *const *words, int count)
{
	w->only = words;
	w->only_count = count;
}

bool world_wants(const struct world *w, const char *test)
{
	int i;

	for (i = 0; i < w->only_count; i++) {
		if (strstr(test, w->only[i]) != NULL) {
			return true;
		}
	}
	return w->only_count == 0;
}

void world_case(struct world *w, const char *group, const char *name,
	void (*fn)(void *ctx), void *ctx)
{
	char test[200];
	uint64_t began = world_now(w);
	bool passed;

	snprintf(test, sizeof(test), "%s: %s", group, name);
	if (!world_wants(w, test)) {
		return;
	}
	world_sweep(w);
	world_log(w, "test", "--", "%s", test);
	passed = world_try(w, fn, ctx);
	if (passed) {
		tap_ok(test);
	} else {
		tap_not_ok(test);
	}
	world_sweep(w);
	world_log(w, "test", "--", "%s %s in %u ms", test,
		passed ? "passed" : "FAILED", (unsigned)(world_now(w) - began));
}
