/* SPDX-License-Identifier: MIT */
#include "gateway/config_read_private.h"

#include <stdio.h>
#include <string.h>

void config_fault(struct config_reader *r, const config_setting_t *at,
	const char *fmt, ...)
{
	const char *file = at ? config_setting_source_file(at) : NULL;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->faults++;
	buf_addf(r->errors, "%s:%u: %s\n", file ? file : r->path,
		at ? (unsigned)config_setting_source_line(at) : 1, text);
}

/* The names stand in messages only as far as they are printable. */
void config_fault_value(struct config_reader *r, const config_setting_t *at,
	const struct config_key *key, const char *must_be)
{
	config_fault(r, at, "`%s` must be %s", key->name, must_be);
}

const char *config_text_of(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key)
{
	const char *text = config_setting_get_string(s);

	if (text == NULL) {
		config_fault_value(r, s, key, "a string in quotes");
	}
	return text;
}

void *config_keep(struct config_reader *r, size_t size)
{
	void *p = arena_alloc(&r->config->memory, size);

	must(p != NULL); /* LIST_MAX and libconfig's own limits come first */
	return p;
}

static void walk_group(struct config_reader *r, const config_setting_t *s,
	const char *group, void *base);

static void read_group(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	if (!config_setting_is_group(s)) {
		config_fault_value(r, s, key, "a group in braces");
		return;
	}
	walk_group(r, s, key->name, base);
}

/* "networks" is the only one: a list of groups. */
static void read_groups(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	size_t n = config_list_length(r, s, key);
	struct network_config *list =
		n > 0 ? config_keep(r, n * sizeof *list) : NULL;

	for (size_t i = 0; i < n; i++) {
		list[i].sts = true;
		list[i].proxy_isolate = true;
		list[i].max_unregistered = 8;
		list[i].connect_burst = 15;
		list[i].connect_interval_ms = 1200;
		read_group(r, config_setting_get_elem(s, (unsigned)i), key,
			&list[i]);
	}
	*FIELD(const struct network_config *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

static config_read_fn *const readers[] = {
	[CONFIG_GROUP] = read_group,
	[CONFIG_GROUPS] = read_groups,
	[CONFIG_TEXT] = config_take_text,
	[CONFIG_SECRET] = config_take_text,
	[CONFIG_DOMAIN] = config_take_domain,
	[CONFIG_NAME] = config_take_name,
	[CONFIG_FILE] = config_take_file,
	[CONFIG_PINS] = config_take_pins,
	[CONFIG_NUMBER] = config_take_number,
	[CONFIG_TIME] = config_take_time,
	[CONFIG_SIZE] = config_take_size,
	[CONFIG_BOOL] = config_take_bool,
	[CONFIG_TLS] = config_take_tls,
	[CONFIG_LEVEL] = config_take_level,
	[CONFIG_REGISTRATION] = config_take_registration,
	[CONFIG_CHARSET] = config_take_charset,
	[CONFIG_BROWSE] = config_take_browse,
	[CONFIG_LAZY] = config_take_lazy,
	[CONFIG_URL] = config_take_url,
	[CONFIG_JIDS] = config_take_jids,
	[CONFIG_DOMAINS] = config_take_domains,
	[CONFIG_NAMES] = config_take_names,
	[CONFIG_CAPS] = config_take_caps,
	[CONFIG_PROXY] = config_take_proxy,
	[CONFIG_LISTEN] = config_take_listen,
	[CONFIG_SOURCES] = config_take_sources,
	[CONFIG_SERVERS] = config_take_servers,
};

static const struct config_key *find_key(const char *group, const char *name)
{
	for (size_t i = 0; i < config_key_count; i++) {
		if (strcmp(config_keys[i].group, group) == 0 &&
			strcmp(config_keys[i].name, name) == 0) {
			return &config_keys[i];
		}
	}
	return NULL;
}

static void walk_group(struct config_reader *r, const config_setting_t *s,
	const char *group, void *base)
{
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *child =
			config_setting_get_elem(s, (unsigned)i);
		const char *name = config_setting_name(child);
		const struct config_key *key = find_key(group, name);

		if (key == NULL) {
			config_fault(r, child, "unknown key `%s`%s%s", name,
				group[0] != '\0' ? " in " : "", group);
		} else {
			readers[key->kind](r, child, key, base);
		}
	}
}

void config_walk(struct config_reader *r, const config_setting_t *root)
{
	walk_group(r, root, "", r->config);
}
