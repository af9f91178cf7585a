/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCNET_LOGIN_H
#define IRC_IRCNET_LOGIN_H

#include "irc/ircnet_private.h"
#include "irc/sasl.h"

/*
 * The inside of a login, shared by ircnet_login.c (SASL, and what is true of
 * every way) and ircnet_nickserv.c (the other way).
 */
enum login_stage {
	STAGE_NONE,     /* nothing is under way */
	STAGE_SASL,
	STAGE_WHOIS,    /* who is NickServ? */
	STAGE_IDENTIFY,
	STAGE_CERTIFICATE, /* services see it and may log us in */
	STAGE_CREATED,  /* REGISTER was a success: 900 follows */
	STAGE_OVER,     /* the owner was told */
};

struct login {
	char *account;
	char *password; /* "": none */
	char *key;      /* base/cert.h; "": none */
	unsigned char nonce_key[32];
	unsigned nonces;
	struct sasl sasl;
	struct timer timer;
	struct timer work; /* SASL computes, a turn at a time */
	const char *by;    /* SASL's mechanism, for the log */
	unsigned ends;     /* so often it was over: login_over() */
	enum login_stage stage;
	bool use_sasl;
	bool use_service;
	bool required; /* no login, no connection */
	bool private_link;
	bool illegal;  /* account or password can be in no line */
	bool certificate;
	bool waits;    /* until ircnet_proceed() */
	bool capable;  /* on_capable was told */
	bool in;       /* we are logged in */
	bool refused;  /* this password is not tried again */
	bool unproven; /* nothing that this server says of it is believed */
	bool promised; /* NickServ says so; 900 may follow */
	bool present;  /* WHOIS: there is a NickServ */
	bool official; /* WHOIS: the server calls it a service */
	const struct istr *server; /* WHOIS: where it is */
	const struct istr *words;  /* NickServ's last ones */
	const struct istr *as;     /* 900 before 001: the account */
};

/* Tells the owner; what waited for the login goes on. */
void login_over(struct ircnet *n, enum login_result result, struct slice text);
/* 001, and SASL has not brought us in: NickServ is asked about. */
void nickserv_begin(struct ircnet *n);
/* Is this numeric part of that? (n->login is there.) */
bool nickserv_numeric(struct ircnet *n, const struct ircmsg *m);
/* Time is up. */
void nickserv_timer(struct ircnet *n);
/* Another account from now on; SASL begins anew. */
void login_become(struct ircnet *n, struct slice account,
	struct slice password);
/* CAP END waits for the owner, who is told once. */
void login_wait(struct ircnet *n);

#endif
