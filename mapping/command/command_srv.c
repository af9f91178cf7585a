/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/command/run.h"
#include "mapping/command/signup.h"
#include "mapping/network.h"
#include "mapping/people/face.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* Commands at a network (PROTOCOL C.23). */

/* ---- connect and disconnect; GW names the network first ---- */

static void run_connect(struct run *r)
{
	struct network *n = run_network(r, "network");
	struct session *s = n ? run_session(r, n) : NULL;
	struct fault fault;

	if (n == NULL) {
		return;
	}
	if (s != NULL && session_is_up(s)) {
		run_donef(r, run_text(r, "You are connected to %s, as %s."),
			n->entry.key->p, s->nick->p);
		return;
	}
	s = session_get(r->user, n, slice(NULL, 0), &fault);
	if (s == NULL) {
		run_fault(r, &fault);
		return;
	}
	run_wait_up(r, s);
	session_open(s);
}

static void run_disconnect(struct run *r)
{
	struct network *n = run_network(r, "network");
	struct session *s = n ? run_session(r, n) : NULL;
	struct slice reason;
	char name[300];

	if (n == NULL) {
		return;
	}
	if (s == NULL) {
		run_fail(r, E_ITEM_NOT_FOUND,
			"You are not connected to this network.");
		return;
	}
	reason = slice_str(run_value(r, "reason"));
	snprintf(name, sizeof name, "%s", n->entry.key->p);
	session_leave(s, reason.len > 0 ? reason : slice_str("Leaving"));
	run_donef(r, run_text(r, "You are disconnected from %s."), name);
}

/* ---- what IRC is asked for ---- */

struct session *command_connected(struct run *r)
{
	struct network *n = run_network(r, "network");
	struct session *s = n ? run_session(r, n) : NULL;

	if (n != NULL && (s == NULL || !session_is_up(s))) {
		raw_refused(r, ERR_WRONG_STATE, NULL);
		return NULL;
	}
	return n ? s : NULL;
}

void command_sent(struct run *r, struct session *s, enum err err)
{
	answer_labelled(s);
	if (err == ERR_OK) {
		raw_read(r, s);
	} else {
		raw_refused(r, err, NULL);
	}
}

static void run_nick(struct run *r)
{
	struct session *s = command_connected(r);

	if (s != NULL) {
		raw_nick(r, s, slice_str(run_value(r, "nick")));
	}
}

static void run_away(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice text;

	if (s == NULL) {
		return;
	}
	text = slice_str(run_value(r, "text"));
	if (r->by_text && text.len > 0 && text.p[0] == ':') {
		text = slice(text.p + 1, text.len - 1); /* typed as on IRC */
	}
	raw_label(r, s);
	command_sent(r, s, session_type_away(s, text));
}

static void ask_words(struct run *r, const char *command, const char *var)
{
	struct session *s = command_connected(r);
	struct slice words[8];
	struct slice rest;
	size_t n = 0;

	if (s == NULL) {
		return;
	}
	rest = slice_str(run_value(r, var));
	while (rest.len > 0 && n < sizeof words / sizeof *words) {
		struct slice word = slice_cut(&rest, ' ');

		if (word.len > 0) {
			words[n++] = word;
		}
	}
	raw_label(r, s);
	command_sent(r, s, ircnet_command(s->net, command, words, n,
				   slice(NULL, 0)));
}

static void run_who(struct run *r)
{
	ask_words(r, "WHO", "mask");
}

static void run_raw(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice line;

	if (s == NULL) {
		return;
	}
	line = slice_trim(slice_str(run_value(r, "line")));
	if (line.len > 0 && line.p[0] == '/') {
		line = slice(line.p + 1, line.len - 1);
	}
	raw_line(r, s, line);
}

static void run_knock(struct run *r)
{
	struct session *s = command_connected(r);

	if (s != NULL) {
		raw_knock(r, s, slice_str(run_value(r, "channel")),
			slice_str(run_value(r, "text")));
	}
}

/* As it would be typed: the client enters. */
void command_join(struct run *r, struct slice channel)
{
	struct session *s = command_connected(r);
	struct buf line;

	if (s == NULL) {
		return;
	}
	buf_init_secret(&line, IRC_LINE_MAX);
	buf_addf(&line, "JOIN %.*s %s", SLICE_ARG(channel),
		run_value(r, "key"));
	if (channel.len == 0 || memchr(channel.p, ' ', channel.len) != NULL) {
		run_fail(r, E_JID_MALFORMED, "That is no channel. The name of "
					     "one begins with #, as in "
					     "#channel.");
	} else if (line.overflow) {
		raw_refused(r, ERR_TOO_BIG, NULL);
	} else {
		raw_line(r, s, buf_slice(&line));
	}
	buf_finish(&line);
}

static void run_join(struct run *r)
{
	command_join(r, slice_str(run_value(r, "channel")));
}

static void run_realname(struct run *r)
{
	struct session *s = command_connected(r);
	enum err err;

	if (s == NULL) {
		return;
	}
	if (!ircnet_cap(s->net, "setname")) {
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This network takes a real name only when you connect. "
			"Change it in your registration and connect again.");
		return;
	}
	err = ircnet_command(s->net, "SETNAME", NULL, 0,
		slice_str(run_value(r, "name")));
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
	} else {
		s->jid_shown = false;
		run_done(r, run_text(r, "The network is told your new real "
					"name."));
	}
}

/* To services, in the words that all of them know. */
static void run_identify(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice to = slice_str("NickServ");
	const char *account;
	enum err err;
	char space[IRC_LINE_MAX];
	struct buf buf;

	if (s == NULL) {
		return;
	}
	if (s->network->config->tls == LINK_TLS_OFF &&
		!s->network->config->plain_login) {
		run_fail(r, E_NOT_ALLOWED,
			"Your password was not sent: the connection to this "
			"network is not encrypted. Ask the operator of the "
			"gateway for an encrypted one.");
		return;
	}
	account = run_value(r, "account");
	buf = (struct buf){.p = space, .cap = sizeof space, .max = sizeof space};
	buf_add_str(&buf, "IDENTIFY ");
	buf_add_str(&buf, account);
	buf_add_str(&buf, account[0] ? " " : "");
	buf_add_str(&buf, run_value(r, "password"));
	/* In pieces it would be several words of no sense, one by one. */
	err = buf.overflow || buf.len > ircnet_say_max(s->net, IRC_PRIVMSG, to) ?
		ERR_TOO_BIG :
		ircnet_say(s->net, IRC_PRIVMSG, to, buf_slice(&buf), 0);
	explicit_bzero(space, sizeof space);
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
	} else {
		run_done(r, run_text(r, "Your password was sent to NickServ, "
					"which answers itself."));
	}
}

#define NETWORK_FIELD {"network", "text-single", N_("Network"), true}
#define CHANNEL_FIELD {"channel", "text-single", N_("Channel"), true}
#define KEY_FIELD                                                           \
	{"key", "text-private", N_("Key; empty: there is none"), false}
#define KNOCK_FIELD                                                         \
	{"text", "text-single", N_("What you want to say to those inside"), \
		false}
#define NICK_FIELD {"nick", "text-single", N_("Nick"), true}

/* Those of the network's people who are contacts, as they are now. */
static void run_monitor(struct run *r)
{
	struct mapping *m = core_of_run(r);
	const char *bare = r->user->entry.key->p;
	const struct account *account = account_find(m, bare);
	uint32_t pos = 0;
	struct map_slot *slot;
	struct buf out;

	buf_init(&out, RUN_ANSWER_BYTES - 1000);
	while (account != NULL &&
		(slot = map_next(&account->contacts, &pos)) != NULL) {
		struct face face = {0};
		struct fault fault;
		struct addr a;

		if (!addr_parse(m, slot->entry->key->p, r->user, &a, &fault) ||
			a.kind != ADDR_NICK ||
			a.network->entry.key != r->network) {
			continue;
		}
		face_of(m, bare, &a, &face);
		buf_addf(&out, "%s: %s\n", a.bare,
			!face.available ? run_text(r, "not there") :
			face.show	? run_text(r, "away") :
					  run_text(r, "there"));
	}
	if (out.len == 0) {
		run_done(r, run_text(r, "Nobody of this network is among your "
					"contacts."));
	} else {
		run_list(r, run_text(r, "Your contacts on this network"),
			slice_trim(buf_slice(&out)));
	}
	buf_finish(&out);
}

const struct command srv_commands[] = {
	{.name = "connect", .title = N_("Connect to this network"),
		.where = COMMAND_AT_SRV, .run = run_connect},
	{.name = "disconnect", .title = N_("Disconnect from this network"),
		.words = N_("[REASON]"), .where = COMMAND_AT_SRV, .stages = 1,
		.fields = {{"reason", "text-single", N_("Reason"), false}},
		.run = run_disconnect},
	{.name = "nick", .title = N_("Change your nick"), .words = N_("NICK"),
		.where = COMMAND_AT_SRV, .stages = 1, .fields = {NICK_FIELD},
		.run = run_nick},
	{.name = "join", .title = N_("Enter a channel"),
		.words = N_("CHANNEL [KEY]"), .where = COMMAND_AT_SRV,
		.stages = 1, .fields = {CHANNEL_FIELD, KEY_FIELD},
		.run = run_join},
	{.name = "knock", .title = N_("Ask to be let into a channel"),
		.words = N_("CHANNEL [TEXT]"), .where = COMMAND_AT_SRV,
		.stages = 1, .fields = {CHANNEL_FIELD, KNOCK_FIELD},
		.run = run_knock},
	{.name = "realname", .title = N_("Change your real name"),
		.words = N_("NAME"), .where = COMMAND_AT_SRV, .stages = 1,
		.fields = {{"name", "text-single", N_("Real name"), true}},
		.run = run_realname},
	{.name = "profile", .title = N_("Change what others see of you"),
		.where = COMMAND_AT_SRV, .only_form = true, .stages = 1,
		.typed = "describe",
		.fields = {{"display-name", "text-single",
				N_("Name to be shown beside your nick"), false},
			{"avatar", "text-single",
				N_("Picture: its address, https://..."), false},
			{"homepage", "text-single", N_("Homepage"), false},
			{"status", "text-single", N_("Status"), false},
			{"pronouns", "text-single", N_("Pronouns"), false},
			{"color", "text-single",
				N_("Colour, like #800040"), false}},
		.write = command_profile_fields, .run = command_profile},
	{.name = "describe",
		.title = N_("See what others see of you, or change it"),
		.words = N_("[KEY VALUE]"), .where = COMMAND_AT_SRV,
		.only_text = true, .stages = 1,
		.fields = {{"key", "text-single", N_("Key"), false},
			{"value", "text-single", N_("Value"), false}},
		.run = command_describe},
	{.name = "away", .title = N_("Say that you are away, or back"),
		.words = N_("[TEXT]"), .where = COMMAND_AT_SRV, .stages = 1,
		.fields = {{"text", "text-single",
			N_("Text; empty: you are back"), false}},
		.run = run_away},
	{.name = "who", .title = N_("See who is on a channel, or fits a mask"),
		.words = N_("CHANNEL or MASK"), .where = COMMAND_AT_SRV,
		.stages = 1,
		.fields = {{"mask", "text-single", N_("Channel or mask"),
			true}},
		.run = run_who},
	{.name = "whois", .title = N_("See who somebody is"),
		.words = N_("NICK"), .where = COMMAND_AT_SRV, .stages = 1,
		.fields = {NICK_FIELD}, .run = command_whois},
	{.name = "ctcp", .title = N_("Ask somebody's program something"),
		.words = N_("NICK VERSION, TIME or PING"),
		.where = COMMAND_AT_SRV, .stages = 1,
		.fields = {NICK_FIELD,
			{"what", "list-single", N_("What to ask for"), true},
			{"text", "text-single", N_("Text"), false}},
		.write = command_ctcp_fields, .run = command_ctcp},
	{.name = "identify",
		.title = N_("Send your password to NickServ"),
		.words = N_("[ACCOUNT] PASSWORD"), .where = COMMAND_AT_SRV,
		.stages = 1,
		.fields = {{"account", "text-single", N_("Account"), false},
			{"password", "text-private", N_("Password"), true}},
		.run = run_identify},
	{.name = "create-account",
		.title = N_("Create an account on this network"),
		.words = N_("PASSWORD [EMAIL] [ACCOUNT]"),
		.where = COMMAND_AT_SRV, .stages = 2,
		.fields = {{"password", "text-private", N_("Password"), true},
			{"email", "text-single", N_("E-mail address"), false},
			{"account", "text-single",
				N_("Account, when it is not the nick"), false},
			{"keep", "boolean",
				N_("Keep the password in your registration"),
				false}},
		.write = signup_create_fields, .form = signup_code_form,
		.run = signup_create},
	{.name = "verify-account",
		.title = N_("Enter the code that a network sent you"),
		.words = N_("CODE [ACCOUNT]"), .where = COMMAND_AT_SRV,
		.stages = 1,
		.fields = {{"code", "text-single", N_("Code"), true},
			{"account", "text-single",
				N_("Account, when it is not the nick"), false}},
		.run = signup_verify},
	{.name = "certificate",
		.title = N_("Log in to your account with a certificate"),
		.words = N_("[make or remove]"), .where = COMMAND_AT_SRV,
		.who = COMMAND_FOR_REGISTERED, .stages = 1,
		.fields = {{"do", "list-single",
			N_("What to do with your certificate"), false}},
		.write = command_certificate_fields,
		.run = command_certificate},
	{.name = "configure",
		.title = N_("Change your settings for this network"),
		.where = COMMAND_AT_SRV, .only_form = true, .stages = 1,
		.form = command_settings_form, .run = command_settings},
	{.name = "channel",
		.title = N_("Change your settings for one channel"),
		.words = N_("[CHANNEL [SETTING VALUE]]"),
		.where = COMMAND_AT_SRV, .who = COMMAND_FOR_REGISTERED,
		.stages = 2,
		.fields = {{"channel", "text-single", N_("Channel"), false},
			{"setting", "text-single", N_("Setting"), false},
			{"value", "text-single", N_("Value"), false}},
		.write = command_channel_which, .form = command_channel_form,
		.run = command_channel},
	{.name = "monitor", .title = N_("See which of your contacts are there"),
		.where = COMMAND_AT_SRV, .run = run_monitor},
	{.name = "raw", .title = N_("Send a line to the IRC server as it is"),
		.words = N_("LINE"), .where = COMMAND_AT_SRV, .stages = 1,
		.fields = {{"line", "text-single", N_("Line"), true}},
		.run = run_raw},
	{.name = "channel",
		.title = N_("Change your settings for one channel of a network"),
		.words = N_("NETWORK [CHANNEL [SETTING VALUE]]"),
		.where = COMMAND_AT_GW, .who = COMMAND_FOR_REGISTERED,
		.stages = 2,
		.fields = {NETWORK_FIELD,
			{"channel", "text-single", N_("Channel"), false},
			{"setting", "text-single", N_("Setting"), false},
			{"value", "text-single", N_("Value"), false}},
		.write = command_channel_which, .form = command_channel_form,
		.run = command_channel},
	{.name = "connect", .title = N_("Connect to a network"),
		.words = N_("NETWORK"), .where = COMMAND_AT_GW, .stages = 1,
		.fields = {NETWORK_FIELD}, .run = run_connect},
	{.name = "disconnect", .title = N_("Disconnect from a network"),
		.words = N_("NETWORK [REASON]"), .where = COMMAND_AT_GW,
		.stages = 1,
		.fields = {NETWORK_FIELD,
			{"reason", "text-single", N_("Reason"), false}},
		.run = run_disconnect},
	{.name = "raw", .title = N_("Send a line to an IRC server as it is"),
		.words = N_("NETWORK LINE"), .where = COMMAND_AT_GW,
		.stages = 1,
		.fields = {NETWORK_FIELD,
			{"line", "text-single", N_("Line"), true}},
		.run = run_raw},
	{.name = NULL},
};
