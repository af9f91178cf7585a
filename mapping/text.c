/* SPDX-License-Identifier: MIT */
#include "mapping/text.h"

const char *text(const struct mapping *m, const char *lang, const char *english)
{
	const char *found = NULL;

	if (m->ports.text != NULL && lang != NULL) {
		found = m->ports.text(m->ports.ctx, lang, english);
	}
	return found ? found : english;
}

void text_error(const struct mapping *m, struct xw *w, enum stanza_error e,
	const char *lang, const char *english, const char *by)
{
	const char *own = english ? text(m, lang, english) : NULL;

	stanza_error_write(w, e, by, own == NULL ? NULL :
			own == english	 ? "en" :
						   lang,
		slice_str(own), slice(NULL, 0));
}
