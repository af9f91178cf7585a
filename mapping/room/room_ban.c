/* SPDX-License-Identifier: MIT */
#include "mapping/room/room.h"

/*
 * Bans set a moment ago: on IRC somebody is banned and then kicked, for clients
 * that is one thing (D.6: 301, outcast).
 */
enum { BAN_MS = 5000 };

static void keep(struct room *r, const struct ircsource *by, struct slice mask)
{
	struct room_ban *ban = &r->bans[r->next_ban++ % ROOM_BANS];

	if (mask.len == 0 || mask.len > CASEMAP_NAME_MAX) {
		return;
	}
	istr_set(&ban->mask, intern(mask.p, mask.len));
	istr_set(&ban->by, casemap_intern(r->session->casemap, by->nick));
	ban->at = r->session->user->mapping->clock->now_ms;
}

void room_bans_note(struct room *r, const struct ircsource *by,
	struct slice words)
{
	const struct isupport *is = ircnet_isupport(r->net);
	struct slice letters = slice_cut(&words, ' ');
	bool set = true;

	for (size_t i = 0; i < letters.len; i++) {
		enum mode_kind kind = isupport_mode_kind(is, letters.p[i]);
		struct slice arg = {0};

		if (letters.p[i] == '+' || letters.p[i] == '-') {
			set = letters.p[i] == '+';
			continue;
		}
		if (kind == MODE_LIST || kind == MODE_ALWAYS ||
			(kind == MODE_ON_SET && set)) {
			arg = slice_cut(&words, ' ');
		}
		if (letters.p[i] == 'b' && set) {
			keep(r, by, arg);
		}
	}
}

/* "~a:eve", as ACCOUNTEXTBAN has it; other extbans say nothing of who. */
static bool names_account(
	const struct isupport *is, struct slice mask, const struct istr *account)
{
	struct slice names = slice_str(is->account_extban);
	struct slice name;

	if (account == NULL || names.len == 0) {
		return false;
	}
	if (is->extban[0] != ',' && is->extban[0] != '\0') {
		if (mask.len == 0 || mask.p[0] != is->extban[0]) {
			return false;
		}
		mask.p++;
		mask.len--;
	}
	name = slice_cut(&mask, ':');
	while (names.len > 0) {
		if (slice_eq(slice_cut(&names, ','), name)) {
			return slice_is_nocase(mask, account->p);
		}
	}
	return false;
}

bool room_ban_matches(const struct room *r, const struct ircsource *by,
	const struct ircuser *u)
{
	enum casemap cm = r->session->casemap;
	const struct istr *who = casemap_lookup(cm, by->nick);
	uint64_t now = r->session->user->mapping->clock->now_ms;
	struct buf full;
	bool matches = false;

	if (who == NULL || r->bans[0].mask == NULL) {
		return false;
	}
	buf_init(&full, 2048);
	buf_add_slice(&full, istr_slice(u->nick));
	buf_add_char(&full, '!');
	buf_add_slice(&full, istr_slice(ircuser_host(u)));
	for (int i = 0; i < ROOM_BANS && !matches; i++) {
		const struct room_ban *ban = &r->bans[i];

		if (ban->mask == NULL || ban->by != who ||
			now - ban->at > BAN_MS) {
			continue;
		}
		matches = irc_mask_match(istr_slice(ban->mask),
				  buf_slice(&full)) ||
			names_account(ircnet_isupport(r->net),
				istr_slice(ban->mask), ircuser_account(u));
	}
	buf_finish(&full);
	return matches;
}

void room_bans_forget(struct room *r)
{
	for (int i = 0; i < ROOM_BANS; i++) {
		istr_set(&r->bans[i].mask, NULL);
		istr_set(&r->bans[i].by, NULL);
	}
}
