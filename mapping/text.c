/* SPDX-License-Identifier: MIT */
#include "mapping/text.h"

#include <string.h>

const char *text(const struct mapping *m, const char *lang, const char *english)
{
	const char *found = NULL;

	if (m->ports.text != NULL && lang != NULL) {
		found = m->ports.text(m->ports.ctx, lang, english);
	}
	return found ? found : english;
}

/* What is neither ours nor ASCII is in a language that nobody told us. */
static const char *language_of(const char *english)
{
	for (const char *p = english; *p != '\0'; p++) {
		if ((unsigned char)*p >= 0x80) {
			return NULL;
		}
	}
	return "en";
}

/* ---- sentences with a word in them ---- */

enum { WORD_FOLLOWS = '\x1f' };

const char *text_with(struct mapping *m, const char *english, const char *word)
{
	const char *both;
	struct buf b;

	buf_init(&b, 4096);
	buf_add_str(&b, english);
	buf_add_char(&b, WORD_FOLLOWS);
	buf_add_str(&b, word);
	both = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return both ? both : english;
}

static const char *put_word(struct mapping *m, const char *sentence,
	const char *word)
{
	const char *place = strstr(sentence, "%s");
	const char *whole;
	struct buf b;

	if (place == NULL) {
		return sentence;
	}
	buf_init(&b, 8192);
	buf_add(&b, sentence, (size_t)(place - sentence));
	buf_add_str(&b, word);
	buf_add_str(&b, place + 2);
	whole = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return whole ? whole : sentence;
}

/* ---- what others said ---- */

enum { SAID_FOLLOWS = '\x1e' };

const char *text_said(struct mapping *m, const char *english, const char *said)
{
	const char *both;
	struct buf b;

	buf_init(&b, 16384);
	buf_addf(&b, "%s%c%s", english, SAID_FOLLOWS, said);
	both = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return both ? both : english;
}

/* ---- causes ---- */

enum { WHY_FOLLOWS = '\x1d' };

const char *text_why(struct mapping *m, const char *english, struct slice why)
{
	const char *both;
	struct buf b;

	buf_init(&b, 4096);
	buf_addf(&b, "%s%c%.*s", english, WHY_FOLLOWS, SLICE_ARG(why));
	both = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return both ? both : english;
}

static const char *add_why(struct mapping *m, const char *sentence,
	const char *why)
{
	const char *whole;
	struct buf b;

	buf_init(&b, 8192);
	buf_addf(&b, "%s (%s)", sentence, why);
	whole = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return whole ? whole : sentence;
}

/* ---- whole texts ---- */

/* *lang: asked for, and which it became. */
static const char *translate(struct mapping *m, const char **lang,
	const char *english)
{
	const char *own = text(m, *lang, english);

	if (own == english) {
		*lang = language_of(english);
	}
	return own;
}

/* What was said follows; the language is that of our words, else of theirs. */
static const char *add_said(struct mapping *m, const char *lang,
	const char *own, const char *said)
{
	const char *whole;
	struct buf b;

	buf_init(&b, 16384);
	/* TRANSLATORS: a sentence of ours, and what a server said. */
	buf_addf(&b, text(m, lang, "%s The server says: %s"), own, said);
	whole = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return whole ? whole : own;
}

/* "SENTENCE<1f>WORD<1e>SAID", the last two or not. */
static const char *render_parts(struct mapping *m, const char **lang,
	struct slice parts)
{
	struct slice sentence = slice_cut(&parts, SAID_FOLLOWS);
	const char *said = parts.p;
	struct slice word = sentence;
	const char *asked = *lang;
	const char *english;
	const char *own;

	sentence = slice_cut(&word, WORD_FOLLOWS);
	english = arena_strndup(&m->arena, sentence.p, sentence.len);
	if (english == NULL) {
		return "";
	}
	own = said != NULL ? text(m, asked, english) :
			     translate(m, lang, english);
	if (said != NULL && own == english) {
		*lang = language_of(said);
	}
	if (word.p != NULL) {
		char *w = arena_strndup(&m->arena, word.p, word.len);

		own = w != NULL ? put_word(m, own, w) : own;
	}
	return said != NULL ? add_said(m, asked, own, said) : own;
}

static const char *render(struct mapping *m, const char **lang,
	const char *english)
{
	static const char marks[] = {WORD_FOLLOWS, SAID_FOLLOWS, '\0'};
	const char *why = english ? strchr(english, WHY_FOLLOWS) : NULL;

	if (english == NULL) {
		return NULL;
	}
	if (why != NULL) {
		english = arena_strndup(&m->arena, english,
			(size_t)(why - english));
		return english != NULL ?
			add_why(m, translate(m, lang, english), why + 1) : "";
	}
	return strpbrk(english, marks) == NULL ?
		translate(m, lang, english) :
		render_parts(m, lang, slice_str(english));
}

const char *text_whole(struct mapping *m, const char *lang, const char *english)
{
	return render(m, &lang, english);
}

void text_redirect(struct mapping *m, struct xw *w, enum stanza_error e,
	const char *lang, const char *english, const char *by, struct slice uri)
{
	const char *own = render(m, &lang, english);

	m->out.error =
		stanza_error_write(w, e, by, lang, slice_str(own), uri);
}

void text_error(struct mapping *m, struct xw *w, enum stanza_error e,
	const char *lang, const char *english, const char *by)
{
	text_redirect(m, w, e, lang, english, by, slice(NULL, 0));
}
