/* SPDX-License-Identifier: MIT */
#include "mapping/conference.h"

#include "mapping/iq.h"
#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

/* As far as this user's connection knows the channel. */
static bool wants_key(struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct room *r = s ? room_find(s, a) : NULL;

	return r != NULL && r->chan != NULL && chan_has_mode(r->chan, 'k');
}

void iq_conference_get(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_IQ_CONFERENCE);
	xw_elem(w, "name", NS_NONE, iq_name(q, a));
	xw_empty(w, "nick", NS_NONE);
	if (wants_key(q, a)) {
		xw_empty(w, "secret", NS_NONE);
	}
	xw_end(w);
	out_answer(m, q->stanza);
}

void iq_conference_set(struct request *q, const struct addr *a)
{
	(void)a;
	out_error(core_of(q), q->stanza, E_FEATURE_NOT_IMPLEMENTED,
		"Enter this room by sending your presence to its address with "
		"a slash and your nick after it.");
}
