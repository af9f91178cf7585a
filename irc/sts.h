/* SPDX-License-Identifier: MIT */
#ifndef IRC_STS_H
#define IRC_STS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Strict Transport Security (IRCv3 sts, PROTOCOL F.5): what the value of the
 * capability says, and the policy that follows from it. Plain values; who asks
 * says what time it is (wall clock, ms).
 */
struct sts {
	uint16_t port; /* 0: none; counts on plain links only */
	bool has_duration; /* counts on verified TLS links only */
	uint32_t duration_s; /* at most STS_DURATION_MAX; 0: no policy any more */
};

enum { STS_DURATION_MAX = 10 * 366 * 86400 };

/*
 * `duration=2592000,port=6697`: unknown keys are passed over. Each of the two is
 * judged alone, since each counts on its own kind of link: one that is there
 * twice, or whose number is none, was not said.
 */
struct sts sts_parse(struct slice value);

/* In force until then: only verified TLS, to this port where plain was meant. */
struct sts_policy {
	uint16_t port;
	uint32_t duration_s;
	int64_t until_ms;
};

bool sts_in_force(const struct sts_policy *p, int64_t now_ms);
/* It was said again, or the connection on which it was said ends. */
void sts_renew(struct sts_policy *p, int64_t now_ms);
/* As it is kept: `6697 2592000 1769817600000`. */
void sts_write(const struct sts_policy *p, struct buf *out);
NODISCARD enum err sts_read(struct slice text, struct sts_policy *out);

#endif
