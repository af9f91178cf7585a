/* SPDX-License-Identifier: MIT */
#include "mapping/talk/displayed.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/people/ask.h"
#include "mapping/people/privilege.h"
#include "mapping/room/room.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/readmark.h"

/*
 * The way of one mark: MARKREAD (displayed_on_irc) -> step() finds the message
 * -> what the account can do is asked once (discover, on_features) -> where a
 * client may be further, what stands there (look, on_item) -> publish,
 * on_published. Each answer lets step() look again; one that is missing or a
 * refusal is counted, and the next mark tries anew.
 */
enum {
	AGAIN_MS = 3000,
	ANSWER_MS = 30000,
	REFUSED_MAX = 3,
	NAMED_MS = 3600 * 1000 / PEP_NAMED_MAX, /* a new one is paid back */
};

static const char publish_options[] =
	"http://jabber.org/protocol/pubsub#publish-options";

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static void tell_later(struct session *s);

/* ---- refusals ---- */

static bool is_result(const struct elem *iq)
{
	const char *type = iq != NULL ? elem_attr(iq, "type") : NULL;

	return type != NULL && strcmp(type, "result") == 0;
}

static const char *condition(const struct elem *iq)
{
	const struct elem *e =
		iq != NULL ? elem_child(iq, "error", NS_STANZA) : NULL;

	e = e != NULL ? elem_first(e) : NULL;
	return e != NULL ? e->name : "none";
}

static void refused(struct user *u, const char *what, const struct elem *iq)
{
	u->pep.refused++;
	log_info(NULL, "%s refused user=%s condition=%s in-a-row=%u", what,
		u->entry.key->p, iq != NULL ? condition(iq) : "no-answer",
		u->pep.refused);
	if (u->pep.refused >= REFUSED_MAX) {
		u->pep.state = PEP_UNFIT;
		log_warn(NULL, "displayed messages are not published any more "
			"user=%s", u->entry.key->p);
	}
}

/* ---- what the account can do ---- */

static void on_features(void *ctx, const struct stanza *answer)
{
	struct user *u = ctx;
	const struct elem *iq = privileged_answer(answer);
	const struct elem *e = is_result(iq) ?
		elem_child(iq, "query", NS_DISCO_INFO) :
		NULL;
	const char *var;

	u->pep.ask = NULL;
	if (iq == NULL) {
		u->pep.state = PEP_UNKNOWN;
		refused(u, "features", NULL);
		return;
	}
	u->pep.state = PEP_UNFIT;
	e = e != NULL ? elem_child(e, "feature", NS_DISCO_INFO) : NULL;
	for (; e != NULL; e = elem_next(e, "feature", NS_DISCO_INFO)) {
		var = elem_attr(e, "var");
		if (var != NULL && strcmp(var, publish_options) == 0) {
			u->pep.state = PEP_FIT;
		}
	}
	if (u->pep.state == PEP_UNFIT) {
		log_info(NULL,
			"displayed messages are not published user=%s "
			"reason=%s",
			u->entry.key->p,
			is_result(iq) ? "no-publish-options" : condition(iq));
		return;
	}
	list_each(it, &u->sessions) {
		displayed_go(list_entry(it, struct session, link), NULL);
	}
}

/* XEP-0490, "Security Considerations": as the user, or as who we are. */
static void discover(struct user *u)
{
	struct mapping *m = u->mapping;
	struct ask *a;

	if (!m->may_discover) {
		a = ask_send(m, m->config->component, u->entry.key->p,
			"query", NS_DISCO_INFO, ANSWER_MS, on_features, u);
	} else if ((a = privileged_open(u, "get", ANSWER_MS, on_features,
			    u)) != NULL) {
		xw_empty(&m->out.w, "query", NS_DISCO_INFO);
		privileged_close(a, u);
	}
	if (a != NULL) {
		u->pep.ask = a;
		u->pep.state = PEP_ASKED;
	}
}

/* ---- items for rooms that a server named ---- */

static bool is_named_item(const struct user *u, const struct istr *jid)
{
	for (unsigned i = 0; i < PEP_NAMED_MAX; i++) {
		if (u->pep.named[i] == jid) {
			return true;
		}
	}
	return false;
}

static void over(struct user *u, const struct room *r)
{
	u->pep.over++;
	if (!u->pep.over_told) {
		u->pep.over_told = true;
		log_warn(&r->session->log, "displayed message not published "
			"channel=%s reason=too-many-new-channels not-published="
			"%lu", r->name->p, u->pep.over);
	}
}

/* A new item for it is paid for; false: it is one too many this hour. */
static bool may_make_item(struct room *r)
{
	struct user *u = r->session->user;
	uint64_t now = core(r)->clock->now_ms;

	if (!r->displayed.named || r->displayed.stands ||
		is_named_item(u, r->jid)) {
		return true;
	}
	if (u->pep.named_until > now + (PEP_NAMED_MAX - 1) * NAMED_MS) {
		over(u, r);
		return false;
	}
	if (u->pep.over_told) {
		u->pep.over_told = false;
		log_info(&r->session->log,
			"displayed messages published again not-published=%lu",
			u->pep.over);
		u->pep.over = 0;
	}
	u->pep.named_until =
		(u->pep.named_until > now ? u->pep.named_until : now) +
		NAMED_MS;
	istr_set(&u->pep.named[u->pep.next_named], istr_ref(r->jid));
	u->pep.next_named = (u->pep.next_named + 1) % PEP_NAMED_MAX;
	return true;
}

/* ---- publishing ---- */

static void on_published(void *ctx, const struct stanza *answer)
{
	struct room *r = ctx;
	struct user *u = r->session->user;
	const struct elem *iq = privileged_answer(answer);

	r->displayed.ask = NULL;
	if (is_result(iq)) {
		u->pep.refused = 0;
		r->displayed.stands = true;
	} else {
		refused(u, "displayed message", iq);
	}
}

static void field(struct xw *w, const char *var, const char *type,
	const char *value)
{
	xw_start(w, "field", NS_NONE);
	xw_attr(w, "var", var);
	xw_attr(w, "type", type);
	xw_elem(w, "value", NS_NONE, slice_str(value));
	xw_end(w);
}

/* Whom the node is for: the user's clients alone (XEP-0490 4.2). */
static void options(struct xw *w)
{
	xw_start(w, "publish-options", NS_NONE);
	xw_start(w, "x", NS_X_DATA);
	xw_attr(w, "type", "submit");
	field(w, "FORM_TYPE", "hidden", publish_options);
	field(w, "pubsub#persist_items", NULL, "true");
	field(w, "pubsub#max_items", NULL, "max");
	field(w, "pubsub#send_last_published_item", NULL, "never");
	field(w, "pubsub#access_model", NULL, "whitelist");
	xw_end(w);
	xw_end(w);
}

/* false: it may not be, and is not tried again before the next mark. */
static bool publish(struct room *r, const struct known *k)
{
	struct user *u = r->session->user;
	struct xw *w = &core(r)->out.w;
	struct ask *a;

	if (!may_make_item(r)) {
		r->displayed.read_ms = 0;
		return false;
	}
	a = privileged_open(u, "set", ANSWER_MS, on_published, r);
	if (a == NULL) {
		return true;
	}
	xw_start(w, "pubsub", NS_PUBSUB);
	xw_start(w, "publish", NS_NONE);
	xw_attr(w, "node", ns_uri(NS_MDS));
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "id", r->jid->p);
	xw_start(w, "displayed", NS_MDS);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr_slice(w, "id", k->sid);
	xw_end(w);
	xw_end(w);
	xw_end(w);
	xw_end(w);
	options(w);
	xw_end(w);
	r->displayed.ask = a;
	r->displayed.shown_ms = k->at_ms;
	privileged_close(a, u);
	timer_start(core(r)->clock, &r->session->displayed_timer, AGAIN_MS);
	return true;
}

/* ---- what stands there ---- */

/* The item, of which there may be none. */
static const struct elem *item_of(const struct elem *iq)
{
	const struct elem *e = elem_child(iq, "pubsub", NS_PUBSUB);

	e = e != NULL ? elem_child(e, "items", NS_PUBSUB) : NULL;
	return e != NULL ? elem_child(e, "item", NS_PUBSUB) : NULL;
}

/* Its message, if it is one of those we know. */
static bool item_known(const struct room *r, const struct elem *item,
	struct known *k)
{
	const struct elem *e = item != NULL ?
		elem_child(item, "displayed", NS_MDS) : NULL;
	const char *id;

	e = e != NULL ? elem_child(e, "stanza-id", NS_SID) : NULL;
	id = e != NULL ? elem_attr(e, "id") : NULL;
	return id != NULL && ids_find(&r->ids, slice_str(id), k);
}

/* A message that nobody here knows any more is older than those we know. */
static void on_item(void *ctx, const struct stanza *answer)
{
	struct room *r = ctx;
	const struct elem *iq = privileged_answer(answer);
	const struct elem *item;
	struct known k;
	bool last;

	r->displayed.ask = NULL;
	if (!is_result(iq) && strcmp(condition(iq), "item-not-found") != 0) {
		refused(r->session->user, "item", iq);
		return;
	}
	item = is_result(iq) ? item_of(iq) : NULL;
	r->displayed.stands |= item != NULL;
	if (item_known(r, item, &k)) {
		readmark_by_client(r, &k);
	}
	if (ids_find_read(&r->ids, r->displayed.looked_ms, &k, &last) &&
		k.at_ms > r->displayed.shown_ms) {
		(void)publish(r, &k);
	}
}

static bool look(struct room *r, const struct known *k)
{
	struct user *u = r->session->user;
	struct xw *w = &core(r)->out.w;
	struct ask *a = privileged_open(u, "get", ANSWER_MS, on_item, r);

	if (a == NULL) {
		return false;
	}
	xw_start(w, "pubsub", NS_PUBSUB);
	xw_start(w, "items", NS_NONE);
	xw_attr(w, "node", ns_uri(NS_MDS));
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "id", r->jid->p);
	xw_end(w);
	xw_end(w);
	xw_end(w);
	r->displayed.ask = a;
	r->displayed.looked_ms = k->at_ms;
	privileged_close(a, u);
	return true;
}

/* ---- one room ---- */

/* true: something was said or is open, so that it is looked at again. */
static bool step(struct room *r)
{
	struct displayed *d = &r->displayed;
	struct mapping *m = core(r);
	struct user *u = r->session->user;
	struct known k;
	bool last;

	if (d->ask != NULL) {
		return true;
	}
	if (d->read_ms <= d->shown_ms || u->pep.state == PEP_UNFIT ||
		!ids_find_read(&r->ids, d->read_ms, &k, &last) ||
		k.at_ms <= d->shown_ms) {
		return false;
	}
	if (u->pep.state != PEP_FIT) {
		if (u->pep.state == PEP_UNKNOWN) {
			discover(u);
		}
		return false; /* on_features() goes on */
	}
	if (m->may_retrieve && (!last || d->shown_ms == 0)) {
		/* What has no name of IRC's may stand there by another. */
		return (last || k.msgid.len > 0) && d->looked_ms < k.at_ms &&
			look(r, &k);
	}
	if (!last) {
		return false;
	}
	return publish(r, &k);
}

static bool may_tell(struct session *s)
{
	const struct mapping *m = s->user->mapping;

	if (!m->may_publish || !privilege_covers(s->user)) {
		return false;
	}
	if (m->congested) {
		tell_later(s);
	}
	return !m->congested;
}

static void tell_all(void *ctx)
{
	struct session *s = ctx;
	struct map_slot *slot;
	bool more = false;
	uint32_t pos = 0;

	if (!may_tell(s)) {
		return;
	}
	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		more |= step((struct room *)(void *)slot->entry);
	}
	if (more) {
		tell_later(s);
	}
}

static void tell_later(struct session *s)
{
	if (!timer_running(&s->displayed_timer)) {
		timer_start(s->user->mapping->clock, &s->displayed_timer,
			AGAIN_MS);
	}
}

void displayed_go(struct session *s, void *unused)
{
	(void)unused;
	if (!timer_running(&s->displayed_timer)) {
		tell_all(s);
	}
}

/* ---- what happens ---- */

/* This room alone: a mark costs the same in however many rooms the user is. */
void displayed_on_irc(struct room *r, int64_t time_ms)
{
	struct session *s = r->session;

	if (time_ms <= r->displayed.read_ms) {
		return;
	}
	r->displayed.read_ms = time_ms;
	if (!timer_running(&s->displayed_timer) && may_tell(s) && step(r)) {
		tell_later(s);
	}
}

void displayed_by_client(struct room *r, int64_t at_ms)
{
	if (at_ms > r->displayed.shown_ms) {
		r->displayed.shown_ms = at_ms;
	}
}

/* Later: a history comes as many messages at once. */
void displayed_known(struct room *r, int64_t at_ms)
{
	if (at_ms <= r->displayed.read_ms && at_ms > r->displayed.shown_ms &&
		core(r)->may_publish) {
		tell_later(r->session);
	}
}

/* ---- life ---- */

void displayed_init(struct session *s)
{
	timer_init(&s->displayed_timer, tell_all, s);
}

void displayed_forget(struct session *s)
{
	timer_stop(s->user->mapping->clock, &s->displayed_timer);
}

void displayed_forget_room(struct room *r)
{
	if (r->displayed.ask != NULL) {
		ask_cancel(r->displayed.ask);
		r->displayed.ask = NULL;
	}
}

static void forget_question(struct user *u)
{
	if (u->pep.ask != NULL) {
		ask_cancel(u->pep.ask);
		u->pep.ask = NULL;
	}
}

void displayed_forget_user(struct user *u)
{
	forget_question(u);
	for (unsigned i = 0; i < PEP_NAMED_MAX; i++) {
		istr_set(&u->pep.named[i], NULL);
	}
}

/* What was asked or published when the stream went is not known: anew. */
static void leave_open(struct room *r)
{
	if (r->displayed.ask != NULL) {
		displayed_forget_room(r);
		r->displayed.shown_ms = 0;
		r->displayed.looked_ms = 0;
	}
}

void displayed_offline(struct user *u)
{
	forget_question(u);
	u->pep.state = PEP_UNKNOWN;
	u->pep.refused = 0;
	list_each(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);
		struct map_slot *slot;
		uint32_t pos = 0;

		while ((slot = map_next(&s->rooms, &pos)) != NULL) {
			leave_open((struct room *)(void *)slot->entry);
		}
	}
}
