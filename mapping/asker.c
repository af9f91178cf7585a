/* SPDX-License-Identifier: MIT */
#include "mapping/asker.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/text.h"

static const struct istr *keep(const char *s)
{
	return s ? intern(s, strlen(s)) : NULL;
}

void asker_init(struct asker *a, const struct request *q, enum ns ns,
	const char *element)
{
	*a = (struct asker){
		.from = keep(q->from.full),
		.to = keep(q->stanza->to),
		.id = keep(q->stanza->id),
		.lang = keep(q->stanza->lang),
		.ns = ns,
		.element = element,
	};
}

void asker_finish(struct asker *a)
{
	istr_set(&a->from, NULL);
	istr_set(&a->to, NULL);
	istr_set(&a->id, NULL);
	istr_set(&a->lang, NULL);
}

static struct xw *begin(struct mapping *m, const struct asker *a,
	const char *type)
{
	struct xw *w = out_begin(m, "iq");

	xw_attr(w, "from", a->to->p);
	xw_attr(w, "id", a->id ? a->id->p : NULL);
	xw_attr(w, "type", type);
	return w;
}

struct xw *asker_result(struct mapping *m, const struct asker *a)
{
	return begin(m, a, "result");
}

void asker_send(struct mapping *m, const struct asker *a)
{
	out_end(m);
	if (!out_fits(m, a->from->p)) {
		asker_fail(m, a, E_NOT_ACCEPTABLE,
			"The answer is too large to be sent. Ask for less at "
			"once.");
		return;
	}
	out_send(m, NULL, a->from->p);
}

void asker_done(struct mapping *m, const struct asker *a)
{
	begin(m, a, "result");
	asker_send(m, a);
}

struct xw *asker_refusal(struct mapping *m, const struct asker *a)
{
	return begin(m, a, "error");
}

void asker_refuse(struct mapping *m, const struct asker *a, enum stanza_error e,
	const char *text)
{
	const char *lang = a->lang ? a->lang->p : NULL;

	text_error(m, &m->out.w, e, lang, text, NULL);
	out_end(m);
	out_send(m, NULL, a->from->p);
}

void asker_fail(struct mapping *m, const struct asker *a, enum stanza_error e,
	const char *text)
{
	xw_empty(asker_refusal(m, a), a->element, a->ns);
	asker_refuse(m, a, e, text);
}
