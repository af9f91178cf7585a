/* SPDX-License-Identifier: MIT */
#include "mapping/room/room_private.h"

#include <stdlib.h>

#include "mapping/out.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"
#include "mapping/text.h"

/*
 * Clients that enter (PROTOCOL D.2): the view, the JOIN, its end. Also clients
 * that are shown a room anew, after they or the component were away (A.3).
 */

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- entering ---- */

/* It becomes a word of the JOIN line (G.5). */
static bool key_allowed(struct slice password, struct fault *fault)
{
	for (size_t i = 0; i < password.len; i++) {
		unsigned char c = (unsigned char)password.p[i];

		if (c <= 0x20 || c == 0x7f || c == ',') {
			fault->error = E_NOT_ACCEPTABLE;
			fault->text = "A channel key holds neither spaces "
				      "nor commas. Look at it again.";
			return false;
		}
	}
	return true;
}

/* What somebody types later does not spoil the key that opened the room. */
static void keep_key(struct room *r, struct slice password)
{
	if (password.len > 0 && r->chan == NULL) {
		wipe_free(r->key);
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
			storm_drop(v->room);
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

bool room_limits_allow(const struct session *s, struct fault *fault)
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
		(r == NULL && !room_limits_allow(s, fault))) {
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

void room_on_join_timeout(void *ctx)
{
	struct room *r = ctx;
	struct session *s = r->session;
	const struct istr *name = istr_ref(r->name);
	struct fault fault = {E_REMOTE_SERVER_TIMEOUT,
		"The IRC server did not answer the join. Try again later."};

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
		patience_begin(&r->join, s, core(r)->config->join_timeout_ms);
		return;
	}
	room_fail(r,
		&(struct fault){err == ERR_FULL ? E_RESOURCE_CONSTRAINT :
						  E_JID_MALFORMED,
			err == ERR_FULL ?
				N_("Too much is waiting for IRC. Try again "
				   "soon.") :
				N_("IRC does not allow this room name or "
				   "password. Use neither spaces nor commas "
				   "in them.")});
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
