/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1000 };

static struct {
	log_sink_fn *fn;
	void *ctx;
	enum log_level max;
} sink;

void log_set_sink(log_sink_fn *fn, void *ctx, enum log_level max)
{
	sink.fn = fn;
	sink.ctx = ctx;
	sink.max = max;
}

bool log_enabled(enum log_level level)
{
	return sink.fn != NULL && level <= sink.max;
}

const char *log_level_name(enum log_level level)
{
	static const char *const names[LOG_LEVELS] = {
		[LOG_ERROR] = "error",
		[LOG_WARN] = "warn",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};

	return (unsigned)level < LOG_LEVELS ? names[level] : "?";
}

/* Control bytes as \xHH: nobody forges a line or drives a terminal. */
static void escape(char *out, size_t cap, const char *in)
{
	size_t n = 0;

	for (; *in != '\0' && n + 5 < cap; in++) {
		unsigned char c = (unsigned char)*in;

		if (c < 0x20 || c == 0x7f) {
			n += (size_t)snprintf(out + n, cap - n, "\\x%02x", c);
		} else {
			out[n++] = (char)c;
		}
	}
	out[n] = '\0';
}

void log_write(const struct log *log, enum log_level level, const char *fmt, ...)
{
	char raw[LINE_MAX_BYTES];
	char line[LINE_MAX_BYTES * 2];
	size_t n = 0;
	va_list ap;

	if (!log_enabled(level)) {
		return;
	}
	raw[0] = '\0';
	if (log != NULL && log->subject != NULL) {
		log->subject(log->owner, raw, sizeof raw / 2);
		n = strlen(raw);
		if (n > 0) {
			raw[n++] = ' ';
		}
	}
	va_start(ap, fmt);
	vsnprintf(raw + n, sizeof raw - n, fmt, ap);
	va_end(ap);
	escape(line, sizeof line, raw);
	sink.fn(sink.ctx, level, line);
}
