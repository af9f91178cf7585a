/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_PROMPT_PRIVATE_H
#define MAPPING_OLD_PROMPT_PRIVATE_H

#include "mapping/old/prompt.h"

/*
 * The inside that prompt.c (judges a name; the story is there) and
 * prompt_forms.c (finds it in what was typed) share.
 */
enum { PROMPT_MAX = 2000 };

struct wish {
	const struct prompt *p;
	struct fault *fault;
	struct network *network; /* NULL: home */
	struct slice name;
	bool server;  /* no name: the network itself */
	bool gateway; /* not even that */
	bool nick;    /* a nick, whatever it begins with */
};

enum verdict { OTHER_FORM, TAKEN, REFUSED };

/* REFUSED, with this fault. */
enum verdict prompt_refuse(
	struct wish *w, enum stanza_error e, const char *english);

/* On the network that is meant so far. */
bool prompt_is_channel(const struct wish *w, struct slice name);

/* The text in one of the forms: never OTHER_FORM. */
enum verdict prompt_form(struct wish *w, struct slice s);

#endif
