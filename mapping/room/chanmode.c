/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanmode.h"

#include <string.h>

/* Words of the versions in 004. The first row that the server has decides. */
#define CHARYBDIS "charybdis solanum ratbox"
#define UNDERNET  "u2."

static const struct row {
	enum chanmode mode;
	char letter;
	const char *kinds; /* servers; NULL: all, but `never` */
	const char *never;
} rows[] = {
	{CHANMODE_INVITE_ONLY, 'i', NULL, NULL},
	{CHANMODE_MODERATED, 'm', NULL, NULL},
	{CHANMODE_NO_EXTERNAL, 'n', NULL, NULL},
	{CHANMODE_PRIVATE, 'p', NULL, NULL},
	{CHANMODE_SECRET, 's', NULL, NULL},
	{CHANMODE_TOPIC_LOCKED, 't', NULL, NULL},
	/* On Undernet's kind +P hides who leaves. */
	{CHANMODE_PERMANENT, 'P', NULL, UNDERNET},
	{CHANMODE_REGISTERED, 'r', NULL, CHARYBDIS " " UNDERNET},
	{CHANMODE_ALL_INVITE, 'A', "InspIRCd", NULL},
	{CHANMODE_ALL_INVITE, 'g', CHARYBDIS, NULL},
	{CHANMODE_ACCOUNTS_JOIN, 'r', CHARYBDIS " " UNDERNET, NULL},
	{CHANMODE_ACCOUNTS_JOIN, 'R', NULL, CHARYBDIS},
	{CHANMODE_ACCOUNTS_SPEAK, 'M', NULL, NULL},
	/* InspIRCd's and UnrealIRCd's +S takes colours out, hybrid's +z no. */
	{CHANMODE_TLS_ONLY, 'S', "hybrid " CHARYBDIS, NULL},
	{CHANMODE_TLS_ONLY, 'z', "ngircd InspIRCd Unreal", NULL},
	{CHANMODE_NO_COLORS, 'c', NULL, NULL},
	{CHANMODE_NO_COLORS, 'S', "InspIRCd Unreal", NULL},
	{CHANMODE_NO_CTCP, 'C', NULL, NULL},
};

static bool is_one_of(struct slice version, const char *kinds)
{
	struct slice list = slice_str(kinds);

	while (list.len > 0) {
		struct slice kind = slice_cut(&list, ' ');

		if (version.len >= kind.len &&
			memmem(version.p, version.len, kind.p, kind.len)) {
			return true;
		}
	}
	return false;
}

static bool holds(const struct row *r, enum chanmode mode, struct slice version)
{
	return r->mode == mode &&
	       (r->kinds == NULL || is_one_of(version, r->kinds)) &&
	       !is_one_of(version, r->never);
}

char chanmode_letter(const struct ircnet *net, enum chanmode mode)
{
	const struct isupport *is = ircnet_isupport(net);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];

		if (holds(r, mode, ircnet_version(net)) &&
			isupport_has_mode(is, r->letter) &&
			isupport_mode_kind(is, r->letter) == MODE_NEVER) {
			return r->letter;
		}
	}
	return 0;
}

bool chanmode_among(
	const struct ircnet *net, enum chanmode mode, uint64_t modes)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (holds(&rows[i], mode, ircnet_version(net)) &&
			(modes & chan_mode_bit(rows[i].letter)) != 0) {
			return true;
		}
	}
	return false;
}
