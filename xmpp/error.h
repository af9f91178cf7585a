/* SPDX-License-Identifier: MIT */
#ifndef XMPP_ERROR_H
#define XMPP_ERROR_H

#include "base/slice.h"
#include "xmpp/stanza.h"
#include "xmpp/writer.h"

/*
 * Stanza errors: condition, type and legacy code (RFC 6120 8.3, XEP-0086,
 * PROTOCOL C.9). A row is what the code base names; where one condition is used
 * with another code or type there is another row.
 */
#define STANZA_ERROR_LIST(X)                                                \
	X(BAD_REQUEST, "bad-request", "modify", 400)                        \
	X(JID_MALFORMED, "jid-malformed", "modify", 400)                    \
	X(UNEXPECTED_REQUEST, "unexpected-request", "wait", 400)            \
	X(NOT_AUTHORIZED, "not-authorized", "auth", 401)                    \
	X(PAYMENT_REQUIRED, "payment-required", "auth", 402)                \
	X(FORBIDDEN, "forbidden", "auth", 403)                              \
	X(ITEM_NOT_FOUND, "item-not-found", "cancel", 404)                  \
	X(RECIPIENT_UNAVAILABLE, "recipient-unavailable", "wait", 404)      \
	X(REMOTE_SERVER_NOT_FOUND, "remote-server-not-found", "cancel", 404) \
	X(NOT_ALLOWED, "not-allowed", "cancel", 405)                        \
	X(NOT_ACCEPTABLE, "not-acceptable", "modify", 406)                  \
	X(REGISTRATION_REQUIRED, "registration-required", "auth", 407)      \
	X(SUBSCRIPTION_REQUIRED, "subscription-required", "auth", 407)      \
	X(CONFLICT, "conflict", "cancel", 409)                              \
	X(INTERNAL_SERVER_ERROR, "internal-server-error", "wait", 500)      \
	X(RESOURCE_CONSTRAINT, "resource-constraint", "wait", 500)          \
	X(UNDEFINED_CONDITION, "undefined-condition", "cancel", 500)        \
	X(FEATURE_NOT_IMPLEMENTED, "feature-not-implemented", "cancel", 501) \
	X(LINK_FAILED, "service-unavailable", "wait", 502)                  \
	X(SERVICE_UNAVAILABLE, "service-unavailable", "cancel", 503)        \
	X(ROOM_FULL, "service-unavailable", "wait", 503)                    \
	X(REMOTE_SERVER_TIMEOUT, "remote-server-timeout", "wait", 504)      \
	X(SESSION_CLOSED, "service-unavailable", "cancel", 510)             \
	X(REDIRECT, "redirect", "modify", 302)                              \
	X(GONE, "gone", "cancel", 302)

enum stanza_error {
#define STANZA_ERROR_ENUM(name, condition, type, code) E_##name,
	STANZA_ERROR_LIST(STANZA_ERROR_ENUM)
#undef STANZA_ERROR_ENUM
	E_COUNT
};

/* By STANZA_ERROR_LIST: the element's name, "cancel" ..., the code of before XMPP. */
const char *stanza_error_condition(enum stanza_error e);
const char *stanza_error_type(enum stanza_error e);
int stanza_error_code(enum stanza_error e);

/*
 * Writes <error code type [by]><condition/>[<text xml:lang>]</error>, the
 * condition first (PROTOCOL D.14). text and by may be absent; uri is the
 * content of redirect and gone, else absent.
 * Tells where in the buffer it stands, for who would put the text first too
 * (C.9, error_cdata): `content` is the first byte inside <error>, `words` the
 * text as it was escaped, of `len` bytes.
 */
struct stanza_error_place {
	size_t content;
	size_t words;
	size_t len;
};
struct stanza_error_place stanza_error_write(struct xw *w, enum stanza_error e, const char *by,
	const char *lang, struct slice text, struct slice uri);

/*
 * Reads an <error/> received: by its condition, else by its code (legacy
 * codes, the table backwards), else E_UNDEFINED_CONDITION. `e` is the stanza.
 */
enum stanza_error stanza_error_read(const struct elem *stanza);

#endif
