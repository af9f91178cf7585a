/* SPDX-License-Identifier: MIT */
#include "tests/support/prog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/support/server.h"

enum { LINE_MAX_BYTES = 8192, LINES_MAX = 2000 };

struct prog {
	struct world *w;
	struct source out;
	int in;
	pid_t pid;
	bool ended;
	char name[32];
	char line[LINE_MAX_BYTES];
	size_t len;
	char *lines[LINES_MAX];
	size_t count;
	size_t searched;
};

static void on_line(struct prog *p)
{
	p->line[p->len] = '\0';
	p->len = 0;
	world_log(p->w, p->name, "<<", "%s", p->line);
	if (p->count < LINES_MAX) {
		p->lines[p->count++] = strdup(p->line);
	}
}

static void on_output(void *ctx, short revents)
{
	struct prog *p = ctx;
	char bytes[4096];
	ssize_t n = read(p->out.fd, bytes, sizeof(bytes));

	(void)revents;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		world_log(p->w, p->name, "--", "ended");
		world_remove(p->w, &p->out);
		p->ended = true;
	}
	for (ssize_t i = 0; i < n; i++) {
		/* Terminal programs move the cursor rather than end lines. */
		if (bytes[i] == '\n' || bytes[i] == '\033' ||
			p->len == LINE_MAX_BYTES - 1) {
			on_line(p);
		} else {
			p->line[p->len++] = bytes[i];
		}
	}
}

struct prog *prog_start(struct world *w, const char *name,
	const char *const *argv)
{
	struct prog *p = calloc(1, sizeof(*p));
	int in[2];
	int out[2];

	if (p == NULL || pipe2(in, O_CLOEXEC) != 0 ||
		pipe2(out, O_CLOEXEC) != 0) {
		abort();
	}
	p->w = w;
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->pid = fork();
	if (p->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	p->in = in[1];
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	p->out = (struct source){.fd = out[0],
		.events = POLLIN,
		.ready = on_output,
		.ctx = p};
	world_add(w, &p->out);
	world_log(w, name, "--", "started, pid %d", (int)p->pid);
	return p;
}

void prog_stop(struct prog *p)
{
	if (p == NULL) {
		return;
	}
	close(p->in);
	kill(p->pid, SIGTERM);
	if (!server_await_gone(p->w, p->pid, 3, NULL)) {
		kill(p->pid, SIGKILL);
		server_await_gone(p->w, p->pid, 3, NULL);
	}
	if (!p->ended) {
		world_remove(p->w, &p->out);
	}
	close(p->out.fd);
	while (p->count > 0) {
		free(p->lines[--p->count]);
	}
	free(p);
}

void prog_say(struct prog *p, const char *format, ...)
{
	char text[4096];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	world_log(p->w, p->name, ">>", "%s", text);
	text[n++] = '\n';
	if (write(p->in, text, (size_t)n) != n) {
		world_log(p->w, p->name, "--", "does not listen");
	}
}

struct wanted {
	struct prog *p;
	const char *text;
	bool found;
};

static bool found(void *ctx)
{
	struct wanted *want = ctx;
	struct prog *p = want->p;

	while (!want->found && p->searched < p->count) {
		want->found =
			strstr(p->lines[p->searched++], want->text) != NULL;
	}
	return want->found || p->ended;
}

void prog_expect(struct prog *p, const char *text, const char *at)
{
	struct wanted want = {p, text, false};

	world_until(p->w, 20, found, &want);
	if (!want.found) {
		world_fail(p->w, at, "%s did not say: %s", p->name, text);
	}
}
