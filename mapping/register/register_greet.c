/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/ask.h"
#include "mapping/register/realname.h"
#include "mapping/register/register.h"
#include "mapping/user.h"

/*
 * What follows a first registration (PROTOCOL C.16, C.22, C.21): GW asks for the
 * user's presence, once; and who gave no real name is asked for the one in the
 * vCard. A server that does not answer, or a vCard without a usable name, leaves
 * things as they are.
 */
enum { VCARD_MS = 30000 };

static bool fits(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 0x20 || c == 0x7f) {
			return false;
		}
	}
	return name.len > 0 && name.len <= setting_max(SET_NAME);
}

struct naming {
	const struct istr *bare;
};

static void on_named(struct mapping *m, void *ctx, enum err err)
{
	struct naming *n = ctx;
	struct user *u = user_find(m, n->bare->p);

	if (err == ERR_OK && u != NULL) {
		realname_follow_quietly(u);
	}
	istr_unref(n->bare);
	free(n);
}

/* The user may have given a name, or gone, meanwhile. */
static void on_vcard(void *ctx, const struct stanza *answer)
{
	struct mapping *m = ctx;
	const struct account *a;
	const struct elem *card;
	struct slice name;
	struct change *c;
	struct naming *n;

	if (answer == NULL || !stanza_type_is(answer, "result")) {
		return;
	}
	a = account_find(m, answer->from); /* asked by the bare JID */
	card = elem_child(answer->root, "vCard", NS_VCARD);
	name = card ? slice_trim(elem_child_text(card, "FN", NS_VCARD)) :
		      slice(NULL, 0);
	if (a == NULL || !a->registered || a->own.values[SET_NAME] != NULL ||
		!fits(name)) {
		return;
	}
	c = change_begin(m, a->entry.key->p);
	change_setting(c, NULL, SET_NAME,
		arena_strndup(&m->arena, name.p, name.len));
	n = must_calloc(1, sizeof *n);
	n->bare = istr_ref(a->entry.key);
	change_commit(c, on_named, n);
}

void register_greet(struct mapping *m, struct account *a)
{
	const char *bare = a->entry.key->p;
	struct xw *w;

	if (!a->fresh) {
		return;
	}
	a->fresh = false;
	log_info(NULL, "registered user=%s", bare);
	w = out_begin(m, "presence");
	xw_attr(w, "from", m->config->component);
	xw_attr(w, "type", "subscribe");
	out_end(m);
	out_send(m, NULL, bare);
	if (a->own.values[SET_NAME] == NULL) {
		ask_send(m, m->config->component, bare, "vCard", NS_VCARD,
			VCARD_MS, on_vcard, m);
	}
}
