/* SPDX-License-Identifier: MIT */
#include "gateway/config_read_private.h"

#include <string.h>

#include "gateway/config_value.h"
#include "gateway/source.h"
#include "irc/caps.h"

/* Values that are lists, and addresses to connect to or to listen on. */
enum { PORT_IDENT = 113, PORT_SOCKS = 1080, LIST_MAX = 1000, PINS_MAX = 8 };

/* The number of elements, 0 (and a fault) unless it is a list of them. */
size_t config_list_length(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key)
{
	int n = config_setting_length(s);

	if (!config_setting_is_list(s) && !config_setting_is_array(s)) {
		config_fault_value(r, s, key, "a list in parentheses");
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
	size_t n = config_list_length(r, s, key);
	const char **list = n > 0 ? config_keep(r, n * sizeof *list) : NULL;
	struct config_key element = *key;

	element.field = 0;
	for (size_t i = 0; i < n; i++) {
		read(r, config_setting_get_elem(s, (unsigned)i), &element,
			&list[i]);
	}
	*FIELD(const char *const *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

void config_take_domains(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, config_take_domain);
}

void config_take_names(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, config_take_name);
}

void config_take_jids(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, config_take_jid);
}

/* One, or a list of them: the next certificate beside the present one. */
void config_take_pins(struct config_reader *r, const config_setting_t *s,
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
		read_list(r, s, key, base, config_take_pin);
		return;
	}
	list = config_keep(r, sizeof *list);
	element.field = 0;
	config_take_pin(r, s, &element, &list[0]);
	*FIELD(const char *const *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = 1;
}

static void read_cap(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);

	if (text == NULL) {
		return;
	}
	if (!caps_known(slice_str(text))) {
		config_fault_value(r, s, key,
			"a capability that Isthmus uses, like "
			"\"echo-message\"");
		return;
	}
	*FIELD(const char *, base, key->field) =
		arena_strndup(&r->config->memory, text, strlen(text));
}

void config_take_caps(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	read_list(r, s, key, base, read_cap);
}

void config_take_servers(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	size_t n = config_list_length(r, s, key);
	struct server_config *list =
		n > 0 ? config_keep(r, n * sizeof *list) : NULL;

	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e =
			config_setting_get_elem(s, (unsigned)i);
		const char *text = config_setting_get_string(e);

		if (text == NULL ||
			config_server(text, &r->config->memory, &list[i]) !=
				ERR_OK) {
			config_fault_value(r, e, key,
				"\"host\", \"host:port\" or "
				"\"[address]:port\"");
		}
	}
	*FIELD(const struct server_config *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}

void config_take_proxy(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	struct server_config *proxy =
		FIELD(struct server_config, base, key->field);

	if (text == NULL) {
		return;
	}
	if (config_server(text, &r->config->memory, proxy) != ERR_OK) {
		config_fault_value(r, s, key,
			"\"host\", \"host:port\" or \"[address]:port\"");
		return;
	}
	proxy->port = proxy->port != 0 ? proxy->port : PORT_SOCKS;
}

void config_take_listen(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	struct server_config *at =
		FIELD(struct server_config, base, key->field);
	union address a;

	if (text == NULL) {
		return;
	}
	if (config_server(text, &r->config->memory, at) != ERR_OK ||
		!address_literal(at->host, 0, &a)) {
		config_fault_value(r, s, key,
			"an address to listen on, like \"[::]:113\" or "
			"\"127.0.0.1:1113\"");
		return;
	}
	at->port = at->port != 0 ? at->port : PORT_IDENT;
}

/* One, or a list. */
void config_take_sources(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	bool one = config_setting_type(s) == CONFIG_TYPE_STRING;
	size_t n = one ? 1 : config_list_length(r, s, key);
	struct source_config *list =
		n > 0 ? config_keep(r, n * sizeof *list) : NULL;

	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e =
			one ? s : config_setting_get_elem(s, (unsigned)i);
		const char *text = config_setting_get_string(e);

		if (text == NULL || source_parse(text, &list[i]) != ERR_OK) {
			config_fault_value(r, e, key,
				"an address, or a prefix like "
				"\"2001:db8::/64\" with nothing behind it");
		}
	}
	*FIELD(const struct source_config *, base, key->field) = list;
	*FIELD(size_t, base, key->count) = n;
}
