/* SPDX-License-Identifier: MIT */
#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/utf8.h"

struct charset {
	struct list link; /* in all */
	iconv_t decode;
	iconv_t encode;
	unsigned refs;
	char name[CHARSET_NAME_MAX + 1];
};

/* Each that is open; few, so they are walked. */
static struct list all;
static unsigned opened;

static const char usual[] = "WINDOWS-1252";

/* CP922 has signs at CR, LF and CTCP's: a text would become lines. */
static const char never[] = "\x01\r\n";

enum { STEP = 256, SPELLED = 32 };

/*
 * How a character is spelled in ASCII, whatever locale the process has: letters
 * without their marks are known to C.UTF-8 alone, other scripts to C alone. Open
 * while there is a charset.
 */
static struct {
	iconv_t ascii;
	locale_t locales[2]; /* asked one after the other; 0: there is none */
} spelling;

/* Both directions stop at what they cannot do; the caller says what then. */
typedef void stop_fn(iconv_t cd, struct buf *out, struct slice *rest);

static void convert(iconv_t cd, struct buf *out, struct slice text,
	stop_fn *stop)
{
	char *from = (char *)(uintptr_t)text.p;
	size_t left = text.len;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (left > 0 && !out->overflow) {
		char place[STEP];
		char *to = place;
		size_t room = sizeof place;
		size_t n = iconv(cd, &from, &left, &to, &room);
		int why = errno;

		buf_add(out, place, (size_t)(to - place));
		if (n == (size_t)-1 && why != E2BIG) {
			struct slice rest = slice(from, left);

			stop(cd, out, &rest);
			from = (char *)(uintptr_t)rest.p;
			left = rest.len;
		}
	}
}

/* Back to the initial state: some need bytes for that. */
static void finish(iconv_t cd, struct buf *out)
{
	char place[STEP];
	char *to = place;
	size_t room = sizeof place;

	if (iconv(cd, NULL, NULL, &to, &room) != (size_t)-1) {
		buf_add(out, place, (size_t)(to - place));
	}
}

static void skip_byte(iconv_t cd, struct buf *out, struct slice *rest)
{
	(void)cd;
	buf_add_str(out, "\xef\xbf\xbd");
	*rest = slice(rest->p + 1, rest->len - 1);
}

/* ---- spelling ---- */

static void spelling_open(void)
{
	spelling.ascii = iconv_open("ASCII//TRANSLIT", "UTF-8");
	spelling.locales[0] = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	spelling.locales[1] = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
}

static void spelling_close(void)
{
	if (spelling.ascii != (iconv_t)-1) {
		iconv_close(spelling.ascii);
	}
	for (size_t i = 0; i < 2; i++) {
		if (spelling.locales[i] != (locale_t)0) {
			freelocale(spelling.locales[i]);
		}
	}
}

/* false: it does not know. The C library says a question mark for that. */
static bool spell_in(locale_t locale, struct slice c, char place[SPELLED],
	struct slice *out)
{
	char *from = (char *)(uintptr_t)c.p;
	char *to = place;
	size_t left = c.len;
	size_t room = SPELLED;
	locale_t before;
	size_t n;

	if (locale == (locale_t)0 || spelling.ascii == (iconv_t)-1) {
		return false;
	}
	before = uselocale(locale);
	iconv(spelling.ascii, NULL, NULL, NULL, NULL);
	n = iconv(spelling.ascii, &from, &left, &to, &room);
	uselocale(before);
	*out = slice(place, (size_t)(to - place));
	return n != (size_t)-1 && !slice_is(*out, "?");
}

static void spell_char(iconv_t cd, struct buf *out, struct slice *rest)
{
	char spelled[SPELLED];
	char place[STEP];
	char *to = place;
	size_t room = sizeof place;
	struct slice as;
	char *from;
	size_t size;

	utf8_decode(rest->p, rest->len, &size);
	if (!spell_in(spelling.locales[0], slice(rest->p, size), spelled, &as) &&
		!spell_in(spelling.locales[1], slice(rest->p, size), spelled,
			&as)) {
		as = slice("?", 1);
	}
	from = (char *)(uintptr_t)as.p;
	iconv(cd, &from, &as.len, &to, &room);
	buf_add(out, place, (size_t)(to - place));
	*rest = slice(rest->p + size, rest->len - size);
}

/* ---- which ones IRC can be written in ---- */

/* But for \ and ~, which some national sets have other characters for. */
static bool is_ascii(struct charset *c)
{
	bool same = true;
	struct buf out;

	buf_init(&out, 16);
	for (int byte = 1; byte < 0x7f; byte++) {
		char text = (char)byte;

		if (byte == '\\' || byte == '~' || byte == 0x0e ||
			byte == 0x1b) {
			continue; /* ... or shift by */
		}
		buf_reset(&out, SIZE_MAX);
		convert(c->decode, &out, slice(&text, 1), skip_byte);
		same = same && slice_eq(buf_slice(&out), slice(&text, 1));
	}
	buf_finish(&out);
	return same;
}

static bool is_name(struct slice name)
{
	static const char signs[] = "-_.:()+";

	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		/* No slash: what stands behind it says how, not which. */
		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z') && strchr(signs, c) == NULL) {
			return false;
		}
	}
	return name.len > 0 && name.len <= CHARSET_NAME_MAX;
}

/* ---- life ---- */

static void destroy(struct charset *c)
{
	if (c->decode != (iconv_t)-1) {
		iconv_close(c->decode);
	}
	if (c->encode != (iconv_t)-1) {
		iconv_close(c->encode);
	}
	list_remove(&c->link);
	free(c);
	if (--opened == 0) {
		spelling_close();
	}
}

static struct charset *create(const char *name)
{
	struct charset *c = must_calloc(1, sizeof *c);

	if (opened++ == 0) {
		spelling_open();
	}
	snprintf(c->name, sizeof c->name, "%s", name);
	c->refs = 1;
	list_init(&c->link);
	c->decode = iconv_open("UTF-8", name);
	c->encode = iconv_open(name, "UTF-8");
	if (c->decode == (iconv_t)-1 || c->encode == (iconv_t)-1 ||
		!is_ascii(c)) {
		destroy(c);
		return NULL;
	}
	return c;
}

static void upper_case(struct slice name, char upper[CHARSET_NAME_MAX + 1])
{
	for (size_t i = 0; i < name.len; i++) {
		char l = name.p[i];

		upper[i] = l >= 'a' && l <= 'z' ? (char)(l - 32) : l;
	}
	upper[name.len] = '\0';
}

static struct charset *find(const char *upper)
{
	struct charset *c;

	if (all.next == NULL) {
		list_init(&all);
	}
	list_each(it, &all) {
		c = list_entry(it, struct charset, link);
		if (strcmp(c->name, upper) == 0) {
			return charset_ref(c);
		}
	}
	c = create(upper);
	if (c != NULL) {
		list_add(&all, &c->link);
	}
	return c;
}

enum err charset_open_out(struct slice name, struct charset **out)
{
	char upper[CHARSET_NAME_MAX + 1];

	if (!is_name(name)) {
		return ERR_BAD_INPUT;
	}
	upper_case(name, upper);
	*out = find(upper);
	return *out != NULL ? ERR_OK : ERR_BAD_INPUT;
}

enum err charset_open(struct slice name, struct charset **out)
{
	if (slice_is_nocase(name, usual) || slice_is_nocase(name, "CP1252")) {
		*out = NULL;
		return ERR_OK;
	}
	return charset_open_out(name, out);
}

struct charset *charset_ref(struct charset *c)
{
	if (c != NULL) {
		c->refs++;
	}
	return c;
}

void charset_unref(struct charset *c)
{
	if (c != NULL && --c->refs == 0) {
		destroy(c);
	}
}

const char *charset_name(const struct charset *c)
{
	return c ? c->name : usual;
}

/* ---- texts ---- */

void charset_decode(struct charset *c, struct buf *out, struct slice bytes)
{
	if (c == NULL) {
		utf8_add_1252(out, bytes);
	} else {
		convert(c->decode, out, bytes, skip_byte);
	}
}

void charset_encode(struct charset *c, struct buf *out, struct slice text)
{
	size_t before = out->len;

	must(c != NULL);
	convert(c->encode, out, text, spell_char);
	finish(c->encode, out);
	for (size_t i = before; i < out->len; i++) {
		if (strchr(never, out->p[i]) != NULL) { /* and NUL */
			out->p[i] = '?';
		}
	}
}
