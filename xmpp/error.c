/* SPDX-License-Identifier: MIT */
#include "xmpp/error.h"

#include <string.h>

#include "base/err.h"

static const struct row {
	const char *condition;
	const char *type;
	int code;
} rows[E_COUNT] = {
#define STANZA_ERROR_ROW(name, condition, type, code)                          \
	[E_##name] = {condition, type, code},
	STANZA_ERROR_LIST(STANZA_ERROR_ROW)
#undef STANZA_ERROR_ROW
};

/*
 * COMPAT: clients and servers of 2001 name the error by its words only
 * (XEP-0086 lists them). 408 is understood, never sent.
 */
static const struct words {
	const char *text;
	int code;
} words[] = {
	{"Redirect", 302},
	{"Bad Request", 400},
	{"Unauthorized", 401},
	{"Payment Required", 402},
	{"Forbidden", 403},
	{"Not Found", 404},
	{"Not Allowed", 405},
	{"Not Acceptable", 406},
	{"Registration Required", 407},
	{"Request Timeout", 408},
	{"Conflict", 409},
	{"Internal Server Error", 500},
	{"Not Implemented", 501},
	{"Remote Server Error", 502},
	{"Service Unavailable", 503},
	{"Remote Server Timeout", 504},
	{"Disconnected", 510},
};

const char *stanza_error_condition(enum stanza_error e)
{
	must((unsigned)e < E_COUNT);
	return rows[e].condition;
}

const char *stanza_error_type(enum stanza_error e)
{
	must((unsigned)e < E_COUNT);
	return rows[e].type;
}

int stanza_error_code(enum stanza_error e)
{
	must((unsigned)e < E_COUNT);
	return rows[e].code;
}

struct stanza_error_place stanza_error_write(struct xw *w, enum stanza_error e,
	const char *by, const char *lang, struct slice text, struct slice uri)
{
	struct stanza_error_place at = {0};

	must((unsigned)e < E_COUNT);
	xw_start(w, "error", NS_NONE);
	xw_attr_num(w, "code", rows[e].code);
	xw_attr(w, "type", rows[e].type);
	xw_attr(w, "by", by);
	at.content = w->out->len + 1; /* its tag is not closed yet */
	xw_start(w, rows[e].condition, NS_STANZA_ERRORS);
	xw_text_slice(w, uri);
	xw_end(w);
	if (text.len > 0) {
		xw_start(w, "text", NS_STANZA_ERRORS);
		xw_lang(w, lang);
		at.words = w->out->len + 1;
		xw_text_slice(w, text);
		at.len = w->out->len - at.words;
		xw_end(w);
	} else if (text.p != NULL) {
		xw_empty(w, "text", NS_STANZA_ERRORS);
	}
	xw_end(w);
	return at;
}

/* The first row of a code is the one it meant in XEP-0086. */
static enum stanza_error by_code(int code)
{
	if (code == 408) {
		return E_REMOTE_SERVER_TIMEOUT;
	}
	for (unsigned i = 0; i < E_COUNT; i++) {
		if (rows[i].code == code) {
			return (enum stanza_error)i;
		}
	}
	return E_UNDEFINED_CONDITION;
}

static int code_of(const struct elem *error)
{
	const char *code = elem_attr(error, "code");
	struct slice text = slice_trim(elem_text(error));
	struct slice number = text;

	if (code != NULL) {
		return (int)slice_number(slice_trim(slice_str(code)), 999);
	}
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		if (slice_is_nocase(text, words[i].text)) {
			return words[i].code;
		}
	}
	/* "404 Not Found", "404" */
	return (int)slice_number(slice_cut(&number, ' '), 999);
}

/*
 * Of several rows with this condition the one whose code, then whose type fits
 * best; without either hint the plain row (503 cancel, PROTOCOL's notation).
 */
static enum stanza_error by_condition(
	const struct elem *error, const char *condition)
{
	int code = code_of(error);
	const char *type = elem_attr(error, "type");
	enum stanza_error best = E_COUNT;
	int best_score = -1;

	for (unsigned i = 0; i < E_COUNT; i++) {
		int score = 0;

		if (strcmp(rows[i].condition, condition) != 0) {
			continue;
		}
		score += rows[i].code == code ? 4 : 0;
		score += type && strcmp(rows[i].type, type) == 0 ? 2 : 0;
		score += i == E_SERVICE_UNAVAILABLE ? 1 : 0;
		if (score > best_score) {
			best_score = score;
			best = (enum stanza_error)i;
		}
	}
	return best;
}

enum stanza_error stanza_error_read(const struct elem *stanza)
{
	const struct elem *error = elem_child(stanza, "error", stanza->ns);
	const struct elem *child;

	if (error == NULL) {
		return E_UNDEFINED_CONDITION;
	}
	child = elem_child(error, NULL, NS_STANZA_ERRORS);
	for (; child != NULL;
		child = elem_next(child, NULL, NS_STANZA_ERRORS)) {
		enum stanza_error e = by_condition(error, child->name);

		/* undefined-condition leaves it to the code, when there is one
		 */
		if (e != E_COUNT && (e != E_UNDEFINED_CONDITION ||
					    code_of(error) == rows[e].code)) {
			return e;
		}
	}
	return by_code(code_of(error));
}
