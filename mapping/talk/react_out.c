/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/react_set.h"
#include "mapping/talk/sent.h"

enum { LINES_MAX = 8, QUOTE_MAX = 40 };

/*
 * Reactions of the user's clients on their way to IRC. The story of one stanza:
 * the message it is about has a msgid -> the set is compared with what IRC knows
 * -> one TAGMSG for each difference -> the room shows the stanza to all clients.
 * Each way it cannot be so is an error to the sender, who takes it back then
 * (XEP-0444 4.3); a refusal of IRC's comes later, and the next set goes whole.
 */
struct reaction {
	struct request *q;
	struct session *session;
	struct room *room;        /* NULL: to a person */
	const struct istr *place; /* folded */
	struct slice target;
	struct ids *ids;
	struct slice wanted[REACT_MAX];
	unsigned nwanted;
	struct known known;
};

static struct mapping *core(const struct reaction *r)
{
	return core_of(r->q);
}

static bool refuse(const struct reaction *r, enum stanza_error e,
	const char *text)
{
	out_error(core(r), r->q->stanza, e, text);
	return false;
}

/* XEP-0444 5: each one once. */
static bool read_wanted(struct reaction *r, const struct elem *reactions)
{
	const struct elem *e =
		elem_child(reactions, "reaction", NS_REACTIONS);

	for (; e != NULL; e = elem_next(e, "reaction", NS_REACTIONS)) {
		struct slice value = slice_trim(elem_text(e));
		bool again = value.len == 0;

		for (unsigned i = 0; i < r->nwanted; i++) {
			again |= slice_eq(r->wanted[i], value);
		}
		if (again) {
			continue;
		}
		if (r->nwanted == REACT_MAX || value.len > REACT_BYTES) {
			return refuse(r, E_NOT_ACCEPTABLE,
				"These are too many reactions, or one is too "
				"long. Take some away.");
		}
		r->wanted[r->nwanted++] = value;
	}
	return true;
}

static bool is_wanted(const struct reaction *r, struct slice value)
{
	for (unsigned i = 0; i < r->nwanted; i++) {
		if (slice_eq(r->wanted[i], value)) {
			return true;
		}
	}
	return false;
}

/* ---- where IRC has tags ---- */

struct change {
	struct slice value;
	bool more;
};

/* What IRC is to be told; values of the old set are lent from it. */
static unsigned differences(const struct reaction *r, const struct react *set,
	struct change out[2 * REACT_MAX])
{
	struct slice old = slice(set->set, set->len);
	unsigned n = 0;

	while (old.len > 0) {
		struct slice value = slice_cut(&old, '\0');

		if (!is_wanted(r, value)) {
			out[n++] = (struct change){value, false};
		}
	}
	for (unsigned i = 0; i < r->nwanted; i++) {
		if (!react_has(set, r->wanted[i])) {
			out[n++] = (struct change){r->wanted[i], true};
		}
	}
	return n;
}

static enum err tell(const struct reaction *r, const struct change *c)
{
	struct slice msgid = r->known.msgid;
	const struct irc_tag tags[] = {
		{"reply", msgid},
		{"draft/reply", msgid},
		{c->more ? "draft/react" : "draft/unreact", c->value},
	};

	return ircnet_tagmsg(r->session->net, r->target, tags,
		sizeof tags / sizeof *tags);
}

static bool has_place(const struct reaction *r, unsigned lines)
{
	return ircnet_queued(r->session->net) + lines <=
		core(r)->config->queue_lines;
}

/* All or none: there is place for them. */
static bool tell_all(const struct reaction *r)
{
	struct change changes[2 * REACT_MAX];
	struct react *set = react_get(r->session, r->place, r->known.msgid,
		slice("", 0), true);
	unsigned n = differences(r, set, changes);
	enum err err = ERR_OK;

	if (n > LINES_MAX || !has_place(r, n)) {
		react_settle(set);
		return refuse(r, E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon.");
	}
	for (unsigned i = 0; i < n && err == ERR_OK; i++) {
		err = tell(r, &changes[i]);
	}
	if (err != ERR_OK) {
		react_refused(r->session, r->place);
		return refuse(r, E_FEATURE_NOT_IMPLEMENTED,
			"This IRC network carries no reactions. Answer with a "
			"message instead.");
	}
	set->len = 0;
	for (unsigned i = 0; i < r->nwanted; i++) {
		react_change(set, r->wanted[i], true);
	}
	react_settle(set);
	if (n > 0) {
		sent_watch(r->q, r->session, r->room, r->target);
	}
	return true;
}

static bool can_tag(const struct session *s)
{
	return ircnet_tag_allowed(s->net, "draft/react") &&
		(ircnet_tag_allowed(s->net, "reply") ||
			ircnet_tag_allowed(s->net, "draft/reply"));
}

/* ---- where it has none: a line, once, where the operator wants that ---- */

static bool say_in_words(const struct reaction *r)
{
	struct react *set = react_get(r->session, r->place,
		slice_str(elem_attr(elem_child(r->q->stanza->root, "reactions",
			NS_REACTIONS), "id")),
		slice("", 0), true);
	struct slice quote = r->known.text;
	struct buf b;

	buf_init(&b, 2048);
	for (unsigned i = 0; i < r->nwanted; i++) {
		if (react_change(set, r->wanted[i], true)) {
			buf_addf(&b, "%s%.*s", b.len > 0 ? " " : "/me reacted ",
				SLICE_ARG(r->wanted[i]));
		}
	}
	react_settle(set);
	if (b.len > 0 && quote.len > 0) {
		quote.len = utf8_cut(quote, QUOTE_MAX);
		buf_addf(&b, " to \"%.*s%s\"", SLICE_ARG(quote),
			quote.len < r->known.text.len ? "..." : "");
	}
	if (b.len > 0) {
		sent_message(r->q, &(struct saying){
			.session = r->session,
			.name = r->target,
			.kind = SENT_CHAT, /* clients see the reaction itself */
			.text = buf_slice(&b),
		});
	}
	buf_finish(&b);
	return true;
}

/* ---- both ---- */

static bool send(struct reaction *r, const struct elem *reactions)
{
	struct slice id = slice_str(elem_attr(reactions, "id"));
	bool known;

	if (id.len == 0) {
		return refuse(r, E_BAD_REQUEST,
			"The reaction does not say to what. React to the "
			"message once more.");
	}
	if (!session_is_up(r->session) ||
		(r->room != NULL && r->room->state != ROOM_COMPLETE)) {
		return refuse(r, E_RECIPIENT_UNAVAILABLE,
			"IRC is not reachable at the moment. Try again soon.");
	}
	if (!read_wanted(r, reactions)) {
		return false;
	}
	known = r->ids != NULL && ids_find(r->ids, id, &r->known);
	if (can_tag(r->session) && known && r->known.msgid.len > 0) {
		ids_original(r->ids, &r->known);
		return tell_all(r);
	}
	if (core(r)->config->reaction_text) {
		return say_in_words(r);
	}
	return can_tag(r->session) ?
		refuse(r, E_ITEM_NOT_FOUND,
			"IRC does not know this message any more. Write a new "
			"one about it.") :
		refuse(r, E_FEATURE_NOT_IMPLEMENTED,
			"This IRC network carries no reactions. Answer with a "
			"message instead.");
}

void react_in_room(struct request *q, struct view *v,
	const struct message_parts *p)
{
	struct room *room = v->room;
	struct reaction r = {
		.q = q,
		.session = room->session,
		.room = room,
		.place = room->entry.key,
		.target = istr_slice(room->chan ? room->chan->name :
						  room->name),
		.ids = &room->ids,
	};

	if (send(&r, p->reactions)) {
		sent_reflect(q, room);
	}
}

void react_in_talk(struct request *q, struct session *s, struct chat *c,
	const struct message_parts *p)
{
	struct reaction r = {
		.q = q,
		.session = s,
		.place = c->entry.key,
		.target = istr_slice(c->nick),
		.ids = &c->ids,
	};

	send(&r, p->reactions);
}
