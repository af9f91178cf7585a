/* SPDX-License-Identifier: MIT */
#include "irc/caps.h"

#include <assert.h>

#include "base/err.h"

enum { REQUEST_NAMES = 8 };

/* In the order of asking. */
static const char *const table[] = {
	"multi-prefix",
	"userhost-in-names",
	"away-notify",
	"account-notify",
	"account-tag",
	"extended-join",
	"chghost",
	"setname",
	"server-time",
	"message-tags",
	"batch",
	"invite-notify",
	"extended-monitor",
	"draft/channel-rename",
	"draft/account-registration",
	"sasl", /* only when somebody logs in */
	"echo-message",
	"labeled-response",
	"draft/multiline",
	"standard-replies",
	"inspircd.org/standard-replies",
	"draft/message-redaction",
	"draft/extended-isupport",
	"draft/pre-away",
	"draft/read-marker",
	"draft/metadata-2", /* only with batch */
};

enum { CAPS = sizeof table / sizeof table[0] };
static_assert(CAPS <= 64, "a bit for each");

/* Those whose values are of use; `sts` is never asked for (F.1). */
static const char *const valued[CAPS_VALUES] = {
	"sasl", "draft/multiline", "sts", "draft/account-registration",
	"draft/metadata-2",
};

static uint64_t bit_of(struct slice name)
{
	for (unsigned i = 0; i < CAPS; i++) {
		if (slice_is(name, table[i])) {
			return UINT64_C(1) << i;
		}
	}
	return 0;
}

static int value_of(struct slice name)
{
	for (int i = 0; i < CAPS_VALUES; i++) {
		if (slice_is(name, valued[i])) {
			return i;
		}
	}
	return -1;
}

/* "name", "name=value"; ACK may say "-name". *off gets the names so marked. */
static uint64_t read_list(struct slice list, uint64_t *off)
{
	uint64_t bits = 0;

	*off = 0;
	while (list.len > 0) {
		struct slice word = slice_cut(&list, ' ');
		bool minus = word.len > 0 && word.p[0] == '-';
		uint64_t bit;

		if (word.len > 0 && (minus || word.p[0] == '~' ||
			word.p[0] == '=')) {
			word.p++;
			word.len--;
		}
		bit = bit_of(slice_cut(&word, '='));
		bits |= bit;
		*off |= minus ? bit : 0;
	}
	return bits;
}

static void request(struct caps *c, uint64_t bits, unsigned each,
	caps_send_fn *fn, void *ctx)
{
	char space[256];
	struct buf line = {.p = space, .cap = sizeof space, .max = 255};
	unsigned names = 0;

	bits &= ~c->off;
	if (!c->login) {
		bits &= ~bit_of(slice_str("sasl"));
	}
	if (((c->offered | c->on) & ~c->off & bit_of(slice_str("batch"))) == 0) {
		bits &= ~bit_of(slice_str("draft/metadata-2"));
	}
	c->waiting |= bits;
	for (unsigned i = 0; i < CAPS; i++) {
		if ((bits >> i & 1) == 0) {
			continue;
		}
		buf_add_str(&line, names == 0 ? "CAP REQ :" : " ");
		buf_add_str(&line, table[i]);
		if (++names == each) {
			fn(ctx, buf_slice(&line));
			line.len = 0;
			names = 0;
		}
	}
	if (names > 0) {
		fn(ctx, buf_slice(&line));
	}
}

static void end_when_done(struct caps *c, caps_send_fn *fn, void *ctx)
{
	if (c->open && !c->hold && caps_settled(c)) {
		c->open = false;
		fn(ctx, slice_str("CAP END"));
	}
}

bool caps_known(struct slice name)
{
	return bit_of(name) != 0;
}

void caps_start(struct caps *c, bool login, const char *const *off,
	size_t noff)
{
	*c = (struct caps){
		.listing = true, .open = true, .login = login, .hold = login,
	};
	for (size_t i = 0; i < noff; i++) {
		c->off |= bit_of(slice_str(off[i]));
	}
}

void caps_finish(struct caps *c)
{
	for (int i = 0; i < CAPS_VALUES; i++) {
		istr_set(&c->values[i], NULL);
	}
}

bool caps_settled(const struct caps *c)
{
	return !c->listing && c->waiting == 0;
}

void caps_login_over(struct caps *c, caps_send_fn *fn, void *ctx)
{
	c->hold = false;
	end_when_done(c, fn, ctx);
}

void caps_give_up(struct caps *c, bool unknown, caps_send_fn *fn, void *ctx)
{
	c->listing = false;
	c->waiting = 0;
	if (unknown) {
		c->open = false;
	}
	end_when_done(c, fn, ctx);
}

static void handle_offer(struct caps *c, uint64_t bits, bool more,
	caps_send_fn *fn, void *ctx)
{
	c->offered |= bits;
	if (!more) {
		c->listing = false;
		request(c, c->offered & ~c->on & ~c->waiting, REQUEST_NAMES, fn,
			ctx);
	}
}

static void handle_nak(struct caps *c, uint64_t bits, caps_send_fn *fn,
	void *ctx)
{
	uint64_t again = bits & c->waiting & ~c->alone;

	c->waiting &= ~bits;
	if ((bits & (bits - 1)) == 0) {
		again = 0;
	}
	c->offered &= ~(bits & ~again); /* until it is NEW */
	c->alone |= again;
	request(c, again, 1, fn, ctx);
}

/* What LS and NEW say; DEL: that they say it no more. */
static void keep_values(struct caps *c, struct slice list, bool gone)
{
	while (list.len > 0) {
		struct slice value = slice_cut(&list, ' ');
		int i = value_of(slice_cut(&value, '='));

		if (i < 0) {
			continue;
		}
		if (value.p == NULL || value.len > CAPS_VALUE_MAX) {
			value = slice("", 0);
		}
		istr_set(&c->values[i],
			gone ? NULL : intern(value.p, value.len));
	}
}

/* CAP <nick or *> <subcommand> [*] :<list> */
static bool goes_on(const struct ircmsg *m)
{
	return m->nparams > 3 && slice_is(m->params[2], "*");
}

bool caps_listed(const struct ircmsg *m)
{
	return slice_is_nocase(ircmsg_param(m, 1), "LS") && !goes_on(m);
}

void caps_input(struct caps *c, const struct ircmsg *m, caps_send_fn *fn,
	void *ctx)
{
	struct slice word = ircmsg_param(m, 1);
	bool more = goes_on(m);
	uint64_t off;
	struct slice list = m->nparams > 2 ? ircmsg_last(m) : slice(NULL, 0);
	uint64_t bits = read_list(list, &off);

	if (slice_is_nocase(word, "LS") && c->listing) {
		keep_values(c, list, false);
		handle_offer(c, bits, more, fn, ctx);
	} else if (slice_is_nocase(word, "NEW")) {
		keep_values(c, list, false);
		c->alone &= ~bits;
		handle_offer(c, bits, c->listing, fn, ctx);
	} else if (slice_is_nocase(word, "DEL")) {
		keep_values(c, list, true);
		c->offered &= ~bits;
		c->on &= ~bits;
		c->waiting &= ~bits;
	} else if (slice_is_nocase(word, "ACK")) {
		c->waiting &= ~bits;
		c->on = (c->on | (bits & c->offered)) & ~off;
	} else if (slice_is_nocase(word, "NAK")) {
		handle_nak(c, bits, fn, ctx);
	}
	end_when_done(c, fn, ctx);
}

bool caps_on(const struct caps *c, const char *name)
{
	return (c->on & bit_of(slice_str(name))) != 0;
}

bool caps_wanted(const struct caps *c, const char *name)
{
	return (c->off & bit_of(slice_str(name))) == 0;
}

struct slice caps_value(const struct caps *c, const char *name)
{
	int i = value_of(slice_str(name));

	must(i >= 0);
	return istr_slice(c->values[i]);
}

struct slice caps_offered(const struct ircmsg *m, const char *name)
{
	struct slice word = ircmsg_param(m, 1);
	struct slice list = m->nparams > 2 ? ircmsg_last(m) : slice(NULL, 0);

	if (!slice_is_nocase(word, "LS") && !slice_is_nocase(word, "NEW")) {
		return slice(NULL, 0);
	}
	while (list.len > 0) {
		struct slice value = slice_cut(&list, ' ');

		if (slice_is(slice_cut(&value, '='), name)) {
			return value.p != NULL ? value : slice("", 0);
		}
	}
	return slice(NULL, 0);
}

bool caps_offers(const struct ircmsg *m, const char *name)
{
	return caps_offered(m, name).p != NULL;
}
