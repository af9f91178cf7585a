/* SPDX-License-Identifier: MIT */
#include "mapping/talk/oob.h"

#include <string.h>

#include "base/utf8.h"
#include "mapping/out.h"
#include "mapping/talk/chat.h"

/* ---- addresses ---- */

static bool has_scheme(struct slice url, const char *scheme)
{
	size_t len = strlen(scheme);

	return url.len > len && slice_is_nocase(slice(url.p, len), scheme);
}

bool oob_url_usable(struct slice url)
{
	static const char *const schemes[] = {
		"http://", "https://", "ftp://", "ftps://",
	};
	size_t size;

	for (size_t i = 0; i < url.len; i += size) {
		uint32_t cp = utf8_decode(url.p + i, url.len - i, &size);

		/* Blanks, controls; C1 and the line ends of Unicode. */
		if (cp <= 0x20 || (cp >= 0x7f && cp <= 0xa0) ||
			cp == 0x2028 || cp == 0x2029 || cp == UTF8_BAD) {
			return false;
		}
	}
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (has_scheme(url, schemes[i])) {
			return true;
		}
	}
	return false;
}

/* Without query and fragment: where the file's name ends. */
static struct slice path_of(struct slice url)
{
	size_t n = 0;

	while (n < url.len && url.p[n] != '?' && url.p[n] != '#') {
		n++;
	}
	return slice(url.p, n);
}

bool oob_is_media(struct slice text)
{
	static const char *const endings[] = {
		".aac", ".apng", ".avi", ".avif", ".bmp", ".flac", ".gif",
		".heic", ".jpeg", ".jpg", ".jxl", ".m4a", ".m4v", ".mkv",
		".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg",
		".ogv", ".opus", ".png", ".svg", ".wav", ".webm", ".webp",
	};
	struct slice path;

	if (!has_scheme(text, "http://") && !has_scheme(text, "https://")) {
		return false;
	}
	path = path_of(text);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(endings[i]);

		if (path.len > sizeof "https://" + len &&
			slice_is_nocase(slice(path.p + path.len - len, len),
				endings[i])) {
			return oob_url_usable(text);
		}
	}
	return false;
}

/* ---- in messages ---- */

struct file {
	struct slice url;
	struct slice desc;
};

static struct file read_file(const struct elem *e)
{
	return (struct file){
		slice_trim(elem_child_text(e, "url", e->ns)),
		slice_trim(elem_child_text(e, "desc", e->ns)),
	};
}

static void add_file(struct buf *out, const struct file *f, bool brackets)
{
	if (f->desc.len > 0) {
		buf_add_slice(out, f->desc);
		buf_add_char(out, ' ');
	}
	buf_add_str(out, brackets ? "<" : "");
	buf_add_slice(out, f->url);
	buf_add_str(out, brackets ? ">" : "");
}

void oob_add(struct buf *out, const struct message_parts *p)
{
	struct slice body = slice_trim(p->body);
	const struct elem *e = p->oob;
	bool several = e != NULL && elem_next(e, "x", NS_X_OOB) != NULL;

	for (; e != NULL; e = elem_next(e, "x", NS_X_OOB)) {
		struct file f = read_file(e);

		if (!oob_url_usable(f.url) || slice_eq(body, f.url)) {
			continue;
		}
		if (out->len > 0 && out->p[out->len - 1] != '\n' &&
			out->p[out->len - 1] != ' ') {
			buf_add_char(out, several ? '\n' : ' ');
		}
		add_file(out, &f, body.len > 0 && !several);
	}
}

/* ---- jabber:iq:oob ---- */

void iq_oob(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct file f = read_file(elem_first(q->stanza->root));
	struct buf *text = &m->text;

	if (f.url.len == 0) {
		out_error(m, q->stanza, E_BAD_REQUEST,
			"The address of the file is missing. Give the one "
			"where it can be fetched.");
		return;
	}
	if (!oob_url_usable(f.url)) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"Only addresses that begin with http, https, ftp or "
			"ftps and hold no spaces can be sent to IRC.");
		return;
	}
	buf_reset(text, CORE_KEEP_BYTES);
	add_file(text, &f, false);
	chat_say_iq(q, a, NS_IQ_OOB, buf_slice(text));
}
