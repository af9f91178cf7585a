/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/intern.h"
#include "base/log.h"
#include "gateway/config.h"
#include "gateway/loop_uv.h"
#include "gateway/wire.h"
#include "irc/engine.h"

enum {
	STOP_DEADLINE_MS = 4500, /* for goodbyes; 5 s is the promise */
	DESCRIPTORS_OF_SELECT = 1024,
	ERRORS_MAX = 64 * 1024,
};

struct program {
	const char *path;
	unsigned verbose;
	struct loop *loop;
	struct wire *wire;
	bool stopping;
	struct timer deadline;
};

/* One write for each line: lines of several processes do not mix. */
static void on_log_line(void *ctx, enum log_level level, const char *line)
{
	char out[2100];
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	(void)ctx;
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
	n = snprintf(out, sizeof out, "%s %s %s\n", stamp,
		log_level_name(level), line);
	if (n > 0) {
		size_t len = (size_t)n < sizeof out ? (size_t)n :
						      sizeof out - 1;
		ssize_t written = write(STDERR_FILENO, out, len);

		(void)written; /* there is nowhere to complain */
	}
}

static void set_log(const struct program *p, const struct config *c)
{
	unsigned level = (unsigned)c->log_level + p->verbose;

	log_set_sink(on_log_line, NULL,
		level < LOG_LEVELS ? (enum log_level)level : LOG_DEBUG);
}

static int usage(FILE *to, int status)
{
	fputs("usage: isthmus -c FILE [-n] [-v...]\n"
	      "       isthmus -V | -h\n"
	      "\n"
	      "  -c FILE  the configuration, see isthmus.conf(5)\n"
	      "  -n       check the configuration and exit\n"
	      "  -v       log more; twice: everything\n"
	      "  -V       print the version\n"
	      "  -h       print this\n",
		to);
	return status;
}

/* Every link is a descriptor: take as many as the system gives. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/*
 * Passwords are in our memory: it is neither written to a core dump nor shown to
 * other processes of our user (proc(5), ptrace(2)).
 */
static void hide_memory(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/*
 * The descriptor that libircclient believes in (doc/LIBIRCCLIENT.md 2): taken
 * before any link, so that it lies below what select() can hold. Closed ones
 * among the first three would be taken by a link: they are filled as well.
 */
static int reserve_descriptor(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	must(fd >= 0 && fd < DESCRIPTORS_OF_SELECT);
	return fd;
}

static void on_stopped(void *ctx)
{
	struct program *p = ctx;

	loop_stop(p->loop);
}

static void on_deadline(void *ctx)
{
	struct program *p = ctx;

	log_warn(NULL, "stopping took too long, links are cut");
	loop_stop(p->loop);
}

static void log_errors(struct buf *errors)
{
	struct slice rest = buf_slice(errors);

	while (rest.len > 0) {
		struct slice line = slice_cut(&rest, '\n');

		log_error(NULL, "%.*s", SLICE_ARG(line));
	}
}

static void reload(struct program *p)
{
	struct config *fresh;
	struct buf errors;
	enum err err;

	buf_init(&errors, ERRORS_MAX);
	if (config_load(p->path, &fresh, &errors) != ERR_OK) {
		log_errors(&errors);
		log_error(NULL, "configuration kept as it was, the new one has "
				"errors");
	} else if ((err = wire_reload(p->wire, fresh)) != ERR_OK) {
		log_error(NULL, "configuration kept as it was: %s",
			err == ERR_WRONG_STATE ?
				"component, server and secret of jabber change "
				"by a restart only" :
				"identd cannot listen there");
		config_free(fresh);
	} else {
		set_log(p, fresh);
		log_info(NULL, "configuration reloaded");
	}
	buf_finish(&errors);
}

static void on_reload(void *ctx)
{
	reload(ctx);
}

static void on_signal(void *ctx, int signum)
{
	struct program *p = ctx;

	if (signum == SIGHUP) {
		if (!p->stopping) {
			reload(p);
		}
		return;
	}
	if (p->stopping) {
		log_warn(NULL, "second signal, exiting at once");
		loop_stop(p->loop);
		return;
	}
	log_info(NULL, "stopping signal=%d", signum);
	p->stopping = true;
	timer_start(loop_clock(p->loop), &p->deadline, STOP_DEADLINE_MS);
	wire_stop(p->wire);
}

static void serve(struct program *p, const char *component)
{
	log_info(NULL, "isthmus %s started component=%s", ISTHMUS_VERSION,
		component);
	wire_start(p->wire);
	loop_run(p->loop);
	timer_stop(loop_clock(p->loop), &p->deadline);
	wire_destroy(p->wire);
}

static int run(struct program *p, struct config *config)
{
	unsigned char key[16];
	int reserved = reserve_descriptor();
	bool usable;

	if (!config->core_dumps) {
		hide_memory();
	}
	raise_descriptors();
	crypto_random(key, sizeof key);
	intern_seed(key);
	engine_setup(reserved);
	set_log(p, config);
	p->loop = loop_create();
	timer_init(&p->deadline, on_deadline, p);
	loop_signals(p->loop, on_signal, p);
	p->wire = wire_create(p->loop, config, on_stopped, p);
	usable = p->wire != NULL;
	if (usable) {
		wire_on_reload(p->wire, on_reload);
		serve(p, config->map.component);
	}
	loop_destroy(p->loop);
	close(reserved);
	log_info(NULL, "stopped");
	return usable ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct program p = {0};
	struct config *config = NULL;
	struct buf errors;
	bool check = false;
	int option;

	while ((option = getopt(argc, argv, "c:nvVh")) != -1) {
		switch (option) {
		case 'c':
			p.path = optarg;
			break;
		case 'n':
			check = true;
			break;
		case 'v':
			p.verbose++;
			break;
		case 'V':
			puts("isthmus " ISTHMUS_VERSION);
			return 0;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, 2);
		}
	}
	if (p.path == NULL || optind != argc) {
		return usage(stderr, 2);
	}
	buf_init(&errors, ERRORS_MAX);
	if (config_load(p.path, &config, &errors) != ERR_OK) {
		fputs(buf_cstr(&errors), stderr);
		buf_finish(&errors);
		return 1;
	}
	buf_finish(&errors);
	if (check) {
		config_free(config);
		return 0;
	}
	return run(&p, config);
}
