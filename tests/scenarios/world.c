/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/world_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irc/engine.h"

/* ---- life ---- */

static const char *const users[] = {"home"};
static const char *const admins[] = {"root@home", "admin@home"};
static const struct server_config servers[] = {
	{"irc.test.net", 6697},
	{"irc.other.net", 6667},
	{"irc2.other.net", 6667},
};
static const struct network_config networks[] = {
	{.name = "net", .title = "TestNet", .servers = servers, .nservers = 1,
		.tls = LINK_TLS_VERIFY, .max_unregistered = 8, .sts = true},
	{.name = "other", .servers = servers + 1, .nservers = 2,
		.tls = LINK_TLS_OFF, .max_unregistered = 1, .sts = true},
};

struct world *world_create(void)
{
	struct world *w = must_calloc(1, sizeof *w);

	map_config_defaults(&w->config);
	w->config.component = "gw";
	w->config.server = "home";
	w->config.users = users;
	w->config.nusers = 1;
	w->config.admins = admins;
	w->config.nadmins = 2;
	memcpy(w->nets, networks, sizeof networks);
	w->config.networks = w->nets;
	w->config.nnetworks = 2;
	memset(w->config.secret, 's', sizeof w->config.secret);
	list_init(&w->lines);
	list_init(&w->texts);
	/* 2026-01-01T00:00:00Z */
	clock_init(&w->clock, 1000000, 1767225600000);
	timer_init(&w->saved_timer, world_on_saved, w);
	buf_init(&w->kept, LINES);
	for (unsigned i = 0; i <= LINKS; i++) {
		buf_init(&w->irc[i], LINES);
	}
	return w;
}

void world_kept(struct world *w, const char *words)
{
	buf_addf(&w->kept, "%s\n", words);
}

/* "-" stands for an empty word. */
static const char *word(char **rest)
{
	char *w = strtok_r(NULL, " ", rest);

	return w == NULL || strcmp(w, "-") == 0 ? "" : w;
}

static void load(struct world *w)
{
	struct slice all = buf_slice(&w->kept);

	while (all.len > 0) {
		struct slice line = slice_cut(&all, '\n');
		char *copy = must_strndup(line.p, line.len);
		char *rest;
		struct store_row row = {.user = strtok_r(copy, " ", &rest)};

		row.user = row.user != NULL ? row.user : "";
		row.kind = word(&rest);
		row.scope = word(&rest);
		row.key = word(&rest);
		row.value = slice_str(rest != NULL ? rest : "");
		mapping_load(w->core, &row);
		free(copy);
	}
}

/* The core begins with the first event, when the settings are known. */
static struct mapping *core(struct world *w)
{
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' from='gw' "
		"id='1'>";
	struct map_ports ports = world_ports(w);

	if (w->core == NULL) {
		if (w->max_stanza > 0) {
			w->config.max_stanza = w->max_stanza;
		}
		if (w->browse_query) {
			w->config.browse_style = BROWSE_QUERY;
		}
		if (w->update_notice) {
			w->config.update_notice = "2.0 is there.";
			w->config.website = "https://irc.home/";
		}
		w->core = mapping_create(&w->config, &ports, &w->clock);
		load(w);
		w->parser = parser_create(&world_stream, w, NULL);
		parser_feed(w->parser, header, sizeof header - 1);
		mapping_online(w->core);
	}
	return w->core;
}

void world_destroy(struct world *w)
{
	if (w->core != NULL) {
		mapping_destroy(w->core);
		parser_destroy(w->parser);
	}
	timer_stop(&w->clock, &w->saved_timer);
	buf_finish(&w->kept);
	while (world_next(w) != NULL) {
	}
	free(w->current);
	list_each_safe(it, &w->texts) {
		free(list_entry(it, struct line, link));
	}
	clock_finish(&w->clock);
	free(w->networks);
	free(w->reloaded);
	for (unsigned i = 0; i <= LINKS; i++) {
		buf_finish(&w->irc[i]);
	}
	free(w);
}

/* ---- events ---- */

void world_hold_turn(struct world *w, bool hold)
{
	w->hold = hold;
}

static void run_due(struct world *w, uint64_t ms)
{
	if (w->hold) {
		w->hold = false;
		return;
	}
	clock_advance(&w->clock, w->clock.now_ms + ms,
		w->clock.wall_ms + (int64_t)ms);
	while (clock_next(&w->clock) == 0) {
		clock_advance(&w->clock, w->clock.now_ms, w->clock.wall_ms);
	}
}

void world_jabber(struct world *w, const char *xml)
{
	core(w);
	parser_feed(w->parser, xml, strlen(xml));
	run_due(w, 0);
}

void world_irc(struct world *w, unsigned link, const char *line)
{
	struct buf b;

	buf_init(&b, LINES);
	buf_addf(&b, "%s\r\n", line);
	mapping_link_data(core(w), link, b.p, b.len);
	buf_finish(&b);
	run_due(w, 0);
}

void world_bytes(struct world *w, unsigned link, const char *p, size_t len)
{
	mapping_link_data(core(w), link, p, len);
	run_due(w, 0);
}

struct mapping *world_core(struct world *w)
{
	return core(w);
}

void world_link_up(struct world *w, unsigned link)
{
	struct mapping *m = core(w);

	if (link <= LINKS && !w->up[link]) {
		w->up[link] = true; /* a link comes up once */
		mapping_link_up(m, link);
	}
	run_due(w, 0);
}

bool world_link_lost(struct world *w, unsigned link, const char *why,
	const char *detail)
{
	static const char *const names[] = {
#define NAME(name, text) #name,
		ERR_LIST(NAME)
#undef NAME
	};

	for (unsigned i = 0; i < ERR_COUNT; i++) {
		if (strcasecmp(names[i], why) == 0) {
			mapping_link_lost(core(w), link, (enum err)i, detail);
			run_due(w, 0);
			return true;
		}
	}
	return false;
}

/* In steps, as a loop would: from one timer to the next. */
void world_wait(struct world *w, unsigned long ms)
{
	core(w);
	while (ms > 0) {
		int64_t next = clock_next(&w->clock);
		unsigned long step =
			next < 0 || next > (int64_t)ms ? ms :
			next == 0		       ? 1 :
							 (unsigned long)next;

		run_due(w, step);
		ms -= step;
	}
}

void world_component(struct world *w, bool online)
{
	if (online) {
		mapping_online(core(w));
	} else {
		mapping_offline(core(w));
	}
	run_due(w, 0);
}

void world_congested(struct world *w, bool congested)
{
	mapping_congested(core(w), congested);
	run_due(w, 0);
}

/* What the core no longer may use is freed: ASan tells when it does. */
void world_reload(struct world *w, const char *name)
{
	struct map_config *config = must_calloc(1, sizeof *config);
	struct network_config *nets = must_calloc(2, sizeof *nets);
	struct mapping *m = core(w);

	*config = w->config;
	config->networks = nets;
	config->nnetworks = 0;
	for (size_t i = 0; i < 2; i++) {
		if (*name == '\0' || strcmp(name, networks[i].name) == 0) {
			nets[config->nnetworks++] = w->nets[i];
		}
	}
	mapping_reload(m, config);
	free(w->networks);
	free(w->reloaded);
	w->networks = nets;
	w->reloaded = config;
	run_due(w, 0);
}

void world_stop(struct world *w)
{
	mapping_stop(core(w), NULL);
	run_due(w, 0);
}

const char *world_next(struct world *w)
{
	struct list *first = list_first(&w->lines);

	free(w->current);
	w->current = NULL;
	if (first == NULL) {
		return NULL;
	}
	list_remove(first);
	w->current = list_entry(first, struct line, link);
	return w->current->text;
}
