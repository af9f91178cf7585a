/* SPDX-License-Identifier: MIT */
#include "mapping/room/own.h"

#include <string.h>

#include "base/charset.h"
#include "mapping/network.h"
#include "mapping/register/channel.h"
#include "mapping/register/identity.h"
#include "mapping/room/history.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

static const struct account *account(const struct session *s)
{
	return account_find(s->user->mapping, s->user->entry.key->p);
}

static const struct channel *channel(const struct session *s,
	struct slice name)
{
	return channel_find(account(s), s->network->entry.key->p, s->casemap,
		name);
}

/* ---- reading ---- */

/* Where a value stands in its words, from 1; 0: it is none of them. */
static int place(const char *value, const char *const words[])
{
	for (int i = 0; value != NULL && words[i] != NULL; i++) {
		if (strcmp(value, words[i]) == 0) {
			return i + 1;
		}
	}
	return 0;
}

static void read_own(struct room *r, const struct channel *c)
{
	/* In the order of the enums. */
	static const char *const notices[] = {"all", "people", "none", NULL};
	static const char *const presence[] = {"full", "lazy", NULL};
	const char *history = channel_value(c, CHANNEL_HISTORY);

	r->own = (struct room_own){
		.history = history == NULL ? -1 :
			slice_number(slice_str(history), HISTORY_LINES),
		.notices = (enum own_notices)place(
			channel_value(c, CHANNEL_NOTICES), notices),
		.presence = (enum own_presence)place(
			channel_value(c, CHANNEL_PRESENCE), presence),
	};
}

static void set_charset(struct ircchan *chan, const struct channel *c)
{
	const char *name = channel_value(c, CHANNEL_ENCODING);
	struct charset *charset = NULL;
	bool own = name != NULL &&
		charset_open(slice_str(name), &charset) == ERR_OK;

	ircnet_chan_charset(chan, own, charset);
	charset_unref(charset);
}

enum own_stays own_stays(const struct session *s, struct slice name)
{
	static const char *const words[] = {"yes", "no", NULL};

	return (enum own_stays)place(
		channel_value(channel(s, name), CHANNEL_PERSISTENT), words);
}

/* ---- when ---- */

void own_begin(struct room *r)
{
	read_own(r, channel(r->session, istr_slice(r->name)));
	r->kept = own_stays(r->session, istr_slice(r->name)) == OWN_STAYS;
}

void own_joined(struct room *r, struct ircchan *chan)
{
	const struct channel *c = channel(r->session, istr_slice(r->name));

	read_own(r, c);
	set_charset(chan, c);
}

void own_keep_all(struct session *s)
{
	const struct account *a = account(s);

	if (a == NULL || !a->registered) {
		return;
	}
	list_each(it, &a->channels) {
		const struct channel *c = list_entry(it, struct channel, link);

		if (c->network == s->network->entry.key &&
			own_stays(s, istr_slice(c->name)) == OWN_STAYS) {
			room_keep(s, istr_slice(c->name));
		}
	}
}

static void follow(struct session *s, struct slice name)
{
	enum own_stays stays = own_stays(s, name);
	struct room *r = session_room(s, name);

	if (stays == OWN_STAYS ||
		(stays == OWN_STAYS_AUTO && identity_joins(s, name))) {
		room_keep(s, name);
	} else if (r != NULL) {
		r->kept = false;
		rooms_leave_empty(s);
	}
}

void own_changed(struct mapping *m, const char *bare, const char *network,
	struct slice name, bool stays)
{
	struct user *u = user_find(m, bare);
	struct network *n = network_find(m, slice_str(network));
	struct session *s = u && n ? session_find(u, n) : NULL;
	struct room *r = s ? session_room(s, name) : NULL;

	if (r != NULL) {
		read_own(r, channel(s, name));
		lazy_again(r);
	}
	if (r != NULL && s->net != NULL &&
		ircnet_chan(s->net, istr_slice(r->name)) != NULL) {
		set_charset(ircnet_chan(s->net, istr_slice(r->name)),
			channel(s, name));
	}
	if (s != NULL && stays && session_is_up(s)) {
		follow(s, name);
	}
}

/* ---- what is shown ---- */

bool own_shows(const struct room *r, bool usually)
{
	return r->own.notices == OWN_NOTICES_AUTO ? usually :
		r->own.notices == OWN_NOTICES_ALL;
}

/* What operators tell each other (STATUSMSG) is no such notice. */
bool own_hides(const struct room *r, const struct irc_text *t)
{
	return t->kind == IRC_NOTICE && !t->from_me && t->status == '\0' &&
		(r->own.notices == OWN_NOTICES_NONE ||
			(r->own.notices == OWN_NOTICES_PEOPLE &&
				t->from_server));
}
