/* SPDX-License-Identifier: MIT */
#include "mapping/talk/children.h"

#include <strings.h>

#include "base/stamp.h"
#include "mapping/out.h"
#include "mapping/talk/fallback.h"
#include "mapping/talk/html.h"
#include "mapping/talk/styling.h"

/* ---- text in several languages ---- */

static const char *lang_of(const struct elem *e)
{
	for (const struct attr *a = e->attrs; a != NULL; a = a->next) {
		if (a->ns == NS_XML && strcmp(a->name, "lang") == 0) {
			return a->value;
		}
	}
	return NULL;
}

/* The one in the stanza's language, else the first (C.1). */
static void take_text(const struct request *q, const struct elem *e,
	struct slice *text)
{
	const char *own = lang_of(e);
	const char *lang = lang_of(q->stanza->root);
	bool first = text->p == NULL;

	if (first ||
		(own != NULL && lang != NULL && strcasecmp(own, lang) == 0)) {
		*text = elem_text(e);
	}
	if (text->p == NULL) {
		text->p = ""; /* there, and empty */
	}
}

static void read_body(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	take_text(q, e, &p->body);
}

static void read_subject(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	take_text(q, e, &p->subject);
}

static void read_thread(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	(void)q;
	p->thread = elem_text(e);
	if (p->thread.p == NULL) {
		p->thread.p = "";
	}
}

/* ---- small ones ---- */

static void read_delay(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	(void)q;
	if (p->said_ms == 0) {
		p->said_ms = stamp_read(slice_str(elem_attr(e, "stamp")));
	}
}

static void read_expire(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	(void)q;
	p->expire_s =
		slice_number(slice_str(elem_attr(e, "seconds")), 1000000000L);
}

static void read_encrypted(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	/*
	 * OMEMO sends keys without a text (XEP-0384 4.6): nothing is lost when
	 * such a message ends here.
	 */
	bool keys = (e->ns == NS_OMEMO || e->ns == NS_OMEMO2) &&
		elem_child(e, "payload", e->ns) == NULL;

	(void)q;
	p->encrypted |= !keys;
	p->fallback = true;
}

/* XEP-0380 says which kind; OTR is in the body itself and may pass (C.20). */
static void read_eme(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	const char *kind = elem_attr(e, "namespace");

	(void)q;
	p->fallback |= kind == NULL || strcmp(kind, "urn:xmpp:otr:0") != 0;
}

static void read_state(const struct request *q, const struct elem *e,
	struct message_parts *p)
{
	static const struct {
		const char *name;
		enum irc_typing typing;
	} states[] = {
		{"composing", IRC_TYPING_ACTIVE},
		{"paused", IRC_TYPING_PAUSED},
		{"active", IRC_TYPING_DONE},
		{"inactive", IRC_TYPING_DONE},
		{"gone", IRC_TYPING_DONE},
	};

	(void)q;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (strcmp(e->name, states[i].name) == 0) {
			p->typing = states[i].typing;
		}
	}
}

/* ---- the table ---- */

typedef void read_fn(const struct request *q, const struct elem *e,
	struct message_parts *p);

/* Kept as it is: the first one; or read. name NULL: any element of it. */
static const struct child {
	const char *name;
	enum ns ns;
	size_t field; /* a const struct elem *; 0: read */
	read_fn *read;
} table[] = {
	{"body", NS_STANZA, 0, read_body},
	{"subject", NS_STANZA, 0, read_subject},
	{"thread", NS_STANZA, 0, read_thread},
	{NULL, NS_CHATSTATES, 0, read_state},
	{"delay", NS_DELAY, 0, read_delay},
	{"x", NS_X_DELAY, 0, read_delay},
	{"x", NS_X_EXPIRE, 0, read_expire},
	{"x", NS_X_ENCRYPTED, 0, read_encrypted},
	{"encrypted", NS_OMEMO, 0, read_encrypted},
	{"encrypted", NS_OMEMO2, 0, read_encrypted},
	{"openpgp", NS_OPENPGP, 0, read_encrypted},
	{"encryption", NS_EME, 0, read_eme},
#define KEEP(member) offsetof(struct message_parts, member), NULL
	{"x", NS_X_OOB, KEEP(oob)},
	{"x", NS_CONFERENCE_DIRECT, KEEP(invite)},
	{"x", NS_MUC_USER, KEEP(muc_user)},
	{"x", NS_X_ENVELOPE, KEEP(envelope)},
	{"addresses", NS_ADDRESS, KEEP(addresses)},
	{"x", NS_X_ROSTER, KEEP(roster)},
	{"x", NS_ROSTERX, KEEP(roster)},
	{"x", NS_X_EVENT, KEEP(event)},
	{"request", NS_RECEIPTS, KEEP(receipt)},
	{"html", NS_XHTML_IM, KEEP(html)},
	{"html", NS_XHTML, KEEP(html)},
	{"markup", NS_MARKUP, KEEP(markup)},
	{"unstyled", NS_STYLING, KEEP(unstyled)},
	{"reply", NS_REPLY, KEEP(reply)},
	{"replace", NS_CORRECT, KEEP(replace)},
	{"reactions", NS_REACTIONS, KEEP(reactions)},
	{"retract", NS_RETRACT, KEEP(retract)},
	{"attention", NS_ATTENTION, KEEP(attention)},
	{"displayed", NS_MARKERS, KEEP(displayed)},
#undef KEEP
};

static const struct child *find(const struct elem *e)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (e->ns == table[i].ns &&
			(table[i].name == NULL ||
				strcmp(e->name, table[i].name) == 0)) {
			return &table[i];
		}
	}
	return NULL;
}

static void keep(struct message_parts *p, size_t field, const struct elem *e)
{
	const struct elem **at =
		(const struct elem **)(void *)((char *)p + field);

	if (*at == NULL) {
		*at = e;
	}
}

/* A body that says something else than the <html/> wins (G.1). */
static void read_html(const struct request *q, struct message_parts *p)
{
	struct html_text html;

	html_read(core_of(q), p->html, lang_of(q->stanza->root), p->body,
		&html);
	if (p->body.p == NULL) {
		p->body = html.text;
		p->coded = html.coded;
	} else if (html.same && html.coded.p != NULL) {
		p->coded = html.coded;
	} else if (html.same && html.more) {
		p->coded = html.text;
	}
}

static void read_styling(struct mapping *m, struct message_parts *p)
{
	if (p->markup != NULL) {
		/* It counts the characters of a body that nothing was cut off. */
		p->coded = p->quote_cut ?
			slice(NULL, 0) :
			markup_codes(m, p->markup, p->body);
	} else if (p->unstyled == NULL) {
		p->coded = styling_codes(m, p->body);
	}
}

/*
 * What the body says only for those who do not understand the rest (F.2). What
 * stands for a retraction or a reaction is never said, marked as that or not.
 */
static void cut_fallback(const struct request *q, struct message_parts *p)
{
	struct mapping *m = core_of(q);
	const struct elem *root = q->stanza->root;

	if (p->retract != NULL || p->reactions != NULL) {
		p->body = slice(NULL, 0);
		p->coded = slice(NULL, 0);
		return;
	}
	if (p->reply != NULL && fallback_has(root, NS_REPLY)) {
		p->body = fallback_cut(m, root, NS_REPLY, p->body);
		p->coded = slice(NULL, 0);
		p->quote_cut = true;
	}
}

void children_read(const struct request *q, struct message_parts *p)
{
	*p = (struct message_parts){.expire_s = -1};
	for (const struct elem *e = q->stanza->root->first; e != NULL;
		e = e->next) {
		const struct child *c = e->name != NULL ? find(e) : NULL;

		if (c == NULL) {
			continue;
		}
		if (c->read != NULL) {
			c->read(q, e, p);
		} else {
			keep(p, c->field, e);
		}
	}
	if (p->html != NULL) {
		read_html(q, p);
	}
	if (p->body.len > 0) {
		cut_fallback(q, p);
	}
	if (p->coded.p == NULL && p->body.len > 0 &&
		core_of(q)->config->styling) {
		read_styling(core_of(q), p);
	}
}

struct slice children_said(const struct message_parts *p)
{
	return p->coded.p != NULL ? p->coded : p->body;
}

bool children_refused(const struct request *q, const struct message_parts *p)
{
	struct mapping *m = core_of(q);
	bool text = p->body.len > 0;

	if (!p->encrypted && !(p->fallback && text)) {
		return false;
	}
	if (text && m->config->send_fallback_body) {
		return false;
	}
	out_error(m, q->stanza, E_NOT_ACCEPTABLE,
		"IRC cannot carry encrypted text. Turn encryption off for "
		"this conversation.");
	return true;
}

bool children_event(const struct message_parts *p, const char *name)
{
	return p->event != NULL &&
		elem_child(p->event, name, NS_X_EVENT) != NULL;
}
