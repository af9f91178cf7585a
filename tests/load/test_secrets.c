/* SPDX-License-Identifier: MIT */
/*
 * Passwords a user gives to the gateway are nowhere but on their way to IRC:
 * in no stanza, in no line of the log at its most talkative, in no file of the
 * gateway's folder (database, journal, core), neither as they are nor in base64
 * or hex (PROTOCOL C.16). They are given in every way there is, the wrong ways
 * too; then the process is killed by SIGABRT with cores allowed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/load/mem.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"

#define USER  "juliet@" RIG_DOMAIN
#define FULL  USER "/pc"
#define SRV   RIG_NET "@" RIG_GW
#define QUERY "<query xmlns='jabber:iq:register'>"
#define FORM                                                               \
	QUERY "<x xmlns='jabber:x:data' type='submit'>"                    \
	      "<field var='FORM_TYPE'><value>jabber:iq:register</value>"   \
	      "</field>"
#define FIELD(var, value) \
	"<field var='" var "'><value>" value "</value></field>"
#define FORM_END "</x></query>"

/* Each holds the mark. */
#define MARK	"Wherefore7Art"
#define ACCOUNT MARK "Account"
#define SERVER	MARK "Server"
#define COMMAND MARK "Command"

static const char *const marks[] = {
	MARK,
	"V2hlcmVmb3JlN0Fyd", /* base64, at each offset */
	"oZXJlZm9yZTdBcn",
	"aGVyZWZvcmU3QXJ0",
	"5768657265666f7265", /* hex */
};

enum { MARKS = sizeof(marks) / sizeof(marks[0]) };

struct run {
	struct rig rig;
	unsigned asked;
	unsigned answered;
	unsigned results;
	unsigned leaks;
	char leak[300];
	bool server; /* IRC has seen PASS */
	bool command;
};

static void look(struct run *run, const char *where, const char *p, size_t len)
{
	for (size_t i = 0; i < MARKS; i++) {
		if (memmem(p, len, marks[i], strlen(marks[i])) != NULL) {
			run->leaks++;
			snprintf(run->leak, sizeof(run->leak), "%s in %s",
				marks[i], where);
		}
	}
}

static void on_stanza(void *ctx, const struct jabberd_stanza *s)
{
	struct run *run = ctx;

	look(run, s->text, s->text, s->len);
	if (strncmp(s->id, "ask-", 4) == 0) {
		run->answered++;
		run->results += strcmp(s->type, "result") == 0;
	}
}

static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct run *run = ctx;

	(void)client;
	run->server |= strstr(line, "PASS ") != NULL &&
		strstr(line, SERVER) != NULL;
	run->command |= strstr(line, COMMAND) != NULL;
	return false;
}

/* ---- giving it away in every way ---- */

static const struct {
	const char *to;
	const char *query;
} requests[] = {
	{RIG_GW, QUERY "<nick>juliet</nick><password>" ACCOUNT
		       "</password></query>"},
	{SRV, FORM FIELD("nick", "juliet") FIELD("password", ACCOUNT)
			FIELD("server_password", SERVER)
				FIELD("autoconnect", "1")
					FIELD("commands",
						"PRIVMSG friend :" COMMAND)
						FORM_END},
	{RIG_GW, FORM FIELD("network", RIG_NET) FORM_END},
	/* Wrong ones: the error must not bring it back. */
	{RIG_GW, QUERY "<nick>no nick!</nick><password>" ACCOUNT
		       "</password></query>"},
	{RIG_GW, QUERY "<nick>juliet</nick><key>" ACCOUNT "</key>"
		       "<password>" ACCOUNT "</password></query>"},
	{SRV, FORM FIELD("nick", "juliet") FIELD("port", "no port")
			FIELD("password", ACCOUNT) FORM_END},
	{"nobody.nowhere@" RIG_GW,
		QUERY "<nick>juliet</nick><password>" ACCOUNT
		      "</password></query>"},
	{"friend%" SRV, QUERY "<nick>juliet</nick><password>" ACCOUNT
			      "</password></query>"},
	{RIG_GW, QUERY "<remove/><password>" ACCOUNT "</password></query>"},
	{RIG_GW, "<query xmlns='jabber:iq:auth'><username>juliet</username>"
		 "<password>" ACCOUNT "</password></query>"},
	{RIG_GW, "<query xmlns='urn:example:other'><password>" ACCOUNT
		 "</password></query>"},
};

static bool all_answered(void *ctx)
{
	struct run *run = ctx;

	return run->answered >= run->asked;
}

static bool has_connected(void *ctx)
{
	struct run *run = ctx;

	return run->server && run->command;
}

static void give_it_away(struct run *run)
{
	struct rig *rig = &run->rig;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		jabberd_sim_sendf(rig->jabber,
			"<iq type='set' id='ask-%u' from='" FULL
			"' to='%s'>%s</iq>",
			++run->asked, requests[i].to, requests[i].query);
	}
	jabberd_sim_sendf(rig->jabber,
		"<iq type='get' id='ask-%u' from='" FULL "' to='" RIG_GW
		"'>" QUERY "</query></iq>",
		++run->asked);
	jabberd_sim_sendf(rig->jabber,
		"<iq type='get' id='ask-%u' from='" FULL "' to='" SRV
		"'>" QUERY "</query></iq>",
		++run->asked);
	tap_test(rig_until(rig, all_answered, run, 10000) &&
			run->results >= 5,
		"every request has its answer, the good ones a result",
		"expected %u answers and 5 results, got %u and %u", run->asked,
		run->answered, run->results);
	/* The user comes online: PASS and the commands go out. */
	jabberd_sim_sendf(rig->jabber,
		"<presence from='" FULL "' to='" RIG_GW "'/>"
		"<presence from='" FULL "' to='" SRV "'/>");
	tap_test(rig_until(rig, has_connected, run, 15000),
		"the passwords reach IRC",
		"expected PASS and the command, got %s and %s",
		run->server ? "it" : "none", run->command ? "it" : "none");
	jabberd_sim_sendf(rig->jabber,
		"<message type='chat' id='m1' from='" FULL "' to='" SRV
		"'><body>identify " ACCOUNT "</body></message>"
		"<message type='chat' id='m2' from='" FULL "' to='" SRV
		"'><body>PASS " ACCOUNT "</body></message>"
		"<message type='chat' id='m3' from='" FULL "' to='" RIG_GW
		"'><body>help " ACCOUNT "</body></message>");
	rig_ping(rig, 5000);
}

/* ---- looking everywhere ---- */

static void look_into(struct run *run, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text;
	size_t len;

	if (file == NULL || strstr(path, "isthmus.conf") != NULL) {
		return;
	}
	fseek(file, 0, SEEK_END);
	len = (size_t)ftell(file);
	rewind(file);
	text = mem_zero(len + 1);
	len = fread(text, 1, len, file);
	fclose(file);
	look(run, path, text, len);
	free(text);
}

static unsigned look_into_all(struct run *run)
{
	DIR *dir = opendir(run->rig.folder);
	struct dirent *entry;
	unsigned cores = 0;
	char path[600];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		cores += strncmp(entry->d_name, "core", 4) == 0;
		snprintf(path, sizeof(path), "%s/%s", run->rig.folder,
			entry->d_name);
		look_into(run, path);
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return cores;
}

static bool has_ended(void *ctx)
{
	return !((struct rig *)ctx)->running;
}

static void die(struct run *run)
{
	unsigned cores;

	run->rig.stopping = true;
	uv_process_kill(&run->rig.child, SIGABRT);
	rig_until(&run->rig, has_ended, &run->rig, 10000);
	cores = look_into_all(run);
	tap_test(cores == 0, "SIGABRT leaves no core",
		"expected none, got %u files", cores);
}

int main(void)
{
	static struct run run;
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	const struct rig_config config = {.name = "secrets",
		.talkative = true,
		.on_stanza = on_stanza,
		.on_line = on_line,
		.ctx = &run};

	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	setrlimit(RLIMIT_CORE, &unlimited);
	if (rig_open(&run.rig, &config)) {
		run.rig.config.ctx = &run;
		give_it_away(&run);
		die(&run);
		tap_test(run.leaks == 0, "no password is anywhere else",
			"expected none, got %u, the last: %s", run.leaks,
			run.leak);
	} else {
		tap_test(false, "the gateway starts", "it did not");
	}
	rig_close(&run.rig);
	return tap_finish();
}
