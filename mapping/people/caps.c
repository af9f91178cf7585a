/* SPDX-License-Identifier: MIT */
#include "mapping/people/caps.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

static const char caps_node[] = "urn:isthmus:gateway";

enum { TEXT_BYTES = 65536 };

/* `<` ends each part, so it cannot be in one. */
static void add(struct buf *b, struct slice part)
{
	for (size_t i = 0; i < part.len; i++) {
		if (part.p[i] == '<') {
			buf_add_str(b, "&lt;");
		} else {
			buf_add_char(b, part.p[i]);
		}
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By category, then type; the name is the same for all, the language none. */
static int compare_identities(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	int order = strcmp(x[0], y[0]);

	return order != 0 ? order : strcmp(x[1], y[1]);
}

void caps_ver(const struct disco_info *d, char ver[CAPS_VER])
{
	struct disco_info sorted = *d;
	struct buf b;

	qsort(sorted.identities, d->nidentities, sizeof *sorted.identities,
		compare_identities);
	qsort(sorted.features, d->nfeatures, sizeof *sorted.features, compare);
	buf_init(&b, TEXT_BYTES);
	for (unsigned i = 0; i < d->nidentities; i++) {
		buf_addf(&b, "%s/%s//", sorted.identities[i].category,
			sorted.identities[i].type);
		add(&b, d->name);
		buf_add_char(&b, '<');
	}
	for (unsigned i = 0; i < d->nfeatures; i++) {
		add(&b, slice_str(sorted.features[i]));
		buf_add_char(&b, '<');
	}
	crypto_sha1_base64(buf_slice(&b), ver);
	buf_finish(&b);
}

void caps_write(struct mapping *m, struct xw *w, const struct addr *a,
	const struct room *r)
{
	struct disco_info d;
	char ver[CAPS_VER];

	if (a->kind != ADDR_GW && a->kind != ADDR_CHAN) {
		return;
	}
	disco_describe(m, a->kind, disco_name(m, a), r, &d);
	caps_ver(&d, ver);
	xw_start(w, "c", NS_CAPS);
	xw_attr(w, "hash", "sha-1");
	xw_attr(w, "node", caps_node);
	xw_attr(w, "ver", ver);
	xw_end(w);
}

bool caps_is_node(const struct disco_info *d, const char *node)
{
	size_t len = sizeof caps_node - 1;
	char ver[CAPS_VER];

	if (strncmp(node, caps_node, len) != 0 || node[len] != '#') {
		return false;
	}
	caps_ver(d, ver);
	return strcmp(node + len + 1, ver) == 0;
}
