/* SPDX-License-Identifier: MIT */
#include "irc/sts.h"

#include <inttypes.h>

/* 0 to max; a longer row of digits is max. -1: no number. */
static int64_t number(struct slice text, int64_t max)
{
	int64_t n = 0;

	if (text.len == 0) {
		return -1;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return -1;
		}
		n = n * 10 + (text.p[i] - '0');
		n = n > max ? max : n;
	}
	return n;
}

enum err sts_parse(struct slice value, struct sts *out)
{
	struct sts sts = {0};
	bool has_port = false;

	while (value.len > 0) {
		struct slice word = slice_cut(&value, ',');
		struct slice key = slice_cut(&word, '=');
		int64_t n;

		if (slice_is(key, "port")) {
			n = number(word, 65536);
			if (has_port || n < 1 || n > 65535) {
				return ERR_BAD_INPUT;
			}
			has_port = true;
			sts.port = (uint16_t)n;
		} else if (slice_is(key, "duration")) {
			n = number(word, STS_DURATION_MAX);
			if (sts.has_duration || n < 0) {
				return ERR_BAD_INPUT;
			}
			sts.has_duration = true;
			sts.duration_s = (uint32_t)n;
		}
	}
	*out = sts;
	return ERR_OK;
}

bool sts_in_force(const struct sts_policy *p, int64_t now_ms)
{
	return now_ms < p->until_ms;
}

void sts_renew(struct sts_policy *p, int64_t now_ms)
{
	p->until_ms = now_ms + (int64_t)p->duration_s * 1000;
}

void sts_write(const struct sts_policy *p, struct buf *out)
{
	buf_addf(out, "%u %" PRIu32 " %" PRId64, p->port, p->duration_s,
		p->until_ms);
}

enum err sts_read(struct slice text, struct sts_policy *out)
{
	int64_t port = number(slice_cut(&text, ' '), 65536);
	int64_t duration = number(slice_cut(&text, ' '), STS_DURATION_MAX);
	int64_t until = number(text, INT64_MAX / 20);

	if (port < 1 || port > 65535 || duration < 1 || until < 0) {
		return ERR_BAD_INPUT;
	}
	*out = (struct sts_policy){
		.port = (uint16_t)port,
		.duration_s = (uint32_t)duration,
		.until_ms = until,
	};
	return ERR_OK;
}
