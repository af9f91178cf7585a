/* SPDX-License-Identifier: MIT */
#include "xmpp/form.h"

#include <string.h>

void form_start(struct xw *w, const char *type, const char *title,
	const char *instructions, const char *form_type)
{
	xw_start(w, "x", NS_X_DATA);
	xw_attr(w, "type", type);
	xw_elem(w, "title", NS_NONE, slice_str(title));
	xw_elem(w, "instructions", NS_NONE, slice_str(instructions));
	if (form_type != NULL) {
		form_value(w, "FORM_TYPE", "hidden", NULL,
			slice_str(form_type));
	}
}

static void start_field(struct xw *w, const char *var, const char *type,
	const char *label)
{
	xw_start(w, "field", NS_NONE);
	xw_attr(w, "var", var);
	xw_attr(w, "type", type);
	xw_attr(w, "label", label);
}

void form_write(struct xw *w, const struct form_field *f)
{
	start_field(w, f->var, f->type, f->label);
	if (f->required) {
		xw_empty(w, "required", NS_NONE);
	}
	for (size_t i = 0; i < f->nvalues; i++) {
		xw_elem(w, "value", NS_NONE, f->values[i]);
	}
	for (size_t i = 0; i < f->noptions; i++) {
		xw_start(w, "option", NS_NONE);
		xw_attr(w, "label", f->options[i].label);
		xw_elem(w, "value", NS_NONE, slice_str(f->options[i].value));
		xw_end(w);
	}
	xw_end(w);
}

void form_value(struct xw *w, const char *var, const char *type,
	const char *label, struct slice value)
{
	start_field(w, var, type, label);
	xw_elem(w, "value", NS_NONE, value);
	xw_end(w);
}

void form_end(struct xw *w)
{
	xw_end(w);
}

static const struct elem *form_of_type(const struct elem *e, const char *type,
	bool or_none)
{
	const struct elem *x = elem_child(e, "x", NS_X_DATA);
	const char *own;

	for (; x != NULL; x = elem_next(x, "x", NS_X_DATA)) {
		own = elem_attr(x, "type");
		if (own == NULL || own[0] == '\0' ? or_none :
						    strcmp(own, type) == 0) {
			return x;
		}
	}
	return NULL;
}

const struct elem *form_submitted(const struct elem *e)
{
	return form_of_type(e, "submit", true);
}

bool form_cancelled(const struct elem *e)
{
	return form_of_type(e, "cancel", false) != NULL;
}

static const struct elem *find_field(const struct elem *x, const char *var)
{
	const struct elem *f = elem_child(x, "field", NS_X_DATA);

	for (; f != NULL; f = elem_next(f, "field", NS_X_DATA)) {
		const char *own = elem_attr(f, "var");

		if (own != NULL && strcmp(own, var) == 0) {
			return f;
		}
	}
	return NULL;
}

bool form_is(const struct elem *x, const char *form_type)
{
	struct slice own = form_get(x, "FORM_TYPE");

	return own.p == NULL || slice_is(slice_trim(own), form_type);
}

struct slice form_get(const struct elem *x, const char *var)
{
	const struct elem *f = find_field(x, var);
	struct slice value;

	if (f == NULL) {
		return slice(NULL, 0);
	}
	value = elem_child_text(f, "value", NS_X_DATA);
	return value.p ? value : slice("", 0);
}

const struct elem *form_next_value(const struct elem *x, const char *var,
	const struct elem *before)
{
	const struct elem *f;

	if (before != NULL) {
		return elem_next(before, "value", NS_X_DATA);
	}
	f = find_field(x, var);
	return f ? elem_child(f, "value", NS_X_DATA) : NULL;
}

bool form_flag(struct slice value, bool otherwise)
{
	if (slice_is(value, "1") || slice_is(value, "true")) {
		return true;
	}
	if (slice_is(value, "0") || slice_is(value, "false")) {
		return false;
	}
	return otherwise;
}
