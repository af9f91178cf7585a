/* SPDX-License-Identifier: MIT */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Base64 (RFC 4648 4), with padding and without line ends. */

/* Added to *out; too much sets its overflow. */
void base64_encode(struct slice in, struct buf *out);
/*
 * Added to *out. ERR_BAD_INPUT: anything else than whole, padded groups of the
 * alphabet; then *out is as it was.
 */
NODISCARD enum err base64_decode(struct slice in, struct buf *out);

#endif
