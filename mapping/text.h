/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TEXT_H
#define MAPPING_TEXT_H

#include "mapping/core.h"

/*
 * Words for people. They are written in the code in English; the port `text`
 * has them in other languages. A literal that reaches text(), out_error(),
 * asker_fail() or the text of a struct fault is translated there, by the
 * language of the stanza that is answered; formats too: translate, then format.
 */

/* Marks a literal in a table, for the list of texts to be translated. */
#define N_(literal) literal

/* In this language (xml:lang, NULL: not known), else in English. */
FORMAT_ARG(3)
const char *text(const struct mapping *m, const char *lang,
	const char *english);
/*
 * The same for the text of a struct fault, with what text_with() and those below
 * put to it; a text that is not ours stays as it is. In the arena.
 */
const char *text_whole(struct mapping *m, const char *lang,
	const char *english);
/*
 * The text of a struct fault with one word in it, "A nick cannot hold %s.":
 * a sentence that is translated as a whole, where the language is known. In the
 * arena, and for text_whole() and those below alone.
 */
const char *text_with(struct mapping *m, const char *english, const char *word);
/*
 * The text of a struct fault with what a server said behind it: "English. The
 * server says: said". As text_with(), and for the same functions; english may be
 * what text_with() has returned.
 */
const char *text_said(struct mapping *m, const char *english, const char *said);
/*
 * The text of a struct fault with the cause behind it, in brackets and in the words
 * of the system: "English. (connection refused)". As text_with().
 */
const char *text_why(struct mapping *m, const char *english, struct slice why);
/*
 * <error/> with the text in that language; text and by may be NULL. A text that
 * is not ours (a server's) stays as it is.
 */
void text_error(struct mapping *m, struct xw *w, enum stanza_error e,
	const char *lang, const char *english, const char *by);
/* uri: what is to be asked instead (redirect, gone), absent when none. */
void text_redirect(struct mapping *m, struct xw *w, enum stanza_error e,
	const char *lang, const char *english, const char *by,
	struct slice uri);

#endif
