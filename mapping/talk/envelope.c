/* SPDX-License-Identifier: MIT */
#include "mapping/talk/envelope.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/out.h"
#include "mapping/session.h"
#include "mapping/uri.h"

enum { OTHERS_MAX = 5 };

void envelope_add_forwarded(struct buf *out, const struct message_parts *p)
{
	static const char name[] = "forwardedby";
	const struct elem *e = p->envelope ?
		elem_child(p->envelope, name, NS_X_ENVELOPE) :
		NULL;
	unsigned n = 0;

	for (; e != NULL && n < OTHERS_MAX;
		e = elem_next(e, name, NS_X_ENVELOPE)) {
		const char *jid = elem_attr(e, "jid");

		if (jid != NULL && *jid != '\0') {
			buf_addf(out, n == 0 ? "(forwarded by %s" : ", %s",
				jid);
			n++;
		}
	}
	buf_add_str(out, n > 0 ? ") " : "");
}

/*
 * An address of that kind on the session's own network. One of another domain
 * is nobody's on IRC, whatever stands before its @.
 */
static bool parse_own(struct session *s, const char *address,
	enum addr_kind kind, struct addr *a)
{
	struct mapping *m = s->user->mapping;
	struct fault fault;
	struct jid jid;

	return jid_parse(slice_str(address), &m->arena, &jid) == ERR_OK &&
		strcmp(jid.domain, m->config->component) == 0 &&
		addr_parse(m, address, s->user, a, &fault) &&
		a->kind == kind && a->network == s->network;
}

/* ---- others ---- */

struct others {
	struct session *session;
	struct slice names[OTHERS_MAX + 1]; /* the first: who has it already */
	unsigned n;
	unsigned max;
	envelope_fn *fn;
	void *ctx;
};

static bool has(const struct others *o, struct slice nick)
{
	for (unsigned i = 0; i < o->n; i++) {
		if (casemap_equal(o->session->casemap, o->names[i], nick)) {
			return true;
		}
	}
	return false;
}

static void add_other(struct others *o, const char *jid)
{
	struct session *s = o->session;
	struct addr a;
	struct slice nick;

	if (jid == NULL || o->n > o->max ||
		!parse_own(s, jid, ADDR_NICK, &a)) {
		return;
	}
	nick = addr_find_nick(s, &a);
	if (!has(o, nick)) {
		o->names[o->n++] = nick;
		o->fn(o->ctx, jid, nick);
	}
}

/* XEP-0033: who has it from somebody else already is marked. */
static bool is_wanted(const struct elem *e)
{
	const char *type = elem_attr(e, "type");
	const char *delivered = elem_attr(e, "delivered");

	return type != NULL &&
		(strcmp(type, "to") == 0 || strcmp(type, "cc") == 0) &&
		(delivered == NULL || strcmp(delivered, "true") != 0);
}

static unsigned most_others(const struct session *s)
{
	unsigned most = s->net ? ircnet_isupport(s->net)->maxtargets : 1;

	/* One is what holds when the server did not say. */
	return most > 1 && most < OTHERS_MAX ? most : OTHERS_MAX;
}

void envelope_others(struct session *s, const struct message_parts *p,
	struct slice main, envelope_fn *fn, void *ctx)
{
	struct others o = {.session = s, .names = {main}, .n = 1,
		.max = most_others(s), .fn = fn, .ctx = ctx};
	const struct elem *e = p->envelope ? p->envelope->first : NULL;

	for (; e != NULL; e = e->next) {
		if (elem_is(e, "to", NS_X_ENVELOPE) ||
			elem_is(e, "cc", NS_X_ENVELOPE)) {
			add_other(&o, elem_attr(e, "jid"));
		}
	}
	e = p->addresses ? elem_child(p->addresses, "address", NS_ADDRESS) :
			   NULL;
	for (; e != NULL; e = elem_next(e, "address", NS_ADDRESS)) {
		if (is_wanted(e)) {
			add_other(&o, elem_attr(e, "jid"));
		}
	}
}

/* ---- invitations ---- */

/* The channel of this network that the address means; absent: none. */
static struct slice own_channel(struct session *s, const struct jid *jid)
{
	struct addr a;

	if (!parse_own(s, jid->bare, ADDR_CHAN, &a)) {
		return slice(NULL, 0);
	}
	return a.name;
}

static bool is_in(const struct session *s, struct slice channel)
{
	const struct ircchan *c = s->net && session_is_up(s) ?
		ircnet_chan(s->net, channel) :
		NULL;

	return c != NULL && c->state != CHAN_REQUESTED;
}

/* "reason xmpp:room?join", or the channel's name for people of its network. */
static struct slice in_words(struct mapping *m, const struct elem *x,
	const struct message_parts *p, const char *bare, struct slice channel)
{
	struct slice reason = slice_trim(slice_str(elem_attr(x, "reason")));
	struct slice body = p->body;
	struct buf *b = &m->item;
	const char *copy;

	buf_reset(b, CORE_KEEP_BYTES);
	if (body.len > 0 && memmem(body.p, body.len, bare, strlen(bare))) {
		return slice(NULL, 0); /* it says so itself */
	}
	if (reason.len == 0) {
		reason = slice_trim(elem_text(x));
	}
	if (reason.len > 0 && !slice_eq(reason, slice_trim(body))) {
		buf_add_slice(b, reason);
		buf_add_char(b, ' ');
	}
	if (channel.len > 0) {
		buf_add_slice(b, channel);
	} else {
		uri_add_join(b, slice_str(bare));
	}
	copy = arena_strndup(&m->arena, b->p, b->len);
	return slice(copy, copy ? b->len : 0);
}

void invitation_read(struct session *s, const struct message_parts *p,
	struct invitation *out)
{
	struct mapping *m = s->user->mapping;
	const char *to = p->invite ? elem_attr(p->invite, "jid") : NULL;
	struct slice channel;
	struct jid jid;

	*out = (struct invitation){0};
	if (to == NULL ||
		jid_parse(slice_str(to), &m->arena, &jid) != ERR_OK ||
		jid.node == NULL) {
		return;
	}
	channel = own_channel(s, &jid);
	if (channel.len > 0 && is_in(s, channel)) {
		out->channel = channel;
	} else {
		out->words = in_words(m, p->invite, p, jid.bare, channel);
	}
}
