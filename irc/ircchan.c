/* SPDX-License-Identifier: MIT */
#include "irc/ircchan.h"

uint64_t chan_mode_bit(char letter)
{
	if (letter >= 'a' && letter <= 'z') {
		return 1ULL << (letter - 'a');
	}
	if (letter >= 'A' && letter <= 'Z') {
		return 1ULL << (letter - 'A' + 26);
	}
	return 0;
}

struct slice chan_param(const struct ircchan *c, char letter)
{
	for (unsigned i = 0; i < c->nparams; i++) {
		if (c->params[i].letter == letter) {
			return istr_slice(c->params[i].value);
		}
	}
	return slice(NULL, 0);
}

struct ircuser *chan_member(const struct ircchan *c, const struct istr *folded,
	uint32_t *bits)
{
	struct ircuser *user = (struct ircuser *)map_get(&c->members, folded);

	if (user != NULL && bits != NULL) {
		map_word(&c->members, folded, bits);
		*bits &= MEMBER_PREFIXES;
	}
	return user;
}

bool chan_marked(const struct ircchan *c, const struct istr *folded)
{
	uint32_t word = 0;

	return map_word(&c->members, folded, &word) &&
		(word & MEMBER_MARK) != 0;
}

void chan_mark(struct ircchan *c, const struct istr *folded)
{
	uint32_t word = 0;

	if (map_word(&c->members, folded, &word)) {
		map_set_word(&c->members, folded, word | MEMBER_MARK);
	}
}
