/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <string.h>

/* What the server is asked about people who are watched: see ircnet_watch.c. */
enum {
	LIST_BYTES = 400, /* of one line */
	HOSTS_EACH = 4,   /* USERHOST takes five, one is us */
};

/* ---- questions ---- */

/* A list of names that grows up to a line. */
struct names {
	struct buf *line;
	const char *before; /* each name */
	unsigned count;
	unsigned most;
};

static bool add_name(struct names *l, struct slice nick)
{
	size_t more = strlen(l->before) + nick.len;

	if (l->count == l->most || l->line->len + more > LIST_BYTES) {
		return false;
	}
	if (l->count > 0 || l->before[0] != ',') {
		buf_add_str(l->line, l->before);
	}
	buf_add_slice(l->line, nick);
	l->count++;
	return true;
}

static bool send_names(struct ircnet *n, const struct names *l)
{
	if (l->count == 0) {
		return false;
	}
	net_send(n, buf_slice(l->line));
	return true;
}

static struct names begin(struct ircnet *n, const char *monitor,
	const char *watch, const char *watch_before)
{
	bool by_watch = n->watch.kind == WATCH_BY_WATCH;
	struct names l = {
		.line = net_scratch(),
		.before = by_watch ? watch_before : ",",
		.most = LIST_BYTES,
	};

	buf_add_str(l.line, by_watch ? watch : monitor);
	return l;
}

static bool has_list(const struct ircnet *n)
{
	return n->watch.kind == WATCH_BY_MONITOR ||
		n->watch.kind == WATCH_BY_WATCH;
}

static bool take_off(struct ircnet *n)
{
	struct names l = begin(n, "MONITOR - ", "WATCH", " -");
	struct list *first;

	while ((first = list_first(&n->watch.going)) != NULL) {
		struct watch_going *g = list_entry(first, struct watch_going, link);

		if (has_list(n) && !add_name(&l, istr_slice(g->nick))) {
			break;
		}
		watch_free_going(g);
	}
	if (l.count > 0) {
		/* There is place for others. */
		list_each(it, &n->watch.all) {
			if (watch_of(it)->place == PLACE_POLLED) {
				watch_of(it)->place = PLACE_NEW;
			}
		}
	}
	return send_names(n, &l);
}

static bool put_on(struct ircnet *n)
{
	struct names l = begin(n, "MONITOR + ", "WATCH A", " +");
	unsigned limit = n->watch.kind == WATCH_BY_WATCH ? n->isupport.watch :
							   n->isupport.monitor;

	list_each(it, &n->watch.all) {
		struct ircwatched *w = watch_of(it);

		if (w->place != PLACE_NEW) {
			continue;
		}
		if (!has_list(n) || n->watch.listed >= limit) {
			w->place = PLACE_POLLED;
			w->due = true;
			continue;
		}
		if (!add_name(&l, istr_slice(w->nick))) {
			break;
		}
		w->place = PLACE_LISTED;
		n->watch.listed++;
	}
	return send_names(n, &l);
}

static bool ask_ison(struct ircnet *n)
{
	struct names l = {
		.line = net_scratch(), .before = " ", .most = LIST_BYTES};

	buf_add_str(l.line, "ISON ");
	buf_add_slice(l.line, istr_slice(n->me->nick));
	list_each(it, &n->watch.all) {
		struct ircwatched *w = watch_of(it);

		if (!w->due || w->place != PLACE_POLLED) {
			continue;
		}
		if (watch_seen(n, w) == NULL) {
			if (!add_name(&l, istr_slice(w->nick))) {
				break;
			}
			w->asked = true;
		}
		w->due = false;
	}
	n->watch.ison = l.count > 0;
	return send_names(n, &l);
}

static bool ask_hosts(struct ircnet *n)
{
	struct names l = {
		.line = net_scratch(), .before = " ", .most = HOSTS_EACH};

	buf_add_str(l.line, "USERHOST ");
	buf_add_slice(l.line, istr_slice(n->me->nick));
	list_each(it, &n->watch.all) {
		struct ircwatched *w = watch_of(it);

		if (w->state != WATCH_ONLINE || !w->host_due) {
			continue;
		}
		if (!add_name(&l, istr_slice(w->nick))) {
			break;
		}
		w->host_due = false;
	}
	n->watch.hosts = l.count > 0;
	return send_names(n, &l);
}

bool watch_wants(const struct ircnet *n)
{
	return n->watch.work && n->watch.kind != WATCH_NOT_YET;
}

bool watch_ask(struct ircnet *n)
{
	bool asked = take_off(n) || put_on(n) ||
		(!n->watch.ison && ask_ison(n)) ||
		(!n->watch.hosts && ask_hosts(n));

	if (!asked) {
		n->watch.work = false; /* until an answer, or the next poll */
		watch_arm(n);
	}
	return asked;
}

/* ---- how the server is asked ---- */

static enum watch_kind best_kind(const struct ircnet *n)
{
	if (n->isupport.monitor > 0 && !n->watch.no_monitor) {
		return WATCH_BY_MONITOR;
	}
	if (n->isupport.watch > 0 && !n->watch.no_watch) {
		return WATCH_BY_WATCH;
	}
	return WATCH_BY_ISON;
}

/* The features changed, or were not true. */
void watch_choose(struct ircnet *n)
{
	enum watch_kind kind = best_kind(n);

	if (kind == n->watch.kind) {
		return;
	}
	n->watch.kind = kind;
	n->watch.listed = 0;
	list_each(it, &n->watch.all) {
		watch_of(it)->place = PLACE_NEW;
	}
	list_each_safe(it, &n->watch.going) {
		watch_free_going(list_entry(it, struct watch_going, link));
	}
	if (n->watch.map.used > 0) {
		watch_want(n);
	}
}

void watch_features(struct ircnet *n)
{
	if (n->watch.kind != WATCH_NOT_YET) {
		watch_choose(n);
	}
}

void watch_ready(struct ircnet *n)
{
	if (n->watch.kind == WATCH_NOT_YET && n->state == NET_REGISTERED) {
		timer_stop(n->clock, &n->watch.timer);
		watch_choose(n);
	}
}

static void poll_all(struct ircnet *n)
{
	list_each(it, &n->watch.all) {
		struct ircwatched *w = watch_of(it);

		w->asked = false;
		w->due = watch_polled(n, w);
		w->host_due |= w->state == WATCH_ONLINE && !watch_away_told(n, w);
	}
	/* What was not answered in a minute will not be. */
	n->watch.ison = false;
	n->watch.hosts = false;
	watch_want(n);
}

void watch_timer(void *ctx)
{
	struct ircnet *n = ctx;

	net_enter(n);
	if (n->watch.kind == WATCH_NOT_YET) {
		watch_ready(n);
	} else {
		poll_all(n);
		watch_arm(n);
	}
	net_leave(n);
}
