/* SPDX-License-Identifier: MIT */
#include "mapping/room/room.h"

#include <stdlib.h>
#include <string.h>

#include "irc/ircout.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { EXPECT_MS = 60000 };

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- views ---- */

static struct view *view_create(struct room *r, struct resource *res)
{
	struct view *v = must_calloc(1, sizeof *v);

	v->room = r;
	v->resource = res;
	v->past_end = r->past_next;
	list_init(&v->link);
	list_init(&v->of);
	list_init(&v->filling);
	buf_init(&v->held, 65536);
	list_add(&r->views, &v->link);
	list_add(&res->views, &v->of);
	return v;
}

static void view_free(struct view *v)
{
	room_fill_drop(v);
	buf_finish(&v->held);
	list_remove(&v->link);
	list_remove(&v->of);
	if (v->entering != NULL) {
		conference_refused(v, &(struct fault){E_SESSION_CLOSED, NULL});
	}
	istr_unref(v->asked);
	istr_unref(v->id);
	free(v);
}

bool view_joined(const struct view *v)
{
	return v->state == VIEW_JOINED || v->state == VIEW_FILLING;
}

struct view *room_view(const struct room *r, const struct resource *res)
{
	list_each(it, &res->views) {
		struct view *v = list_entry(it, struct view, of);

		if (v->room == r) {
			return v;
		}
	}
	return NULL;
}

struct room *room_find(struct session *s, const struct addr *a)
{
	struct room *r = session_room(s, a->name);
	uint32_t pos = 0;
	struct map_slot *slot;

	if (r == NULL) {
		r = session_room(s, a->prepared);
	}
	while (r == NULL && (slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *other = (struct room *)(void *)slot->entry;

		if (strcmp(other->jid->p, a->bare) == 0) {
			r = other;
		}
	}
	return r;
}

struct view *room_view_of(const struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct resource *res = u ? resource_find(u, q->from.full) : NULL;
	struct room *r = s && res ? room_find(s, a) : NULL;
	struct view *v = r ? room_view(r, res) : NULL;

	return v != NULL && view_joined(v) ? v : NULL;
}

/* ---- rooms ---- */

static void on_join_timeout(void *ctx);
static void on_expect(void *ctx);

static struct room *room_create(struct session *s, const struct addr *a)
{
	struct room *r = must_calloc(1, sizeof *r);
	struct slice name = addr_find_channel(s, a);

	r->session = s;
	r->name = intern(name.p, name.len);
	r->jid = intern(a->bare, strlen(a->bare));
	list_init(&r->views);
	buf_init(&r->past, HISTORY_BYTES);
	ids_init(&r->ids);
	timer_init(&r->join_timer, on_join_timeout, r);
	timer_init(&r->expect, on_expect, r);
	session_add_room(s, r);
	return r;
}

static void room_destroy(struct room *r)
{
	struct session *s = r->session;
	struct ircchan *c = s->net ? ircnet_chan(s->net, istr_slice(r->name)) :
				     NULL;

	if (c != NULL && c->owner == r) {
		c->owner = NULL;
	}
	timer_stop(core(r)->clock, &r->join_timer);
	timer_stop(core(r)->clock, &r->expect);
	contacts_room(r, false);
	sent_drop_room(s, r);
	chats_drop_room(s, r);
	while (!list_empty(&r->views)) {
		view_free(list_entry(list_first(&r->views), struct view, link));
	}
	session_remove_room(s, r);
	istr_unref(r->name);
	istr_unref(r->jid);
	room_bans_forget(r);
	history_forget(r);
	ids_forget(core(r), &r->ids);
	istr_unref(r->forward);
	istr_unref(r->forward_text);
	free(r->key);
	free(r);
	session_forget_old(s);
	user_touch(s->user);
}

void rooms_destroy(struct session *s)
{
	uint32_t pos;
	struct map_slot *slot;

	while (pos = 0, (slot = map_next(&s->rooms, &pos)) != NULL) {
		room_destroy((struct room *)(void *)slot->entry);
	}
}

/* The last client left: so does the session (D.9), unless the room is kept. */
static void room_part(struct room *r, struct slice status)
{
	struct session *s = r->session;
	struct slice name = istr_slice(r->chan ? r->chan->name : r->name);

	if (r->kept) {
		session_update_away(s);
		user_touch(s->user);
		return;
	}
	if (session_is_up(s) && r->state != ROOM_NONE && r->forward == NULL &&
		ircnet_part(s->net, name, status) != ERR_OK) {
		/* The queue is full: what waits there is of no use now. */
		log_warn(&s->log, "part not sent channel=%.*s", SLICE_ARG(name));
	}
	room_destroy(r);
}

void view_destroy(struct view *v)
{
	struct room *r = v->room;

	chats_drop_view(r->session, v);
	sent_drop_view(r->session, v);
	view_free(v);
	if (list_empty(&r->views)) {
		room_part(r, slice(NULL, 0));
	} else {
		session_update_away(r->session);
	}
}

void room_leave(struct view *v, struct slice status, bool present)
{
	struct room *r = v->room;

	if (present) {
		struct shown shown = {
			.unavailable = true,
			.self = true,
			.only = v,
		};

		room_show_gone(r, room_nick(r), &shown);
	}
	if (r->views.next->next == &r->views) {
		chats_drop_view(r->session, v);
		view_free(v);
		room_part(r, status);
	} else {
		view_destroy(v);
	}
}

/* ---- entering ---- */

/* It becomes a word of the JOIN line (G.5). */
static bool key_allowed(struct slice password, struct fault *fault)
{
	for (size_t i = 0; i < password.len; i++) {
		unsigned char c = (unsigned char)password.p[i];

		if (c <= 0x20 || c == 0x7f || c == ',') {
			fault->error = E_NOT_ACCEPTABLE;
			fault->text = "A channel key holds neither spaces nor "
				      "commas.";
			return false;
		}
	}
	return true;
}

/* What somebody types later does not spoil the key that opened the room. */
static void keep_key(struct room *r, struct slice password)
{
	if (password.len > 0 && r->chan == NULL) {
		free(r->key);
		r->key = must_strndup(password.p, password.len);
	}
}

static void admit(struct view *v)
{
	const char *id = v->id ? v->id->p : NULL;

	room_fill(v, id);
	session_update_away(v->room->session);
}

void room_resync(struct view *v, const char *id)
{
	v->stale = false;
	if (v->room->chan != NULL) {
		room_fill(v, id);
	}
}

/* What was held goes where messages wait; the rest is sent again later. */
static void fill_break(struct view *v)
{
	struct user *u = v->resource->user;

	out_keep(u, buf_slice(&v->held));
	buf_finish(&v->held);
	v->state = VIEW_JOINED;
}

void rooms_make_stale(struct user *u)
{
	list_each(it, &u->resources) {
		struct resource *res = list_entry(it, struct resource, link);

		list_each(at, &res->views) {
			struct view *v = list_entry(at, struct view, of);

			room_fill_drop(v);
			if (v->state == VIEW_FILLING) {
				fill_break(v);
			}
			v->stale = view_joined(v);
		}
	}
}

void rooms_client_acts(struct resource *res)
{
	list_each(it, &res->views) {
		struct view *v = list_entry(it, struct view, of);

		if (v->stale && view_joined(v)) {
			v->wish.stanzas = 0; /* it heard all, or will (A.3) */
			room_resync(v, v->id ? v->id->p : NULL);
		}
	}
}

static bool limits_allow(const struct session *s, struct fault *fault)
{
	if (s->nrooms >= s->user->mapping->config->max_rooms) {
		fault->error = E_RESOURCE_CONSTRAINT;
		fault->text = "You are in too many rooms of this network. "
			      "Leave one first.";
		return false;
	}
	return true;
}

bool room_enter(struct resource *res, struct session *s,
	const struct join *join, struct fault *fault)
{
	struct room *r = room_find(s, join->addr);
	struct view *v;

	if (!key_allowed(join->password, fault) ||
		(r == NULL && !limits_allow(s, fault))) {
		return false;
	}
	if (r == NULL) {
		r = room_create(s, join->addr);
	}
	v = room_view(r, res);
	if (v != NULL && view_joined(v)) {
		history_wish(core(r), join->history, &v->wish);
		v->dialect = join->dialect;
		conference_waits(v, join->asker);
		room_resync(v, join->id);
		return true;
	}
	if (list_empty(&r->views)) {
		/* As this user spells it: an alias, the short form (B.1). */
		istr_set(&r->jid, intern(join->addr->bare,
					  strlen(join->addr->bare)));
	}
	if (v == NULL) {
		v = view_create(r, res);
	}
	history_wish(core(r), join->history, &v->wish);
	v->dialect = join->dialect;
	conference_waits(v, join->asker);
	v->state = VIEW_WAITING;
	istr_set(&v->asked, intern(join->addr->nick.p, join->addr->nick.len));
	istr_set(&v->id, join->id ? intern(join->id, strlen(join->id)) : NULL);
	keep_key(r, join->password);
	if (r->state == ROOM_COMPLETE) {
		admit(v);
	} else if (r->state == ROOM_NONE) {
		room_request(r);
		session_open(s);
	}
	return true;
}

static void on_join_timeout(void *ctx)
{
	struct room *r = ctx;
	struct session *s = r->session;
	const struct istr *name = istr_ref(r->name);
	struct fault fault = {E_REMOTE_SERVER_TIMEOUT,
		"The IRC server did not answer the join."};

	arena_reset(&core(r)->arena);
	if (r->forward != NULL) {
		istr_unref(name);
		room_forward_over(r);
		return;
	}
	room_fail(r, &fault);
	/* It may come true later, or have no end: a new join begins anew. */
	if (session_held(s) && session_is_up(s) &&
		ircnet_part(s->net, istr_slice(name), slice(NULL, 0)) !=
			ERR_OK) {
		log_warn(&s->log, "part not sent channel=%s", name->p);
	}
	istr_unref(name);
}

void room_request(struct room *r)
{
	struct session *s = r->session;
	enum err err;

	if (!session_is_up(s)) {
		return;
	}
	err = ircnet_join(s->net, istr_slice(r->name), slice_str(r->key));
	if (err == ERR_OK) {
		r->state = ROOM_REQUESTED;
		timer_start(core(r)->clock, &r->join_timer,
			core(r)->config->join_timeout_ms);
		return;
	}
	room_fail(r,
		&(struct fault){err == ERR_FULL ? E_RESOURCE_CONSTRAINT :
						  E_JID_MALFORMED,
			err == ERR_FULL ?
				N_("Too much is waiting for IRC. Try again "
				   "soon.") :
				N_("IRC does not allow this room name or "
				   "password.")});
}

void rooms_request(struct session *s)
{
	struct room **all = must_calloc(s->nrooms, sizeof *all);
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t n = 0;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		all[n++] = (struct room *)(void *)slot->entry;
	}
	for (size_t i = 0; i < n; i++) {
		if (all[i]->state == ROOM_NONE) {
			room_request(all[i]);
		}
	}
	free(all);
}

/* ---- rooms without a client (D.0) ---- */

static struct room *create_unasked(struct session *s, struct slice channel)
{
	struct addr a = {.kind = ADDR_CHAN, .name = channel};
	struct room *r;
	struct buf jid;

	buf_init(&jid, 4096);
	addr_add_name(s->user->mapping, &jid, s->network, channel);
	a.bare = buf_cstr(&jid);
	r = room_create(s, &a);
	buf_finish(&jid);
	return r;
}

void room_keep(struct session *s, struct slice channel)
{
	struct room *r = session_room(s, channel);
	struct fault fault;

	if (r == NULL && !limits_allow(s, &fault)) {
		log_info(&s->log, "not joined channel=%.*s reason=limit",
			SLICE_ARG(channel));
		return;
	}
	if (r == NULL) {
		r = create_unasked(s, channel);
	}
	r->kept = true;
	if (r->state == ROOM_NONE) {
		room_request(r);
	}
}

void rooms_unkeep(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		((struct room *)(void *)slot->entry)->kept = false;
	}
}

/* ---- rooms that clients are sent to (D.9) ---- */

struct room *room_expect(struct session *s, struct slice name)
{
	struct room *r = session_room(s, name);

	if (r == NULL) {
		r = create_unasked(s, name);
	}
	timer_start(core(r)->clock, &r->expect, EXPECT_MS);
	return r;
}

bool room_is_expected(const struct room *r)
{
	return timer_running(&r->expect);
}

static void on_expect(void *ctx)
{
	struct room *r = ctx;

	if (list_empty(&r->views)) {
		room_part(r, slice(NULL, 0));
	}
}

void room_become(struct room *r, struct room *other)
{
	other->state = r->state;
	other->net = r->net;
	other->kept |= r->kept;
	other->joined_ms = r->joined_ms;
	other->chan = r->chan;
	free(other->key);
	other->key = r->key;
	history_forget(other);
	other->past = r->past;
	other->npast = r->npast;
	other->past_next = r->past_next;
	ids_forget(core(r), &other->ids);
	other->ids = r->ids;
	r->key = NULL;
	r->chan = NULL;
	r->net = NULL;
	r->state = ROOM_NONE;
	buf_init(&r->past, HISTORY_BYTES);
	r->npast = 0;
	ids_init(&r->ids);
	room_moved(r);
}

void room_moved(struct room *r)
{
	struct fault fault = {E_REDIRECT,
		"The channel sends its visitors to this one."};

	list_each_safe(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->entering != NULL) {
			conference_refused(v, &fault);
		}
	}
	room_destroy(r);
}

static struct room *find_empty(const struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (!r->kept && list_empty(&r->views) && !room_is_expected(r)) {
			return r;
		}
	}
	return NULL;
}

void rooms_leave_empty(struct session *s)
{
	struct room *r;

	while ((r = find_empty(s)) != NULL) {
		room_part(r, slice(NULL, 0));
	}
}

bool rooms_hold(const struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (!list_empty(&r->views) || room_is_expected(r)) {
			return true;
		}
	}
	return false;
}

void rooms_off(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		r->state = ROOM_NONE;
		timer_stop(core(r)->clock, &r->join_timer);
		istr_set(&r->forward, NULL);
		history_lost(r);
	}
}

/* ---- ends ---- */

/* D.2: the join's presence error, from the OCC as it was asked for. */
static void refuse(struct view *v, const struct fault *fault)
{
	struct room *r = v->room;
	struct mapping *m = core(r);
	struct slice uri = slice_str(r->moved_to);
	struct xw *w;

	if (v->entering != NULL) {
		conference_refused(v, fault);
		return;
	}
	w = out_begin(m, "presence");
	xw_attr(w, "from", room_occ(r, istr_slice(v->asked)));
	xw_attr(w, "id", v->id ? v->id->p : NULL);
	xw_attr(w, "type", "error");
	xw_empty(w, "x", NS_MUC);
	text_redirect(m, w, fault->error, user_lang(r->session->user),
		fault->text, r->jid->p, uri);
	out_end(m);
	out_send(m, NULL, v->resource->full->p);
}

void room_thrown_out(struct room *r, const struct fault *fault,
	const struct shown *how)
{
	struct session *s = r->session;

	if (r->chan != NULL) {
		room_show_gone(r, room_nick(r), how);
	}
	list_each_safe(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_WAITING) {
			refuse(v, fault);
		}
	}
	log_info(&s->log, "room ended channel=%s reason=%s", r->name->p,
		fault->text ? fault->text : "");
	room_destroy(r);
}

void room_destroyed(struct room *r, const char *venue, struct slice reason)
{
	struct session *s = r->session;
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.destroyed = true,
		.venue = venue,
		.reason = reason,
	};

	room_show_gone(r, room_nick(r), &gone);
	log_info(&s->log, "room destroyed channel=%s", r->name->p);
	r->kept = false;
	room_part(r, reason);
}

static void room_end(struct room *r, const struct fault *fault, int code,
	struct slice status)
{
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.codes = {code},
		.status = status,
	};

	if (code == 307) {
		gone.reason = status;
		gone.status = slice(NULL, 0);
	}
	room_thrown_out(r, fault, &gone);
}

static struct slice own_text(const struct session *s, const struct fault *fault)
{
	return slice_str(text_whole(s->user->mapping, user_lang(s->user),
		fault->text));
}

/* No client is in it to be told. */
static void tell_kept(struct room *r, const char *why)
{
	const char *lang = user_lang(r->session->user);
	struct buf line;

	buf_init(&line, 2048);
	buf_addf(&line, "%s: %s", r->name->p, text(core(r), lang, why));
	session_headline(r->session, N_("Error"), buf_slice(&line));
	buf_finish(&line);
}

void room_fail(struct room *r, const struct fault *fault)
{
	if (list_empty(&r->views) && fault->text != NULL) {
		tell_kept(r, own_text(r->session, fault).p);
	}
	room_end(r, fault, 333, own_text(r->session, fault));
}

enum which { ALL_ROOMS, NOT_BACK };

static void end_rooms(struct session *s, enum which which,
	const struct fault *fault, int code, struct slice status)
{
	struct room **all = must_calloc(s->nrooms, sizeof *all);
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t n = 0;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (which == ALL_ROOMS ||
			(r->net != NULL && r->net != s->net)) {
			all[n++] = r;
		}
	}
	for (size_t i = 0; i < n; i++) {
		room_end(all[i], fault, code, status);
	}
	free(all);
}

void rooms_lost(struct session *s, const struct fault *fault)
{
	end_rooms(s, ALL_ROOMS, fault, 333, own_text(s, fault));
}

void rooms_not_back(struct session *s, const struct fault *fault)
{
	end_rooms(s, NOT_BACK, fault, 333, own_text(s, fault));
}

/* As if it had just asked to enter; what it was told of the room is over. */
static void wait_again(struct view *v)
{
	room_fill_drop(v);
	buf_finish(&v->held);
	chats_drop_view(v->room->session, v);
	history_wish(core(v->room), NULL, &v->wish);
	v->past_end = v->room->past_next;
	v->state = VIEW_WAITING;
	v->stale = false;
}

static void room_wait_again(struct room *r, struct slice status)
{
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.codes = {333},
		.status = status,
	};

	room_show_gone(r, room_nick(r), &gone);
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (view_joined(v)) {
			wait_again(v);
		}
	}
	contacts_room(r, false);
	sent_drop_room(r->session, r);
	r->chan = NULL;
	r->net = NULL;
}

void rooms_wait_again(struct session *s, const struct fault *fault)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (r->chan != NULL && r->net != s->net) {
			room_wait_again(r, own_text(s, fault));
		}
	}
	session_forget_old(s);
}

void rooms_removed(struct session *s)
{
	static const char text[] = "registration removed";
	struct fault fault = {E_SESSION_CLOSED,
		"Your registration was removed meanwhile."};

	end_rooms(s, ALL_ROOMS, &fault, 307, slice_str(text));
}

void rooms_stop(struct session *s)
{
	struct fault fault = {E_SERVICE_UNAVAILABLE, "The gateway is stopping."};

	end_rooms(s, ALL_ROOMS, &fault, 332, slice(NULL, 0));
}

void rooms_quit(struct session *s)
{
	struct fault fault = {E_SESSION_CLOSED,
		"You disconnected from this network."};

	end_rooms(s, ALL_ROOMS, &fault, 0, slice(NULL, 0));
}
