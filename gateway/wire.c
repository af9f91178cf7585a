/* SPDX-License-Identifier: MIT */
#include "gateway/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/cert.h"
#include "base/crypto.h"
#include "base/log.h"
#include "gateway/dns.h"
#include "gateway/identd.h"
#include "gateway/link_tls.h"
#include "gateway/text.h"
#include "gateway/wire_private.h"
#include "gateway/wire_store.h"

/* --- the Jabber side ------------------------------------------------------ */

static void on_jabber_up(void *ctx)
{
	struct wire *w = ctx;

	component_connected(w->component);
}

static void on_jabber_data(void *ctx, const char *p, size_t len)
{
	struct wire *w = ctx;

	component_input(w->component, p, len);
}

static void on_jabber_lost(void *ctx, enum err why, const char *detail)
{
	struct wire *w = ctx;

	w->jabber = NULL;
	log_warn(NULL, "component link lost host=%s port=%u reason=%s%s%s",
		w->config->jabber_host, w->config->jabber_port, err_text(why),
		detail[0] != '\0' ? ", " : "", detail);
	component_lost(w->component, why);
}

static void on_jabber_low(void *ctx)
{
	wire_relieve(ctx);
}

static const struct link_events jabber_events = {
	.on_up = on_jabber_up,
	.on_data = on_jabber_data,
	.on_lost = on_jabber_lost,
	.on_low = on_jabber_low,
};

static void io_connect(void *ctx)
{
	struct wire *w = ctx;
	const struct config *c = w->config;
	struct link_config to = {
		.host = c->jabber_host,
		.port = (uint16_t)c->jabber_port,
		.tls = c->jabber_tls,
		.ca_file = c->jabber_ca_file,
		.allow_private = true,
		.max_output = WIRE_JABBER_MAX,
		.high_water = WIRE_HIGH_WATER,
		.low_water = WIRE_LOW_WATER,
	};

	must(w->jabber == NULL);
	w->jabber = link_open(&w->world, &to, &jabber_events, w);
}

static void io_write(void *ctx, const char *p, size_t len)
{
	struct wire *w = ctx;

	if (w->jabber == NULL) {
		return;
	}
	link_write(w->jabber, p, len);
	if (link_is_high(w->jabber) && !w->congested) {
		wire_set_paused(w, true);
	}
}

static void io_close(void *ctx)
{
	struct wire *w = ctx;

	if (w->jabber != NULL) {
		link_close(w->jabber);
		w->jabber = NULL;
	}
}

/* Without bias: values beyond the last whole multiple of n are not used. */
static unsigned io_random(void *ctx, unsigned n)
{
	uint32_t max = UINT32_MAX - UINT32_MAX % n;
	uint32_t r;

	(void)ctx;
	do {
		crypto_random(&r, sizeof r);
	} while (r >= max);
	return r % n;
}

static void on_component_online(void *ctx)
{
	struct wire *w = ctx;

	mapping_online(w->mapping);
}

static void on_component_offline(void *ctx)
{
	struct wire *w = ctx;

	/* First: what rooms are told of a gap waits for the next stream. */
	mapping_offline(w->mapping);
	wire_relieve(w);
}

static void on_component_stanza(void *ctx, const struct stanza *stanza)
{
	struct wire *w = ctx;

	mapping_stanza(w->mapping, stanza);
}

static void on_component_dropped(void *ctx, const struct stanza *stanza,
	unsigned over)
{
	struct wire *w = ctx;

	mapping_dropped(w->mapping, stanza, over);
}

static void on_component_stopped(void *ctx)
{
	struct wire *w = ctx;

	w->stopped = true;
	loop_soon(w->loop, &w->done);
}

static void port_xmpp_send(void *ctx, const char *xml, size_t len)
{
	struct wire *w = ctx;
	enum err err = component_send(w->component, xml, len);

	if (err != ERR_OK) {
		log_debug(NULL, "stanza not sent reason=%s", err_text(err));
	}
}

static bool port_xmpp_high(void *ctx)
{
	struct wire *w = ctx;

	return wire_has_much_to_read(w) ||
		(w->jabber != NULL && link_is_high(w->jabber));
}

static void port_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	crypto_random(out, len);
}

static void port_save(void *ctx, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	struct wire *w = ctx;

	wire_store_save(w->store, token, rows, nrows);
}

static void port_make_certificate(void *ctx, struct buf *out)
{
	struct wire *w = ctx;

	cert_make(loop_clock(w->loop)->wall_ms / 1000, out);
}

static void port_reload(void *ctx)
{
	struct wire *w = ctx;

	loop_soon(w->loop, &w->reload);
}

static const char *port_text(void *ctx, const char *lang, const char *english)
{
	struct wire *w = ctx;

	return texts_find(w->texts, lang, english);
}

/* --- life ----------------------------------------------------------------- */

static void on_done(void *ctx)
{
	struct wire *w = ctx;

	if (w->stopping && w->stopped && loop_empty(w->loop)) {
		w->on_stopped(w->ctx);
	}
}

static void on_reload_task(void *ctx)
{
	struct wire *w = ctx;

	if (w->on_reload != NULL && !w->stopping) {
		w->on_reload(w->ctx);
	}
}

void wire_on_reload(struct wire *w, void (*fn)(void *ctx))
{
	w->on_reload = fn;
}

static void create_component(struct wire *w)
{
	struct component_config config = {
		.name = w->config->map.component,
		.secret = w->config->jabber_secret,
		.server = w->config->map.server,
	};
	struct component_io io = {
		.connect = io_connect,
		.write = io_write,
		.close = io_close,
		.random = io_random,
		.ctx = w,
	};
	struct component_events events = {
		.on_online = on_component_online,
		.on_offline = on_component_offline,
		.on_stanza = on_component_stanza,
		.on_dropped = on_component_dropped,
		.on_stopped = on_component_stopped,
		.on_read = wire_on_component_read,
		.ctx = w,
	};

	w->component =
		component_create(&config, &io, &events, loop_clock(w->loop));
}

static void create_mapping(struct wire *w)
{
	struct map_ports ports = {
		.xmpp_send = port_xmpp_send,
		.xmpp_high = port_xmpp_high,
		.link_open = wire_link_open,
		.link_write = wire_link_write,
		.link_close = wire_link_close,
		.save = port_save,
		.text = port_text,
		.reload = port_reload,
		.make_certificate = port_make_certificate,
		.random = port_random,
		.ctx = w,
	};

	w->mapping =
		mapping_create(&w->config->map, &ports, loop_clock(w->loop));
}

struct wire *wire_create(struct loop *loop, struct config *config,
	void (*on_stopped)(void *ctx), void *ctx)
{
	struct wire_store *store = wire_store_open(config);
	struct wire *w;

	if (store == NULL) {
		config_free(config);
		return NULL;
	}
	w = must_calloc(1, sizeof *w);
	w->loop = loop;
	w->config = config;
	w->store = store;
	w->on_stopped = on_stopped;
	w->ctx = ctx;
	w->world.loop = loop;
	w->world.dns = dns_create(loop, NULL);
	w->world.tls = tls_store_create();
	link_table_init(&w->links);
	wire_flow_init(w);
	loop_task_init(&w->done, on_done, w);
	loop_task_init(&w->reload, on_reload_task, w);
	loop_when_empty(loop, &w->done);
	w->texts = texts_load(config->locale_dir);
	create_component(w);
	create_mapping(w);
	w->world.identd = identd_create(loop);
	if (identd_listen(w->world.identd, config->identd.host,
		    config->identd.port) != ERR_OK) {
		wire_destroy(w);
		return NULL;
	}
	if (!wire_store_start(store, loop, w->mapping)) {
		wire_destroy(w);
		return NULL;
	}
	return w;
}

void wire_destroy(struct wire *w)
{
	if (w == NULL) {
		return;
	}
	loop_when_empty(w->loop, NULL);
	mapping_destroy(w->mapping);
	wire_store_close(w->store);
	component_destroy(w->component);
	wire_links_abort(w);
	if (w->jabber != NULL) {
		link_abort(w->jabber);
	}
	timer_stop(loop_clock(w->loop), &w->pause_end);
	loop_cancel(&w->done);
	loop_cancel(&w->reload);
	identd_destroy(w->world.identd);
	dns_destroy(w->world.dns);
	tls_store_destroy(w->world.tls);
	texts_free(w->texts);
	config_free(w->config);
	free(w);
}

void wire_start(struct wire *w)
{
	component_start(w->component);
}

void wire_stop(struct wire *w)
{
	must(!w->stopping);
	w->stopping = true;
	wire_relieve(w);
	wire_store_settle(w->store);
	mapping_stop(w->mapping, NULL);
	component_stop(w->component);
	loop_soon(w->loop, &w->done);
}

/* The strings the component was created with, in the config it now lives by. */
static bool same_component(const struct config *a, const struct config *b)
{
	return strcmp(a->map.component, b->map.component) == 0 &&
		strcmp(a->map.server, b->map.server) == 0 &&
		strcmp(a->jabber_secret, b->jabber_secret) == 0;
}

enum err wire_reload(struct wire *w, struct config *config)
{
	struct config *old = w->config;

	if (!same_component(old, config)) {
		return ERR_WRONG_STATE;
	}
	if (identd_listen(w->world.identd, config->identd.host,
		    config->identd.port) != ERR_OK) {
		return ERR_IO;
	}
	w->config = config;
	wire_store_reload(w->store, config);
	tls_store_forget(w->world.tls);
	mapping_reload(w->mapping, &config->map);
	config_free(old);
	return ERR_OK;
}
