/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"

/*
 * Lists of a room (muc#admin get; D.6): bans and invitations from the server,
 * everybody else from what is known of the channel.
 */

static struct mapping *core(const struct moderation *p)
{
	return p->session->user->mapping;
}

/* ---- entries of the server's lists ---- */

/* The end of the year 9999 in seconds. */
static const int64_t STAMP_MAX = INT64_C(253402300799);

/* "set by X, 2026-01-01T00:00:00Z" */
static void reason_of(const struct ircmsg *m, struct buf *out)
{
	int64_t at = slice_number(ircmsg_param(m, 4), STAMP_MAX);
	char stamp[OUT_STAMP];

	if (ircmsg_param(m, 3).len == 0) {
		return;
	}
	buf_add_str(out, "set by ");
	buf_add_slice(out, ircmsg_param(m, 3));
	if (at > 0) {
		out_stamp(at * 1000, stamp);
		buf_addf(out, ", %s", stamp);
	}
}

static void add_entry(struct moderation *p, const struct ircmsg *m)
{
	struct mapping *map = core(p);
	struct buf jid;
	struct buf reason;
	struct xw w;
	size_t before = p->items.len;

	buf_init(&jid, 4096);
	buf_init(&reason, 1024);
	addr_add_name(map, &jid, p->session->network, ircmsg_param(m, 2));
	reason_of(m, &reason);
	xw_init(&w, &p->items, ns_uri(NS_MUC_ADMIN));
	xw_start(&w, "item", NS_NONE);
	xw_attr(&w, "affiliation",
		p->way == &moderation_bans ? "outcast" : "member");
	xw_attr(&w, "jid", buf_cstr(&jid));
	if (reason.len > 0) {
		xw_elem(&w, "reason", NS_NONE,
			out_clean(map, buf_slice(&reason)));
	}
	xw_end(&w);
	if (p->items.overflow) {
		buf_truncate(&p->items, before);
		p->cut = true;
	}
	buf_finish(&jid);
	buf_finish(&reason);
}

static bool on_entry(struct moderation *p, int numeric, const struct ircmsg *m)
{
	int entry = p->way == &moderation_bans ? 367 : 346;

	if (numeric == entry) {
		add_entry(p, m);
	}
	return numeric == entry || numeric == entry + 1; /* its end */
}

/* ---- occupants ---- */

struct wanted {
	const char *affiliation; /* NULL: by role */
	const char *role;
};

static void write_occupants(struct xw *w, const struct room *r,
	const struct wanted *wanted)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;
		struct room_rank rank = room_rank(r, slot->word);

		if (strcmp(wanted->affiliation ? wanted->affiliation :
						 wanted->role,
			    wanted->affiliation ? rank.affiliation :
						  rank.role) != 0) {
			continue;
		}
		xw_start(w, "item", NS_NONE);
		xw_attr(w, "affiliation", rank.affiliation);
		xw_attr(w, "role", rank.role);
		xw_attr_slice(w, "nick",
			out_clean(r->session->user->mapping,
				istr_slice(u->nick)));
		xw_attr(w, "jid", room_item_jid(r, u, istr_slice(u->nick)));
		xw_end(w);
	}
}

static void answer_now(struct request *q, const struct room *r,
	const struct wanted *wanted)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_MUC_ADMIN);
	write_occupants(w, r, wanted);
	xw_end(w);
	out_answer(m, q->stanza);
}

static bool answer(struct moderation *p)
{
	static const struct wanted members = {"member", NULL};
	struct mapping *m = core(p);
	struct room *r = (struct room *)(void *)map_get(&p->session->rooms,
		p->channel);
	struct xw *w;

	if (p->cut) {
		log_warn(&p->session->log, "list cut channel=%s bytes=%zu",
			p->channel->p, p->items.len);
	}
	w = asker_result(m, &p->asker);
	xw_start(w, "query", NS_MUC_ADMIN);
	if (p->items.len > 0) {
		xw_fragment(w, buf_slice(&p->items));
	}
	if (p->way == &moderation_members && r != NULL && r->chan != NULL) {
		write_occupants(w, r, &members);
	}
	xw_end(w);
	asker_send(m, &p->asker);
	return true;
}

const struct moderation_way moderation_bans = {
	.numeric = on_entry,
	.answer = answer,
};
const struct moderation_way moderation_members = {
	.numeric = on_entry,
	.answer = answer,
};

/* ---- the question ---- */

static void ask_list(struct request *q, struct room *r,
	const struct moderation_way *way)
{
	struct session *s = r->session;
	const char *letter = way == &moderation_bans ? "b" : "I";
	uint64_t label = answer_label(s);
	struct fault fault;

	if (!moderation_possible(s, &fault) ||
		ircnet_mode(s->net, istr_slice(r->chan->name),
			slice_str(letter)) != ERR_OK ||
		moderation_start(q, s, r->entry.key, way, label, &fault) ==
			NULL) {
		out_fault(core_of(q), q->stanza, &fault);
	}
	answer_labelled(s);
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && (word == NULL || strcmp(word, *words) != 0)) {
		words++;
	}
	return *words != NULL;
}

void iq_admin_get(struct request *q, const struct addr *a)
{
	static const char *const roles[] = {"moderator", "participant",
		"visitor", NULL};
	static const char *const known[] = {"owner", "admin", NULL};
	const struct elem *query = elem_first(q->stanza->root);
	const struct elem *item = elem_child(query, "item", NS_MUC_ADMIN);
	const char *affiliation = item ? elem_attr(item, "affiliation") : NULL;
	const char *role = item ? elem_attr(item, "role") : NULL;
	struct room *r = moderation_room(q, a);

	if (r == NULL) {
		return;
	}
	if ((affiliation == NULL) == (role == NULL)) {
		out_error(core_of(q), q->stanza, E_BAD_REQUEST,
			"Ask for one affiliation or one role.");
	} else if (is_one_of(role, roles)) {
		answer_now(q, r, &(struct wanted){NULL, role});
	} else if (is_one_of(affiliation, known)) {
		answer_now(q, r, &(struct wanted){affiliation, NULL});
	} else if (affiliation != NULL && strcmp(affiliation, "outcast") == 0) {
		ask_list(q, r, &moderation_bans);
	} else if (affiliation != NULL && strcmp(affiliation, "member") == 0) {
		if (isupport_mode_kind(ircnet_isupport(r->net), 'I') ==
			MODE_LIST) {
			ask_list(q, r, &moderation_members);
		} else {
			answer_now(q, r, &(struct wanted){"member", NULL});
		}
	} else {
		out_error(core_of(q), q->stanza, E_BAD_REQUEST,
			"There is no such affiliation or role. Choose one "
			"that your client offers.");
	}
}
