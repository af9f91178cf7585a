/* SPDX-License-Identifier: MIT */
#include "gateway/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libconfig.h>

#include "base/crypto.h"
#include "gateway/address.h"
#include "gateway/config_read.h"
#include "gateway/config_value.h"

enum {
	MEMORY_MAX = 16 * 1024 * 1024,
	PORT_TLS = 6697,
	PORT_PLAIN = 6667,
	PORT_COMPONENT = 5347,
};

static const config_setting_t *lookup(const config_t *tree, const char *path)
{
	return config_lookup(tree, path);
}

/* The setting of a network's key, or the network itself. */
static const config_setting_t *net_setting(const config_t *tree, size_t i,
	const char *key)
{
	const config_setting_t *list = config_lookup(tree, "networks");
	const config_setting_t *net = config_setting_get_elem(list, (unsigned)i);
	const config_setting_t *s = config_setting_get_member(net, key);

	return s ? s : net;
}

static void finish_secret(struct config_reader *r, const config_t *tree)
{
	struct config *c = r->config;

	if (c->jabber_secret != NULL && c->jabber_secret_file != NULL) {
		config_fault(r, lookup(tree, "jabber.secret_file"),
			"either `secret` or `secret_file`, not both");
	} else if (c->jabber_secret_file != NULL) {
		c->jabber_secret = config_first_line(c->jabber_secret_file,
			&c->memory);
		if (c->jabber_secret == NULL) {
			config_fault(r, lookup(tree, "jabber.secret_file"),
				"`secret_file`: %s has no first line",
				c->jabber_secret_file);
		}
	} else if (c->jabber_secret == NULL &&
		lookup(tree, "jabber.secret") == NULL &&
		lookup(tree, "jabber.secret_file") == NULL) {
		config_fault(r, lookup(tree, "jabber"),
			"`secret` or `secret_file` is missing in jabber");
	}
}

static void finish_jabber(struct config_reader *r, const config_t *tree)
{
	struct config *c = r->config;
	const char *dot;

	if (lookup(tree, "jabber") == NULL) {
		config_fault(r, NULL, "`jabber` is missing");
		return;
	}
	finish_secret(r, tree);
	if (lookup(tree, "jabber.component") == NULL) {
		config_fault(r, lookup(tree, "jabber"),
			"`component` is missing in jabber");
	}
	if (c->map.component == NULL) {
		return;
	}
	dot = strchr(c->map.component, '.');
	if (c->map.server == NULL) {
		c->map.server = dot ? dot + 1 : c->map.component;
	}
	if (c->map.users == NULL) {
		const char **users = arena_alloc(&c->memory, sizeof *users);

		must(users != NULL);
		users[0] = c->map.server;
		c->map.users = users;
		c->map.nusers = 1;
	}
}

/* The operator named an address of his own: that is permission enough. */
static bool names_local(const struct network_config *n)
{
	for (size_t i = 0; i < n->nservers; i++) {
		union address a;

		if (strcmp(n->servers[i].host, "localhost") == 0 ||
			address_literal(n->servers[i].host, 0, &a)) {
			return true;
		}
	}
	return false;
}

static void finish_servers(struct config *c, struct network_config *n)
{
	uint16_t port = n->tls == LINK_TLS_OFF ? PORT_PLAIN : PORT_TLS;
	struct server_config *servers;

	if (n->servers == NULL) {
		servers = arena_alloc(&c->memory, sizeof *servers);
		must(servers != NULL);
		servers->host = n->name;
		n->servers = servers;
		n->nservers = 1;
	}
	servers = (struct server_config *)n->servers; /* ours: config_read */
	for (size_t i = 0; i < n->nservers; i++) {
		servers[i].port = servers[i].port ? servers[i].port : port;
	}
	n->allow_private = n->allow_private || names_local(n);
}

/* Whether an earlier network, or this one before `alias`, has this name. */
static bool is_taken(const struct map_config *m, size_t net, size_t alias,
	const char *name)
{
	for (size_t i = 0; i <= net; i++) {
		const struct network_config *n = &m->networks[i];
		size_t aliases = i < net ? n->naliases : alias;

		if (n->name != NULL && (i < net || alias != SIZE_MAX) &&
			strcmp(n->name, name) == 0) {
			return true;
		}
		if (aliases == SIZE_MAX) {
			continue;
		}
		for (size_t k = 0; k < aliases; k++) {
			if (n->aliases[k] != NULL &&
				strcmp(n->aliases[k], name) == 0) {
				return true;
			}
		}
	}
	return false;
}

static void check_names(struct config_reader *r, const config_t *tree, size_t i)
{
	const struct map_config *m = &r->config->map;
	const struct network_config *n = &m->networks[i];

	if (n->name != NULL && is_taken(m, i, SIZE_MAX, n->name)) {
		config_fault(r, net_setting(tree, i, "name"),
			"two networks have the name `%s`", n->name);
	}
	for (size_t k = 0; k < n->naliases; k++) {
		if (n->aliases[k] != NULL && is_taken(m, i, k, n->aliases[k])) {
			config_fault(r,
				config_setting_get_elem(
					net_setting(tree, i, "aliases"),
					(unsigned)k),
				"the name `%s` is used twice", n->aliases[k]);
		}
	}
}

/* The proxy connects for us: no address of ours is seen (PROTOCOL F.6). */
static void check_source(struct config_reader *r, const config_t *tree,
	size_t i)
{
	const struct network_config *n = &r->config->map.networks[i];

	if (n->proxy.host != NULL && n->nsources > 0) {
		config_fault(r, net_setting(tree, i, "source"),
			"`source` has no use with `proxy`: the proxy's address "
			"is seen; take one of them out");
	}
}

/* at is the network itself: it has no name, and not a faulty one. */
static void check_unnamed(struct config_reader *r, const config_setting_t *at)
{
	if (config_setting_is_group(at)) {
		config_fault(r, at, "a network has no `name`");
	}
}

static void finish_networks(struct config_reader *r, const config_t *tree)
{
	struct config *c = r->config;
	struct network_config *list = (struct network_config *)c->map.networks;

	if (lookup(tree, "networks") == NULL && !c->map.free_choice) {
		config_fault(r, NULL,
			"`networks` is missing, and `free_choice` is not true");
	}
	for (size_t i = 0; i < c->map.nnetworks; i++) {
		struct network_config *n = &list[i];

		check_names(r, tree, i);
		check_source(r, tree, i);
		if (n->name == NULL) {
			check_unnamed(r, net_setting(tree, i, "name"));
			continue;
		}
		n->title = n->title ? n->title : n->name;
		if (r->faults == 0) { /* a faulty list has holes */
			finish_servers(c, n);
		}
	}
}

static void check_rest(struct config_reader *r, const config_t *tree)
{
	const struct map_config *m = &r->config->map;
	bool found = m->fixed_network == NULL;

	for (size_t i = 0; i < m->nnetworks && !found; i++) {
		found = m->networks[i].name != NULL &&
			strcmp(m->networks[i].name, m->fixed_network) == 0;
	}
	if (!found) {
		config_fault(r, lookup(tree, "fixed_network"),
			"`fixed_network`: no network has the name `%s`",
			m->fixed_network);
	}
	if (m->reconnect_min_ms > m->reconnect_max_ms) {
		const config_setting_t *at = lookup(tree, "irc.reconnect_min");

		config_fault(r, at ? at : lookup(tree, "irc.reconnect_max"),
			"`reconnect_min` is over `reconnect_max`");
	}
}

/* The key stands beside the database unless it is told where. */
static void finish_storage(struct config_reader *r, const config_t *tree)
{
	struct config *c = r->config;
	size_t size = strlen(c->storage_file) + sizeof ".key";
	char *key_file;

	if (c->storage_key_file == NULL) {
		key_file = arena_alloc(&c->memory, size);
		must(key_file != NULL);
		snprintf(key_file, size, "%s.key", c->storage_file);
		c->storage_key_file = key_file;
	} else if (strcmp(c->storage_key_file, c->storage_file) == 0) {
		config_fault(r, lookup(tree, "storage.key_file"),
			"`key_file` is the same as `file`");
	}
	if (!c->storage && c->map.registration == REGISTRATION_REQUIRED) {
		config_fault(r, lookup(tree, "registration"),
			"`registration` is required, but with storage off "
			"nobody can register");
	}
}

/* Keys occupant-ids: the same after each start (PROTOCOL D.3). */
static void derive_secret(struct config *c)
{
	static const char label[] = "isthmus occupant-id ";
	struct buf text;
	char hex[SHA256_HEX];

	buf_init(&text, 4096);
	buf_add_str(&text, label);
	buf_add_str(&text, c->map.component);
	crypto_hmac_hex(slice_str(c->jabber_secret), buf_slice(&text), hex);
	for (size_t i = 0; i < sizeof c->map.secret; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		c->map.secret[i] = (unsigned char)strtoul(byte, NULL, 16);
	}
	buf_finish(&text);
}

static struct config *config_create(void)
{
	struct config *c = must_calloc(1, sizeof *c);

	map_config_defaults(&c->map);
	arena_init(&c->memory, MEMORY_MAX);
	c->jabber_host = "127.0.0.1";
	c->jabber_port = PORT_COMPONENT;
	c->jabber_tls = LINK_TLS_OFF;
	c->log_level = LOG_INFO;
	c->storage = true;
	c->storage_file = "/var/lib/isthmus/isthmus.sqlite";
	return c;
}

void config_free(struct config *c)
{
	if (c != NULL) {
		arena_finish(&c->memory);
		free(c);
	}
}

/* libconfig ends the process when it is given a folder. */
static enum err open_file(const char *path, FILE **out, struct buf *errors)
{
	FILE *file = fopen(path, "re");
	struct stat st;

	if (file == NULL) {
		buf_addf(errors, "%s:0: %s\n", path, strerror(errno));
		return ERR_BAD_INPUT;
	}
	if (fstat(fileno(file), &st) != 0 || S_ISDIR(st.st_mode)) {
		buf_addf(errors, "%s:0: not a file\n", path);
		fclose(file);
		return ERR_BAD_INPUT;
	}
	*out = file;
	return ERR_OK;
}

static enum err read_tree(config_t *tree, const char *path, struct buf *errors)
{
	FILE *file;
	const char *in;
	bool syntax;

	if (open_file(path, &file, errors) != ERR_OK) {
		return ERR_BAD_INPUT;
	}
	if (config_read(tree, file) == CONFIG_TRUE) {
		fclose(file);
		return ERR_OK;
	}
	fclose(file);
	in = config_error_file(tree);
	syntax = strcmp(config_error_text(tree), "syntax error") == 0;
	buf_addf(errors, "%s:%d: %s%s\n", in ? in : path,
		config_error_line(tree), config_error_text(tree),
		syntax ? " (strings stand in quotes)" : "");
	return ERR_BAD_INPUT;
}

enum err config_load(const char *path, struct config **out, struct buf *errors)
{
	struct config_reader r = {.path = path, .errors = errors};
	config_t tree;
	enum err err;

	config_init(&tree);
	err = read_tree(&tree, path, errors);
	if (err != ERR_OK) {
		config_destroy(&tree);
		return err;
	}
	r.config = config_create();
	config_walk(&r, config_root_setting(&tree));
	finish_jabber(&r, &tree);
	finish_networks(&r, &tree);
	check_rest(&r, &tree);
	finish_storage(&r, &tree);
	config_destroy(&tree);
	if (r.faults > 0) {
		config_free(r.config);
		return ERR_BAD_INPUT;
	}
	derive_secret(r.config);
	*out = r.config;
	return ERR_OK;
}
