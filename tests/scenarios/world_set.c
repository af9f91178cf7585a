/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/world_private.h"

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

bool world_set(struct world *w, const char *key, const char *value)
{
	enum { WORDS = 5 };
	struct map_config *c = &w->config;
	const struct {
		const char *key;
		unsigned *number;
		bool *flag;
		const char **text;
		enum registration *policy;
		const char *words[WORDS]; /* one of these; else the first */
	} keys[] = {
		{.key = "max_sessions", .number = &c->max_sessions},
		{.key = "max_sessions_per_user",
			.number = &c->max_sessions_per_user},
		{.key = "max_rooms", .number = &c->max_rooms},
		{.key = "max_stanza", .number = &w->max_stanza},
		{.key = "max_resources", .number = &c->max_resources},
		{.key = "rejoin_silence_ms", .number = &c->rejoin_silence_ms},
		{.key = "auto_return", .flag = &c->auto_return},
		{.key = "reconnect_min_ms", .number = &c->reconnect_min_ms},
		{.key = "keep_component_ms", .number = &c->keep_component_ms},
		{.key = "join_timeout_ms", .number = &c->join_timeout_ms},
		{.key = "reconnect_max_ms", .number = &c->reconnect_max_ms},
		{.key = "queue_lines", .number = &c->queue_lines},
		{.key = "flood_burst", .number = &c->flood_burst},
		{.key = "flood_interval_ms",
			.number = &c->flood_interval_ms},
		{.key = "hold_saves", .flag = &w->hold_saves},
		{.key = "announce_new_rooms", .flag = &c->announce_new_rooms},
		{.key = "semianonymous", .flag = &w->nets[0].semianonymous},
		{.key = "connect_burst", .number = &w->nets[0].connect_burst},
		{.key = "max_unregistered",
			.number = &w->nets[0].max_unregistered},
		{.key = "connect_interval_ms",
			.number = &w->nets[0].connect_interval_ms},
		{.key = "sts", .flag = &w->nets[1].sts},
		{.key = "webirc", .text = &w->nets[0].webirc_password,
			.words = {"webpass"}},
		{.key = "webirc_other", .text = &w->nets[1].webirc_password,
			.words = {"webpass"}},
		{.key = "password", .text = &w->nets[1].password,
			.words = {"door"}},
		{.key = "ident_hash", .flag = &c->ident_hash},
		{.key = "expose_jid", .flag = &c->expose_jid},
		{.key = "ctcp_show", .flag = &c->ctcp_show},
		{.key = "ctcp_channels", .flag = &c->ctcp_channels},
		{.key = "ctcp_own_time", .flag = &c->ctcp_own_time},
		{.key = "receipts", .flag = &c->receipts},
		{.key = "keep_time", .flag = &c->keep_time},
		{.key = "styling", .flag = &c->styling},
		{.key = "logged", .flag = &c->logged},
		{.key = "show_modes", .flag = &c->show_modes},
		{.key = "attention", .flag = &c->attention},
		{.key = "reaction_text", .flag = &c->reaction_text},
		{.key = "show_invites", .flag = &c->show_invites},
		{.key = "show_netsplits", .flag = &c->show_netsplits},
		{.key = "presence_lazy", .flag = &c->presence_lazy},
		{.key = "lazy_above", .number = &c->lazy_above},
		{.key = "invite_reason", .flag = &c->invite_reason},
		{.key = "voice_request", .flag = &c->voice_request},
		{.key = "oob_from_irc", .flag = &c->oob_from_irc},
		{.key = "send_fallback_body",
			.flag = &c->send_fallback_body},
		{.key = "notice_prefix", .text = &c->notice_prefix,
			.words = {"", "* "}},
		{.key = "encoding", .text = &w->nets[0].encoding,
			.words = {"KOI8-R", "SHIFT_JIS", "UTF-8",
				"ISO-8859-2"}},
		{.key = "encoding_out", .text = &w->nets[0].encoding_out,
			.words = {"KOI8-R", "ISO-2022-JP", "GB18030",
				"UTF-8", "windows-1252"}},
		{.key = "free_choice", .flag = &c->free_choice},
		{.key = "fixed_network", .text = &c->fixed_network,
			.words = {"net"}},
		{.key = "registration", .policy = &c->registration},
		{.key = "error_cdata", .flag = &c->error_cdata},
		{.key = "browse_query", .flag = &w->browse_query},
		{.key = "update_notice", .flag = &w->update_notice},
	};

	if (strcmp(key, "caps_off") == 0) {
		return add_cap_off(w, value);
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(key, keys[i].key) != 0) {
			continue;
		}
		if (keys[i].number != NULL) {
			*keys[i].number = (unsigned)strtoul(value, NULL, 10);
		} else if (keys[i].policy != NULL) {
			*keys[i].policy = strcmp(value, "required") == 0 ?
				REGISTRATION_REQUIRED :
				REGISTRATION_CLOSED;
		} else if (keys[i].flag != NULL) {
			*keys[i].flag = strcmp(value, "true") == 0;
		} else {
			*keys[i].text = keys[i].words[0];
			for (int k = 1; k < WORDS && keys[i].words[k]; k++) {
				if (strcmp(value, keys[i].words[k]) == 0) {
					*keys[i].text = keys[i].words[k];
				}
			}
		}
		return true;
	}
	return false;
}
