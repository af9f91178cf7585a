/* SPDX-License-Identifier: MIT */
#include "mapping/addr.h"

#include <string.h>

#include "base/charset.h"
#include "base/crypto.h"
#include "base/utf8.h"

/* Entities to JIDs: names that no address holds as they are (PROTOCOL B.2,
 * B.4). */

/* Bytes of a name that had to be changed; escaped and with its network it fits.
 */
enum { SUBSTITUTE_MAX = 256 };

void addr_add_srv(struct mapping *m, struct buf *out,
	const struct network *network)
{
	buf_add_str(out, network->node);
	buf_add_char(out, '@');
	buf_add_str(out, m->config->component);
}

static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f) {
			return false;
		}
	}
	return s.len > 0 && s.len < 1024;
}

/* Code points that no resource may hold become `_` (B.4). */
static void add_substitute(struct buf *out, struct slice clean)
{
	size_t size;

	for (size_t i = 0; i < clean.len; i += size) {
		uint32_t cp = utf8_decode(clean.p + i, clean.len - i, &size);

		if (cp > 0x20 && cp < 0x7f) {
			buf_add(out, clean.p + i, size);
		} else {
			buf_add_char(out, '_');
		}
	}
}

/* Tells what is written with substitutes from its neighbours. */
static void add_mark(struct mapping *m, struct buf *out, struct slice name)
{
	char digest[SHA256_HEX];

	crypto_hmac_hex(slice((const char *)m->config->secret,
				sizeof m->config->secret),
		name, digest);
	buf_addf(out, "~%.4s", digest);
}

/* name%network, folded and escaped; what is left of `out` holds it. */
static void add_node(struct mapping *m, struct buf *out,
	const struct network *network, struct slice clean)
{
	size_t start = out->len;

	jid_escape(out, clean);
	for (size_t i = start; i < out->len; i++) {
		out->p[i] = casemap_fold_char(CASEMAP_ASCII, out->p[i]);
	}
	if (m->config->fixed_network == NULL) {
		buf_add_char(out, '%');
		buf_add_str(out, network->node);
	}
}

static bool node_is_legal(struct mapping *m, struct slice node)
{
	struct arena_mark mark = arena_mark(&m->arena);
	bool legal = jid_prepare_node(node, &m->arena) != NULL;

	arena_release(&m->arena, mark);
	return legal;
}

void addr_add_clean(struct buf *out, const struct network *network,
	struct slice name)
{
	struct buf text;

	if (utf8_valid(name)) {
		utf8_add_clean(out, name);
		return;
	}
	buf_init(&text, CORE_KEEP_BYTES);
	charset_decode(network->charset, &text, name);
	utf8_add_clean(out, buf_slice(&text));
	buf_finish(&text);
}

void addr_add_name(struct mapping *m, struct buf *out,
	const struct network *network, struct slice name)
{
	size_t start = out->len;
	struct slice node;
	struct buf *clean = &m->clean;
	struct buf legal;

	buf_reset(clean, CORE_KEEP_BYTES);
	addr_add_clean(clean, network, name);
	add_node(m, out, network, buf_slice(clean));
	node = buf_slice(out);
	node = slice(node.p + start, node.len - start);
	if (!is_plain(node) && !node_is_legal(m, node)) {
		buf_truncate(out, start);
		buf_init(&legal, SUBSTITUTE_MAX + 8);
		clean->len = utf8_cut(buf_slice(clean), SUBSTITUTE_MAX);
		add_substitute(&legal, buf_slice(clean));
		add_mark(m, &legal, name);
		add_node(m, out, network, buf_slice(&legal));
		buf_finish(&legal);
	}
	buf_add_char(out, '@');
	buf_add_str(out, m->config->component);
}

bool addr_holds_name(struct mapping *m, const struct network *network,
	struct slice name)
{
	struct buf *clean = &m->clean;
	struct buf node;
	bool holds;

	if (is_plain(name) && 3 * name.len + strlen(network->node) < 1000) {
		return true; /* three bytes are the most of an escaped one */
	}
	buf_reset(clean, CORE_KEEP_BYTES);
	addr_add_clean(clean, network, name);
	if (!slice_eq(buf_slice(clean), name)) {
		return false;
	}
	buf_init(&node, CORE_KEEP_BYTES);
	add_node(m, &node, network, buf_slice(clean));
	holds = !node.overflow && node_is_legal(m, buf_slice(&node));
	buf_finish(&node);
	return holds;
}

bool addr_add_resource(struct mapping *m, struct buf *out,
	const struct network *network, struct slice nick)
{
	struct arena_mark mark = arena_mark(&m->arena);
	struct buf *clean = &m->clean;
	const char *prepared;
	bool readable;
	bool legal;
	bool same;

	if (is_plain(nick)) {
		buf_add_slice(out, nick);
		return true;
	}
	buf_reset(clean, CORE_KEEP_BYTES);
	addr_add_clean(clean, network, nick);
	prepared = jid_prepare_resource(buf_slice(clean), &m->arena);
	legal = prepared != NULL &&
		strstr(buf_cstr(clean), "\xef\xbf\xbd") == NULL;
	same = legal && slice_eq(buf_slice(clean), nick);
	readable = legal && slice_is(buf_slice(clean), prepared);
	arena_release(&m->arena, mark);
	if (same) {
		buf_add_slice(out, nick);
	} else if (readable && !utf8_valid(nick)) {
		/* Another may be called so in UTF-8: the mark stays. */
		clean->len = utf8_cut(buf_slice(clean), 3 * SUBSTITUTE_MAX);
		buf_add_slice(out, buf_slice(clean));
		add_mark(m, out, nick);
	} else {
		clean->len = utf8_cut(buf_slice(clean), 3 * SUBSTITUTE_MAX);
		add_substitute(out, buf_slice(clean));
		add_mark(m, out, nick);
	}
	return same;
}
