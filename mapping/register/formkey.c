/* SPDX-License-Identifier: MIT */
#include "mapping/register/formkey.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "mapping/text.h"

enum { VALID_MS = 15 * 60 * 1000 };

struct formkey {
	struct list link; /* in mapping->formkeys */
	const struct istr *user;
	enum ns ns;
	uint64_t until_ms;
	char text[FORMKEY_TEXT];
};

const struct fault formkey_fault = {E_NOT_ACCEPTABLE,
	N_("key: this form is no longer valid. Ask for it again.")};

static void forget(struct mapping *m, struct formkey *k)
{
	list_remove(&k->link);
	m->nformkeys--;
	istr_unref(k->user);
	free(k);
}

static bool belongs(const struct formkey *k, const char *bare, enum ns ns)
{
	return k->ns == ns && strcmp(k->user->p, bare) == 0;
}

/* What is out of date goes, and the oldest where there are too many. */
static void make_room(struct mapping *m, const char *bare, enum ns ns)
{
	struct formkey *oldest = NULL;
	unsigned own = 0;

	list_each_safe(it, &m->formkeys) {
		struct formkey *k = list_entry(it, struct formkey, link);

		if (k->until_ms <= m->clock->now_ms) {
			forget(m, k);
		} else if (belongs(k, bare, ns)) {
			oldest = oldest ? oldest : k;
			own++;
		}
	}
	if (own >= FORMKEYS_USER) {
		forget(m, oldest);
	} else if (m->nformkeys >= FORMKEYS_MAX) {
		forget(m, list_entry(list_first(&m->formkeys), struct formkey,
				  link));
	}
}

void formkey_make(struct mapping *m, const char *bare, enum ns ns,
	char key[FORMKEY_TEXT])
{
	struct formkey *k;
	char digest[SHA256_HEX];
	unsigned char random[16];

	make_room(m, bare, ns);
	k = must_calloc(1, sizeof *k);
	/* The port's bytes are not fit for keys; our secret makes them so. */
	m->ports.random(m->ports.ctx, random, sizeof random);
	crypto_hmac_hex(slice((const char *)m->config->secret,
				sizeof m->config->secret),
		slice((const char *)random, sizeof random), digest);
	memcpy(k->text, digest, FORMKEY_TEXT - 1);
	k->user = intern(bare, strlen(bare));
	k->ns = ns;
	k->until_ms = m->clock->now_ms + VALID_MS;
	list_init(&k->link);
	list_add(&m->formkeys, &k->link);
	m->nformkeys++;
	memcpy(key, k->text, FORMKEY_TEXT);
}

bool formkey_take(struct mapping *m, const char *bare, enum ns ns,
	struct slice key)
{
	key = slice_trim(key);
	if (key.len == 0) {
		return true;
	}
	list_each(it, &m->formkeys) {
		struct formkey *k = list_entry(it, struct formkey, link);

		/* COMPAT: clients of 2001 may write it in upper case (C.0). */
		if (belongs(k, bare, ns) && slice_is_nocase(key, k->text) &&
			k->until_ms > m->clock->now_ms) {
			forget(m, k);
			return true;
		}
	}
	return false;
}

void formkeys_free(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->formkeys)) != NULL) {
		forget(m, list_entry(first, struct formkey, link));
	}
}
