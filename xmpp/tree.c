/* SPDX-License-Identifier: MIT */
#include "xmpp/tree.h"

#include <string.h>

#include "xmpp/ns.h"

enum {
	KEEP = 4096,
	/* An empty element `<a/>` costs its 4 bytes some 20 times over. */
	ARENA_FACTOR = 48,
	ARENA_BASE = 64 * 1024,
};

void tree_init(struct tree *t, size_t bytes)
{
	*t = (struct tree){0};
	arena_init(&t->arena, ARENA_BASE + bytes * ARENA_FACTOR);
	buf_init_secret(&t->text, bytes + KEEP);
}

void tree_finish(struct tree *t)
{
	arena_finish(&t->arena);
	buf_finish(&t->text);
}

void tree_reset(struct tree *t)
{
	t->current = NULL;
	t->done = NULL;
	t->full = false;
	buf_reset(&t->text, KEEP);
	arena_reset(&t->arena);
}

static void *take(struct tree *t, size_t size)
{
	void *got = arena_alloc(&t->arena, size);

	if (got == NULL) {
		t->full = true;
	}
	return got;
}

static void append(struct elem *parent, struct elem *e)
{
	e->parent = parent;
	if (parent->last != NULL) {
		parent->last->next = e;
	} else {
		parent->first = e;
	}
	parent->last = e;
}

static void end_text(struct tree *t)
{
	struct elem *e;

	if (t->text.len == 0 || t->current == NULL) {
		t->text.len = 0;
		return;
	}
	e = take(t, sizeof *e);
	if (e != NULL) {
		e->text.p = arena_strndup(&t->arena, t->text.p, t->text.len);
		e->text.len = t->text.len;
		t->full |= e->text.p == NULL;
		e->xmlns = "";
		append(t->current, e);
	}
	buf_reset(&t->text, KEEP);
}

/*
 * An attribute value as libxml2 hands it out when it does not replace entities:
 * there & stands as &#38; and cannot stand otherwise.
 */
static const char *value_copy(
	struct tree *t, const unsigned char *from, const unsigned char *end)
{
	const char *in = (const char *)from;
	size_t len = (size_t)(end - from);
	char *out = arena_strndup(&t->arena, in, len);
	char *to = out;

	if (out == NULL) {
		t->full = true;
		return "";
	}
	if (memchr(in, '&', len) == NULL) {
		return out;
	}
	for (const char *at = out; *at != '\0'; to++) {
		*to = *at;
		at += strncmp(at, "&#38;", 5) == 0 ? 5 : 1;
	}
	*to = '\0';
	return out;
}

const char *tree_uri(struct tree *t, const unsigned char *uri)
{
	if (uri == NULL) {
		return "";
	}
	if (strchr((const char *)uri, '&') == NULL) {
		return (const char *)uri;
	}
	return value_copy(t, uri, uri + strlen((const char *)uri));
}

/* Names are unique in the dictionary: their pointers can be compared. */
static bool has_attr(const struct elem *e, const char *name, const char *xmlns)
{
	for (const struct attr *a = e->attrs; a != NULL; a = a->next) {
		if (a->name == name && strcmp(a->xmlns, xmlns) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * libxml2 only warns of a name with two colons and of two attributes that are
 * one but for their prefix. Nothing we copy may hold them: they are left out.
 */
static void add_attrs(
	struct tree *t, struct elem *e, int n, const unsigned char **raw)
{
	struct attr **tail = &e->attrs;

	for (int i = 0; i < n; i++, raw += 5) {
		const char *name = (const char *)raw[0];
		const char *xmlns = tree_uri(t, raw[2]);
		struct attr *a;

		if (strchr(name, ':') != NULL ||
			(raw[1] != NULL && raw[2] == NULL) ||
			(raw[2] != NULL && has_attr(e, name, xmlns))) {
			continue;
		}
		a = take(t, sizeof *a);
		if (a == NULL) {
			return;
		}
		a->ns = ns_find(xmlns);
		a->xmlns = xmlns;
		a->name = name;
		a->value = value_copy(t, raw[3], raw[4]);
		*tail = a;
		tail = &a->next;
	}
}

/* One that still holds a colon has a `_` in its place. */
static const char *element_name(struct tree *t, const unsigned char *local)
{
	const char *name = (const char *)local;
	char *copy;

	if (strchr(name, ':') == NULL) {
		return name;
	}
	copy = arena_strndup(&t->arena, name, strlen(name));
	if (copy == NULL) {
		t->full = true;
		return "_";
	}
	for (char *at = copy; (at = strchr(at, ':')) != NULL;) {
		*at = '_';
	}
	return copy;
}

/* Most are of their parent's: the dictionary has each URI once. */
static void set_namespace(struct tree *t, struct elem *e,
	const unsigned char *uri)
{
	const struct elem *parent = t->current;

	if (parent != NULL && parent->xmlns == (const char *)uri) {
		e->xmlns = parent->xmlns;
		e->ns = parent->ns;
		return;
	}
	e->xmlns = tree_uri(t, uri);
	e->ns = ns_find(e->xmlns);
}

struct elem *tree_elem(struct tree *t, const unsigned char *local,
	const unsigned char *uri, int attrs, const unsigned char **raw)
{
	struct elem *e = take(t, sizeof *e);

	if (e == NULL) {
		return NULL;
	}
	e->name = element_name(t, local);
	set_namespace(t, e, uri);
	add_attrs(t, e, attrs, raw);
	return e;
}

void tree_start(struct tree *t, const unsigned char *local,
	const unsigned char *uri, int attrs, const unsigned char **raw)
{
	struct elem *e;

	end_text(t);
	if (t->full) {
		return;
	}
	e = tree_elem(t, local, uri, attrs, raw);
	if (e == NULL) {
		return;
	}
	if (t->current != NULL) {
		append(t->current, e);
	}
	t->current = e;
}

void tree_text(struct tree *t, const char *text, size_t len)
{
	if (t->current != NULL) {
		buf_add(&t->text, text, len);
		t->full |= t->text.overflow;
	}
}

void tree_end(struct tree *t, bool root)
{
	end_text(t);
	if (root) {
		/* Without memory the tree was cut: climb to its root. */
		while (t->current != NULL && t->current->parent != NULL) {
			t->current = t->current->parent;
		}
		t->done = t->current;
		t->current = NULL;
	} else if (!t->full && t->current != NULL) {
		t->current = t->current->parent;
	}
}
