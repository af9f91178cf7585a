/* SPDX-License-Identifier: MIT */
#include "mapping/room/storm.h"

#include <limits.h>
#include <stdlib.h>

#include "mapping/out.h"
#include "mapping/room/belief.h"
#include "mapping/room/lazy.h"
#include "mapping/room/own.h"
#include "mapping/room/room.h"
#include "mapping/room/sliced.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * The story of a split. QUITs: storm_left() makes beliefs and counts; `timer`
 * waits for quiet. Then tell() writes the line, and begin() opens the turns of
 * those that are noted so far. They stay in the map while they are absent. JOINs:
 * storm_joined(), the same way. The storm is freed by its timer when nothing is
 * left of it, or by storm_drop().
 */
struct storm {
	struct beliefs beliefs;
	struct sliced sliced;
	struct timer timer;
	bool counting;      /* it is waited for quiet */
	uint64_t began_ms;
	uint64_t last_ms;
	uint64_t absent_until;
	const struct istr *servers; /* of the split seen last */
	unsigned left;
	unsigned back;
};

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static struct belief *find(const struct room *r, const struct istr *key)
{
	return r->storm != NULL ? belief_find(&r->storm->beliefs, key) : NULL;
}

static struct belief *find_pending(const struct room *r, const struct istr *key)
{
	struct belief *b = find(r, key);

	return b != NULL && (b->flags & BELIEF_PENDING) != 0 ? b : NULL;
}

/* ---- its life ---- */

static bool show_some(struct sliced *sliced, unsigned most, unsigned *done)
{
	struct storm *s = list_entry(sliced, struct storm, sliced);

	return beliefs_show(&s->beliefs, most, done);
}

static void on_timer(void *ctx);

static struct storm *storm_get(struct room *r)
{
	struct storm *s = r->storm;

	if (s == NULL) {
		s = must_calloc(1, sizeof *s);
		beliefs_init(&s->beliefs, r);
		sliced_init(&s->sliced, show_some);
		timer_init(&s->timer, on_timer, s);
		r->storm = s;
	}
	return s;
}

void storm_drop(struct room *r)
{
	struct storm *s = r->storm;

	if (s == NULL) {
		return;
	}
	r->storm = NULL;
	sliced_drop(&s->sliced);
	timer_stop(core(r)->clock, &s->timer);
	beliefs_finish(&s->beliefs);
	istr_unref(s->servers);
	free(s);
}

/* All that is noted so far has its turn. */
static void begin(struct storm *s)
{
	s->beliefs.open = s->beliefs.room->beliefs;
	if (s->beliefs.first != NULL) {
		sliced_begin(core(s->beliefs.room), &s->sliced);
	}
}

/* ---- the line in the room ---- */

static void add_left(const struct storm *s, const char *lang,
	struct slice servers, struct buf *b)
{
	struct mapping *m = core(s->beliefs.room);

	if (servers.len > 0) {
		buf_addf(b, text(m, lang, "Netsplit: %.*s, %u people left."),
			SLICE_ARG(servers), s->left);
	} else {
		buf_addf(b, text(m, lang, "Netsplit: %u people left."),
			s->left);
	}
}

static void add_back(const struct storm *s, const char *lang,
	struct slice servers, struct buf *b)
{
	struct mapping *m = core(s->beliefs.room);

	if (servers.len > 0) {
		buf_addf(b, text(m, lang,
				    "Netsplit over: %.*s, %u people are back."),
			SLICE_ARG(servers), s->back);
	} else {
		buf_addf(b, text(m, lang, "Netsplit over: %u people are back."),
			s->back);
	}
}

/* One alone is told by his presence. */
static void tell(struct storm *s)
{
	struct room *r = s->beliefs.room;
	struct mapping *m = core(r);
	const char *lang = user_lang(r->session->user);
	struct slice servers = out_clean(m, istr_slice(s->servers));
	bool shown = own_shows(r, m->config->show_netsplits);
	struct buf b;

	buf_init(&b, 4096);
	if (s->left > 1 && shown) {
		add_left(s, lang, servers, &b);
		room_notice(r, buf_cstr(&b));
		buf_truncate(&b, 0);
	}
	if (s->back > 1 && shown) {
		add_back(s, lang, servers, &b);
		room_notice(r, buf_cstr(&b));
	}
	buf_finish(&b);
	s->left = 0;
	s->back = 0;
}

/* ---- waiting for quiet ---- */

static uint64_t quiet_at(const struct storm *s)
{
	uint64_t quiet = s->last_ms + STORM_QUIET_MS;
	uint64_t latest = s->began_ms + STORM_MAX_MS;

	return quiet < latest ? quiet : latest;
}

static void note(struct storm *s, struct slice servers)
{
	struct clock *clock = core(s->beliefs.room)->clock;

	s->last_ms = clock->now_ms;
	if (servers.len > 0 && !slice_eq(servers, istr_slice(s->servers))) {
		istr_set(&s->servers, intern(servers.p, servers.len));
	}
	if (!s->counting) {
		s->counting = true;
		s->began_ms = s->last_ms;
		timer_start(clock, &s->timer, STORM_QUIET_MS);
	}
}

static void on_timer(void *ctx)
{
	struct storm *s = ctx;
	struct room *r = s->beliefs.room;
	struct clock *clock = core(r)->clock;
	uint64_t now = clock->now_ms;

	arena_reset(&core(r)->arena);
	if (s->counting && now < quiet_at(s)) {
		timer_start(clock, &s->timer, quiet_at(s) - now);
		return;
	}
	if (s->counting) {
		s->counting = false;
		tell(s);
		begin(s);
	}
	if (now >= s->absent_until) {
		beliefs_forget_absent(&s->beliefs);
	}
	if (s->beliefs.all.used == 0) {
		storm_drop(r);
	} else {
		timer_start(clock, &s->timer, now < s->absent_until ?
			s->absent_until - now : STORM_QUIET_MS);
	}
}

/* ---- what happens ---- */

/* Somebody can hear of it, and has seen the channel. */
static bool is_heard(const struct room *r)
{
	list_each(it, &r->views) {
		if (view_joined(list_entry(it, struct view, link))) {
			return core(r)->online;
		}
	}
	return false;
}

/* Some clients entered since: they never believed it. */
static bool is_of_some(const struct room *r, const struct belief *b)
{
	list_each(it, &r->views) {
		const struct view *v = list_entry(it, struct view, link);

		if (view_joined(v) && !view_believes(v, b->number)) {
			return true;
		}
	}
	return false;
}

/*
 * The belief of a nick that something new happens to, ABSENT so that it stays
 * meanwhile; NULL: there are too many.
 */
static struct belief *belief_for(struct storm *s, const struct istr *key)
{
	struct belief *b = belief_get(&s->beliefs, key);

	if (b != NULL) {
		b->flags |= BELIEF_ABSENT;
		if (is_of_some(s->beliefs.room, b)) {
			belief_settle(&s->beliefs, b);
		}
	}
	return b;
}

static void set_flags(struct belief *b, unsigned off, unsigned on)
{
	b->flags = (uint16_t)((b->flags & ~off) | on);
}

bool storm_left(struct room *r, struct ircuser *u, uint32_t bits,
	const struct irc_leave *why)
{
	struct slice reason = out_clean(core(r), why->reason);
	struct storm *s;
	struct belief *b;

	if (!is_heard(r)) {
		return false;
	}
	s = storm_get(r);
	b = belief_for(s, u->entry.key);
	note(s, why->servers);
	s->left++;
	s->absent_until = s->last_ms + STORM_ABSENT_MS;
	if (b == NULL) {
		return false;
	}
	if ((b->flags & BELIEF_PENDING) == 0) {
		set_flags(b, BELIEF_SEEN | BELIEF_HERE | BELIEF_AWAY |
				BELIEF_OTHERWISE | BELIEF_OTHER_LINK, 0);
		b->number = r->beliefs++;
		if (!lazy_hides(r, u->entry.key)) {
			belief_here(b, u, bits);
			set_flags(b, 0, BELIEF_SEEN);
			belief_pend(&s->beliefs, b);
		}
	}
	if ((b->flags & BELIEF_PENDING) != 0) {
		istr_set(&b->reason,
			reason.len > 0 ? intern(reason.p, reason.len) : NULL);
	}
	return true;
}

bool storm_joined(struct room *r, struct ircuser *u, struct slice servers)
{
	struct belief *b = find(r, u->entry.key);
	bool absent = b != NULL && (b->flags & BELIEF_ABSENT) != 0;
	bool seen = absent && (b->flags & BELIEF_SEEN) != 0;
	bool untold;
	struct storm *s;

	if (!is_heard(r) || (servers.p == NULL && !absent)) {
		return false;
	}
	s = storm_get(r);
	/* The line did not count him yet: then he was never gone. */
	untold = absent && s->left > 0 &&
		!belief_is_before(b->number, s->beliefs.open);
	b = belief_for(s, u->entry.key);
	note(s, servers);
	s->left -= untold;
	s->back += !untold;
	if (b == NULL) {
		return false;
	}
	set_flags(b, BELIEF_ABSENT | BELIEF_SEEN, 0);
	if ((b->flags & BELIEF_PENDING) != 0) {
		return true;
	}
	set_flags(b, BELIEF_HERE | BELIEF_AWAY | BELIEF_OTHERWISE |
			BELIEF_OTHER_LINK, 0);
	istr_set(&b->nick, istr_ref(u->nick));
	if (!r->lazy || seen) {
		belief_pend(&s->beliefs, b);
	} else {
		belief_let_go(&s->beliefs, b);
	}
	return true;
}

bool storm_differs(struct room *r, const struct istr *key,
	const struct ircuser *u, uint32_t bits)
{
	struct storm *s;
	struct belief *b;

	if (!is_heard(r)) {
		return true;
	}
	s = storm_get(r);
	b = belief_for(s, key);
	if (b == NULL) {
		return false;
	}
	set_flags(b, BELIEF_ABSENT | BELIEF_SEEN,
		BELIEF_OTHERWISE | BELIEF_OTHER_LINK);
	if ((b->flags & BELIEF_PENDING) != 0) {
		return true; /* that is still what they believe */
	}
	set_flags(b, BELIEF_HERE | BELIEF_AWAY, 0);
	istr_set(&b->nick, istr_ref(key));
	if (u != NULL) {
		belief_here(b, u, bits);
	}
	belief_pend(&s->beliefs, b);
	return true;
}

void storm_begin(struct room *r)
{
	struct storm *s = r->storm;
	unsigned done = 0;

	if (s == NULL) {
		return;
	}
	if (s->beliefs.all.used <= SLICE) {
		s->beliefs.open = r->beliefs;
		sliced_drop(&s->sliced);
		beliefs_show(&s->beliefs, UINT_MAX, &done);
	} else {
		begin(s);
	}
	if (!timer_running(&s->timer)) {
		timer_start(core(r)->clock, &s->timer, STORM_QUIET_MS);
	}
}

void storm_settle(struct room *r, const struct istr *key)
{
	struct belief *b = find_pending(r, key);

	if (b != NULL) {
		belief_settle(&r->storm->beliefs, b);
	}
}

/*
 * What waits, and will be shown to all. To some of them alone, since others
 * entered meanwhile: it is shown, and waits no more.
 */
static struct belief *find_for_all(struct room *r, const struct istr *key)
{
	struct belief *b = find_pending(r, key);

	if (b != NULL && is_of_some(r, b)) {
		belief_settle(&r->storm->beliefs, b);
		return NULL;
	}
	return b;
}

bool storm_waits(struct room *r, const struct istr *key)
{
	return find_for_all(r, key) != NULL;
}

bool storm_notes(struct room *r, const struct istr *key)
{
	struct belief *b = find_for_all(r, key);

	if (b != NULL) {
		set_flags(b, 0, BELIEF_OTHERWISE);
	}
	return b != NULL;
}

bool storm_renamed(struct room *r, const struct istr *old,
	const struct istr *now)
{
	struct belief *b = find_pending(r, now);

	if (b != NULL && old != now) {
		belief_vacate(&r->storm->beliefs, b);
	}
	b = find_pending(r, old);
	if (b != NULL) {
		belief_settle(&r->storm->beliefs, b);
	}
	return b == NULL;
}

bool storm_knows(struct room *r, const struct istr *key)
{
	struct belief *b = find_pending(r, key);
	bool here = b != NULL && (b->flags & BELIEF_HERE) != 0;

	if (b == NULL) {
		return !lazy_hides(r, key);
	}
	if (is_of_some(r, b)) {
		belief_settle(&r->storm->beliefs, b);
		return true;
	}
	set_flags(b, BELIEF_PENDING, 0);
	belief_let_go(&r->storm->beliefs, b);
	return here;
}
