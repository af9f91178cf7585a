/* SPDX-License-Identifier: MIT */
#include "mapping/register/account.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/addr.h"
#include "mapping/network.h"
#include "mapping/register/account_private.h"

/* ---- the settings ---- */

static const struct {
	const char *name;
	bool secret;
	/* Of one network: what the user's own profile says counts for the
	 * default network alone (a password never goes to another one). */
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
	[SET_CERTIFICATE] = {"certificate", true, true, 2048},
	[SET_PRESENCE] = {"presence", false, false, 8},
	[SET_BOT] = {"bot", false, false, 1},
	[SET_SASL_REQUIRED] = {"sasl_required", false, true, 1},
	[SET_AWAY_REPLY] = {"away_reply", false, false, 1},
	[SET_METADATA] = {"metadata", false, true, 8192},
	[SET_LANGUAGE] = {"language", false, false, 35},
};

const char *setting_name(enum setting s)
{
	return settings[s].name;
}

bool setting_is_secret(enum setting s)
{
	return settings[s].secret;
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
		list_init(&a->channels);
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

void account_destroy(struct account *a)
{
	struct map_entry *e;

	map_remove(&a->mapping->accounts, &a->entry);
	profile_clear(&a->own);
	list_each_safe(it, &a->networks) {
		profile_destroy(list_entry(it, struct profile, link));
	}
	channels_free(a);
	while ((e = map_pop(&a->contacts)) != NULL) {
		contact_free((struct contact *)(void *)e);
	}
	map_finish(&a->contacts);
	istr_unref(a->lang);
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
	return !a->registered && a->lang == NULL && a->contacts.used == 0 &&
		list_empty(&a->networks) && list_empty(&a->channels) &&
		profile_is_empty(&a->own);
}

void account_row(struct mapping *m, const struct store_row *row)
{
	struct account *a = account_get(m, row->user);

	if (row->kind[0] == '\0') {
		account_destroy(a);
		return;
	}
	if (strcmp(row->kind, "user") == 0) {
		a->registered = row->value.p != NULL;
	} else if (strcmp(row->kind, "language") == 0) {
		istr_set(&a->lang, row->value.p ?
				intern(row->value.p, row->value.len) :
				NULL);
	} else if (strcmp(row->kind, "setting") == 0) {
		set_setting(a, row);
	} else if (strcmp(row->kind, "channel") == 0) {
		channel_row(a, row);
	} else if (strcmp(row->kind, "contact") == 0) {
		long state = row->value.p ? slice_number(row->value, 7) : 0;

		set_contact(a, row->key, state < 0 ? 0 : (unsigned)state);
	}
	if (is_empty(a)) {
		account_destroy(a);
	}
}

/*
 * What is kept is written into stanzas. A contact of another domain is from before
 * the component got its name: a server ends the stream of whom it hears speak for
 * others.
 */
static bool is_usable(struct mapping *m, const struct store_row *row)
{
	struct jid jid;

	arena_reset(&m->arena);
	if (jid_parse(slice_str(row->user), &m->arena, &jid) != ERR_OK ||
		jid.resource != NULL) {
		return false;
	}
	return strcmp(row->kind, "contact") != 0 ||
		(jid_parse(slice_str(row->key), &m->arena, &jid) == ERR_OK &&
			jid.resource == NULL &&
			strcmp(jid.domain, m->config->component) == 0);
}

void accounts_load(struct mapping *m, const struct store_row *row)
{
	if (is_usable(m, row)) {
		account_row(m, row);
	} else if (m->unusable_rows++ == 0) {
		log_warn(NULL, "storage has rows that are no use here, as "
			"contacts of another component: they are passed over "
			"user=%s kind=%s key=%s", row->user, row->kind,
			row->key);
	}
}

void accounts_init(struct mapping *m)
{
	map_init(&m->accounts);
	list_init(&m->changes);
}

void accounts_free(struct mapping *m)
{
	uint32_t pos;
	struct map_slot *slot;

	changes_free(m);
	while (pos = 0, (slot = map_next(&m->accounts, &pos)) != NULL) {
		account_destroy((struct account *)(void *)slot->entry);
	}
	map_finish(&m->accounts);
}
