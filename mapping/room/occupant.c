/* SPDX-License-Identifier: MIT */
#include "mapping/room/occupant.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { IDS = 256, TEXT_MAX = 200, DIGITS = 40 };

/* What it was made of, whole: equal text has an equal id. */
struct occupant_id {
	size_t len;
	char text[TEXT_MAX];
	char id[DIGITS];
};

static struct occupant_id *place_of(struct mapping *m, struct slice text)
{
	uint32_t hash = 2166136261U;

	if (m->ids == NULL) {
		m->ids = must_calloc(IDS, sizeof *m->ids);
	}
	for (size_t i = 0; i < text.len; i++) {
		hash = (hash ^ (unsigned char)text.p[i]) * 16777619U;
	}
	return &m->ids[(hash ^ hash >> 16) % IDS];
}

struct slice occupant_id(struct mapping *m, struct slice network,
	struct slice channel, struct slice identity)
{
	struct buf *b = &m->strip;
	struct occupant_id *place;
	struct slice text;
	char digest[SHA256_HEX];

	buf_reset(b, CORE_KEEP_BYTES);
	buf_add_slice(b, network);
	buf_add_char(b, '\0');
	buf_add_slice(b, channel);
	buf_add_char(b, '\0');
	buf_add_slice(b, identity);
	text = buf_slice(b);
	place = place_of(m, text);
	if (place->len == text.len && text.len <= TEXT_MAX &&
		memcmp(place->text, text.p, text.len) == 0) {
		return slice(place->id, DIGITS);
	}
	crypto_hmac_hex(slice((const char *)m->config->secret,
				sizeof m->config->secret),
		text, digest);
	place->len = 0; /* a long one is not kept, but stands here meanwhile */
	if (text.len <= TEXT_MAX) {
		place->len = text.len;
		memcpy(place->text, text.p, text.len);
	}
	memcpy(place->id, digest, DIGITS);
	return slice(place->id, DIGITS);
}

void occupant_ids_forget(struct mapping *m)
{
	free(m->ids);
	m->ids = NULL;
}
