/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include "tests/support/world.h"

/*
 * The main() of an end-to-end program: runs it in a world of its own, of which
 * the folder stays when something failed, and where that can be had in a network
 * of its own (ownnet.h): programs that run beside it take none of its ports. The
 * arguments are words, of which a test's name must contain one (world_only). No
 * gateway to be run ends it; when one of the servers is not installed it is
 * skipped, as one test.
 */
struct suite {
	const char *name;		   /* of that test */
	const char *const *servers;	   /* names of server_kinds, then NULL */
	void (*run)(struct world *w);
};

int suite_main(const struct suite *suite, int argc, char **argv);

#endif
