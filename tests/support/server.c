/* SPDX-License-Identifier: MIT */
#include "tests/support/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/tap.h"

#define CACHE "/var/cache/isthmus-tests"

enum { PORT_MIN = 20000, PORT_MAX = 32000, PORTS = 3, TRIES = 3, PIDS = 16 };

const struct server_kind server_kinds[] = {
	{"prosody", "prosody", SERVER_JABBER, NULL, "prosody", NULL},
	{"ejabberd", "ejabberd", SERVER_JABBER, NULL, "ejabberdctl", NULL},
	{"jabberd2", "jabberd2", SERVER_JABBER, NULL, "jabberd2-router", NULL},
	{"ngircd", "ngircd", SERVER_IRC, "irc.ngircd.test", "ngircd",
		"ngircd/usr/sbin"},
	{"inspircd", "inspircd", SERVER_IRC, "irc.inspircd.test", "inspircd",
		NULL},
	{"ircd-hybrid", "hybrid", SERVER_IRC, "irc.hybrid.test", "ircd-hybrid",
		"hybrid/usr/sbin"},
	{"services", "anope", SERVER_SERVICES, NULL, "anope", NULL},
	{"services", "atheme", SERVER_SERVICES, NULL, "atheme-services", NULL},
	{"microsocks", "microsocks", SERVER_PROXY, NULL, "microsocks", NULL},
};
const unsigned server_kind_count =
	sizeof(server_kinds) / sizeof(server_kinds[0]);

static const char *const jabber_ports[PORTS] = {"C2S", "COMP", "HTTP"};
static const char *const irc_ports[PORTS] = {"PLAIN", "TLS", "LINK"};
static const char *const proxy_ports[PORTS] = {"SOCKS", "", ""};
static const char *const no_ports[PORTS] = {"", "", ""};

struct server {
	struct world *w;
	const struct server_kind *kind;
	enum server_state state;
	char dir[300];
	unsigned ports[PORTS];
	struct source starter; /* the pidfd of start.sh */
	pid_t starter_pid;
	pid_t pids[PIDS]; /* of the running server, while it is up */
	unsigned pid_count;
};

/* --- settings ----------------------------------------------------------- */

const char *server_setting(const char *name)
{
	static char servers[512];
	const char *value = getenv(name);

	if (value != NULL && *value != '\0') {
		return value;
	}
	if (strcmp(name, "ISTHMUS_ROOT") == 0) {
		return ISTHMUS_SOURCE_DIR;
	}
	if (strcmp(name, "ISTHMUS_BUILD") == 0) {
		return ISTHMUS_BINARY_DIR;
	}
	snprintf(servers, sizeof(servers), "%s/tests/servers",
		server_setting("ISTHMUS_ROOT"));
	return servers;
}

const struct server_kind *server_kind(const char *name)
{
	unsigned i;

	for (i = 0; i < server_kind_count; i++) {
		if (strcmp(server_kinds[i].name, name) == 0 ||
			strcmp(server_kinds[i].short_name, name) == 0) {
			return &server_kinds[i];
		}
	}
	tap_bail("no server is called %s", name);
}

/* Where the program is: unpacked in the cache, or in the PATH; "" if not. */
static const char *program_dir(const struct server_kind *kind)
{
	static const char *const dirs[] = {
		"/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"};
	static char dir[256];
	char path[320];
	size_t i;

	if (kind->unpacked != NULL) {
		snprintf(dir, sizeof(dir), CACHE "/%s", kind->unpacked);
		snprintf(path, sizeof(path), "%s/%s", dir, kind->program);
		if (access(path, X_OK) == 0) {
			return dir;
		}
	}
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], kind->program);
		if (access(path, X_OK) == 0) {
			return dirs[i];
		}
	}
	return "";
}

bool server_installed(const struct server_kind *kind)
{
	return *program_dir(kind) != '\0';
}

/* A socket that is bound to *port, the next one that is free. */
static int bind_next(unsigned *port)
{
	static unsigned next;
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	unsigned tries;
	int fd;

	if (next == 0) {
		next = (unsigned)getpid() * 37 % (PORT_MAX - PORT_MIN);
	}
	for (tries = 0; tries < PORT_MAX - PORT_MIN; tries++) {
		next = (next + 1) % (PORT_MAX - PORT_MIN);
		at.sin_port = htons((unsigned short)(PORT_MIN + next));
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
			*port = PORT_MIN + next;
			return fd;
		}
		close(fd);
	}
	tap_bail("no free port below %d", PORT_MAX);
}

unsigned server_free_port(void)
{
	unsigned port;

	close(bind_next(&port));
	return port;
}

/* Bound it is nobody else's, and without listen(2) connections are refused. */
unsigned server_shut_port(void)
{
	unsigned port;

	bind_next(&port);
	return port;
}

/* --- processes ---------------------------------------------------------- */

static int pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

struct gone {
	struct source source;
	bool yes;
};

static void on_gone(void *ctx, short revents)
{
	struct gone *gone = ctx;

	(void)revents;
	gone->yes = true;
}

static bool is_gone(void *ctx)
{
	return ((struct gone *)ctx)->yes;
}

bool server_await_gone(struct world *w, int pid, double seconds, int *status)
{
	struct gone gone = {.source = {.fd = pidfd(pid),
				    .events = POLLIN,
				    .ready = on_gone,
				    .ctx = &gone}};
	int got = -1;

	if (gone.source.fd >= 0) {
		world_add(w, &gone.source);
		world_until(w, seconds, is_gone, &gone);
		world_remove(w, &gone.source);
		close(gone.source.fd);
		if (!gone.yes) {
			return false;
		}
	}
	if (waitpid(pid, &got, WNOHANG) != pid) {
		got = -1;
	}
	if (status != NULL) {
		*status = got;
	}
	return true;
}

/* All process ids in a pid file. */
static unsigned read_pids(const char *path, pid_t *pids)
{
	FILE *f = fopen(path, "re");
	unsigned n = 0;
	long pid;

	if (f == NULL) {
		return 0;
	}
	while (n < PIDS && fscanf(f, "%ld", &pid) == 1) {
		if (pid > 1) {
			pids[n++] = (pid_t)pid;
		}
	}
	fclose(f);
	return n;
}

/* Each word of the pipe is a process id: "+12 " has begun, "-12 " is over. */
static void keep_watch(int fd)
{
	pid_t pids[4 * PIDS] = {0};
	FILE *f = fdopen(fd, "r");
	char sign;
	long pid;
	size_t i;

	while (f != NULL && fscanf(f, " %c%ld", &sign, &pid) == 2) {
		for (i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
			if (pids[i] == (sign == '+' ? 0 : (pid_t)pid)) {
				pids[i] = sign == '+' ? (pid_t)pid : 0;
				break;
			}
		}
	}
	for (i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		if (pids[i] > 1) {
			kill(pids[i], SIGKILL);
		}
	}
	_exit(0);
}

/* The keeper: holds the reading end of a pipe whose writing end dies with the
 * test, even by SIGKILL, and then ends the servers it was told of. */
static int keeper = -1;

static void begin_keeper(void)
{
	static bool begun;
	int fds[2];
	pid_t pid;

	if (begun) {
		return;
	}
	begun = true;
	/* Servers whose starter has ended become children of the test. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(fds, O_CLOEXEC) != 0) {
		tap_bail("pipe: %s", strerror(errno));
	}
	pid = fork();
	if (pid == 0) {
		setsid();
		close(fds[1]);
		/* Whoever reads the test's output must not wait for us. */
		close(0);
		close(1);
		close(2);
		keep_watch(fds[0]);
	}
	close(fds[0]);
	keeper = fds[1];
}

static void tell_keeper(char sign, pid_t pid)
{
	dprintf(keeper, "%c%ld ", sign, (long)pid);
}

/* --- starting ----------------------------------------------------------- */

static const char *const *port_names(const struct server_kind *kind)
{
	switch (kind->role) {
	case SERVER_JABBER:
		return jabber_ports;
	case SERVER_IRC:
		return irc_ports;
	case SERVER_PROXY:
		return proxy_ports;
	default:
		return no_ports;
	}
}

unsigned server_port(const struct server *s, const char *what)
{
	unsigned i;

	for (i = 0; i < PORTS; i++) {
		if (strcmp(port_names(s->kind)[i], what) == 0) {
			return s->ports[i];
		}
	}
	return 0;
}

const struct server_kind *server_kind_of(const struct server *s)
{
	return s->kind;
}

const char *server_dir(const struct server *s)
{
	return s->dir;
}

enum server_state server_state(const struct server *s)
{
	return s->state;
}

static void set_env(const struct server *s)
{
	char number[16];
	char path[1024];
	const char *dir = program_dir(s->kind);
	unsigned i;

	for (i = 0; i < PORTS; i++) {
		if (*port_names(s->kind)[i] != '\0') {
			snprintf(number, sizeof(number), "%u", s->ports[i]);
			setenv(port_names(s->kind)[i], number, 1);
		}
	}
	if (s->kind->role == SERVER_SERVICES) {
		setenv("KIND", s->kind->short_name, 1);
	}
	setenv("DIR", s->dir, 1);
	setenv("DOMAIN", "localhost", 1);
	setenv("GATEWAY", "irc.localhost", 1);
	setenv("SECRET", "secret", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("RUNAS");
	if (s->kind->network != NULL) {
		setenv("NAME", s->kind->network, 1);
	}
	if (s->kind->unpacked != NULL &&
		strncmp(dir, CACHE, strlen(CACHE)) == 0) {
		/* The root that the packages were unpacked to. */
		snprintf(path, sizeof(path), CACHE "/%.*s",
			(int)strcspn(s->kind->unpacked, "/"),
			s->kind->unpacked);
		setenv("ROOT", path, 1);
	}
	snprintf(path, sizeof(path), "%s:/usr/sbin:/sbin:%s", dir,
		getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
	setenv("PATH", path, 1);
}

static void run_starter(const struct server *s)
{
	char script[600];
	char output[320];
	int fd;

	set_env(s);
	snprintf(output, sizeof(output), "%s.out", s->dir);
	fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, 1);
	dup2(fd, 2);
	close(0);
	open("/dev/null", O_RDONLY);
	snprintf(script, sizeof(script), "%s/%s/start.sh",
		server_setting("ISTHMUS_SERVERS"), s->kind->name);
	execlp("bash", "bash", script, (char *)NULL);
	_exit(127);
}

/* What start.sh has left running, also when it failed half way. */
static void note_pids(struct server *s)
{
	char path[320];
	unsigned i;

	snprintf(path, sizeof(path), "%s/pid", s->dir);
	s->pid_count = read_pids(path, s->pids);
	for (i = 0; i < s->pid_count; i++) {
		tell_keeper('+', s->pids[i]);
	}
}

static void on_started(void *ctx, short revents)
{
	struct server *s = ctx;
	int status = -1;

	(void)revents;
	world_remove(s->w, &s->starter);
	close(s->starter.fd);
	waitpid(s->starter_pid, &status, 0);
	s->state = status == 0 ? SERVER_UP : SERVER_DOWN;
	note_pids(s);
	world_log(s->w, s->kind->name, "--", "start.sh ended: %s",
		status == 0 ? "up" : "FAILED");
}

static void launch(struct server *s)
{
	begin_keeper();
	s->state = SERVER_STARTING;
	s->starter_pid = fork();
	if (s->starter_pid == 0) {
		run_starter(s);
	}
	s->starter = (struct source){.fd = pidfd(s->starter_pid),
		.events = POLLIN,
		.ready = on_started,
		.ctx = s};
	if (s->starter.fd < 0) {
		tap_bail("cannot start bash: %s", strerror(errno));
	}
	world_add(s->w, &s->starter);
}

static bool start_ended(void *ctx)
{
	return ((const struct server *)ctx)->state != SERVER_STARTING;
}

static void show_output(const struct server *s)
{
	char path[320];
	char line[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s.out", s->dir);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		tap_note("  %s: %s", s->kind->name, line);
	}
	if (f != NULL) {
		fclose(f);
	}
}

struct server *server_start(struct world *w, const struct server_kind *kind)
{
	static unsigned number;
	struct server *s = calloc(1, sizeof(*s));
	unsigned try;
	unsigned i;

	if (s == NULL) {
		abort();
	}
	s->w = w;
	s->kind = kind;
	for (try = 0; try < TRIES; try++) {
		snprintf(s->dir, sizeof(s->dir), "%s/%s-%u", world_dir(w),
			kind->name, ++number);
		for (i = 0; i < PORTS; i++) {
			s->ports[i] = server_free_port();
		}
		launch(s);
		world_until(w, 90, start_ended, s);
		if (s->state == SERVER_UP) {
			return s;
		}
		server_kill(s);
	}
	tap_note("%s does not start:", kind->name);
	show_output(s);
	free(s);
	return NULL;
}

struct server *server_must_start(struct world *w, const char *name)
{
	struct server *s = server_start(w, server_kind(name));

	if (s == NULL) {
		tap_bail("%s does not start", name);
	}
	return s;
}

void server_restart(struct server *s)
{
	world_log(s->w, s->kind->name, "--", "is started again");
	launch(s);
}

void server_kill(struct server *s)
{
	unsigned i;

	if (s->state == SERVER_STARTING) {
		kill(s->starter_pid, SIGKILL);
		world_until(s->w, 10, start_ended, s);
	}
	for (i = 0; i < s->pid_count; i++) {
		kill(s->pids[i], SIGKILL);
	}
	for (i = 0; i < s->pid_count; i++) {
		server_await_gone(s->w, s->pids[i], 10, NULL);
		tell_keeper('-', s->pids[i]);
	}
	s->pid_count = 0;
	s->state = SERVER_DOWN;
	world_log(s->w, s->kind->name, "--", "killed");
}

void server_stop(struct server *s)
{
	if (s == NULL) {
		return;
	}
	server_kill(s);
	free(s);
}
