/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_IRC_LOGIN_FIXTURE_H
#define TESTS_UNIT_IRC_LOGIN_FIXTURE_H

#include "base/base64.h"
#include "tests/unit/irc/net_fixture.h"

#define FIRST_LINES "CAP LS 302\nNICK juliet\nUSER juliet 0 * :Juliet C\n"
#define PAYLOAD "AUTHENTICATE anVsaWV0AGp1bGlldABzZWNyZXQx\n"
#define WELCOME ":s 001 juliet :Welcome juliet!~j@h\n"

/* As InspIRCd with Anope or Atheme says it. */
#define WHOIS_SERVICE \
	":s 311 juliet NickServ services services.test * :Nickname services\n" \
	":s 312 juliet NickServ services.test :Services for tests\n" \
	":s 318 juliet NickServ :End of /WHOIS list.\n"
#define IDENTIFY "PRIVMSG NickServ@services.test :IDENTIFY secret1\n"

static inline void open_with(struct fixture *f, bool sasl, bool nickserv)
{
	fixture_init(f);
	f->config.account_password = "secret1";
	f->config.sasl = sasl;
	f->config.nickserv = nickserv;
	f->config.private_link = true;
	fixture_open(f);
	expect_out(f, FIRST_LINES);
}

/* Up to the point where our message was sent. */
static inline void sasl_to_payload(struct fixture *f)
{
	open_with(f, true, true);
	serve(f, ":s CAP * LS :sasl=EXTERNAL,PLAIN \n");
	expect_out(f, "CAP REQ :sasl\n");
	serve(f, ":s CAP juliet ACK :sasl\n");
	expect_out(f, "AUTHENTICATE PLAIN\n");
	serve(f, "AUTHENTICATE :+\n");
	expect_out(f, PAYLOAD);
}

static inline void at_nickserv(struct fixture *f)
{
	open_with(f, true, true);
	serve(f, ":s CAP * LS :multi-prefix\n:s CAP * ACK :multi-prefix\n");
	expect_out(f, "CAP REQ :multi-prefix\nCAP END\n");
	serve(f, WELCOME);
	expect_out(f, "WHOIS NickServ\n");
	expect_told(f, "registered juliet\n");
	pass(f, 0);
}

#endif
