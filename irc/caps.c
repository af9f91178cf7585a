/* SPDX-License-Identifier: MIT */
#include "irc/caps.h"

#include <assert.h>

#include "base/err.h"

enum { REQUEST_NAMES = 8 };

/* In the order of asking; of no use, or not allowed, without the other one. */
static const struct {
	const char *name;
	const char *needs;
} table[] = {
	{"multi-prefix", NULL},
	{"userhost-in-names", NULL},
	{"away-notify", NULL},
	{"account-notify", NULL},
	{"account-tag", NULL},
	{"extended-join", NULL},
	{"chghost", NULL},
	{"setname", NULL},
	{"server-time", NULL},
	{"message-tags", NULL},
	{"batch", NULL},
	{"invite-notify", NULL},
	{"extended-monitor", NULL},
	{"draft/channel-rename", NULL},
	{"draft/account-registration", NULL},
	{"sasl", NULL}, /* only when somebody logs in */
	{"echo-message", NULL},
	{"labeled-response", "batch"},
	{"draft/multiline", "batch"},
	{"standard-replies", NULL},
	{"inspircd.org/standard-replies", NULL},
	{"draft/message-redaction", "message-tags"},
	{"draft/extended-isupport", NULL},
	{"draft/pre-away", NULL},
	{"draft/read-marker", NULL},
	{"draft/metadata-2", "batch"},
};

enum { CAPS = sizeof table / sizeof table[0] };
static_assert(CAPS <= 64, "a bit for each");

/* Those whose values are of use; `sts` is never asked for (F.1). */
static const char *const valued[CAPS_VALUES] = {
	"sasl", "draft/multiline", "sts", "draft/account-registration",
	"draft/metadata-2",
};

/* Each line asks for some: most differ in their first letter. */
static bool is(struct slice name, const char *cap)
{
	return name.len > 0 && name.p[0] == cap[0] && slice_is(name, cap);
}

/* CAPS: none of ours. */
static unsigned place_of(struct slice name)
{
	unsigned i = 0;

	while (i < CAPS && !is(name, table[i].name)) {
		i++;
	}
	return i;
}

static uint64_t bit_of(struct slice name)
{
	unsigned i = place_of(name);

	return i < CAPS ? UINT64_C(1) << i : 0;
}

/* What the one at this place needs is among these. */
static bool is_served(unsigned place, uint64_t bits)
{
	const char *needs = table[place].needs;

	return needs == NULL || (bits & bit_of(slice_str(needs))) != 0;
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

/* Of these, what is wanted and what the server has the need of. */
static uint64_t may_ask(const struct caps *c, uint64_t bits)
{
	uint64_t there = (c->offered | c->on) & ~c->off;

	bits &= ~c->off;
	if (!c->login) {
		bits &= ~bit_of(slice_str("sasl"));
	}
	for (unsigned i = 0; i < CAPS; i++) {
		if (!is_served(i, there)) {
			bits &= ~(UINT64_C(1) << i);
		}
	}
	return bits;
}

static void send_request(struct caps *c, struct buf *line, uint64_t asked,
	caps_send_fn *fn, void *ctx)
{
	unsigned i = 0;

	while (i < CAPS_LINES && c->lines[i] != 0) {
		i++;
	}
	if (i < CAPS_LINES) {
		c->lines[i] = asked;
	}
	fn(ctx, buf_slice(line));
	line->len = 0;
}

/*
 * The line of ours that a refusal is of: some servers repeat the beginning of it
 * only. A line is accepted or refused as a whole.
 */
static uint64_t refused_line(const struct caps *c, uint64_t bits)
{
	for (unsigned i = 0; i < CAPS_LINES; i++) {
		if (c->lines[i] != 0 &&
			((c->lines[i] & bits) != 0 || bits == 0)) {
			return c->lines[i] | bits;
		}
	}
	return bits;
}

/* These are answered; lines stay in the order of asking. */
static void strike(struct caps *c, uint64_t bits)
{
	unsigned left = 0;

	for (unsigned i = 0; i < CAPS_LINES; i++) {
		uint64_t line = c->lines[i] & ~bits;

		c->lines[i] = 0;
		if (line != 0) {
			c->lines[left++] = line;
		}
	}
	c->waiting &= ~bits;
}

static void request(struct caps *c, uint64_t bits, unsigned each,
	caps_send_fn *fn, void *ctx)
{
	char space[256];
	struct buf line = {.p = space, .cap = sizeof space, .max = 255};
	uint64_t asked = 0;
	unsigned names = 0;

	bits = may_ask(c, bits);
	c->waiting |= bits;
	for (unsigned i = 0; i < CAPS; i++) {
		if ((bits >> i & 1) == 0) {
			continue;
		}
		buf_add_str(&line, names == 0 ? "CAP REQ :" : " ");
		buf_add_str(&line, table[i].name);
		asked |= UINT64_C(1) << i;
		if (++names == each) {
			send_request(c, &line, asked, fn, ctx);
			asked = 0;
			names = 0;
		}
	}
	if (names > 0) {
		send_request(c, &line, asked, fn, ctx);
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
	strike(c, UINT64_MAX);
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
	uint64_t again;

	bits = refused_line(c, bits);
	again = bits & c->waiting & ~c->alone;
	strike(c, bits);
	if ((bits & (bits - 1)) == 0) {
		again = 0;
	}
	c->offered &= ~(bits & ~again); /* until it is NEW */
	c->alone |= again;
	request(c, again, 1, fn, ctx);
}

/* Of several lines: nothing changes before the last one. */
static void handle_ack(struct caps *c, uint64_t bits, uint64_t off, bool more)
{
	c->acked = (c->acked | bits) & ~off;
	c->struck = (c->struck | off) & ~(bits & ~off);
	if (more) {
		return;
	}
	strike(c, c->acked | c->struck);
	c->on = (c->on | (c->acked & c->offered & ~c->off)) & ~c->struck;
	c->acked = 0;
	c->struck = 0;
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
		c->acked &= ~bits;
		strike(c, bits);
	} else if (slice_is_nocase(word, "ACK")) {
		handle_ack(c, bits, off, more);
	} else if (slice_is_nocase(word, "NAK")) {
		handle_nak(c, bits, fn, ctx);
	}
	end_when_done(c, fn, ctx);
}

bool caps_on(const struct caps *c, const char *name)
{
	unsigned i = place_of(slice_str(name));

	return i < CAPS && (c->on >> i & 1) != 0 && is_served(i, c->on);
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
