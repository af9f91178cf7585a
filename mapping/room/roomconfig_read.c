/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/room/roomconfig_compare.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/* A submitted form, read: which values it gives to which fields (PROTOCOL D.13). */

static size_t place_of(const char *var)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(f[i].var, var) == 0) {
			return i;
		}
	}
	return CONFIG_FIELDS_MAX;
}

static size_t count_lines(struct slice text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++) {
		n += text.p[i] == '\n';
	}
	return n;
}

static bool keep_value(
	struct roomconfig *c, struct roomconfig_wish *wish, struct slice text)
{
	char *copy = arena_strndup(&c->arena, text.p ? text.p : "", text.len);

	if (copy != NULL) {
		wish->values[wish->nvalues++] = slice(copy, text.len);
	}
	return copy != NULL;
}

/* Each line of a list is a value; some clients send all lines in one. */
static bool keep_lines(
	struct roomconfig *c, struct roomconfig_wish *wish, struct slice text)
{
	while (text.len > 0) {
		if (!keep_value(c, wish, slice_cut(&text, '\n'))) {
			return false;
		}
	}
	return true;
}

static bool keep_wish(
	struct roomconfig *c, size_t place, const struct elem *field)
{
	const struct elem *first = elem_child(field, "value", NS_X_DATA);
	struct roomconfig_wish *wish = &c->wishes[place];
	size_t all;
	bool lines = roomconfig_fields(&all)[place].kind == CONFIG_LIST;
	bool kept = true;
	size_t n = 0;

	for (const struct elem *v = first; v != NULL;
		v = elem_next(v, "value", NS_X_DATA)) {
		n += count_lines(elem_text(v));
	}
	wish->values = arena_alloc(&c->arena, (n + 1) * sizeof *wish->values);
	wish->given = true;
	c->nwishes++;
	for (const struct elem *v = first; wish->values != NULL && kept && v;
		v = elem_next(v, "value", NS_X_DATA)) {
		kept = lines ? keep_lines(c, wish, elem_text(v))
			     : keep_value(c, wish, elem_text(v));
	}
	return wish->values != NULL && kept;
}

bool roomconfig_read(struct roomconfig *c, struct mapping *m,
	const struct elem *x, struct fault *fault)
{
	const struct elem *f = elem_child(x, "field", NS_X_DATA);

	for (; f != NULL; f = elem_next(f, "field", NS_X_DATA)) {
		const char *var = elem_attr(f, "var");
		size_t i = var ? place_of(var) : 0;

		if (var == NULL || strcmp(var, "FORM_TYPE") == 0) {
			continue;
		}
		if (i == CONFIG_FIELDS_MAX || c->wishes[i].given) {
			*fault = (struct fault){E_NOT_ACCEPTABLE,
				compare_with_name(m,
					i == CONFIG_FIELDS_MAX
						? N_("Channels have no such "
						     "setting here. Leave it "
						     "out: %s.")
						: N_("This setting is there "
						     "twice. Give it once: "
						     "%s."),
					var)};
			return false;
		}
		if (!keep_wish(c, i, f)) {
			*fault = (struct fault){E_NOT_ACCEPTABLE,
				compare_with_name(m, N_("The text is too long. Write it shorter: "
				   "%s."), var)};
			return false;
		}
	}
	return true;
}

bool roomconfig_must_ask(const struct roomconfig *c, const struct room *r)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; i < n; i++) {
		if (c->wishes[i].given && f[i].kind == CONFIG_LIST &&
			roomconfig_offered(r, &f[i])) {
			return true;
		}
	}
	return !r->chan->modes_known;
}
