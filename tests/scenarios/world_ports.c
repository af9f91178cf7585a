/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/world_private.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "tests/scenarios/certificate.h"

/* What the core asks of the world, written down; the stream that it reads. */

/* A line end within a text shows as &#10; */
void world_record(struct world *w, const char *text, size_t len)
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
	world_record(ctx, b.p, b.len);
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
	world_record(w, text, strlen(text));
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
		world_record(w, line.p, line.len);
		buf_finish(&line);
		buf_consume(b, (size_t)(end - b->p) + 2);
	}
}

static void link_close(void *ctx, unsigned link)
{
	char text[32];

	snprintf(text, sizeof text, "close %u", link);
	world_record(ctx, text, strlen(text));
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
		world_record(w, b.p, b.len);
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

void world_on_saved(void *ctx)
{
	struct world *w = ctx;

	while (w->saved < w->saves) {
		world_saved(w, ERR_OK);
	}
}

static void reload(void *ctx)
{
	world_record(ctx, "reload", 6);
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

/* "host (K-Lined): bye" is no text of ours; "nick: Choose another one." is. */
static bool is_theirs(const char *p)
{
	const char *colon = strstr(p, ": ");
	const char *blank = strchr(p, ' ');
	bool field = colon != NULL && colon < blank && *p >= 'a' && *p <= 'z';

	return colon != NULL && !field && strchr(p, '%') == NULL;
}

/* The language "qq": each text begins with [qq]. Only our own words are there. */
static const char *fake_text(void *ctx, const char *lang, const char *english)
{
	struct world *w = ctx;
	struct line *l;

	if (strcmp(lang, "qq") != 0 || !is_ascii(english) || is_theirs(english)) {
		return NULL;
	}
	l = must_alloc(sizeof *l + strlen(english) + sizeof "[qq] ");
	sprintf(l->text, "[qq] %s", english);
	list_init(&l->link);
	list_add(&w->texts, &l->link);
	return l->text;
}

struct map_ports world_ports(struct world *w)
{
	return (struct map_ports){
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
	world_record(ctx, "stream closed", 13);
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	char line[300];

	snprintf(line, sizeof line, "stream fatal %s %s", condition,
		text ? text : "");
	world_record(ctx, line, strlen(line));
}

const struct parser_handlers world_stream = {
	.on_open = on_open,
	.on_stanza = on_stanza,
	.on_other = on_other,
	.on_dropped = on_dropped,
	.on_close = on_close,
	.on_fatal = on_fatal,
};
