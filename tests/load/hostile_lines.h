/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_HOSTILE_LINES_H
#define TESTS_LOAD_HOSTILE_LINES_H

#include <stddef.h>

/*
 * What a hostile IRC server may send to a registered client (doc/
 * LIBIRCCLIENT.md sections 4 and 9). None of it may end that client's
 * connection, let alone disturb anybody else. The rows name their victim:
 * nick v0 in the room #v0.
 */
struct hostile_line {
	const char *name;
	const char *head; /* before the repeated bytes; NULL: nothing */
	const char *bytes;
	size_t len;
	unsigned repeat;  /* the bytes so many times; 0: once */
	const char *tail; /* after the repeated bytes; NULL: nothing */
	/* writes it instead of the above; the length */
	size_t (*build)(char *out, size_t size);
};

extern const struct hostile_line hostile_lines[];
extern const size_t hostile_lines_count;

/* The row's bytes, ended by CRLF, to out; 256 KiB are enough for each row. */
#define HOSTILE_LINE_ROOM ((size_t)256 << 10)
size_t hostile_line_write(
	const struct hostile_line *row, char *out, size_t size);

#endif
