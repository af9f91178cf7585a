/* SPDX-License-Identifier: MIT */
#include "mapping/people/privilege.h"

#include <string.h>

#include "mapping/out.h"

/* ---- what is granted ---- */

static bool is(const struct elem *e, const char *name, const char *value)
{
	const char *has = elem_attr(e, name);

	return has != NULL && strcmp(has, value) == 0;
}

static bool may(const struct elem *e, const char *type)
{
	return is(e, "type", type) || is(e, "type", "both");
}

static void grant_namespace(struct mapping *m, const struct elem *e)
{
	if (is(e, "ns", ns_uri(NS_PUBSUB))) {
		m->may_publish = may(e, "set");
		m->may_retrieve = may(e, "get");
	} else if (is(e, "ns", ns_uri(NS_DISCO_INFO))) {
		m->may_discover = may(e, "get");
	}
}

/*
 * Only :2 knows how to send one. COMPAT: Prosody's module does not close the
 * elements, so that each stands in the one before (doc/QUIRKS.md).
 */
static void grant_iq(struct mapping *m, const struct elem *perm)
{
	const struct elem *e;
	const struct elem *inner;

	if (perm->ns != NS_PRIVILEGE2) {
		return;
	}
	e = elem_child(perm, "namespace", NS_PRIVILEGE2);
	while (e != NULL) {
		grant_namespace(m, e);
		inner = elem_child(e, "namespace", NS_PRIVILEGE2);
		e = inner != NULL ? inner :
				    elem_next(e, "namespace", NS_PRIVILEGE2);
	}
}

void privilege_forget(struct mapping *m)
{
	m->may_roster = false;
	m->sees_presence = false;
	m->may_publish = false;
	m->may_retrieve = false;
	m->may_discover = false;
}

void privilege_granted(struct mapping *m, const struct elem *privilege)
{
	privilege_forget(m);
	for (const struct elem *perm =
			elem_child(privilege, "perm", privilege->ns);
		perm != NULL; perm = elem_next(perm, "perm", privilege->ns)) {
		if (is(perm, "access", "roster")) {
			m->may_roster = may(perm, "set");
		} else if (is(perm, "access", "presence")) {
			m->sees_presence = is(perm, "type", "managed_entity") ||
				is(perm, "type", "roster");
		} else if (is(perm, "access", "iq")) {
			grant_iq(m, perm);
		}
	}
	log_info(NULL, "server grants roster=%s presence=%s pubsub=%s",
		m->may_roster ? "set" : "none",
		m->sees_presence ? "all" : "none",
		!m->may_publish		? "none" :
			m->may_retrieve ? "both" :
					  "set");
}

/* ---- an iq in a user's name ---- */

bool privilege_covers(const struct user *u)
{
	const char *at = strchr(u->entry.key->p, '@');

	return at != NULL && strcmp(at + 1, u->mapping->config->server) == 0;
}

struct ask *privileged_open(struct user *u, const char *type,
	unsigned timeout_ms, ask_fn *fn, void *ctx)
{
	struct mapping *m = u->mapping;
	const char *bare = u->entry.key->p;
	struct ask *a = ask_open(m, type, m->config->component, bare,
		timeout_ms, fn, ctx);
	struct xw *w = &m->out.w;

	if (a != NULL) {
		xw_start(w, "privileged_iq", NS_PRIVILEGE2);
		xw_start_uri(w, "iq", "jabber:client");
		xw_attr(w, "to", bare);
		xw_attr(w, "id", ask_id(a));
		xw_attr(w, "type", type);
	}
	return a;
}

void privileged_close(struct ask *a, struct user *u)
{
	struct xw *w = &u->mapping->out.w;

	xw_end(w);
	xw_end(w);
	ask_close(a);
}

const struct elem *privileged_answer(const struct stanza *answer)
{
	const struct elem *e;

	if (answer == NULL) {
		return NULL;
	}
	e = elem_child(answer->root, "privilege", NS_PRIVILEGE2);
	if (e == NULL) {
		return answer->root;
	}
	e = elem_child(e, "forwarded", NS_FORWARD);
	return e != NULL ? elem_child(e, "iq", NS_STANZA) : NULL;
}
