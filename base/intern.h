/* SPDX-License-Identifier: MIT */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Interned strings: equal bytes are the same pointer, kept once however many
 * users, channels and occupants hold them, and freed with the last holder.
 * One table for the process, used by the loop's thread only. Its hash is keyed
 * (SipHash-1-3): names come from strangers.
 */
struct istr {
	uint32_t hash;
	uint32_t refs;
	uint32_t len;
	char p[]; /* NUL-terminated */
};

/* Sets the key of the hash, 16 random bytes; before the first use. */
void intern_seed(const unsigned char key[16]);

/* A new reference; the caller releases it. len <= 65535. */
const struct istr *intern(const char *p, size_t len);
/* The interned string of these bytes without a reference, NULL when none. */
const struct istr *intern_find(const char *p, size_t len);

const struct istr *istr_ref(const struct istr *s); /* NULL gives NULL */
void istr_unref(const struct istr *s);             /* NULL is fine */

/* Replaces *slot by `fresh` (whose reference it takes over). */
void istr_set(const struct istr **slot, const struct istr *fresh);

/* Strings alive now; 0 when everything was released. */
size_t intern_count(void);

static inline struct slice istr_slice(const struct istr *s)
{
	return s ? slice(s->p, s->len) : slice(NULL, 0);
}

/* The keyed hash itself, for other tables. */
uint32_t intern_hash(const char *p, size_t len);

#endif
