/* SPDX-License-Identifier: MIT */
#include "irc/sts.h"

#include <inttypes.h>

enum { NO_NUMBER = -1, NOT_SAID = -2 };

/* 0 to max; a longer row of digits is max. */
static int64_t number(struct slice text, int64_t max)
{
	int64_t n = 0;

	if (text.len == 0) {
		return NO_NUMBER;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return NO_NUMBER;
		}
		n = n * 10 + (text.p[i] - '0');
		n = n > max ? max : n;
	}
	return n;
}

/* A key that is there twice says nothing. */
static void take(struct slice word, int64_t max, int64_t *said, bool *twice)
{
	*twice = *twice || *said != NOT_SAID;
	*said = number(word, max);
}

struct sts sts_parse(struct slice value)
{
	int64_t port = NOT_SAID;
	int64_t duration = NOT_SAID;
	bool two_ports = false;
	bool two_durations = false;
	struct sts sts = {0};

	while (value.len > 0) {
		struct slice word = slice_cut(&value, ',');
		struct slice key = slice_cut(&word, '=');

		if (slice_is(key, "port")) {
			take(word, 65536, &port, &two_ports);
		} else if (slice_is(key, "duration")) {
			take(word, STS_DURATION_MAX, &duration,
				&two_durations);
		}
	}
	if (port > 0 && port <= 65535 && !two_ports) {
		sts.port = (uint16_t)port;
	}
	if (duration >= 0 && !two_durations) {
		sts.has_duration = true;
		sts.duration_s = (uint32_t)duration;
	}
	return sts;
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
