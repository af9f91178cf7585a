/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "mapping/addr.h"
#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/command/run.h"
#include "mapping/out.h"
#include "mapping/people/query.h"
#include "mapping/people/whois.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * Commands about somebody on IRC (PROTOCOL C.23): who they are, and what their
 * program says to a CTCP. At NICK and in a room it is the one of the address; at a
 * network the nick is named.
 */

enum { CTCP_NAME_MAX = 20, CTCP_ARGS_MAX = 200 };

/* Who left while the form was open is nobody. */
static struct slice occupant(struct run *r, struct session *s,
	const struct addr *a)
{
	struct room *room = room_find(s, a);
	struct ircuser *u = room != NULL && room->chan != NULL ?
		addr_find_occupant(s, room->net, room->chan, a->nick, NULL) :
		NULL;

	if (u == NULL) {
		run_fail(r, E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room. Look at who is "
			"there, and at the spelling.");
	}
	return u != NULL ? istr_slice(u->nick) : slice(NULL, 0);
}

struct slice command_whom(struct run *r, struct session *s)
{
	struct fault fault;
	struct addr a;

	if (r->kind != ADDR_NICK && r->kind != ADDR_OCC) {
		return slice_trim(slice_str(run_value(r, "nick")));
	}
	if (!addr_parse(core_of_run(r), r->asker.to->p, r->user, &a, &fault)) {
		run_fault(r, &fault);
		return slice(NULL, 0);
	}
	return a.kind == ADDR_OCC ? occupant(r, s, &a) : addr_find_nick(s, &a);
}

static const char *lang_of(const struct run *r)
{
	return r->asker.lang ? r->asker.lang->p : NULL;
}

/* ---- who somebody is ---- */

static void on_whois(struct session *s, void *ctx, const struct whois *w,
	const struct fault *fault)
{
	struct run *r = ctx;
	struct buf out;

	if (!run_back(r) || (w == NULL && fault == NULL)) {
		return;
	}
	if (w == NULL) {
		run_fault(r, fault);
		return;
	}
	buf_init(&out, RUN_ANSWER_BYTES);
	whois_tell(w, lang_of(r), &out);
	run_list(r, out_clean(s->user->mapping, whois_nick(w)).p,
		buf_slice(&out));
	buf_finish(&out);
}

/* Of several words the server shall make what it can: server and nick, masks. */
static void ask_server(struct run *r, struct session *s, struct slice rest)
{
	struct slice words[8];
	size_t n = 0;

	while (rest.len > 0 && n < sizeof words / sizeof *words) {
		struct slice word = slice_cut(&rest, ' ');

		if (word.len > 0) {
			words[n++] = word;
		}
	}
	command_sent(r, s, ircnet_command(s->net, "WHOIS", words, n,
		slice(NULL, 0)));
}

void command_whois(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice nick = s != NULL ? command_whom(r, s) : slice(NULL, 0);

	if (s == NULL || nick.p == NULL) {
		return;
	}
	if (strpbrk(run_value(r, "nick"), " *?,") != NULL) {
		ask_server(r, s, nick);
		return;
	}
	whois_ask(s, nick, true, on_whois, run_hold(r));
}

/* ---- CTCP ---- */

static const char *const usual[] = {"VERSION", "TIME", "PING", "CLIENTINFO",
	"FINGER", "USERINFO", "SOURCE"};

void command_ctcp_fields(struct run *r, struct xw *w)
{
	struct form_option options[sizeof usual / sizeof *usual];
	struct slice value = slice_str(usual[0]);
	struct form_field field = {
		.var = "what",
		.type = "list-single",
		.label = run_text(r, "What to ask for"),
		.required = true,
		.values = &value,
		.nvalues = 1,
		.options = options,
		.noptions = sizeof usual / sizeof *usual,
	};

	if (r->kind != ADDR_NICK && r->kind != ADDR_OCC) {
		form_value(w, "nick", "text-single", run_text(r, "Nick"),
			slice_str(run_value(r, "nick")));
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		options[i] = (struct form_option){usual[i], usual[i]};
	}
	form_write(w, &field);
}

static void on_ctcp(void *ctx, struct slice said, const struct fault *fault,
	uint64_t took_ms)
{
	struct run *r = ctx;
	struct buf line;

	if (!run_back(r) || (said.p == NULL && fault == NULL)) {
		return;
	}
	if (fault != NULL && fault->error == E_REMOTE_SERVER_TIMEOUT) {
		run_fail(r, fault->error,
			"They did not answer. Not every program does, and some "
			"answer only now and then. Try again later.");
		return;
	}
	if (fault != NULL) {
		run_fault(r, fault);
		return;
	}
	buf_init(&line, 2 * IRC_LINE_MAX);
	if (slice_is(slice_str(run_value(r, "what")), "PING")) {
		buf_addf(&line, run_text(r, "The answer came after %llu.%llu s."),
			(unsigned long long)(took_ms / 1000),
			(unsigned long long)(took_ms % 1000 / 100));
	} else if (slice_trim(said).len == 0) {
		buf_add_str(&line, run_text(r, "They answered without a word."));
	} else {
		buf_add_slice(&line,
			slice_trim(out_clean(core_of_run(r), said)));
	}
	run_done(r, buf_cstr(&line));
	buf_finish(&line);
}

/* In capitals; false: it is no name of a question. */
static bool read_name(struct run *r, char name[CTCP_NAME_MAX + 1])
{
	const char *what = run_value(r, "what");
	size_t n = strlen(what);

	if (n == 0 || n > CTCP_NAME_MAX) {
		return false;
	}
	for (size_t i = 0; i <= n; i++) {
		char c = what[i];

		name[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		if (i < n && (name[i] < 'A' || name[i] > 'Z')) {
			return false;
		}
	}
	return true;
}

static void refuse_name(struct run *r)
{
	run_fail(r, E_NOT_ACCEPTABLE,
		"That cannot be asked. What people's programs mostly answer: "
		"VERSION, TIME, PING, CLIENTINFO, FINGER, USERINFO, SOURCE.");
}

void command_ctcp(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice nick = s != NULL ? command_whom(r, s) : slice(NULL, 0);
	struct slice args;
	char name[CTCP_NAME_MAX + 1];
	struct fault fault;

	if (s == NULL || nick.p == NULL) {
		return;
	}
	args = slice_str(run_value(r, "text"));
	if (!read_name(r, name) || args.len > CTCP_ARGS_MAX ||
		strcmp(name, "ACTION") == 0 || strcmp(name, "DCC") == 0) {
		refuse_name(r);
		return;
	}
	if (addr_is_channel(r->user, s->network, nick)) {
		run_fail(r, E_NOT_ACCEPTABLE,
			"Everybody there would answer at once. Ask one person.");
		return;
	}
	for (unsigned i = 0; r->command->fields[i].var != NULL; i++) {
		if (strcmp(r->command->fields[i].var, "what") == 0) {
			run_set_value(r, i, must_strndup(name, strlen(name)));
		}
	}
	if (!query_ctcp(s, nick, slice_str(name), args, on_ctcp, run_hold(r),
		    &fault) && run_back(r)) {
		run_fault(r, &fault);
	}
}
