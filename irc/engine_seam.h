/* SPDX-License-Identifier: MIT */
#ifndef IRC_ENGINE_SEAM_H
#define IRC_ENGINE_SEAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The other end of libircclient's socket calls (LIBIRCCLIENT 2): renamed to
 * gw_lic_* in the library's private copy and answered from memory. Only
 * engine.c uses this. Loop thread only.
 */

/* libircclient's whole out buffer fits. */
enum { SEAM_OUT = 1024 };

/* What the library's one socket is during one call into it. */
struct seam_link {
	const char *in; /* what recv gives out */
	size_t in_len;
	char out[SEAM_OUT]; /* what send was given */
	size_t out_len;
	bool out_lost; /* more than fits: cannot happen, ends the engine */
};

/* The link that calls mean from now on; gives the former, to be put back. */
struct seam_link *seam_enter(struct seam_link *link);

void seam_setup(int descriptor);
int seam_descriptor(void); /* -1 before seam_setup() */
unsigned long seam_traps(void);

#endif
