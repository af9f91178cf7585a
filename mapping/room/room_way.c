/* SPDX-License-Identifier: MIT */
#include "mapping/room/room_way.h"

#include <stdlib.h>

#include "mapping/addr.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/uri.h"
#include "mapping/user.h"

/* The last ones that were told; over that the oldest may be told again. */
enum { TOLD_MAX = 16 };

struct told {
	struct {
		const struct istr *room; /* folded */
		enum room_way way;
	} last[TOLD_MAX];
	unsigned next;
};

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

void room_ways_forget(struct session *s)
{
	if (s->told == NULL) {
		return;
	}
	for (size_t i = 0; i < TOLD_MAX; i++) {
		istr_unref(s->told->last[i].room);
	}
	free(s->told);
	s->told = NULL;
}

/* true: it was told already. */
static bool note(struct session *s, const struct istr *room, enum room_way way)
{
	struct told *t = s->told;

	if (t == NULL) {
		t = s->told = must_calloc(1, sizeof *t);
	}
	for (size_t i = 0; i < TOLD_MAX; i++) {
		if (t->last[i].room == room && t->last[i].way == way) {
			return true;
		}
	}
	istr_set(&t->last[t->next].room, istr_ref(room));
	t->last[t->next].way = way;
	t->next = (t->next + 1) % TOLD_MAX;
	return false;
}

/* xmpp:JID?command;node=NODE in the arena. */
static const char *link_to(struct mapping *m, const char *jid, const char *node)
{
	struct buf b;
	const char *uri;

	buf_init(&b, 16384);
	uri_add_command(&b, slice_str(jid), node);
	uri = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return uri;
}

/* The words; *link is the first of the forms that they name. */
static void describe(struct room *r, enum room_way way, struct buf *b,
	const char **link)
{
	struct mapping *m = core(r);
	const char *lang = user_lang(r->session->user);
	const char *srv = session_srv(r->session);
	const char *name = out_clean(m, istr_slice(r->name)).p;

	name = name ? name : r->jid->p;
	switch (way) {
	case WAY_LOGIN:
		*link = link_to(m, srv, "identify");
		buf_addf(b,
			text(m, lang, "%s takes only people who are logged in "
				"to the network. Log in by this form: %s - or "
				"write here: identify PASSWORD. If you have no "
				"account on the network yet, create one: %s - "
				"or write here: create-account PASSWORD. Then "
				"enter %s again."),
			name, *link, link_to(m, srv, "create-account"), name);
		break;
	case WAY_KEY:
		*link = link_to(m, r->jid->p, "join");
		buf_addf(b,
			text(m, lang, "%s has a key. Ask somebody who is in it "
				"for the key. Then enter with it as the "
				"password of the room, or by this form: %s - "
				"or write here: join %s KEY"),
			name, *link, name);
		break;
	case WAY_KNOCK:
		*link = link_to(m, r->jid->p, "knock");
		buf_addf(b,
			text(m, lang, "%s takes only people who are invited. "
				"Ask those inside to let you in by this form: "
				"%s - or write here: knock %s"),
			name, *link, name);
		break;
	case WAY_NONE:
		break;
	}
}

void room_way_tell(struct room *r, enum room_way way)
{
	struct session *s = r->session;
	const char *link = NULL;
	struct buf body;

	if (way == WAY_NONE || list_empty(&r->views)) {
		return;
	}
	session_hold(s);
	if (note(s, r->entry.key, way)) {
		return;
	}
	buf_init(&body, 32768);
	describe(r, way, &body, &link);
	session_write_link(s, buf_slice(&body), link);
	buf_finish(&body);
}
