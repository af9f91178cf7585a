/* SPDX-License-Identifier: MIT */
#include "mapping/people/roll_private.h"

#include "mapping/out.h"

/* What the server says to a WHO of ours: 352, 354, 315, and refusals. */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static bool copy(struct roll *r, struct slice *s)
{
	const char *p;

	if (s->p == NULL) {
		return true;
	}
	p = arena_strndup(&r->arena, s->p, s->len);
	*s = slice(p, p ? s->len : 0);
	return p != NULL;
}

static void keep(struct roll *r, struct roll_item *item)
{
	if (r->answered || !roll_wanted(&r->wish, item)) {
		return;
	}
	if (r->nitems == ROLL_ITEMS_MAX || !copy(r, &item->name)) {
		r->more = true;
		return;
	}
	for (int i = 0; i < ROLL_FIELDS; i++) {
		if (!copy(r, &item->fields[i])) {
			r->more = true;
			return;
		}
	}
	r->items[r->nitems++] = *item;
}

static void clean(struct roll *r, struct roll_item *item)
{
	struct mapping *m = core(r->session);

	for (int i = 0; i < ROLL_FIELDS; i++) {
		item->fields[i] = out_clean(m, item->fields[i]);
	}
}

/* 352 me #chan user host server nick H*@ :hops real name */
static bool on_who(struct roll *r, const struct ircmsg *m)
{
	struct slice last = ircmsg_last(m);
	struct roll_item item = {.name = ircmsg_param(m, 5)};

	if (r->token[0] != '\0') {
		return false;
	}
	if (m->nparams < 7) {
		return true;
	}
	slice_cut(&last, ' ');
	item.fields[ROLL_USER] = m->params[2];
	item.fields[ROLL_HOST] = m->params[3];
	item.fields[ROLL_NICK] = m->params[5];
	item.fields[ROLL_REALNAME] = last;
	/* The server asked for the channel: it says a channel of its choice. */
	item.fields[ROLL_CHANNEL] = r->wish.fields[ROLL_CHANNEL];
	clean(r, &item);
	keep(r, &item);
	return true;
}

/* 354 me token user host server nick flags account :real name */
static bool on_whox(struct roll *r, const struct ircmsg *m)
{
	struct roll_item item = {.name = ircmsg_param(m, 5)};

	if (r->token[0] == '\0' || !slice_is(ircmsg_param(m, 1), r->token)) {
		return false;
	}
	if (m->nparams < 9) {
		return true;
	}
	item.fields[ROLL_USER] = m->params[2];
	item.fields[ROLL_HOST] = m->params[3];
	item.fields[ROLL_NICK] = m->params[5];
	if (!slice_is(m->params[7], "0") && !slice_is(m->params[7], "*")) {
		item.fields[ROLL_ACCOUNT] = m->params[7];
	}
	item.fields[ROLL_REALNAME] = m->params[8];
	item.fields[ROLL_CHANNEL] = r->wish.fields[ROLL_CHANNEL];
	clean(r, &item);
	keep(r, &item);
	return true;
}

static void on_end(struct roll *r)
{
	roll_answer(r, NULL);
	roll_end(r);
}

/* 315 me mask :End; another one's mask is not ours. */
static bool on_who_end(struct roll *r, const struct ircmsg *m)
{
	if (!casemap_equal(CASEMAP_ASCII, ircmsg_param(m, 1),
		    istr_slice(r->mask))) {
		return false;
	}
	on_end(r);
	return true;
}

static const struct refusal {
	int numeric;
	bool ends; /* nothing more comes; else its 315 does, mostly */
	struct fault fault;
} refusals[] = {
	{263, true, {E_RESOURCE_CONSTRAINT,
		"The IRC server is busy. Try again soon."}},
	{416, false, {E_RESOURCE_CONSTRAINT,
		"That is too much for the IRC server. Say more of what you "
		"look for."}},
	{421, true, {E_FEATURE_NOT_IMPLEMENTED,
		"This IRC server cannot be asked that. You can still enter a "
		"channel and write to a nick by its name."}},
};

static bool refuse(struct roll *r, int numeric)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].numeric != numeric) {
			continue;
		}
		roll_answer(r, &refusals[i].fault);
		if (refusals[i].ends) {
			roll_end(r);
		} else {
			patience_now(&r->patience, r->session, 2000);
		}
		return true;
	}
	return false;
}

/* 263, 421 me WHO :text; 416 me WHO|mask :text */
static bool on_refusal(struct roll *r, int numeric, const struct ircmsg *m)
{
	struct slice what = ircmsg_param(m, 1);

	return (slice_is_nocase(what, "WHO") ||
		(numeric == 416 && slice_eq(what, istr_slice(r->mask)))) &&
		refuse(r, numeric);
}

/* Whatever refuses it is its end. */
static void fail(struct roll *r, const struct answer *a)
{
	struct fault fault;

	answer_fault(r->session, a, ADVICE_NONE, false, &fault);
	roll_answer(r, &fault);
	roll_end(r);
}

enum answered roll_on_answer(struct session *s, const struct answer *a)
{
	struct roll *r = roll_current(s);

	if (r == NULL || !r->asked || r->label != a->token) {
		return ANSWER_UNKNOWN;
	}
	switch (a->numeric) {
	case 315:
		on_end(r);
		return ANSWER_TAKEN;
	case 352:
		return on_who(r, a->m) ? ANSWER_TAKEN : ANSWER_PLAIN;
	case 354:
		return on_whox(r, a->m) ? ANSWER_TAKEN : ANSWER_PLAIN;
	default:
		if (!answer_is_error(a)) {
			return ANSWER_PLAIN;
		}
		if (!refuse(r, a->numeric)) {
			fail(r, a);
		}
		return ANSWER_TAKEN;
	}
}

bool roll_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct roll *r = roll_current(s);

	if (r == NULL || !r->asked) {
		return false;
	}
	switch (numeric) {
	case 315:
		return on_who_end(r, m);
	case 352:
		return on_who(r, m);
	case 354:
		return on_whox(r, m);
	default:
		return on_refusal(r, numeric, m);
	}
}
