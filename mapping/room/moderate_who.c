/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/moderate_plan.h"
#include "mapping/session.h"

/* Whom an item of muc#admin means (PROTOCOL D.6). */

bool plan_refuse(struct plan *p, enum stanza_error e, const char *text)
{
	p->fault = (struct fault){e, text};
	return false;
}

static bool set_nick(struct plan *p, struct target *t, struct slice nick)
{
	const struct istr *key;

	t->nick = nick;
	t->user = ircnet_user(p->r->net, nick);
	if (t->user != NULL) {
		t->nick = istr_slice(t->user->nick);
		key = t->user->entry.key;
		if (chan_member(p->r->chan, key, &t->bits) == NULL) {
			t->user = NULL;
		}
	}
	return true;
}

static bool by_nick(struct plan *p, struct target *t, const char *nick)
{
	const struct ircuser *u = addr_find_occupant(p->r->session, p->r->net,
		p->r->chan, slice_str(nick), NULL);

	return set_nick(p, t, u ? istr_slice(u->nick) : slice_str(nick));
}

/*
 * A Jabber user of this gateway: the nick of that session. Who may not know it is
 * told the same as where nobody is.
 */
static bool by_user(struct plan *p, struct target *t, const char *bare)
{
	struct session *s = session_exposed(core_of(p->q), bare,
		p->r->session->network, p->q->from.bare);

	if (s == NULL) {
		return plan_refuse(p, E_ITEM_NOT_FOUND,
			"Nobody is known on IRC by that Jabber address. Name "
			"the nick.");
	}
	return set_nick(p, t, ircnet_nick_now(s->net));
}

static bool by_jid(struct plan *p, struct target *t, const char *text)
{
	struct mapping *m = core_of(p->q);
	struct addr a;
	struct jid jid;

	if (jid_parse(slice_str(text), &m->arena, &jid) != ERR_OK) {
		return plan_refuse(p, E_JID_MALFORMED,
			"That is no address. Look at its spelling.");
	}
	if (strcmp(jid.domain, m->config->component) != 0) {
		return by_user(p, t, jid.bare);
	}
	t->mask = addr_mask(m, text, p->r->session->network);
	if (t->mask.len > 0) {
		return true;
	}
	if (!addr_parse(m, text, p->r->session->user, &a, &p->fault)) {
		return false;
	}
	if (a.kind != ADDR_NICK || a.network != p->r->session->network) {
		return plan_refuse(p, E_ITEM_NOT_FOUND,
			"That address is nobody on this IRC network. Look at "
			"its spelling, or name the nick.");
	}
	return set_nick(p, t, a.name);
}

bool plan_target(struct plan *p, const struct elem *item,
	struct target *t)
{
	const char *nick = elem_attr(item, "nick");
	const char *jid = elem_attr(item, "jid");

	*t = (struct target){
		.reason = elem_child_text(item, "reason", NS_MUC_ADMIN),
	};
	if (nick != NULL && nick[0] != '\0') {
		return by_nick(p, t, nick);
	}
	if (jid != NULL && jid[0] != '\0') {
		return by_jid(p, t, jid);
	}
	return plan_refuse(p, E_BAD_REQUEST, "Say whom: a nick or an address.");
}

/* ---- masks ---- */

struct slice plan_mask(struct plan *p, const struct target *t)
{
	struct slice none = {0};
	char *text;

	if (t->nick.p == NULL) {
		return t->mask;
	}
	text = arena_alloc(&core_of(p->q)->arena, t->nick.len + 5);
	if (text == NULL) {
		return none;
	}
	memcpy(text, t->nick.p, t->nick.len);
	memcpy(text + t->nick.len, "!*@*", 5);
	return slice_str(text);
}

/*
 * D.6: the account where the network can ban accounts, else the host, else the
 * nick. People who share our host come through this gateway too: banning the
 * host would ban us, so it is their user name there.
 */
struct slice plan_ban_mask(struct plan *p, const struct target *t)
{
	const struct isupport *is = plan_isupport(p);
	const struct ircuser *me = ircnet_me(p->r->net);
	struct slice host;
	struct slice user;
	struct buf b;
	const char *copy;

	if (t->user == NULL) {
		return plan_mask(p, t);
	}
	host = istr_slice(ircuser_host(t->user));
	user = slice_cut(&host, '@');
	buf_init(&b, 600);
	if (ircuser_account(t->user) != NULL && is->account_extban[0] != '\0') {
		size_t name = strcspn(is->account_extban, ",");

		if (is->extban[0] != ',' && is->extban[0] != '\0') {
			buf_add_char(&b, is->extban[0]);
		}
		buf_addf(&b, "%.*s:%s", (int)name, is->account_extban,
			ircuser_account(t->user)->p);
	} else if (host.len == 0) {
		buf_addf(&b, "%.*s!*@*", SLICE_ARG(t->nick));
	} else {
		struct slice mine = istr_slice(me ? ircuser_host(me) : NULL);

		slice_cut(&mine, '@');
		buf_addf(&b, "*!%.*s@%.*s",
			slice_eq(mine, host) ? (int)user.len : 1,
			slice_eq(mine, host) ? user.p : "*", SLICE_ARG(host));
	}
	copy = arena_strndup(&core_of(p->q)->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return slice_str(copy);
}
