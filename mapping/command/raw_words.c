/* SPDX-License-Identifier: MIT */
#include "mapping/command/raw_words.h"

#include <stdio.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/whois.h"
#include "mapping/text.h"

/*
 * $1 to $9: a parameter; $*: the last one; $-: the last one without its first word;
 * $=: it without its first three words ("is using modes", "is connecting from");
 * $@3: a parameter that is seconds since 1970, as a date; $~2: one that is a number
 * of seconds, as a time.
 * The first row whose numeric it is and that needs no more parameters counts.
 */
static const struct row {
	int numeric;
	unsigned params;
	const char *text; /* N_() where there are words in it */
} rows[] = {
	{265, 4, "$*"},
	{266, 4, "$*"},
	{305, 1, N_("You are not marked as away any more.")},
	{306, 1, N_("You are marked as away.")},
	{311, 6, N_("$1 is $2@$3, real name: $*")},
	{312, 4, N_("$1: server $2, $*")},
	{314, 6, N_("$1 was $2@$3, real name: $*")},
	{317, 5, N_("$1 has not written for $~2, connected since $@3")},
	{317, 3, N_("$1 has not written for $~2")},
	{319, 3, N_("$1 is in $*")},
	{322, 4, N_("$1, people: $2. $*")},
	{329, 3, N_("$1 was opened on $@2")},
	{330, 4, N_("$1 is logged in as $2")},
	{333, 4, N_("The topic of $1 was set by $2 on $@3")},
	{346, 5, N_("$2, set by $3 on $@4")},
	{346, 3, "$2"},
	{348, 5, N_("$2, set by $3 on $@4")},
	{348, 3, "$2"},
	{352, 8, N_("$5 is $2@$3, in $1, real name: $-")},
	{353, 4, "$2: $*"},
	{367, 5, N_("$2, set by $3 on $@4")},
	{367, 3, "$2"},
	{378, 3, N_("$1 is connected from $=")},
	{379, 3, N_("$1 has the modes $=")},
	{401, 3, N_("Nobody on the network has the nick $1 now. Look at its "
		    "spelling. Who had it last is told by: WHOWAS $1")},
	{403, 3, N_("There is no channel $1 now. Look at its spelling, or open "
		    "it by entering it.")},
	{406, 3, N_("Nobody had the nick $1 as far as the server remembers. "
		    "Look at its spelling.")},
	{421, 3, N_("The IRC server does not know the command $1. Write \"help\" "
		    "to see what can be written here.")},
	{442, 3, N_("You are not in $1. Enter it, then try again.")},
	{461, 3, N_("More words belong to $1. What they are the server may "
		    "tell by: /HELP $1")},
	{481, 2, N_("Only the operators of the network may do this. Ask one of "
		    "them.")},
	{482, 3, N_("Only the operators of $1 may do this. Ask one of them to "
		    "do it, or to make you one.")},
	{704, 3, "$*"},
	{705, 3, "$*"},
	{706, 3, "$*"},
	{728, 6, N_("$3, set by $4 on $@5")},
	{728, 4, "$3"},
};

/* 352 of somebody on no channel that we may see. */
static const struct row nowhere = {
	352, 8, N_("$5 is $2@$3, real name: $-"),
};

/* These end a list and say nothing else. */
static const int ends[] = {7, 17, 219, 272, 282, 315, 318, 323, 337, 347, 349, 365, 366,
	368, 369, 729, 733};
/* These end something as well. */
static const int last[] = {221, 259, 262, 302, 303, 305, 306, 331, 341,
	351, 374, 376, 391, 394, 395, 607, 706};

static bool is_in(int numeric, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == numeric) {
			return true;
		}
	}
	return false;
}

bool raw_is_last(int numeric)
{
	return is_in(numeric, ends, sizeof ends / sizeof *ends) ||
		is_in(numeric, last, sizeof last / sizeof *last) ||
		(numeric >= 400 && numeric < 600);
}

static void add_date(struct slice seconds, struct buf *out)
{
	int64_t at = slice_number(seconds, INT64_C(1) << 36);
	char stamp[OUT_STAMP];

	if (at < 0) {
		buf_add_slice(out, seconds);
		return;
	}
	out_stamp(at * 1000, stamp);
	buf_addf(out, "%.10s %.8s UTC", stamp, stamp + 11);
}

static void add_time(const struct run *r, struct slice seconds, struct buf *out)
{
	int64_t n = slice_number(seconds, INT64_C(1) << 36);

	if (n < 0) {
		buf_add_slice(out, seconds);
	} else {
		whois_add_time(core_of_run(r),
			r->asker.lang ? r->asker.lang->p : NULL, n, out);
	}
}

static struct slice param(const struct ircmsg *m, char digit)
{
	return ircmsg_param(m, (unsigned)(digit - '0'));
}

/* One $ and what follows it; returns how much of the text that was. */
static size_t expand(const struct run *r, const char *p, const struct ircmsg *m,
	struct buf *out)
{
	struct slice words = ircmsg_last(m);

	switch (p[1]) {
	case '*':
		buf_add_slice(out, words);
		return 2;
	case '-':
		(void)slice_cut(&words, ' ');
		buf_add_slice(out, words);
		return 2;
	case '=':
		for (int i = 0; i < 3; i++) {
			(void)slice_cut(&words, ' ');
		}
		buf_add_slice(out, words);
		return 2;
	case '@':
		add_date(param(m, p[2]), out);
		return 3;
	case '~':
		add_time(r, param(m, p[2]), out);
		return 3;
	default:
		buf_add_slice(out, param(m, p[1]));
		return 2;
	}
}

static const struct row *find(int numeric, const struct ircmsg *m)
{
	if (numeric == nowhere.numeric && m->nparams >= nowhere.params &&
		slice_is(ircmsg_param(m, 1), "*")) {
		return &nowhere;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].numeric == numeric && rows[i].params <= m->nparams) {
			return &rows[i];
		}
	}
	return NULL;
}

/* The end of a list in which nothing was. */
static void add_nothing(struct run *r, int numeric, const struct ircmsg *m,
	struct buf *out)
{
	r->nothing = true;
	if (numeric == 368 && m->nparams > 2) {
		buf_addf(out, run_text(r, "Nobody is banned from %.*s."),
			SLICE_ARG(ircmsg_param(m, 1)));
	} else {
		buf_add_str(out, run_text(r, "There is nothing to show."));
	}
}

/* Everything behind our nick. */
static void add_params(const struct ircmsg *m, struct buf *out)
{
	for (unsigned i = m->nparams > 1; i < m->nparams; i++) {
		if (out->len > 0) {
			buf_add_char(out, ' ');
		}
		buf_add_slice(out, m->params[i]);
	}
}

void raw_words(struct run *r, int numeric, const struct ircmsg *m, bool first,
	struct buf *out)
{
	const struct row *row = find(numeric, m);
	const char *p;

	if (numeric == 341) {
		buf_addf(out, run_text(r, "%.*s is invited to %.*s."),
			SLICE_ARG(ircmsg_param(m, 1)),
			SLICE_ARG(ircmsg_param(m, 2)));
		return;
	}
	if (is_in(numeric, ends, sizeof ends / sizeof *ends)) {
		if (first) {
			add_nothing(r, numeric, m, out);
		}
		return;
	}
	if (numeric == 321) {
		return; /* the heads of columns */
	}
	if (row == NULL) {
		add_params(m, out);
		return;
	}
	for (p = run_text(r, row->text); *p != '\0';) {
		if (*p == '$' && p[1] != '\0') {
			p += expand(r, p, m, out);
		} else {
			buf_add_char(out, *p++);
		}
	}
}
