/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/* The form as it is shown (PROTOCOL D.13). */

struct showing {
	struct mapping *m;
	struct xw *w;
	const struct room *r;
	const struct roomconfig *c;
	const char *lang;
};

static const char *type_of(
	const struct showing *s, const struct roomconfig_field *f)
{
	return f->kind == CONFIG_PERSISTENT && !roomconfig_settable(s->r, f)
		       ? "fixed"
		       : f->type;
}

static void start(const struct showing *s, const struct roomconfig_field *f)
{
	xw_start(s->w, "field", NS_NONE);
	xw_attr(s->w, "var", f->var);
	xw_attr(s->w, "type", type_of(s, f));
	xw_attr(s->w, "label", text(s->m, s->lang, f->label));
}

/* ---- people, masks ---- */

static void add_value(void *ctx, struct slice jid)
{
	xw_elem(ctx, "value", NS_NONE, jid);
}

static void write_people(
	const struct showing *s, const struct roomconfig_field *f)
{
	start(s, f);
	roomconfig_people(s->r, f->kind == CONFIG_ADMINS ? "admin" : "owner",
		add_value, s->w);
	xw_end(s->w);
}

static void write_list(
	const struct showing *s, const struct roomconfig_field *f)
{
	const struct roomconfig_list *list =
		&s->c->lists[roomconfig_list_place(f->list)];
	struct slice rest = buf_slice(&list->raw);

	if (!list->whole || list->cut) {
		return;
	}
	start(s, f);
	while (rest.len > 0) {
		xw_elem(s->w, "value", NS_NONE, slice_cut(&rest, '\n'));
	}
	xw_end(s->w);
}

/* ---- the limit: a few to choose from, and what it is ---- */

static void write_option(
	const struct showing *s, const char *label, struct slice value)
{
	xw_start(s->w, "option", NS_NONE);
	xw_attr(s->w, "label", label);
	xw_elem(s->w, "value", NS_NONE, value);
	xw_end(s->w);
}

static void write_limit(
	const struct showing *s, const struct roomconfig_field *f)
{
	static const char *const usual[] = {
		"10", "20", "50", "100", "200", "500", "1000"};
	struct slice value = roomconfig_value(s->r, f);
	bool listed = slice_is(value, "none");

	start(s, f);
	xw_elem(s->w, "value", NS_NONE, value);
	write_option(s, text(s->m, s->lang, N_("no limit")), slice_str("none"));
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		write_option(s, NULL, slice_str(usual[i]));
		listed |= slice_is(value, usual[i]);
	}
	if (!listed) {
		write_option(s, NULL, value);
	}
	xw_end(s->w);
}

/* ---- the form ---- */

static void write_field(
	const struct showing *s, const struct roomconfig_field *f)
{
	switch (f->kind) {
	case CONFIG_ADMINS:
	case CONFIG_OWNERS:
		write_people(s, f);
		break;
	case CONFIG_LIST:
		write_list(s, f);
		break;
	case CONFIG_LIMIT:
		write_limit(s, f);
		break;
	default:
		form_value(s->w, f->var, type_of(s, f),
			text(s->m, s->lang, f->label),
			roomconfig_value(s->r, f));
	}
}

void roomconfig_write(struct xw *w, struct room *r, const struct roomconfig *c,
	const char *lang)
{
	struct mapping *m = r->session->user->mapping;
	const struct showing s = {m, w, r, c, lang};
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	form_start(w, "form", text(m, lang, N_("Channel settings")),
		text(m, lang,
			N_("What this channel is like on IRC. Its operators "
			   "may change it; what you leave as it is stays as "
			   "it is.")),
		CONFIG_FORM);
	for (size_t i = 0; i < n; i++) {
		if (roomconfig_offered(r, &f[i])) {
			write_field(&s, &f[i]);
		}
	}
	form_end(w);
}
