/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_SIGNUP_PRIVATE_H
#define MAPPING_COMMAND_SIGNUP_PRIVATE_H

#include "base/clock.h"
#include "mapping/command/signup.h"

/*
 * The inside of an account being made: signup.c (the commands: asking),
 * signup_answer.c (what the network says to it), signup_connect.c (the connection
 * of its own, where there is none), signup_nickserv.c (networks without REGISTER).
 */
enum signup_stage {
	SIGNUP_CONNECTS, /* its connection is being made */
	SIGNUP_GOES_UP,  /* ... and is to be up first */
	SIGNUP_ASKED,    /* REGISTER or VERIFY was said, or NickServ is */
	SIGNUP_CODE,     /* the network has sent a code to the user */
};

/* In session->signup: from the request on, until it is known what became of it. */
struct signup {
	struct session *session;
	enum signup_stage stage;
	struct run *run;    /* that waits, NULL: none does */
	char *account;      /* as the server calls it; NULL: our nick */
	char *password;     /* NULL: not known */
	char *code;         /* to be said on the connection that is made */
	char *line;         /* for NickServ, until it is known to be one */
	struct timer timer; /* SIGNUP_CODE: how long it is waited for */
	uint32_t number;    /* of all; who asks for NickServ goes by it */
	uint64_t until;     /* clock ms: NickServ was told; 0: REGISTER */
	bool keep;          /* the password, in the registration */
	bool before;        /* before 001, on a connection of its own */
};

/* A new one instead of what was there. */
struct signup *signup_begin(struct session *s);
void signup_wipe(char **secret);
/* Its answer is the next thing that this run hears. */
void signup_await(struct run *r, struct session *s, unsigned ms);
/* For an hour. */
void signup_wait_code(struct session *s);
/* The run is free again, to be answered or to ask; NULL: none waits. */
struct run *signup_take_run(struct session *s);
/* What the user gave, to be used once the account is there. */
void signup_remember(struct run *r, struct signup *p, struct slice account);
/* The e-mail address that was given, else the registration's. */
struct slice signup_email(const struct run *r);
/* Something is missing or wrong for this network; NULL: nothing. */
const char *signup_objection(const struct run *r, const struct session *s);
/* To a connection that is up. */
void signup_ask(struct run *r, struct session *s);
void signup_ask_code(struct run *r, struct session *s, struct slice account,
	struct slice code);

/* signup_answer.c */
/* The account is there: kept, if that is wanted, and told to who asked. */
void signup_succeeded(struct session *s, struct slice account);

/* signup_nickserv.c */
void signup_ask_nickserv(struct run *r, struct session *s, struct slice email);

/* signup_connect.c */
/* A connection is made for it; code NULL: REGISTER, account as it was given. */
void signup_connect(struct run *r, struct network *n, const char *account,
	const char *code);
/* It is of no use any more. */
void signup_abandon(struct session *s);

#endif
