/* SPDX-License-Identifier: MIT */
#include "mapping/room/roomconfig.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "xmpp/form.h"

/* Requests about the configuration of a room: see the header for the story. */

static struct mapping *core(const struct moderation *p)
{
	return p->session->user->mapping;
}

/* ---- life ---- */

static void on_finish(struct moderation *p)
{
	if (p->more != NULL) {
		roomconfig_destroy(p->more);
		p->more = NULL;
	}
}

/* ---- what the server says ---- */

static void add_mask(
	struct mapping *m, struct roomconfig_list *list, struct slice mask)
{
	size_t before = list->raw.len;

	if (mask.len == 0 || !slice_eq(out_clean(m, mask), mask)) {
		return;
	}
	buf_add_slice(&list->raw, mask);
	buf_add_char(&list->raw, '\n');
	if (list->raw.overflow) {
		buf_truncate(&list->raw, before);
		list->cut = true;
	}
}

/*
 * 482 and its kin: that list is not for us; 472: it knows none; 477: a channel
 * without modes (ngIRCd). The form is without them.
 */
static bool is_not_shown(int numeric)
{
	static const int numerics[] = {472, 477, 481, 482, 974};

	for (size_t i = 0; i < sizeof numerics / sizeof *numerics; i++) {
		if (numerics[i] == numeric) {
			return true;
		}
	}
	return false;
}

static bool on_numeric(
	struct moderation *p, int numeric, const struct ircmsg *m)
{
	static const struct {
		int entry;
		int end;
		char letter;
	} rows[] = {{346, 347, 'I'}, {348, 349, 'e'}, {367, 368, 'b'}};
	struct roomconfig *c = p->more;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct roomconfig_list *list =
			&c->lists[roomconfig_list_place(rows[i].letter)];

		if (numeric == rows[i].entry) {
			add_mask(core(p), list, ircmsg_param(m, 2));
			return true;
		}
		if (numeric == rows[i].end) {
			list->whole = true;
			return true;
		}
	}
	return numeric == 324 || numeric == 329 || is_not_shown(numeric);
}

/* MODE #c, MODE #c beI, and the mark. */
static struct moderation *ask(
	struct request *q, struct room *r, const struct moderation_way *way)
{
	struct fault fault;
	struct slice name = istr_slice(r->chan->name);
	struct ircnet *net = r->session->net;
	char letters[CONFIG_LISTS + 1];
	uint64_t label = answer_label(r->session);
	struct moderation *p = NULL;

	roomconfig_list_letters(r, letters);
	if (moderation_possible(r->session, &fault) &&
		moderation_room_for(r->session) >= 2 &&
		ircnet_mode(net, name, slice_str("")) == ERR_OK &&
		(letters[0] == '\0' ||
			ircnet_mode(net, name, slice_str(letters)) == ERR_OK)) {
		p = moderation_start(q, r->session, r->entry.key, way, label,
			&fault);
	}
	answer_labelled(r->session);
	if (p == NULL) {
		out_fault(core_of(q), q->stanza, &fault);
	}
	return p;
}

/* ---- get ---- */

static const struct fault not_there = {
	E_NOT_ACCEPTABLE, "You are not in this room. Join it first."};

static bool on_get_answer(struct moderation *p)
{
	struct room *r = moderation_room_of(p);
	struct xw *w;

	if (r == NULL) {
		moderation_fail(p, &not_there);
		return true;
	}
	w = asker_result(core(p), &p->asker);
	xw_start(w, "query", NS_MUC_OWNER);
	roomconfig_write(
		w, r, p->more, p->asker.lang ? p->asker.lang->p : NULL);
	xw_end(w);
	asker_send(core(p), &p->asker);
	roomconfig_keep(r, p->more, p->asker.from);
	p->more = NULL;
	return true;
}

static const struct moderation_way config_get = {
	.numeric = on_numeric,
	.answer = on_get_answer,
	.finish = on_finish,
};

void iq_owner_get(struct request *q, const struct addr *a)
{
	struct room *r = moderation_room(q, a);
	struct moderation *p = r ? ask(q, r, &config_get) : NULL;

	if (p != NULL) {
		p->more = roomconfig_create();
	}
}

/* ---- set ---- */

/* ERR_OK: all of it is on its way; *sent: there was something. */
static bool apply(struct room *r, const struct roomconfig *c, uint64_t label,
	bool *sent, struct fault *fault)
{
	struct session *s = r->session;
	struct slice name = istr_slice(r->chan->name);
	size_t room = moderation_room_for(s);
	struct roomconfig_plan plan = {0};
	enum err err = ERR_FULL;

	*sent = false;
	if (!roomconfig_compare(c, r, &plan)) {
		*fault = plan.fault;
		return false;
	}
	if (plan.nsteps == 0 && !plan.topic_set) {
		return true;
	}
	ircnet_label(s->net, label);
	if (room > 0) {
		err = modeline_send(s->net, name, plan.steps, plan.nsteps,
			room - plan.topic_set);
	}
	if (err == ERR_OK && plan.topic_set) {
		err = ircnet_topic(s->net, name, plan.topic);
	}
	answer_labelled(s);
	*sent = err == ERR_OK;
	if (err != ERR_FULL) {
		*fault = (struct fault){E_NOT_ACCEPTABLE,
			"IRC does not take one of these values. Write each "
			"on one line, keys and masks without spaces."};
	} else if (ircnet_queued(s->net) > 0) {
		*fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon."};
	} else {
		*fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"That is too much at once. Do it in smaller steps."};
	}
	return *sent;
}

/* The lists are known now. */
static bool on_set_answer(struct moderation *p)
{
	struct room *r = moderation_room_of(p);
	struct fault fault = not_there;
	bool sent = false;

	if (r == NULL || !apply(r, p->more, p->label, &sent, &fault)) {
		moderation_fail(p, &fault);
		return true;
	}
	if (!sent) {
		asker_done(core(p), &p->asker);
		return true;
	}
	if (moderation_go_on(p, &moderation_change)) {
		return false;
	}
	moderation_fail(p, &(struct fault){E_RESOURCE_CONSTRAINT,
				   "Too much is waiting for IRC. Try again "
				   "soon."});
	return true;
}

static const struct moderation_way config_set = {
	.numeric = on_numeric,
	.answer = on_set_answer,
	.finish = on_finish,
};

static void set_now(
	struct request *q, struct room *r, const struct roomconfig *c)
{
	uint64_t label = answer_label(r->session);
	struct fault fault;
	bool sent;

	if (!moderation_possible(r->session, &fault) ||
		!apply(r, c, label, &sent, &fault) ||
		(sent && moderation_start(q, r->session, r->entry.key,
				 &moderation_change, label, &fault) == NULL)) {
		out_fault(core_of(q), q->stanza, &fault);
	} else if (!sent) {
		out_result(core_of(q), q->stanza); /* it is so already */
		out_answer(core_of(q), q->stanza);
	}
	answer_labelled(r->session);
}

static void set_form(struct request *q, struct room *r, const struct elem *x)
{
	struct roomconfig *c = roomconfig_create();
	struct moderation *p = NULL;
	struct fault fault;

	roomconfig_answers(c, r, q->from.full);
	if (!roomconfig_read(c, core_of(q), x, &fault)) {
		out_fault(core_of(q), q->stanza, &fault);
		roomconfig_destroy(c);
		return;
	}
	roomconfig_spare(c, r);
	if (c->nwishes > 0 && roomconfig_must_ask(c, r)) {
		p = ask(q, r, &config_set);
	} else {
		set_now(q, r, c);
	}
	if (p != NULL) {
		p->more = c;
	} else {
		roomconfig_destroy(c);
	}
}

/* ---- destroy (D.9) ---- */

/* IRC ends a channel when the last one leaves it: only who is alone can. */
static void set_destroyed(
	struct request *q, struct room *r, const struct elem *e)
{
	struct mapping *m = core_of(q);
	uint64_t modes = r->chan->modes;

	if (!room_is_moderator(r) || r->chan->members.used > 1 ||
		chanmode_among(r->net, CHANMODE_PERMANENT, modes) ||
		chanmode_among(r->net, CHANMODE_REGISTERED, modes)) {
		out_error(m, q->stanza, E_NOT_ALLOWED,
			"IRC cannot destroy a channel: it ends when the last "
			"one leaves it. If it is permanent, switch that off in "
			"the configuration first.");
		return;
	}
	out_result(m, q->stanza);
	out_answer(m, q->stanza);
	room_destroyed(r, elem_attr(e, "jid"),
		slice_trim(elem_child_text(e, "reason", NS_MUC_OWNER)));
}

void iq_owner_set(struct request *q, const struct addr *a)
{
	const struct elem *query = elem_first(q->stanza->root);
	const struct elem *end = elem_child(query, "destroy", NS_MUC_OWNER);
	const struct elem *x = form_submitted(query);
	struct room *r = moderation_room(q, a);

	if (r == NULL) {
		return;
	}
	if (end != NULL) {
		set_destroyed(q, r, end);
	} else if (x != NULL && !form_is(x, CONFIG_FORM)) {
		out_error(core_of(q), q->stanza, E_BAD_REQUEST,
			"This is not the form of a room's configuration. Ask "
			"for that form again.");
	} else if (x != NULL) {
		set_form(q, r, x);
	} else if (form_cancelled(query)) {
		out_result(core_of(q), q->stanza);
		out_answer(core_of(q), q->stanza);
	} else {
		out_error(core_of(q), q->stanza, E_BAD_REQUEST,
			"The form is missing. Ask for it, and send it filled "
			"in.");
	}
}
