/* SPDX-License-Identifier: MIT */
#include "mapping/people/about.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "mapping/out.h"
#include "mapping/people/query.h"
#include "mapping/people/whois.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* ---- version ---- */

static void write_version(struct xw *w, struct slice name, struct slice version)
{
	xw_start(w, "query", NS_IQ_VERSION);
	xw_elem(w, "name", NS_NONE, name);
	xw_elem(w, "version", NS_NONE, version);
	xw_end(w);
}

void about_answer_version(struct mapping *m, const struct asker *a,
	struct slice said, bool server)
{
	struct slice clean = out_clean(m, said);
	const char *lang = a->lang ? a->lang->p : NULL;
	struct xw *w = asker_result(m, a);

	if (clean.p == NULL) {
		clean = slice("", 0);
	}
	if (server) {
		write_version(w, slice_str(text(m, lang, "IRC server")), clean);
	} else {
		/* Programs say name and version in one. */
		write_version(w, clean.len ? clean : slice_str("IRC"),
			slice("", 0));
	}
	asker_send(m, a);
}

void iq_version(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);

	if (a->kind == ADDR_SRV) {
		query_ask_server(q, a, QUERY_SRV_VERSION);
	} else if ((a->kind == ADDR_OCC || a->kind == ADDR_NICK) &&
		!query_is_self(q, a)) {
		query_ask(q, a, QUERY_VERSION);
	} else {
		write_version(out_result(m, q->stanza), slice_str("Isthmus"),
			slice_str(ISTHMUS_VERSION));
		out_answer(m, q->stanza);
	}
}

/* ---- time ---- */

enum { QUARTER_S = 900, OFFSET_MAX_S = 14 * 3600, ZONE = 16 };

/* What is told of a clock. */
struct told {
	int64_t utc_ms;
	int offset_min;
	bool has_offset;
	struct slice display; /* absent: made from the rest */
};

static void zone_text(int offset_min, char out[ZONE])
{
	int n = offset_min < 0 ? -offset_min : offset_min;

	snprintf(out, ZONE, "%c%02d:%02d", offset_min < 0 ? '-' : '+', n / 60,
		n % 60);
}

/* XEP-0202 */
static void write_time(struct xw *w, const struct told *t)
{
	char stamp[OUT_STAMP];
	char zone[ZONE];

	out_stamp(t->utc_ms, stamp);
	zone_text(t->offset_min, zone);
	xw_start(w, "time", NS_TIME);
	xw_elem(w, "tzo", NS_NONE, slice_str(zone));
	xw_elem(w, "utc", NS_NONE, slice_str(stamp));
	xw_end(w);
}

/* XEP-0090: neither hyphens nor a Z, and words for people. */
static void write_time_old(struct xw *w, const struct told *t)
{
	char stamp[OUT_STAMP];
	char old[OUT_STAMP];
	char shown[OUT_STAMP + ZONE];
	char zone[ZONE] = "UTC";
	size_t n = 0;

	out_stamp(t->utc_ms, stamp);
	for (const char *p = stamp; *p != '\0'; p++) {
		if (*p != '-' && *p != 'Z') {
			old[n++] = *p;
		}
	}
	old[n] = '\0';
	if (t->offset_min != 0) {
		zone_text(t->offset_min, zone);
	}
	xw_start(w, "query", NS_IQ_TIME);
	xw_elem(w, "utc", NS_NONE, slice_str(old));
	if (t->has_offset) {
		xw_elem(w, "tz", NS_NONE, slice_str(zone));
	}
	snprintf(shown, sizeof shown, "%.10s %.8s UTC", stamp, stamp + 11);
	xw_elem(w, "display", NS_NONE,
		t->display.len ? t->display : slice_str(shown));
	xw_end(w);
}

static struct told own_time(const struct mapping *m)
{
	return (struct told){.utc_ms = m->clock->wall_ms, .has_offset = true};
}

/*
 * What somebody said, read: false when there is no sense in it. Without a zone
 * it is as far from our own clock as the next quarter of an hour says: clocks
 * are wrong by minutes, zones by quarters.
 */
static bool read_time(const struct mapping *m, struct slice said,
	struct told *out)
{
	int64_t now = m->clock->wall_ms / 1000;
	int64_t off;
	struct date d;

	if (!date_read(said, &d)) {
		return false;
	}
	off = d.offset_min * 60;
	if (!d.has_zone) {
		off = d.local_s - now;
		off += off < 0 ? -QUARTER_S / 2 : QUARTER_S / 2;
		off -= off % QUARTER_S;
		if (off > OFFSET_MAX_S || off < -OFFSET_MAX_S) {
			return false;
		}
	}
	out->utc_ms = (d.local_s - off) * 1000;
	out->offset_min = (int)(off / 60);
	out->has_offset = true;
	return true;
}

void about_answer_time(struct mapping *m, const struct asker *a,
	struct slice said, bool server)
{
	struct told t = own_time(m);
	bool read;

	t.display = slice_trim(out_clean(m, said));
	read = read_time(m, t.display, &t);
	if (!read && !server && (a->ns == NS_TIME || t.display.len == 0)) {
		asker_fail(m, a, E_FEATURE_NOT_IMPLEMENTED,
			"Their program tells the time in a form that the "
			"gateway cannot read. Ask for it by the command "
			"\"ctcp\".");
		return;
	}
	if (a->ns == NS_TIME) {
		write_time(asker_result(m, a), &t);
	} else {
		t.has_offset = read;
		write_time_old(asker_result(m, a), &t);
	}
	asker_send(m, a);
}

void iq_time(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	bool old = elem_first(q->stanza->root)->ns == NS_IQ_TIME;
	struct told t = own_time(m);

	if (a->kind == ADDR_SRV) {
		query_ask_server(q, a,
			old ? QUERY_SRV_TIME_OLD : QUERY_SRV_TIME);
	} else if ((a->kind == ADDR_OCC || a->kind == ADDR_NICK) &&
		!query_is_self(q, a)) {
		query_ask(q, a, old ? QUERY_TIME_OLD : QUERY_TIME);
	} else {
		(old ? write_time_old : write_time)(out_result(m, q->stanza),
			&t);
		out_answer(m, q->stanza);
	}
}

/* ---- last activity ---- */

static void write_last(struct xw *w, int64_t seconds, struct slice words)
{
	xw_start(w, "query", NS_IQ_LAST);
	xw_attr_num(w, "seconds", seconds);
	xw_text_slice(w, words);
	xw_end(w);
}

static void tell_since(struct request *q, uint64_t since_ms)
{
	struct mapping *m = core_of(q);

	write_last(out_result(m, q->stanza),
		(int64_t)((m->clock->now_ms - since_ms) / 1000), slice("", 0));
	out_answer(m, q->stanza);
}

static void last_of_network(struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;

	if (s == NULL || !session_is_up(s)) {
		out_error(core_of(q), q->stanza, E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first.");
	} else {
		tell_since(q, ircnet_registered_at(s->net));
	}
}

static void last_of_room(struct request *q, const struct addr *a)
{
	struct view *v = room_view_of(q, a);

	if (v == NULL) {
		out_error(core_of(q), q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
	} else {
		tell_since(q, v->room->joined_ms);
	}
}

/* C.14: idle seconds with the away text, or how long somebody is gone. */
static void on_whois(struct session *s, void *ctx, const struct whois *w,
	const struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	struct asker *a = ctx;
	const char *lang = a->lang ? a->lang->p : NULL;
	int64_t seconds = w == NULL	? -1 :
			  whois_is_gone(w) ? whois_gone_for(w) :
					     whois_idle(w);

	if (w != NULL && seconds >= 0) {
		write_last(asker_result(m, a), seconds,
			whois_is_gone(w) ?
				slice_str(text(m, lang, "Disconnected")) :
				whois_text(w, WHOIS_AWAY));
		asker_send(m, a);
	} else if (w != NULL) {
		asker_fail(m, a, E_FEATURE_NOT_IMPLEMENTED,
			"The IRC server does not tell since when. Ask it who "
			"they are by the command \"whois\".");
	} else if (fault != NULL) {
		asker_fail(m, a, fault->error, fault->text);
	}
	asker_finish(a);
	free(a);
}

void iq_last(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct session *s;
	struct asker *asker;
	struct slice nick;

	switch (a->kind) {
	case ADDR_SRV:
		last_of_network(q, a);
		return;
	case ADDR_CHAN:
		last_of_room(q, a);
		return;
	case ADDR_OCC:
	case ADDR_NICK:
		break;
	default:
		tell_since(q, m->started_ms);
		return;
	}
	if (query_is_self(q, a)) {
		tell_since(q, m->clock->now_ms);
		return;
	}
	s = query_target(q, a, &nick);
	if (s == NULL) {
		return;
	}
	asker = must_calloc(1, sizeof *asker);
	asker_init(asker, q, NS_IQ_LAST, "query");
	whois_ask(s, nick, true, on_whois, asker);
}
