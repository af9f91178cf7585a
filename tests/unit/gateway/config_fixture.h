/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_CONFIG_FIXTURE_H
#define TESTS_UNIT_GATEWAY_CONFIG_FIXTURE_H

#include <unistd.h>

#include "tests/unit/unit.h"

#include "gateway/config.h"

/* A configuration written to a file of its own, and read. */
#define JABBER "jabber: { component = \"irc.example.com\"; secret = \"hush\"; };\n"
#define NETS   "networks = ( { name = \"irc.a.test\"; } );\n"
#define NET(x) JABBER "networks = ( { name = \"irc.a.test\"; " x " } );\n"

static char path[64];

static inline int make_file(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "/tmp/isthmus-conf-XXXXXX");
	close(mkstemp(path));
	return 0;
}

static inline int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static inline enum err load(const char *text, struct config **out,
	struct buf *errors)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	buf_init(errors, 65536);
	return config_load(path, out, errors);
}

static inline struct config *load_good(const char *text)
{
	struct config *c = NULL;
	struct buf errors;

	if (load(text, &c, &errors) != ERR_OK) {
		fail_msg("%s", buf_cstr(&errors));
	}
	assert_int_equal(errors.len, 0);
	buf_finish(&errors);
	return c;
}

#endif
