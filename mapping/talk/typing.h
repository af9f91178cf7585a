/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_TYPING_H
#define MAPPING_TALK_TYPING_H

#include "mapping/core.h"

/*
 * What a channel or a person on IRC hears of our typing (PROTOCOL F.2): +typing
 * by the client tag, as the chat states (XEP-0085) of one of the user's clients
 * say. A client tells its state once, IRC wants `active` to be repeated while it
 * lasts and nothing twice in three seconds: a change that comes sooner waits.
 * `active` is believed for two minutes. Nothing of it where the server has no
 * message-tags or denies the tag. A plain value inside what it belongs to.
 */
struct typing {
	struct session *session;
	const struct istr *const *target; /* where IRC's name for it stands */
	const struct istr *by;   /* the client that types; NULL: none */
	struct timer timer;
	uint64_t told_ms;        /* 0: never */
	uint64_t until_ms;       /* `active` is not believed any longer */
	enum irc_typing told;    /* what IRC heard last */
	enum irc_typing wanted;  /* what it should hear; NONE: nothing */
};

void typing_init(struct typing *t, struct session *s,
	const struct istr *const *target);
void typing_finish(struct typing *t);
/* This client (full JID) says so. Others than the one that types do not end it. */
void typing_tell(struct typing *t, const struct istr *client,
	enum irc_typing typing);
/* A message goes there: that ends it without a word. */
void typing_said(struct typing *t);
/* This client is gone. */
void typing_client_gone(struct typing *t, const struct istr *client);

/* The chat state and its hint in the stanza being written. */
void typing_write(struct xw *w, enum irc_typing typing);
/* How long a state of somebody on IRC lasts without another word. */
uint64_t typing_lasts_ms(enum irc_typing typing);
/* ... and what it is then. */
enum irc_typing typing_next(enum irc_typing typing);

#endif
