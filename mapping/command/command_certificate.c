/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/cert.h"
#include "mapping/addr.h"
#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/register/account.h"
#include "mapping/register/identity.h"
#include "mapping/register/register.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * The command `certificate` (PROTOCOL C.23, F.4): one of the gateway's own
 * making for each network that a user wants it for, kept with the registration
 * and shown to that network alone. Made, seen with its fingerprints and its
 * public key (for SASL ECDSA-NIST256P-CHALLENGE), removed.
 */

/* The text that is kept, NULL: none. */
static const char *kept(const struct run *r, const struct network *n)
{
	const struct account *a =
		account_find(core_of_run(r), r->user->entry.key->p);

	return a ? account_setting(a, n, SET_CERTIFICATE) : NULL;
}

void command_certificate_fields(struct run *r, struct xw *w)
{
	static const struct {
		const char *label;
		const char *value;
	} rows[] = {
		{N_("See it"), "show"},
		{N_("Make one"), "make"},
		{N_("Remove it"), "remove"},
	};
	struct form_option options[sizeof rows / sizeof *rows];
	struct slice value = slice_str("show");
	struct form_field field = {
		.var = "do",
		.type = "list-single",
		.label = run_text(r, "What to do with your certificate"),
		.values = &value,
		.nvalues = 1,
		.options = options,
		.noptions = sizeof rows / sizeof *rows,
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		options[i] = (struct form_option){run_text(r, rows[i].label),
			rows[i].value};
	}
	form_write(w, &field);
}

static void add_nickserv(struct run *r, const struct network *n,
	struct buf *out)
{
	addr_add_name(core_of_run(r), out, n, slice_str("NickServ"));
}

static void add_fingerprints(const char *text, struct buf *out)
{
	static const struct {
		const char *name;
		enum digest digest;
	} rows[] = {
		{"SHA-256", DIGEST_SHA256},
		{"SHA-512", DIGEST_SHA512},
		{"SHA-1", DIGEST_SHA1},
	};
	char hex[CERT_HEX];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (cert_fingerprint(slice_str(text), rows[i].digest, hex) ==
			ERR_OK) {
			buf_addf(out, "%s: %s\n", rows[i].name, hex);
		}
	}
}

static const char mechanism[] = "ECDSA-NIST256P-CHALLENGE";

static bool offers_challenge(const struct session *s)
{
	struct slice list = s != NULL && session_is_up(s) ?
		ircnet_cap_value(s->net, "sasl") : slice(NULL, 0);

	while (list.len > 0) {
		if (slice_is_nocase(slice_cut(&list, ','), mechanism)) {
			return true;
		}
	}
	return false;
}

/* The key alone, by which some services know somebody as well. */
static void add_key(struct run *r, const struct session *s, struct slice key,
	struct buf *out)
{
	if (key.len > 0 && offers_challenge(s)) {
		buf_add_char(out, '\n');
		buf_addf(out, run_text(r, "This network also takes the key of "
					  "your certificate alone. For that "
					  "write to NickServ, instead of the "
					  "fingerprint: SET PUBKEY %.*s"),
			SLICE_ARG(key));
	}
}

/* What it is, and what the network has to be told. */
static void show(struct run *r, const struct network *n, const char *text)
{
	const struct session *s = run_session(r, n);
	char hex[CERT_HEX] = "";
	char title[400];
	struct buf to;
	struct buf key;
	struct buf out;

	buf_init(&to, 4096);
	buf_init(&out, RUN_ANSWER_BYTES);
	add_nickserv(r, n, &to);
	add_fingerprints(text, &out);
	buf_init(&key, 100);
	if (cert_public(slice_str(text), &key) == ERR_OK) {
		buf_addf(&out, "%s: %s\n", mechanism, buf_cstr(&key));
	}
	(void)!cert_fingerprint(slice_str(text), DIGEST_SHA256, hex);
	buf_addf(&out, run_text(r, "Let NickServ know it once, while you are "
				   "logged in to your account: write to %s "
				   "\"CERT ADD %s\" (on IRC: /msg NickServ CERT "
				   "ADD %s). Some networks use another of the "
				   "fingerprints; \"CERT ADD\" without one takes "
				   "what the network sees."),
		buf_cstr(&to), hex, hex);
	add_key(r, s, buf_slice(&key), &out);
	if (s == NULL || !s->shows_certificate) {
		buf_add_char(&out, '\n');
		buf_add_str(&out, run_text(r, "It is shown to the network when "
					      "you connect next: write "
					      "\"disconnect\" here, then "
					      "\"connect\"."));
	}
	snprintf(title, sizeof title, run_text(r, "Your certificate for %s"),
		n->entry.key->p);
	run_list(r, title, buf_slice(&out));
	buf_finish(&to);
	buf_finish(&key);
	buf_finish(&out);
}

static void on_made(struct mapping *m, void *ctx, enum err err)
{
	struct run *r = ctx;
	struct fault fault;
	struct network *n;
	const char *text;

	(void)m;
	if (!run_back(r)) {
		return;
	}
	if (err != ERR_OK) {
		register_fault(err, &fault);
		run_fault(r, &fault);
		return;
	}
	n = run_network(r, NULL);
	text = n ? kept(r, n) : NULL;
	if (text != NULL) {
		show(r, n, text);
	} else if (n != NULL) {
		run_done(r, NULL); /* removed at the same time */
	}
}

static void make(struct run *r, struct network *n)
{
	struct mapping *m = core_of_run(r);
	char space[CERT_TEXT_MAX];
	struct buf text = {.p = space, .cap = sizeof space,
		.max = sizeof space - 1};
	struct change *change;

	if (!identity_shows_certificate(m, r->user->entry.key->p, n)) {
		run_fail(r, E_NOT_ALLOWED,
			"A certificate would not be shown to this network: the "
			"connection to it is not encrypted, or who is at its "
			"other end is not checked. Ask the operator of the "
			"gateway for an encrypted connection whose other end "
			"is checked.");
		return;
	}
	if (m->ports.make_certificate == NULL) {
		run_fail(r, E_SERVICE_UNAVAILABLE,
			"No certificates are made here. Log in with a password "
			"instead.");
		return;
	}
	m->ports.make_certificate(m->ports.ctx, &text);
	change = change_begin(m, r->user->entry.key->p);
	change_setting(change, n->entry.key->p, SET_CERTIFICATE,
		buf_cstr(&text));
	explicit_bzero(space, sizeof space);
	change_commit(change, on_made, run_hold(r));
}

static void remove_it(struct run *r, struct network *n, const char *text)
{
	struct mapping *m = core_of_run(r);
	struct change *change;
	char hex[CERT_HEX] = "";

	(void)!cert_fingerprint(slice_str(text), DIGEST_SHA256, hex);
	buf_reset(&r->answer, 0);
	buf_addf(&r->answer,
		run_text(r, "Your certificate for %s is gone. Let NickServ "
			    "forget it, too, if it knew it: CERT DEL %s"),
		n->entry.key->p, hex);
	change = change_begin(m, r->user->entry.key->p);
	change_setting(change, n->entry.key->p, SET_CERTIFICATE, NULL);
	change_commit(change, run_on_kept, run_hold(r));
}

void command_certificate(struct run *r)
{
	struct network *n = run_network(r, NULL);
	struct slice what = slice_str(run_value(r, "do"));
	const char *text = n ? kept(r, n) : NULL;

	if (n == NULL) {
		return;
	}
	if (slice_is_nocase(what, "make")) {
		if (text != NULL) {
			run_fail(r, E_CONFLICT,
				"You have a certificate for this network. "
				"Remove it first if you want another one.");
		} else {
			make(r, n);
		}
	} else if (what.len > 0 && !slice_is_nocase(what, "show") &&
		!slice_is_nocase(what, "remove")) {
		run_fail(r, E_BAD_REQUEST,
			"A certificate can be made, shown and removed: write "
			"\"certificate make\", \"certificate\" or "
			"\"certificate remove\".");
	} else if (text == NULL) {
		run_fail(r, E_ITEM_NOT_FOUND,
			"You have no certificate for this network. Write "
			"\"certificate make\" to have one made.");
	} else if (slice_is_nocase(what, "remove")) {
		remove_it(r, n, text);
	} else {
		show(r, n, text);
	}
}
