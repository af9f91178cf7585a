/* SPDX-License-Identifier: MIT */
#include "mapping/addr.h"

#include <string.h>

#include "base/crypto.h"
#include "base/charset.h"
#include "base/utf8.h"
#include "mapping/network.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/user.h"

/* Bytes of a name that had to be changed; escaped and with its network it fits. */
enum { SUBSTITUTE_MAX = 256 };

static bool refuse(struct fault *fault, enum stanza_error e, const char *text)
{
	fault->error = e;
	fault->text = text;
	return false;
}

/* ---- host parts ---- */

struct host {
	struct slice name; /* lower case, without brackets */
	long port;         /* 0 when none was given, -1 when malformed */
	bool bracketed;
};

static struct host split_host(struct slice text)
{
	struct host h = {.name = text};
	const char *colon;

	if (text.len > 0 && text.p[0] == '[') {
		const char *close = memchr(text.p, ']', text.len);
		size_t used = close ? (size_t)(close - text.p) + 1 : 0;

		h.bracketed = true;
		if (used == 0) {
			h.port = -1;
			return h;
		}
		h.name = slice(text.p + 1, used - 2);
		if (used < text.len) {
			h.port = text.p[used] == ':' ?
				slice_number(slice(text.p + used + 1,
						     text.len - used - 1),
					65535) :
				-1;
			h.port = h.port == 0 ? -1 : h.port;
		}
		return h;
	}
	colon = memchr(text.p, ':', text.len);
	if (colon != NULL) {
		size_t used = (size_t)(colon - text.p);

		h.name = slice(text.p, used);
		h.port = slice_number(
			slice(colon + 1, text.len - used - 1), 65535);
		h.port = h.port == 0 ? -1 : h.port;
	}
	return h;
}

/* Something that could be an IPv6 literal; the connect decides for good. */
static bool is_v6(struct slice s)
{
	size_t colons = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (memchr("0123456789abcdefABCDEF:.", s.p[i], 24) == NULL) {
			return false;
		}
		colons += s.p[i] == ':';
	}
	return colons >= 2 && s.len <= 45;
}

bool addr_host(struct slice text, struct buf *out)
{
	if (text.len > 2 && text.p[0] == '[' && text.p[text.len - 1] == ']') {
		text = slice(text.p + 1, text.len - 2);
		if (!is_v6(text)) {
			return false;
		}
	}
	if (is_v6(text)) {
		buf_add_slice(out, text);
		return true;
	}
	return jid_host_to_ascii(text, out) == ERR_OK;
}

static struct network *free_network(struct mapping *m, struct slice host,
	const struct host *h, struct fault *fault)
{
	struct buf ascii;
	struct network *n = NULL;

	if (memchr(h->name.p, '.', h->name.len) == NULL && !h->bracketed &&
		h->port == 0) {
		refuse(fault, E_ITEM_NOT_FOUND,
			"There is no IRC network of that name here.");
		return NULL;
	}
	if (!m->config->free_choice) {
		refuse(fault, E_FORBIDDEN,
			"This gateway does not connect to that IRC server.");
		return NULL;
	}
	buf_init(&ascii, 300);
	if (h->bracketed ? !is_v6(h->name) :
			   jid_host_to_ascii(h->name, &ascii) != ERR_OK) {
		refuse(fault, E_JID_MALFORMED, "That is no host name.");
	} else {
		n = network_free_choice(m, host,
			h->bracketed ? h->name : buf_slice(&ascii),
			h->port ? (uint16_t)h->port : 6697);
		if (n == NULL) {
			refuse(fault, E_SERVICE_UNAVAILABLE,
				"This gateway no longer serves that IRC "
				"network.");
		}
	}
	buf_finish(&ascii);
	return n;
}

struct network *addr_network(struct mapping *m, struct slice text,
	struct fault *fault)
{
	struct buf *low = &m->clean;
	struct host h;
	struct network *n;
	struct slice host;

	buf_reset(low, CORE_KEEP_BYTES);
	jid_unescape(low, text);
	for (size_t i = 0; i < low->len; i++) {
		low->p[i] = casemap_fold_char(CASEMAP_ASCII, low->p[i]);
	}
	host = slice(arena_strndup(&m->arena, buf_slice(low).p, low->len),
		low->len);
	if (host.p == NULL || host.len == 0) {
		refuse(fault, E_JID_MALFORMED, "The IRC server is missing.");
		return NULL;
	}
	n = network_find(m, host);
	if (n != NULL) {
		return n;
	}
	h = split_host(host);
	if (h.port < 0 || h.name.len == 0) {
		refuse(fault, E_JID_MALFORMED, "That is no host and port.");
		return NULL;
	}
	return free_network(m, host, &h, fault);
}

/* ---- JIDs to entities ---- */

static const char default_chantypes[] = "#&+!";

bool addr_is_channel(const struct user *user, const struct network *network,
	struct slice name)
{
	const struct session *s = user ? session_find(user, network) : NULL;

	if (name.len == 0) {
		return false;
	}
	if (s != NULL && s->net != NULL && ircnet_registered(s->net)) {
		return isupport_is_channel(ircnet_isupport(s->net), name);
	}
	return strchr(default_chantypes, name.p[0]) != NULL;
}

/* Neither channels nor nicks hold these (B.2, G.5). */
static bool name_is_legal(struct slice name, bool channel)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= 0x20 || c == 0x7f || c == ',') {
			return false;
		}
		if (!channel && (c == '!' || c == '@' || c == '*' || c == '?')) {
			return false;
		}
	}
	return channel || (name.len > 0 && name.p[0] != ':');
}

static struct slice unescaped(struct mapping *m, struct slice node)
{
	struct buf *out = &m->clean;
	struct slice s;

	buf_reset(out, CORE_KEEP_BYTES);
	jid_unescape(out, node);
	s = slice(arena_strndup(&m->arena, buf_slice(out).p, out->len),
		out->len);
	return s.p ? s : slice("", 0);
}

/* The localpart as it was typed, before any preparation. */
static struct slice raw_node(const char *to)
{
	size_t bare = strcspn(to, "/");
	const char *at = memchr(to, '@', bare);

	return at ? slice(to, (size_t)(at - to)) : slice(NULL, 0);
}

/* The last '%' separates (B.1); without one all is the name. */
static void split_percent(struct slice node, struct slice *name,
	struct slice *host)
{
	for (size_t i = node.len; i > 0; i--) {
		if (node.p[i - 1] == '%') {
			*name = slice(node.p, i - 1);
			*host = slice(node.p + i, node.len - i);
			return;
		}
	}
	*name = node;
	*host = slice("", 0);
}

static bool classify(const struct user *user, const char *resource,
	struct addr *out, struct fault *fault)
{
	if (out->name.len == 0) {
		/* %host@GW/Nick is the user Nick: resources allow anything. */
		out->kind = ADDR_SRV;
		if (resource != NULL &&
			name_is_legal(slice_str(resource), false)) {
			out->kind = ADDR_NICK;
			out->name = slice_str(resource);
			out->prepared = out->name;
		}
		return true;
	}
	if (out->name.len > CASEMAP_NAME_MAX) {
		return refuse(fault, E_JID_MALFORMED,
			"No name on IRC is that long.");
	}
	out->kind = addr_is_channel(user, out->network, out->name) ?
		ADDR_CHAN :
		ADDR_NICK;
	if (!name_is_legal(out->name, out->kind == ADDR_CHAN)) {
		return refuse(fault, E_JID_MALFORMED,
			"IRC names cannot hold that character.");
	}
	if (out->kind == ADDR_CHAN && resource != NULL) {
		out->kind = ADDR_OCC;
		out->nick = slice_str(resource);
	}
	return true;
}

static bool is_server(const struct mapping *m, struct slice whole)
{
	if (whole.len > 0 && strchr(default_chantypes, whole.p[0]) != NULL) {
		return false; /* a channel may have dots in its name */
	}
	return memchr(whole.p, '.', whole.len) != NULL ||
		memchr(whole.p, ':', whole.len) != NULL ||
		network_find(m, whole) != NULL;
}

/*
 * Whose address is read: which sessions there are, and so which CHANTYPES, and
 * the default network of a registration.
 */
struct reader {
	const struct user *user;       /* NULL: has no session */
	const struct account *account; /* NULL: is not registered */
};

/* The localpart, prepared and as it was typed. */
struct local {
	struct slice prepared;
	struct slice raw;
};

static void take_names(struct mapping *m, const struct local *local,
	struct addr *out)
{
	out->name = unescaped(m, local->raw);
	out->prepared = unescaped(m, local->prepared);
}

/* name%host, or %host: then the name is empty. */
static bool parse_long(struct mapping *m, const struct local *local,
	struct addr *out, struct fault *fault)
{
	struct local names;
	struct slice unused;
	struct slice host;

	split_percent(local->prepared, &names.prepared, &host);
	split_percent(local->raw, &names.raw, &unused);
	out->network = addr_network(m, host, fault);
	take_names(m, &names, out);
	return out->network != NULL;
}

/* No '%': a server, or a name on the reader's default network. */
static bool parse_short(struct mapping *m, const struct reader *reader,
	const struct local *local, struct addr *out, struct fault *fault)
{
	if (is_server(m, unescaped(m, local->prepared))) {
		/* As with %host, but the resource is not looked at. */
		out->kind = ADDR_SRV;
		out->network = addr_network(m, local->prepared, fault);
		return out->network != NULL;
	}
	if (reader->account != NULL && reader->account->registered) {
		out->network = account_network(m, reader->account);
	}
	take_names(m, local, out);
	return out->network != NULL ||
		refuse(fault, E_ITEM_NOT_FOUND,
			"Name the IRC server too, like "
			"#channel%irc.example.net or nick%irc.example.net "
			"before the @.");
}

static bool parse(struct mapping *m, const char *to,
	const struct reader *reader, struct addr *out, struct fault *fault)
{
	struct jid jid;
	struct local local;

	*out = (struct addr){.kind = ADDR_GW};
	if (jid_parse(slice_str(to), &m->arena, &jid) != ERR_OK) {
		return refuse(fault, E_JID_MALFORMED, "That is no address.");
	}
	out->bare = jid.bare;
	if (jid.node == NULL) {
		return true;
	}
	local = (struct local){slice_str(jid.node), raw_node(to)};
	if (m->config->fixed_network != NULL) {
		out->network =
			network_find(m, slice_str(m->config->fixed_network));
		must(out->network != NULL);
		take_names(m, &local, out);
	} else if (memchr(local.prepared.p, '%', local.prepared.len) != NULL) {
		if (!parse_long(m, &local, out, fault)) {
			return false;
		}
	} else if (!parse_short(m, reader, &local, out, fault)) {
		return false;
	}
	return out->kind == ADDR_SRV ||
		classify(reader->user, jid.resource, out, fault);
}

bool addr_parse(struct mapping *m, const char *to, const struct user *user,
	struct addr *out, struct fault *fault)
{
	struct reader reader = {user,
		user ? account_find(m, user->entry.key->p) : NULL};

	return parse(m, to, &reader, out, fault);
}

bool addr_parse_for(struct mapping *m, const char *to, const char *bare,
	struct addr *out, struct fault *fault)
{
	struct reader reader = {user_find(m, bare), account_find(m, bare)};

	return parse(m, to, &reader, out, fault);
}

/* nick!user@host, and what servers make of bans ($a:account, m:*!*@*). */
static bool is_mask(struct slice name)
{
	bool marked = false;

	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= 0x20 || c == 0x7f || c == ',') {
			return false;
		}
		marked = marked || memchr("!@*?$:", c, 6) != NULL;
	}
	return marked && name.len <= CASEMAP_NAME_MAX;
}

struct slice addr_mask(struct mapping *m, const char *jid,
	const struct network *network)
{
	struct slice none = {0};
	struct slice name;
	struct slice host;
	struct fault fault;

	split_percent(raw_node(jid), &name, &host);
	if (m->config->fixed_network != NULL) {
		name = raw_node(jid);
	} else if (host.len == 0 || addr_network(m, host, &fault) != network) {
		return none;
	}
	name = unescaped(m, name);
	return is_mask(name) ? name : none;
}

/* ---- entities to JIDs ---- */

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
