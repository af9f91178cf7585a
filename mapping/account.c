/* SPDX-License-Identifier: MIT */
#include "mapping/account.h"

#include <stdlib.h>
#include <string.h>

/* ---- the settings ---- */

static const struct {
	const char *name;
	bool secret;
} settings[SETTINGS] = {
	[SET_NICK] = {"nick", false},
	[SET_USERNAME] = {"username", false},
	[SET_NAME] = {"name", false},
	[SET_PASSWORD] = {"password", true},
	[SET_EMAIL] = {"email", false},
	[SET_NETWORK] = {"network", false},
	[SET_ACCOUNT] = {"account", false},
	[SET_ALTNICKS] = {"altnicks", false},
	[SET_AUTOJOIN] = {"autojoin", false},
	[SET_AUTOCONNECT] = {"autoconnect", false},
	[SET_SERVER_PASSWORD] = {"server_password", true},
	[SET_COMMANDS] = {"commands", true}, /* often hold a password */
	[SET_ENCODING] = {"encoding", false},
	[SET_WHEN_OFFLINE] = {"when_offline", false},
	[SET_NICKSERV] = {"nickserv", false},
};

const char *setting_name(enum setting s)
{
	return settings[s].name;
}

bool setting_is_secret(enum setting s)
{
	return settings[s].secret;
}

static enum setting setting_find(const char *name)
{
	int s = 0;

	while (s < SETTINGS && strcmp(settings[s].name, name) != 0) {
		s++;
	}
	return (enum setting)s;
}

/* ---- what is kept, in memory ---- */

static void profile_clear(struct profile *p)
{
	for (int i = 0; i < SETTINGS; i++) {
		if (p->values[i] != NULL && settings[i].secret) {
			explicit_bzero(p->values[i], strlen(p->values[i]));
		}
		free(p->values[i]);
		p->values[i] = NULL;
	}
}

static void profile_set(struct profile *p, enum setting s, struct slice value)
{
	if (p->values[s] != NULL && settings[s].secret) {
		explicit_bzero(p->values[s], strlen(p->values[s]));
	}
	free(p->values[s]);
	p->values[s] = value.p ? must_strndup(value.p, value.len) : NULL;
}

static struct profile *profile_find(const struct account *a, const char *network)
{
	list_each(it, &a->networks) {
		struct profile *p = list_entry(it, struct profile, link);

		if (strcmp(p->network->p, network) == 0) {
			return p;
		}
	}
	return NULL;
}

static struct profile *profile_get(struct account *a, const char *network)
{
	struct profile *p;

	if (network == NULL || network[0] == '\0') {
		return &a->own;
	}
	p = profile_find(a, network);
	if (p == NULL) {
		p = must_calloc(1, sizeof *p);
		p->network = intern(network, strlen(network));
		list_init(&p->link);
		list_add(&a->networks, &p->link);
	}
	return p;
}

struct account *account_find(const struct mapping *m, const char *bare)
{
	return (struct account *)(void *)map_find(&m->accounts, bare,
		strlen(bare));
}

static struct account *account_get(struct mapping *m, const char *bare)
{
	struct account *a = account_find(m, bare);

	if (a == NULL) {
		a = must_calloc(1, sizeof *a);
		a->entry.key = intern(bare, strlen(bare));
		a->mapping = m;
		list_init(&a->own.link);
		list_init(&a->networks);
		map_put(&m->accounts, &a->entry, 0);
	}
	return a;
}

static void account_destroy(struct account *a)
{
	struct map_entry *e;

	map_remove(&a->mapping->accounts, &a->entry);
	profile_clear(&a->own);
	list_each_safe(it, &a->networks) {
		struct profile *p = list_entry(it, struct profile, link);

		profile_clear(p);
		list_remove(&p->link);
		istr_unref(p->network);
		free(p);
	}
	while ((e = map_pop(&a->contacts)) != NULL) {
		istr_unref(e->key);
		free(e);
	}
	map_finish(&a->contacts);
	istr_unref(a->entry.key);
	free(a);
}

bool account_registered(const struct mapping *m, const char *bare)
{
	const struct account *a = account_find(m, bare);

	return a != NULL && a->registered;
}

const char *account_setting(const struct account *a,
	const struct network *network, enum setting s)
{
	const struct profile *p =
		network ? profile_find(a, network->entry.key->p) : NULL;

	return p && p->values[s] ? p->values[s] : a->own.values[s];
}

struct contact *account_contact(const struct account *a, const char *jid)
{
	return (struct contact *)(void *)map_find(&a->contacts, jid,
		strlen(jid));
}

static void set_contact(struct account *a, const char *jid, unsigned state)
{
	struct contact *c = account_contact(a, jid);

	if (state == 0) {
		if (c != NULL) {
			map_remove(&a->contacts, &c->entry);
			istr_unref(c->entry.key);
			free(c);
		}
		return;
	}
	if (c == NULL) {
		c = must_calloc(1, sizeof *c);
		c->entry.key = intern(jid, strlen(jid));
		map_put(&a->contacts, &c->entry, 0);
	}
	c->state = state;
}

/* ---- rows ---- */

/*
 * What a row means, by its kind: "user" is registered; "setting": scope is a
 * network or "", key a setting's name; "contact": key is the entity, value the
 * state in decimal. A row without kind and value removes the user.
 */
static void apply(struct mapping *m, const struct store_row *row)
{
	struct account *a = account_get(m, row->user);
	enum setting s;

	if (row->kind[0] == '\0') {
		account_destroy(a);
	} else if (strcmp(row->kind, "user") == 0) {
		a->registered = row->value.p != NULL;
	} else if (strcmp(row->kind, "setting") == 0) {
		s = setting_find(row->key);
		if (s < SETTINGS) {
			profile_set(profile_get(a, row->scope), s, row->value);
		}
	} else if (strcmp(row->kind, "contact") == 0) {
		long state = row->value.p ? slice_number(row->value, 7) : 0;

		set_contact(a, row->key, state < 0 ? 0 : (unsigned)state);
	}
}

void accounts_load(struct mapping *m, const struct store_row *row)
{
	apply(m, row);
}

/* ---- changes ---- */

struct change {
	struct list link; /* in mapping->changes, once committed */
	struct mapping *mapping;
	uint64_t token;
	const struct istr *user;
	struct store_row *rows;
	size_t nrows;
	size_t cap;
	change_done_fn *done;
	void *ctx;
};

static char *copy(const char *s)
{
	return must_strndup(s, strlen(s));
}

static void add_row(struct change *c, const char *kind, const char *scope,
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

struct change *change_begin(struct mapping *m, const char *bare)
{
	struct change *c = must_calloc(1, sizeof *c);

	c->mapping = m;
	c->user = intern(bare, strlen(bare));
	list_init(&c->link);
	return c;
}

void change_register(struct change *c)
{
	add_row(c, "user", "", "", "1", false);
}

void change_remove(struct change *c)
{
	add_row(c, "", "", "", NULL, false);
}

void change_setting(struct change *c, const char *network, enum setting s,
	const char *value)
{
	add_row(c, "setting", network ? network : "", settings[s].name, value,
		settings[s].secret);
}

void change_contact(struct change *c, const char *jid, unsigned state)
{
	char text[2] = {(char)('0' + state), '\0'};

	must(state < 8);
	add_row(c, "contact", "", jid, state ? text : NULL, false);
}

void change_commit(struct change *c, change_done_fn *done, void *ctx)
{
	struct mapping *m = c->mapping;

	c->done = done;
	c->ctx = ctx;
	c->token = ++m->save_token;
	list_add(&m->changes, &c->link);
	m->ports.save(m->ports.ctx, c->token, c->rows, c->nrows);
}

static void finish(struct change *c, enum err err)
{
	struct mapping *m = c->mapping;
	change_done_fn *done = c->done;
	void *ctx = c->ctx;

	for (size_t i = 0; err == ERR_OK && i < c->nrows; i++) {
		apply(m, &c->rows[i]);
	}
	change_free(c);
	if (done != NULL) {
		done(m, ctx, err);
	}
}

void accounts_saved(struct mapping *m, uint64_t token, enum err err)
{
	list_each(it, &m->changes) {
		struct change *c = list_entry(it, struct change, link);

		if (c->token == token) {
			finish(c, err);
			return;
		}
	}
}

void accounts_init(struct mapping *m)
{
	map_init(&m->accounts);
	list_init(&m->changes);
}

void accounts_free(struct mapping *m)
{
	struct list *first;
	uint32_t pos;
	struct map_slot *slot;

	while ((first = list_first(&m->changes)) != NULL) {
		finish(list_entry(first, struct change, link), ERR_CLOSED);
	}
	while (pos = 0, (slot = map_next(&m->accounts, &pos)) != NULL) {
		account_destroy((struct account *)(void *)slot->entry);
	}
	map_finish(&m->accounts);
}
