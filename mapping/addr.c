/* SPDX-License-Identifier: MIT */
#include "mapping/addr_private.h"

#include <string.h>

#include "mapping/network.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/user.h"

/* JIDs to entities (PROTOCOL B.1). */

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
		if (!channel &&
			(c == '!' || c == '@' || c == '*' || c == '?')) {
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
		return addr_refuse(fault, E_JID_MALFORMED,
			"No name on IRC is that long. Look at its spelling.");
	}
	out->kind = addr_is_channel(user, out->network, out->name) ?
		ADDR_CHAN :
		ADDR_NICK;
	if (!name_is_legal(out->name, out->kind == ADDR_CHAN)) {
		return addr_refuse(fault, E_JID_MALFORMED,
			"IRC names cannot hold that character. Look at the "
			"spelling of the address.");
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
		addr_refuse(fault, E_ITEM_NOT_FOUND,
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
		return addr_refuse(
			fault, E_JID_MALFORMED, "That is no address. Look at "
						"its spelling.");
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
