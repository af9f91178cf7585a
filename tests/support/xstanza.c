/* SPDX-License-Identifier: MIT */
#include "tests/support/xstanza.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct path {
	const char *steps; /* "x/item", perhaps empty */
	size_t steps_len;
	const char *attr; /* NULL: the text is meant */
	size_t attr_len;
	char op; /* '=', '~' or 0 */
	const char *value;
	char *found; /* what matched first; owned */
};

static struct path path_parse(const char *text)
{
	size_t len = strcspn(text, "=~");
	const char *at = memchr(text, '@', len);
	struct path p = {.steps = text, .op = text[len]};

	p.steps_len = at != NULL ? (size_t)(at - text) : len;
	if (at != NULL) {
		p.attr = at + 1;
		p.attr_len = len - p.steps_len - 1;
	}
	p.value = p.op != '\0' ? text + len + 1 : "";
	return p;
}

/* The text of the element and of all below it. */
static char *whole_text(xmpp_stanza_t *element)
{
	char *all = strdup("");
	xmpp_stanza_t *child;
	char *part;
	char *more;

	if (xmpp_stanza_is_text(element)) {
		part = xmpp_stanza_get_text(element);
		free(all);
		all = strdup(part != NULL ? part : "");
		xmpp_free(xmpp_stanza_get_context(element), part);
		return all;
	}
	child = xmpp_stanza_get_children(element);
	for (; child != NULL; child = xmpp_stanza_get_next(child)) {
		part = whole_text(child);
		if (asprintf(&more, "%s%s", all, part) < 0) {
			abort();
		}
		free(part);
		free(all);
		all = more;
	}
	return all;
}

static bool leaf_matches(xmpp_stanza_t *element, struct path *p)
{
	char name[64];
	const char *attr;
	char *got;
	bool yes;

	if (p->attr != NULL) {
		if (p->attr_len >= sizeof(name)) {
			return false;
		}
		memcpy(name, p->attr, p->attr_len);
		name[p->attr_len] = '\0';
		attr = xmpp_stanza_get_attribute(element, name);
		if (attr == NULL) {
			return false;
		}
		got = strdup(attr);
	} else {
		got = whole_text(element);
	}
	yes = p->op == '\0' || (p->op == '=' ? strcmp(got, p->value) == 0
					     : strstr(got, p->value) != NULL);
	if (yes && p->found == NULL) {
		p->found = got;
	} else {
		free(got);
	}
	return yes;
}

static bool descend(
	xmpp_stanza_t *element, const char *steps, size_t len, struct path *p)
{
	const char *slash = memchr(steps, '/', len);
	size_t step = slash != NULL ? (size_t)(slash - steps) : len;
	xmpp_stanza_t *child;
	const char *name;

	if (len == 0) {
		return leaf_matches(element, p);
	}
	child = xmpp_stanza_get_children(element);
	for (; child != NULL; child = xmpp_stanza_get_next(child)) {
		name = xmpp_stanza_get_name(child);
		if (name == NULL || strlen(name) != step ||
			memcmp(name, steps, step) != 0) {
			continue;
		}
		if (descend(child, slash != NULL ? slash + 1 : "",
			    slash != NULL ? len - step - 1 : 0, p)) {
			return true;
		}
	}
	return false;
}

const char *xstanza_kind(const struct xstanza *s)
{
	return xmpp_stanza_get_name(s->tree);
}

const char *xstanza_attr(const struct xstanza *s, const char *name)
{
	const char *value = xmpp_stanza_get_attribute(s->tree, name);

	return value != NULL ? value : "";
}

bool xstanza_has(const struct xstanza *s, const char *path)
{
	bool wanted = true;
	bool found;
	struct path p;

	if (*path == '!') {
		wanted = false;
		path += 1 + strspn(path + 1, " ");
	}
	p = path_parse(path);
	found = descend(s->tree, p.steps, p.steps_len, &p);
	free(p.found);
	return found == wanted;
}

char *xstanza_get(const struct xstanza *s, const char *path)
{
	struct path p = path_parse(path);

	if (!descend(s->tree, p.steps, p.steps_len, &p)) {
		return NULL;
	}
	return p.found;
}
