/* SPDX-License-Identifier: MIT */
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/register/account.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * 301 to a message of the user's (PROTOCOL E): whom it went to is away. Of a
 * contact, and of somebody in a room that the sender is in, presence says it.
 * Of anybody else the sender is told in the talk itself, once in ten minutes: what
 * the sender's client answers to that by itself meets silence, and no stranger
 * on IRC can make us repeat it.
 */
enum {
	AGAIN_MS = 600000,
	ANSWER_MS = 10000, /* a message that was shown already is answered */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static bool is_to(const struct sent *t, const struct istr *nick)
{
	return nick != NULL && t->target == nick &&
		(t->state == SENT_QUEUED || t->state == SENT_WRITTEN);
}

/* What it answers, by the label or by whom it is about; NULL: nothing waits. */
static const struct sent *answered(const struct session *s,
	const struct ircmsg *m, const struct istr *nick)
{
	unsigned follow;
	uint64_t token = ircnet_answers(s->net, m, &follow);
	const struct sent *by_label = token != 0 ? sent_find(s, token) : NULL;

	if (token != 0) {
		return by_label != NULL && is_to(by_label, nick) ? by_label :
								   NULL;
	}
	list_each(it, &s->sent) {
		const struct sent *t = list_entry(it, struct sent, link);

		if (is_to(t, nick)) {
			return t;
		}
	}
	return NULL;
}

/* The client that wrote last, when that was just now. */
static const struct istr *wrote_last(const struct chat *c)
{
	if (c == NULL || c->npeers == 0 ||
		core(c->session)->clock->now_ms - c->wrote_ms > ANSWER_MS) {
		return NULL;
	}
	return c->peers[c->npeers - 1].full;
}

/* Presence tells this client: of a contact, or in a room that it is in. */
static bool is_shown(struct session *s, const char *full, struct slice nick,
	const struct istr *folded)
{
	const struct resource *res = resource_find(s->user, full);
	uint32_t bits;

	if (contacts_tell_of(s, nick)) {
		return true;
	}
	if (res == NULL) {
		return false;
	}
	list_each(it, &res->views) {
		const struct view *v = list_entry(it, struct view, of);
		const struct room *r = v->room;

		if (r->session == s && view_joined(v) && r->chan != NULL &&
			chan_member(r->chan, folded, &bits) != NULL &&
			!lazy_hides(r, folded)) {
			return true;
		}
	}
	return false;
}

static bool is_wanted(struct session *s)
{
	const struct account *a =
		account_find(core(s), s->user->entry.key->p);
	const char *value = a != NULL && a->registered ?
		account_setting(a, s->network, SET_AWAY_REPLY) :
		NULL;

	return value == NULL || value[0] == '1';
}

static const struct peer *peer_of(const struct chat *c, const struct istr *full)
{
	for (unsigned i = 0; i < c->npeers; i++) {
		if (c->peers[i].full == full) {
			return &c->peers[i];
		}
	}
	return NULL;
}

static void add_words(struct session *s, struct buf *out, const char *lang,
	struct slice nick, struct slice why)
{
	struct mapping *m = core(s);

	nick = out_clean(m, nick);
	why = slice_is(why, "*") ? slice(NULL, 0) : out_clean(m, why);
	if (why.len > 0) {
		buf_addf(out, text(m, lang, "%.*s is away: %.*s"),
			SLICE_ARG(nick), SLICE_ARG(why));
	} else {
		buf_addf(out, text(m, lang, "%.*s is away."), SLICE_ARG(nick));
	}
}

/*
 * A chat message, so that every client shows it where the user has just written;
 * many show no headline of a person. Nothing worth an archive.
 */
static void tell(struct chat *c, const struct istr *full, struct slice nick,
	struct slice words)
{
	struct session *s = c->session;
	struct mapping *m = core(s);
	const struct peer *peer = peer_of(c, full);
	bool room = peer != NULL && peer->via != NULL;
	const char *from = room ? room_occ(peer->via->room, nick) :
				  chat_jid(s, c, nick);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", "chat");
	xw_elem(w, "body", NS_NONE, words);
	if (peer != NULL) {
		xw_elem(w, "thread", NS_NONE, istr_slice(peer->thread));
	}
	if (room) {
		xw_empty(w, "x", NS_MUC_USER);
	}
	xw_empty(w, "no-store", NS_HINTS);
	out_end(m);
	out_send(m, s->user, full->p);
}

/* 301 me nick :text */
static bool tell_away(struct session *s, const struct ircmsg *m)
{
	struct slice nick = m->params[1];
	struct chat *c = chat_find(s, nick);
	const struct istr *folded = casemap_lookup(s->casemap, nick);
	const struct sent *t = answered(s, m, folded);
	const struct istr *full = t ? t->asker.from : wrote_last(c);
	const char *lang = t && t->asker.lang ? t->asker.lang->p :
						user_lang(s->user);
	uint64_t now = core(s)->clock->now_ms;
	struct buf words;

	if (full == NULL) {
		return false;
	}
	if ((c != NULL && now < c->away_told_until) || !is_wanted(s) ||
		is_shown(s, full->p, nick, folded)) {
		return true;
	}
	c = chat_get(s, nick);
	c->away_told_until = now + AGAIN_MS;
	buf_init(&words, 8192);
	add_words(s, &words, lang, nick, ircmsg_param(m, 2));
	tell(c, full, nick, buf_slice(&words));
	buf_finish(&words);
	return true;
}

bool chat_on_away(struct session *s, int numeric, const struct ircmsg *m)
{
	size_t len = ircmsg_param(m, 1).len;

	return numeric == 301 && len > 0 && len <= CASEMAP_NAME_MAX &&
		tell_away(s, m);
}
