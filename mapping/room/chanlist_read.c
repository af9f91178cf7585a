/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanlist_private.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/out.h"

/* What the server says to a LIST: 322, 323, and refusals. */
enum {
	TOO_LARGE_MS = 2000,    /* 416: mostly 323 follows */
	REFUSED_MS = 30000,     /* 263: LIST not again before */
	USERS_MAX = 10000000,
};

static struct mapping *core(const struct chanlist *l)
{
	return l->session->user->mapping;
}

/* COMPAT InspIRCd: "[+nt] topic". */
static struct slice topic_of(struct slice text)
{
	const char *close = text.len > 1 && text.p[0] == '[' &&
			text.p[1] == '+' ?
		memchr(text.p, ']', text.len) :
		NULL;

	if (close != NULL) {
		size_t n = (size_t)(close - text.p) + 1;

		text = slice(text.p + n, text.len - n);
	}
	return slice_trim(text);
}

/* 322 me #chan users :topic */
static void on_listed(struct question *p, const struct ircmsg *m)
{
	struct session *s = p->list->session;
	struct mapping *map = core(p->list);
	struct arena_mark mark = arena_mark(&map->arena);
	long users = slice_number(ircmsg_param(m, 2), USERS_MAX);
	struct chanstore_channel channel = {.name = ircmsg_param(m, 1)};

	/* Some hide a name behind "*". */
	if (p->answered || users < 0 ||
		!isupport_is_channel(ircnet_isupport(s->net), channel.name)) {
		return;
	}
	if (channel.name.len > CASEMAP_NAME_MAX ||
		!addr_holds_name(map, s->network, channel.name)) {
		p->left_out++;
		return;
	}
	channel.users = (uint32_t)users;
	channel.topic = out_clean(map, topic_of(ircmsg_param(m, 3)));
	if (map->chanlist_bytes > CHANLIST_TOTAL ||
		!chanstore_add(&p->found, &channel)) {
		p->lack = LACK_PLACE;
	}
	arena_release(&map->arena, mark);
	chanlist_count(p);
}

/* 323 me :End of LIST */
static void on_list_end(struct question *p)
{
	if (!p->answered) {
		if (chanlist_ask_small(p)) {
			return;
		}
		chanlist_tell_found(p);
	}
	chanlist_end(p);
}

static const struct refusal {
	int numeric;
	struct fault fault;
} refusals[] = {
	{263, {E_RESOURCE_CONSTRAINT,
		"The IRC server is busy. Try again soon."}},
	{421, {E_FEATURE_NOT_IMPLEMENTED,
		"This IRC server cannot be asked that. You can still enter a "
		"channel and write to a nick by its name."}},
};

static void refused(struct question *p, const struct fault *fault)
{
	if (!p->answered && p->found.n > 0) {
		p->lack = LACK_CUT;
		chanlist_tell_found(p);
	} else if (!p->answered) {
		chanlist_tell_fault(p, fault);
	}
	chanlist_end(p);
}

static bool refuse(struct question *p, int numeric)
{
	struct clock *clock = core(p->list)->clock;

	if (numeric == 416) {
		p->lack = LACK_CUT;
		patience_now(&p->patience, p->list->session, TOO_LARGE_MS);
		return true;
	}
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].numeric != numeric) {
			continue;
		}
		p->list->not_before =
			numeric == 263 ? clock->now_ms + REFUSED_MS : 0;
		refused(p, &refusals[i].fault);
		return true;
	}
	return false;
}

/* 263, 416, 421 me LIST :text */
static bool on_refusal(struct question *p, int numeric, const struct ircmsg *m)
{
	return slice_is_nocase(ircmsg_param(m, 1), "LIST") &&
		refuse(p, numeric);
}

/* It is said to a LIST that the user typed: servers answer in turn. */
static bool is_of_typed(struct chanlist *l, struct question *p, int numeric,
	const struct ircmsg *m)
{
	bool ends = numeric == 323 ||
		((numeric == 263 || numeric == 421) &&
			slice_is_nocase(ircmsg_param(m, 1), "LIST"));
	bool asked = p != NULL && p->part != PART_NONE;

	if (l->typed == 0 || (asked && p->behind == 0)) {
		return false;
	}
	l->typed -= ends;
	if (asked) {
		p->behind -= ends;
	}
	return true;
}

static bool read_line(struct question *p, int numeric, const struct ircmsg *m)
{
	switch (numeric) {
	case 321:
		return true;
	case 322:
		on_listed(p, m);
		return true;
	case 323:
		on_list_end(p);
		return true;
	default:
		return false;
	}
}

enum answered chanlist_on_answer(struct session *s, const struct answer *a)
{
	struct question *p = s->chanlist ? chanlist_current(s->chanlist) : NULL;
	struct fault fault;

	if (p == NULL || p->part == PART_NONE || p->label != a->token) {
		return ANSWER_UNKNOWN;
	}
	if (read_line(p, a->numeric, a->m)) {
		return ANSWER_TAKEN;
	}
	if (!answer_is_error(a)) {
		return ANSWER_PLAIN;
	}
	if (!refuse(p, a->numeric)) {
		answer_fault(s, a, ADVICE_NONE, false, &fault);
		refused(p, &fault);
	}
	return ANSWER_TAKEN;
}

bool chanlist_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m)
{
	struct chanlist *l = s->chanlist;
	struct question *p = l ? chanlist_current(l) : NULL;

	if (l == NULL || is_of_typed(l, p, numeric, m) || p == NULL ||
		p->part == PART_NONE) {
		return false;
	}
	return read_line(p, numeric, m) || on_refusal(p, numeric, m);
}
