/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_login.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

/*
 * Logging in to an account (PROTOCOL F.4).
 *
 * The story: CAP is settled and `sasl` is on -> SASL, 903 -> CAP END -> 001.
 * Or: no SASL, or none that works -> 001 -> ircnet_nickserv.c; with a
 * certificate alone services have 5 s to recognise it. The password leaves us
 * on a private link only. Each way it fails ends in login_over(), which tells
 * the owner; the connection goes on without an account.
 * `CAP NEW :sasl` later (services are back) begins anew.
 * With `sasl_required` each failure before 001 ends the connection instead, and
 * so does 001 without a login: refuse_to_go_on().
 */
enum {
	SASL_PATIENCE_MS = 15000,
	CERTIFICATE_MS = 5000,
	SECRET_MAX = 400,
	ENDS_LOGGED = 8, /* of one connection */
	NONCE = 32,
};

/* ---- life ---- */

static void on_timer(void *ctx);
static void on_work(void *ctx);

static bool sendable(const struct ircnet *n, const char *s)
{
	return strlen(s) <= SECRET_MAX &&
		irc_field_check(&n->isupport, FIELD_SECRET, slice_str(s),
			NULL) == ERR_OK;
}

static char *copy(const char *s)
{
	return must_strndup(s, strlen(s));
}

static bool may_say_password(const struct login *l)
{
	return l->password[0] != '\0' && l->private_link && !l->illegal;
}

static void begin_sasl(struct login *l)
{
	sasl_init(&l->sasl, (may_say_password(l) ? SASL_PASSWORD : 0U) |
			(l->certificate ? SASL_CERTIFICATE : 0U) |
			(l->key[0] != '\0' ? SASL_KEY : 0U));
}

static bool has_nothing(const struct login *l)
{
	return l->password[0] == '\0' && !l->certificate;
}

void net_login_init(struct ircnet *n, const struct ircnet_config *c)
{
	struct login *l;
	bool password = c->account_password != NULL &&
		c->account_password[0] != '\0';

	if (!password && !c->certificate && !c->signup && !c->sasl_required) {
		return;
	}
	l = n->login = must_calloc(1, sizeof *l);
	l->account = copy(c->account != NULL && c->account[0] != '\0'
		? c->account : c->nick);
	l->password = copy(password ? c->account_password : "");
	l->key = copy(c->certificate && c->key != NULL ? c->key : "");
	memcpy(l->nonce_key, c->nonce_key, sizeof l->nonce_key);
	l->use_sasl = c->sasl || c->sasl_required;
	l->required = c->sasl_required;
	l->use_service = c->nickserv;
	l->private_link = c->private_link;
	l->certificate = c->certificate;
	l->waits = c->signup;
	l->illegal = password &&
		(!sendable(n, l->account) || !sendable(n, l->password));
	begin_sasl(l);
	timer_init(&l->timer, on_timer, n);
	timer_init(&l->work, on_work, n);
}

void net_login_stop(struct ircnet *n)
{
	struct login *l = n->login;

	if (l != NULL) {
		timer_stop(n->clock, &l->timer);
		timer_stop(n->clock, &l->work);
		explicit_bzero(l->password, strlen(l->password));
		explicit_bzero(l->key, strlen(l->key));
		l->stage = STAGE_OVER;
		l->refused = true;
	}
}

void net_login_free(struct ircnet *n)
{
	struct login *l = n->login;

	if (l == NULL) {
		return;
	}
	net_login_stop(n);
	sasl_finish(&l->sasl);
	istr_unref(l->server);
	istr_unref(l->words);
	istr_unref(l->as);
	free(l->account);
	free(l->password);
	free(l->key);
	free(l);
	n->login = NULL;
}

bool net_login_by_sasl(const struct ircnet *n)
{
	const struct login *l = n->login;

	return l != NULL && l->use_sasl &&
		(l->certificate || may_say_password(l) ||
			(l->waits && l->private_link));
}

bool net_login_holds(const struct ircnet *n)
{
	return n->login != NULL && (n->login->stage == STAGE_WHOIS ||
		n->login->stage == STAGE_IDENTIFY ||
		n->login->stage == STAGE_CERTIFICATE);
}

void login_become(struct ircnet *n, struct slice account,
	struct slice password)
{
	struct login *l = n->login;

	explicit_bzero(l->password, strlen(l->password));
	free(l->account);
	free(l->password);
	l->account = must_strndup(account.p, account.len);
	l->password = must_strndup(password.p, password.len);
	l->illegal = !sendable(n, l->account) || !sendable(n, l->password);
	l->refused = false;
	sasl_finish(&l->sasl);
	begin_sasl(l);
	if (caps_on(&n->caps, "sasl")) {
		sasl_offer(&l->sasl, caps_value(&n->caps, "sasl"));
	}
}

static void send_line(void *ctx, struct slice line)
{
	net_send(ctx, line);
}

static void send_secret(void *ctx, struct slice line)
{
	net_send_secret(ctx, line);
}

static const char *result_name(enum login_result result)
{
	static const char *const names[] = {
		[LOGIN_OK] = "ok", [LOGIN_REFUSED] = "refused",
		[LOGIN_UNSAFE] = "unsafe", [LOGIN_NOWHERE] = "nowhere",
		[LOGIN_IMPOSTOR] = "impostor", [LOGIN_TIMEOUT] = "timeout",
		[LOGIN_ILLEGAL] = "illegal", [LOGIN_UNPROVEN] = "unproven",
		[LOGIN_COSTLY] = "costly", [LOGIN_CERTIFICATE] = "certificate",
		[LOGIN_NOTHING] = "nothing",
	};

	return names[result];
}

/* true: there is to be no connection without it, so it has ended. */
static bool refuse_to_go_on(struct ircnet *n, enum login_result result,
	struct slice text)
{
	struct login *l = n->login;

	if (!l->required || l->in || n->dead || n->quitting ||
		n->state == NET_ENDED) {
		return false;
	}
	l->required = false; /* once */
	l->stage = STAGE_OVER;
	timer_stop(n->clock, &l->timer);
	timer_stop(n->clock, &l->work);
	log_info(n->log, "login result=%s, and sasl_required",
		result_name(result));
	net_send(n, slice_str("QUIT :Login failed"));
	net_end(n, IRCNET_END_LOGIN, (int)result, text);
	return true;
}

void login_over(struct ircnet *n, enum login_result result, struct slice text)
{
	struct login *l = n->login;
	bool by_sasl = l->stage == STAGE_SASL && l->by != NULL;

	if (result == LOGIN_NOWHERE && l->sasl.costly) {
		result = LOGIN_COSTLY; /* there is SASL */
	} else if (result == LOGIN_NOWHERE && l->sasl.unfit) {
		result = LOGIN_ILLEGAL;
	}
	if (result != LOGIN_OK && refuse_to_go_on(n, result, text)) {
		return;
	}
	l->stage = STAGE_OVER;
	l->in = result == LOGIN_OK;
	l->required = l->required && !l->in;
	l->refused = l->refused || result == LOGIN_REFUSED ||
		result == LOGIN_UNPROVEN;
	l->unproven = result == LOGIN_UNPROVEN;
	timer_stop(n->clock, &l->timer);
	timer_stop(n->clock, &l->work);
	/* A server may say 901 and 900 in turn for ever: then only -v tells. */
	log_write(n->log, l->ends < ENDS_LOGGED ? LOG_INFO : LOG_DEBUG,
		"login result=%s%s%s%s", result_name(result),
		by_sasl ? " mechanism=" : "", by_sasl ? l->by : "",
		l->ends == ENDS_LOGGED - 1 ? ", the last that is logged" : "");
	l->ends += l->ends < ENDS_LOGGED;
	if (n->state == NET_REGISTERING) {
		caps_login_over(&n->caps, net_cap_send, n);
	}
	net_kick(n); /* what waited for us */
	EMIT(n, on_login, result, text);
}

/* ---- SASL ---- */

/* Why SASL did not bring us in, where nothing else will. */
static enum login_result shortcoming(const struct ircnet *n)
{
	const struct login *l = n->login;

	if (has_nothing(l)) {
		return LOGIN_NOTHING;
	}
	if (l->illegal || l->sasl.unfit) {
		return LOGIN_ILLEGAL;
	}
	if (!l->private_link && !l->certificate) {
		return LOGIN_UNSAFE;
	}
	if (l->sasl.costly) {
		return LOGIN_COSTLY;
	}
	if (l->sasl.unknown && l->password[0] == '\0') {
		return LOGIN_CERTIFICATE;
	}
	return caps_on(&n->caps, "sasl") ? LOGIN_TIMEOUT : LOGIN_NOWHERE;
}

static void sasl_over(struct ircnet *n, enum sasl_end end, struct slice text)
{
	struct login *l = n->login;

	switch (end) {
	case SASL_GOES_ON:
		return;
	case SASL_SUCCESS:
		login_over(n, LOGIN_OK, text);
		return;
	case SASL_REFUSED:
		login_over(n, LOGIN_REFUSED, text);
		return;
	case SASL_UNPROVEN:
		login_over(n, LOGIN_UNPROVEN, text);
		return;
	case SASL_FAILED:
		break;
	}
	if (refuse_to_go_on(n, shortcoming(n), text)) {
		return;
	}
	if (n->state == NET_REGISTERING) {
		/* Nothing was said about the password: NickServ is next. */
		l->stage = STAGE_NONE;
		timer_stop(n->clock, &l->timer);
		timer_stop(n->clock, &l->work);
		caps_login_over(&n->caps, net_cap_send, n);
	} else {
		login_over(n, LOGIN_TIMEOUT, slice(NULL, 0)); /* once more */
	}
}

void net_login_offer(struct ircnet *n, const struct ircmsg *m)
{
	if (n->login != NULL && caps_offers(m, "sasl")) {
		sasl_offer(&n->login->sasl, caps_value(&n->caps, "sasl"));
	}
}

void net_login_caps(struct ircnet *n)
{
	struct login *l = n->login;
	bool idle;

	if (l == NULL || !caps_settled(&n->caps)) {
		return;
	}
	if (l->stage == STAGE_SASL && !caps_on(&n->caps, "sasl")) {
		sasl_finish(&l->sasl); /* services went away: no end comes */
		sasl_over(n, SASL_FAILED, slice(NULL, 0));
		return;
	}
	if (l->waits) {
		login_wait(n);
		return;
	}
	idle = l->stage == STAGE_NONE || l->stage == STAGE_OVER;
	if (idle && !l->in && !l->refused && net_login_by_sasl(n) &&
		caps_on(&n->caps, "sasl") && sasl_usable(&l->sasl)) {
		l->stage = STAGE_SASL;
		timer_start(n->clock, &l->timer, SASL_PATIENCE_MS);
		sasl_start(&l->sasl, send_line, n);
	} else if (l->stage != STAGE_SASL && (n->state != NET_REGISTERING ||
		!refuse_to_go_on(n, shortcoming(n), slice(NULL, 0)))) {
		caps_login_over(&n->caps, net_cap_send, n);
	}
}

static struct slice make_nonce(struct login *l, char out[SHA256_HEX])
{
	struct slice key = slice((const char *)l->nonce_key,
		sizeof l->nonce_key);
	unsigned n = l->nonces++;
	char number[4] = {(char)n, (char)(n >> 8), (char)(n >> 16),
		(char)(n >> 24)};

	crypto_hmac_hex(key, slice(number, sizeof number), out);
	return slice(out, NONCE);
}

void handle_authenticate(struct ircnet *n, const struct ircmsg *m)
{
	struct login *l = n->login;
	char nonce[SHA256_HEX];
	struct sasl_login secret;
	enum sasl_end end;

	if (l == NULL || l->stage != STAGE_SASL) {
		n->dropped++;
		return;
	}
	secret = (struct sasl_login){
		slice_str(l->account), slice_str(l->password),
		make_nonce(l, nonce), slice_str(l->key),
	};
	l->by = sasl_name(&l->sasl);
	end = sasl_input(&l->sasl, &secret, ircmsg_param(m, 0), send_secret, n);
	if (sasl_busy(&l->sasl)) {
		timer_start(n->clock, &l->work, 0);
	}
	if (end == SASL_GOES_ON && l->sasl.giving_up) {
		log_warn(n->log, "login mechanism=%s given up reason=%s", l->by,
			l->sasl.costly ? "rounds" : "message");
	}
	sasl_over(n, end, slice(NULL, 0));
}

/* SCRAM: a piece a turn, so that nobody waits for it. */
static void on_work(void *ctx)
{
	struct ircnet *n = ctx;
	struct login *l = n->login;

	net_enter(n);
	sasl_over(n, sasl_work(&l->sasl, send_secret, n), slice(NULL, 0));
	if (sasl_busy(&l->sasl)) {
		timer_start(n->clock, &l->work, 0);
	}
	net_leave(n);
}

/* 902 to 908. What comes when nothing is under way says nothing new. */
bool num_sasl(struct ircnet *n, const struct ircmsg *m)
{
	struct login *l = n->login;

	if (l != NULL && l->stage == STAGE_SASL) {
		l->by = sasl_name(&l->sasl);
		sasl_over(n, sasl_numeric(&l->sasl, m->numeric,
			ircmsg_param(m, 1), send_line, n), ircmsg_last(m));
	}
	return true;
}

/* ---- being logged in, whoever brought it about ---- */

static void logged_in(struct ircnet *n)
{
	struct login *l = n->login;

	if (l == NULL || l->in || l->unproven || l->waits) {
		return;
	}
	if (l->stage == STAGE_SASL) {
		return; /* 903 is the end of it */
	}
	login_over(n, LOGIN_OK, slice(NULL, 0));
}

/* 900 me nick!user@host account :text */
bool num_logged_in(struct ircnet *n, const struct ircmsg *m)
{
	struct slice account = ircmsg_param(m, 2);

	if (account.len == 0) {
		return true;
	}
	if (n->me != NULL) {
		net_learn_account(n, n->me, account);
	} else if (n->login != NULL) {
		istr_set(&n->login->as, intern(account.p, account.len));
	}
	logged_in(n);
	EMIT(n, on_account, account);
	return true;
}

/* 901 me nick!user@host :text */
bool num_logged_out(struct ircnet *n, const struct ircmsg *m)
{
	(void)m;
	if (n->me != NULL) {
		net_learn_account(n, n->me, slice_str("*"));
	}
	if (n->login != NULL) {
		n->login->in = false;
	}
	return true;
}

void net_login_account(struct ircnet *n, bool in)
{
	if (in) {
		logged_in(n);
	} else if (n->login != NULL) {
		n->login->in = false;
	}
}

/* MODE me :+ir. On many servers +r is all that they say. */
void net_login_umode(struct ircnet *n, struct slice words)
{
	bool plus = false;

	for (size_t i = 0; i < words.len && words.p[i] != ' '; i++) {
		if (words.p[i] == '+' || words.p[i] == '-') {
			plus = words.p[i] == '+';
		} else if (words.p[i] == 'r' && plus) {
			logged_in(n);
			return;
		}
	}
}

/* ---- 001 ---- */

void net_login_welcome(struct ircnet *n)
{
	struct login *l = n->login;

	if (l == NULL) {
		return;
	}
	if (l->as != NULL) {
		net_learn_account(n, n->me, istr_slice(l->as));
	}
	l->waits = false;
	if (refuse_to_go_on(n, shortcoming(n), slice(NULL, 0))) {
		return;
	}
	if (l->stage == STAGE_OVER || has_nothing(l)) {
		return;
	}
	sasl_finish(&l->sasl); /* still under way: 001 came first */
	timer_stop(n->clock, &l->work);
	if (may_say_password(l) && l->use_service) {
		nickserv_begin(n);
	} else if (l->certificate && !l->sasl.unknown) {
		l->stage = STAGE_CERTIFICATE;
		timer_start(n->clock, &l->timer, CERTIFICATE_MS);
	} else if (l->certificate) {
		login_over(n, LOGIN_CERTIFICATE, slice(NULL, 0));
	} else if (l->illegal) {
		login_over(n, LOGIN_ILLEGAL, slice(NULL, 0));
	} else if (!l->private_link) {
		login_over(n, LOGIN_UNSAFE, slice(NULL, 0));
	} else {
		login_over(n, LOGIN_NOWHERE, slice(NULL, 0));
	}
}

bool net_login_numeric(struct ircnet *n, const struct ircmsg *m)
{
	return n->login != NULL && nickserv_numeric(n, m);
}

static void on_timer(void *ctx)
{
	struct ircnet *n = ctx;
	struct login *l = n->login;

	net_enter(n);
	if (l->stage == STAGE_SASL) {
		sasl_abort(&l->sasl, send_line, n);
		sasl_over(n, SASL_FAILED, slice(NULL, 0));
	} else if (l->stage == STAGE_CERTIFICATE) {
		login_over(n, LOGIN_CERTIFICATE, slice(NULL, 0));
	} else if (l->stage == STAGE_CREATED) {
		l->stage = STAGE_NONE;
		net_login_caps(n);
	} else {
		nickserv_timer(n);
	}
	net_leave(n);
}
