/* SPDX-License-Identifier: MIT */
#include "mapping/user.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/command/run.h"
#include "mapping/out.h"
#include "mapping/people/online.h"
#include "mapping/people/places.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/talk/displayed.h"

enum {
	LANG_BYTES = 64, /* longer ones name no language of ours */
	LANG_KEPT_MS = 3600 * 1000,
	STATUS_BYTES = 2000,
};

struct user *user_find(const struct mapping *m, const char *bare)
{
	return (struct user *)(void *)map_find(&m->users, bare, strlen(bare));
}

struct user *user_get(struct mapping *m, const char *bare)
{
	struct user *u = user_find(m, bare);

	if (u == NULL) {
		u = must_calloc(1, sizeof *u);
		u->entry.key = intern(bare, strlen(bare));
		u->mapping = m;
		list_init(&u->sessions);
		list_init(&u->resources);
		list_init(&u->runs);
		list_init(&u->untidy);
		share_owner_init(&u->past, &m->past);
		share_owner_init(&u->names, &m->names);
		share_owner_init(&u->metas, &m->metas);
		out_init_user(u);
		map_put(&m->users, &u->entry, 0);
	}
	return u;
}

static void resource_destroy(struct resource *r)
{
	must(list_empty(&r->views));
	places_clear(r);
	list_remove(&r->link);
	r->user->nresources--;
	istr_unref(r->full);
	istr_unref(r->status);
	free(r);
}

static void free_user(struct user *u)
{
	list_each_safe(it, &u->resources) {
		resource_destroy(list_entry(it, struct resource, link));
	}
	displayed_forget_user(u);
	out_drop(u);
	must(u->past.bytes == 0 && u->names.bytes == 0 && u->metas.bytes == 0);
	list_remove(&u->untidy);
	map_remove(&u->mapping->users, &u->entry);
	istr_unref(u->entry.key);
	istr_unref(u->lang);
	free(u);
}

const char *user_chosen_lang(const struct mapping *m, const char *bare)
{
	const struct account *a = account_find(m, bare);

	return a != NULL ? a->own.values[SET_LANGUAGE] : NULL;
}

const char *user_lang(const struct user *u)
{
	const char *chosen = user_chosen_lang(u->mapping, u->entry.key->p);
	const struct account *a;

	if (chosen != NULL) {
		return chosen;
	}
	if (u->lang != NULL) {
		return u->lang->p;
	}
	a = account_find(u->mapping, u->entry.key->p);
	return a != NULL && a->lang != NULL ? a->lang->p : NULL;
}

/* Clients that speak different languages cost a row an hour, not each stanza. */
void user_keep_lang(struct user *u)
{
	struct mapping *m = u->mapping;
	struct account *a = account_find(m, u->entry.key->p);
	struct change *c;

	if (u->lang == NULL || a == NULL || !a->registered ||
		a->lang == u->lang ||
		(a->lang_kept_ms > 0 &&
			m->clock->now_ms - a->lang_kept_ms < LANG_KEPT_MS)) {
		return;
	}
	a->lang_kept_ms = m->clock->now_ms;
	c = change_begin(m, u->entry.key->p);
	change_language(c, u->lang->p);
	change_commit(c, NULL, NULL);
}

void user_heard(struct user *u, const char *lang)
{
	size_t len = lang ? strlen(lang) : 0;

	if (len > 0 && len <= LANG_BYTES &&
		(u->lang == NULL || strcmp(u->lang->p, lang) != 0)) {
		istr_set(&u->lang, intern(lang, len));
		user_keep_lang(u);
	}
}

void user_touch(struct user *u)
{
	struct mapping *m = u->mapping;

	list_remove(&u->untidy);
	list_add(&m->untidy, &u->untidy);
	if (!timer_running(&m->tidy_timer)) {
		timer_start(m->clock, &m->tidy_timer, 0);
	}
}

static void sweep(struct user *u)
{
	list_each_safe(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		if (session_held(s)) {
			online_kept(s);
		} else if (!online_grace(s)) {
			session_close(s, slice_str("Leaving"));
		}
	}
	if (!list_empty(&u->sessions) || user_present(u)) {
		return;
	}
	if (list_empty(&u->queue) && list_empty(&u->runs)) {
		free_user(u);
	}
}

void users_sweep(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->untidy)) != NULL) {
		list_remove(first);
		sweep(list_entry(first, struct user, untidy));
	}
}

void user_destroy(struct user *u)
{
	list_each_safe(it, &u->sessions) {
		session_destroy(list_entry(it, struct session, link));
	}
	runs_destroy(u);
	free_user(u);
}

struct resource *resource_find(const struct user *u, const char *full)
{
	list_each(it, &u->resources) {
		struct resource *r = list_entry(it, struct resource, link);

		if (strcmp(r->full->p, full) == 0) {
			return r;
		}
	}
	return NULL;
}

/* A client that is in no room makes place for a new one. */
static bool evict(struct user *u)
{
	list_each(it, &u->resources) {
		struct resource *r = list_entry(it, struct resource, link);

		if (list_empty(&r->views) && !resource_present(r)) {
			resource_destroy(r);
			return true;
		}
	}
	return false;
}

struct resource *resource_get(struct user *u, const char *full)
{
	struct resource *r = resource_find(u, full);

	if (r != NULL) {
		return r;
	}
	if (u->nresources >= u->mapping->config->max_resources && !evict(u)) {
		return NULL;
	}
	r = must_calloc(1, sizeof *r);
	r->user = u;
	r->full = intern(full, strlen(full));
	list_init(&r->link);
	list_init(&r->views);
	list_init(&r->places);
	list_add(&u->resources, &r->link);
	u->nresources++;
	return r;
}

bool user_is_ours(const struct mapping *m, const struct jid *from,
	struct fault *fault)
{
	for (size_t i = 0; i < m->config->nusers; i++) {
		if (strcmp(m->config->users[i], from->domain) == 0 &&
			from->node != NULL) {
			return true;
		}
	}
	fault->error = E_FORBIDDEN;
	fault->text = "This gateway is not open to users of your server. Ask "
		      "its operator whether you may come.";
	return false;
}

bool user_allowed(const struct mapping *m, const struct jid *from,
	struct fault *fault)
{
	if (!user_is_ours(m, from, fault)) {
		return false;
	}
	if (m->config->registration == REGISTRATION_OPTIONAL ||
		account_registered(m, from->bare)) {
		return true;
	}
	fault->error = E_REGISTRATION_REQUIRED;
	fault->text = m->config->registration == REGISTRATION_CLOSED ?
		"This gateway is for registered users only, and takes no new "
		"ones." :
		"Register with the gateway first: choose it in your client "
		"among the services or transports and register, or send it "
		"the word register.";
	return false;
}

/* ---- presence (PROTOCOL C.3) ---- */

static const struct {
	const char *name;
	const char *text; /* AWAY without a status; NULL: here */
} shows[] = {
	[SHOW_ONLINE] = {"", NULL},
	[SHOW_CHAT] = {"chat", NULL},
	[SHOW_AWAY] = {"away", "away"},
	[SHOW_XA] = {"xa", "extended away"},
	[SHOW_DND] = {"dnd", "do not disturb"},
};

static enum show show_find(struct slice text)
{
	for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
		if (slice_is(slice_trim(text), shows[i].name)) {
			return (enum show)i;
		}
	}
	return SHOW_ONLINE;
}

static int priority_of(struct slice text)
{
	bool negative;
	long n;

	text = slice_trim(text);
	negative = text.len > 0 && text.p[0] == '-';
	if (negative) {
		text = slice(text.p + 1, text.len - 1);
	}
	n = slice_number(text, negative ? 128 : 127);
	return n < 0 ? 0 : negative ? (int)-n : (int)n;
}

void resource_presence(struct resource *r, const struct stanza *s)
{
	struct slice status = elem_child_text(s->root, "status", NS_STANZA);

	r->show = show_find(elem_child_text(s->root, "show", NS_STANZA));
	r->priority =
		priority_of(elem_child_text(s->root, "priority", NS_STANZA));
	status.len = utf8_cut(status, STATUS_BYTES);
	istr_set(&r->status,
		status.len ? intern(status.p, status.len) : NULL);
	r->shown_at = ++r->user->mapping->presence_order;
}

static bool is_here(const struct resource *r)
{
	return !list_empty(&r->views) || resource_present(r);
}

bool user_is_here(const struct user *u)
{
	list_each(it, &u->resources) {
		if (is_here(list_entry(it, struct resource, link))) {
			return true;
		}
	}
	return false;
}

const struct resource *user_best(const struct user *u)
{
	const struct resource *best = NULL;

	list_each(it, &u->resources) {
		const struct resource *r = list_entry(it, struct resource, link);

		if (r->shown_at == 0 || !is_here(r)) {
			continue;
		}
		if (best == NULL || r->priority > best->priority ||
			(r->priority == best->priority &&
				r->shown_at > best->shown_at)) {
			best = r;
		}
	}
	return best;
}

bool user_away(const struct user *u, struct buf *out)
{
	const struct resource *best = user_best(u);

	if (best == NULL || shows[best->show].text == NULL) {
		return false;
	}
	if (best->status != NULL) {
		buf_add_slice(out, istr_slice(best->status));
	} else {
		buf_add_str(out, shows[best->show].text);
	}
	return true;
}
