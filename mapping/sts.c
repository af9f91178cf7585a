/* SPDX-License-Identifier: MIT */
#include "mapping/sts.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/session.h"

enum { DAY_S = 86400 };

struct sts_host {
	struct map_entry entry; /* key: host, as it is connected to */
	struct sts_policy policy;
	int64_t kept_until; /* as storage has it; 0: not at all */
};

static struct sts_host *find(const struct mapping *m, const struct istr *host)
{
	return (struct sts_host *)(void *)map_get(&m->sts, host);
}

static void forget(struct mapping *m, struct sts_host *h)
{
	map_remove(&m->sts, &h->entry);
	istr_unref(h->entry.key);
	free(h);
}

/* ---- storage ---- */

static void save(struct mapping *m, const struct istr *host, struct slice value)
{
	struct store_row row = {
		.user = "",
		.kind = "sts",
		.scope = host->p,
		.key = "",
		.value = value,
	};

	/* Nobody waits for it: what fails is in the log. */
	m->ports.save(m->ports.ctx, ++m->save_token, &row, 1);
}

static void keep(struct mapping *m, struct sts_host *h)
{
	struct buf b;

	buf_init(&b, 100);
	sts_write(&h->policy, &b);
	save(m, h->entry.key, buf_slice(&b));
	buf_finish(&b);
	h->kept_until = h->policy.until_ms;
}

/*
 * Everybody's connections renew it: it is written when an eighth of it, or a
 * day, would be lost.
 */
static void keep_later(struct mapping *m, struct sts_host *h)
{
	int64_t slack = h->policy.duration_s / 8;
	int64_t late = h->policy.until_ms - h->kept_until;

	slack = slack < DAY_S ? slack : DAY_S;
	if (late < 0 || late >= slack * 1000) {
		keep(m, h);
	}
}

static struct sts_host *add(struct mapping *m, const struct istr *host)
{
	struct sts_host *h = find(m, host);

	if (h == NULL && m->sts.used < STS_HOSTS) {
		h = must_calloc(1, sizeof *h);
		h->entry.key = istr_ref(host);
		map_put(&m->sts, &h->entry, 0);
	}
	return h;
}

void sts_load(struct mapping *m, const struct store_row *row)
{
	const struct istr *host = intern(row->scope, strlen(row->scope));
	struct sts_policy policy;
	struct sts_host *h;

	if (sts_read(row->value, &policy) != ERR_OK) {
		log_warn(NULL, "policy of STS makes no sense host=%s",
			row->scope);
	} else if ((h = add(m, host)) != NULL) {
		h->policy = policy;
		h->kept_until = policy.until_ms;
	}
	istr_unref(host);
}

static struct sts_host *find_over(const struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&m->sts, &pos)) != NULL) {
		struct sts_host *h = (struct sts_host *)(void *)slot->entry;

		if (!sts_in_force(&h->policy, m->clock->wall_ms)) {
			return h;
		}
	}
	return NULL;
}

static void tidy(struct mapping *m)
{
	struct sts_host *h;

	while ((h = find_over(m)) != NULL) {
		save(m, h->entry.key, slice(NULL, 0));
		forget(m, h);
	}
}

void sts_stop(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&m->sts, &pos)) != NULL) {
		struct sts_host *h = (struct sts_host *)(void *)slot->entry;

		if (h->kept_until != h->policy.until_ms) {
			keep(m, h);
		}
	}
}

void sts_free(struct mapping *m)
{
	struct map_entry *e;

	while ((e = map_pop(&m->sts)) != NULL) {
		istr_unref(e->key);
		free(e);
	}
	map_finish(&m->sts);
}

/* ---- links ---- */

/* Plain text, or what the user has asked not to be checked. */
static bool is_weak(const struct session *s, const struct link_target *to)
{
	return to->tls == LINK_TLS_OFF ||
		(to->tls == LINK_TLS_INSECURE &&
			s->network->config->tls != LINK_TLS_INSECURE);
}

void sts_target(struct session *s, struct link_target *to)
{
	struct mapping *m = s->user->mapping;
	struct sts_link *l = &s->sts;
	struct sts_host *h;
	uint16_t port = 0;

	istr_set(&l->host, intern(to->host, strlen(to->host)));
	l->forced = false;
	l->said = false;
	if (s->network->config->sts && is_weak(s, to)) {
		h = find(m, l->host);
		if (l->upgrade_host == l->host) {
			port = l->upgrade_port;
		} else if (h != NULL &&
			sts_in_force(&h->policy, m->clock->wall_ms)) {
			port = h->policy.port;
		}
	}
	if (port != 0) {
		to->port = to->tls == LINK_TLS_OFF ? port : to->port;
		to->tls = LINK_TLS_VERIFY;
		l->forced = true;
	}
	l->port = to->port;
	l->tls = to->tls;
	l->trusted = to->tls == LINK_TLS_VERIFY ||
		(to->tls == LINK_TLS_INSECURE && to->npins > 0);
}

bool sts_may_come(const struct session *s)
{
	return s->network->config->sts && s->sts.tls == LINK_TLS_OFF;
}

/* On a plain link: the encrypted one is at this port. */
static void upgrade(struct session *s, uint16_t port)
{
	struct sts_link *l = &s->sts;

	istr_set(&l->upgrade_host, istr_ref(l->host));
	l->upgrade_port = port;
	log_info(&s->log, "the server wants TLS host=%s port=%u", l->host->p,
		port);
	session_open_again(s);
}

/* The operator's servers, not one that a user named. */
static bool is_configured(const struct mapping *m, const struct istr *host)
{
	const struct map_config *c = m->config;

	for (size_t i = 0; i < c->nnetworks; i++) {
		const struct network_config *n = &c->networks[i];

		for (size_t k = 0; k < n->nservers; k++) {
			if (strcmp(n->servers[k].host, host->p) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* Hosts that users name may not crowd out those of the operator. */
static struct sts_host *add_instead(struct mapping *m, const struct istr *host)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	if (!is_configured(m, host)) {
		return NULL;
	}
	while ((slot = map_next(&m->sts, &pos)) != NULL) {
		struct sts_host *h = (struct sts_host *)(void *)slot->entry;

		if (!is_configured(m, h->entry.key)) {
			save(m, h->entry.key, slice(NULL, 0));
			forget(m, h);
			return add(m, host);
		}
	}
	return NULL;
}

static void learn(struct session *s, const struct sts *offer)
{
	struct mapping *m = s->user->mapping;
	const struct sts_link *l = &s->sts;
	struct sts_host *h = find(m, l->host);

	if (h == NULL) {
		tidy(m);
		h = add(m, l->host);
	}
	if (h == NULL) {
		h = add_instead(m, l->host);
	}
	if (h == NULL) {
		log_warn(&s->log, "too many policies of STS, not kept host=%s",
			l->host->p);
		return;
	}
	if (h->policy.port != l->port ||
		h->policy.duration_s != offer->duration_s) {
		h->kept_until = 0;
	}
	h->policy.port = l->port;
	h->policy.duration_s = offer->duration_s;
	sts_renew(&h->policy, m->clock->wall_ms);
	keep_later(m, h);
}

static void unlearn(struct session *s)
{
	struct mapping *m = s->user->mapping;
	struct sts_host *h = find(m, s->sts.host);

	if (h != NULL) {
		save(m, s->sts.host, slice(NULL, 0));
		forget(m, h);
	}
}

void sts_offered(struct session *s, const struct sts *offer)
{
	struct sts_link *l = &s->sts;

	if (!s->network->config->sts) {
		return;
	}
	if (l->tls == LINK_TLS_OFF && offer->port != 0) {
		upgrade(s, offer->port);
	} else if (l->trusted && offer->has_duration) {
		l->said = offer->duration_s > 0;
		if (l->said) {
			learn(s, offer);
		} else {
			unlearn(s);
		}
	}
}

void sts_link_over(struct session *s)
{
	struct mapping *m = s->user->mapping;
	struct sts_host *h;

	if (!s->sts.said) {
		return;
	}
	s->sts.said = false;
	h = find(m, s->sts.host);
	if (h != NULL) {
		sts_renew(&h->policy, m->clock->wall_ms);
		keep_later(m, h);
	}
}

void sts_session_free(struct session *s)
{
	istr_unref(s->sts.host);
	istr_unref(s->sts.upgrade_host);
}
