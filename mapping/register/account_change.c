/* SPDX-License-Identifier: MIT */
#include "mapping/register/account.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/register/account_private.h"

/* Changes of what is kept: begun, filled, committed, made true. */

static char *copy(const char *s)
{
	return must_strndup(s, strlen(s));
}

void change_add_row(struct change *c, const char *kind, const char *scope,
	const char *key, const char *value, bool secret)
{
	struct store_row *row;

	if (c->nrows == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 8;
		c->rows = must_realloc(c->rows, c->cap * sizeof *c->rows);
	}
	row = &c->rows[c->nrows++];
	*row = (struct store_row){
		.user = c->user->p,
		.kind = copy(kind),
		.scope = copy(scope),
		.key = copy(key),
		.value = value ? slice_str(copy(value)) : slice(NULL, 0),
		.secret = secret,
	};
}

static void change_free(struct change *c)
{
	list_remove(&c->link);
	timer_stop(c->mapping->clock, &c->refusal);
	for (size_t i = 0; i < c->nrows; i++) {
		struct store_row *row = &c->rows[i];

		if (row->value.p != NULL) {
			explicit_bzero((char *)(uintptr_t)row->value.p,
				row->value.len);
		}
		free((char *)(uintptr_t)row->value.p);
		free((char *)(uintptr_t)row->kind);
		free((char *)(uintptr_t)row->scope);
		free((char *)(uintptr_t)row->key);
	}
	free(c->rows);
	istr_unref(c->user);
	free(c);
}

static void on_refusal(void *ctx);

struct change *change_begin(struct mapping *m, const char *bare)
{
	struct change *c = must_calloc(1, sizeof *c);

	c->mapping = m;
	timer_init(&c->refusal, on_refusal, c);
	c->user = intern(bare, strlen(bare));
	list_init(&c->link);
	return c;
}

void change_register(struct change *c)
{
	change_add_row(c, "user", "", "", "1", false);
}

void change_language(struct change *c, const char *lang)
{
	change_add_row(c, "language", "", "", lang, false);
}

void change_remove(struct change *c)
{
	change_add_row(c, "", "", "", NULL, false);
}

void change_setting(struct change *c, const char *network, enum setting s,
	const char *value)
{
	must(value == NULL || strlen(value) <= setting_max(s));
	change_add_row(c, "setting", network ? network : "", setting_name(s), value,
		setting_is_secret(s));
}

void change_drop_profile(struct change *c, const char *network)
{
	for (int i = 0; i < SETTINGS; i++) {
		change_setting(c, network, (enum setting)i, NULL);
	}
}

void change_contact(struct change *c, const char *jid, unsigned state)
{
	char text[2] = {(char)('0' + state), '\0'};

	must(state < 8);
	change_add_row(c, "contact", "", jid, state ? text : NULL, false);
}

void change_cancel(struct change *c)
{
	change_free(c);
}

bool account_will_be_registered(const struct mapping *m, const char *bare)
{
	bool registered = account_registered(m, bare);

	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		for (size_t i = 0; strcmp(c->user->p, bare) == 0 &&
			i < c->nrows; i++) {
			if (strcmp(c->rows[i].kind, "user") == 0) {
				registered = true;
			} else if (row_is_removal(&c->rows[i])) {
				registered = false;
			}
		}
	}
	return registered;
}

unsigned account_contact_will_be(const struct mapping *m, const char *bare,
	const char *jid)
{
	const struct account *a = account_find(m, bare);
	const struct contact *known = a ? account_contact(a, jid) : NULL;
	unsigned state = known ? known->state : 0;

	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		for (size_t i = 0; strcmp(c->user->p, bare) == 0 &&
			i < c->nrows; i++) {
			const struct store_row *row = &c->rows[i];

			if (row_is_removal(row)) {
				state = 0;
			} else if (strcmp(row->kind, "contact") == 0 &&
				strcmp(row->key, jid) == 0) {
				state = row->value.p ?
					(unsigned)slice_number(row->value, 7) :
					0;
			}
		}
	}
	return state;
}

void account_each_contact(const struct mapping *m, const char *bare,
	void (*fn)(void *ctx, const char *jid), void *ctx)
{
	const struct account *a = account_find(m, bare);
	uint32_t pos = 0;
	struct map_slot *slot;

	while (a != NULL && (slot = map_next(&a->contacts, &pos)) != NULL) {
		fn(ctx, slot->entry->key->p);
	}
	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		for (size_t i = 0; strcmp(c->user->p, bare) == 0 &&
			i < c->nrows; i++) {
			const struct store_row *row = &c->rows[i];

			if (strcmp(row->kind, "contact") == 0 &&
				row->value.p != NULL &&
				(a == NULL || !account_contact(a, row->key))) {
				fn(ctx, row->key);
			}
		}
	}
}

/* After this change: true, false, or as it was before. */
static bool has_profile(const struct change *c, const char *network,
	bool before)
{
	unsigned gone = 0;

	for (size_t i = 0; i < c->nrows; i++) {
		const struct store_row *row = &c->rows[i];

		if (row_is_removal(row)) {
			before = false;
		} else if (strcmp(row->kind, "setting") == 0 &&
			strcmp(row->scope, network) == 0) {
			if (row->value.p != NULL) {
				return true;
			}
			gone++;
		}
	}
	return before && gone < SETTINGS;
}

bool account_will_have_profile(const struct mapping *m, const char *bare,
	const char *network)
{
	const struct account *a = account_find(m, bare);
	bool has = a != NULL && account_profile(a, network) != NULL;

	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		if (strcmp(c->user->p, bare) == 0) {
			has = has_profile(c, network, has);
		}
	}
	return has;
}

const char *account_will_have(const struct mapping *m, const char *bare,
	const char *network, enum setting s)
{
	const struct account *a = account_find(m, bare);
	const struct profile *p = a == NULL ? NULL :
		network != NULL ?	      account_profile(a, network) :
					      &a->own;
	const char *value = p != NULL ? p->values[s] : NULL;
	const char *scope = network != NULL ? network : "";

	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		for (size_t i = 0; strcmp(c->user->p, bare) == 0 &&
			i < c->nrows; i++) {
			const struct store_row *row = &c->rows[i];

			if (row_is_removal(row)) {
				value = NULL;
			} else if (strcmp(row->kind, "setting") == 0 &&
				strcmp(row->scope, scope) == 0 &&
				strcmp(row->key, setting_name(s)) == 0) {
				value = row->value.p;
			}
		}
	}
	return value;
}

/* What it adds to the contacts; an upper bound, as all that follow are. */
static size_t new_contacts(const struct account *a, const struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nrows; i++) {
		n += strcmp(c->rows[i].kind, "contact") == 0 &&
			c->rows[i].value.p != NULL &&
			(a == NULL || !account_contact(a, c->rows[i].key));
	}
	return n;
}

/* A change has settings of one network at most (register_apply.c). */
static size_t new_profiles(const struct account *a, const struct change *c)
{
	for (size_t i = 0; i < c->nrows; i++) {
		const struct store_row *row = &c->rows[i];

		if (strcmp(row->kind, "setting") == 0 &&
			row->scope[0] != '\0' && row->value.p != NULL) {
			return a == NULL || !account_profile(a, row->scope);
		}
	}
	return 0;
}

static bool is_over_a_ceiling(const struct change *c)
{
	const struct account *a = account_find(c->mapping, c->user->p);
	size_t contacts = new_contacts(a, c);
	size_t profiles = new_profiles(a, c);
	size_t channels = channels_new(a, c);
	size_t all = 0;
	size_t own = 0;

	list_each(it, &c->mapping->changes) {
		const struct change *other = list_entry(it, struct change, link);

		all++;
		if (other->user == c->user) {
			own++;
			contacts += contacts > 0 ? new_contacts(a, other) : 0;
			profiles += profiles > 0 ? new_profiles(a, other) : 0;
			channels += channels > 0 ? channels_new(a, other) : 0;
		}
	}
	if (a != NULL && contacts > 0) {
		contacts += a->contacts.used;
	}
	if (a != NULL && channels > 0) {
		channels += a->nchannels;
	}
	if (a != NULL && profiles > 0) {
		list_each(it, &a->networks) {
			profiles++;
		}
	}
	return all >= CHANGES_MAX || own >= ACCOUNT_CHANGES ||
		contacts > ACCOUNT_CONTACTS || profiles > ACCOUNT_PROFILES ||
		channels > ACCOUNT_CHANNELS;
}

void change_commit(struct change *c, change_done_fn *done, void *ctx)
{
	struct mapping *m = c->mapping;

	c->done = done;
	c->ctx = ctx;
	if (m->accounts_closed) {
		change_free(c);
		return;
	}
	if (m->ports.save == NULL) {
		c->refused = ERR_IO; /* nothing is kept here */
	} else if (is_over_a_ceiling(c)) {
		c->refused = ERR_FULL;
	}
	list_add(&m->changes, &c->link);
	if (c->refused != ERR_OK) {
		timer_start(m->clock, &c->refusal, 0);
		return;
	}
	c->token = ++m->save_token;
	m->ports.save(m->ports.ctx, c->token, c->rows, c->nrows);
}

const struct account *account_removed(const struct mapping *m)
{
	return m->removed;
}

/* A removal takes the account out; it is there until `done` has seen it. */
static void make_true(struct change *c)
{
	struct mapping *m = c->mapping;
	bool before = account_registered(m, c->user->p);
	struct account *a;

	for (size_t i = 0; i < c->nrows; i++) {
		a = account_find(m, c->user->p);
		if (row_is_removal(&c->rows[i]) && a != NULL && !m->removed) {
			map_remove(&m->accounts, &a->entry);
			m->removed = a;
		} else {
			account_row(m, &c->rows[i]);
		}
	}
	a = account_find(m, c->user->p);
	if (a != NULL && a->registered && !before) {
		a->fresh = true;
	}
}

static void finish(struct change *c, enum err err)
{
	struct mapping *m = c->mapping;
	change_done_fn *done = c->done;
	void *ctx = c->ctx;

	if (err == ERR_OK) {
		make_true(c);
	}
	change_free(c);
	if (done != NULL) {
		done(m, ctx, err);
	}
	if (m->removed != NULL) {
		account_destroy(m->removed);
		m->removed = NULL;
	}
}

static void on_refusal(void *ctx)
{
	struct change *c = ctx;

	arena_reset(&c->mapping->arena);
	finish(c, c->refused);
}

void accounts_saved(struct mapping *m, uint64_t token, enum err err)
{
	list_each(it, &m->changes) {
		struct change *c = list_entry(it, struct change, link);

		if (c->token == token && c->refused == ERR_OK) {
			finish(c, err);
			return;
		}
	}
}

void changes_free(struct mapping *m)
{
	struct list *first;

	m->accounts_closed = true;
	while ((first = list_first(&m->changes)) != NULL) {
		finish(list_entry(first, struct change, link), ERR_CLOSED);
	}
}
