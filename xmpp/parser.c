/* SPDX-License-Identifier: MIT */
#include "xmpp/parser.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "xmpp/ns.h"
#include "xmpp/tree.h"
#include "xmpp/writer.h"

/*
 * The story: parser_feed -> the scanner counts -> its output goes to libxml2 in
 * pieces -> SAX events build one tree under the stream root -> the scanner says
 * that a stanza has ended -> the tree is handed out and the arena emptied.
 * on_open and on_close come from inside libxml2 (nothing may be freed there:
 * parser_stop only marks); on_fatal once libxml2 has returned.
 * The names and URIs of a tree live in libxml2's dictionary, so the context is
 * replaced only when no tree is left.
 */
enum {
	/* libxml2 looks for the end of a CDATA section again and again in all
	 * it has been given: small pieces keep that linear. */
	PIECE = 4096,
	DICT_MAX = 1 << 20,
	/* Its line and column counters are ints. */
	CONTEXT_BYTES_MAX = 1 << 28,
	FATAL_TEXT = 200,
};

struct parser {
	const struct parser_handlers *handlers;
	void *ctx;
	struct scan_limits limits;
	struct scan scan;
	xmlParserCtxt *xml;
	size_t context_bytes; /* given to this context */
	struct tree tree;     /* a child of the root */
	struct buf header;    /* the stream's start tag, to prime a context */
	size_t depth;	      /* as libxml2 sees it, the root is 1 */
	bool bad_prefix; /* this child of the root used an undeclared one */
	bool priming;
	bool stopped;
	bool feeding;
	const char *fatal; /* the condition, NULL: all is well */
	char fatal_text[FATAL_TEXT];
	char start[4]; /* the stream's first bytes, which show the encoding */
	size_t start_len;
};

static void set_fatal(struct parser *p, const char *condition, const char *text)
{
	size_t n = strcspn(text, "\r\n");

	if (p->fatal != NULL) {
		return; /* the first one is the cause */
	}
	p->fatal = condition;
	n = n < FATAL_TEXT - 1 ? n : FATAL_TEXT - 1;
	memcpy(p->fatal_text, text, n);
	p->fatal_text[n] = '\0';
}

static bool dead(const struct parser *p)
{
	return p->stopped || p->fatal != NULL;
}

/* ---- SAX: the stream root ---- */

/* Keeps `<prefix:name xmlns...>` for contexts to come. */
static void keep_header(struct parser *p, const xmlChar *local,
	const xmlChar *prefix, int namespaces, const xmlChar **ns)
{
	struct buf *h = &p->header;

	buf_add_char(h, '<');
	if (prefix != NULL) {
		buf_add_str(h, (const char *)prefix);
		buf_add_char(h, ':');
	}
	buf_add_str(h, (const char *)local);
	for (int i = 0; i < namespaces; i++, ns += 2) {
		buf_add_str(h, ns[0] != NULL ? " xmlns:" : " xmlns");
		buf_add_str(h, ns[0] != NULL ? (const char *)ns[0] : "");
		buf_add_str(h, "='");
		xw_escape(h, slice_str(tree_uri(&p->tree, ns[1])), true);
		buf_add_char(h, '\'');
	}
	buf_add_char(h, '>');
	must(!h->overflow);
}

static void open_stream(struct parser *p, const struct elem *stream)
{
	if (stream == NULL || !elem_is(stream, "stream", NS_STREAM)) {
		set_fatal(p, "invalid-namespace", "not a stream header");
	} else if (p->handlers->on_open != NULL) {
		p->handlers->on_open(p->ctx, stream);
	}
	tree_reset(&p->tree);
}

/* ---- SAX: the events ---- */

static void sax_start(void *ctx, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri, int namespaces, const xmlChar **ns, int attrs,
	int defaulted, const xmlChar **raw)
{
	struct parser *p = ctx;

	(void)defaulted;
	if (p->priming || dead(p)) {
		return;
	}
	if (p->depth++ == 0) {
		keep_header(p, local, prefix, namespaces, ns);
		open_stream(p, tree_elem(&p->tree, local, uri, attrs, raw));
		return;
	}
	tree_start(&p->tree, local, uri, attrs, raw);
}

static void sax_end(void *ctx, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri)
{
	struct parser *p = ctx;

	(void)local;
	(void)prefix;
	(void)uri;
	if (p->priming || dead(p) || p->depth == 0) {
		return;
	}
	if (--p->depth == 0) {
		p->stopped = true;
		if (p->handlers->on_close != NULL) {
			p->handlers->on_close(p->ctx);
		}
		return;
	}
	tree_end(&p->tree, p->depth == 1);
}

static void sax_text(void *ctx, const xmlChar *text, int len)
{
	struct parser *p = ctx;

	if (!dead(p) && len > 0) {
		tree_text(&p->tree, (const char *)text, (size_t)len);
	}
}

static void sax_dtd(void *ctx, const xmlChar *name, const xmlChar *public_id,
	const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	set_fatal(ctx, "restricted-xml", "document type declaration");
}

static void sax_reference(void *ctx, const xmlChar *name)
{
	set_fatal(ctx, "restricted-xml", (const char *)name);
}

/* Called when the XML declaration, if there is one, has been read. */
static void sax_start_document(void *ctx)
{
	struct parser *p = ctx;
	const xmlChar *encoding = p->xml->encoding;

	if (encoding != NULL &&
		xmlStrcasecmp(encoding, BAD_CAST "utf-8") != 0) {
		set_fatal(p, "unsupported-encoding", (const char *)encoding);
	}
}

/* What libxml2 reports, and the stream error it means. */
static const struct xml_error {
	int code;
	const char *condition;
} xml_errors[] = {
	{XML_ERR_UNDECLARED_ENTITY, "restricted-xml"},
	{XML_WAR_UNDECLARED_ENTITY, "restricted-xml"},
	{XML_ERR_ENTITY_LOOP, "restricted-xml"},
	{XML_ERR_UNSUPPORTED_ENCODING, "unsupported-encoding"},
	{XML_ERR_INVALID_ENCODING, "unsupported-encoding"},
	{XML_ERR_UNKNOWN_ENCODING, "unsupported-encoding"},
	{XML_NS_ERR_UNDEFINED_NAMESPACE, "bad-namespace-prefix"},
};

static void sax_error(void *ctx, xmlErrorPtr error)
{
	struct parser *p = ctx;
	const char *text = error->message != NULL ? error->message : "";

	if (p->priming) {
		return;
	}
	/*
	 * The declaration may have gone with a tag that was too long: whether
	 * the stanza is over a limit is known at its end.
	 */
	if (error->code == XML_NS_ERR_UNDEFINED_NAMESPACE && p->depth > 0) {
		p->bad_prefix = true;
		return;
	}
	for (size_t i = 0; i < sizeof xml_errors / sizeof *xml_errors; i++) {
		if (xml_errors[i].code == error->code) {
			set_fatal(p, xml_errors[i].condition, text);
			return;
		}
	}
	if (error->level == XML_ERR_FATAL) {
		set_fatal(p, "not-well-formed", text);
	}
}

/* ---- the context ---- */

static void open_context(struct parser *p)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startDocument = sax_start_document,
		.internalSubset = sax_dtd,
		.startElementNs = sax_start,
		.endElementNs = sax_end,
		.characters = sax_text,
		.ignorableWhitespace = sax_text,
		.cdataBlock = sax_text,
		.reference = sax_reference,
		.serror = sax_error,
	};

	p->xml = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	must(p->xml != NULL);
	xmlCtxtUseOptions(p->xml, XML_PARSE_NONET);
	p->context_bytes = 0;
}

static void give_xml(struct parser *p, const char *bytes, size_t len)
{
	while (len > 0 && !dead(p)) {
		size_t n = len < PIECE ? len : PIECE;

		xmlParseChunk(p->xml, bytes, (int)n, 0);
		if (!p->xml->wellFormed) {
			set_fatal(p, "not-well-formed", "refused by libxml2");
		}
		p->context_bytes += n;
		bytes += n;
		len -= n;
	}
}

/*
 * The dictionary only grows, and namespaces and counters with it: start over
 * with the stream header read again in silence.
 */
static void renew_context(struct parser *p)
{
	xmlFreeParserCtxt(p->xml);
	open_context(p);
	p->priming = true;
	give_xml(p, p->header.p, p->header.len);
	p->priming = false;
}

/* ---- the scanner's output ---- */

static void on_bytes(void *ctx, const char *bytes, size_t len)
{
	give_xml(ctx, bytes, len);
}

/* COMPAT: jabberd2 delivers stanzas as jabber:client (PROTOCOL A.1). */
static bool stanza_kind(const struct elem *root, enum stanza_kind *kind)
{
	for (unsigned i = 0; i < STANZA_KINDS; i++) {
		if (strcmp(root->name, stanza_kind_name(i)) == 0) {
			*kind = (enum stanza_kind)i;
			return true;
		}
	}
	return false;
}

static struct stanza stanza_of(const struct elem *root, enum stanza_kind kind)
{
	struct stanza s = {
		.kind = kind,
		.from = elem_attr(root, "from"),
		.to = elem_attr(root, "to"),
		.id = elem_attr(root, "id"),
		.type = elem_attr(root, "type"),
		.root = root,
	};

	for (const struct attr *a = root->attrs; a != NULL; a = a->next) {
		if (a->ns == NS_XML && strcmp(a->name, "lang") == 0) {
			s.lang = a->value;
		}
	}
	return s;
}

static void hand_out(struct parser *p, struct elem *root, unsigned over)
{
	const struct parser_handlers *h = p->handlers;
	enum stanza_kind kind;
	bool known = stanza_kind(root, &kind);
	struct stanza s;

	if (over != 0) {
		root->first = NULL;
		root->last = NULL;
	}
	if (known && (over != 0 || root->ns == NS_STANZA)) {
		s = stanza_of(root, kind);
		if (over == 0 && h->on_stanza != NULL) {
			h->on_stanza(p->ctx, &s);
		} else if (over != 0 && h->on_dropped != NULL) {
			h->on_dropped(p->ctx, &s, over);
		}
	} else if (over == 0 && h->on_other != NULL) {
		h->on_other(p->ctx, root);
	}
}

static void on_stanza_end(void *ctx, unsigned over)
{
	struct parser *p = ctx;
	struct elem *root = p->tree.done;

	if (dead(p)) {
		return;
	}
	if (p->bad_prefix && over == 0) {
		set_fatal(p, "bad-namespace-prefix", "undeclared prefix");
		return;
	}
	if (root == NULL && !p->tree.full) {
		/* The scanner and libxml2 must agree where a stanza ends. */
		set_fatal(p, "not-well-formed", "stanza without an end");
		return;
	}
	if (root != NULL) {
		hand_out(p, root, over | (p->tree.full ? SCAN_OVER_SIZE : 0));
	}
	tree_reset(&p->tree);
	p->bad_prefix = false;
	if (!dead(p) && (xmlDictGetUsage(p->xml->dict) > DICT_MAX ||
				p->context_bytes > CONTEXT_BYTES_MAX)) {
		renew_context(p);
	}
}

/* ---- from outside ---- */

struct parser *parser_create(const struct parser_handlers *handlers, void *ctx,
	const struct scan_limits *limits)
{
	struct parser *p = must_calloc(1, sizeof *p);

	p->handlers = handlers;
	p->ctx = ctx;
	p->limits = limits != NULL ? *limits : scan_limits_default;
	scan_init(&p->scan, &p->limits);
	tree_init(&p->tree, p->limits.stanza_bytes + p->limits.tag_bytes);
	/* Escaping makes six bytes of one at most. */
	buf_init(&p->header, p->limits.tag_bytes * 6 + PIECE);
	open_context(p);
	return p;
}

void parser_destroy(struct parser *p)
{
	if (p == NULL) {
		return;
	}
	must(!p->feeding);
	xmlFreeParserCtxt(p->xml);
	scan_finish(&p->scan);
	tree_finish(&p->tree);
	buf_finish(&p->header);
	free(p);
}

/*
 * The first four bytes decide about the encoding (XML 1.0 F): a UTF-8 stream
 * begins with `<`, white space or its byte order mark.
 */
static bool starts_as_utf8(const char start[4])
{
	return memcmp(start, "\xef\xbb\xbf", 3) == 0 ||
	       (strchr("< \t\r\n", start[0]) != NULL && start[0] != '\0' &&
		       start[1] != '\0');
}

/* Collects the first bytes; false while there are not enough. */
static bool start_known(struct parser *p, const char **bytes, size_t *len)
{
	size_t n = sizeof p->start - p->start_len;

	if (n == 0) {
		return true;
	}
	n = n < *len ? n : *len;
	memcpy(p->start + p->start_len, *bytes, n);
	p->start_len += n;
	*bytes += n;
	*len -= n;
	if (p->start_len < sizeof p->start) {
		return false;
	}
	if (!starts_as_utf8(p->start)) {
		bool wide = memchr(p->start, '\0', 4) != NULL ||
			    (unsigned char)p->start[0] >= 0x80 ||
			    memcmp(p->start, "Lo", 2) == 0; /* EBCDIC <? */

		set_fatal(p, wide ? "unsupported-encoding" : "not-well-formed",
			"the stream does not begin as UTF-8 XML");
		return true;
	}
	scan_feed(&p->scan, p->start, 4, on_bytes, on_stanza_end, p);
	return true;
}

void parser_feed(struct parser *p, const char *bytes, size_t len)
{
	must(!p->feeding);
	if (dead(p)) {
		return;
	}
	p->feeding = true;
	if (start_known(p, &bytes, &len) && !dead(p)) {
		scan_feed(&p->scan, bytes, len, on_bytes, on_stanza_end, p);
	}
	p->feeding = false;
	if (p->fatal != NULL && !p->stopped) {
		p->stopped = true;
		if (p->handlers->on_fatal != NULL) {
			p->handlers->on_fatal(p->ctx, p->fatal, p->fatal_text);
		}
	}
}

void parser_stop(struct parser *p)
{
	p->stopped = true;
}

size_t parser_memory(const struct parser *p)
{
	size_t dict = xmlDictGetUsage(p->xml->dict);

	return sizeof *p + p->tree.arena.used + p->tree.text.cap +
	       p->header.cap + p->scan.tag.cap + dict;
}
