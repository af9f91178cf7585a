/* SPDX-License-Identifier: MIT */
#include "mapping/talk/compose.h"

#include "mapping/out.h"
#include "mapping/talk/envelope.h"
#include "mapping/talk/oob.h"

enum { OLD_MS = 3600000, LISTED = 50 };

/* C.1: said more than an hour ago, where people want to know. */
static bool tells_time(const struct mapping *m, const struct message_parts *p)
{
	return m->config->keep_time && p->said_ms > 0 &&
		p->said_ms + OLD_MS < m->clock->wall_ms;
}

/* "[2002-09-10T23:08:25Z] " */
static void add_time(struct buf *out, const struct message_parts *p)
{
	char stamp[OUT_STAMP];

	out_stamp(p->said_ms, stamp);
	buf_addf(out, "[%s] ", stamp);
}

/* Between two pieces, unless something separates them already. */
static void separate(struct buf *out, char c)
{
	char last = out->len > 0 ? out->p[out->len - 1] : '\n';

	if (last != '\n' && last != ' ') {
		buf_add_char(out, c);
	}
}

/* jabber:x:roster: a line for each contact (C.20). */
static void add_roster(struct buf *out, const struct elem *x)
{
	const struct elem *e = elem_child(x, "item", x->ns);
	unsigned n = 0;

	for (; e != NULL && n < LISTED; e = elem_next(e, "item", x->ns)) {
		const char *jid = elem_attr(e, "jid");
		const char *name = elem_attr(e, "name");
		const char *action = elem_attr(e, "action");

		if (jid == NULL || *jid == '\0' ||
			(action != NULL && strcmp(action, "delete") == 0)) {
			continue;
		}
		separate(out, '\n');
		if (name != NULL && *name != '\0') {
			buf_addf(out, "%s ", name);
		}
		buf_addf(out, "<%s>", jid);
		n++;
	}
}

/* What stands from `front` to `said` is nothing without what follows it. */
static struct slice result(struct buf *out, size_t front, size_t said)
{
	if (out->len == said) {
		buf_truncate(out, front);
	}
	return out->len > 0 ? buf_slice(out) : slice(NULL, 0);
}

struct slice compose_room(struct mapping *m, const struct message_parts *p)
{
	struct buf *out = &m->text;
	size_t said;

	if (p->oob == NULL && !tells_time(m, p)) {
		return children_said(p);
	}
	buf_reset(out, CORE_KEEP_BYTES);
	if (tells_time(m, p)) {
		add_time(out, p);
	}
	said = out->len;
	buf_add_slice(out, children_said(p));
	oob_add(out, p);
	return result(out, 0, said);
}

static bool is_plain(const struct mapping *m, const struct message_parts *p,
	struct slice invite)
{
	return p->oob == NULL && p->subject.len == 0 && p->roster == NULL &&
		p->envelope == NULL && invite.len == 0 && !tells_time(m, p);
}

struct slice compose_chat(struct mapping *m, const struct message_parts *p,
	struct slice invite)
{
	struct buf *out = &m->text;
	size_t front;
	size_t said;

	if (is_plain(m, p, invite)) {
		return children_said(p);
	}
	buf_reset(out, CORE_KEEP_BYTES);
	if (p->subject.len > 0) {
		buf_add_str(out, "Subject: ");
		buf_add_slice(out, p->subject);
		buf_add_char(out, '\n');
	}
	front = out->len;
	if (tells_time(m, p)) {
		add_time(out, p);
	}
	envelope_add_forwarded(out, p);
	said = out->len;
	buf_add_slice(out, children_said(p));
	oob_add(out, p);
	if (invite.len > 0) {
		separate(out, ' ');
		buf_add_slice(out, invite);
	}
	if (p->roster != NULL) {
		add_roster(out, p->roster);
	}
	return result(out, front, said);
}
