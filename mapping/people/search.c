/* SPDX-License-Identifier: MIT */
#include "mapping/people/search.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/out.h"
#include "mapping/register/account.h"
#include "mapping/register/formkey.h"
#include "mapping/room/chanlist.h"
#include "mapping/session.h"
#include "mapping/user.h"
#include "xmpp/form.h"

enum {
	USERS_MAX = 10000000,
	NAME_BYTES = 2 * ROLL_MASK_MAX + 2,
	WISH_BYTES = 4096,
	/* Each looks through all channels that are known, with no IRC between. */
	SEARCHES_BURST = 10,
	SEARCHES_MS = 1000, /* ... and one more in this time */
};

const char *const search_fields[ROLL_FIELDS] = {
	[ROLL_NICK] = "nick",
	[ROLL_USER] = "user",
	[ROLL_HOST] = "host",
	[ROLL_REALNAME] = "realname",
	[ROLL_ACCOUNT] = "account",
	[ROLL_CHANNEL] = "channel",
	[ROLL_TOPIC] = "topic",
};

/* The one network that the user is connected to. */
static struct network *only_network(const struct user *u)
{
	struct network *found = NULL;

	if (u == NULL || u->nsessions != 1) {
		return NULL;
	}
	list_each(it, &u->sessions) {
		found = list_entry(it, struct session, link)->network;
	}
	return found;
}

struct network *search_home(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct account *account = account_find(m, q->from.bare);
	const char *fixed = m->config->fixed_network;
	struct network *n = a->network;
	struct fault unused;

	if (n == NULL && fixed != NULL) {
		n = addr_network(m, slice_str(fixed), &unused);
	}
	if (n == NULL && account != NULL) {
		n = account_network(m, account);
	}
	return n ? n : only_network(user_find(m, q->from.bare));
}

/* GW answers anybody's questions, but keys are for those who may search. */
static bool allowed(struct request *q)
{
	struct fault fault;

	if (user_allowed(core_of(q), &q->from, &fault)) {
		return true;
	}
	out_fault(core_of(q), q->stanza, &fault);
	return false;
}

void iq_search_get(struct request *q, const struct addr *a)
{
	if (allowed(q)) {
		search_write_form(q, a);
	}
}

/* ---- what is looked for ---- */

static bool refuse(struct fault *fault, enum stanza_error e, const char *why)
{
	*fault = (struct fault){e, why};
	return false;
}

/* A number of users; absent or empty: -1. */
static bool read_count(struct slice text, long *out, struct fault *fault)
{
	text = slice_trim(text);
	*out = -1;
	if (text.len == 0) {
		return true;
	}
	*out = slice_number(text, USERS_MAX);
	return *out >= 0 || refuse(fault, E_NOT_ACCEPTABLE,
				    "Write the number of users with digits "
					"alone, like 20.");
}

static bool read_kind(const struct elem *form, struct roll_wish *wish,
	struct fault *fault)
{
	struct slice kind = slice_trim(form_get(form, "kind"));

	if (slice_is(kind, "channels")) {
		wish->kind = ROLL_CHANNELS;
	} else if (kind.len > 0 && !slice_is(kind, "users")) {
		return refuse(fault, E_NOT_ACCEPTABLE,
			"Only users and channels can be looked for. Choose "
			"one of the two.");
	}
	return true;
}

static bool read_form(const struct elem *form, struct roll_wish *wish,
	struct fault *fault)
{
	if (!form_is(form, ns_uri(NS_IQ_SEARCH))) {
		return refuse(fault, E_BAD_REQUEST,
			"This form belongs to something else. Ask for the "
			"form again.");
	}
	for (int i = 0; i < ROLL_FIELDS; i++) {
		wish->fields[i] = form_get(form, search_fields[i]);
	}
	return read_kind(form, wish, fault) &&
		read_count(form_get(form, "min_users"), &wish->min_users,
			fault) &&
		read_count(form_get(form, "max_users"), &wish->max_users,
			fault);
}

/* "user@host", either may be missing. */
static void read_email(struct slice email, struct roll_wish *wish)
{
	const char *at;

	email = slice_trim(email);
	at = email.len > 0 ? memrchr(email.p, '@', email.len) : NULL;
	if (at == NULL) {
		wish->fields[ROLL_HOST] = email;
		return;
	}
	wish->fields[ROLL_USER] = slice(email.p, (size_t)(at - email.p));
	wish->fields[ROLL_HOST] =
		slice(at + 1, email.len - wish->fields[ROLL_USER].len - 1);
}

static struct slice plain(const struct elem *query, const char *name)
{
	return slice_trim(elem_child_text(query, name, NS_IQ_SEARCH));
}

/* First and last name are parts of the real name, in this order. */
static struct slice read_name(struct mapping *m, const struct elem *query)
{
	struct slice name = plain(query, "name");
	struct slice first = plain(query, "first");
	struct slice last = plain(query, "last");
	const char *p;
	struct buf b;

	if (name.len > 0 || last.len == 0) {
		return name.len > 0 ? name : first;
	}
	if (first.len == 0) {
		return last;
	}
	buf_init(&b, NAME_BYTES);
	buf_addf(&b, "*%.*s*%.*s*", SLICE_ARG(first), SLICE_ARG(last));
	p = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	name = slice(p, p ? b.len : 0);
	buf_finish(&b);
	/* Longer than any mask: it is refused as the whole would be. */
	return name.len > 0 ? name : first;
}

/* The fields of 2001; a channel's name where a nick is asked for is one. */
static void read_plain(struct mapping *m, const struct elem *query,
	struct roll_wish *wish)
{
	struct slice nick = plain(query, "nick");

	if (nick.len > 0 && strchr("#&!", nick.p[0]) != NULL) {
		wish->kind = ROLL_CHANNELS;
		wish->fields[ROLL_CHANNEL] = nick;
		return;
	}
	wish->fields[ROLL_NICK] = nick;
	wish->fields[ROLL_REALNAME] = read_name(m, query);
	read_email(elem_child_text(query, "email", NS_IQ_SEARCH), wish);
}

/* Fields of the other kind are not looked at. */
static bool has_any(struct roll_wish *wish)
{
	bool any = wish->kind == ROLL_CHANNELS &&
		(wish->min_users >= 0 || wish->max_users >= 0);

	for (int i = 0; i < ROLL_FIELDS; i++) {
		bool channels = i == ROLL_CHANNEL || i == ROLL_TOPIC;
		bool people = i != ROLL_TOPIC;

		if (wish->kind == ROLL_CHANNELS ? !channels : !people) {
			wish->fields[i] = slice(NULL, 0);
		}
		any |= slice_trim(wish->fields[i]).len > 0;
	}
	return any;
}

static bool read_wish(struct mapping *m, const struct elem *query,
	struct roll_wish *wish, struct fault *fault)
{
	const struct elem *form = form_submitted(query);

	*wish = (struct roll_wish){.min_users = -1, .max_users = -1};
	if (form == NULL) {
		read_plain(m, query, wish);
	} else if (!read_form(form, wish, fault)) {
		return false;
	}
	return has_any(wish) ||
		refuse(fault, E_BAD_REQUEST,
			"Say at least one thing about whom or what you look "
			"for.");
}

/* ---- where ---- */

static struct network *network_of(struct request *q, const struct addr *a,
	const struct elem *query, struct fault *fault)
{
	const struct elem *form = form_submitted(query);
	struct slice named = form ? slice_trim(form_get(form, "network")) :
				    slice(NULL, 0);
	struct network *n;

	if (a->kind == ADDR_GW && named.len > 0) {
		return addr_network(core_of(q), named, fault);
	}
	n = search_home(q, a);
	if (n == NULL) {
		refuse(fault, E_NOT_ACCEPTABLE,
			"Say which IRC network to search, or search the "
			"network's own address.");
	}
	return n;
}

static struct session *session_of(struct request *q, const struct addr *a,
	const struct elem *query, struct fault *fault)
{
	struct network *n = network_of(q, a, query, fault);
	struct user *u = n ? user_find(core_of(q), q->from.bare) : NULL;
	struct session *s = u ? session_find(u, n) : NULL;

	if (n == NULL || (s != NULL && session_is_up(s))) {
		return s;
	}
	refuse(fault, E_RECIPIENT_UNAVAILABLE,
		"You are not connected to this network. Write \"connect\" to "
		"it first.");
	return NULL;
}

/* ---- the iq ---- */

struct searcher {
	struct asker asker;
	bool form;
	struct roll_wish wish; /* of channels, in the arena */
	struct arena arena;
};

static void on_roll(struct session *s, void *ctx, const struct roll_result *r,
	const struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	struct searcher *p = ctx;

	if (r != NULL) {
		search_write_result(m, asker_result(m, &p->asker),
			&(struct search_answer){
				.network = s->network,
				.lang = p->asker.lang ? p->asker.lang->p : NULL,
				.form = p->form,
			},
			r);
		asker_send(m, &p->asker);
	} else if (fault != NULL) {
		asker_fail(m, &p->asker, fault->error, fault->text);
	}
	asker_finish(&p->asker);
	arena_finish(&p->arena);
	free(p);
}

/* Those of all channels that are wanted. */
static void on_list(struct session *s, void *ctx,
	const struct chanlist_answer *answer, const struct fault *fault)
{
	struct searcher *p = ctx;
	struct roll_item items[ROLL_ITEMS_MAX];
	struct roll_result r = {.kind = ROLL_CHANNELS, .items = items};

	for (size_t i = 0; answer != NULL && i < answer->channels->n; i++) {
		struct chanstore_channel c = chanstore_at(answer->channels, i);
		struct roll_item one = {
			.name = c.name,
			.users = (long)c.users,
			.fields = {[ROLL_CHANNEL] = c.name,
				[ROLL_TOPIC] = c.topic},
		};

		if (!roll_wanted(&p->wish, &one)) {
			continue;
		}
		if (r.nitems == ROLL_ITEMS_MAX) {
			r.more = true;
			break;
		}
		items[r.nitems++] = one;
	}
	r.more = r.more || (answer != NULL && answer->partial);
	on_roll(s, p, answer ? &r : NULL, fault);
}

static bool may_look_through(struct session *s)
{
	uint64_t now = s->user->mapping->clock->now_ms;

	if (s->searches_until < now) {
		s->searches_until = now;
	}
	if (s->searches_until - now >= SEARCHES_BURST * SEARCHES_MS) {
		return false;
	}
	s->searches_until += SEARCHES_MS;
	return true;
}

static void ask(struct session *s, const struct roll_wish *wish,
	struct searcher *p)
{
	if (wish->kind == ROLL_PEOPLE) {
		roll_ask(s, wish, on_roll, p);
	} else if (!roll_wish_keep(&p->wish, wish, &p->arena)) {
		on_roll(s, p, NULL,
			&(struct fault){E_NOT_ACCEPTABLE,
				"What you look for is too long. Say less of "
				"it."});
	} else {
		chanlist_ask(s, wish->fields[ROLL_CHANNEL], on_list, p);
	}
}

static bool set(struct request *q, const struct addr *a,
	const struct elem *query, struct fault *fault)
{
	struct roll_wish wish;
	struct session *s;
	struct searcher *p;

	if (!read_wish(core_of(q), query, &wish, fault)) {
		return false;
	}
	s = session_of(q, a, query, fault);
	if (s == NULL) {
		return false;
	}
	if (wish.kind == ROLL_CHANNELS && chanlist_is_fresh(s) &&
		!may_look_through(s)) {
		return refuse(fault, E_RESOURCE_CONSTRAINT,
			"That was asked a moment ago. Try again soon.");
	}
	if (!formkey_take(core_of(q), q->from.bare, NS_IQ_SEARCH,
		    elem_child_text(query, "key", NS_IQ_SEARCH))) {
		*fault = formkey_fault;
		return false;
	}
	p = must_calloc(1, sizeof *p);
	p->form = form_submitted(query) != NULL;
	asker_init(&p->asker, q, NS_IQ_SEARCH, "query");
	arena_init(&p->arena, WISH_BYTES);
	ask(s, &wish, p);
	return true;
}

void iq_search_set(struct request *q, const struct addr *a)
{
	const struct elem *query = elem_first(q->stanza->root);
	struct fault fault;

	if (!allowed(q)) {
		return;
	}
	if (form_cancelled(query)) {
		out_result(core_of(q), q->stanza);
		out_answer(core_of(q), q->stanza);
	} else if (!set(q, a, query, &fault)) {
		out_fault(core_of(q), q->stanza, &fault);
	}
}
