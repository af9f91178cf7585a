/* SPDX-License-Identifier: MIT */
#include "gateway/link_private.h"

#include <string.h>
#include <strings.h>

#include "gateway/address.h"

/* The way by a proxy (PROTOCOL F.6): what it may lead to, and its answers. */

/* The proxy looks names up: here only what is plain to see can be judged. */
static bool is_inside(const char *host)
{
	static const char suffix[] = ".localhost";
	size_t len = strlen(host);
	size_t tail = sizeof suffix - 1;
	union address a;

	if (address_literal(host, 0, &a)) {
		return address_private(&a);
	}
	return strcasecmp(host, suffix + 1) == 0 ||
		(len > tail && strcasecmp(host + len - tail, suffix) == 0);
}

enum err link_proxy_prepare(struct link *l, const struct link_config *config)
{
	struct socks_target to = {
		.host = config->host,
		.port = config->port,
		.user = config->proxy_user,
		.password = config->proxy_password,
	};

	if (config->proxy == NULL) {
		return ERR_OK;
	}
	if (!config->allow_private && is_inside(config->host)) {
		return ERR_FORBIDDEN;
	}
	return socks_create(&to, &l->socks);
}

void link_proxy_begin(struct link *l)
{
	timer_start(link_clock(l), &l->timer, LINK_PROXY_TIMEOUT_MS);
	socks_begin(l->socks, &l->out.wire);
	link_flush(l);
}

void link_proxy_input(struct link *l, const char *p, size_t len)
{
	size_t used = 0;
	bool done = false;
	enum err err = socks_input(l->socks, p, len, &l->out.wire, &used, &done);

	if (err != ERR_OK) {
		link_lose(l, err, socks_detail(l->socks));
		return;
	}
	link_flush(l);
	if (done) {
		socks_destroy(l->socks);
		l->socks = NULL;
		link_connected(l);
		if (used < len && !link_has_ended(l)) {
			link_input(l, p + used, len - used);
		}
	}
}
