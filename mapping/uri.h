/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_URI_H
#define MAPPING_URI_H

#include "base/buf.h"

/* Appends "xmpp:JID?join" (RFC 5122, XEP-0147), percent-encoded. */
void uri_add_join(struct buf *out, struct slice jid);
/* The same with "?command;node=NODE" (XEP-0050, XEP-0147); letters and -. */
void uri_add_command(struct buf *out, struct slice jid, const char *node);

#endif
