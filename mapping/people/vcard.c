/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/iq.h"
#include "mapping/out.h"
#include "mapping/people/meta.h"
#include "mapping/people/query.h"
#include "mapping/people/whois.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * vCards (XEP-0054; PROTOCOL C.21): what IRC knows of somebody, by WHOIS, and
 * what we know of the rest without asking.
 */
enum { DESC_BYTES = 16384 };

/* What a card says, in the order of XEP-0054; absent: not said. */
struct card {
	struct slice fn;
	struct slice nickname;
	struct slice photo; /* a URL */
	const char *jid;
	struct slice url;
	struct slice desc;
};

static void write_card(struct xw *w, const struct card *c)
{
	xw_start(w, "vCard", NS_VCARD);
	xw_elem(w, "FN", NS_NONE, c->fn);
	xw_elem(w, "NICKNAME", NS_NONE, c->nickname);
	if (c->photo.len > 0) {
		xw_start(w, "PHOTO", NS_NONE);
		xw_elem(w, "EXTVAL", NS_NONE, c->photo);
		xw_end(w);
	}
	xw_elem(w, "JABBERID", NS_NONE, slice_str(c->jid));
	xw_elem(w, "URL", NS_NONE, c->url);
	xw_elem(w, "DESC", NS_NONE, c->desc);
	xw_end(w);
}

static void answer(struct request *q, const struct card *c)
{
	struct mapping *m = core_of(q);

	write_card(out_result(m, q->stanza), c);
	out_answer(m, q->stanza);
}

/* ---- the gateway, networks, rooms ---- */

static void card_of_gateway(struct request *q)
{
	struct mapping *m = core_of(q);

	answer(q, &(struct card){
			.fn = slice_str(text(m, q->lang, "IRC gateway")),
			.url = slice_str(m->config->website),
			.desc = slice_str(text(m, q->lang,
				"Channels and people on IRC, for Jabber."))});
}

/* A picture is fetched by clients: from nowhere but by https. */
static struct slice icon_of(struct mapping *m, const struct ircnet *net)
{
	struct slice icon = out_clean(m, slice_str(ircnet_isupport(net)->icon));

	return icon.len > 8 && memcmp(icon.p, "https://", 8) == 0
		? icon : slice(NULL, 0);
}

static void card_of_network(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct network_config *n = a->network->config;
	struct user *u = user_find(m, q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct card c = {.fn = slice_str(n->title ? n->title : n->name)};
	struct buf desc;

	if (s == NULL || !session_is_up(s)) {
		answer(q, &c);
		return;
	}
	if (ircnet_isupport(s->net)->network[0] != '\0') {
		c.fn = out_clean(m,
			slice_str(ircnet_isupport(s->net)->network));
	}
	buf_init(&desc, DESC_BYTES);
	buf_add_slice(&desc, ircnet_server(s->net));
	if (ircnet_version(s->net).len > 0) {
		buf_add_char(&desc, ' ');
		buf_add_slice(&desc, ircnet_version(s->net));
	}
	c.desc = out_clean(m, buf_slice(&desc));
	c.photo = icon_of(m, s->net);
	answer(q, &c);
	buf_finish(&desc);
}

/* Metadata is what the channel's operators say of it (F.1); 328 is services'. */
static void room_card(const struct room *r, struct card *c)
{
	struct mapping *m = r->session->user->mapping;
	const struct istr *key = r->chan->entry.key;
	struct slice name = meta_text(m,
		ircnet_meta(r->net, key, META_DISPLAY_NAME));

	c->fn = out_clean(m, istr_slice(r->chan->name));
	if (name.len > 0) {
		c->nickname = c->fn;
		c->fn = name;
	}
	c->photo = meta_avatar(m, ircnet_meta(r->net, key, META_AVATAR));
	c->desc = out_clean(m, slice_str(r->chan->topic));
	c->url = out_clean(m, istr_slice(r->chan->url));
	if (c->url.len == 0) {
		c->url = meta_homepage(m,
			ircnet_meta(r->net, key, META_HOMEPAGE));
	}
}

static void card_of_room(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);
	const struct ircchan *chan = v ? v->room->chan : NULL;
	struct card c = {.fn = out_clean(m, a->name)};

	if (chan != NULL) {
		room_card(v->room, &c);
	}
	answer(q, &c);
}

/* ---- people ---- */

static void write_person(struct session *s, const struct asker *a,
	const struct whois *w)
{
	struct mapping *m = s->user->mapping;
	const char *lang = a->lang ? a->lang->p : NULL;
	struct slice realname = whois_text(w, WHOIS_REALNAME);
	struct card c = {
		.fn = meta_text(m, meta_of_person(w, META_DISPLAY_NAME)),
		.nickname = out_clean(m, whois_nick(w)),
		.photo = meta_avatar(m, meta_of_person(w, META_AVATAR)),
		.url = meta_homepage(m, meta_of_person(w, META_HOMEPAGE)),
	};
	struct buf desc;
	struct buf jid;

	buf_init(&desc, DESC_BYTES);
	buf_init(&jid, 4096);
	if (c.fn.len == 0) {
		c.fn = realname;
	} else if (realname.len > 0) {
		buf_addf(&desc, "%s: %.*s", text(m, lang, "Real name"),
			SLICE_ARG(realname));
	}
	whois_describe(w, lang, &desc);
	addr_add_name(m, &jid, s->network, whois_nick(w));
	c.jid = buf_cstr(&jid);
	c.desc = buf_slice(&desc);
	write_card(asker_result(m, a), &c);
	asker_send(m, a);
	buf_finish(&desc);
	buf_finish(&jid);
}

static void on_whois(struct session *s, void *ctx, const struct whois *w,
	const struct fault *fault)
{
	struct asker *a = ctx;

	if (w != NULL) {
		write_person(s, a, w);
	} else if (fault != NULL) {
		asker_fail(s->user->mapping, a, fault->error, fault->text);
	}
	asker_finish(a);
	free(a);
}

static void card_of_person(struct request *q, const struct addr *a)
{
	struct slice nick;
	struct session *s = query_target(q, a, &nick);
	struct asker *asker;

	if (s == NULL) {
		return;
	}
	asker = must_calloc(1, sizeof *asker);
	asker_init(asker, q, NS_VCARD, "vCard");
	whois_ask(s, nick, true, on_whois, asker);
}

/* ---- the iq ---- */

void iq_vcard(struct request *q, const struct addr *a)
{
	switch (a->kind) {
	case ADDR_GW:
		card_of_gateway(q);
		break;
	case ADDR_SRV:
		card_of_network(q, a);
		break;
	case ADDR_CHAN:
		card_of_room(q, a);
		break;
	default:
		card_of_person(q, a);
		break;
	}
}
