/* SPDX-License-Identifier: MIT */
#include "mapping/old/agents.h"

#include "mapping/iq.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* One kind of agent; a text that is NULL is left out. */
struct agent {
	const char *description;
	const char *transport;
	const char *service;
};

static const struct agent agents[ADDR_KINDS] = {
	[ADDR_GW] = {N_("Rooms and people of IRC networks"),
		N_("Nick or #channel"), "irc"},
	[ADDR_SRV] = {N_("An IRC network: its channels are rooms"),
		N_("Nick or #channel"), "irc"},
	[ADDR_CHAN] = {NULL, NULL, "public"},
};

/* Only what is answered there (C.11). */
static const enum ns flags[] = {NS_IQ_REGISTER, NS_IQ_SEARCH};
static const char *const flag_names[] = {"register", "search"};

static void write_agent(struct mapping *m, struct xw *w, enum addr_kind kind,
	const char *lang, struct slice name)
{
	const struct agent *agent = &agents[kind];

	xw_elem(w, "name", NS_NONE, name);
	if (agent->description != NULL) {
		xw_elem(w, "description", NS_NONE,
			slice_str(text(m, lang, agent->description)));
		xw_elem(w, "transport", NS_NONE,
			slice_str(text(m, lang, agent->transport)));
	}
	xw_elem(w, "service", NS_NONE, slice_str(agent->service));
	xw_empty(w, "groupchat", NS_NONE);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (kind != ADDR_CHAN && iq_serves(kind, flags[i])) {
			xw_empty(w, flag_names[i], NS_NONE);
		}
	}
}

void iq_agent(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_IQ_AGENT);
	write_agent(m, w, a->kind, q->lang, iq_name(q, a));
	xw_end(w);
	out_answer(m, q->stanza);
}

static void write_network(struct mapping *m, const struct network *n, void *ctx)
{
	const struct request *q = ctx;
	struct xw *w = &m->out.w;
	struct buf jid;

	buf_init(&jid, 2048);
	addr_add_srv(m, &jid, n);
	xw_start(w, "agent", NS_NONE);
	xw_attr(w, "jid", buf_cstr(&jid));
	write_agent(m, w, ADDR_SRV, q->lang, slice_str(network_title(n)));
	xw_end(w);
	buf_finish(&jid);
}

void iq_agents(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_IQ_AGENTS);
	if (a->kind == ADDR_GW) {
		networks_each(m, user_find(m, q->from.bare), write_network, q);
	}
	xw_end(w);
	out_answer(m, q->stanza);
}
