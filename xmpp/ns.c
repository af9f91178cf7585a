/* SPDX-License-Identifier: MIT */
#include "xmpp/ns.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"

static const char *const uris[NS_COUNT] = {[NS_NONE] = "",
	[NS_OTHER] = "",
#define NS_URI(name, uri) [NS_##name] = (uri),
	NS_LIST(NS_URI)
#undef NS_URI
};

/* Namespaces in which stanzas arrive beside our own (PROTOCOL A.1). */
static const char *const stanza_uris[] = {"jabber:client", "jabber:server"};

/*
 * Open addressing, filled at the first look-up. Only our own URIs are in it,
 * so a plain hash will do: a stranger's URI costs one or two comparisons.
 */
enum { SLOTS = 512 };
static struct {
	const char *uri;
	enum ns ns;
} slots[SLOTS];
static int filled;

static unsigned slot_of(const char *uri)
{
	uint32_t hash = 2166136261U;
	unsigned i;

	for (const char *p = uri; *p != '\0'; p++) {
		hash = (hash ^ (unsigned char)*p) * 16777619U;
	}
	i = (hash ^ hash >> 16) % SLOTS;
	while (slots[i].uri != NULL && strcmp(slots[i].uri, uri) != 0) {
		i = (i + 1) % SLOTS;
	}
	return i;
}

static void put(const char *uri, enum ns ns)
{
	unsigned i = slot_of(uri);

	must(slots[i].uri == NULL);
	slots[i].uri = uri;
	slots[i].ns = ns;
}

static void fill(void)
{
	for (unsigned i = NS_OTHER + 1; i < NS_COUNT; i++) {
		put(uris[i], (enum ns)i);
	}
	for (unsigned i = 0; i < sizeof stanza_uris / sizeof *stanza_uris;
		i++) {
		put(stanza_uris[i], NS_STANZA);
	}
	filled = 1;
}

enum ns ns_find(const char *uri)
{
	unsigned i;

	if (uri == NULL || *uri == '\0') {
		return NS_NONE;
	}
	if (!filled) {
		fill();
	}
	i = slot_of(uri);
	return slots[i].uri != NULL ? slots[i].ns : NS_OTHER;
}

const char *ns_uri(enum ns ns)
{
	must((unsigned)ns < NS_COUNT);
	return uris[ns];
}
