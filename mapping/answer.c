/* SPDX-License-Identifier: MIT */
#include "mapping/answer.h"

#include "mapping/command/raw.h"
#include "mapping/errmap.h"
#include "mapping/nick.h"
#include "mapping/people/roll.h"
#include "mapping/people/whois.h"
#include "mapping/regain.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/moderate.h"
#include "mapping/talk/sent.h"

uint64_t answer_label(struct session *s)
{
	uint64_t token = 0;

	if (s->net != NULL && ircnet_cap(s->net, "labeled-response")) {
		token = ++s->user->mapping->tokens;
		ircnet_label(s->net, token);
	}
	return token;
}

void answer_labelled(struct session *s)
{
	if (s->net != NULL) {
		ircnet_label(s->net, 0);
	}
}

bool answer_is_error(const struct answer *a)
{
	return a->numeric == 0 || (a->numeric >= 400 && a->numeric < 600) ||
		a->numeric >= 900;
}

void answer_fault(struct session *s, const struct answer *a,
	enum advice_for what, bool known, struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	struct slice words = ircmsg_last(a->m);

	if (a->numeric == 0) {
		errmap_fail(ircmsg_param(a->m, 1), fault);
		advise_fail(m, fault, ircmsg_param(a->m, 1), words);
		return;
	}
	if (!known) {
		fault->error = E_UNDEFINED_CONDITION;
	}
	advise(m, fault, what, a->numeric, words);
}

static enum answered (*const owners[])(struct session *s,
	const struct answer *a) = {
	sent_on_answer,
	moderation_on_answer,
	whois_on_answer,
	roll_on_answer,
	chanlist_on_answer,
	nick_on_answer,
	regain_on_answer,
	raw_on_answer,
};

enum answered answer_give(struct session *s, int numeric,
	const struct ircmsg *m)
{
	unsigned follow;
	struct answer a = {ircnet_answers(s->net, m, &follow), numeric, m};
	enum answered is = ANSWER_UNKNOWN;

	if (a.token == 0) {
		return ANSWER_UNKNOWN;
	}
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
		is = owners[i](s, &a);
		if (is != ANSWER_UNKNOWN) {
			return is;
		}
	}
	/* Whoever asked knows already. */
	return answer_is_error(&a) ? ANSWER_TAKEN : ANSWER_PLAIN;
}
