/* SPDX-License-Identifier: MIT */
#include "tests/load/hostile_lines.h"

#include <stdio.h>
#include <string.h>

/* A row of plain bytes; the literal may hold NUL. */
#define LINE(name, text)                                                       \
	{                                                                      \
		name, NULL, text, sizeof(text) - 1, 0, NULL, NULL              \
	}
#define MANY(name, head, text, n, tail)                                        \
	{                                                                      \
		name, head, text, sizeof(text) - 1, n, tail, NULL              \
	}
#define BUILT(name, fn)                                                        \
	{                                                                      \
		name, NULL, NULL, 0, 0, NULL, fn                               \
	}

/* The gateway must get its usual 005 back after a hostile one. */
#define SANE_005                                                               \
	"\r\n:irc.test.net 005 v0 CASEMAPPING=rfc1459 CHANTYPES=#& "           \
	"PREFIX=(ov)@+ CHANMODES=b,k,l,imnt NICKLEN=30 MODES=4 "               \
	"CHANNELLEN=64 TOPICLEN=307 LINELEN=512 :are supported"

static size_t put(char *out, size_t size, size_t at, const char *text)
{
	int n = snprintf(out + at, size - at, "%s", text);

	return at + (size_t)n;
}

/* 463 to 466 and 904 may rightly end the session; 001 has its own row. */
static size_t every_numeric(char *out, size_t size)
{
	size_t at = 0;
	char line[64];

	for (int n = 2; n < 1000; n++) {
		if ((n >= 463 && n <= 466) || (n >= 902 && n <= 908)) {
			continue;
		}
		snprintf(line, sizeof(line), "%03d\r\n:irc.test.net %03d\r\n",
			n, n);
		at = put(out, size, at, line);
	}
	return at;
}

/* Each command with 0 to 3 empty or odd parameters, with and without prefix. */
static size_t every_command(char *out, size_t size)
{
	static const char *const commands[] = {"NICK", "JOIN", "PART", "MODE",
		"TOPIC", "KICK", "PRIVMSG", "NOTICE", "INVITE", "CAP", "BATCH",
		"ACCOUNT", "CHGHOST", "SETNAME", "AWAY", "TAGMSG", "WALLOPS",
		"RENAME", "REDACT", "MARKREAD", "METADATA", "FAIL", "WARN",
		"NOTE", "ACK", "AUTHENTICATE", "PONG"};
	static const char *const parameters[] = {"", " :", " #", " : x",
		" # :", " ,,, :", " nobody nobody nobody :"};
	static const char *const prefixes[] = {
		"", ": ", ":! ", ":@ ", ":!@ ", ":x!y@z "};
	size_t at = 0;
	char line[160];

	for (size_t c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
		for (size_t k = 0;
			k < sizeof(parameters) / sizeof(parameters[0]); k++) {
			size_t p = (c + k) %
				   (sizeof(prefixes) / sizeof(prefixes[0]));

			snprintf(line, sizeof(line), "%s%s%s\r\n", prefixes[p],
				commands[c], parameters[k]);
			at = put(out, size, at, line);
		}
	}
	return at;
}

/* One line per byte value, in a nick, a channel and a text. */
static size_t every_byte(char *out, size_t size)
{
	size_t at = 0;

	for (int b = 1; b < 256; b++) {
		char line[128];
		int n;

		if (b == '\n' || b == '\r' || at + 256 > size) {
			continue;
		}
		n = snprintf(line, sizeof(line),
			":x%cy!u@h PRIVMSG #v0 :a%cb\r\n", b, b);
		memcpy(out + at, line, (size_t)n);
		at += (size_t)n;
		n = snprintf(
			line, sizeof(line), ":x!u@h PRIVMSG #q%cr :c\r\n", b);
		memcpy(out + at, line, (size_t)n);
		at += (size_t)n;
	}
	return at;
}

/* The plain text grows over the edges of every buffer in the way. */
static size_t growing_lines(char *out, size_t size)
{
	static const int lengths[] = {509, 510, 511, 512, 513, 1015, 1016, 1017,
		1018, 1022, 1023, 1024, 1025, 2048, 4095, 4096, 8190, 8191,
		8192, 8193};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t from = at;

		at = put(out, size, at, ":x!u@h PRIVMSG #v0 :");
		while (at - from < (size_t)lengths[i]) {
			out[at++] = 'l';
		}
		at = put(out, size, at, i % 2 == 0 ? "\n" : "\r\n");
	}
	return at;
}

const struct hostile_line hostile_lines[] = {
	LINE("no command after the prefix", ":x"),
	LINE("a prefix with a blank and nothing", ":bob "),
	LINE("an empty prefix", ": PRIVMSG #v0 :empty prefix"),
	LINE("a colon alone", ":"),
	LINE("one letter", "N"),
	LINE("a command of 25 letters", "ABCDEFGHIJKLMNOPQRSTUVWXY a b"),
	LINE("letters and digits mixed", ":s PRIV1MSG #v0 :x"),
	LINE("numeric 000", "000"),
	LINE("numeric of two digits", ":s 12 v0 :x"),
	LINE("numeric of four digits", ":s 1000 v0 :x"),
	LINE("numeric 433 alone", "433"),
	LINE("numeric 001 alone", "001"),
	LINE("NICK without a prefix", "NICK foo"),
	LINE("NICK without parameters", ":bob!u@h NICK"),
	LINE("NICK with an empty nick", ":bob!u@h NICK :"),
	LINE("QUIT without a prefix", "QUIT"),
	LINE("JOIN alone", "JOIN"),
	LINE("PART alone", ":bob!u@h PART"),
	LINE("MODE with one parameter", ":bob!u@h MODE #v0"),
	LINE("TOPIC with one parameter", ":bob!u@h TOPIC #v0"),
	LINE("KICK with one parameter", ":bob!u@h KICK #v0"),
	LINE("PRIVMSG with one parameter", ":bob!u@h PRIVMSG v0"),
	LINE("NOTICE alone", "NOTICE"),
	LINE("INVITE with one parameter", ":bob!u@h INVITE v0"),
	LINE("an empty target", ":bob!u@h PRIVMSG : :x"),
	LINE("PING alone", "PING"),
	MANY("PING with 5000 bytes", "PING :", "p", 5000, "\r\nPING"),
	LINE("NUL inside a line", ":bob!u@h PRIVMSG #v0 :a\0b"),
	LINE("NUL alone", "\0"),
	LINE("a CR inside a line", ":bob!u@h PRIVMSG #v0 :a\rQUIT\rb"),
	LINE("blank lines first", "\r\n\n\r\n   \r\n\r\r\r\n"),
	LINE("CTCP that does not end", ":bob!u@h PRIVMSG v0 :\1VERSION"),
	LINE("0x01 alone", ":bob!u@h PRIVMSG v0 :\1"),
	LINE("two 0x01", ":bob!u@h PRIVMSG v0 :\1\1"),
	LINE("ACTION without a text", ":bob!u@h PRIVMSG #v0 :\1ACTION\1"),
	MANY("0x01 at the end of a long line", ":bob!u@h PRIVMSG v0 :\1", "y",
		900, "\1"),
	MANY("200 CTCP requests", NULL, ":bob!u@h PRIVMSG v0 :\1VERSION\1\r\n",
		200, NULL),
	LINE("DCC with impossible numbers",
		":bob!u@h PRIVMSG v0 :\1DCC SEND ../../etc/passwd "
		"2130706433 -1 99999999999999999999\1"),
	LINE("DCC without fields", ":bob!u@h PRIVMSG v0 :\1DCC\1"),
	LINE("DCC CHAT", ":bob!u@h PRIVMSG v0 :\1DCC CHAT chat 1 1\1"),
	LINE("printf directives",
		":%n%s%p!%n@%s PRIVMSG #v0 :%n%n%s%s%p%1000000d%*c"),
	MANY("20 parameters", ":s 372 v0", " a", 20, NULL),
	MANY("400 parameters", ":s 372 v0", " b", 400, NULL),
	LINE("005 with impossible values",
		":s 005 v0 NICKLEN=99999999999999999999 MODES=-1 PREFIX=(ov "
		"CHANMODES= CASEMAPPING= LINELEN=0 TOPICLEN=x "
		"CHANNELLEN=\\x0 NETWORK=\\x00\\xZZ =x - -= :x" SANE_005),
	LINE("005 without types of channels",
		":s 005 v0 CHANTYPES= PREFIX= STATUSMSG= NICKLEN= :x" SANE_005),
	MANY("005 with 3000 tokens", ":s 005 v0", " T=1", 3000, SANE_005),
	LINE("CAP of every kind",
		"CAP\r\nCAP *\r\nCAP * LS\r\nCAP v0 NAK\r\nCAP v0 NEW\r\n"
		"CAP v0 DEL :\r\nCAP v0 ACK :nothing asked\r\nCAP v0 LS * "
		":a=b"),
	LINE("AUTHENTICATE unasked", "AUTHENTICATE +\r\nAUTHENTICATE :!!!!"),
	LINE("BATCH that never was",
		"BATCH\r\nBATCH -none\r\nBATCH :-1\r\nBATCH +\r\nBATCH +a\r\n"
		"BATCH +b netsplit\r\n@batch=none :x!u@h PRIVMSG #v0 :y"),
	LINE("tags without a line", "@"),
	LINE("tags and a blank", "@ "),
	LINE("odd tags",
		"@;;;=;=x;a=\\;b=\\\\\\;+=;/;msgid= :x!u@h PRIVMSG #v0 :y"),
	LINE("impossible times",
		"@time=9999999999999-99-99T99:99:99.999Z;msgid=<&'\" "
		":x!u@h PRIVMSG #v0 :y"),
	MANY("tags of 9000 bytes", "@", "t", 9000, " :x!u@h PRIVMSG #v0 :y"),
	LINE("XML in every field",
		":<a&b>'\"!<x/>@]]> PRIVMSG #v0 :]]>&amp;<x a='\"'/>&#0;<!--"),
	LINE("separators of addresses in a nick", ":a/b@"
						  "c%d\\20!u@h PRIVMSG #v0 :y"),
	LINE("control characters as a nick",
		":\3\2\x1f!u@h JOIN #v0\r\n:\3\2\x1f!u@h PRIVMSG #v0 :y"),
	LINE("invalid UTF-8",
		":x!u@h PRIVMSG #v0 :\xc0\x80\xed\xa0\x80\xf8\x88\xff\xfe"
		"\xf4\x90\x80\x80\xe2\x82\r\n:\xff\xc3!u@h PRIVMSG #v0 :\x80"),
	LINE("non-characters",
		":x!u@h PRIVMSG #v0 :\xef\xbf\xbe\xef\xbf\xbf\xc2\x85"
		"\xe2\x80\xa8\xe2\x80\xae"),
	MANY("colour codes without end", ":x!u@h PRIVMSG #v0 :", "\3", 900,
		NULL),
	MANY("colours over their range",
		":x!u@h PRIVMSG #v0 :", "\00399,99\00412345", 60, NULL),
	LINE("NAMES of odd nicks",
		":s 353 v0 = #v0 :@@@ + @+@ a!b@ ,, < &\r\n"
		":s 353 v0\r\n:s 353 v0 = #unknown :a b c\r\n:s 366 v0"),
	MANY("NAMES of 2000 nicks", ":s 353 v0 = #v0 :", " n", 2000,
		"\r\n:s 366 v0 #v0 :End"),
	LINE("MODE with letters without parameters",
		":s MODE #v0 +oooooovvvvbbbbkkkkllll\r\n:s MODE #v0 :\r\n"
		":s MODE #v0 +\r\n:s MODE #v0 +o nobody\r\n:s MODE #v0 -k-k-k "
		"*"),
	LINE("KICK and QUIT of strangers",
		":who!u@h KICK #v0 nobody :x\r\n:who!u@h QUIT :x\r\n"
		":who!u@h PART #v0 :x\r\n:who!u@h NICK who2"),
	LINE("WHOIS answers unasked",
		":s 311\r\n:s 311 v0 x\r\n:s 318 v0 x :End\r\n:s 352 v0 #v0\r\n"
		":s 315 v0 #v0 :End\r\n:s 322 v0\r\n:s 323 v0\r\n:s 367 v0 #v0 "
		"x"),
	MANY("one line of 10,000 bytes", NULL, "z", 10000, NULL),
	MANY("one line of 200,000 bytes", NULL, "w", 200000, NULL),
	MANY("3000 empty lines", NULL, "\r\n", 3000, NULL),
	MANY("2000 lines in one piece", NULL, ":x!u@h PRIVMSG #v0 :flood\r\n",
		2000, NULL),
	BUILT("every numeric without a parameter", every_numeric),
	BUILT("every command with odd parameters", every_command),
	BUILT("every byte in a nick, a channel, a text", every_byte),
	BUILT("lines that grow over every limit", growing_lines),
};

const size_t hostile_lines_count =
	sizeof(hostile_lines) / sizeof(hostile_lines[0]);

size_t hostile_line_write(
	const struct hostile_line *row, char *out, size_t size)
{
	size_t at = row->head == NULL ? 0 : strlen(row->head);
	size_t tail = row->tail == NULL ? 0 : strlen(row->tail);

	if (row->build != NULL) {
		return row->build(out, size);
	}
	memcpy(out, row->head == NULL ? "" : row->head, at);
	for (unsigned i = 0; i < (row->repeat == 0 ? 1 : row->repeat); i++) {
		if (at + row->len + tail + 2 > size) {
			break;
		}
		memcpy(out + at, row->bytes, row->len);
		at += row->len;
	}
	memcpy(out + at, row->tail == NULL ? "" : row->tail, tail);
	at += tail;
	memcpy(out + at, "\r\n", 2);
	return at + 2;
}
