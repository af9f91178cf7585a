/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "mapping/addr.h"
#include "mapping/asker.h"
#include "mapping/out.h"
#include "mapping/register/account.h"
#include "mapping/room/chanlist.h"
#include "mapping/session.h"
#include "mapping/user.h"
#include "xmpp/rsm.h"

/*
 * disco#items of a network: its channels, a page at a time (PROTOCOL D.11). The
 * id of an item is its folded name: a page begins where the one before ended,
 * also in a newer list.
 */
enum {
	PAGE = 100,       /* without <max/> */
	PAGE_MAX = 1000,
	WHOLE_MAX = 500,  /* without <set/>: all of so many */
	TOPIC_CHARS = 80,
	JID_BYTES = 4096,
	REST_BYTES = 8192, /* of a stanza besides the items */
};

struct pager {
	struct asker asker;
	struct rsm rsm;
	const struct istr *id; /* rsm.id */
};

/* ---- one item ---- */

static size_t first_chars(struct slice s, unsigned n)
{
	size_t at = 0;
	size_t size;

	while (n-- > 0 && at < s.len) {
		utf8_decode(s.p + at, s.len - at, &size);
		at += size;
	}
	return utf8_cut(s, at);
}

static void write_item(struct session *s, struct xw *w, struct buf *scratch,
	const struct chanstore_channel *c)
{
	struct slice topic = slice(c->topic.p, first_chars(c->topic, TOPIC_CHARS));

	xw_start(w, "item", NS_NONE);
	buf_truncate(scratch, 0);
	addr_add_name(s->user->mapping, scratch, s->network, c->name);
	xw_attr_slice(w, "jid", buf_slice(scratch));
	buf_truncate(scratch, 0);
	buf_add_slice(scratch, c->name);
	buf_addf(scratch, " (%u)", (unsigned)c->users);
	if (topic.len > 0) {
		buf_add_str(scratch, ": ");
		buf_add_slice(scratch, topic);
	}
	xw_attr_slice(w, "name", buf_slice(scratch));
	xw_end(w);
}

/* How many items of the page go into so many bytes, from its near end. */
static size_t count_fitting(struct session *s, const struct chanstore *c,
	struct rsm_page page, bool backward, size_t bytes)
{
	struct buf xml;
	struct buf scratch;
	struct xw w;
	size_t n;

	buf_init(&xml, bytes);
	buf_init(&scratch, JID_BYTES);
	for (n = 0; n < page.n; n++) {
		struct chanstore_channel one = chanstore_at(c,
			backward ? page.at + page.n - 1 - n : page.at + n);

		xw_init(&w, &xml, "");
		write_item(s, &w, &scratch, &one);
		if (xml.overflow) {
			break;
		}
	}
	buf_finish(&xml);
	buf_finish(&scratch);
	/* No page is empty while there is something to show. */
	return n == 0 && page.n > 0 ? 1 : n;
}

/* ---- the page ---- */

static struct rsm_page choose(struct session *s, const struct pager *p,
	const struct chanstore *c, size_t written)
{
	const struct rsm *r = &p->rsm;
	size_t room = s->user->mapping->config->max_stanza;
	size_t limit = r->max >= 0 ? PAGE_MAX : PAGE;
	bool backward = r->from == RSM_BEFORE || r->from == RSM_END;
	struct rsm_page page;

	if (!r->present && c->n <= WHOLE_MAX) {
		limit = WHOLE_MAX;
	}
	page = rsm_page(r, c->n, chanstore_before(c, r->id, false),
		chanstore_before(c, r->id, true), limit);
	room = room > written + REST_BYTES ? room - written - REST_BYTES : 0;
	return rsm_shorten(r, page,
		count_fitting(s, c, page, backward, room));
}

/* A channel's name, folded. */
static struct slice item_id(const struct chanstore *c, size_t i,
	char id[CASEMAP_NAME_MAX])
{
	struct slice name = chanstore_at(c, i).name;

	for (size_t k = 0; k < name.len; k++) {
		id[k] = casemap_fold_char(c->casemap, name.p[k]);
	}
	return slice(id, name.len);
}

static void write_page(struct session *s, const struct pager *p,
	const struct chanstore *c)
{
	struct mapping *m = s->user->mapping;
	struct xw *w = asker_result(m, &p->asker);
	char first[CASEMAP_NAME_MAX];
	char last[CASEMAP_NAME_MAX];
	struct slice ids[2] = {{0}};
	struct rsm_page page;
	struct buf scratch;

	xw_start(w, "query", NS_DISCO_ITEMS);
	page = choose(s, p, c, m->out.xml.len);
	buf_init(&scratch, JID_BYTES);
	for (size_t i = 0; i < page.n; i++) {
		struct chanstore_channel one = chanstore_at(c, page.at + i);

		write_item(s, w, &scratch, &one);
	}
	buf_finish(&scratch);
	if (page.n > 0) {
		ids[0] = item_id(c, page.at, first);
		ids[1] = item_id(c, page.at + page.n - 1, last);
	}
	rsm_write(w, page, ids[0], ids[1], c->n);
	xw_end(w);
	asker_send(m, &p->asker);
}

static void on_list(struct session *s, void *ctx,
	const struct chanlist_answer *answer, const struct fault *fault)
{
	struct pager *p = ctx;

	if (answer != NULL) {
		write_page(s, p, answer->channels);
	} else if (fault != NULL) {
		asker_fail(s->user->mapping, &p->asker, fault->error,
			fault->text);
	}
	asker_finish(&p->asker);
	istr_unref(p->id);
	free(p);
}

/* ---- asking ---- */

static bool is_coming_up(const struct session *s)
{
	return s->state == SESSION_UP || s->state == SESSION_WAITING ||
		s->state == SESSION_CONNECTING ||
		s->state == SESSION_REGISTERING;
}

/* Registered users are connected for it; it then stays for a while. */
static struct session *connect_for(struct request *q, const struct addr *a,
	struct fault *fault)
{
	struct user *u = user_get(core_of(q), q->from.bare);
	struct session *s = session_get(u, a->network, slice(NULL, 0), fault);

	user_touch(u);
	if (s == NULL) {
		return NULL;
	}
	if (!session_may_open(s)) {
		*fault = (struct fault){E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first."};
		return NULL;
	}
	session_hold(s);
	session_open(s);
	return s;
}

static struct session *session_for(struct request *q, const struct addr *a,
	struct fault *fault)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;

	if (s != NULL && (is_coming_up(s) || chanlist_is_fresh(s))) {
		return s;
	}
	if (account_registered(core_of(q), q->from.bare)) {
		return connect_for(q, a, fault);
	}
	*fault = (struct fault){E_RECIPIENT_UNAVAILABLE,
		"You are not connected to this network. Enter one of its "
		"channels first, or register with the gateway."};
	return NULL;
}

static bool read_page(struct request *q, struct rsm *rsm, struct fault *fault)
{
	if (rsm_read(elem_first(q->stanza->root), rsm) != ERR_OK) {
		*fault = (struct fault){E_BAD_REQUEST,
			"It is not clear which page of the list is asked "
			"for. Begin with the first one."};
		return false;
	}
	if (rsm->id.len > CASEMAP_NAME_MAX) {
		*fault = (struct fault){E_ITEM_NOT_FOUND,
			"There is no such place in the list any more. Begin "
			"with its first page."};
		return false;
	}
	return true;
}

void chanpage_items(struct request *q, const struct addr *a)
{
	struct fault fault;
	struct rsm rsm;
	struct session *s;
	struct pager *p;

	if (!read_page(q, &rsm, &fault) ||
		(s = session_for(q, a, &fault)) == NULL) {
		out_fault(core_of(q), q->stanza, &fault);
		return;
	}
	p = must_calloc(1, sizeof *p);
	asker_init(&p->asker, q, NS_DISCO_ITEMS, "query");
	p->id = rsm.id.p ? intern(rsm.id.p, rsm.id.len) : NULL;
	p->rsm = rsm;
	p->rsm.id = istr_slice(p->id);
	chanlist_ask(s, slice(NULL, 0), on_list, p);
}
