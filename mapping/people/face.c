/* SPDX-License-Identifier: MIT */
#include "mapping/people/face.h"

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/caps.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { STATUS_BYTES = 1000 };

static const char show_away[] = "away";
static const char show_xa[] = "xa";

/* ---- GW and SRV ---- */

static bool is_connecting(const struct session *s)
{
	return s->state != SESSION_IDLE && !session_is_up(s) &&
		s->failure == NULL;
}

/* "TestNet: Juliet, other: juliet" */
static void gw_status(struct mapping *m, const struct user *u,
	struct face *face)
{
	struct buf b;

	buf_init(&b, STATUS_BYTES);
	list_each(it, &u->sessions) {
		const struct session *s = list_entry(it, struct session, link);

		if (session_is_up(s)) {
			buf_add_str(&b, b.len > 0 ? ", " : "");
			buf_add_str(&b, network_title(s->network));
			buf_add_str(&b, ": ");
			buf_add_slice(&b, ircnet_nick_now(s->net));
		}
	}
	face->status = out_clean(m, buf_slice(&b));
	buf_finish(&b);
}

/* C.22 7.2: connecting, connected, failed. */
void face_gw(struct mapping *m, const struct user *u, struct face *face)
{
	const struct session *failed = NULL;
	bool up = false;
	bool connecting = false;

	face->available = true;
	list_each(it, &u->sessions) {
		const struct session *s = list_entry(it, struct session, link);

		up |= session_is_up(s);
		connecting |= is_connecting(s);
		if (s->failure != NULL && s->failure_of_gw) {
			failed = s;
		}
	}
	if (up) {
		gw_status(m, u, face);
	} else if (connecting) {
		face->show = show_xa;
		face->status =
			slice_str(text(m, user_lang(u), N_("connecting")));
	} else if (failed != NULL) {
		face->available = false;
		face->status = istr_slice(failed->failure);
	}
}

bool face_is_kept(const struct session *s)
{
	return s->was_up && timer_running(&s->silence);
}

void face_srv(const struct session *s, struct face *face)
{
	face->available = session_is_up(s) || face_is_kept(s);
	if (!face->available && s->failure != NULL) {
		face->status = istr_slice(s->failure);
	}
}

/* ---- NICK and CHAN ---- */

static struct slice status_of(struct mapping *m, struct slice text)
{
	text.len = text.len < STATUS_BYTES ? text.len : STATUS_BYTES;
	return out_clean(m, text);
}

/* Away with a text, or here and perhaps with a status (F.1). */
static void face_here(struct session *s, const struct istr *away,
	const struct istr *folded, struct face *face)
{
	struct mapping *m = s->user->mapping;

	face->available = true;
	face->show = away ? show_away : NULL;
	face->status = status_of(m,
		away ? istr_slice(away) :
		       ircnet_meta(s->net, folded, META_STATUS));
}

/* "Now called %s." and what else there is to say of one who is gone. */
static void face_gone(struct mapping *m, const struct user *u,
	const struct ircwatched *w, struct face *face)
{
	struct buf b;

	if (w->renamed == NULL) {
		face->status = status_of(m, istr_slice(w->reason));
		return;
	}
	buf_init(&b, STATUS_BYTES);
	buf_addf(&b, text(m, user_lang(u), N_("Now called %s.")),
		w->renamed->p);
	face->status = out_clean(m, buf_slice(&b));
	buf_finish(&b);
}

void face_watched(struct session *s, const struct ircwatched *w,
	struct face *face)
{
	if (w->state == WATCH_ONLINE) {
		face_here(s, w->away, w->entry.key, face);
	} else {
		face_gone(s->user->mapping, s->user, w, face);
	}
}

static void face_nick(struct session *s, const struct addr *a,
	struct face *face)
{
	const struct ircuser *seen;
	const struct ircwatched *w;

	if (!session_is_up(s)) {
		return;
	}
	seen = ircnet_user(s->net, a->name);
	w = ircnet_watched(s->net, a->name);
	if (seen != NULL) {
		face_here(s, ircuser_away(seen), seen->entry.key, face);
	} else if (w != NULL) {
		face_watched(s, w, face);
	}
}

void face_as_shown(const struct contact *c, struct face *face)
{
	face->available = c->available;
	face->show = c->show;
	face->status = istr_slice(c->status);
}

void face_of(struct mapping *m, const char *bare, const struct addr *a,
	struct face *face)
{
	struct user *u = user_find(m, bare);
	struct session *s = u && a->network ? session_find(u, a->network) :
					      NULL;
	const struct account *account = account_find(m, bare);
	const struct contact *c =
		account ? account_contact(account, a->bare) : NULL;
	const struct room *r;

	*face = (struct face){0};
	if (a->kind == ADDR_GW && u != NULL) {
		face_gw(m, u, face);
	} else if (a->kind == ADDR_GW) {
		face->available = true;
	} else if (s == NULL) {
		return;
	} else if (a->kind == ADDR_SRV) {
		face_srv(s, face);
	} else if (a->kind == ADDR_CHAN) {
		r = room_find(s, a);
		face->available = r != NULL && r->chan != NULL;
	} else if (c != NULL && !session_is_up(s) && face_is_kept(s)) {
		face_as_shown(c, face);
	} else {
		face_nick(s, a, face);
	}
}

/* ---- written ---- */

/* XEP-0115: what GW and CHAN can. */
static void write_caps(struct mapping *m, struct xw *w, const char *bare,
	const char *from)
{
	const struct user *u = user_find(m, bare);
	struct session *s;
	struct addr a;
	struct fault fault;

	if (addr_parse_for(m, from, bare, &a, &fault)) {
		s = u && a.network ? session_find(u, a.network) : NULL;
		caps_write(m, w, &a,
			s && a.kind == ADDR_CHAN ? room_find(s, &a) : NULL);
	}
}

void face_write(struct mapping *m, const char *bare, const char *from,
	const struct face *face, int64_t since)
{
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", from);
	if (!face->available) {
		xw_attr(w, "type", "unavailable");
	} else if (face->show != NULL) {
		xw_elem(w, "show", NS_NONE, slice_str(face->show));
	}
	if (face->status.len > 0) {
		xw_elem(w, "status", NS_NONE, face->status);
	}
	if (face->available) {
		write_caps(m, w, bare, from);
	}
	if (since != 0) {
		out_delay(m, from, since);
	}
}
