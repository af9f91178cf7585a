/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "mapping/command/command.h"
#include "mapping/command/run.h"
#include "mapping/network.h"
#include "mapping/register/register.h"
#include "mapping/text.h"

/* Registration and settings as commands (PROTOCOL C.16, C.23). */

static struct jid asker_of(struct run *r)
{
	struct mapping *m = core_of_run(r);
	struct jid from;

	must(jid_parse(istr_slice(r->asker.from), &m->arena, &from) == ERR_OK);
	return from;
}

/* The network whose settings are meant; NULL at the gateway: all. */
static struct network *network_of(const struct run *r)
{
	struct slice name = slice_str(run_value(r, "network"));

	if (r->network != NULL) {
		name = istr_slice(r->network);
	}
	return name.len > 0 ? network_find(core_of_run(r), name) : NULL;
}

void command_settings_form(struct run *r, struct xw *w)
{
	char form_type[64];

	snprintf(form_type, sizeof form_type, "irc:%s", r->command->name);
	register_write_form(core_of_run(r), w, r->user->entry.key->p,
		network_of(r), r->asker.lang ? r->asker.lang->p : NULL,
		form_type);
}

/* `done` may come at once or later; what is wrong is asked for again. */
static void apply(struct run *r, const struct elem *parent)
{
	struct mapping *m = core_of_run(r);
	struct jid from = asker_of(r);
	struct fault fault;

	if (!register_allowed(m, &from, true, &fault)) {
		run_fault(r, &fault);
		return;
	}
	buf_reset(&r->answer, 0);
	buf_add_str(&r->answer, run_text(r, "Your settings are kept."));
	if (register_apply(m, from.bare, network_of(r), parent, run_on_kept,
		    run_hold(r), &fault)) {
		return;
	}
	if (!run_back(r)) {
		return;
	}
	if (r->by_text) {
		run_fault(r, &fault);
	} else {
		run_ask(r, text_whole(m, r->asker.lang ? r->asker.lang->p : NULL,
			fault.text), true);
	}
}

void command_settings(struct run *r)
{
	apply(r, r->form);
}

static void add_plain(struct run *r, struct elem *parent, const char *name)
{
	struct arena *arena = &core_of_run(r)->arena;
	struct slice value = slice_str(run_value(r, name));
	struct elem *e = arena_alloc(arena, sizeof *e);
	struct elem *text = arena_alloc(arena, sizeof *text);

	if (value.len == 0 || e == NULL || text == NULL) {
		return;
	}
	*text = (struct elem){.parent = e, .text = value};
	*e = (struct elem){
		.parent = parent,
		.first = text,
		.last = text,
		.name = name,
		.xmlns = ns_uri(NS_IQ_REGISTER),
		.ns = NS_IQ_REGISTER,
	};
	if (parent->last != NULL) {
		parent->last->next = e;
	} else {
		parent->first = e;
	}
	parent->last = e;
}

/* By text it is what a client of 2001 submits. */
void command_register(struct run *r)
{
	struct elem query = {
		.name = "query",
		.xmlns = ns_uri(NS_IQ_REGISTER),
		.ns = NS_IQ_REGISTER,
	};

	if (!r->by_text) {
		apply(r, r->form);
		return;
	}
	add_plain(r, &query, "nick");
	add_plain(r, &query, "name");
	apply(r, &query);
}

static void remove_settings(struct run *r, struct network *n, const char *said)
{
	struct fault fault;

	buf_reset(&r->answer, 0);
	buf_add_str(&r->answer, said);
	if (!register_remove(core_of_run(r), r->user->entry.key->p, n,
		    run_on_kept, run_hold(r), &fault) && run_back(r)) {
		run_fault(r, &fault);
	}
}

void command_unregister(struct run *r)
{
	remove_settings(r, NULL,
		run_text(r, "Your registration and all your settings are "
			    "gone."));
}

void command_edit_network(struct run *r)
{
	if (r->stage > 0) {
		apply(r, r->form);
	} else if (run_network(r, "network") != NULL) {
		run_ask(r, NULL, false);
	}
}

void command_forget_network(struct run *r)
{
	struct network *n = run_network(r, "network");

	if (n != NULL) {
		remove_settings(r, n,
			run_text(r, "Your settings for this network are "
				    "gone."));
	}
}
