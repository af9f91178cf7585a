/* SPDX-License-Identifier: MIT */
#include "mapping/room/knock.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

static void knocked(struct room *r, struct slice who, struct slice why)
{
	struct mapping *m = r->session->user->mapping;
	const char *lang = user_lang(r->session->user);
	struct buf line;

	who = out_clean(m, who);
	why = out_clean(m, why);
	buf_init(&line, 2048);
	if (why.len > 0) {
		buf_addf(&line,
			text(m, lang, "%.*s asks to be let in (%.*s). Invite "
				"them if you want them here."),
			SLICE_ARG(who), SLICE_ARG(why));
	} else {
		buf_addf(&line,
			text(m, lang, "%.*s asks to be let in. Invite them if "
				"you want them here."),
			SLICE_ARG(who));
	}
	room_notice(r, buf_cstr(&line));
	buf_finish(&line);
}

/* What stands before the name; false: something else does. */
static bool cut_front(struct slice *text, const char *front)
{
	size_t len = strlen(front);

	if (text->len <= len || memcmp(text->p, front, len) != 0) {
		return false;
	}
	*text = slice(text->p + len, text->len - len);
	return true;
}

/*
 * User NICK is KNOCKing on #c (why): InspIRCd; KNOCK: #c (NICK [u@h] has asked for
 * an invite): hybrid; [Knock] by NICK!u@h (why): UnrealIRCd; *** KNOCK by: others.
 */
bool knock_on_notice(struct room *r, const struct irc_text *t)
{
	struct slice rest = t->text;
	struct slice who;

	if (!t->from_server || t->history || t->status == '\0' ||
		t->kind != IRC_NOTICE || r->chan == NULL) {
		return false;
	}
	if (cut_front(&rest, "User ")) {
		who = slice_cut(&rest, ' ');
		if (!cut_front(&rest, "is KNOCKing on ")) {
			return false;
		}
		(void)slice_cut(&rest, ' ');
	} else if (cut_front(&rest, "KNOCK: ")) {
		(void)slice_cut(&rest, ' ');
		(void)cut_front(&rest, "(");
		who = slice_cut(&rest, ' ');
		rest = slice(NULL, 0);
	} else if (cut_front(&rest, "[Knock] by ") ||
		cut_front(&rest, "*** KNOCK by ")) {
		who = slice_cut(&rest, ' ');
	} else {
		return false;
	}
	if (rest.len > 1 && rest.p[0] == '(' && rest.p[rest.len - 1] == ')') {
		rest = slice(rest.p + 1, rest.len - 2);
	}
	knocked(r, who, slice_trim(rest));
	return true;
}

bool knock_on_numeric(struct session *s, int numeric, const struct ircmsg *msg)
{
	struct room *r;

	if (numeric != 710) {
		return false;
	}
	r = session_room(s, ircmsg_param(msg, 1));
	if (r == NULL || r->chan == NULL) {
		return false;
	}
	knocked(r, ircmsg_param(msg, 2), slice(NULL, 0));
	return true;
}
