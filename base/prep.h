/* SPDX-License-Identifier: MIT */
#ifndef BASE_PREP_H
#define BASE_PREP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Text prepared to be compared (stringprep, RFC 3454), by libidn. Addresses of
 * Jabber need it (RFC 6122), and so do passwords of SCRAM (RFC 5802 2.2).
 * Pure functions; nothing is kept of what they are given.
 */
enum prep {
	PREP_NODE,     /* nodeprep, RFC 3920 A */
	PREP_HOST,     /* nameprep, RFC 3491: one label */
	PREP_RESOURCE, /* resourceprep, RFC 3920 B */
	PREP_SASL,     /* SASLprep, RFC 4013, as a stored string */
	PREP_SASL_ASK, /* the same as a query: code points not yet given out
			  (Unicode 3.2) may be in it */
};

enum { PREP_MAX = 1023 }; /* bytes in, code points out */

/* Printable ASCII only: no profile does more to it than fold case. */
bool prep_is_ascii(struct slice s);
/*
 * Adds the prepared text to *out. ERR_BAD_INPUT: not UTF-8, or the profile
 * forbids it; ERR_TOO_BIG: more than PREP_MAX. Mapping may leave nothing.
 */
NODISCARD enum err prep_add(enum prep profile, struct slice in,
	struct buf *out);

#endif
