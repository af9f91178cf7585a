/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_SERVER_H
#define TESTS_SUPPORT_SERVER_H

#include <stdbool.h>

#include "tests/support/world.h"

/*
 * Real Jabber and IRC servers, started by tests/servers/NAME/start.sh (or the
 * folder that ISTHMUS_SERVERS names) in a folder of the run, on free ports
 * below 32768 that are found by binding; a start that fails is tried again
 * with others. The gateway under test is in gwproc.h.
 *
 * Nothing stays behind: a keeper process notices when the test is gone, in
 * whatever way, and kills the servers that still run.
 * Packages that were unpacked beside the system are looked for below
 * /var/cache/isthmus-tests.
 */
struct server;

/* All that the tests know, by NAME. */
enum server_role {
	SERVER_JABBER,
	SERVER_IRC,
	SERVER_SERVICES, /* of an IRC network: linked to the LINK port that the
			  * environment names; no ports of their own */
	SERVER_PROXY,	 /* SOCKS5, by SOCKS_USER and SOCKS_PASSWORD */
};

struct server_kind {
	const char *name;	/* folder below tests/servers */
	const char *short_name; /* in the names of tests */
	enum server_role role;
	const char *network;  /* IRC: its name; Jabber: NULL */
	const char *program;  /* looked for, to know whether it is installed */
	const char *unpacked; /* where else, below the cache folder */
};

extern const struct server_kind server_kinds[];
extern const unsigned server_kind_count;
const struct server_kind *server_kind(const char *name);

/* The folder NAME of a setting, from the environment or its default:
 * ISTHMUS_ROOT, ISTHMUS_BUILD, ISTHMUS_SERVERS. Lent. */
const char *server_setting(const char *name);

bool server_installed(const struct server_kind *kind);

/* Starts it and waits; NULL, with the output in the diagnostics, when it does
 * not come up. Not installed is the caller's to ask first. */
struct server *server_start(struct world *w, const struct server_kind *kind);

/* The same by name; ends the program when it does not come up. */
struct server *server_must_start(struct world *w, const char *name);

/* The port of "C2S", "COMP", "PLAIN" ...; 0: this server has none of it. */
unsigned server_port(const struct server *s, const char *what);
const struct server_kind *server_kind_of(const struct server *s);

/* Its folder: DIR of tests/servers/README.md. */
const char *server_dir(const struct server *s);

/* SIGKILL to all its processes, and waits until they are gone. */
void server_kill(struct server *s);

/* The same server again, same folder and ports, while the loop turns. */
void server_restart(struct server *s);
enum server_state { SERVER_STARTING, SERVER_UP, SERVER_DOWN };
enum server_state server_state(const struct server *s);

/* Kills it when it still runs, and frees it. NULL is fine. */
void server_stop(struct server *s);

/* A TCP port on loopback that was free a moment ago, below 32768. */
unsigned server_free_port(void);

/* One where nobody listens, nor will as long as the program runs. */
unsigned server_shut_port(void);

/* Waits until the process is gone, child of ours or not, the loop turning;
 * false when it is not gone in time. *status as of waitpid(2), -1 when it was
 * no child; status may be NULL. */
bool server_await_gone(struct world *w, int pid, double seconds, int *status);

#endif
