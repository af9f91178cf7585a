/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircout.h"
#include "mapping/room/roomconfig_compare.h"
#include "mapping/text.h"

/* The field of all modes, as IRC writes them (PROTOCOL D.13). */

static bool next_param(struct slice *rest, struct slice *arg)
{
	*rest = slice_trim(*rest);
	*arg = slice_cut(rest, ' ');
	return arg->len > 0;
}

static bool takes_param(enum mode_kind kind, bool on)
{
	return kind == MODE_ALWAYS || (kind == MODE_ON_SET && on);
}

/* A letter that is to be set: it may be so already. */
static bool raw_on(struct compare *k, char letter, struct slice arg)
{
	bool has = chan_has_mode(k->r->chan, letter);

	if (has && (arg.p == NULL || slice_is(arg, "*") ||
			   slice_eq(arg, roomconfig_param(k->r, letter)))) {
		return true;
	}
	if (letter == 'k') {
		return compare_want_key(k, arg);
	}
	if (letter == 'l') {
		return compare_want_limit(k, arg);
	}
	if (arg.p != NULL && (irc_field_check(compare_isupport(k), FIELD_WORD, arg,
				      NULL) != ERR_OK ||
				     memchr(arg.p, ',', arg.len) != NULL)) {
		return compare_refuse(k, N_("IRC does not take this parameter. Write it "
				       "as one word: %s."));
	}
	return compare_want(k, letter, '+', arg);
}

/* Was this letter in the field, with this parameter (absent: with any)? */
static bool was_shown(const struct compare *k, char letter, struct slice arg)
{
	struct slice rest = roomconfig_shown_text(k->c, CONFIG_RAW);
	struct slice letters = slice_cut(&rest, ' ');
	struct slice param = slice(NULL, 0);

	for (size_t i = 1; i < letters.len; i++) {
		enum mode_kind kind = isupport_mode_kind(compare_isupport(k),
			letters.p[i]);

		if (takes_param(kind, true) && !next_param(&rest, &param)) {
			return false;
		}
		if (letters.p[i] == letter) {
			return arg.p == NULL || slice_eq(arg, param);
		}
	}
	return false;
}

static bool raw_letter(struct compare *k, char letter, bool on,
	struct slice *params, uint64_t *seen)
{
	enum mode_kind kind = isupport_mode_kind(compare_isupport(k), letter);
	struct slice arg = slice(NULL, 0);

	if (!isupport_has_mode(compare_isupport(k), letter) ||
		!roomconfig_is_raw(compare_isupport(k), letter)) {
		/* A letter that is set is the server's own, if not offered. */
		if (kind != MODE_NEVER || !on ||
			!chan_has_mode(k->r->chan, letter)) {
			return compare_refuse(k,
				N_("The IRC server has no such mode to set. Leave it "
				   "out: %s."));
		}
	}
	if ((*seen & chan_mode_bit(letter)) != 0) {
		return compare_refuse(k, N_("A mode is there twice. Name it once: %s."));
	}
	*seen |= chan_mode_bit(letter);
	if (takes_param(kind, on) && !next_param(params, &arg)) {
		return compare_refuse(k, N_("A mode lacks its parameter. Write it behind "
				       "the modes: %s."));
	}
	if (on && was_shown(k, letter, arg)) {
		return true; /* if it is gone, others took it */
	}
	return on ? raw_on(k, letter, arg) : compare_want_off(k, letter);
}

/* What is set and not named any more is to go, but not what others set since. */
static bool raw_rest(struct compare *k, uint64_t seen)
{
	bool shown = roomconfig_shown_text(k->c, CONFIG_RAW).p != NULL;

	for (int letter = 'A'; letter <= 'z'; letter++) {
		char c = (char)letter;
		uint64_t bit = chan_mode_bit(c);

		if (shown && !was_shown(k, c, slice(NULL, 0))) {
			continue;
		}
		if (bit != 0 && (seen & bit) == 0 &&
			roomconfig_is_raw(compare_isupport(k), c) && !compare_want_off(k, c)) {
			return false;
		}
	}
	return true;
}

bool compare_set_raw(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice params = slice_trim(compare_value_of(wish));
	struct slice letters;
	uint64_t seen = 0;
	bool on = true;

	if (params.len == 0 || slice_eq(params, roomconfig_value(k->r, k->f))) {
		return true;
	}
	letters = slice_cut(&params, ' ');
	for (size_t i = 0; i < letters.len; i++) {
		char c = letters.p[i];

		if (c == '+' || c == '-') {
			on = c == '+';
		} else if (chan_mode_bit(c) == 0) {
			return compare_refuse(k, N_("Modes are letters. Write them like nt: %s."));
		} else if (!raw_letter(k, c, on, &params, &seen)) {
			return false;
		}
	}
	if (slice_trim(params).len > 0) {
		return compare_refuse(
			k, N_("There are more parameters than modes take. Leave "
			      "out the others: %s."));
	}
	return raw_rest(k, seen);
}
