/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include <expat.h>
#include <fcntl.h>
#include <time.h>

#include "base/utf8.h"
#include "irc/engine.h"

/*
 * Whatever IRC says, the component stream lives (PROTOCOL G.1, G.3, G.5, I.7):
 * random lines, with every control character and invalid byte in every place
 * of a text, in names, reasons and topics, go through the whole core, and all
 * that comes out is read by another XML parser than ours. It must be one
 * well-formed stream of stanzas with only characters that XML 1.0 allows, each
 * element in the namespace that it belongs to.
 *
 * usage: unit_mapping_test_wellformed [LINES [SEED]]
 */
enum { LINES = 100000, SEED = 2026, NICKS = 40, TEXT_MAX = 420 };

static unsigned long lines = LINES;
static uint64_t seed = SEED;

static struct {
	XML_Parser xml;
	unsigned depth;
	unsigned html; /* depth of <html/>; 0: outside */
	unsigned long stanzas;
	unsigned long htmls;
	unsigned long links;
	unsigned long malformed;
	unsigned long illegal; /* characters, names, namespaces, addresses */
	bool bytes[256];       /* were in a text */
	char last[200];        /* what was illegal */
} seen;

/* ---- the other parser ---- */

static void illegal(const char *what)
{
	seen.illegal++;
	snprintf(seen.last, sizeof seen.last, "%s", what);
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(name, *list) == 0) {
			return true;
		}
	}
	return false;
}

static void check_html(const char *name, const char **attrs)
{
#define XHTML "http://www.w3.org/1999/xhtml|"
	static const char *const allowed[] = {XHTML "p", XHTML "a", XHTML "br",
		XHTML "strong", XHTML "em", XHTML "code", XHTML "span", NULL};
	static const char *const schemes[] = {"http://", "https://", "ftp://",
		"xmpp:", "irc://", "ircs://", "mailto:", NULL};
	bool good = false;

	if (seen.depth == seen.html + 1) {
		if (strcmp(name, XHTML "body") != 0) {
			illegal(name);
		}
		return;
	}
	if (!is_one_of(name, allowed)) {
		illegal(name);
	}
	if (strcmp(name, XHTML "a") == 0) {
		seen.links++;
		for (size_t i = 0; attrs[0] != NULL && schemes[i]; i++) {
			good |= strncasecmp(attrs[1], schemes[i],
					strlen(schemes[i])) == 0;
		}
		if (!good || strcmp(attrs[0], "href") != 0) {
			illegal("href");
		}
	}
}

static void on_start(void *ctx, const char *name, const char **attrs)
{
#define STANZA "jabber:component:accept|"
	static const char *const stanzas[] = {STANZA "message",
		STANZA "presence", STANZA "iq", NULL};

	(void)ctx;
	seen.depth++;
	if (strchr(name, '|') == NULL) {
		illegal(name); /* in no namespace */
	}
	if (seen.depth == 2) {
		seen.stanzas++;
		if (!is_one_of(name, stanzas)) {
			illegal(name);
		}
	} else if (seen.html > 0) {
		check_html(name, attrs);
	} else if (strcmp(name, "http://jabber.org/protocol/xhtml-im|html") ==
		0) {
		seen.html = seen.depth;
		seen.htmls++;
	}
}

static void on_end(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	if (seen.depth == seen.html) {
		seen.html = 0;
	}
	seen.depth--;
}

static void on_chars(void *ctx, const char *p, int len)
{
	size_t size;

	(void)ctx;
	for (size_t i = 0; i < (size_t)len; i += size) {
		if (!utf8_xml_char(utf8_decode(p + i, (size_t)len - i, &size))) {
			illegal("character");
		}
	}
}

static void read_stanza(const char *xml, size_t len)
{
	if (XML_Parse(seen.xml, xml, (int)len, 0) != XML_STATUS_OK &&
		seen.malformed++ == 0) {
		print_message("%s: %.*s\n",
			XML_ErrorString(XML_GetErrorCode(seen.xml)), (int)len,
			xml);
	}
}

static void begin_reading(void)
{
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams'>";

	memset(&seen, 0, sizeof seen);
	seen.xml = XML_ParserCreateNS("UTF-8", '|');
	XML_SetElementHandler(seen.xml, on_start, on_end);
	XML_SetCharacterDataHandler(seen.xml, on_chars);
	read_stanza(header, sizeof header - 1);
	fix.seen = read_stanza;
}

/* ---- random lines ---- */

/* xorshift64*: the same lines for the same seed, everywhere. */
static unsigned pick(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 2685821657736338717ULL) >> 33) % n;
}

/* Bytes of a text: any but those that end a line. */
static void add_byte(struct buf *b, unsigned byte)
{
	if (byte != '\n' && byte != '\r') {
		seen.bytes[byte] = true;
		buf_add_char(b, (char)byte);
	}
}

static const char *const pieces[] = {
	"\x02", "\x03", "\x03" "4", "\x03" "12,99", "\x04", "\x04" "ff00aa",
	"\x0f", "\x11", "\x16", "\x1d", "\x1e", "\x1f", "\x01", "\x01" "ACTION ",
	"\x01" "VERSION", "\x01" "DCC SEND a 1 2 3", "]]>", "<!--", "-->",
	"&amp;", "&#2;", "<b>", "</body>", "'", "\"", "\xc3", "\xa9",
	"\xc3\xa9", "\xed\xa0\x80", "\xef\xbf\xbe", "\xef\xbf\xbf",
	"\xf4\x90\x80\x80", "\xc0\x80", "\xe2\x80\xa8", "\xc2\x85",
	"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "https://x.example/",
	"http://<b>'\"", "mailto:a@b", "irc://x/#y", "javascript:alert(1)",
	"xmpp:a@b?join", "word", " ", ":", ",", "/me ", "#c", "@", "%",
};

static void add_text(struct buf *b)
{
	unsigned n = pick(12);

	for (unsigned i = 0; i < n && b->len < TEXT_MAX; i++) {
		if (pick(3) == 0) {
			add_byte(b, pick(256));
		} else {
			buf_add_str(b, pieces[pick(COUNT(pieces))]);
		}
	}
}

/* No blank, nothing that ends a parameter; seldom one of us. */
static void add_name(struct buf *b)
{
	unsigned n = 1 + pick(5);

	buf_addf(b, "n%u", pick(NICKS));
	for (unsigned i = 0; i < n && pick(4) != 0; i++) {
		unsigned byte = 1 + pick(255);

		if (strchr(" ,:!@*?#&+~%\a\r\n", (int)byte) == NULL) {
			buf_add_char(b, (char)byte);
		}
	}
}

/*
 * % is a name, $ a text, ^ a number of three digits; the first word is the
 * share of it.
 */
static const struct {
	unsigned share;
	const char *form;
} forms[] = {
	{30, ":%!$@h PRIVMSG #c :$"}, {20, ":bob!b@h PRIVMSG #c :$"},
	{10, ":%!u@h PRIVMSG juliet :$"}, {6, ":bob!b@h NOTICE #c :$"},
	{4, ":bob!b@h NOTICE juliet :$"}, {4, ":srv NOTICE juliet :$"},
	{3, ":bob!b@h PRIVMSG @#c :$"}, {2, ":bob!b@h PRIVMSG $$* :$"},
	{6, ":%!u@h JOIN #c"}, {4, ":%!u@h PART #c :$"},
	{3, ":%!u@h QUIT :$"}, {2, ":bob!b@h KICK #c % :$"},
	{3, ":%!u@h NICK %"}, {4, ":bob!b@h TOPIC #c :$"},
	{2, ":bob!b@h MODE #c +v %"}, {1, ":bob!b@h MODE #c +k $"},
	{1, ":bob!b@h MODE #c +b %!*@*"}, {1, ":bob!b@h INVITE juliet #%"},
	{2, ":%!u@h AWAY :$"}, {1, ":%!u@h SETNAME :$"},
	{1, ":%!u@h CHGHOST $ $"}, {1, ":%!u@h ACCOUNT %"},
	{1, ":bob!b@h WALLOPS :$"}, {1, "FAIL PRIVMSG CODE #c :$"},
	{1, "NOTE * CODE :$"}, {1, ":srv 4^ juliet :$"},
	{1, ":srv 404 juliet #c :$"}, {1, ":srv 401 juliet % :$"},
	{1, ":srv 332 juliet #c :$"}, {1, ":srv 372 juliet :$"},
	{1, ":srv 353 juliet = #c :@% +% %!$@h"}, {1, ":srv 3^ juliet % :$"},
	{1, ":srv 301 juliet % :$"}, {1, ":srv 710 juliet #c % :$"},
	{1, "@msgid=$;time=2026-01-01T00:00:00.000Z;account=% :%!u@h PRIVMSG "
	    "#c :$"},
	{1, "@+typing=active;$ :%!u@h TAGMSG #c"}, {1, "$"},
	{2, ":srv METADATA bob status * :$"}, {1, ":srv METADATA % status * :$"},
	{1, ":srv METADATA #c display-name * :$"},
};

static const char *pick_form(void)
{
	unsigned all = 0;
	unsigned at;

	for (size_t i = 0; i < COUNT(forms); i++) {
		all += forms[i].share;
	}
	at = pick(all);
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (at < forms[i].share) {
			return forms[i].form;
		}
		at -= forms[i].share;
	}
	return forms[0].form;
}

static void add_line(struct buf *b, const char *form)
{
	for (; *form != '\0'; form++) {
		switch (*form) {
		case '%':
			add_name(b);
			break;
		case '$':
			add_text(b);
			break;
		case '^': /* not those that end the connection */
			buf_addf(b, "%02u", pick(50));
			break;
		default:
			buf_add_char(b, *form);
		}
	}
	buf_add_str(b, "\r\n");
}

static void say(const char *line)
{
	mapping_link_data(fix.core, 1, line, strlen(line));
}

static void pass(uint64_t ms)
{
	clock_advance(&fix.clock, fix.clock.now_ms + ms,
		fix.clock.wall_ms + (int64_t)ms);
}

static void join(void)
{
	fix_jabber("<presence from='juliet@home/a' to='#c%net@gw/juliet'>"
		   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	mapping_link_up(fix.core, 1);
	say(":srv CAP * LS :batch draft/metadata-2\r\n"
	    ":srv CAP * ACK :batch draft/metadata-2\r\n"
	    ":srv 001 juliet :hi\r\n"
	    ":srv 005 juliet PREFIX=(ov)@+ CHANTYPES=#& STATUSMSG=@+ "
	    "NICKLEN=30 :x\r\n"
	    ":srv 422 juliet :no\r\n"
	    ":juliet!j@h JOIN #c\r\n"
	    ":srv 353 juliet = #c :@bob juliet\r\n"
	    ":srv 366 juliet #c :end\r\n");
	pass(1000);
}

/* Each byte, and each behind a code, on a line of its own. */
static void say_every_byte(void)
{
	for (unsigned i = 0; i < 256 * 256; i++) {
		struct buf line;

		if (i % 256 > 0x20 && i % 256 != 0x7f && i % 256 < 0x80 &&
			i / 256 > 0x20) {
			continue;
		}
		buf_init(&line, 100);
		buf_add_str(&line, ":bob!b@h PRIVMSG #c :");
		add_byte(&line, i / 256);
		add_byte(&line, i % 256);
		buf_add_str(&line, "x\r\n");
		mapping_link_data(fix.core, 1, line.p, line.len);
		buf_finish(&line);
	}
}

static void whatever_irc_says_the_stream_is_well_formed(void **state)
{
	clock_t began = clock();
	struct mapping_stats stats;
	struct buf line;

	(void)state;
	print_message("lines=%lu seed=%lu\n", lines, (unsigned long)seed);
	begin_reading();
	join();
	say_every_byte();
	buf_init(&line, 4096);
	for (unsigned long i = 0; i < lines; i++) {
		buf_reset(&line, SIZE_MAX);
		add_line(&line, pick_form());
		mapping_link_data(fix.core, 1, line.p, line.len);
		if (i % 64 == 0) {
			pass(200);
			say("PONG :x\r\n");
		}
	}
	buf_finish(&line);
	mapping_stats(fix.core, &stats);
	fix_end_core();
	read_stanza("</stream:stream>", sizeof "</stream:stream>" - 1);
	print_message("stanzas=%lu html=%lu links=%lu malformed=%lu "
		      "illegal=%lu %s seconds=%.1f\n",
		seen.stanzas, seen.htmls, seen.links, seen.malformed,
		seen.illegal, seen.last,
		(double)(clock() - began) / CLOCKS_PER_SEC);
	assert_int_equal(seen.malformed, 0);
	assert_int_equal(seen.illegal, 0);
	/* It was all that it was meant to be. */
	assert_int_equal(stats.registered, 1);
	assert_int_equal(stats.rooms, 1);
	assert_true(seen.stanzas > lines / 2);
	assert_true(seen.htmls > lines / 20);
	assert_true(seen.links > 0);
	for (unsigned i = 0; i < 256; i++) {
		assert_true(seen.bytes[i] || i == '\n' || i == '\r');
	}
	XML_ParserFree(seen.xml);
}

/* The check itself must see what is wrong. */
static void what_is_wrong_would_be_seen(void **state)
{
	static const char *const wrong[] = {
		"<message><body>\x02</body></message>",
		"<message><body>\xff</body></message>",
		"<message><body>\xef\xbf\xbf</body></message>",
		"<message><body></message>",
		"<message a='<'/>",
		"<other/>",
		"<message xmlns=''/>",
		"<message><html xmlns='http://jabber.org/protocol/xhtml-im'>"
		"<body xmlns='http://www.w3.org/1999/xhtml'><script/></body>"
		"</html></message>",
		"<message><html xmlns='http://jabber.org/protocol/xhtml-im'>"
		"<body xmlns='http://www.w3.org/1999/xhtml'>"
		"<a href='javascript:x'/></body></html></message>",
		"<message><html xmlns='http://jabber.org/protocol/xhtml-im'>"
		"<body><p/></body></html></message>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		begin_reading();
		seen.malformed = 1; /* without a word */
		read_stanza(wrong[i], strlen(wrong[i]));
		if (seen.malformed == 1 && seen.illegal == 0) {
			fail_msg("not seen: %s", wrong[i]);
		}
		XML_ParserFree(seen.xml);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_wrong_would_be_seen),
		TEST(whatever_irc_says_the_stream_is_well_formed),
	};

	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	lines = argc > 1 ? strtoul(argv[1], NULL, 10) : LINES;
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
