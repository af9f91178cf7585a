/* SPDX-License-Identifier: MIT */
#include "mapping/people/ownmeta.h"

#include "irc/ircout.h"
#include "mapping/people/metaset.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

struct slice ownmeta_kept(const char *lines, enum irc_meta key)
{
	struct slice rest = slice_str(lines);

	while (rest.len > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_is(slice_cut(&line, ' '), irc_meta_name(key))) {
			return line;
		}
	}
	return slice(NULL, 0);
}

void ownmeta_add(struct buf *lines, enum irc_meta key, struct slice value)
{
	if (value.len > 0) {
		buf_addf(lines, "%s%s ", lines->len > 0 ? "\n" : "",
			irc_meta_name(key));
		irc_one_line(lines, value, META_VALUE_MAX);
	}
}

/* It was taken once; the user is told that it is not any more. */
static void on_set(struct session *s, void *ctx, enum irc_meta key,
	const struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	const char *lang = user_lang(s->user);
	struct buf b;

	(void)ctx;
	/* Without a key it is the connection that has ended. */
	if (fault == NULL || key == META_KEYS || !session_is_up(s)) {
		return;
	}
	buf_init(&b, 4096);
	buf_addf(&b, text(m, lang, N_("The network does not take what you "
				      "have set for %s. %s")),
		irc_meta_name(key), text_whole(m, lang, fault->text));
	session_headline(s, N_("Profile"), buf_slice(&b));
	buf_finish(&b);
}

void ownmeta_up(struct session *s)
{
	const struct account *a =
		account_find(s->user->mapping, s->user->entry.key->p);
	const char *lines = a == NULL || !a->registered ? NULL :
		account_setting(a, s->network, SET_METADATA);
	const struct ircuser *me = ircnet_me(s->net);
	struct metaset *p = NULL;
	struct fault fault;

	if (lines == NULL || me == NULL || !ircnet_metadata(s->net).offered) {
		return;
	}
	for (int i = 0; i < META_KEYS; i++) {
		enum irc_meta key = (enum irc_meta)i;
		struct slice value = ownmeta_kept(lines, key);

		if (value.len == 0 || slice_eq(value, ircnet_meta(s->net,
					       me->entry.key, key))) {
			continue;
		}
		if (p == NULL) {
			p = metaset_begin(s, slice_str("*"), &fault);
		}
		if (p != NULL) {
			metaset_add(p, key, value);
		}
	}
	if (p != NULL) {
		metaset_go(p, true, on_set, NULL);
	}
}
