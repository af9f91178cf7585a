/* SPDX-License-Identifier: MIT */
#include "mapping/old/prompt.h"

#include <string.h>

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/register/account.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* jabber:iq:gateway (XEP-0100, PROTOCOL B.5): the question and its answer. */

/* Whose names stand without a network: the one asked, the only one, one's own. */
static struct network *home_of(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct account *account = account_find(m, q->from.bare);
	const char *fixed = m->config->fixed_network;

	if (a->kind == ADDR_SRV) {
		return a->network;
	}
	if (fixed != NULL) {
		return network_find(m, slice_str(fixed));
	}
	return account != NULL && account->registered ?
		account_network(m, account) :
		NULL;
}

static bool needs_server(const struct request *q, const struct addr *a)
{
	return a->kind == ADDR_GW && q->core->config->fixed_network == NULL;
}

void iq_gateway_get(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const char *desc = needs_server(q, a) ?
		N_("Enter a nick or #channel, followed by @ and the IRC "
		   "server, for example bob@irc.example.net.") :
		N_("Enter a nick or #channel of this IRC network, for "
		   "example bob or #channel.");
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_IQ_GATEWAY);
	xw_elem(w, "desc", NS_NONE, slice_str(text(m, q->lang, desc)));
	xw_elem(w, "prompt", NS_NONE,
		slice_str(text(m, q->lang, N_("Nick or #channel"))));
	xw_end(w);
	out_answer(m, q->stanza);
}

void iq_gateway_set(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct elem *query = elem_first(q->stanza->root);
	struct prompt p = {
		.m = m,
		.bare = q->from.bare,
		.user = user_find(m, q->from.bare),
		.home = home_of(q, a),
		.stay = !needs_server(q, a),
	};
	struct fault fault;
	struct buf jid;
	struct xw *w;

	buf_init(&jid, 4096);
	if (!prompt_read(&p, elem_child_text(query, "prompt", NS_IQ_GATEWAY),
		    &jid, &fault)) {
		out_fault(m, q->stanza, &fault);
		buf_finish(&jid);
		return;
	}
	w = out_result(m, q->stanza);
	xw_start(w, "query", NS_IQ_GATEWAY);
	/* XEP-0100 has <jid/>; clients of 2001 read the answer in <prompt/>. */
	xw_elem(w, "jid", NS_NONE, buf_slice(&jid));
	xw_elem(w, "prompt", NS_NONE, buf_slice(&jid));
	xw_end(w);
	out_answer(m, q->stanza);
	buf_finish(&jid);
}
