/* SPDX-License-Identifier: MIT */
#include "mapping/errmap.h"

#include <stdlib.h>
#include <string.h>

struct row {
	int numeric;
	enum stanza_error error;
};

static int by_numeric(const void *key, const void *row)
{
	return *(const int *)key - ((const struct row *)row)->numeric;
}

static bool look_up(const struct row *rows, size_t n, int numeric,
	struct fault *fault)
{
	const struct row *row =
		bsearch(&numeric, rows, n, sizeof *rows, by_numeric);

	if (row == NULL) {
		return false;
	}
	fault->error = row->error;
	fault->text = NULL;
	return true;
}

#define LOOK_UP(rows, numeric, fault) \
	look_up(rows, sizeof rows / sizeof *rows, numeric, fault)

/* Sorted by numeric, as all below; tests check it. */
static const struct row join_rows[] = {
	{263, E_RESOURCE_CONSTRAINT},
	{403, E_NOT_ALLOWED},
	{405, E_RESOURCE_CONSTRAINT},
	{437, E_RESOURCE_CONSTRAINT},
	{439, E_RESOURCE_CONSTRAINT},
	{448, E_NOT_ALLOWED},
	{461, E_BAD_REQUEST},
	{465, E_FORBIDDEN},
	{470, E_REDIRECT},
	{471, E_ROOM_FULL},
	{473, E_REGISTRATION_REQUIRED},
	{474, E_FORBIDDEN},
	{475, E_NOT_AUTHORIZED},
	{476, E_NOT_ALLOWED},
	{477, E_REGISTRATION_REQUIRED},
	{479, E_NOT_ALLOWED},
	{480, E_RESOURCE_CONSTRAINT},
	{484, E_FORBIDDEN},
	{489, E_NOT_ALLOWED},
	{490, E_NOT_ALLOWED},
	{495, E_RESOURCE_CONSTRAINT},
	{520, E_NOT_ALLOWED},
	{926, E_NOT_ALLOWED},
};

/* ngIRCd answers several refusals with 471 and the mode in the text (D.2). */
static enum stanza_error full_error(struct slice text)
{
	static const struct {
		const char *mode;
		enum stanza_error error;
	} modes[] = {
		{"(+R)", E_REGISTRATION_REQUIRED},
		{"(+z)", E_NOT_ALLOWED},
		{"(+O)", E_NOT_ALLOWED},
	};

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (text.len > 0 &&
			memmem(text.p, text.len, modes[i].mode, 4) != NULL) {
			return modes[i].error;
		}
	}
	return E_ROOM_FULL;
}

/* A name that no server takes: spaces, commas, BEL, controls. */
static bool name_is_illegal(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= 0x20 || c == ',' || c == 0x7f) {
			return true;
		}
	}
	return name.len == 0 || strchr("#&+!", name.p[0]) == NULL;
}

bool errmap_join(int numeric, struct slice channel, struct slice text,
	struct fault *fault)
{
	if (!LOOK_UP(join_rows, numeric, fault)) {
		return false;
	}
	if (numeric == 471) {
		fault->error = full_error(text);
	}
	if ((numeric == 403 || numeric == 476 || numeric == 479 ||
		    numeric == 448) &&
		name_is_illegal(channel)) {
		fault->error = E_JID_MALFORMED;
	}
	return true;
}

static const struct row nick_rows[] = {
	{431, E_JID_MALFORMED},
	{432, E_JID_MALFORMED},
	{433, E_CONFLICT},
	{435, E_NOT_ACCEPTABLE},
	{436, E_CONFLICT},
	{437, E_NOT_ACCEPTABLE},
	{438, E_NOT_ACCEPTABLE},
	{447, E_NOT_ACCEPTABLE},
	{484, E_NOT_ACCEPTABLE},
};

bool errmap_nick(int numeric, struct fault *fault)
{
	return LOOK_UP(nick_rows, numeric, fault);
}

static const struct row message_rows[] = {
	{263, E_RESOURCE_CONSTRAINT},
	{401, E_ITEM_NOT_FOUND},
	{402, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND},
	{404, E_FORBIDDEN},
	{407, E_RESOURCE_CONSTRAINT},
	{408, E_ITEM_NOT_FOUND},
	{411, E_BAD_REQUEST},
	{412, E_BAD_REQUEST},
	{413, E_BAD_REQUEST},
	{414, E_BAD_REQUEST},
	{415, E_FORBIDDEN},
	{416, E_RESOURCE_CONSTRAINT},
	{417, E_NOT_ACCEPTABLE},
	{439, E_RESOURCE_CONSTRAINT},
	{440, E_ROOM_FULL}, /* services are away: unavailable, but wait */
	{442, E_NOT_ACCEPTABLE},
	{477, E_FORBIDDEN},
	{480, E_FORBIDDEN},
	{486, E_FORBIDDEN},
	{487, E_FORBIDDEN},
	{489, E_FORBIDDEN},
	{492, E_NOT_ALLOWED},
	{493, E_FORBIDDEN},
	{494, E_FORBIDDEN},
	{531, E_FORBIDDEN},
	{716, E_FORBIDDEN},
	{936, E_NOT_ACCEPTABLE},
	{937, E_NOT_ACCEPTABLE},
};

bool errmap_message(int numeric, bool room, bool known, struct fault *fault)
{
	if (!LOOK_UP(message_rows, numeric, fault)) {
		return false;
	}
	if (numeric == 401 && known) {
		fault->error = E_RECIPIENT_UNAVAILABLE;
	}
	if (numeric == 401 && room) {
		fault->error = E_NOT_ACCEPTABLE;
	}
	return true;
}

static const struct row invite_rows[] = {
	{401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND},
	{407, E_RESOURCE_CONSTRAINT},
	{439, E_RESOURCE_CONSTRAINT},
	{442, E_NOT_ACCEPTABLE},
	{443, E_CONFLICT},
	{473, E_FORBIDDEN},
	{482, E_FORBIDDEN},
	{518, E_NOT_ALLOWED},
	{716, E_FORBIDDEN},
};

bool errmap_invite(int numeric, struct fault *fault)
{
	return LOOK_UP(invite_rows, numeric, fault);
}

static const struct row knock_rows[] = {
	{263, E_RESOURCE_CONSTRAINT},
	{401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND},
	{421, E_FEATURE_NOT_IMPLEMENTED},
	{439, E_RESOURCE_CONSTRAINT},
	{443, E_CONFLICT},
	{461, E_BAD_REQUEST},
	{474, E_FORBIDDEN},
	{480, E_NOT_ALLOWED},
	{712, E_RESOURCE_CONSTRAINT},
	{713, E_CONFLICT},
	{714, E_CONFLICT},
	{715, E_NOT_ALLOWED},
};

bool errmap_knock(int numeric, struct fault *fault)
{
	return LOOK_UP(knock_rows, numeric, fault);
}

/* The first that fits; a pattern may begin or end with `*`. */
void errmap_fail(struct slice code, struct fault *fault)
{
	static const struct {
		const char *code;
		enum stanza_error error;
	} rows[] = {
		{"ACCOUNT_REQUIRED*", E_REGISTRATION_REQUIRED},
		{"INVALID_TARGET", E_ITEM_NOT_FOUND},
		{"ACCOUNT_EXISTS", E_CONFLICT},
		{"ALREADY_AUTHENTICATED", E_CONFLICT},
		{"BAD_ACCOUNT_NAME", E_NOT_ACCEPTABLE},
		{"ACCOUNT_NAME_MUST_BE_NICK", E_NOT_ACCEPTABLE},
		{"WEAK_PASSWORD", E_NOT_ACCEPTABLE},
		{"UNACCEPTABLE_*", E_NOT_ACCEPTABLE},
		{"INVALID_EMAIL", E_NOT_ACCEPTABLE},
		{"INVALID_CODE", E_NOT_ACCEPTABLE},
		{"UNKNOWN_MSGID", E_ITEM_NOT_FOUND},
		{"*_WINDOW_EXPIRED", E_NOT_ALLOWED},
		{"*_FORBIDDEN", E_FORBIDDEN},
		{"CANNOT_*", E_FORBIDDEN},
		{"KEY_NO_PERMISSION", E_FORBIDDEN},
		{"KEY_NOT_SET", E_ITEM_NOT_FOUND},
		{"SUBCOMMAND_INVALID", E_FEATURE_NOT_IMPLEMENTED},
		{"RATE_LIMITED", E_RESOURCE_CONSTRAINT},
		{"LIMIT_REACHED", E_RESOURCE_CONSTRAINT},
		{"TOO_MANY*", E_RESOURCE_CONSTRAINT},
		{"NEED_MORE_PARAMS", E_BAD_REQUEST},
		{"INVALID_PARAMS", E_BAD_REQUEST},
		{"INVALID_UTF8", E_NOT_ACCEPTABLE},
		{"*_TOO_LONG", E_NOT_ACCEPTABLE},
		{"MULTILINE_*", E_NOT_ACCEPTABLE},
		{"VALUE_INVALID", E_NOT_ACCEPTABLE},
		{"KEY_INVALID", E_NOT_ACCEPTABLE},
		{"CHANNEL_NAME_IN_USE", E_CONFLICT},
		{"CHANNEL_RENAMED", E_REDIRECT},
		{"INTERNAL_ERROR", E_INTERNAL_SERVER_ERROR},
		{"TEMPORARILY_UNAVAILABLE", E_INTERNAL_SERVER_ERROR},
	};

	*fault = (struct fault){E_UNDEFINED_CONDITION, NULL};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (irc_mask_match(slice_str(rows[i].code), code)) {
			fault->error = rows[i].error;
			return;
		}
	}
}

static const struct row channel_rows[] = {
	{401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND},
	{441, E_ITEM_NOT_FOUND},
	{442, E_NOT_ACCEPTABLE},
	{461, E_BAD_REQUEST},
	{477, E_FEATURE_NOT_IMPLEMENTED},
	{481, E_FORBIDDEN},
	{482, E_FORBIDDEN},
	{484, E_FORBIDDEN},
	{485, E_FORBIDDEN},
	{499, E_FORBIDDEN},
	{744, E_FORBIDDEN},
	{974, E_FORBIDDEN},
};

bool errmap_channel(int numeric, struct fault *fault)
{
	return LOOK_UP(channel_rows, numeric, fault);
}

static const struct row moderation_rows[] = {
	{263, E_RESOURCE_CONSTRAINT},
	{401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND},
	{415, E_NOT_ACCEPTABLE},
	{441, E_ITEM_NOT_FOUND},
	{442, E_NOT_ACCEPTABLE},
	{461, E_BAD_REQUEST},
	{467, E_CONFLICT},
	{468, E_NOT_ALLOWED},
	{472, E_FEATURE_NOT_IMPLEMENTED},
	{477, E_FEATURE_NOT_IMPLEMENTED},
	{478, E_RESOURCE_CONSTRAINT},
	{481, E_FORBIDDEN},
	{482, E_FORBIDDEN},
	{483, E_FORBIDDEN},
	{484, E_FORBIDDEN},
	{485, E_FORBIDDEN},
	{488, E_NOT_ALLOWED},
	{489, E_NOT_ALLOWED},
	{490, E_NOT_ALLOWED},
	{491, E_FORBIDDEN},
	{492, E_FORBIDDEN},
	{499, E_FORBIDDEN},
	{501, E_FEATURE_NOT_IMPLEMENTED},
	{525, E_NOT_ACCEPTABLE},
	{696, E_NOT_ACCEPTABLE},
	{742, E_NOT_ALLOWED},
	{743, E_NOT_ALLOWED},
	{744, E_FORBIDDEN},
	{748, E_NOT_ALLOWED},
	{972, E_NOT_ALLOWED},
	{974, E_FORBIDDEN},
};

bool errmap_moderation(int numeric, bool outranks, struct fault *fault)
{
	if (!LOOK_UP(moderation_rows, numeric, fault)) {
		return false;
	}
	if (fault->error == E_FORBIDDEN && outranks) {
		fault->error = E_NOT_ALLOWED;
	}
	return true;
}

bool errmap_knows(int numeric)
{
	struct fault fault;

	return errmap_join(numeric, slice_str("#"), slice(NULL, 0), &fault) ||
		errmap_nick(numeric, &fault) ||
		errmap_message(numeric, false, false, &fault) ||
		errmap_invite(numeric, &fault) ||
		errmap_channel(numeric, &fault) ||
		errmap_moderation(numeric, false, &fault);
}
