/* SPDX-License-Identifier: MIT */
#include "tests/load/rig.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tests/load/tap.h"

#define SECRET	     "the secret of the rig"
#define SOFT_DEFAULT 1024

/* A deadline is there to end a test that fails: a busy machine is given more
 * time, and a moment in which the test itself stood still counts as one tick. */
#define PATIENCE 6
#define TICK_MS	 100

static char gateway_path[4096];

static bool build_gateway(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0) {
		return false;
	}
	path[n] = '\0';
	/* BUILD/tests/e2e/test_x -> BUILD */
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(path, '/');

		if (slash == NULL) {
			return false;
		}
		*slash = '\0';
	}
	n = (ssize_t)strlen(path);
	return snprintf(path + n, size - (size_t)n, "/isthmus") > 0;
}

const char *rig_gateway(void)
{
	const char *given = getenv("ISTHMUS_GATEWAY");
	const char *build = getenv("ISTHMUS_BUILD");

	if (given != NULL && given[0] != '\0') {
		snprintf(gateway_path, sizeof(gateway_path), "%s", given);
	} else if (build != NULL && build[0] != '\0') {
		snprintf(gateway_path, sizeof(gateway_path), "%s/isthmus",
			build);
	} else if (!build_gateway(gateway_path, sizeof(gateway_path))) {
		gateway_path[0] = '\0';
	}
	if (access(gateway_path, X_OK) != 0) {
		tap_skip("the gateway is there", "no program %s", gateway_path);
		return NULL;
	}
	return gateway_path;
}

void rig_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

unsigned rig_number(const char *variable, unsigned otherwise)
{
	const char *text = getenv(variable);
	char *end;
	unsigned long value;

	if (text == NULL || text[0] == '\0') {
		return otherwise;
	}
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value == 0 || value > 1000000) {
		tap_note(
			"%s=%s is no number from 1 to 1000000", variable, text);
		return otherwise;
	}
	return (unsigned)value;
}

static void take_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct rig *rig = ctx;
	char id[32];

	snprintf(id, sizeof(id), "rig-ping-%u", rig->pings);
	if (strcmp(stanza->kind, "iq") == 0 && strcmp(stanza->id, id) == 0) {
		rig->pongs = rig->pings;
		return;
	}
	rig->config.on_stanza(rig->config.ctx, stanza);
}

static void take_event(void *ctx, enum jabberd_event event)
{
	struct rig *rig = ctx;

	if (event == JABBERD_GONE && !rig->stopping) {
		rig->lost++;
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct rig *rig = timer->data;

	rig->ticks -= rig->ticks > 0;
}

static bool write_config(const struct rig *rig, const char *path)
{
	FILE *file = fopen(path, "we");

	if (file == NULL) {
		return false;
	}
	fprintf(file,
		"jabber: {\n"
		"\tcomponent = \"" RIG_GW "\";\n"
		"\thost = \"127.0.0.1\"; port = %d;\n"
		"\tsecret = \"" SECRET "\";\n"
		"\tserver = \"" RIG_DOMAIN "\";\n"
		"};\n"
		"networks = (\n"
		"\t{ name = \"" RIG_NET "\"; servers = ( \"127.0.0.1:%d\" );\n"
		"\t  tls = \"off\"; plain_login = true; connect_burst = %u;\n"
		"\t  connect_interval = \"%ums\"; }\n"
		");\n"
		"clients: { lazy_above = %u; };\n"
		"limits: { sessions = 100000; rooms_per_session = 100; };\n"
		"irc: { flood_burst = 1000; flood_interval = \"10ms\";\n"
		"\tqueue_lines = 1000; reconnect_min = \"%ums\"; };\n"
		"messages: { receipts = %s; };\n"
		"storage: { file = \"%s/rows\"; };\n"
		"log: { level = \"%s\"; };\n",
		jabberd_sim_port(rig->jabber), ircd_sim_port(rig->irc),
		rig->config.throttle_burst > 0 ? 15 : 0,
		rig->config.throttle_ms > 0 ? rig->config.throttle_ms * 6 / 5
					    : 1200,
		rig->config.lazy_above,
		rig->config.reconnect_ms > 0 ? rig->config.reconnect_ms : 1000,
		rig->config.receipts ? "true" : "false", rig->folder,
		rig->config.talkative ? "debug" : "info");
	return fclose(file) == 0;
}

static void on_exit_child(uv_process_t *child, int64_t code, int term)
{
	struct rig *rig = child->data;

	rig->running = false;
	rig->exit_code = code;
	rig->exit_signal = term;
}

/*
 * The child starts with the ordinary limit of descriptors: raising it is the
 * gateway's own business.
 */
static int spawn(struct rig *rig, const uv_process_options_t *options)
{
	struct rlimit mine;
	struct rlimit ordinary;
	int status;

	getrlimit(RLIMIT_NOFILE, &mine);
	ordinary = mine;
	if (ordinary.rlim_cur > SOFT_DEFAULT) {
		ordinary.rlim_cur = SOFT_DEFAULT;
	}
	setrlimit(RLIMIT_NOFILE, &ordinary);
	status = uv_spawn(&rig->loop, &rig->child, options);
	setrlimit(RLIMIT_NOFILE, &mine);
	return status;
}

static bool start_gateway(struct rig *rig)
{
	char config[300];
	char log[300];
	char flag[] = "-c";
	char *args[] = {gateway_path, flag, config, NULL};
	uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
	uv_process_options_t options = {.file = gateway_path,
		.args = args,
		.exit_cb = on_exit_child,
		.cwd = rig->folder,
		.stdio = stdio,
		.stdio_count = 3};
	int fd;
	int status;

	snprintf(config, sizeof(config), "%s/isthmus.conf", rig->folder);
	snprintf(log, sizeof(log), "%s/isthmus.log", rig->folder);
	if (!write_config(rig, config)) {
		tap_note("cannot write %s", config);
		return false;
	}
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0) {
		tap_note("cannot write %s", log);
		return false;
	}
	for (int i = 1; i < 3; i++) {
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = fd;
	}
	rig->child.data = rig;
	status = spawn(rig, &options);
	close(fd);
	rig->spawned = true;
	rig->running = status == 0;
	if (status != 0) {
		tap_note("cannot start %s: %s", gateway_path,
			uv_strerror(status));
	}
	return rig->running;
}

static bool is_online(void *ctx)
{
	return jabberd_sim_online(((struct rig *)ctx)->jabber);
}

static bool open_sims(struct rig *rig)
{
	const struct rig_config *config = &rig->config;
	struct jabberd_sim_config jabber = {.component = RIG_GW,
		.secret = SECRET,
		.recv_buffer = config->recv_buffer,
		.first_header = config->first_header,
		.on_stanza = take_stanza,
		.on_event = take_event,
		.ctx = rig};
	struct ircd_sim_config irc = {.name = RIG_NET,
		.caps = config->caps,
		.on_line = config->on_line,
		.on_puppet = config->on_puppet,
		.on_close = config->on_close,
		.throttle_burst = config->throttle_burst,
		.throttle_ms = config->throttle_ms,
		.history = config->history,
		.ctx = config->ctx};

	rig->jabber = jabberd_sim_open(&rig->loop, &jabber);
	rig->irc = ircd_sim_open(&rig->loop, &irc);
	if (rig->jabber == NULL || rig->irc == NULL) {
		tap_note("no free port on 127.0.0.1");
		return false;
	}
	return true;
}

bool rig_open(struct rig *rig, const struct rig_config *config)
{
	const char *tmp = getenv("TMPDIR");

	memset(rig, 0, sizeof(*rig));
	rig->config = *config;
	rig->failures = tap_failures();
	uv_loop_init(&rig->loop);
	uv_timer_init(&rig->loop, &rig->deadline);
	rig->deadline.data = rig;
	snprintf(rig->folder, sizeof(rig->folder), "%s/isthmus-%s-XXXXXX",
		tmp == NULL ? "/tmp" : tmp, config->name);
	if (mkdtemp(rig->folder) == NULL) {
		tap_note("cannot make the folder %s", rig->folder);
		rig->folder[0] = '\0';
		return false;
	}
	if (!open_sims(rig) || !start_gateway(rig)) {
		return false;
	}
	if (!rig_until(rig, is_online, rig, 15000)) {
		tap_note("expected the component stream; %s",
			rig->running ? "the gateway has not opened it"
				     : "the gateway has ended");
		return false;
	}
	return true;
}

bool rig_until(struct rig *rig, bool (*done)(void *ctx), void *ctx, unsigned ms)
{
	bool was_running = rig->running;
	bool met;

	rig->ticks = 1 + ms / TICK_MS * rig_number("ISTHMUS_PATIENCE", PATIENCE);
	uv_timer_start(&rig->deadline, on_tick, TICK_MS, TICK_MS);
	while (!(met = done(ctx)) && rig->ticks > 0 &&
		(rig->running || !was_running)) {
		uv_run(&rig->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&rig->deadline);
	return met;
}

static void on_over(uv_timer_t *timer)
{
	((struct rig *)timer->data)->over = true;
}

bool rig_run(struct rig *rig, unsigned ms)
{
	rig->over = false;
	uv_timer_start(&rig->deadline, on_over, ms, 0);
	while (!rig->over && rig->running) {
		uv_run(&rig->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&rig->deadline);
	return rig->running;
}

static bool is_answered(void *ctx)
{
	struct rig *rig = ctx;

	return rig->pongs == rig->pings;
}

bool rig_ping(struct rig *rig, unsigned ms)
{
	rig->pings++;
	jabberd_sim_sendf(rig->jabber,
		"<iq type='get' id='rig-ping-%u' from='rig@" RIG_DOMAIN
		"/rig' to='" RIG_GW "'><ping xmlns='urn:xmpp:ping'/></iq>",
		rig->pings);
	return rig_until(rig, is_answered, rig, ms);
}

static bool has_ended(void *ctx)
{
	return !((struct rig *)ctx)->running;
}

void rig_stop(struct rig *rig)
{
	bool ended;

	if (!rig->running) {
		tap_test(false, "SIGTERM ends the gateway with exit code 0",
			"it had ended before: code %lld, signal %d",
			(long long)rig->exit_code, rig->exit_signal);
		return;
	}
	rig->stopping = true;
	uv_process_kill(&rig->child, SIGTERM);
	ended = rig_until(rig, has_ended, rig, 20000);
	tap_test(ended && rig->exit_code == 0 && rig->exit_signal == 0,
		"SIGTERM ends the gateway with exit code 0",
		"expected code 0, got %s code %lld signal %d",
		ended ? "its end," : "no end,", (long long)rig->exit_code,
		rig->exit_signal);
}

static void on_child_closed(uv_handle_t *handle)
{
	((struct rig *)handle->data)->spawned = false;
}

static bool is_closed(void *ctx)
{
	return !((struct rig *)ctx)->spawned;
}

static bool has_no_stream(void *ctx)
{
	return !jabberd_sim_online(((struct rig *)ctx)->jabber);
}

bool rig_kill(struct rig *rig)
{
	unsigned lost = rig->lost;

	uv_process_kill(&rig->child, SIGKILL);
	if (!rig_until(rig, has_ended, rig, 5000)) {
		return false;
	}
	uv_close((uv_handle_t *)&rig->child, on_child_closed);
	rig_until(rig, is_closed, rig, 5000);
	rig_until(rig, has_no_stream, rig, 5000);
	rig->lost = lost; /* asked for */
	return !rig->spawned;
}

bool rig_start_again(struct rig *rig)
{
	return start_gateway(rig) && rig_until(rig, is_online, rig, 15000);
}

/* The last lines of the log, for who reads a failure. */
static void show_log(const struct rig *rig)
{
	char path[300];
	char tail[4096];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/isthmus.log", rig->folder);
	file = fopen(path, "re");
	if (file == NULL) {
		return;
	}
	if (fseek(file, -(long)(sizeof(tail) - 1), SEEK_END) != 0) {
		rewind(file);
	}
	n = fread(tail, 1, sizeof(tail) - 1, file);
	fclose(file);
	tail[n] = '\0';
	tap_note("end of the gateway's log (all of it: %s):", path);
	for (char *line = tail; line != NULL && *line != '\0';) {
		char *end = strchr(line, '\n');

		tap_note("  %.*s", end == NULL ? 200 : (int)(end - line), line);
		line = end == NULL ? NULL : end + 1;
	}
}

static void remove_folder(const struct rig *rig)
{
	static const char *const names[] = {"isthmus.conf", "isthmus.log",
		"rows", "rows.key", "rows-wal", "rows-shm"};
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", rig->folder, names[i]);
		unlink(path);
	}
	rmdir(rig->folder);
}

void rig_close(struct rig *rig)
{
	if (rig->running) {
		rig->stopping = true;
		uv_process_kill(&rig->child, SIGKILL);
		rig_until(rig, has_ended, rig, 5000);
	}
	if (rig->folder[0] != '\0' && tap_failures() > rig->failures) {
		show_log(rig);
	} else if (rig->folder[0] != '\0') {
		remove_folder(rig);
	}
	if (rig->jabber != NULL) {
		jabberd_sim_close(rig->jabber);
	}
	if (rig->irc != NULL) {
		ircd_sim_close(rig->irc);
	}
	if (rig->spawned) {
		uv_close((uv_handle_t *)&rig->child, NULL);
	}
	uv_close((uv_handle_t *)&rig->deadline, NULL);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&rig->loop) != 0) {
		tap_test(false, "the rig leaves no handle open",
			"expected none");
	}
}

uint64_t rig_rss_kib(const struct rig *rig)
{
	char path[64];
	char line[256];
	unsigned long long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)rig->child.pid);
	file = rig->running ? fopen(path, "re") : NULL;
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "VmRSS: %llu kB", &kib) == 1) {
			break;
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return kib;
}

uint64_t rig_cpu_ns(const struct rig *rig)
{
	struct timespec spent;
	clockid_t clock;

	if (!rig->running ||
		clock_getcpuclockid((pid_t)rig->child.pid, &clock) != 0 ||
		clock_gettime(clock, &spent) != 0) {
		return 0;
	}
	return (uint64_t)spent.tv_sec * 1000000000 + (uint64_t)spent.tv_nsec;
}

double rig_cpu_seconds(const struct rig *rig)
{
	return (double)rig_cpu_ns(rig) / 1e9;
}
