/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONFIG_READ_PRIVATE_H
#define GATEWAY_CONFIG_READ_PRIVATE_H

#include <libconfig.h>

#include "gateway/config_read.h"

/*
 * The inside that config_read.c (the walk), config_read_one.c (single values)
 * and config_read_list.c (lists, addresses) share.
 */

/* Where the value of a row goes. */
#define FIELD(type, base, offset) ((type *)(void *)((char *)(base) + (offset)))

/* `key` must be this: a fault at the setting. */
void config_fault_value(struct config_reader *r, const config_setting_t *at,
	const struct config_key *key, const char *must_be);
/* The string, or NULL and a fault. */
const char *config_text_of(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key);
/* Memory that lives as long as the configuration. */
void *config_keep(struct config_reader *r, size_t size);
/* The number of elements, 0 (and a fault) unless it is a list of them. */
size_t config_list_length(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key);

/* Reads a value of one kind into the field of `base` that the key names. */
typedef void config_read_fn(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base);

/* config_read_one.c */
config_read_fn config_take_text, config_take_domain, config_take_name,
	config_take_file, config_take_pin, config_take_number,
	config_take_time, config_take_size, config_take_bool, config_take_tls,
	config_take_browse, config_take_lazy, config_take_url,
	config_take_jid, config_take_level, config_take_registration,
	config_take_charset;

/* config_read_list.c */
config_read_fn config_take_domains, config_take_names, config_take_jids,
	config_take_pins, config_take_caps, config_take_servers,
	config_take_proxy, config_take_listen, config_take_sources;

#endif
