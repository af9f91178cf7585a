/* SPDX-License-Identifier: MIT */
/*
 * 1,000 changes of registrations while the gateway is killed (SIGKILL) at 100
 * random points, between them and in the middle of them (PROTOCOL C.16). After
 * each restart every user's registration is read back by jabber:iq:register:
 * what was confirmed is there, or something newer that was asked for; and
 * nothing is half of one change and half of another.
 * ISTHMUS_KILLS: how often, 100. ISTHMUS_SEED: another run of the dice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/rig.h"
#include "tests/load/tap.h"

#define USERS	 25
#define AT_ONCE	 10 /* changes between two kills */
#define REMOVE	 7  /* each seventh change is a removal */
#define CHANGES	 4096

struct change {
	unsigned user;
	bool removal;
	bool answered;
	bool confirmed;
};

struct run {
	struct rig rig;
	struct change changes[CHANGES]; /* by number, from 1 */
	unsigned asked;
	unsigned answered; /* since the last start */
	unsigned confirmed;
	unsigned refused;
	unsigned last[USERS];  /* the newest confirmed change of each, 0: none */
	unsigned reading;      /* answers that are still awaited */
	unsigned wanted;       /* answers to wait for before the kill */
	unsigned wrong;
	char first_wrong[600];
};

/* ---- what comes ---- */

/* The number behind the first `mark` in the text, 0 when there is none. */
static unsigned number_after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at == NULL ? 0 : (unsigned)strtoul(at + strlen(mark), NULL, 10);
}

static void wrong(struct run *run, unsigned user, const char *what,
	const char *stanza)
{
	if (run->wrong++ == 0) {
		snprintf(run->first_wrong, sizeof(run->first_wrong),
			"user %u: %s (confirmed: change %u): %.400s", user,
			what, run->last[user], stanza);
	}
}

static void on_changed(struct run *run, const struct jabberd_stanza *s)
{
	unsigned n = number_after(s->id, "set-");
	struct change *c = &run->changes[n];

	if (n == 0 || n > run->asked || c->answered) {
		return;
	}
	c->answered = true;
	run->answered++;
	/* Nothing to remove: an answer, and no change. */
	if (strcmp(s->type, "result") == 0) {
		c->confirmed = true;
		run->confirmed++;
		run->last[c->user] = n;
	} else if (!c->removal) {
		run->refused++;
	}
}

/* The change n was asked for by this user and may be what is kept now. */
static bool is_possible(const struct run *run, unsigned user, unsigned n)
{
	return n >= run->last[user] && n <= run->asked &&
		run->changes[n].user == user && !run->changes[n].removal;
}

/* A newer removal than the last confirmed change, that may have been kept. */
static bool may_be_gone(const struct run *run, unsigned user)
{
	unsigned last = run->last[user];

	if (last == 0 || run->changes[last].removal) {
		return true;
	}
	for (unsigned n = last + 1; n <= run->asked; n++) {
		if (run->changes[n].user == user && run->changes[n].removal) {
			return true;
		}
	}
	return false;
}

static void on_read(struct run *run, const struct jabberd_stanza *s)
{
	unsigned user = number_after(s->id, "get-") - 1;
	unsigned nick;

	if (user >= USERS) {
		return;
	}
	run->reading--;
	nick = number_after(s->text, "<nick>n");
	if (strstr(s->text, "<registered/>") == NULL) {
		if (!may_be_gone(run, user)) {
			wrong(run, user, "a confirmed registration is gone",
				s->text);
		}
	} else if (!is_possible(run, user, nick)) {
		wrong(run, user, "what is there was not asked for so late",
			s->text);
	} else if (number_after(s->text, "<username>u") != nick ||
		number_after(s->text, "<name>Name ") != nick) {
		wrong(run, user, "half of a change is there", s->text);
	}
}

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	static char text[65536];
	struct jabberd_stanza copy = *stanza;
	const struct jabberd_stanza *s = &copy;
	struct run *run = ctx;

	snprintf(text, sizeof(text), "%.*s", (int)stanza->len, stanza->text);
	copy.text = text; /* ends here */
	if (strcmp(s->kind, "iq") == 0 && strncmp(s->id, "set-", 4) == 0) {
		on_changed(run, s);
	} else if (strcmp(s->kind, "iq") == 0 &&
		strncmp(s->id, "get-", 4) == 0) {
		on_read(run, s);
	}
}

/* ---- what is done ---- */

static void ask(struct run *run)
{
	unsigned n = ++run->asked;
	struct change *c = &run->changes[n];
	char fields[200] = "<remove/>";

	c->user = (unsigned)rand() % USERS;
	c->removal = n % REMOVE == 0;
	if (!c->removal) {
		snprintf(fields, sizeof(fields),
			"<nick>n%u</nick><username>u%u</username>"
			"<name>Name %u</name><password>p%u</password>",
			n, n, n, n);
	}
	jabberd_sim_sendf(run->rig.jabber,
		"<iq type='set' id='set-%u' from='u%u@" RIG_DOMAIN
		"/pc' to='" RIG_GW "'><query xmlns='jabber:iq:register'>"
		"%s</query></iq>",
		n, c->user, fields);
}

static bool enough_answered(void *ctx)
{
	struct run *run = ctx;

	return run->answered >= run->wanted;
}

static bool all_read(void *ctx)
{
	return ((struct run *)ctx)->reading == 0;
}

static bool read_all(struct run *run)
{
	run->reading = USERS;
	for (unsigned i = 0; i < USERS; i++) {
		jabberd_sim_sendf(run->rig.jabber,
			"<iq type='get' id='get-%u' from='u%u@" RIG_DOMAIN
			"/pc' to='" RIG_GW
			"'><query xmlns='jabber:iq:register'/></iq>",
			i + 1, i);
	}
	return rig_until(&run->rig, all_read, run, 10000);
}

/* Changes, and the end of the process at some moment among them. */
static bool one_round(struct run *run)
{
	run->answered = 0;
	run->wanted = (unsigned)rand() % (AT_ONCE + 1);
	for (unsigned i = 0; i < AT_ONCE; i++) {
		ask(run);
	}
	if (!rig_until(&run->rig, enough_answered, run, 10000)) {
		tap_note("only %u of %u changes were answered", run->answered,
			run->wanted);
		return false;
	}
	return rig_kill(&run->rig) && rig_start_again(&run->rig) &&
		read_all(run);
}

int main(void)
{
	static struct run run;
	const struct rig_config config = {.name = "registrations",
		.on_stanza = on_stanza,
		.ctx = &run};
	unsigned kills = rig_number("ISTHMUS_KILLS", 100);
	unsigned round = 0;

	srand(rig_number("ISTHMUS_SEED", 1));
	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	if (kills > (CHANGES - 1) / AT_ONCE) {
		kills = (CHANGES - 1) / AT_ONCE;
	}
	if (rig_open(&run.rig, &config)) {
		while (round < kills && one_round(&run)) {
			round++;
		}
	}
	tap_note("%u changes asked for, %u confirmed, %u kills", run.asked,
		run.confirmed, round);
	tap_test(round == kills, "the gateway comes back after each kill",
		"expected %u rounds, got %u", kills, round);
	tap_test(run.refused == 0 && run.confirmed > run.asked / 4,
		"changes are confirmed",
		"expected no refusal and many confirmed, got %u and %u",
		run.refused, run.confirmed);
	tap_test(run.wrong == 0,
		"what was confirmed is there, and no half of a change",
		"expected none, got %u wrong, the first: %s", run.wrong,
		run.first_wrong);
	if (run.rig.running) {
		rig_stop(&run.rig);
	}
	rig_close(&run.rig);
	return tap_finish();
}
