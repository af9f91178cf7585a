/* SPDX-License-Identifier: MIT */
#include "mapping/people/online.h"

#include <string.h>

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/places.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* How an attempt to connect ended, and who is told so (PROTOCOL C.22 7.2). */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

void online_forget(struct session *s)
{
	istr_set(&s->asked_by, NULL);
	istr_set(&s->asked_at, NULL);
	istr_set(&s->asked_id, NULL);
	istr_set(&s->failure, NULL);
	s->failure_of_gw = false;
}

void online_up(struct session *s)
{
	online_forget(s);
}

static void tell_asker(struct session *s, const struct fault *fault)
{
	struct mapping *m = core(s);
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", s->asked_at->p);
	xw_attr(w, "id", s->asked_id ? s->asked_id->p : NULL);
	xw_attr(w, "type", "error");
	text_error(m, w, fault->error, user_lang(s->user), fault->text, NULL);
	out_end(m);
	out_send(m, NULL, s->asked_by->p);
}

static void tell_others(struct session *s, struct contact *c)
{
	struct mapping *m = core(s);
	struct face face = {.status = istr_slice(s->failure)};

	contact_note(m, c, &face);
	face_write(m, s->user->entry.key->p, c->entry.key->p, &face, 0);
	out_end(m);
	list_each(it, &s->user->resources) {
		const struct resource *r = list_entry(it, struct resource, link);

		if (resource_present(r) && r->full != s->asked_by) {
			out_send(m, NULL, r->full->p);
		}
	}
}

static void tell_message(struct session *s)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_addf(&b, text(core(s), user_lang(s->user),
			     N_("%s could not be reached. %s")),
		network_title(s->network), s->failure->p);
	out_message(core(s), s->user, session_srv(s), s->user->entry.key->p,
		NULL, slice(NULL, 0), buf_slice(&b));
	buf_finish(&b);
}

void online_failed(struct session *s, const struct fault *fault)
{
	struct account *a = account_find(core(s), s->user->entry.key->p);
	struct contact *c;
	const char *why;

	if (s->asked_at == NULL || core(s)->stopping) {
		return;
	}
	why = text_whole(core(s), user_lang(s->user), fault->text);
	istr_set(&s->failure, intern(why, strlen(why)));
	s->failure_of_gw =
		strcmp(s->asked_at->p, core(s)->config->component) == 0;
	if (s->asked_by != NULL) {
		tell_asker(s, fault);
	}
	c = a ? account_contact(a, s->asked_at->p) : NULL;
	if (c != NULL && (c->state & CONTACT_FROM) != 0) {
		tell_others(s, c);
	}
	tell_message(s);
	istr_set(&s->asked_by, NULL);
	istr_set(&s->asked_at, NULL);
	istr_set(&s->asked_id, NULL);
}
