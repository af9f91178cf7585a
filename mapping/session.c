/* SPDX-License-Identifier: MIT */
#include "mapping/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irc/ircout.h"
#include "mapping/addr.h"
#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/endfault.h"
#include "mapping/network.h"
#include "mapping/nick.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/metaset.h"
#include "mapping/people/online.h"
#include "mapping/people/query.h"
#include "mapping/pseudonym.h"
#include "mapping/regain.h"
#include "mapping/register/identity.h"
#include "mapping/register/realname.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/room/room_way.h"
#include "mapping/session_private.h"
#include "mapping/sts.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/react.h"
#include "mapping/talk/readmark.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { LINGER_MS = 600000, MOTD_BYTES = 8192 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static void subject(const void *owner, char *out, size_t cap)
{
	const struct session *s = owner;

	snprintf(out, cap, "user=%s net=%s", s->user->entry.key->p,
		s->network->entry.key->p);
}

struct session *session_find(const struct user *u, const struct network *n)
{
	list_each(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		if (s->network == n) {
			return s;
		}
	}
	return NULL;
}

struct session *session_exposed(struct mapping *m, const char *bare,
	const struct network *n, const char *asker)
{
	struct user *u = user_find(m, bare);
	struct session *s = u != NULL ? session_find(u, n) : NULL;
	bool own = strcmp(bare, asker) == 0;

	if (s == NULL || !session_is_up(s) ||
		(!own && !s->jid_shown)) {
		return NULL;
	}
	return s;
}

/* ---- numbers of links ---- */

static unsigned take_link(struct session *s)
{
	struct mapping *m = core(s);
	size_t i = m->link_hint;

	while (i < m->nlinks && m->links[i] != NULL) {
		i++;
	}
	m->link_hint = i + 1;
	if (i == m->nlinks) {
		m->nlinks = m->nlinks ? m->nlinks * 2 : 64;
		m->links = must_realloc(m->links, m->nlinks * sizeof *m->links);
		memset(m->links + i, 0, (m->nlinks - i) * sizeof *m->links);
	}
	m->links[i] = s;
	return (unsigned)i + 1;
}

void session_drop_link(struct session *s, bool close)
{
	struct mapping *m = core(s);

	if (s->link_no == 0) {
		return;
	}
	sts_link_over(s);
	if (close) {
		m->ports.link_close(m->ports.ctx, s->link_no);
	}
	m->links[s->link_no - 1] = NULL;
	if (s->link_no - 1 < m->link_hint) {
		m->link_hint = s->link_no - 1;
	}
	s->link_no = 0;
}

/* ---- beginning ---- */

static void on_linger(void *ctx);
static void on_grace(void *ctx);

struct session *session_get(struct user *u, struct network *n,
	struct slice nick, struct fault *fault)
{
	struct mapping *m = u->mapping;
	struct session *s = session_find(u, n);

	if (s != NULL) {
		return s;
	}
	if (m->counts.sessions >= m->config->max_sessions ||
		u->nsessions >= m->config->max_sessions_per_user) {
		fault->error = E_RESOURCE_CONSTRAINT;
		fault->text = "Too many IRC connections are open. Leave the "
			      "rooms of another network first.";
		return NULL;
	}
	s = must_calloc(1, sizeof *s);
	s->user = u;
	s->network = n;
	s->log = (struct log){subject, s};
	list_init(&s->link);
	list_init(&s->slot);
	list_init(&s->sent);
	list_init(&s->patient);
	list_init(&s->sent_queued);
	list_init(&s->forms);
	list_init(&s->nick_asks);
	list_init(&s->reacts);
	queries_init(s);
	list_init(&s->buddies);
	timer_init(&s->grace, on_grace, s);
	list_init(&s->moderations);
	metasets_init(s);
	timer_init(&s->retry, session_on_retry, s);
	timer_init(&s->silence, session_on_silence, s);
	timer_init(&s->regain, regain_on_timer, s);
	readmark_init(s);
	displayed_init(s);
	timer_init(&s->linger, on_linger, s);
	buf_init(&s->motd, MOTD_BYTES);
	identity_choose(s, nick);
	list_add(&u->sessions, &s->link);
	u->nsessions++;
	n->sessions++;
	m->counts.sessions++;
	return s;
}

void session_dial(struct session *s)
{
	s->state = SESSION_WAITING;
	if (network_slot_take(s)) {
		session_slot_granted(s);
	}
	contacts_session(s);
}

bool session_may_open(const struct session *s)
{
	return s->state != SESSION_IDLE ||
		core(s)->clock->now_ms >= s->retry_from;
}

void session_open(struct session *s)
{
	struct clock *clock = core(s)->clock;

	if (s->state == SESSION_IDLE) {
		s->servers_tried = 0;
		session_dial(s);
	} else if (s->state == SESSION_BACKOFF &&
		s->retry.at_ms > s->retry_from) {
		/* Somebody asks: do not let them wait for minutes. */
		timer_start(clock, &s->retry,
			s->retry_from > clock->now_ms ?
				s->retry_from - clock->now_ms :
				0);
	}
}

/* How the gateway gets there, as far as that depends on the user (F.6). */
static void choose_way(struct session *s, struct link_target *to,
	char user[SHA256_HEX])
{
	const struct network_config *c = s->network->config;

	to->ident = s->username->p;
	to->sources = c->sources;
	to->nsources = c->nsources;
	pseudonym_bytes(s->user, "source", to->who);
	if (c->proxy.host == NULL) {
		return;
	}
	to->proxy = &c->proxy;
	to->proxy_user = c->proxy_user;
	to->proxy_password = c->proxy_password;
	if (c->proxy_user == NULL && c->proxy_isolate) {
		pseudonym(s->user, "proxy", user);
		to->proxy_user = user;
		to->proxy_password = c->name;
	}
}

void session_slot_granted(struct session *s)
{
	const struct network_config *c = s->network->config;
	const struct server_config *server =
		&c->servers[(s->network->next_server + s->servers_tried) %
			c->nservers];
	struct link_target to = {
		.host = server->host,
		.port = server->port,
		.tls = c->tls,
		.ca_file = c->ca_file,
		.pins = c->pins,
		.npins = c->npins,
		.allow_private = c->allow_private,
		.owner = s->user->entry.key->p,
	};
	char proxy_user[SHA256_HEX];

	identity_server(s, &to);
	s->shows_certificate = to.certificate != NULL;
	choose_way(s, &to, proxy_user);
	sts_target(s, &to);
	s->state = SESSION_CONNECTING;
	s->link_no = take_link(s);
	log_debug(&s->log, "connecting host=%s port=%u", to.host, to.port);
	core(s)->ports.link_open(core(s)->ports.ctx, s->link_no, &to);
}

void session_open_again(struct session *s)
{
	struct fault fault = {E_LINK_FAILED,
		"The IRC server wants encrypted connections only. The gateway "
		"comes back by one."};

	if (session_is_up(s)) {
		session_ended(s, &fault);
		return;
	}
	ircnet_destroy(s->net);
	s->net = NULL;
	session_drop_link(s, true);
	session_slot_granted(s); /* it has it still */
}

static bool away_now(struct session *s, bool pre_away,
	const struct istr **away);

static struct ircnet *register_as(struct session *s)
{
	const struct map_config *c = core(s)->config;
	struct webirc webirc;
	const struct istr *away;
	struct ircnet *created;
	struct ircnet_config net = {
		.flood_burst = c->flood_burst,
		.flood_interval_ms = c->flood_interval_ms,
		.queue_lines = c->queue_lines,
		.register_timeout_ms = c->register_timeout_ms,
		.max_lines = 8,
		.caps_off = s->network->config->caps_off,
		.ncaps_off = s->network->config->ncaps_off,
		.cap_first = sts_may_come(s),
		.meta_share = &s->user->metas,
	};

	identity_fill(s, &net);
	if (s->network->config->webirc_password != NULL) {
		identity_webirc(s, &webirc);
		net.webirc_password = s->network->config->webirc_password;
		net.webirc_host = webirc.host;
		net.webirc_ip = webirc.ip;
	}
	if (away_now(s, true, &away)) {
		net.away = away ? away->p : NULL;
	}
	created = ircnet_create(&net, &session_irc_events, s, core(s)->clock,
		&s->log);
	istr_unref(away);
	return created;
}

void session_link_up(struct session *s)
{
	struct fault fault = {E_LINK_FAILED,
		"The gateway cannot log in to this network. Its operator finds "
		"the reason in its log."};
	struct buf nick;

	must(s->net == NULL); /* a link comes up once */
	s->state = SESSION_REGISTERING;
	s->nick_tries = 0;
	s->refused = 0;
	s->misread = 0;
	s->welcomed = false;
	s->commands_until = 0;
	s->login = LOGIN_OK;
	istr_set(&s->login_words, NULL);
	istr_set(&s->account_words, NULL);
	end_forget(s);
	s->net = register_as(s);
	if (s->net == NULL) {
		/* What a server called us last need not be a nick at all. */
		buf_init(&nick, 64);
		irc_make_nick(&nick, istr_slice(s->nick), 30);
		istr_set(&s->wanted, intern(buf_slice(&nick).p, nick.len));
		buf_finish(&nick);
		s->net = register_as(s);
	}
	if (s->net == NULL) {
		s->no_retry = true;
		session_ended(s, &fault);
		return;
	}
	identity_charset(s);
}

void session_link_data(struct session *s, const char *p, size_t len)
{
	if (s->net != NULL) {
		ircnet_input(s->net, p, len);
	}
}

/* ---- holds ---- */

static void on_linger(void *ctx)
{
	user_touch(((struct session *)ctx)->user);
}

static void on_grace(void *ctx)
{
	struct session *s = ctx;

	s->grace_over = true;
	user_touch(s->user);
}

void session_hold(struct session *s)
{
	timer_start(core(s)->clock, &s->linger, LINGER_MS);
}

void session_destroy(struct session *s)
{
	struct mapping *m = core(s);
	struct network *n = s->network;

	timer_stop(m->clock, &s->retry);
	timer_stop(m->clock, &s->silence);
	timer_stop(m->clock, &s->linger);
	timer_stop(m->clock, &s->regain);
	readmark_forget(s);
	displayed_forget(s);
	timer_stop(m->clock, &s->grace);
	session_drop_link(s, true);
	s->state = SESSION_IDLE;
	online_forget(s);
	contacts_link_gone(s);
	contacts_session(s);
	commands_forget(s);
	rooms_destroy(s);
	chats_destroy(s);
	queries_destroy(s);
	moderations_destroy(s);
	metasets_destroy(s);
	room_ways_forget(s);
	sent_forget_all(s);
	reacts_forget(s);
	patience_forget(s);
	if (s->net != NULL) {
		ircnet_destroy(s->net);
	}
	must(s->nold == 0); /* they went with the rooms */
	free(s->old);
	network_slot_free(s);
	list_remove(&s->link);
	s->user->nsessions--;
	m->counts.sessions--;
	n->sessions--;
	buf_finish(&s->motd);
	map_finish(&s->rooms);
	istr_unref(s->nick);
	istr_unref(s->wanted);
	istr_unref(s->username);
	end_forget(s);
	sts_session_free(s);
	istr_unref(s->nicks);
	istr_unref(s->away);
	istr_unref(s->away_was);
	istr_unref(s->account_words);
	istr_unref(s->login_words);
	realname_forget(s);
	nick_forget(s);
	addr_forget_invited(s);
	free(s);
	network_release(m, n);
}

void session_close(struct session *s, struct slice reason)
{
	struct fault fault = {E_SESSION_CLOSED,
		"The connection to IRC was closed. Enter the room again to "
		"come back."};

	log_info(&s->log, "closing reason=%.*s", SLICE_ARG(reason));
	s->closed = true;
	if (s->net != NULL) {
		/* Out at once; what the server answers nobody waits for. */
		ircnet_quit(s->net, reason);
	}
	queries_fail(s);
	chanlist_lost(s, &fault);
	raw_lost(s);
	sent_fail_all(s, &fault);
	commands_ended(s, &fault);
	moderations_fail(s);
	metasets_lost(s);
	session_destroy(s);
}

void session_leave(struct session *s, struct slice reason)
{
	struct user *u = s->user;

	rooms_quit(s);
	session_close(s, reason);
	user_touch(u);
}

bool session_held(const struct session *s)
{
	return rooms_hold(s) || timer_running(&s->linger) || online_holds(s) ||
		commands_hold(s) || sent_holds(s);
}

/* ---- small things ---- */

bool session_is_up(const struct session *s)
{
	return s->state == SESSION_UP;
}

const char *session_lost_text(const struct session *s)
{
	return s->closed ?
		N_("The connection to IRC was closed before the answer came. "
		   "Connect, then ask again.") :
		N_("The connection to IRC was lost. Try again when it is "
		   "back.");
}

const char *session_unsure_text(const struct session *s)
{
	return s->closed ?
		N_("The connection to IRC was closed. Connect, and look "
		   "whether it was done.") :
		N_("The connection to IRC was lost. Look whether it was done, "
		   "and try again.");
}

/* What AWAY is to say, NULL: nothing. false: it stays as it is. */
static bool away_now(struct session *s, bool pre_away, const struct istr **away)
{
	struct buf text;
	struct slice offline;

	*away = NULL;
	if (!user_is_here(s->user) &&
		account_registered(core(s), s->user->entry.key->p)) {
		if (!online_away(s, &offline)) {
			return false; /* for its grace, or for good */
		}
		if (pre_away) {
			offline = slice_str("*"); /* C.3 */
		}
		*away = intern(offline.p, offline.len);
		return true;
	}
	buf_init(&text, 4096);
	if (user_away(s->user, &text)) {
		*away = intern(buf_slice(&text).p, text.len);
	}
	buf_finish(&text);
	return true;
}

void session_update_away(struct session *s)
{
	const struct istr *away;

	if (!session_is_up(s) || !away_now(s,
		ircnet_cap(s->net, "draft/pre-away"), &away)) {
		return;
	}
	if (s->away_typed ? away == s->away_was : away == s->away) {
		istr_unref(away);
		return;
	}
	s->away_typed = false;
	if (ircnet_away(s->net, istr_slice(away)) == ERR_OK) {
		istr_set(&s->away, away);
	} else {
		istr_unref(away);
	}
}

enum err session_type_away(struct session *s, struct slice text)
{
	enum err err = ircnet_away(s->net, text);

	if (err == ERR_OK) {
		if (!s->away_typed) {
			istr_set(&s->away_was, istr_ref(s->away));
		}
		s->away_typed = true;
		istr_set(&s->away,
			text.len ? intern(text.p, text.len) : NULL);
	}
	return err;
}

const char *session_srv(struct session *s)
{
	struct buf b;
	const char *jid;

	buf_init(&b, 2048);
	addr_add_srv(core(s), &b, s->network);
	jid = arena_strndup(&core(s)->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	/* A line may have used the arena up: then it is the gateway's word. */
	return jid != NULL ? jid : core(s)->config->component;
}

void session_headline(struct session *s, const char *what, struct slice body)
{
	out_message(core(s), NULL, session_srv(s), s->user->entry.key->p,
		"headline",
		slice_str(text(core(s), user_lang(s->user), what)), body);
}

void session_write_link(struct session *s, struct slice body, const char *link)
{
	struct mapping *m = core(s);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", session_srv(s));
	xw_attr(w, "type", "chat");
	xw_elem(w, "body", NS_NONE, body);
	xw_start(w, "x", NS_X_OOB);
	xw_elem(w, "url", NS_NONE, slice_str(link));
	xw_end(w);
	out_end(m);
	out_send(m, s->user, s->user->entry.key->p);
}
