/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/room/masks.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"
#include "xmpp/form.h"

/*
 * The form that a client was shown, kept until it comes back (PROTOCOL D.13): who
 * sends a value back as it was wants nothing of it, whatever others did since.
 */
enum { WISHES_BYTES = 524288 };

/* ---- life ---- */

struct roomconfig *roomconfig_create(void)
{
	struct roomconfig *c = must_calloc(1, sizeof *c);

	arena_init(&c->arena, WISHES_BYTES);
	for (unsigned i = 0; i < CONFIG_LISTS; i++) {
		buf_init(&c->lists[i].raw, CONFIG_LIST_BYTES);
	}
	return c;
}

/* They are ours to write: copies in the arena. */
static void wipe(struct roomconfig_wish *wish)
{
	for (size_t i = 0; i < wish->nvalues; i++) {
		explicit_bzero((char *)(uintptr_t)wish->values[i].p,
			wish->values[i].len);
	}
}

/* Its room keeps it no longer. */
static void release(struct roomconfig *c)
{
	struct room *r = c->room;

	if (r != NULL) {
		timer_stop(r->session->user->mapping->clock, &c->timer);
		list_remove(&c->link);
		r->form = NULL;
		c->room = NULL;
	}
}

void roomconfig_destroy(struct roomconfig *c)
{
	if (c == NULL) {
		return;
	}
	for (unsigned i = 0; i < CONFIG_FIELDS_MAX; i++) {
		wipe(&c->wishes[i]);
	}
	for (unsigned i = 0; i < CONFIG_LISTS; i++) {
		buf_finish(&c->lists[i].raw);
	}
	release(c);
	istr_set(&c->client, NULL);
	roomconfig_destroy(c->shown);
	arena_finish(&c->arena);
	free(c);
}

void roomconfig_forget(struct room *r)
{
	roomconfig_destroy(r->form);
}

static void on_timer(void *ctx)
{
	roomconfig_destroy(ctx);
}

/* ---- keeping ---- */

/* Lists are kept as they came; people cannot be changed by the form. */
static bool is_text(const struct roomconfig_field *f)
{
	return f->kind != CONFIG_LIST && f->kind != CONFIG_ADMINS &&
		f->kind != CONFIG_OWNERS;
}

static void keep_text(struct roomconfig *c, size_t place, struct slice text)
{
	struct roomconfig_wish *wish = &c->wishes[place];
	const char *copy =
		arena_strndup(&c->arena, text.p ? text.p : "", text.len);

	wish->values = arena_alloc(&c->arena, sizeof *wish->values);
	if (copy != NULL && wish->values != NULL) {
		wish->values[0] = slice(copy, text.len);
		wish->nvalues = 1;
		wish->given = true;
	}
}

/* The oldest of a session makes place. */
static void make_place(struct session *s)
{
	unsigned n = 0;

	list_each(it, &s->forms) {
		n++;
	}
	if (n >= CONFIG_FORMS_MAX) {
		roomconfig_destroy(list_entry(list_first(&s->forms),
			struct roomconfig, link));
	}
}

void roomconfig_keep(struct room *r, struct roomconfig *c,
	const struct istr *client)
{
	struct session *s = r->session;
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	roomconfig_forget(r);
	make_place(s);
	for (size_t i = 0; i < n; i++) {
		if (is_text(&f[i]) && roomconfig_offered(r, &f[i])) {
			keep_text(c, i, roomconfig_value(r, &f[i]));
		}
	}
	c->room = r;
	r->form = c;
	c->client = istr_ref(client);
	list_init(&c->link);
	list_add(&s->forms, &c->link);
	timer_init(&c->timer, on_timer, c);
	timer_start(s->user->mapping->clock, &c->timer, CONFIG_FORM_MS);
}

void roomconfig_answers(struct roomconfig *c, const struct room *r,
	const char *client)
{
	struct roomconfig *form = r->form;

	if (form != NULL && strcmp(form->client->p, client) == 0) {
		release(form); /* it is answered once */
		c->shown = form;
	}
}

/* ---- what it showed ---- */

const struct roomconfig_list *roomconfig_shown_list(const struct roomconfig *c,
	char letter)
{
	const struct roomconfig_list *list = c->shown == NULL ?
		NULL : &c->shown->lists[roomconfig_list_place(letter)];

	return list != NULL && list->whole && !list->cut ? list : NULL;
}

struct slice roomconfig_shown_text(const struct roomconfig *c,
	enum roomconfig_kind kind)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; c->shown != NULL && i < n; i++) {
		if (f[i].kind == kind && c->shown->wishes[i].given) {
			return c->shown->wishes[i].values[0];
		}
	}
	return slice(NULL, 0);
}

/* ---- what says nothing ---- */

static bool same_text(const struct roomconfig_field *f, struct slice now,
	struct slice shown)
{
	bool flag = strcmp(f->type, "boolean") == 0;

	now = slice_trim(now);
	shown = slice_trim(shown);
	return slice_eq(now, shown) ||
		(flag && slice_is(now, "true") && slice_is(shown, "1")) ||
		(flag && slice_is(now, "false") && slice_is(shown, "0"));
}

/* What finds no memory is compared later, where it can be refused. */
static bool same_list(const struct roomconfig_list *list,
	const struct room *r, const struct roomconfig_wish *wish)
{
	struct arena *a = &r->session->user->mapping->arena;
	enum casemap casemap = r->session->casemap;
	struct arena_mark mark = arena_mark(a);
	struct masks shown;
	struct masks wanted;
	bool same = masks_of_lines(&shown, a, casemap, buf_slice(&list->raw)) &&
		masks_of_values(&wanted, a, casemap, wish->values,
			wish->nvalues) &&
		masks_equal(&shown, &wanted);

	arena_release(a, mark);
	return same;
}

static bool is_as_shown(const struct roomconfig *c, size_t place,
	const struct roomconfig_field *f, const struct room *r)
{
	const struct roomconfig_wish *wish = &c->wishes[place];
	const struct roomconfig_wish *was = &c->shown->wishes[place];

	if (f->kind == CONFIG_LIST) {
		const struct roomconfig_list *list =
			roomconfig_shown_list(c, f->list);

		return list != NULL && same_list(list, r, wish);
	}
	return was->given && wish->nvalues <= 1 &&
		same_text(f, wish->nvalues ? wish->values[0] : slice("", 0),
			was->values[0]);
}

void roomconfig_spare(struct roomconfig *c, const struct room *r)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; c->shown != NULL && i < n; i++) {
		if (c->wishes[i].given && is_as_shown(c, i, &f[i], r)) {
			c->wishes[i].given = false;
			c->nwishes--;
		}
	}
}
