/* SPDX-License-Identifier: MIT */
#include "mapping/old/autoupdate.h"

#include "mapping/out.h"

void iq_autoupdate(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	(void)a;
	xw_start(w, "query", NS_IQ_AUTOUPDATE);
	xw_start(w, "release", NS_NONE);
	xw_elem(w, "ver", NS_NONE, slice_str(ISTHMUS_VERSION));
	xw_elem(w, "desc", NS_NONE, slice_str(m->config->update_notice));
	xw_elem(w, "url", NS_NONE, slice_str(m->config->website));
	xw_end(w);
	xw_end(w);
	out_answer(m, q->stanza);
}

void autoupdate_tell(struct mapping *m)
{
	struct slice notice = slice_str(m->config->update_notice);
	struct xw *w;

	if (!m->online || slice_eq(notice, istr_slice(m->notice))) {
		return;
	}
	istr_set(&m->notice, notice.p ? intern(notice.p, notice.len) : NULL);
	if (notice.p == NULL) {
		return;
	}
	w = out_begin(m, "message");
	xw_attr(w, "from", m->config->component);
	xw_elem(w, "body", NS_NONE, notice);
	xw_start(w, "x", NS_X_AUTOUPDATE);
	xw_attr(w, "jid", m->config->component);
	xw_end(w);
	out_end(m);
	for (size_t i = 0; i < m->config->nadmins; i++) {
		out_send(m, NULL, m->config->admins[i]);
	}
}
