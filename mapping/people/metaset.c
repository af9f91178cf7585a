/* SPDX-License-Identifier: MIT */
#include "mapping/people/metaset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/advice.h"
#include "mapping/errmap.h"
#include "mapping/session.h"
#include "mapping/talk/oob.h"
#include "mapping/text.h"

enum { ANSWER_MS = 10000, AGAIN_S = 30, AGAIN_MOST_S = 3600 };

struct metaset {
	struct list link; /* in session->metasets: the first is under way */
	struct session *session;
	const struct istr *target;
	const struct istr *values[META_KEYS];
	enum irc_meta keys[META_KEYS];
	unsigned n;
	unsigned at;
	unsigned tries;
	bool patient;
	bool resting; /* was too fast */
	struct patience patience;
	metaset_fn *done;
	void *ctx;
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static struct metaset *first(const struct session *s)
{
	struct list *it = list_first(&s->metasets);

	return it != NULL ? list_entry(it, struct metaset, link) : NULL;
}

/* ---- what may be set ---- */

static bool is_color(struct slice value)
{
	if (value.len != 7 || value.p[0] != '#') {
		return false;
	}
	for (size_t i = 1; i < value.len; i++) {
		char c = value.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') &&
			!(c >= 'A' && c <= 'F')) {
			return false;
		}
	}
	return true;
}

static bool is_https(struct slice value)
{
	return value.len > 8 && oob_url_usable(value) &&
		slice_is_nocase(slice(value.p, 8), "https://");
}

static bool is_web(struct slice value)
{
	return value.len > 8 && oob_url_usable(value) &&
		slice_is_nocase(slice(value.p, 4), "http");
}

static bool is_one_line(struct slice value)
{
	return memchr(value.p, '\n', value.len) == NULL &&
		memchr(value.p, '\r', value.len) == NULL;
}

bool metaset_check(const struct session *s, enum irc_meta key,
	struct slice value, struct fault *fault)
{
	static const struct {
		bool (*fits)(struct slice value);
		const char *text;
	} rows[META_KEYS] = {
		[META_AVATAR] = {is_https,
			N_("A picture is the address of one, which begins "
			   "with https://. Put it on the web, and give its "
			   "address.")},
		[META_DISPLAY_NAME] = {is_one_line,
			N_("A name is one line. Write it shorter.")},
		[META_HOMEPAGE] = {is_web,
			N_("A homepage is an address that begins with https:// "
			   "or http://. Correct it.")},
		[META_STATUS] = {is_one_line,
			N_("A status is one line. Write it shorter.")},
		[META_PRONOUNS] = {is_one_line,
			N_("Pronouns are one line. Write them shorter.")},
		[META_BOT] = {is_one_line,
			N_("A name is one line. Write it shorter.")},
		[META_COLOR] = {is_color,
			N_("A colour is written like #800040: red, green and "
			   "blue, two digits of 0 to 9 and a to f each.")},
	};
	size_t most = ircnet_metadata(s->net).max_value;
	char number[24];

	*fault = (struct fault){E_NOT_ACCEPTABLE, rows[key].text};
	if (value.len == 0) {
		return true;
	}
	if (value.len > most) {
		snprintf(number, sizeof number, "%zu", most);
		fault->text = text_with(core(s),
			N_("This network takes %s bytes of each value at most. "
			   "Write it shorter."), number);
		return false;
	}
	return rows[key].fits(value);
}

/* ---- life ---- */

void metasets_init(struct session *s)
{
	list_init(&s->metasets);
}

void metaset_cancel(struct metaset *p)
{
	patience_stop(&p->patience, core(p->session)->clock);
	list_remove(&p->link);
	istr_unref(p->target);
	for (unsigned i = 0; i < p->n; i++) {
		istr_unref(p->values[i]);
	}
	free(p);
}

static void send_next(struct session *s);

static void end(struct metaset *p, const struct fault *fault)
{
	struct session *s = p->session;
	enum irc_meta key = p->keys[p->at < p->n ? p->at : 0];
	metaset_fn *done = p->done;
	void *ctx = p->ctx;

	metaset_cancel(p);
	done(s, ctx, key, fault);
	send_next(s);
}

static void on_timer(void *ctx)
{
	struct metaset *p = ctx;

	arena_reset(&core(p->session)->arena);
	if (p->resting) {
		p->resting = false;
		send_next(p->session);
	} else {
		end(p, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
			       "The IRC server has not answered. Look whether "
			       "it was done, and try again."});
	}
}

static const struct fault *not_sent(enum err err)
{
	static const struct fault too_big = {E_NOT_ACCEPTABLE,
		N_("This is too long for the network. Write it shorter.")};
	static const struct fault full = {E_RESOURCE_CONSTRAINT,
		N_("Too much is waiting for IRC. Try again soon.")};
	static const struct fault bad = {E_NOT_ACCEPTABLE,
		N_("This holds characters that IRC cannot carry. Leave them "
		   "out, then try again.")};
	static const struct fault off = {E_FEATURE_NOT_IMPLEMENTED,
		N_("This network keeps nothing of the kind any more. Leave "
		   "it out.")};

	return err == ERR_TOO_BIG ? &too_big :
		err == ERR_FULL ? &full :
		err == ERR_WRONG_STATE ? &off : &bad;
}

/* The first that waits: its next value, or it is done. */
static void send_next(struct session *s)
{
	struct metaset *p = first(s);
	enum err err;

	if (p == NULL || p->done == NULL || p->resting) {
		return;
	}
	if (p->at == p->n) {
		end(p, NULL);
		return;
	}
	err = session_is_up(s) ? ircnet_set_meta(s->net, istr_slice(p->target),
					 p->keys[p->at],
					 istr_slice(p->values[p->at])) :
				 ERR_WRONG_STATE;
	if (err != ERR_OK) {
		end(p, not_sent(err));
		return;
	}
	patience_begin(&p->patience, s, ANSWER_MS);
}

struct metaset *metaset_begin(struct session *s, struct slice target,
	struct fault *fault)
{
	struct metaset *p;
	unsigned n = 0;

	list_each(it, &s->metasets) {
		n++;
	}
	if (n >= METASETS_MAX) {
		*fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again soon."};
		return NULL;
	}
	p = must_calloc(1, sizeof *p);
	p->session = s;
	p->target = intern(target.p, target.len);
	list_init(&p->link);
	patience_init(&p->patience, on_timer, p);
	return p;
}

void metaset_add(struct metaset *p, enum irc_meta key, struct slice value)
{
	p->keys[p->n] = key;
	p->values[p->n++] = value.len > 0 ? intern(value.p, value.len) : NULL;
}

bool metaset_is_empty(const struct metaset *p)
{
	return p->n == 0;
}

/* From a timer: nothing is answered inside the asker's own call. */
void metaset_go(struct metaset *p, bool patient, metaset_fn *done, void *ctx)
{
	bool alone = first(p->session) == NULL;

	p->patient = patient;
	p->done = done;
	p->ctx = ctx;
	list_add(&p->session->metasets, &p->link);
	if (alone) {
		p->resting = true;
		patience_now(&p->patience, p->session, 0);
	}
}

/* ---- answers ---- */

static bool is_target(const struct metaset *p, struct slice name)
{
	const struct session *s = p->session;

	if (slice_is(istr_slice(p->target), "*")) {
		return slice_is(name, "*") || ircnet_is_me(s->net, name);
	}
	return casemap_equal(s->casemap, istr_slice(p->target), name);
}

/* The one that waits for an answer about this key. */
static struct metaset *waiting(const struct session *s, struct slice key)
{
	struct metaset *p = first(s);

	return p != NULL && p->done != NULL && !p->resting && p->at < p->n &&
			(key.p == NULL ||
				irc_meta_find(key) == p->keys[p->at]) ?
		p : NULL;
}

static void go_on(struct metaset *p)
{
	patience_stop(&p->patience, core(p->session)->clock);
	p->at++;
	p->tries = 0;
	send_next(p->session);
}

bool metaset_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct metaset *p;

	if ((numeric != 761 && numeric != 766) || m->nparams < 3) {
		return false;
	}
	p = waiting(s, m->params[2]);
	if (p == NULL || !is_target(p, m->params[1])) {
		return false;
	}
	go_on(p);
	return true;
}

static void too_fast(struct metaset *p, const struct ircmsg *m)
{
	struct mapping *mapping = core(p->session);
	int64_t wait_s = slice_number(ircmsg_param(m, 4), AGAIN_MOST_S);
	char number[24];
	struct fault fault;

	if (p->patient && ++p->tries <= METASET_TRIES) {
		p->resting = true;
		patience_now(&p->patience, p->session,
			(uint64_t)(wait_s > 0 ? wait_s : AGAIN_S) * 1000);
		return;
	}
	errmap_fail(m->params[1], &fault);
	if (wait_s > 0) {
		snprintf(number, sizeof number, "%d", (int)wait_s);
		fault.text = text_with(mapping,
			N_("That was too fast for the network. Try again in "
			   "%s seconds."), number);
	} else {
		advise_fail(mapping, &fault, m->params[1], ircmsg_last(m));
	}
	end(p, &fault);
}

/* Where FAIL METADATA names the key; 0: it does not. */
static unsigned key_param(struct slice code)
{
	return slice_is_nocase(code, "KEY_INVALID") ? 2 :
		slice_is_nocase(code, "KEY_NO_PERMISSION") ||
			slice_is_nocase(code, "KEY_NOT_SET") ||
			slice_is_nocase(code, "RATE_LIMITED") ? 3 : 0;
}

bool metaset_on_fail(struct session *s, const struct ircmsg *m)
{
	struct slice code = ircmsg_param(m, 1);
	unsigned param = key_param(code);
	struct slice key = slice(NULL, 0);
	struct metaset *p;
	struct fault fault;

	if (!ircmsg_is(m, "FAIL") || m->nparams < 3 ||
		!slice_is_nocase(m->params[0], "METADATA")) {
		return false;
	}
	if (param > 0 && param + 1 < m->nparams &&
		!slice_is(m->params[param], "*")) {
		key = m->params[param];
	}
	p = waiting(s, key);
	if (p == NULL) {
		return false;
	}
	if (slice_is_nocase(code, "KEY_NOT_SET")) {
		go_on(p); /* it was to be taken away */
	} else if (slice_is_nocase(code, "RATE_LIMITED")) {
		too_fast(p, m);
	} else {
		errmap_fail(code, &fault);
		advise_fail(core(s), &fault, code, ircmsg_last(m));
		end(p, &fault);
	}
	return true;
}

/* ---- ends ---- */

static void end_all(struct session *s, const struct fault *fault)
{
	struct metaset *p;

	while ((p = first(s)) != NULL) {
		metaset_fn *done = p->done;
		void *ctx = p->ctx;

		metaset_cancel(p);
		done(s, ctx, META_KEYS, fault);
	}
}

void metasets_lost(struct session *s)
{
	end_all(s, &(struct fault){E_SESSION_CLOSED,
			   session_unsure_text(s)});
}

void metasets_destroy(struct session *s)
{
	end_all(s, NULL);
}
