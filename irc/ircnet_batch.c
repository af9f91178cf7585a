/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Batches of the server: which are open, of which kind, which request they
 * answer. A line says by its tag in which one it is.
 */
enum { BATCH_ID_MAX = 64 };

static struct batch *find_batch(const struct ircnet *n, struct slice id)
{
	for (unsigned i = 0; i < n->nbatches; i++) {
		if (slice_eq(istr_slice(n->batches[i].id), id)) {
			return &n->batches[i];
		}
	}
	return NULL;
}

const struct batch *net_batch_of(const struct ircnet *n,
	const struct ircmsg *m)
{
	struct slice id;

	if (n->nbatches == 0 || m->ntags == 0) {
		return NULL;
	}
	id = ircmsg_tag(m, "batch");
	return id.len > 0 ? find_batch(n, id) : NULL;
}

enum batch_kind net_batch(const struct ircnet *n, const struct ircmsg *m)
{
	const struct batch *batch = net_batch_of(n, m);

	return batch != NULL ? batch->kind : BATCH_OTHER;
}

struct slice net_batch_servers(const struct ircnet *n, const struct ircmsg *m,
	enum batch_kind kind)
{
	const struct batch *batch = net_batch_of(n, m);

	return batch != NULL && batch->kind == kind ?
		istr_slice(batch->servers) : slice(NULL, 0);
}

uint64_t ircnet_answers(const struct ircnet *n, const struct ircmsg *m,
	unsigned *follow)
{
	uint64_t token = net_label(m, follow);
	const struct batch *batch = token == 0 ? net_batch_of(n, m) : NULL;

	if (batch != NULL) {
		*follow = batch->follow;
		return batch->token;
	}
	return token;
}

bool ircnet_answers_join(const struct ircnet *n, const struct ircmsg *m)
{
	unsigned count = 0;

	return ircnet_answers(n, m, &count) == 0 && count > 0;
}

bool net_answers_other(const struct ircnet *n, const struct ircmsg *m)
{
	unsigned follow;

	return ircnet_answers(n, m, &follow) != 0;
}

void net_batches_clear(struct ircnet *n)
{
	for (unsigned i = 0; i < n->nbatches; i++) {
		istr_unref(n->batches[i].id);
		multiline_free(n->batches[i].lines);
		istr_unref(n->batches[i].servers);
		istr_unref(n->batches[i].told);
	}
	free(n->batches);
	n->batches = NULL;
	n->nbatches = 0;
}

static void played(struct ircnet *n, const struct istr *target)
{
	struct ircchan *chan = state_chan(n, istr_slice(target));

	if (chan != NULL) {
		EMIT(n, on_played, chan);
	}
}

/* One of several lines becomes the message that it is. */
static void close_batch(struct ircnet *n, struct batch *batch)
{
	struct multiline *lines = batch->lines;
	const struct ircmsg *whole = lines ? multiline_close(lines) : NULL;
	struct batch was = *batch;
	const struct istr *target = istr_ref(batch->servers);

	if (was.told != NULL) {
		meta_told_all(n, was.told);
		istr_unref(was.told);
	}
	istr_unref(batch->id);
	istr_unref(batch->servers);
	*batch = n->batches[--n->nbatches];
	if (n->nbatches == 0) {
		net_batches_clear(n);
	}
	if (whole != NULL) {
		handle_text(n, whole);
	}
	multiline_free(lines);
	if (was.kind == BATCH_HISTORY && !was.inner) {
		played(n, target);
	}
	istr_unref(target);
	if (was.labelled) {
		EMIT(n, on_answered, was.token, was.follow);
	}
}

static enum batch_kind kind_of(struct slice type)
{
	static const struct {
		const char *type;
		enum batch_kind kind;
	} kinds[] = {
		{"netsplit", BATCH_NETSPLIT},
		{"netjoin", BATCH_NETJOIN},
		{"chathistory", BATCH_HISTORY},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (slice_is(type, kinds[i].type)) {
			return kinds[i].kind;
		}
	}
	return BATCH_OTHER;
}

static struct multiline *lines_of(const struct ircmsg *m)
{
	return slice_is(ircmsg_param(m, 1), "draft/multiline") ?
		multiline_open(m) :
		NULL;
}

/*
 * BATCH +id netsplit hub.example leaf.example: "hub.example leaf.example"; BATCH +id
 * chathistory #channel: "#channel".
 */
static const struct istr *servers_of(const struct ircmsg *m,
	enum batch_kind kind)
{
	struct slice a = ircmsg_param(m, 2);
	struct slice b = ircmsg_param(m, 3);
	char text[2 * NET_WORD_MAX + 1];

	if (kind == BATCH_HISTORY && a.len > 0 && a.len <= NET_WORD_MAX) {
		return intern(a.p, a.len);
	}
	if ((kind != BATCH_NETSPLIT && kind != BATCH_NETJOIN) || a.len == 0 ||
		b.len == 0 || a.len > NET_WORD_MAX || b.len > NET_WORD_MAX) {
		return intern("", 0);
	}
	memcpy(text, a.p, a.len);
	text[a.len] = ' ';
	memcpy(text + a.len + 1, b.p, b.len);
	return intern(text, a.len + 1 + b.len);
}

/*
 * The place of a batch that begins, its old content freed: of the same id, which
 * is used again, or a new one. NULL: there are too many.
 */
static struct batch *place_for(struct ircnet *n, struct slice id)
{
	struct batch *batch = find_batch(n, id);

	if (batch != NULL) {
		multiline_free(batch->lines);
		istr_unref(batch->servers);
		istr_unref(batch->told);
		return batch;
	}
	if (n->nbatches == NET_BATCHES_MAX) {
		return NULL;
	}
	if (n->batches == NULL) {
		n->batches = must_calloc(NET_BATCHES_MAX, sizeof *n->batches);
	}
	batch = &n->batches[n->nbatches++];
	batch->id = intern(id.p, id.len);
	return batch;
}

/* What is inside of one inherits its kind. */
static void open_batch(struct ircnet *n, const struct ircmsg *m,
	struct slice id)
{
	const struct batch *outer = net_batch_of(n, m);
	struct batch begun = {.kind = kind_of(ircmsg_param(m, 1))};
	struct batch *batch;

	if (outer != NULL && outer->kind != BATCH_OTHER) {
		begun.inner = true;
		begun.kind = outer->kind;
		begun.servers = istr_ref(outer->servers);
	} else {
		begun.servers = servers_of(m, begun.kind);
	}
	begun.token = ircnet_answers(n, m, &begun.follow);
	begun.labelled = net_label(m, &begun.follow) != 0;
	if (slice_is(ircmsg_param(m, 1), "metadata")) {
		begun.told = meta_batch(n, ircmsg_param(m, 2));
	}
	batch = place_for(n, id);
	if (batch == NULL) {
		n->dropped++;
		istr_unref(begun.told);
		istr_unref(begun.servers);
		return;
	}
	begun.id = batch->id;
	begun.lines = lines_of(m);
	*batch = begun;
}

/* BATCH +id type ... and BATCH -id */
void handle_batch(struct ircnet *n, const struct ircmsg *m)
{
	struct slice id = ircmsg_param(m, 0);
	char sign = id.len > 1 ? id.p[0] : '\0';
	struct batch *ended;

	if ((sign != '+' && sign != '-') || id.len > BATCH_ID_MAX) {
		n->dropped++;
		return;
	}
	id = slice(id.p + 1, id.len - 1);
	if (sign == '+') {
		open_batch(n, m, id);
		return;
	}
	ended = find_batch(n, id);
	if (ended != NULL) {
		close_batch(n, ended);
	}
}
