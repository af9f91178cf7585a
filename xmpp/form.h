/* SPDX-License-Identifier: MIT */
#ifndef XMPP_FORM_H
#define XMPP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "xmpp/stanza.h"
#include "xmpp/writer.h"

/*
 * Data forms (XEP-0004; FORM_TYPE by XEP-0068): writing and reading.
 */
struct form_option {
	const char *label;
	const char *value;
};

struct form_field {
	const char *var;
	const char *type;  /* "text-single", "boolean", "list-single" ... */
	const char *label; /* NULL: none */
	bool required;
	const struct slice *values; /* as many <value/> */
	size_t nvalues;
	const struct form_option *options; /* of lists */
	size_t noptions;
};

/*
 * <x xmlns='jabber:x:data' type=...>, title, instructions, the hidden
 * FORM_TYPE; each may be NULL. Fields follow, then form_end().
 */
void form_start(struct xw *w, const char *type, const char *title,
	const char *instructions, const char *form_type);
void form_write(struct xw *w, const struct form_field *field);
/* A field of one value; absent: <field/> without value. */
void form_value(struct xw *w, const char *var, const char *type,
	const char *label, struct slice value);
void form_end(struct xw *w);

/* The submitted form below e (type 'submit' or none given), NULL: none. */
const struct elem *form_submitted(const struct elem *e);
/* It is a <x type='cancel'/>. */
bool form_cancelled(const struct elem *e);
/* FORM_TYPE equals this, or there is none. */
bool form_is(const struct elem *x, const char *form_type);
/* The field's first value: absent when there is no such field, "" when empty. */
struct slice form_get(const struct elem *x, const char *var);
/* The value after `before` of a field with several; NULL starts. */
const struct elem *form_next_value(const struct elem *x, const char *var,
	const struct elem *before);
/* "1", "true": true; "0", "false", absent: as told. */
bool form_flag(struct slice value, bool otherwise);

#endif
