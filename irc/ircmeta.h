/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCMETA_H
#define IRC_IRCMETA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/intern.h"
#include "base/share.h"
#include "base/slice.h"

/*
 * What people and channels say of themselves (draft/metadata-2, PROTOCOL F.1): a
 * value for each of a few keys, under the folded name of whom they are of. Values
 * are UTF-8 and interned: what many connections are told is kept once.
 *
 * A server may send what it likes: keys other than these are not kept, nor is a
 * value that is longer than META_VALUE_MAX, nor anything over META_BYTES_MAX in
 * all of one connection. All connections together have META_TOTAL (base/share.h):
 * when that is full, whoever has most forgets whom it was told of longest ago.
 * Who says nothing costs nothing.
 */
enum irc_meta { /* in the order in which they are subscribed to */
	META_AVATAR,       /* a URL, perhaps with {size} in it */
	META_DISPLAY_NAME,
	META_HOMEPAGE,     /* a URL */
	META_STATUS,
	META_PRONOUNS,
	META_BOT,          /* a program: what it is called */
	META_COLOR,        /* #rrggbb */
	META_KEYS
};

enum { META_VALUE_MAX = 1000 };
#define META_BYTES_MAX ((size_t)4 << 20) /* entries, their names, values */
#define META_TOTAL ((size_t)128 << 20)

const char *irc_meta_name(enum irc_meta key);
/* META_KEYS: it is none of them. */
enum irc_meta irc_meta_find(struct slice name);

struct metas;

/* Somebody was forgotten for want of place: `keys` are bits of what was known. */
typedef void metas_lost_fn(void *ctx, const struct istr *target, unsigned keys);

/*
 * owner: of a share of META_TOTAL; NULL: nobody shares. lost is called while
 * others, or these, are being set; it must not change any metas.
 */
struct metas *metas_create(struct share_owner *owner, metas_lost_fn *lost,
	void *ctx);
void metas_destroy(struct metas *s); /* NULL is fine */

enum metas_result { METAS_SAME, METAS_CHANGED, METAS_REFUSED };
/*
 * Empty or absent: it is not set any more. What is refused (too long, no UTF-8,
 * no place) is not set either: the old value would be a lie.
 */
enum metas_result metas_set(struct metas *s, const struct istr *target,
	enum irc_meta key, struct slice value);
/* Absent: nothing is known. s and target may be NULL. */
struct slice metas_get(const struct metas *s, const struct istr *target,
	enum irc_meta key);
void metas_forget(struct metas *s, const struct istr *target);
/*
 * As another connection knew it, until the server has said what is so now: only
 * where nothing is known. false: it is not kept.
 */
bool metas_believe(struct metas *s, const struct istr *target,
	enum irc_meta key, struct slice value);
/* All was said: what is only believed goes. Bits of what that was. */
unsigned metas_settle(struct metas *s, const struct istr *target);
bool metas_unsettled(const struct metas *s); /* of anybody */
/* Somebody, taken out: the name, a reference of the caller's; NULL: nobody. */
const struct istr *metas_take(struct metas *s, unsigned *keys);
/* Called otherwise now; what was known under that name goes. */
void metas_rename(struct metas *s, const struct istr *from,
	const struct istr *to);
size_t metas_bytes(const struct metas *s);

#endif
