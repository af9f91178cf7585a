/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdio.h>
#include <string.h>

#include "base/stamp.h"

/*
 * Client tags of ours, and what is asked about a message by its msgid
 * (PROTOCOL F.2): TAGMSG, REDACT. What was read: MARKREAD.
 */

bool ircnet_tag_allowed(const struct ircnet *n, const char *name)
{
	return caps_on(&n->caps, "message-tags") &&
		isupport_tag_allowed(&n->isupport, name);
}

/* IRCv3 message-tags, "Escaping values". */
static void add_value(struct buf *line, struct slice value)
{
	static const char plain[] = "; \\\r\n";
	static const char *const escaped[] = {"\\:", "\\s", "\\\\", "\\r",
		"\\n"};

	for (size_t i = 0; i < value.len; i++) {
		const char *at = value.p[i] != '\0' ?
			strchr(plain, value.p[i]) :
			NULL;

		if (at != NULL) {
			buf_add_str(line, escaped[at - plain]);
		} else if (value.p[i] != '\0') {
			buf_add_char(line, value.p[i]);
		}
	}
}

/* "+a=b;+c=d"; what the server denies is left out. */
static void add_tags(const struct ircnet *n, struct buf *out,
	const struct irc_tag *tags, size_t ntags)
{
	bool first = true;

	for (size_t i = 0; i < ntags; i++) {
		if (!ircnet_tag_allowed(n, tags[i].name)) {
			continue;
		}
		buf_addf(out, "%s+%s=", first ? "" : ";", tags[i].name);
		add_value(out, tags[i].value);
		first = false;
	}
}

void ircnet_tag_next(struct ircnet *n, const struct irc_tag *tags, size_t ntags)
{
	buf_truncate(&n->tags, 0);
	add_tags(n, &n->tags, tags, ntags);
	if (n->tags.overflow) {
		buf_truncate(&n->tags, 0);
	}
}

void net_add_tags(struct ircnet *n, struct buf *line)
{
	if (n->tags.len == 0) {
		return;
	}
	if (line->len > 0) {
		line->p[line->len - 1] = ';'; /* it was the blank behind them */
	} else {
		buf_add_char(line, '@');
	}
	buf_add_slice(line, buf_slice(&n->tags));
	buf_add_char(line, ' ');
	buf_finish(&n->tags);
}

enum err ircnet_tagmsg(struct ircnet *n, struct slice target,
	const struct irc_tag *tags, size_t ntags)
{
	struct buf *line = net_scratch();
	enum err err = net_usable(n);

	if (err == ERR_OK) {
		err = irc_field_check(&n->isupport, FIELD_TARGET, target, NULL);
	}
	if (err != ERR_OK) {
		return err;
	}
	buf_reset(line, SIZE_MAX);
	buf_add_char(line, '@');
	add_tags(n, line, tags, ntags);
	if (line->len == 1) {
		return ERR_WRONG_STATE;
	}
	if (line->overflow || line->len > NET_TAGS_MAX) {
		return ERR_TOO_BIG;
	}
	if (net_direct(n) == 0 && sendq_room(&n->queue) == 0) {
		return ERR_FULL;
	}
	buf_addf(line, " TAGMSG %.*s", SLICE_ARG(target));
	net_enter(n);
	net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
	net_leave(n);
	return ERR_OK;
}

enum err ircnet_redact(struct ircnet *n, struct slice target,
	struct slice msgid, struct slice reason)
{
	struct irc_arg args[3] = {{FIELD_TARGET, target}, {FIELD_WORD, msgid}};

	if (!caps_on(&n->caps, "draft/message-redaction")) {
		return ERR_WRONG_STATE;
	}
	return net_request_text(n, "REDACT", args, 2, reason,
		n->isupport.linelen, false);
}

/* ---- what was read (draft/read-marker) ---- */

static const char timestamp[] = "timestamp=";

enum err ircnet_markread(struct ircnet *n, struct slice target,
	struct slice stamp)
{
	struct irc_arg args[2] = {{FIELD_TARGET, target}};
	char word[64];
	int len = snprintf(word, sizeof word, "%s%.*s", timestamp,
		SLICE_ARG(stamp));

	if (!caps_on(&n->caps, "draft/read-marker")) {
		return ERR_WRONG_STATE;
	}
	must(len > 0 && (size_t)len < sizeof word);
	args[1] = (struct irc_arg){FIELD_WORD, slice(word, (size_t)len)};
	return net_request(n, "MARKREAD", args, 2);
}

/* MARKREAD target timestamp=2011-10-19T16:40:51.620Z, or * */
void handle_markread(struct ircnet *n, const struct ircmsg *m)
{
	struct slice word = ircmsg_param(m, 1);
	size_t skip = sizeof timestamp - 1;
	int64_t time_ms = 0;

	if (word.len > skip && memcmp(word.p, timestamp, skip) == 0) {
		time_ms = stamp_read(slice(word.p + skip, word.len - skip));
	}
	if (time_ms == 0 && !slice_is(word, "*")) {
		n->dropped++;
		return;
	}
	EMIT(n, on_markread, m->params[0], time_ms);
}
