/* SPDX-License-Identifier: MIT */
#include "tests/load/jabberd_sim.h"

#include <libxml/parser.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/loopback.h"
#include "tests/load/mem.h"
#include "tests/load/outq.h"
#include "tests/load/xscan.h"

/*
 * The life of a connection: accepted (OPENED), its header is read and
 * answered with an id, its handshake is compared (ONLINE), stanzas flow. It
 * ends by the component's </stream:stream> (answered), by end of file, by
 * refuse() after a stream error, or by drop; each way through peer_close(),
 * whose close callback frees the peer. The sim forgets the peer as soon as
 * it ends, so that a new connection can take its place in the same turn.
 */

#define JID_MAX 3072

enum peer_state {
	PEER_HEADER,
	PEER_HANDSHAKE,
	PEER_ONLINE,
	PEER_ENDING /* nothing more is read */
};

struct peer {
	struct jabberd_sim *sim;
	uv_tcp_t tcp;
	struct outq out;
	struct xscan scan;
	xmlParserCtxtPtr check;
	enum peer_state state;
	char id[64];
};

struct jabberd_sim {
	uv_loop_t *loop;
	uv_tcp_t *listener;
	struct peer *peer; /* the one that has, or will have, the name */
	struct jabberd_sim_config config;
	char *component;
	char *secret;
	char *first_header;
	struct jabberd_sim_stats stats;
	int port;
	bool paused;
	char in[65536];
};

static void tell(struct jabberd_sim *sim, enum jabberd_event event)
{
	if (sim->config.on_event != NULL) {
		sim->config.on_event(sim->config.ctx, event);
	}
}

static void on_peer_closed(uv_handle_t *handle)
{
	struct peer *peer = handle->data;

	outq_finish(&peer->out);
	xscan_finish(&peer->scan);
	xmlFreeParserCtxt(peer->check);
	free(peer);
}

static void peer_forget(struct peer *peer)
{
	struct jabberd_sim *sim = peer->sim;

	if (sim->peer == peer) {
		sim->peer = NULL;
		tell(sim, JABBERD_GONE);
	}
}

static void peer_close(struct peer *peer)
{
	if (uv_is_closing((uv_handle_t *)&peer->tcp)) {
		return;
	}
	peer->state = PEER_ENDING;
	uv_close((uv_handle_t *)&peer->tcp, on_peer_closed);
	peer_forget(peer);
}

static void on_ended(void *ctx)
{
	peer_close(ctx);
}

/* Lets what is queued go out, then closes. */
static void peer_end(struct peer *peer)
{
	peer->state = PEER_ENDING;
	uv_read_stop((uv_stream_t *)&peer->tcp);
	outq_end(&peer->out, on_ended, peer);
	peer_forget(peer);
}

static void peer_write(struct peer *peer, const char *text)
{
	outq_add(&peer->out, text, strlen(text));
}

static void peer_refuse(struct peer *peer, const char *condition)
{
	char error[256];

	snprintf(error, sizeof(error),
		"<stream:error><%s xmlns='urn:ietf:params:xml:ns:"
		"xmpp-streams'/></stream:error></stream:stream>",
		condition);
	peer_write(peer, error);
	peer->sim->stats.refused++;
	peer_end(peer);
	tell(peer->sim, JABBERD_REFUSED);
}

/*
 * The id holds an ampersand, so that who hashes it as it stands in the XML
 * fails (PROTOCOL A.1: after unescaping).
 */
static void answer_header(struct peer *peer, const char *text, size_t len)
{
	static const char usual[] =
		"<?xml version='1.0'?><stream:stream "
		"xmlns:stream='http://etherx.jabber.org/streams' "
		"xmlns='jabber:component:accept' from='%s' id='%s'>";
	struct jabberd_sim *sim = peer->sim;
	char header[1024];
	char id[128];
	char to[JID_MAX];

	snprintf(peer->id, sizeof(peer->id), "sim&%u", sim->stats.opened);
	xscan_escape(peer->id, strlen(peer->id), id, sizeof(id));
	xscan_attr(text, len, "to", to, sizeof(to));
	snprintf(header, sizeof(header), usual, sim->component, id);
	if (sim->first_header != NULL) {
		snprintf(header, sizeof(header), "%s", sim->first_header);
		free(sim->first_header);
		sim->first_header = NULL;
	}
	peer_write(peer, header);
	peer->state = PEER_HANDSHAKE;
	if (strcmp(to, sim->component) != 0) {
		peer_refuse(peer, "host-unknown");
	} else if (sim->peer != peer) {
		peer_refuse(peer, "conflict");
	}
}

static void check_handshake(struct peer *peer, const char *text, size_t len)
{
	unsigned char sum[SHA_DIGEST_LENGTH];
	char input[512];
	char want[2 * SHA_DIGEST_LENGTH + 1];
	char got[128];

	snprintf(input, sizeof(input), "%s%s", peer->id, peer->sim->secret);
	SHA1((const unsigned char *)input, strlen(input), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		snprintf(want + 2 * i, 3, "%02x", sum[i]);
	}
	xscan_text(text, len, "handshake", got, sizeof(got));
	if (strcmp(got, want) != 0) {
		peer_refuse(peer, "not-authorized");
		return;
	}
	peer_write(peer, "<handshake/>");
	peer->state = PEER_ONLINE;
	peer->sim->stats.online++;
	tell(peer->sim, JABBERD_ONLINE);
}

/* Is the domain of the address the component's? */
static bool own_domain(const char *jid, const char *component)
{
	const char *slash = strchr(jid, '/');
	size_t bare = slash == NULL ? strlen(jid) : (size_t)(slash - jid);
	const char *at = memchr(jid, '@', bare);
	const char *domain = at == NULL ? jid : at + 1;
	size_t len = bare - (size_t)(domain - jid);

	return len == strlen(component) && memcmp(domain, component, len) == 0;
}

/* XEP-0199 to the server itself: answered in order with all the rest. */
static bool is_server_ping(const struct jabberd_stanza *stanza)
{
	return strcmp(stanza->kind, "iq") == 0 &&
		strcmp(stanza->type, "get") == 0 &&
		strchr(stanza->to, '@') == NULL &&
		xscan_has(stanza->text, stanza->len, "xmlns", "urn:xmpp:ping");
}

static void take_stanza(struct peer *peer, const char *text, size_t len)
{
	static char from[JID_MAX];
	static char to[JID_MAX];
	char kind[32];
	char type[32];
	char id[JID_MAX];
	struct jabberd_sim *sim = peer->sim;
	struct jabberd_stanza stanza = {.kind = kind,
		.from = from,
		.to = to,
		.type = type,
		.id = id,
		.text = text,
		.len = len};
	size_t n = 1;

	while (n < len && n < sizeof(kind) &&
		strchr(" \t\r\n/>", text[n]) == NULL) {
		kind[n - 1] = text[n];
		n++;
	}
	kind[n - 1] = '\0';
	xscan_attr(text, len, "from", from, sizeof(from));
	xscan_attr(text, len, "to", to, sizeof(to));
	xscan_attr(text, len, "type", type, sizeof(type));
	xscan_attr(text, len, "id", id, sizeof(id));
	if (strcmp(kind, "stream:error") != 0) {
		if (from[0] == '\0' || to[0] == '\0') {
			peer_refuse(peer, "improper-addressing");
			return;
		}
		if (!own_domain(from, sim->component)) {
			peer_refuse(peer, "invalid-from");
			return;
		}
	}
	sim->stats.stanzas++;
	if (is_server_ping(&stanza)) {
		jabberd_sim_sendf(sim,
			"<iq type='result' from='%s' to='%s' id='%s'/>", to,
			from, id);
		return;
	}
	if (sim->config.on_stanza != NULL) {
		sim->config.on_stanza(sim->config.ctx, &stanza);
	}
}

static void say_goodbye(struct peer *peer)
{
	peer_write(peer, "</stream:stream>");
	tell(peer->sim, JABBERD_GOODBYE);
	peer_end(peer);
}

static void take_event(
	struct peer *peer, enum xscan_event event, const char *text, size_t len)
{
	if (event == XSCAN_BAD) {
		peer_refuse(peer, "not-well-formed");
	} else if (event == XSCAN_END) {
		say_goodbye(peer);
	} else if (event == XSCAN_HEADER) {
		answer_header(peer, text, len);
	} else if (peer->state == PEER_HANDSHAKE &&
		   memmem(text, len, "<stream:error", 13) != text) {
		check_handshake(peer, text, len);
	} else {
		take_stanza(peer, text, len);
	}
}

static void on_element(void *ctx, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int spaces, const xmlChar **space, int attributes,
	int defaulted, const xmlChar **attribute)
{
	(void)ctx, (void)name, (void)prefix, (void)uri, (void)spaces;
	(void)space, (void)attributes, (void)defaulted, (void)attribute;
}

/*
 * What a real server would close the stream for. Namespaces are only looked
 * at by libxml2 when somebody wants the elements.
 */
static xmlParserCtxtPtr checker_create(void)
{
	static xmlSAXHandler silent = {
		.initialized = XML_SAX2_MAGIC, .startElementNs = on_element};

	return xmlCreatePushParserCtxt(&silent, NULL, NULL, 0, NULL);
}

static bool well_formed(struct peer *peer, const char *bytes, size_t len)
{
	xmlParseChunk(peer->check, bytes, (int)len, 0);
	return peer->check->wellFormed != 0 && peer->check->nsWellFormed != 0;
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct peer *peer = handle->data;

	(void)wanted;
	*buf = uv_buf_init(peer->sim->in, sizeof(peer->sim->in));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
	struct peer *peer = stream->data;
	enum xscan_event event = XSCAN_MORE;
	const char *text = NULL;
	size_t len = 0;

	if (got < 0) {
		peer_close(peer);
		return;
	}
	peer->sim->stats.bytes_in += (uint64_t)got;
	if (!well_formed(peer, buf->base, (size_t)got)) {
		peer_refuse(peer, "not-well-formed");
		return;
	}
	xscan_feed(&peer->scan, buf->base, (size_t)got);
	while (peer->state != PEER_ENDING) {
		event = xscan_next(&peer->scan, &text, &len);
		if (event == XSCAN_MORE) {
			return;
		}
		take_event(peer, event, text, len);
	}
}

static void peer_listen(struct peer *peer)
{
	if (peer->state == PEER_ENDING) {
		return;
	}
	if (peer->sim->paused) {
		uv_read_stop((uv_stream_t *)&peer->tcp);
	} else {
		uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read);
	}
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct jabberd_sim *sim = listener->data;
	struct peer *peer;

	if (status != 0) {
		return;
	}
	peer = mem_zero(sizeof(*peer));
	peer->sim = sim;
	uv_tcp_init(sim->loop, &peer->tcp);
	peer->tcp.data = peer;
	outq_init(&peer->out, (uv_stream_t *)&peer->tcp);
	xscan_init(&peer->scan);
	peer->check = checker_create();
	if (uv_accept(listener, (uv_stream_t *)&peer->tcp) != 0) {
		peer_close(peer);
		return;
	}
	uv_tcp_nodelay(&peer->tcp, 1);
	sim->stats.opened++;
	if (sim->peer == NULL) {
		sim->peer = peer;
		tell(sim, JABBERD_OPENED);
	}
	peer_listen(peer);
}

bool jabberd_sim_start(struct jabberd_sim *sim)
{
	sim->listener = loopback_open(sim->loop, &sim->port,
		sim->config.recv_buffer, on_connection, sim);
	return sim->listener != NULL;
}

void jabberd_sim_stop(struct jabberd_sim *sim)
{
	if (sim->listener != NULL) {
		loopback_close(sim->listener);
		sim->listener = NULL;
	}
	jabberd_sim_drop(sim);
}

struct jabberd_sim *jabberd_sim_open(
	uv_loop_t *loop, const struct jabberd_sim_config *config)
{
	struct jabberd_sim *sim = mem_zero(sizeof(*sim));

	sim->loop = loop;
	sim->config = *config;
	sim->component = strdup(config->component);
	sim->secret = strdup(config->secret);
	if (config->first_header != NULL) {
		sim->first_header = strdup(config->first_header);
	}
	if (!jabberd_sim_start(sim)) {
		jabberd_sim_close(sim);
		return NULL;
	}
	return sim;
}

/*
 * The caller may stand in a callback of ours: the sim is freed by the loop.
 * Peers being closed then no longer look at it.
 */
static void on_last_closed(uv_handle_t *handle)
{
	struct jabberd_sim *sim = handle->data;

	free(sim->component);
	free(sim->secret);
	free(sim->first_header);
	free(sim);
	free(handle);
}

void jabberd_sim_close(struct jabberd_sim *sim)
{
	uv_idle_t *last = mem_zero(sizeof(*last));

	sim->config.on_event = NULL;
	sim->config.on_stanza = NULL;
	jabberd_sim_stop(sim);
	uv_idle_init(sim->loop, last);
	last->data = sim;
	uv_close((uv_handle_t *)last, on_last_closed);
}

int jabberd_sim_port(const struct jabberd_sim *sim)
{
	return sim->port;
}

bool jabberd_sim_online(const struct jabberd_sim *sim)
{
	return sim->peer != NULL && sim->peer->state == PEER_ONLINE;
}

const struct jabberd_sim_stats *jabberd_sim_stats(const struct jabberd_sim *sim)
{
	return &sim->stats;
}

void jabberd_sim_send(struct jabberd_sim *sim, const char *xml, size_t len)
{
	if (jabberd_sim_online(sim)) {
		outq_add(&sim->peer->out, xml, len);
	}
}

void jabberd_sim_sendf(struct jabberd_sim *sim, const char *xml, ...)
{
	char text[8192];
	va_list args;
	int n;

	va_start(args, xml);
	n = vsnprintf(text, sizeof(text), xml, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		printf("Bail out! jabberd_sim_sendf: text of %d bytes\n", n);
		exit(99);
	}
	jabberd_sim_send(sim, text, (size_t)n);
}

size_t jabberd_sim_pending(const struct jabberd_sim *sim)
{
	return sim->peer == NULL ? 0 : outq_pending(&sim->peer->out);
}

void jabberd_sim_pause(struct jabberd_sim *sim, bool paused)
{
	sim->paused = paused;
	if (sim->peer != NULL) {
		peer_listen(sim->peer);
	}
}

void jabberd_sim_drop(struct jabberd_sim *sim)
{
	if (sim->peer != NULL) {
		peer_close(sim->peer);
	}
}
