/* SPDX-License-Identifier: MIT */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Log lines: one event, one line: subject, lower-case event, key=value, free
 * text last: `info user=juliet@capulet.lit net=libera joined channel=#c`.
 * Who writes about a thing gives its `struct log`, which names the subject only
 * when a line is really written. Control bytes are escaped here; secrets are
 * never passed in. Without a sink nothing is written.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

struct log {
	/* Writes e.g. "user=a@b net=libera" to out, NUL-terminated. */
	void (*subject)(const void *owner, char *out, size_t cap);
	const void *owner;
};

/* One finished line without line end, valid for the call. */
typedef void log_sink_fn(void *ctx, enum log_level level, const char *line);

/* fn NULL: no sink. Lines above `max` are not even formatted. */
void log_set_sink(log_sink_fn *fn, void *ctx, enum log_level max);
bool log_enabled(enum log_level level);
const char *log_level_name(enum log_level level);

/* log may be NULL: no subject. Lines are cut at 2000 bytes. */
void log_write(const struct log *log, enum log_level level, const char *fmt, ...)
	PRINTF(3, 4);

#define log_error(log, ...) log_write(log, LOG_ERROR, __VA_ARGS__)
#define log_warn(log, ...) log_write(log, LOG_WARN, __VA_ARGS__)
#define log_info(log, ...) log_write(log, LOG_INFO, __VA_ARGS__)
#define log_debug(log, ...)                                   \
	do {                                                  \
		if (log_enabled(LOG_DEBUG)) {                 \
			log_write(log, LOG_DEBUG, __VA_ARGS__); \
		}                                             \
	} while (0)

#endif
