/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/list.h"
#include "irc/engine.h"
#include "mapping/mapping.h"
#include "tests/scenarios/certificate.h"
#include "xmpp/parser.h"

enum { LINKS = 32, LINES = 1 << 22 };

struct line {
	struct list link;
	char text[];
};

struct world {
	struct map_config config;
	struct map_config *reloaded; /* in force after `reload` */
	struct network_config *networks; /* its */
	struct network_config nets[2];   /* as `set` left them */
	struct clock clock;
	struct mapping *core;
	struct parser *parser;
	struct list lines;
	struct list texts; /* in another language, while the core lives */
	struct line *current;
	struct buf irc[LINKS + 1]; /* what was written and is no whole line yet */
	bool up[LINKS + 1];
	unsigned random;
	uint64_t saves; /* asked for: the last token */
	uint64_t saved; /* answered */
	struct timer saved_timer;
	struct buf kept; /* `kept` lines, until the core begins */
	bool hold_saves; /* `saved` answers them */
	bool hold; /* timers wait for the next event */
	char caps[4][40];   /* caps_off, and how many there are in it */
	const char *caps_off[4];
	bool browse_query;  /* browse_style = "query" */
	unsigned max_stanza; /* 0: the default */
	bool update_notice; /* there is one, and admins and a website */
};

/* A line end within a text shows as &#10; */
static void record(struct world *w, const char *text, size_t len)
{
	struct line *l = must_alloc(sizeof *l + 5 * len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			memcpy(l->text + n, "&#10;", 5);
			n += 5;
		} else {
			l->text[n++] = text[i];
		}
	}
	l->text[n] = '\0';
	list_init(&l->link);
	list_add(&w->lines, &l->link);
}

/* ---- ports ---- */

static void xmpp_send(void *ctx, const char *xml, size_t len)
{
	struct buf b;

	buf_init(&b, LINES);
	buf_add_str(&b, "jabber ");
	buf_add(&b, xml, len);
	record(ctx, b.p, b.len);
	buf_finish(&b);
}

static void link_open(void *ctx, unsigned link, const struct link_target *to)
{
	static const char *const tls[] = {
		[LINK_TLS_VERIFY] = "tls",
		[LINK_TLS_INSECURE] = "insecure",
		[LINK_TLS_OFF] = "plain",
	};
	struct world *w = ctx;
	char text[400];

	must(link <= LINKS);
	w->up[link] = false;
	snprintf(text, sizeof text, "open %u %s:%u %s%s", link, to->host,
		to->port, tls[to->tls],
		to->certificate != NULL ? " certificate" : "");
	record(w, text, strlen(text));
}

static void link_write(void *ctx, unsigned link, const char *p, size_t len)
{
	struct world *w = ctx;
	struct buf *b = &w->irc[link];
	char *end;

	must(link <= LINKS);
	must(memchr(p, '\0', len) == NULL);
	buf_add(b, p, len);
	while (b->len > 0 && (end = memmem(b->p, b->len, "\r\n", 2)) != NULL) {
		struct buf line;

		buf_init(&line, LINES);
		if (link == 1) {
			buf_add_str(&line, "irc ");
		} else {
			buf_addf(&line, "irc/%u ", link);
		}
		buf_add(&line, b->p, (size_t)(end - b->p));
		record(w, line.p, line.len);
		buf_finish(&line);
		buf_consume(b, (size_t)(end - b->p) + 2);
	}
}

static void link_close(void *ctx, unsigned link)
{
	char text[32];

	snprintf(text, sizeof text, "close %u", link);
	record(ctx, text, strlen(text));
}

/* Answered at once, but in a turn of its own, or by `saved`. */
static void save(void *ctx, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	struct world *w = ctx;
	struct buf b;

	for (size_t i = 0; i < nrows; i++) {
		const struct store_row *row = &rows[i];

		buf_init(&b, LINES);
		buf_addf(&b, "save %s %s %s %s %s",
			*row->user ? row->user : "-",
			*row->kind ? row->kind : "-",
			*row->scope ? row->scope : "-",
			*row->key ? row->key : "-", row->secret ? "secret:" : "");
		if (row->value.p != NULL) {
			buf_addf(&b, "\"%.*s\"", SLICE_ARG(row->value));
		} else {
			buf_addf(&b, "-");
		}
		record(w, b.p, b.len);
		buf_finish(&b);
	}
	w->saves = token; /* tokens rise by one */
	if (!w->hold_saves && !timer_running(&w->saved_timer)) {
		timer_start(&w->clock, &w->saved_timer, 0);
	}
}

void world_saved(struct world *w, enum err err)
{
	if (w->saved < w->saves) {
		mapping_saved(w->core, ++w->saved, err);
	}
}

static void on_saved(void *ctx)
{
	struct world *w = ctx;

	while (w->saved < w->saves) {
		world_saved(w, ERR_OK);
	}
}

static void reload(void *ctx)
{
	record(ctx, "reload", 6);
}

static void make_certificate(void *ctx, struct buf *out)
{
	(void)ctx;
	buf_add_str(out, SCENARIO_CERTIFICATE);
}

/* The same every time: a transcript must repeat itself. */
static void fake_random(void *ctx, void *out, size_t len)
{
	struct world *w = ctx;

	memset(out, 0x80, len);
	if (len == 16) {
		memset(out, (int)++w->random, 1);
	}
}

static bool is_ascii(const char *p)
{
	while (*p != '\0' && (unsigned char)*p < 0x80) {
		p++;
	}
	return *p == '\0';
}

/*
 * The language "qq": each text begins with [qq]. Only our own words are there,
 * not what somebody said after a colon.
 */
static const char *fake_text(void *ctx, const char *lang, const char *english)
{
	struct world *w = ctx;
	struct line *l;

	if (strcmp(lang, "qq") != 0 || !is_ascii(english) ||
		(strstr(english, ": ") != NULL && strchr(english, '%') == NULL)) {
		return NULL;
	}
	l = must_alloc(sizeof *l + strlen(english) + sizeof "[qq] ");
	sprintf(l->text, "[qq] %s", english);
	list_init(&l->link);
	list_add(&w->texts, &l->link);
	return l->text;
}

/* ---- the stream ---- */

static void on_open(void *ctx, const struct elem *stream)
{
	(void)ctx;
	(void)stream;
}

static void on_stanza(void *ctx, const struct stanza *stanza)
{
	mapping_stanza(((struct world *)ctx)->core, stanza);
}

static void on_other(void *ctx, const struct elem *child)
{
	(void)ctx;
	(void)child;
}

static void on_dropped(void *ctx, const struct stanza *stanza, unsigned over)
{
	mapping_dropped(((struct world *)ctx)->core, stanza, over);
}

static void on_close(void *ctx)
{
	record(ctx, "stream closed", 13);
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	char line[300];

	snprintf(line, sizeof line, "stream fatal %s %s", condition,
		text ? text : "");
	record(ctx, line, strlen(line));
}

static const struct parser_handlers handlers = {
	.on_open = on_open,
	.on_stanza = on_stanza,
	.on_other = on_other,
	.on_dropped = on_dropped,
	.on_close = on_close,
	.on_fatal = on_fatal,
};

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
	timer_init(&w->saved_timer, on_saved, w);
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

		row.kind = word(&rest);
		row.scope = word(&rest);
		row.key = word(&rest);
		row.value = slice_str(rest);
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
	struct map_ports ports = {
		.xmpp_send = xmpp_send,
		.link_open = link_open,
		.link_write = link_write,
		.link_close = link_close,
		.save = save,
		.text = fake_text,
		.reload = reload,
		.make_certificate = make_certificate,
		.random = fake_random,
		.ctx = w,
	};

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
		w->parser = parser_create(&handlers, w, NULL);
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

/* One more of the first network's. */
static bool add_cap_off(struct world *w, const char *name)
{
	size_t n = w->nets[0].ncaps_off;

	if (n == sizeof w->caps / sizeof *w->caps) {
		return false;
	}
	snprintf(w->caps[n], sizeof w->caps[n], "%s", name);
	w->caps_off[n] = w->caps[n];
	w->nets[0].caps_off = w->caps_off;
	w->nets[0].ncaps_off = n + 1;
	return true;
}

bool world_set(struct world *w, const char *key, const char *value)
{
	enum { WORDS = 5 };
	struct map_config *c = &w->config;
	const struct {
		const char *key;
		unsigned *number;
		bool *flag;
		const char **text;
		enum registration *policy;
		const char *words[WORDS]; /* one of these; else the first */
	} keys[] = {
		{.key = "max_sessions", .number = &c->max_sessions},
		{.key = "max_sessions_per_user",
			.number = &c->max_sessions_per_user},
		{.key = "max_rooms", .number = &c->max_rooms},
		{.key = "max_stanza", .number = &w->max_stanza},
		{.key = "max_resources", .number = &c->max_resources},
		{.key = "rejoin_silence_ms", .number = &c->rejoin_silence_ms},
		{.key = "auto_return", .flag = &c->auto_return},
		{.key = "reconnect_min_ms", .number = &c->reconnect_min_ms},
		{.key = "keep_component_ms", .number = &c->keep_component_ms},
		{.key = "join_timeout_ms", .number = &c->join_timeout_ms},
		{.key = "reconnect_max_ms", .number = &c->reconnect_max_ms},
		{.key = "queue_lines", .number = &c->queue_lines},
		{.key = "flood_burst", .number = &c->flood_burst},
		{.key = "hold_saves", .flag = &w->hold_saves},
		{.key = "announce_new_rooms", .flag = &c->announce_new_rooms},
		{.key = "semianonymous", .flag = &w->nets[0].semianonymous},
		{.key = "connect_burst", .number = &w->nets[0].connect_burst},
		{.key = "connect_interval_ms",
			.number = &w->nets[0].connect_interval_ms},
		{.key = "sts", .flag = &w->nets[1].sts},
		{.key = "webirc", .text = &w->nets[0].webirc_password,
			.words = {"webpass"}},
		{.key = "webirc_other", .text = &w->nets[1].webirc_password,
			.words = {"webpass"}},
		{.key = "password", .text = &w->nets[1].password,
			.words = {"door"}},
		{.key = "ident_hash", .flag = &c->ident_hash},
		{.key = "expose_jid", .flag = &c->expose_jid},
		{.key = "ctcp_show", .flag = &c->ctcp_show},
		{.key = "ctcp_channels", .flag = &c->ctcp_channels},
		{.key = "ctcp_own_time", .flag = &c->ctcp_own_time},
		{.key = "receipts", .flag = &c->receipts},
		{.key = "keep_time", .flag = &c->keep_time},
		{.key = "styling", .flag = &c->styling},
		{.key = "logged", .flag = &c->logged},
		{.key = "show_modes", .flag = &c->show_modes},
		{.key = "attention", .flag = &c->attention},
		{.key = "reaction_text", .flag = &c->reaction_text},
		{.key = "show_invites", .flag = &c->show_invites},
		{.key = "show_netsplits", .flag = &c->show_netsplits},
		{.key = "presence_lazy", .flag = &c->presence_lazy},
		{.key = "lazy_above", .number = &c->lazy_above},
		{.key = "invite_reason", .flag = &c->invite_reason},
		{.key = "voice_request", .flag = &c->voice_request},
		{.key = "oob_from_irc", .flag = &c->oob_from_irc},
		{.key = "send_fallback_body",
			.flag = &c->send_fallback_body},
		{.key = "notice_prefix", .text = &c->notice_prefix,
			.words = {"", "* "}},
		{.key = "encoding", .text = &w->nets[0].encoding,
			.words = {"KOI8-R", "SHIFT_JIS", "UTF-8",
				"ISO-8859-2"}},
		{.key = "encoding_out", .text = &w->nets[0].encoding_out,
			.words = {"KOI8-R", "ISO-2022-JP", "GB18030",
				"UTF-8", "windows-1252"}},
		{.key = "free_choice", .flag = &c->free_choice},
		{.key = "fixed_network", .text = &c->fixed_network,
			.words = {"net"}},
		{.key = "registration", .policy = &c->registration},
		{.key = "error_cdata", .flag = &c->error_cdata},
		{.key = "browse_query", .flag = &w->browse_query},
		{.key = "update_notice", .flag = &w->update_notice},
	};

	if (strcmp(key, "caps_off") == 0) {
		return add_cap_off(w, value);
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(key, keys[i].key) != 0) {
			continue;
		}
		if (keys[i].number != NULL) {
			*keys[i].number = (unsigned)strtoul(value, NULL, 10);
		} else if (keys[i].policy != NULL) {
			*keys[i].policy = strcmp(value, "required") == 0 ?
				REGISTRATION_REQUIRED :
				REGISTRATION_CLOSED;
		} else if (keys[i].flag != NULL) {
			*keys[i].flag = strcmp(value, "true") == 0;
		} else {
			*keys[i].text = keys[i].words[0];
			for (int k = 1; k < WORDS && keys[i].words[k]; k++) {
				if (strcmp(value, keys[i].words[k]) == 0) {
					*keys[i].text = keys[i].words[k];
				}
			}
		}
		return true;
	}
	return false;
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
