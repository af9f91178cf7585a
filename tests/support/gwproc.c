/* SPDX-License-Identifier: MIT */
#include "tests/support/gwproc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/tap.h"

enum { IN_MAX = 16384 };

struct gwproc {
	struct world *w;
	struct source log;
	pid_t pid;
	int status; /* of waitpid(2), valid when !running */
	bool running;
	char name[32];
	char *config;
	FILE *file;
	char in[IN_MAX];
	size_t in_len;
	char *lines[GWPROC_LINES];
	size_t count;
	size_t searched;
};

const char *gwproc_program(void)
{
	static char path[512];
	const char *set = getenv("ISTHMUS_GATEWAY");

	if (set != NULL && *set != '\0') {
		return set;
	}
	snprintf(path, sizeof(path), "%s/isthmus",
		server_setting("ISTHMUS_BUILD"));
	return path;
}

bool gwproc_present(void)
{
	return access(gwproc_program(), X_OK) == 0;
}

const char *gwproc_write_config(
	struct world *w, const char *name, const struct gwproc_config *config)
{
	const char *path = world_text(w, "%s/%s.conf", world_dir(w), name);
	FILE *f = fopen(path, "we");
	unsigned i;

	if (f == NULL) {
		tap_bail("cannot write %s: %s", path, strerror(errno));
	}
	fprintf(f,
		"jabber: {\n\tcomponent = \"irc.localhost\";\n"
		"\thost = \"127.0.0.1\"; port = %u;\n"
		"\tsecret = \"%s\";\n\tserver = \"localhost\";\n%s\n};\n"
		"networks = (",
		config->component_port,
		config->secret != NULL ? config->secret : "secret",
		config->jabber != NULL ? config->jabber : "");
	for (i = 0; i < GWPROC_NETWORKS && config->networks[i].name != NULL;
		i++) {
		fprintf(f, "%s\n\t{ name = \"%s\"; ", i > 0 ? "," : "",
			config->networks[i].name);
		if (config->networks[i].settings != NULL) {
			fprintf(f, "%s }", config->networks[i].settings);
		} else {
			fprintf(f,
				"servers = ( \"127.0.0.1:%u\" ); "
				"tls = \"off\"; connect_burst = 0; }",
				config->networks[i].port);
		}
	}
	fprintf(f, " );\nstorage: { ");
	if (config->storage != NULL) {
		fprintf(f, "%s", config->storage);
	} else {
		fprintf(f, "file = \"%s/%s.sqlite\";", world_dir(w), name);
	}
	fprintf(f,
		" };\nirc: {\n%s\n};\nlog: { level = \"debug\"; };\n%s\n",
		config->irc != NULL ? config->irc : "",
		config->extra != NULL ? config->extra : "");
	fclose(f);
	return path;
}

/* --- its log ------------------------------------------------------------ */

static void on_line(struct gwproc *g, const char *line)
{
	world_log(g->w, g->name, "<<", "%s", line);
	fprintf(g->file, "%s\n", line);
	if (g->count == GWPROC_LINES) {
		free(g->lines[0]);
		memmove(g->lines, g->lines + 1,
			(GWPROC_LINES - 1) * sizeof(g->lines[0]));
		g->count--;
		g->searched -= g->searched > 0;
	}
	g->lines[g->count++] = strdup(line);
}

static void take_lines(struct gwproc *g)
{
	char *start = g->in;
	char *end;

	while ((end = memchr(start, '\n',
			(size_t)(g->in + g->in_len - start))) != NULL) {
		*end = '\0';
		on_line(g, start);
		start = end + 1;
	}
	g->in_len -= (size_t)(start - g->in);
	memmove(g->in, start, g->in_len);
	if (g->in_len == IN_MAX) {
		g->in_len = 0; /* longer than any log line may be */
	}
}

static void reap(struct gwproc *g)
{
	world_remove(g->w, &g->log);
	close(g->log.fd);
	waitpid(g->pid, &g->status, 0);
	g->running = false;
	fflush(g->file);
	world_log(g->w, g->name, "--", "ended: %s", gwproc_end(g));
}

static void on_log(void *ctx, short revents)
{
	struct gwproc *g = ctx;
	ssize_t n;

	(void)revents;
	n = read(g->log.fd, g->in + g->in_len, IN_MAX - g->in_len);
	if (n > 0) {
		g->in_len += (size_t)n;
		take_lines(g);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		reap(g); /* stderr closes when the process ends */
	}
}

static bool find_line(struct gwproc *g, const char *text)
{
	while (g->searched < g->count) {
		if (strstr(g->lines[g->searched++], text) != NULL) {
			return true;
		}
	}
	return false;
}

struct waiting {
	struct gwproc *g;
	const char *text;
	bool found;
};

static bool logged(void *ctx)
{
	struct waiting *wait = ctx;

	wait->found = find_line(wait->g, wait->text);
	return wait->found || !wait->g->running;
}

bool gwproc_await_log(struct gwproc *g, const char *text, double seconds)
{
	struct waiting wait = {g, text, false};

	world_until(g->w, seconds, logged, &wait);
	return wait.found;
}

void gwproc_await_online(struct gwproc *g, const char *at)
{
	if (!gwproc_await_log(g, "component online", 20)) {
		world_fail(g->w, at,
			"the gateway does not say `component online` (%s)",
			gwproc_end(g));
	}
}

/* --- the process -------------------------------------------------------- */

static pid_t spawn(const char *const *args, int err)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid != 0) {
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) {
		_exit(126);
	}
	dup2(err, 2);
	dup2(open("/dev/null", O_RDWR), 0);
	dup2(0, 1);
	execv(args[0], (char *const *)args);
	dprintf(2, "cannot run %s: %s\n", args[0], strerror(errno));
	_exit(127);
}

struct gwproc *gwproc_start(struct world *w, const struct gwproc_config *config)
{
	static unsigned number;
	struct gwproc *g = calloc(1, sizeof(*g));
	const char *args[] = {gwproc_program(), "-c", NULL, NULL};
	int fds[2];
	char path[320];

	if (g == NULL || pipe2(fds, O_CLOEXEC) != 0) {
		abort();
	}
	g->w = w;
	snprintf(g->name, sizeof(g->name), "gateway-%u", ++number);
	g->config = strdup(gwproc_write_config(w, g->name, config));
	snprintf(path, sizeof(path), "%s/%s.log", world_dir(w), g->name);
	g->file = fopen(path, "we");
	if (g->file == NULL) {
		tap_bail("cannot write %s: %s", path, strerror(errno));
	}
	args[2] = g->config;
	g->pid = spawn(args, fds[1]);
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	g->running = true;
	g->log = (struct source){
		.fd = fds[0], .events = POLLIN, .ready = on_log, .ctx = g};
	world_add(w, &g->log);
	world_log(w, g->name, "--", "started, pid %d, %s", (int)g->pid,
		g->config);
	return g;
}

const char *gwproc_config_path(const struct gwproc *g)
{
	return g->config;
}

bool gwproc_running(const struct gwproc *g)
{
	return g->running;
}

int gwproc_pid(const struct gwproc *g)
{
	return g->pid;
}

void gwproc_signal(struct gwproc *g, int number)
{
	if (g->running) {
		world_log(g->w, g->name, "--", "is sent signal %d (%s)", number,
			strsignal(number));
		kill(g->pid, number);
	}
}

static const char *status_words(struct world *w, int status)
{
	if (WIFEXITED(status)) {
		return world_text(w, "exit status %d", WEXITSTATUS(status));
	}
	return world_text(w, "signal %d (%s)", WTERMSIG(status),
		strsignal(WTERMSIG(status)));
}

const char *gwproc_end(struct gwproc *g)
{
	return g->running ? "still running" : status_words(g->w, g->status);
}

static bool has_ended(void *ctx)
{
	return !gwproc_running(ctx);
}

bool gwproc_await_exit(struct gwproc *g, double seconds)
{
	world_until(g->w, seconds, has_ended, g);
	return !g->running && WIFEXITED(g->status) &&
	       WEXITSTATUS(g->status) == 0;
}

bool gwproc_stop(struct gwproc *g)
{
	bool clean;

	if (g == NULL) {
		return false;
	}
	gwproc_signal(g, SIGTERM);
	clean = gwproc_await_exit(g, 5);
	if (g->running) {
		gwproc_signal(g, SIGKILL);
		gwproc_await_exit(g, 10);
	}
	while (g->count > 0) {
		free(g->lines[--g->count]);
	}
	fclose(g->file);
	free(g->config);
	free(g);
	return clean;
}

int gwproc_run(struct world *w, const char *const *args, const char **output)
{
	const char *argv[8] = {gwproc_program()};
	char text[16384];
	size_t len = 0;
	ssize_t n;
	int status = -1;
	int fds[2];
	pid_t pid;
	size_t i;
	struct pollfd p;

	for (i = 0; args[i] != NULL && i < 6; i++) {
		argv[i + 1] = args[i];
	}
	if (pipe2(fds, O_CLOEXEC) != 0) {
		abort();
	}
	pid = spawn(argv, fds[1]);
	close(fds[1]);
	p = (struct pollfd){.fd = fds[0], .events = POLLIN};
	while (len < sizeof(text) - 1 && poll(&p, 1, 60000) > 0 &&
		(n = read(fds[0], text + len, sizeof(text) - 1 - len)) > 0) {
		len += (size_t)n;
	}
	close(fds[0]);
	text[len] = '\0';
	*output = world_text(w, "%s", text);
	world_log(w, "gateway", "<<", "%s", text);
	if (!server_await_gone(w, pid, 10, &status)) {
		kill(pid, SIGKILL);
		server_await_gone(w, pid, 10, NULL);
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
