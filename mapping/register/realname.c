/* SPDX-License-Identifier: MIT */
#include "mapping/register/realname.h"

#include <string.h>

#include "mapping/advice.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

void realname_said(struct session *s, const char *name)
{
	istr_set(&s->realname, name ? intern(name, strlen(name)) : NULL);
}

void realname_forget(struct session *s)
{
	istr_set(&s->realname, NULL);
}

static const char *registered_name(const struct session *s)
{
	const struct account *a = account_find(core(s), s->user->entry.key->p);

	return a != NULL && a->registered ?
		account_setting(a, s->network, SET_NAME) :
		NULL;
}

static bool is_known(const struct session *s, const char *name)
{
	return slice_eq(istr_slice(s->realname), slice_str(name));
}

/* Without a name in the registration it is the nick, as in USER. */
static bool tell_irc(struct session *s, const char *name)
{
	struct slice word = name != NULL ? slice_str(name) :
					   ircnet_nick_now(s->net);

	return ircnet_cap(s->net, "setname") &&
		ircnet_command(s->net, "SETNAME", NULL, 0, word) == ERR_OK;
}

static void follow(struct session *s, bool quiet)
{
	const char *name = registered_name(s);

	if (!session_is_up(s) || is_known(s, name)) {
		return;
	}
	realname_said(s, name);
	if (s->jid_shown || tell_irc(s, name) || quiet) {
		return;
	}
	session_headline(s, N_("Notice"),
		slice_str(text(core(s), user_lang(s->user),
			"Your new real name counts from your next connection "
			"to this network. To use it now, send disconnect and "
			"then connect to this address.")));
}

void realname_follow(struct session *s)
{
	follow(s, false);
}

void realname_follow_quietly(struct user *u)
{
	list_each(it, &u->sessions) {
		follow(list_entry(it, struct session, link), true);
	}
}

bool realname_failed(struct session *s, const struct ircmsg *m)
{
	struct fault fault = {E_NOT_ACCEPTABLE, NULL};

	if (!ircmsg_is(m, "FAIL") ||
		!slice_is_nocase(ircmsg_param(m, 0), "SETNAME")) {
		return false;
	}
	advise_fail(core(s), &fault, ircmsg_param(m, 1), ircmsg_last(m));
	if (fault.text != NULL) {
		session_headline(s, N_("Error"),
			slice_str(text_whole(core(s), user_lang(s->user),
				fault.text)));
	}
	return true;
}
