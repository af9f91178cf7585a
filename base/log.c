/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { LINE_MAX_BYTES = 2000 };

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

/*
 * Control characters (C1 too) and what is no UTF-8 as \xHH: nobody forges a line
 * or drives a terminal.
 */
static void escape(char *out, size_t cap, const char *in)
{
	size_t left = strlen(in);
	size_t size;
	size_t n = 0;

	for (; left > 0 && n + 9 < cap; in += size, left -= size) {
		uint32_t cp = utf8_decode(in, left, &size);
		bool plain = cp != UTF8_BAD && cp >= 0x20 &&
			(cp < 0x7f || cp > 0x9f);

		for (size_t i = 0; i < size; i++) {
			if (plain) {
				out[n++] = in[i];
			} else {
				n += (size_t)snprintf(out + n, cap - n,
					"\\x%02x", (unsigned char)in[i]);
			}
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
