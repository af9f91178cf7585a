/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_HOSTILE_XML_H
#define TESTS_LOAD_HOSTILE_XML_H

#include <stddef.h>
#include <stdio.h>

/*
 * XML that a user can get through a Jabber server (PROTOCOL A.1). None of it
 * may end the component stream. The sender is h0@localhost/pc, who is in the
 * room #h0; `id` is the stanza's.
 */
enum hostile_answer {
	ANSWER_NONE,   /* none is due: the gateway must only live on */
	ANSWER_ANY,    /* a result, an error or a reflection with the id */
	ANSWER_RESULT, /* type result */
	ANSWER_REFUSAL /* an error with not-acceptable */
};

struct hostile_xml {
	const char *name;
	enum hostile_answer answer;
	void (*write)(
		FILE *out, const char *id, unsigned arg, const char *text);
	unsigned arg;
	const char *text;
};

extern const struct hostile_xml hostile_xmls[];
extern const size_t hostile_xmls_count;

/* XML that cannot come from a user: it must end the stream, politely. */
struct ending_xml {
	const char *name;
	const char *xml;
	const char *header; /* instead: the answer to the stream header */
	const char *conditions[3];
};

extern const struct ending_xml ending_xmls[];
extern const size_t ending_xmls_count;

#endif
