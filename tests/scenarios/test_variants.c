/* SPDX-License-Identifier: MIT */
/*
 * Every request in every wrong form (PROTOCOL C.0, C.9): each namespace we know,
 * to each kind of address, by each type, with payloads that are malformed,
 * oversized, of a foreign namespace, sent twice. Each get and set has exactly one
 * answer; an error has its legacy code and one condition of RFC 6120.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "irc/engine.h"
#include "tests/scenarios/world.h"
#include "xmpp/error.h"
#include "xmpp/ns.h"

enum { REQUESTS = 4096, BIG = 100000 };

static const char *const addresses[] = {
	"gw", "net@gw", "#c%net@gw", "#c%net@gw/bob", "#c%net@gw/juliet",
	"bob%net@gw", "#elsewhere%net@gw", "nowhere.example@gw",
};
static const char *const types[] = {"get", "set", "", "bogus"};

static const struct {
	const char *name;
	const char *content;
	const char *attributes;
	bool other; /* another element than the namespace has */
} payloads[] = {
	{"empty", "", "", false},
	{"another element", "", "", true},
	{"a foreign child", "<thing xmlns='urn:example:foreign'>x</thing>", "",
		false},
	{"children nobody knows", "<a><b c='d'/></a>", "", false},
	{"a form without sense",
		"<x xmlns='jabber:x:data' type='submit'><field/>"
		"<field var='nick'><value/></field>"
		"<field var='port'><value>x</value></field></x>",
		"", false},
	{"a form that is cancelled",
		"<x xmlns='jabber:x:data' type='cancel'/>", "", false},
	{"items without sense",
		"<item/><item jid='@' nick=' '/><prompt> </prompt>"
		"<url>a b</url><nick>a b</nick><key>0</key>",
		" node='?' action='?' sessionid='?'", false},
	{"text only", "&lt;/query&gt;\xef\xbf\xbd", "", false},
};

enum {
	ADDRESSES = sizeof addresses / sizeof *addresses,
	TYPES = sizeof types / sizeof *types,
	PAYLOADS = sizeof payloads / sizeof *payloads,
};

static unsigned number;
static unsigned failed;
static struct {
	unsigned sent;
	unsigned answers;
	char what[160];
} requests[REQUESTS];
static unsigned nrequests;

static void result(bool ok, const char *what, const char *why)
{
	printf("%s %u - %s\n", ok ? "ok" : "not ok", ++number, what);
	if (!ok) {
		printf("# %s\n", why);
		failed++;
	}
}

/* ---- sending ---- */

static const char *element_of(enum ns ns)
{
	switch (ns) {
	case NS_PING:
		return "ping";
	case NS_TIME:
		return "time";
	case NS_VCARD:
		return "vCard";
	case NS_COMMANDS:
		return "command";
	default:
		return "query";
	}
}

static void send_iq(struct world *w, enum ns ns, const char *to,
	const char *type, size_t payload, unsigned copies)
{
	const char *element = element_of(ns);
	char xml[1200];
	char body[900];

	if (nrequests == REQUESTS) {
		abort();
	}
	requests[nrequests].sent = copies;
	snprintf(requests[nrequests].what, sizeof requests[0].what,
		"%s to %s type '%s': %s", ns_uri(ns), to, type,
		payloads[payload].name);
	if (payloads[payload].other) {
		element = "nonsense";
	}
	snprintf(body, sizeof body, "<%s xmlns='%s'%s>%s</%s>", element,
		ns_uri(ns), payloads[payload].attributes,
		payloads[payload].content, element);
	snprintf(xml, sizeof xml,
		"<iq from='juliet@home/balcony' to='%s' id='v%u'%s%s%s>%s</iq>",
		to, nrequests++, *type ? " type='" : "", type, *type ? "'" : "",
		body);
	while (copies-- > 0) {
		world_jabber(w, xml);
	}
}

/* A child of 100 kB: within what a stanza may be, beyond any use. */
static void send_big(struct world *w, enum ns ns, const char *to)
{
	const char *element = element_of(ns);
	struct buf xml;

	buf_init(&xml, 2 * BIG);
	requests[nrequests].sent = 1;
	snprintf(requests[nrequests].what, sizeof requests[0].what,
		"%s to %s: oversized", ns_uri(ns), to);
	buf_addf(&xml,
		"<iq from='juliet@home/balcony' to='%s' id='v%u' type='set'>"
		"<%s xmlns='%s'><nick>",
		to, nrequests++, element, ns_uri(ns));
	for (int i = 0; i < BIG; i++) {
		buf_add_char(&xml, 'x');
	}
	buf_addf(&xml, "</nick></%s></iq>", element);
	world_jabber(w, buf_cstr(&xml));
	buf_finish(&xml);
}

/* ---- answers ---- */

static bool has_condition(const char *xml)
{
	char open[64];

	for (int e = 0; e < E_COUNT; e++) {
		snprintf(open, sizeof open, "<%s xmlns='",
			stanza_error_condition((enum stanza_error)e));
		if (strstr(xml, open) != NULL) {
			return true;
		}
	}
	return false;
}

static void check_answer(const char *xml)
{
	const char *id = strstr(xml, " id='v");
	unsigned n = id ? (unsigned)strtoul(id + 6, NULL, 10) : REQUESTS;

	if (n >= nrequests) {
		return; /* the gateway's own question */
	}
	requests[n].answers++;
	if (strstr(xml, " type='error'") != NULL ?
			strstr(xml, "<error code='") == NULL ||
				!has_condition(xml) :
			strstr(xml, " type='result'") == NULL) {
		result(false, requests[n].what, xml);
	}
}

static void read_all(struct world *w)
{
	const char *line;

	while ((line = world_next(w)) != NULL) {
		if (strncmp(line, "jabber <iq ", 11) == 0) {
			check_answer(line + 7);
		} else if (strncmp(line, "stream ", 7) == 0) {
			result(false, "the stream stays", line);
		}
	}
}

/* What IRC never answers is over after a while; it only keeps the link up. */
static void let_time_pass(struct world *w)
{
	for (int i = 0; i < 6; i++) {
		read_all(w);
		world_wait(w, 30000);
		world_irc(w, 1, "PING :x");
	}
	read_all(w);
}

/* ---- the runs ---- */

static void join(struct world *w)
{
	static const char *const lines[] = {
		":srv CAP * LS :", ":srv 001 juliet :Welcome",
		":srv 005 juliet CHANTYPES=# NICKLEN=30 :are supported",
		":juliet!juliet@host JOIN #c",
		":srv 353 juliet = #c :@bob juliet", ":srv 366 juliet #c :End",
	};

	world_set(w, "flood_burst", "1000");
	world_set(w, "queue_lines", "1000");
	world_jabber(w,
		"<presence from='juliet@home/balcony' to='#c%net@gw/juliet'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	world_link_up(w, 1);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		world_irc(w, 1, lines[i]);
	}
	read_all(w);
}

static void run_namespace(enum ns ns)
{
	struct world *w = world_create();
	unsigned wrong = 0;
	char why[300] = "";

	nrequests = 0;
	memset(requests, 0, sizeof requests);
	join(w);
	for (size_t a = 0; a < ADDRESSES; a++) {
		for (size_t t = 0; t < TYPES; t++) {
			for (size_t p = 0; p < PAYLOADS; p++) {
				send_iq(w, ns, addresses[a], types[t], p,
					p == 0 ? 2 : 1);
			}
			let_time_pass(w);
		}
		send_big(w, ns, addresses[a]);
	}
	let_time_pass(w);
	for (unsigned i = 0; i < nrequests; i++) {
		if (requests[i].answers != requests[i].sent && wrong++ == 0) {
			snprintf(why, sizeof why, "%s: %u answers to %u",
				requests[i].what, requests[i].answers,
				requests[i].sent);
		}
	}
	result(wrong == 0, ns_uri(ns), why);
	world_destroy(w);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	engine_setup(open("/dev/null", O_RDWR));
	for (int ns = NS_OTHER + 1; ns < NS_COUNT; ns++) {
		/* These are no payload: part of the stream, or of errors. */
		if (ns != NS_STANZA && ns != NS_STREAM && ns != NS_XML &&
			ns != NS_STREAM_ERRORS && ns != NS_STANZA_ERRORS) {
			run_namespace((enum ns)ns);
		}
	}
	result(intern_count() == 0, "nothing is held", "names are still held");
	printf("1..%u\n", number);
	return failed ? 1 : 0;
}
