/* SPDX-License-Identifier: MIT */
#ifndef XMPP_MASK_H
#define XMPP_MASK_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * Appends XML that our writer wrote, with the contents of elements that hold
 * secrets (password, handshake, secret, key; the value of a form field of such
 * a name) replaced by ***. An element cut off in its middle is masked to the
 * end. For logs and wire traces.
 */
void mask_secrets(struct buf *out, struct slice xml);

#endif
