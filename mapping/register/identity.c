/* SPDX-License-Identifier: MIT */
#include "mapping/register/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/charset.h"
#include "irc/ircout.h"
#include "mapping/command/signup.h"
#include "mapping/network.h"
#include "mapping/people/contacts.h"
#include "mapping/people/online.h"
#include "mapping/pseudonym.h"
#include "mapping/register/account.h"
#include "mapping/register/realname.h"
#include "mapping/room/own.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { NICK_BYTES = 30, USER_BYTES = 10, UNDERSCORES = 3, UNDERSCORES_BACK = 6 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* NULL for a walk-in, and where nothing is set. */
static const char *setting(const struct session *s, enum setting what)
{
	const struct account *a = account_find(core(s), s->user->entry.key->p);

	return a != NULL && a->registered ?
		account_setting(a, s->network, what) :
		NULL;
}

static bool flag(const struct session *s, enum setting what, bool otherwise)
{
	const char *value = setting(s, what);

	return value ? strcmp(value, "0") != 0 : otherwise;
}

/* ---- names ---- */

/* From the registration, else the nick that the session began with. */
static void choose_username(struct session *s)
{
	const char *own = setting(s, SET_USERNAME);
	char hash[SHA256_HEX];
	struct buf b;

	if (core(s)->config->ident_hash) {
		pseudonym(s->user, "ident", hash);
		hash[0] = 'u'; /* some servers want a letter first */
		istr_set(&s->username, intern(hash, USER_BYTES - 1));
		return;
	}

	if (own == NULL && s->username != NULL) {
		return;
	}
	buf_init(&b, 64);
	irc_make_user(&b, own ? slice_str(own) : istr_slice(s->nick),
		USER_BYTES);
	istr_set(&s->username, intern(buf_slice(&b).p, b.len));
	buf_finish(&b);
}

void identity_choose(struct session *s, struct slice asked)
{
	struct slice jid = istr_slice(s->user->entry.key);
	struct slice nick = slice_str(setting(s, SET_NICK));
	struct buf b;

	if (nick.len == 0) {
		nick = asked.len > 0 ? asked : slice_cut(&jid, '@');
	}
	buf_init(&b, 64);
	irc_make_nick(&b, nick, NICK_BYTES);
	istr_set(&s->nick, intern(buf_slice(&b).p, b.len));
	istr_set(&s->wanted, istr_ref(s->nick));
	buf_finish(&b);
	choose_username(s);
}

/* The nth of the words; absent when there are not so many. */
static struct slice nth_word(const char *words, unsigned n)
{
	struct slice rest = slice_str(words);
	struct slice word = {0};

	for (unsigned i = 0; i <= n; i++) {
		if (rest.len == 0) {
			return slice(NULL, 0);
		}
		word = slice_cut(&rest, ' ');
	}
	return word;
}

void identity_next_nick(struct session *s, int numeric, struct slice nick,
	struct buf *out)
{
	bool registered = setting(s, SET_NICK) != NULL;
	const char *words = setting(s, SET_ALTNICKS);
	unsigned most = s->was_up ? UNDERSCORES_BACK :
		registered	  ? UNDERSCORES :
				    0;
	struct slice other;

	s->nick_tries++;
	if (numeric == 432) {
		if (s->nick_tries == 1) {
			irc_make_nick(out, nick, 9);
		}
		return;
	}
	other = nth_word(words ? words : istr_slice(s->nicks).p, s->altnick);
	if (other.len > 0) {
		s->altnick++;
		buf_add_slice(out, other);
		return;
	}
	if (s->underscores < most) {
		s->underscores++;
		buf_add_slice(out, istr_slice(s->nick));
		for (unsigned i = 0; i < s->underscores; i++) {
			buf_add_char(out, '_');
		}
	}
}

/* ---- the connection ---- */

/* Longer ones are cut by servers, and then two could be the same. */
enum { HOST_LABEL = 16, HOST_MAX = 63 };

void identity_webirc(struct session *s, struct webirc *out)
{
	const char *component = core(s)->config->component;
	unsigned char b[32];
	char hex[SHA256_HEX];

	pseudonym(s->user, "webirc host", hex);
	snprintf(out->host, sizeof out->host, "%.*s.users.%s", HOST_LABEL, hex,
		strlen(component) + HOST_LABEL + 7 <= HOST_MAX ? component :
								 "isthmus");
	/* RFC 4193: nobody's but ours, a /64 each. */
	pseudonym_bytes(s->user, "webirc address", b);
	snprintf(out->ip, sizeof out->ip,
		"fd%02x:%02x%02x:%02x%02x:%02x%02x::1", b[0], b[1], b[2], b[3],
		b[4], b[5], b[6]);
}

void identity_fill(struct session *s, struct ircnet_config *net)
{
	const struct map_config *c = core(s)->config;
	const char *name = setting(s, SET_NAME);
	const char *password = setting(s, SET_SERVER_PASSWORD);
	const char *throttle = setting(s, SET_THROTTLE);
	long ms = throttle ? slice_number(slice_str(throttle), 60) * 1000 : 0;

	s->altnick = 0;
	s->underscores = 0;
	choose_username(s);
	istr_set(&s->nick, istr_ref(s->wanted));
	net->nick = s->nick->p;
	net->user = s->username->p;
	s->jid_shown = c->expose_jid && !s->private;
	realname_said(s, name);
	net->realname = s->jid_shown ? s->user->entry.key->p :
		name		     ? name :
				       s->nick->p;
	net->private_link = s->sts.tls != LINK_TLS_OFF ||
		s->network->config->plain_login;
	net->password = s->network->config->password;
	/* F.5: passwords of users want TLS. */
	s->unsafe = password != NULL && !net->private_link;
	if (password != NULL && !s->unsafe) {
		net->password = password;
	}
	/* Users may only be slower than the operator says. */
	if (ms > (long)net->flood_interval_ms) {
		net->flood_interval_ms = (unsigned)ms;
	}
	net->charset_out = s->network->charset_out; /* of the real name */
	net->account = setting(s, SET_ACCOUNT);
	if (net->account == NULL) {
		net->account = setting(s, SET_NICK); /* not juliet_ */
	}
	net->account_password = setting(s, SET_PASSWORD);
	net->sasl = flag(s, SET_SASL, true);
	/* Who makes an account has none yet. */
	net->sasl_required = flag(s, SET_SASL_REQUIRED, false) &&
		!signup_wants(s);
	net->nickserv = flag(s, SET_NICKSERV, true);
	net->certificate = s->shows_certificate;
	net->key = s->shows_certificate ? setting(s, SET_CERTIFICATE) : NULL;
	net->signup = signup_wants(s);
	core(s)->ports.random(core(s)->ports.ctx, net->nonce_key,
		sizeof net->nonce_key);
}

bool identity_logs_in(const struct session *s)
{
	return setting(s, SET_PASSWORD) != NULL || s->shows_certificate;
}

/* The user's own for texts from IRC; what we say the operator decides. */
void identity_charset(struct session *s)
{
	const char *name = setting(s, SET_ENCODING);
	struct charset *own = NULL;
	bool known = name != NULL &&
		charset_open(slice_str(name), &own) == ERR_OK;

	if (s->net != NULL) {
		ircnet_charsets(s->net, known ? own : s->network->charset,
			s->network->charset_out);
	}
	charset_unref(own);
}

/*
 * The operator's networks have the operator's servers, certificates and
 * passwords. All others are looked at like free choice: allow_private.
 */
static bool has_own_server(const struct mapping *m, const struct network *n)
{
	return m->config->free_choice && n->config == &n->own;
}

static enum link_tls tls_to(const struct mapping *m, const struct account *a,
	const struct network *n)
{
	const char *tls = a != NULL && a->registered && has_own_server(m, n) ?
		account_setting(a, n, SET_TLS) : NULL;

	return tls != NULL && strcmp(tls, "insecure") == 0 ?
		LINK_TLS_INSECURE :
		n->config->tls;
}

bool identity_shows_certificate(const struct mapping *m, const char *bare,
	const struct network *n)
{
	return tls_to(m, account_find(m, bare), n) == LINK_TLS_VERIFY;
}

void identity_server(const struct session *s, struct link_target *to)
{
	const struct mapping *m = core(s);
	const char *bare = s->user->entry.key->p;
	const char *host = setting(s, SET_ADDRESS);
	const char *port = setting(s, SET_PORT);

	to->tls = tls_to(m, account_find(m, bare), s->network);
	if (to->tls == LINK_TLS_VERIFY) {
		to->certificate = setting(s, SET_CERTIFICATE);
	}
	if (!has_own_server(m, s->network)) {
		return;
	}
	if (host != NULL) {
		to->host = host;
	}
	if (port != NULL) {
		to->port = (uint16_t)slice_number(slice_str(port), 65535);
	}
}

/* ---- after 001 ---- */

enum { COMMANDS_MS = 30000 }; /* in which they are answered */

static void send_commands(struct session *s)
{
	struct slice rest = slice_str(setting(s, SET_COMMANDS));

	if (rest.len > 0) {
		s->commands_until = core(s)->clock->now_ms + COMMANDS_MS;
	}
	while (rest.len > 0 && session_is_up(s)) {
		struct slice line = slice_cut(&rest, '\n');
		enum err err = ircnet_raw(s->net, line);

		if (err != ERR_OK) {
			/* The line may hold a password: it is not shown. */
			log_warn(&s->log, "command not sent reason=%s",
				err_text(err));
		}
	}
}

/* Joined without a client (D.0); those no longer listed need a client again. */
static void autojoin(struct session *s)
{
	const char *words = setting(s, SET_AUTOJOIN);
	struct slice channel;

	rooms_unkeep(s);
	for (unsigned i = 0; (channel = nth_word(words, i)).len > 0; i++) {
		if (own_stays(s, channel) != OWN_STAYS_NOT) {
			room_keep(s, channel);
		}
	}
	own_keep_all(s);
	rooms_leave_empty(s);
}

void identity_tell_unsafe(struct session *s)
{
	if (s->unsafe && !s->unsafe_told) {
		s->unsafe_told = true;
		session_headline(s, N_("Error"),
			slice_str(text(core(s), user_lang(s->user),
				"The password of the server was not sent: the "
				"connection is not encrypted. Ask the operator "
				"of the gateway for an encrypted one.")));
	}
}

bool identity_joins(const struct session *s, struct slice channel)
{
	const char *words = setting(s, SET_AUTOJOIN);
	struct slice word;

	for (unsigned i = 0; (word = nth_word(words, i)).len > 0; i++) {
		if (casemap_equal(s->casemap, word, channel)) {
			return true;
		}
	}
	return false;
}

void identity_registered(struct session *s)
{
	identity_tell_unsafe(s);
	send_commands(s);
	if (session_is_up(s)) {
		autojoin(s);
	}
}

void identity_mark_bot(struct session *s)
{
	bool wanted = flag(s, SET_BOT, false);
	char words[] = {wanted ? '+' : '-', '\0', '\0'};

	if (!session_is_up(s) || wanted == s->bot_marked ||
		ircnet_isupport(s->net)->bot == '\0') {
		return;
	}
	words[1] = ircnet_isupport(s->net)->bot;
	if (ircnet_mode(s->net, ircnet_nick_now(s->net), slice_str(words)) ==
		ERR_OK) {
		s->bot_marked = wanted;
	}
}

void identity_changed(struct user *u)
{
	list_each_safe(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		identity_charset(s);
		if (session_is_up(s)) {
			autojoin(s);
		}
		identity_mark_bot(s);
		realname_follow(s);
	}
	contacts_reread(u);
	online_changed(u);
}

/* ---- coming online ---- */

bool identity_wants(const struct account *a, const struct network *n)
{
	const char *value = account_setting(a, n, SET_AUTOCONNECT);

	return value != NULL && strcmp(value, "1") == 0 &&
		(account_profile(a, n->entry.key->p) != NULL ||
			account_network(a->mapping, a) == n);
}

void identity_wanted(struct user *u, identity_wanted_fn *fn, void *arg)
{
	struct mapping *m = u->mapping;
	const struct account *a = account_find(m, u->entry.key->p);
	struct network *first;
	struct fault fault;

	if (a == NULL || !a->registered) {
		return;
	}
	first = account_network(m, a);
	if (first != NULL && identity_wants(a, first)) {
		fn(u, first, arg);
	}
	list_each(it, &a->networks) {
		const struct profile *p = list_entry(it, struct profile, link);
		struct network *n = addr_network(m,
			slice_str(p->network->p), &fault);

		if (n != NULL && n != first && identity_wants(a, n)) {
			fn(u, n, arg);
		}
	}
}
