/* SPDX-License-Identifier: MIT */
#include "irc/ircmsg.h"

/*
 * LIBIRCCLIENT 4: libircclient trusts every byte, so what may be given to it is
 * decided here, by one table, and rebuilt from its parts.
 */
enum { COMMAND_MAX = 24, LIB_PARAMS = 10, MEMORY_KEPT = 2048 };

static const struct rule {
	const char *word;
	unsigned params; /* at least */
	bool source;     /* must have one */
	bool text;       /* CTCP is ours */
	bool own;
} rules[] = {
	{"PRIVMSG", 2, false, true, false},
	{"NOTICE", 2, false, true, false},
	{"JOIN", 1, false, false, false},
	{"QUIT", 0, true, false, false},
	{"PART", 1, false, false, false},
	{"NICK", 1, true, false, false},
	{"MODE", 2, false, false, false},
	{"TOPIC", 2, false, false, false},
	{"KICK", 2, false, false, false},
	{"INVITE", 2, false, false, false},
	{"PING", 0, false, false, true},
	{"CAP", 0, false, false, true},
	{"AUTHENTICATE", 0, false, false, true},
};

static const struct rule *find_rule(const struct ircmsg *m)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (ircmsg_is(m, rules[i].word)) {
			return &rules[i];
		}
	}
	return NULL;
}

static bool is_letter(char c)
{
	c = (char)(c | 32);
	return c >= 'a' && c <= 'z';
}

static bool command_ok(const struct ircmsg *m)
{
	if (m->numeric != 0) {
		return true;
	}
	if (m->command.len == 0 || m->command.len > COMMAND_MAX) {
		return false;
	}
	for (size_t i = 0; i < m->command.len; i++) {
		if (!is_letter(m->command.p[i])) {
			return false;
		}
	}
	return true;
}

static size_t canonical_len(const struct ircmsg *m)
{
	size_t len = m->command.len;

	if (m->source_text.p != NULL) {
		len += m->source_text.len + 2;
	}
	for (unsigned i = 0; i < m->nparams; i++) {
		len += m->params[i].len + 1;
	}
	return len + (m->nparams > 0 ? 1 : 2);
}

/* `[:prefix ]COMMAND[ p1 ...] :last CRLF`, capitals, single blanks. */
static void rebuild(const struct ircmsg *m, struct buf *out)
{
	buf_reset(out, MEMORY_KEPT);
	if (m->source_text.p != NULL) {
		buf_add_char(out, ':');
		buf_add_slice(out, m->source_text);
		buf_add_char(out, ' ');
	}
	for (size_t i = 0; i < m->command.len; i++) {
		char c = m->command.p[i];

		buf_add_char(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
	}
	for (unsigned i = 0; i < m->nparams; i++) {
		buf_add(out, " :", i + 1 == m->nparams ? 2 : 1);
		buf_add_slice(out, m->params[i]);
	}
	if (m->nparams == 0) {
		buf_add(out, " :", 2);
	}
	buf_add(out, "\r\n", 2);
}

enum ircgate ircgate(const struct ircmsg *m, struct buf *canonical)
{
	const struct rule *rule;

	if (!command_ok(m)) {
		return IRCGATE_DROP;
	}
	if (m->source_text.p != NULL && m->source_text.len == 0) {
		return IRCGATE_DROP;
	}
	rule = m->numeric ? NULL : find_rule(m);
	if (rule != NULL) {
		if ((rule->source && m->source_text.p == NULL) ||
			m->nparams < rule->params ||
			(rule->params > 0 && m->params[0].len == 0)) {
			return IRCGATE_DROP;
		}
		if (rule->own || (rule->text && m->params[1].len > 0 &&
			m->params[1].p[0] == '\x01')) {
			return IRCGATE_OWN;
		}
	}
	if (m->numeric == 5 || m->nparams > LIB_PARAMS ||
		canonical_len(m) > IRC_CANONICAL_MAX) {
		return IRCGATE_OWN;
	}
	rebuild(m, canonical);
	return canonical->overflow ? IRCGATE_OWN : IRCGATE_LIB;
}
