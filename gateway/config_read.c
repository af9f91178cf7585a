/* SPDX-License-Identifier: MIT */
#include "gateway/config_read.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libconfig.h>

#include "base/charset.h"
#include "base/utf8.h"
#include "gateway/config_value.h"
#include "irc/caps.h"
#include "gateway/source.h"

enum { PORT_IDENT = 113, PORT_SOCKS = 1080, LIST_MAX = 1000, PINS_MAX = 8 };

/* Where the value of a row goes. */
#define FIELD(type, base, offset) ((type *)(void *)((char *)(base) + (offset)))

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
static void fault_value(struct config_reader *r, const config_setting_t *at,
	const struct config_key *key, const char *must_be)
{
	config_fault(r, at, "`%s` must be %s", key->name, must_be);
}

static const char *text_of(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key)
{
	const char *text = config_setting_get_string(s);

	if (text == NULL) {
		fault_value(r, s, key, "a string in quotes");
	}
	return text;
}

static void *keep(struct config_reader *r, size_t size)
{
	void *p = arena_alloc(&r->config->memory, size);

	must(p != NULL); /* LIST_MAX and libconfig's own limits come first */
	return p;
}

static void read_text(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	size_t len = text ? strlen(text) : 0;

	if (text == NULL) {
		return;
	}
	if (len < (size_t)key->min || len > (size_t)key->max) {
		config_fault(r, s, "`%s` must have %ld to %ld bytes", key->name,
			key->min, key->max);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
			config_fault(r, s, "`%s` has a control character",
				key->name);
			return;
		}
	}
	if (!utf8_valid(slice(text, len))) {
		config_fault(r, s, "`%s` is not UTF-8", key->name);
		return;
	}
	*FIELD(const char *, base, key->field) =
		memcpy(keep(r, len + 1), text, len + 1);
}

static void read_domain(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	const char *domain;

	if (text == NULL) {
		return;
	}
	domain = config_domain(text, &r->config->memory);
	if (domain == NULL) {
		fault_value(r, s, key, "a domain");
		return;
	}
	*FIELD(const char *, base, key->field) = domain;
}

static void read_name(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	const char *name;

	if (text == NULL) {
		return;
	}
	name = config_name(text, &r->config->memory);
	if (name == NULL) {
		fault_value(r, s, key, "a host name");
		return;
	}
	*FIELD(const char *, base, key->field) = name;
}

static void read_file(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const struct config_key path = {
		.name = "path", .min = 1, .max = 4000};
	struct config_key as = path;
	const char *text = text_of(r, s, key);

	if (text == NULL) {
		return;
	}
	as.name = key->name;
	as.field = key->field;
	read_text(r, s, &as, base);
	if (access(text, R_OK) != 0) {
		config_fault(r, s, "`%s`: %s cannot be read", key->name, text);
	}
}

static void read_pin(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	const char *pin;

	if (text == NULL) {
		return;
	}
	pin = config_pin(text, &r->config->memory);
	if (pin == NULL) {
		fault_value(r, s, key,
			"the SHA-256 of a certificate, 64 hex digits");
		return;
	}
	*FIELD(const char *, base, key->field) = pin;
}

static void read_number(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	int n = config_setting_get_int(s);

	if (config_setting_type(s) != CONFIG_TYPE_INT) {
		fault_value(r, s, key, "a whole number");
		return;
	}
	if (n < key->min || n > key->max) {
		config_fault(r, s, "`%s` must be from %ld to %ld", key->name,
			key->min, key->max);
		return;
	}
	*FIELD(unsigned, base, key->field) = (unsigned)n;
}

static void read_time(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	long ms = 0;

	if (text == NULL || config_time(text, &ms) != ERR_OK) {
		fault_value(r, s, key,
			"a time with its unit: \"500ms\" \"30s\" \"10min\" "
			"\"1h\"");
		return;
	}
	if (ms < key->min || ms > key->max) {
		config_fault(r, s, "`%s` must be from %ld ms to %ld ms",
			key->name, key->min, key->max);
		return;
	}
	*FIELD(unsigned, base, key->field) = (unsigned)ms;
}

static void read_size(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	long bytes = 0;

	if (text == NULL || config_size(text, &bytes) != ERR_OK) {
		fault_value(r, s, key,
			"a size with its unit: \"256KiB\" \"1MiB\"");
		return;
	}
	if (bytes < key->min || bytes > key->max) {
		config_fault(r, s, "`%s` must be from %ld KiB to %ld KiB",
			key->name, key->min / 1024, key->max / 1024);
		return;
	}
	*FIELD(size_t, base, key->field) = (size_t)bytes;
}

static void read_bool(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL) {
		fault_value(r, s, key, "true or false");
		return;
	}
	*FIELD(bool, base, key->field) = config_setting_get_bool(s) != 0;
}

static void read_tls(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[LINK_TLS_VERIFY] = "verify",
		[LINK_TLS_INSECURE] = "insecure",
		[LINK_TLS_OFF] = "off",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum link_tls, base, key->field) =
				(enum link_tls)i;
			return;
		}
	}
	fault_value(r, s, key, "\"verify\", \"insecure\" or \"off\"");
}

static void read_browse(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[BROWSE_CATEGORY] = "category",
		[BROWSE_QUERY] = "query",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum browse_style, base, key->field) =
				(enum browse_style)i;
			return;
		}
	}
	fault_value(r, s, key, "\"category\" or \"query\"");
}

static void read_lazy(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);

	if (text == NULL ||
		(strcmp(text, "lazy") != 0 && strcmp(text, "full") != 0)) {
		fault_value(r, s, key, "\"full\" or \"lazy\"");
		return;
	}
	*FIELD(bool, base, key->field) = strcmp(text, "lazy") == 0;
}

static void read_url(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);

	if (text == NULL) {
		return;
	}
	if (strncmp(text, "http://", 7) != 0 &&
		strncmp(text, "https://", 8) != 0) {
		fault_value(r, s, key, "an address that begins with https://");
		return;
	}
	read_text(r, s, key, base);
}

static void read_jid(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	const char *jid;

	if (text == NULL) {
		return;
	}
	jid = config_jid(text, &r->config->memory);
	if (jid == NULL) {
		fault_value(r, s, key, "addresses of users, like user@domain");
		return;
	}
	*FIELD(const char *, base, key->field) = jid;
}

static void read_level(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);

	for (int i = 0; text != NULL && i < LOG_LEVELS; i++) {
		if (strcmp(text, log_level_name((enum log_level)i)) == 0) {
			*FIELD(enum log_level, base, key->field) =
				(enum log_level)i;
			return;
		}
	}
	fault_value(r, s, key, "\"error\", \"warn\", \"info\" or \"debug\"");
}

static void read_registration(struct config_reader *r,
	const config_setting_t *s, const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[REGISTRATION_OPTIONAL] = "optional",
		[REGISTRATION_REQUIRED] = "required",
		[REGISTRATION_CLOSED] = "closed",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum registration, base, key->field) =
				(enum registration)i;
			return;
		}
	}
	fault_value(r, s, key, "\"optional\", \"required\" or \"closed\"");
}

/* Any that the system knows and IRC can be written in (PROTOCOL G.3). */
static void read_charset(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	struct charset *charset;

	if (text == NULL ||
		charset_open(slice_str(text), &charset) != ERR_OK) {
		fault_value(r, s, key,
			"a character set that this system knows, \"KOI8-R\"");
		return;
	}
	charset_unref(charset);
	read_text(r, s, key, base);
}

/* The number of elements, 0 (and a fault) unless it is a list of them. */
static size_t list_length(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key)
{
	int n = config_setting_length(s);

	if (!config_setting_is_list(s) && !config_setting_is_array(s)) {
		fault_value(r, s, key, "a list in parentheses");
		return 0;
	}
	if (n < 1 || n > LIST_MAX) {
		config_fault(r, s, n < 1 ? "`%s` is empty" : "`%s` is too long",
			key->name);
		return 0;
	}
	return (size_t)n;
}

/* domains and names: each element read as a single value of `as`. */
static void read_list(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base,
	void (*read)(struct config_reader *, const config_setting_t *,
		const struct config_key *, void *))
{
	size_t n = list_length(r, s, key);
	const char **list = n > 0 ? keep(r, n * sizeof *list) : NULL;
	struct config_key element = *key;

	element.field = 0;
	for (size_t i = 0; i < n; i++) {
		read(r, config_setting_get_elem(s, (unsigned)i), &element,
			&list[i]);
	}
	*FIELD(const char *const *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

static void read_domains(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, read_domain);
}

static void read_names(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, read_name);
}

static void read_jids(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, read_jid);
}

/* One, or a list of them: the next certificate beside the present one. */
static void read_pins(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char **list;
	struct config_key element = *key;

	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		if (config_setting_length(s) > PINS_MAX) {
			config_fault(r, s, "`%s` has more than %d", key->name,
				PINS_MAX);
			return;
		}
		read_list(r, s, key, base, read_pin);
		return;
	}
	list = keep(r, sizeof *list);
	element.field = 0;
	read_pin(r, s, &element, &list[0]);
	*FIELD(const char *const *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = 1;
}

static void read_cap(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);

	if (text == NULL) {
		return;
	}
	if (!caps_known(slice_str(text))) {
		fault_value(r, s, key,
			"a capability that Isthmus uses, like "
			"\"echo-message\"");
		return;
	}
	*FIELD(const char *, base, key->field) =
		arena_strndup(&r->config->memory, text, strlen(text));
}

static void read_caps(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, read_cap);
}

static void read_servers(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	size_t n = list_length(r, s, key);
	struct server_config *list = n > 0 ? keep(r, n * sizeof *list) : NULL;

	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e =
			config_setting_get_elem(s, (unsigned)i);
		const char *text = config_setting_get_string(e);

		if (text == NULL ||
			config_server(text, &r->config->memory, &list[i]) !=
				ERR_OK) {
			fault_value(r, e, key,
				"\"host\", \"host:port\" or "
				"\"[address]:port\"");
		}
	}
	*FIELD(const struct server_config *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

static void read_proxy(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	struct server_config *proxy =
		FIELD(struct server_config, base, key->field);

	if (text == NULL) {
		return;
	}
	if (config_server(text, &r->config->memory, proxy) != ERR_OK) {
		fault_value(r, s, key,
			"\"host\", \"host:port\" or \"[address]:port\"");
		return;
	}
	proxy->port = proxy->port != 0 ? proxy->port : PORT_SOCKS;
}

static void read_listen(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = text_of(r, s, key);
	struct server_config *at =
		FIELD(struct server_config, base, key->field);
	union address a;

	if (text == NULL) {
		return;
	}
	if (config_server(text, &r->config->memory, at) != ERR_OK ||
		!address_literal(at->host, 0, &a)) {
		fault_value(r, s, key,
			"an address to listen on, like \"[::]:113\" or "
			"\"127.0.0.1:1113\"");
		return;
	}
	at->port = at->port != 0 ? at->port : PORT_IDENT;
}

/* One, or a list. */
static void read_sources(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	bool one = config_setting_type(s) == CONFIG_TYPE_STRING;
	size_t n = one ? 1 : list_length(r, s, key);
	struct source_config *list = n > 0 ? keep(r, n * sizeof *list) : NULL;

	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e =
			one ? s : config_setting_get_elem(s, (unsigned)i);
		const char *text = config_setting_get_string(e);

		if (text == NULL || source_parse(text, &list[i]) != ERR_OK) {
			fault_value(r, e, key,
				"an address, or a prefix like "
				"\"2001:db8::/64\" with nothing behind it");
		}
	}
	*FIELD(const struct source_config *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

static void walk_group(struct config_reader *r, const config_setting_t *s,
	const char *group, void *base);

static void read_group(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	if (!config_setting_is_group(s)) {
		fault_value(r, s, key, "a group in braces");
		return;
	}
	walk_group(r, s, key->name, base);
}

/* "networks" is the only one: a list of groups. */
static void read_groups(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	size_t n = list_length(r, s, key);
	struct network_config *list = n > 0 ? keep(r, n * sizeof *list) : NULL;

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

typedef void read_fn(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base);

static read_fn *const readers[] = {
	[CONFIG_GROUP] = read_group,
	[CONFIG_GROUPS] = read_groups,
	[CONFIG_TEXT] = read_text,
	[CONFIG_SECRET] = read_text,
	[CONFIG_DOMAIN] = read_domain,
	[CONFIG_NAME] = read_name,
	[CONFIG_FILE] = read_file,
	[CONFIG_PINS] = read_pins,
	[CONFIG_NUMBER] = read_number,
	[CONFIG_TIME] = read_time,
	[CONFIG_SIZE] = read_size,
	[CONFIG_BOOL] = read_bool,
	[CONFIG_TLS] = read_tls,
	[CONFIG_LEVEL] = read_level,
	[CONFIG_REGISTRATION] = read_registration,
	[CONFIG_CHARSET] = read_charset,
	[CONFIG_BROWSE] = read_browse,
	[CONFIG_LAZY] = read_lazy,
	[CONFIG_URL] = read_url,
	[CONFIG_JIDS] = read_jids,
	[CONFIG_DOMAINS] = read_domains,
	[CONFIG_NAMES] = read_names,
	[CONFIG_CAPS] = read_caps,
	[CONFIG_PROXY] = read_proxy,
	[CONFIG_LISTEN] = read_listen,
	[CONFIG_SOURCES] = read_sources,
	[CONFIG_SERVERS] = read_servers,
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
