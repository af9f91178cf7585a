/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/world_private.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The settings of a scenario. */

/* One more of the first network's. */
static bool add_cap_off(struct world *w, const char *name)
{
	size_t n = w->nets[0].ncaps_off;

	if (n == sizeof w->caps / sizeof *w->caps) {
		return false;
	}
	snprintf(w->caps[n], sizeof w->caps[n], "%s", name);
	w->caps_off[n] = w->caps[n];
	w->nets[0].caps_off = w->caps_off;
	w->nets[0].ncaps_off = n + 1;
	return true;
}

enum { WORDS = 5 };

#define WORLD(field)  offsetof(struct world, field)
#define CONFIG(field) WORLD(config.field)

static const struct key {
	const char *name;
	enum { NUMBER, FLAG, TEXT, POLICY } kind;
	size_t at;                /* in struct world */
	const char *words[WORDS]; /* TEXT: one of these; else the first */
} keys[] = {
	{"max_sessions", NUMBER, CONFIG(max_sessions), {NULL}},
	{"max_sessions_per_user", NUMBER, CONFIG(max_sessions_per_user),
		{NULL}},
	{"max_rooms", NUMBER, CONFIG(max_rooms), {NULL}},
	{"max_stanza", NUMBER, WORLD(max_stanza), {NULL}},
	{"max_resources", NUMBER, CONFIG(max_resources), {NULL}},
	{"rejoin_silence_ms", NUMBER, CONFIG(rejoin_silence_ms), {NULL}},
	{"auto_return", FLAG, CONFIG(auto_return), {NULL}},
	{"reconnect_min_ms", NUMBER, CONFIG(reconnect_min_ms), {NULL}},
	{"keep_component_ms", NUMBER, CONFIG(keep_component_ms), {NULL}},
	{"join_timeout_ms", NUMBER, CONFIG(join_timeout_ms), {NULL}},
	{"reconnect_max_ms", NUMBER, CONFIG(reconnect_max_ms), {NULL}},
	{"queue_lines", NUMBER, CONFIG(queue_lines), {NULL}},
	{"flood_burst", NUMBER, CONFIG(flood_burst), {NULL}},
	{"flood_interval_ms", NUMBER, CONFIG(flood_interval_ms), {NULL}},
	{"hold_saves", FLAG, WORLD(hold_saves), {NULL}},
	{"announce_new_rooms", FLAG, CONFIG(announce_new_rooms), {NULL}},
	{"semianonymous", FLAG, WORLD(nets[0].semianonymous), {NULL}},
	{"connect_burst", NUMBER, WORLD(nets[0].connect_burst), {NULL}},
	{"max_unregistered", NUMBER, WORLD(nets[0].max_unregistered), {NULL}},
	{"connect_interval_ms", NUMBER, WORLD(nets[0].connect_interval_ms),
		{NULL}},
	{"sts", FLAG, WORLD(nets[1].sts), {NULL}},
	{"webirc", TEXT, WORLD(nets[0].webirc_password), {"webpass"}},
	{"webirc_other", TEXT, WORLD(nets[1].webirc_password), {"webpass"}},
	{"password", TEXT, WORLD(nets[1].password), {"door"}},
	{"ident_hash", FLAG, CONFIG(ident_hash), {NULL}},
	{"expose_jid", FLAG, CONFIG(expose_jid), {NULL}},
	{"ctcp_show", FLAG, CONFIG(ctcp_show), {NULL}},
	{"ctcp_channels", FLAG, CONFIG(ctcp_channels), {NULL}},
	{"ctcp_own_time", FLAG, CONFIG(ctcp_own_time), {NULL}},
	{"receipts", FLAG, CONFIG(receipts), {NULL}},
	{"keep_time", FLAG, CONFIG(keep_time), {NULL}},
	{"styling", FLAG, CONFIG(styling), {NULL}},
	{"logged", FLAG, CONFIG(logged), {NULL}},
	{"show_modes", FLAG, CONFIG(show_modes), {NULL}},
	{"attention", FLAG, CONFIG(attention), {NULL}},
	{"reaction_text", FLAG, CONFIG(reaction_text), {NULL}},
	{"show_invites", FLAG, CONFIG(show_invites), {NULL}},
	{"show_netsplits", FLAG, CONFIG(show_netsplits), {NULL}},
	{"presence_lazy", FLAG, CONFIG(presence_lazy), {NULL}},
	{"lazy_above", NUMBER, CONFIG(lazy_above), {NULL}},
	{"invite_reason", FLAG, CONFIG(invite_reason), {NULL}},
	{"voice_request", FLAG, CONFIG(voice_request), {NULL}},
	{"oob_from_irc", FLAG, CONFIG(oob_from_irc), {NULL}},
	{"send_fallback_body", FLAG, CONFIG(send_fallback_body), {NULL}},
	{"notice_prefix", TEXT, CONFIG(notice_prefix), {"", "* "}},
	{"encoding", TEXT, WORLD(nets[0].encoding),
		{"KOI8-R", "SHIFT_JIS", "UTF-8", "ISO-8859-2"}},
	{"encoding_out", TEXT, WORLD(nets[0].encoding_out),
		{"KOI8-R", "ISO-2022-JP", "GB18030", "UTF-8", "windows-1252"}},
	{"free_choice", FLAG, CONFIG(free_choice), {NULL}},
	{"fixed_network", TEXT, CONFIG(fixed_network), {"net"}},
	{"registration", POLICY, CONFIG(registration), {NULL}},
	{"error_cdata", FLAG, CONFIG(error_cdata), {NULL}},
	{"browse_query", FLAG, WORLD(browse_query), {NULL}},
	{"update_notice", FLAG, WORLD(update_notice), {NULL}},
};

static void set(const struct key *key, void *field, const char *value)
{
	const char **text = field;

	switch (key->kind) {
	case NUMBER:
		*(unsigned *)field = (unsigned)strtoul(value, NULL, 10);
		break;
	case FLAG:
		*(bool *)field = strcmp(value, "true") == 0;
		break;
	case POLICY:
		*(enum registration *)field = strcmp(value, "required") == 0 ?
			REGISTRATION_REQUIRED :
			REGISTRATION_CLOSED;
		break;
	case TEXT:
		*text = key->words[0];
		for (int k = 1; k < WORDS && key->words[k] != NULL; k++) {
			if (strcmp(value, key->words[k]) == 0) {
				*text = key->words[k];
			}
		}
		break;
	}
}

bool world_set(struct world *w, const char *key, const char *value)
{
	if (strcmp(key, "caps_off") == 0) {
		return add_cap_off(w, value);
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(key, keys[i].name) == 0) {
			set(&keys[i], (char *)w + keys[i].at, value);
			return true;
		}
	}
	return false;
}
