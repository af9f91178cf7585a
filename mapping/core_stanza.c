/* SPDX-License-Identifier: MIT */
#include "mapping/core_private.h"

#include <string.h>

#include "mapping/iq.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/privilege.h"
#include "mapping/presence.h"
#include "mapping/room/room.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/message.h"
#include "mapping/user.h"

/* Stanzas of the Jabber server: from whom, in which language, to which handler. */

typedef void stanza_fn(struct request *q);

static stanza_fn *const stanza_handlers[STANZA_KINDS] = {
	[STANZA_MESSAGE] = handle_message,
	[STANZA_PRESENCE] = handle_presence,
	[STANZA_IQ] = handle_iq,
};

static void drop_stanza(struct mapping *m, const char *reason, const char *from)
{
	m->counts.refused++;
	log_warn(NULL, "stanza dropped reason=%s from=%s", reason, from);
}

/* XEP-0356 tells what we may do; a reply would come back as an error (A.5). */
static bool is_from_server(struct mapping *m, const struct stanza *s)
{
	const struct elem *e = elem_child(s->root, "privilege", NS_PRIVILEGE2);

	if (e == NULL) {
		e = elem_child(s->root, "privilege", NS_PRIVILEGE1);
	}
	if (s->kind != STANZA_MESSAGE || e == NULL) {
		return false;
	}
	if (strcmp(s->from, m->config->server) != 0) {
		drop_stanza(m, "not-our-server", s->from);
	} else if (!stanza_type_is(s, "error")) {
		/* An error is ours that came back: no word of the server's. */
		privilege_granted(m, e);
		core_each_session(m, displayed_go, NULL);
	}
	return true;
}

/*
 * The first thing a client does after the component was away brings it all its
 * rooms again (A.3); a join asks for its own, a leaving one for nothing.
 */
static void wake_client(const struct request *q)
{
	const struct stanza *s = q->stanza;
	struct user *u = user_find(q->core, q->from.bare);
	struct resource *res = u ? resource_find(u, q->from.full) : NULL;

	if (res != NULL && !stanza_type_is(s, "error") &&
		!stanza_type_is(s, "unavailable") &&
		(s->kind != STANZA_PRESENCE ||
			elem_child(s->root, "x", NS_MUC) == NULL)) {
		rooms_client_acts(res);
	}
	if (res != NULL) {
		res->unsure = false;
	}
}

static void hear_language(const struct request *q, const char *lang)
{
	struct user *u = user_find(q->core, q->from.bare);

	if (u != NULL) {
		user_heard(u, lang);
	}
}

/*
 * What the user chose is the language of every answer: servers mark stanzas on
 * their own account, too (PROTOCOL C.16). In the arena, since it may change.
 */
static void choose_language(struct request *q, struct stanza *chosen)
{
	const char *lang = user_chosen_lang(q->core, q->from.bare);

	if (lang != NULL) {
		*chosen = *q->stanza;
		chosen->lang = arena_strndup(&q->core->arena, lang,
			strlen(lang));
		q->lang = chosen->lang;
		q->stanza = chosen;
	}
}

/* After the goodbye nothing begins any more (C.9). */
static void refuse_late(struct mapping *m, const struct stanza *s)
{
	if (s->kind != STANZA_PRESENCE || stanza_type_is(s, NULL)) {
		out_error(m, s, E_SERVICE_UNAVAILABLE,
			"The gateway is stopping. Try again in a minute.");
	}
}

void mapping_stanza(struct mapping *m, const struct stanza *stanza)
{
	struct request q = {.core = m, .stanza = stanza, .lang = stanza->lang};
	struct stanza chosen;

	arena_reset(&m->arena);
	if (stanza->from == NULL || stanza->to == NULL ||
		is_from_server(m, stanza)) {
		return;
	}
	if (jid_parse(slice_str(stanza->from), &m->arena, &q.from) != ERR_OK) {
		drop_stanza(m, "bad-sender", stanza->from);
		return;
	}
	if (m->stopping) {
		refuse_late(m, stanza);
		return;
	}
	wake_client(&q);
	/* before, for what is sent meanwhile ... */
	hear_language(&q, stanza->lang);
	choose_language(&q, &chosen);
	stanza_handlers[stanza->kind](&q);
	/* ... and after: now the user may be there */
	hear_language(&q, stanza->lang);
	networks_tidy(m);
}

void mapping_dropped(struct mapping *m, const struct stanza *stanza,
	unsigned over)
{
	arena_reset(&m->arena);
	m->counts.refused++;
	log_warn(NULL, "stanza dropped reason=too-big over=%u from=%s", over,
		stanza->from ? stanza->from : "?");
	if (stanza->from != NULL && stanza->to != NULL) {
		out_error(m, stanza, E_NOT_ACCEPTABLE,
			"This is too large for the gateway. Send it in smaller "
			"pieces.");
	}
}
