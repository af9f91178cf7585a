/* SPDX-License-Identifier: MIT */
#include "tests/support/suite.h"

#include "tests/support/gwproc.h"
#include "tests/support/ownnet.h"
#include "tests/support/server.h"
#include "tests/support/tap.h"

/* The first server that is missing, or NULL. */
static const char *missing(const struct suite *suite)
{
	for (const char *const *s = suite->servers; *s != NULL; s++) {
		if (!server_installed(server_kind(*s))) {
			return *s;
		}
	}
	return NULL;
}

int suite_main(const struct suite *suite, int argc, char **argv)
{
	bool alone = ownnet_enter();
	struct world *w = world_create();
	const char *lacks = missing(suite);
	int status;

	world_log(w, "test", "--", "a network of its own: %s",
		alone ? "yes" : "no");
	world_only(w, argv + 1, argc - 1);
	if (!gwproc_present()) {
		tap_bail("no gateway at %s", gwproc_program());
	}
	if (lacks == NULL) {
		suite->run(w);
	} else {
		tap_skip(suite->name,
			world_text(w, "%s is not installed", lacks));
	}
	status = tap_end();
	world_destroy(w, status != 0);
	return status;
}
