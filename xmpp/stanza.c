/* SPDX-License-Identifier: MIT */
#include "xmpp/stanza.h"

#include <string.h>

#include "base/err.h"

const char *elem_attr(const struct elem *e, const char *name)
{
	for (const struct attr *a = e->attrs; a != NULL; a = a->next) {
		if (a->ns == NS_NONE && strcmp(a->name, name) == 0) {
			return a->value;
		}
	}
	return NULL;
}

bool elem_is(const struct elem *e, const char *name, enum ns ns)
{
	return e->name != NULL && e->ns == ns &&
	       (name == NULL || strcmp(e->name, name) == 0);
}

static const struct elem *find_from(
	const struct elem *e, const char *name, enum ns ns)
{
	while (e != NULL && !elem_is(e, name, ns)) {
		e = e->next;
	}
	return e;
}

const struct elem *elem_child(
	const struct elem *e, const char *name, enum ns ns)
{
	return find_from(e->first, name, ns);
}

const struct elem *elem_next(const struct elem *e, const char *name, enum ns ns)
{
	return find_from(e->next, name, ns);
}

const struct elem *elem_first(const struct elem *e)
{
	for (e = e->first; e != NULL && e->name == NULL; e = e->next) {
	}
	return e;
}

struct slice elem_text(const struct elem *e)
{
	for (e = e->first; e != NULL; e = e->next) {
		if (e->name == NULL) {
			return e->text;
		}
	}
	return slice("", 0);
}

struct slice elem_child_text(const struct elem *e, const char *name, enum ns ns)
{
	const struct elem *child = elem_child(e, name, ns);

	return child != NULL ? elem_text(child) : slice(NULL, 0);
}

const char *stanza_kind_name(enum stanza_kind kind)
{
	static const char *const names[STANZA_KINDS] = {
		[STANZA_MESSAGE] = "message",
		[STANZA_PRESENCE] = "presence",
		[STANZA_IQ] = "iq",
	};

	must((unsigned)kind < STANZA_KINDS);
	return names[kind];
}

bool stanza_type_is(const struct stanza *s, const char *type)
{
	/* type='' is the same as none (PROTOCOL C.0). */
	const char *have = s->type != NULL ? s->type : "";

	return strcmp(have, type != NULL ? type : "") == 0;
}
