/* SPDX-License-Identifier: MIT */
#include "mapping/register/account.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/addr.h"
#include "mapping/network.h"

/* ---- the settings ---- */

static const struct {
	const char *name;
	bool secret;
	bool local;
	size_t max;
} settings[SETTINGS] = {
	[SET_NICK] = {"nick", false, false, 64},
	[SET_USERNAME] = {"username", false, false, 64},
	[SET_NAME] = {"name", false, false, 200},
	[SET_PASSWORD] = {"password", true, true, 400},
	[SET_EMAIL] = {"email", false, false, 254},
	[SET_NETWORK] = {"network", false, false, 300},
	[SET_ACCOUNT] = {"account", false, true, 64},
	[SET_ALTNICKS] = {"altnicks", false, false, 512},
	[SET_AUTOJOIN] = {"autojoin", false, true, 4096},
	[SET_AUTOCONNECT] = {"autoconnect", false, true, 1},
	[SET_SERVER_PASSWORD] = {"server_password", true, true, 400},
	[SET_COMMANDS] = {"commands", true, true, 4096}, /* often hold a password */
	[SET_ENCODING] = {"encoding", false, false, 40},
	[SET_WHEN_OFFLINE] = {"when_offline", false, false, 8},
	[SET_NICKSERV] = {"nickserv", false, true, 1},
	[SET_ADDRESS] = {"address", false, true, 300},
	[SET_PORT] = {"port", false, true, 5},
	[SET_TLS] = {"tls", false, true, 8},
	[SET_SASL] = {"sasl", false, true, 1},
	[SET_THROTTLE] = {"throttle", false, false, 2},
};

const char *setting_name(enum setting s)
{
	return settings[s].name;
}

bool setting_is_secret(enum setting s)
{
	return settings[s].secret;
}

bool setting_is_local(enum setting s)
{
	return settings[s].local;
}

size_t setting_max(enum setting s)
{
	return settings[s].max;
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

static bool profile_is_empty(const struct profile *p)
{
	for (int i = 0; i < SETTINGS; i++) {
		if (p->values[i] != NULL) {
			return false;
		}
	}
	return true;
}

static void profile_destroy(struct profile *p)
{
	profile_clear(p);
	list_remove(&p->link);
	istr_unref(p->network);
	free(p);
}

static void contact_free(struct contact *c)
{
	istr_unref(c->entry.key);
	istr_unref(c->status);
	free(c);
}

static void account_destroy(struct account *a)
{
	struct map_entry *e;

	map_remove(&a->mapping->accounts, &a->entry);
	profile_clear(&a->own);
	list_each_safe(it, &a->networks) {
		profile_destroy(list_entry(it, struct profile, link));
	}
	while ((e = map_pop(&a->contacts)) != NULL) {
		contact_free((struct contact *)(void *)e);
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

const struct profile *account_profile(const struct account *a,
	const char *network)
{
	return profile_find(a, network);
}

/* Its name; NULL: none. Where there is one network only, it is that. */
static const char *default_network(const struct account *a)
{
	return a->mapping->config->fixed_network ?
		a->mapping->config->fixed_network :
		a->own.values[SET_NETWORK];
}

struct network *account_network(struct mapping *m, const struct account *a)
{
	const char *name = default_network(a);
	struct fault fault;

	return name ? addr_network(m, slice_str(name), &fault) : NULL;
}

const char *account_inherited(const struct account *a,
	const struct network *network, enum setting s)
{
	const char *preferred = default_network(a);

	if (network != NULL && settings[s].local &&
		(preferred == NULL ||
			strcmp(preferred, network->entry.key->p) != 0)) {
		return NULL;
	}
	return a->own.values[s];
}

const char *account_setting(const struct account *a,
	const struct network *network, enum setting s)
{
	const struct profile *p =
		network ? profile_find(a, network->entry.key->p) : NULL;

	return p && p->values[s] ? p->values[s] :
				   account_inherited(a, network, s);
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
			contact_free(c);
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

static void set_setting(struct account *a, const struct store_row *row)
{
	enum setting s = setting_find(row->key);
	struct profile *p;

	if (s == SETTINGS) {
		return; /* of a later version */
	}
	p = profile_get(a, row->scope);
	profile_set(p, s, row->value);
	if (p != &a->own && profile_is_empty(p)) {
		profile_destroy(p);
	}
}

static bool is_empty(const struct account *a)
{
	return !a->registered && a->contacts.used == 0 &&
		list_empty(&a->networks) && profile_is_empty(&a->own);
}

/*
 * What a row means, by its kind: "user" is registered; "setting": scope is a
 * network or "", key a setting's name; "contact": key is the entity, value the
 * state in decimal. A row without kind and value removes the user.
 */
static void apply(struct mapping *m, const struct store_row *row)
{
	struct account *a = account_get(m, row->user);

	if (row->kind[0] == '\0') {
		account_destroy(a);
		return;
	}
	if (strcmp(row->kind, "user") == 0) {
		a->registered = row->value.p != NULL;
	} else if (strcmp(row->kind, "setting") == 0) {
		set_setting(a, row);
	} else if (strcmp(row->kind, "contact") == 0) {
		long state = row->value.p ? slice_number(row->value, 7) : 0;

		set_contact(a, row->key, state < 0 ? 0 : (unsigned)state);
	}
	if (is_empty(a)) {
		account_destroy(a);
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
	struct timer refusal; /* it is over a ceiling: done() comes from here */
	enum err refused;
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
	add_row(c, "user", "", "", "1", false);
}

void change_remove(struct change *c)
{
	add_row(c, "", "", "", NULL, false);
}

void change_setting(struct change *c, const char *network, enum setting s,
	const char *value)
{
	must(value == NULL || strlen(value) <= settings[s].max);
	add_row(c, "setting", network ? network : "", settings[s].name, value,
		settings[s].secret);
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
	add_row(c, "contact", "", jid, state ? text : NULL, false);
}

void change_cancel(struct change *c)
{
	change_free(c);
}

/* Without kind: removal. */
static bool is_removal(const struct store_row *row)
{
	return row->kind[0] == '\0';
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
			} else if (is_removal(&c->rows[i])) {
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

			if (is_removal(row)) {
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

/* After this change: true, false, or as it was before. */
static bool has_profile(const struct change *c, const char *network,
	bool before)
{
	unsigned gone = 0;

	for (size_t i = 0; i < c->nrows; i++) {
		const struct store_row *row = &c->rows[i];

		if (is_removal(row)) {
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
	bool has = a != NULL && profile_find(a, network) != NULL;

	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		if (strcmp(c->user->p, bare) == 0) {
			has = has_profile(c, network, has);
		}
	}
	return has;
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

		if (row->scope[0] != '\0' && row->value.p != NULL) {
			return a == NULL || !profile_find(a, row->scope);
		}
	}
	return 0;
}

static bool is_over_a_ceiling(const struct change *c)
{
	const struct account *a = account_find(c->mapping, c->user->p);
	size_t contacts = new_contacts(a, c);
	size_t profiles = new_profiles(a, c);
	size_t all = 0;
	size_t own = 0;

	list_each(it, &c->mapping->changes) {
		const struct change *other = list_entry(it, struct change, link);

		all++;
		if (other->user == c->user) {
			own++;
			contacts += contacts > 0 ? new_contacts(a, other) : 0;
			profiles += profiles > 0 ? new_profiles(a, other) : 0;
		}
	}
	if (a != NULL && contacts > 0) {
		contacts += a->contacts.used;
	}
	if (a != NULL && profiles > 0) {
		list_each(it, &a->networks) {
			profiles++;
		}
	}
	return all >= CHANGES_MAX || own >= ACCOUNT_CHANGES ||
		contacts > ACCOUNT_CONTACTS || profiles > ACCOUNT_PROFILES;
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
		if (is_removal(&c->rows[i]) && a != NULL && !m->removed) {
			map_remove(&m->accounts, &a->entry);
			m->removed = a;
		} else {
			apply(m, &c->rows[i]);
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

	m->accounts_closed = true;
	while ((first = list_first(&m->changes)) != NULL) {
		finish(list_entry(first, struct change, link), ERR_CLOSED);
	}
	while (pos = 0, (slot = map_next(&m->accounts, &pos)) != NULL) {
		account_destroy((struct account *)(void *)slot->entry);
	}
	map_finish(&m->accounts);
}
