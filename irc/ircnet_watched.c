/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

/* What the server says of people who are watched: see ircnet_watch.c. */

static struct slice nick_of(struct slice word)
{
	struct ircsource source;

	ircsource_parse(word, &source);
	return source.nick;
}

/* 730, 731 me :nick!user@host,nick */
bool num_monitor(struct ircnet *n, const struct ircmsg *m)
{
	struct slice list = ircmsg_last(m);
	bool all = true;

	while (list.len > 0) {
		struct ircwatched *w =
			watch_find(n, nick_of(slice_cut(&list, ',')));

		if (w == NULL) {
			all = false; /* asked for by the user */
		} else if (m->numeric == 730) {
			watch_set_online(n, w);
		} else if (watch_seen(n, w) == NULL && w->state != WATCH_OFFLINE) {
			/* In a shared channel the QUIT tells it better. */
			watch_set_offline(n, w, slice(NULL, 0));
		}
	}
	return all;
}

/* 734 me limit nick,nick :full; 512 me nick :full */
bool num_watch_full(struct ircnet *n, const struct ircmsg *m)
{
	struct slice list = ircmsg_param(m, m->numeric == 734 ? 2 : 1);
	bool ours = false;

	while (list.len > 0) {
		struct ircwatched *w = watch_find(n, slice_cut(&list, ','));

		if (w != NULL && w->place == PLACE_LISTED) {
			w->place = PLACE_POLLED;
			w->due = true;
			n->watch.listed--;
			ours = true;
		}
	}
	if (ours) {
		watch_want(n);
	}
	return ours;
}

/* 598 to 605, 609 me nick user host time :text */
bool num_watch(struct ircnet *n, const struct ircmsg *m)
{
	struct ircwatched *w = watch_find(n, ircmsg_param(m, 1));
	struct slice text = ircmsg_last(m);

	if (w == NULL) {
		return false;
	}
	switch (m->numeric) {
	case 598:
	case 609:
		/* Some say the text, others a sentence of their own. */
		if (slice_is(text, "is now away") || slice_is(text, "is away")) {
			text.len = 0;
		}
		watch_away(n, ircmsg_param(m, 1), text);
		break;
	case 599:
		watch_away(n, ircmsg_param(m, 1), slice(NULL, 0));
		break;
	case 600:
	case 604:
		watch_set_online(n, w);
		break;
	case 601:
	case 605:
		if (watch_seen(n, w) == NULL && w->state != WATCH_OFFLINE) {
			watch_set_offline(n, w, slice(NULL, 0));
		}
		break;
	default:
		break;
	}
	return true;
}

/* 303 me :nick nick */
bool num_ison(struct ircnet *n, const struct ircmsg *m)
{
	struct slice list = ircmsg_last(m);
	struct slice rest = list;
	bool ours = false;

	while (n->watch.ison && rest.len > 0) {
		ours |= net_is_me(n, slice_cut(&rest, ' '));
	}
	if (!ours) {
		return false;
	}
	n->watch.ison = false;
	while (list.len > 0) {
		struct ircwatched *w = watch_find(n, slice_cut(&list, ' '));

		if (w != NULL && w->asked) {
			w->asked = false;
			watch_set_online(n, w);
		}
	}
	list_each(it, &n->watch.all) {
		struct ircwatched *w = watch_of(it);

		if (w->asked) {
			w->asked = false;
			if (watch_seen(n, w) == NULL && w->state != WATCH_OFFLINE) {
				watch_set_offline(n, w, slice(NULL, 0));
			}
		}
	}
	watch_want(n);
	return true;
}

bool watch_hosts(struct ircnet *n, bool with_me)
{
	if (!n->watch.hosts || !with_me) {
		return false;
	}
	n->watch.hosts = false;
	watch_want(n);
	return true;
}

/* 401 me nick :No such nick */
bool num_no_such_nick(struct ircnet *n, const struct ircmsg *m)
{
	struct ircwatched *w = watch_find(n, ircmsg_param(m, 1));

	if (w != NULL && watch_seen(n, w) == NULL && w->state != WATCH_OFFLINE) {
		watch_set_offline(n, w, slice(NULL, 0));
	}
	return false;
}

/* 421 me MONITOR :Unknown command */
bool watch_unknown(struct ircnet *n, struct slice command)
{
	bool monitor = slice_is_nocase(command, "MONITOR") &&
		n->watch.kind == WATCH_BY_MONITOR;
	bool watch = slice_is_nocase(command, "WATCH") &&
		n->watch.kind == WATCH_BY_WATCH;

	n->watch.no_monitor |= monitor;
	n->watch.no_watch |= watch;
	if (monitor || watch) {
		watch_choose(n);
	}
	return monitor || watch;
}

bool num_usable(struct ircnet *n, const struct ircmsg *m)
{
	(void)m;
	watch_ready(n);
	return false;
}
