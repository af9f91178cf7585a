/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONFIG_READ_H
#define GATEWAY_CONFIG_READ_H

#include "gateway/config.h"

/*
 * The walk of libconfig's tree against config_keys, between config.c (opens
 * the file, knows what belongs together) and config_value.c (single values).
 */
struct config_setting_t; /* libconfig's */

struct config_reader {
	const char *path;
	struct buf *errors;
	struct config *config;
	size_t faults;
};

/* Notes a fault at this setting; at: NULL for the file as a whole. */
void config_fault(struct config_reader *r, const struct config_setting_t *at,
	const char *fmt, ...) PRINTF(3, 4);

/* Fills config from the tree; each key may be there or not. */
void config_walk(struct config_reader *r, const struct config_setting_t *root);

#endif
