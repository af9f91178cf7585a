/* SPDX-License-Identifier: MIT */
#include "gateway/config.h"

#define TOP(member)  offsetof(struct config, member)
#define MAP(member)  offsetof(struct config, map.member)
#define NET(member)  offsetof(struct network_config, member)

enum { KIB = 1024, SECOND = 1000, MINUTE = 60 * SECOND, DAY = 86400 * SECOND };

const struct config_key config_keys[] = {
	{"", "jabber", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "users", CONFIG_DOMAINS, MAP(users), MAP(nusers), 0, 0},
	{"", "registration", CONFIG_REGISTRATION, MAP(registration), 0, 0, 0},
	{"", "networks", CONFIG_GROUPS, MAP(networks), MAP(nnetworks), 0, 0},
	{"", "fixed_network", CONFIG_NAME, MAP(fixed_network), 0, 0, 0},
	{"", "free_choice", CONFIG_BOOL, MAP(free_choice), 0, 0, 0},
	{"", "free_choice_private", CONFIG_BOOL, MAP(free_choice_private), 0, 0,
		0},
	{"", "admins", CONFIG_JIDS, MAP(admins), MAP(nadmins), 0, 0},
	{"", "update_notice", CONFIG_TEXT, MAP(update_notice), 0, 1, 1000},
	{"", "website", CONFIG_URL, MAP(website), 0, 1, 1000},
	{"", "clients", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "limits", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "irc", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "messages", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "log", CONFIG_GROUP, 0, 0, 0, 0},
	{"", "locale_dir", CONFIG_TEXT, TOP(locale_dir), 0, 1, 4000},

	{"jabber", "component", CONFIG_DOMAIN, MAP(component), 0, 0, 0},
	{"jabber", "host", CONFIG_TEXT, TOP(jabber_host), 0, 1, 253},
	{"jabber", "port", CONFIG_NUMBER, TOP(jabber_port), 0, 1, 65535},
	{"jabber", "secret", CONFIG_SECRET, TOP(jabber_secret), 0, 1, 1000},
	{"jabber", "secret_file", CONFIG_FILE, TOP(jabber_secret_file), 0, 0,
		0},
	{"jabber", "server", CONFIG_DOMAIN, MAP(server), 0, 0, 0},
	{"jabber", "tls", CONFIG_TLS, TOP(jabber_tls), 0, 0, 0},
	{"jabber", "ca_file", CONFIG_FILE, TOP(jabber_ca_file), 0, 0, 0},

	{"networks", "name", CONFIG_NAME, NET(name), 0, 0, 0},
	{"networks", "aliases", CONFIG_NAMES, NET(aliases), NET(naliases), 0,
		0},
	{"networks", "title", CONFIG_TEXT, NET(title), 0, 1, 200},
	{"networks", "servers", CONFIG_SERVERS, NET(servers), NET(nservers), 0,
		0},
	{"networks", "tls", CONFIG_TLS, NET(tls), 0, 0, 0},
	{"networks", "ca_file", CONFIG_FILE, NET(ca_file), 0, 0, 0},
	{"networks", "pin", CONFIG_PIN, NET(pin), 0, 0, 0},
	{"networks", "password", CONFIG_SECRET, NET(password), 0, 1, 400},
	{"networks", "plain_login", CONFIG_BOOL, NET(plain_login), 0, 0, 0},
	{"networks", "max_unregistered", CONFIG_NUMBER, NET(max_unregistered),
		0, 1, 1000},
	{"networks", "connect_burst", CONFIG_NUMBER, NET(connect_burst), 0, 0,
		10000},
	{"networks", "connect_interval", CONFIG_TIME, NET(connect_interval_ms),
		0, 1, 10 * MINUTE},
	{"networks", "encoding", CONFIG_CHARSET, 0, 0, 0, 0},
	{"networks", "allow_private", CONFIG_BOOL, NET(allow_private), 0, 0, 0},

	{"clients", "browse_style", CONFIG_BROWSE, MAP(browse_style), 0, 0, 0},
	{"clients", "error_cdata", CONFIG_BOOL, MAP(error_cdata), 0, 0, 0},

	{"limits", "sessions", CONFIG_NUMBER, MAP(max_sessions), 0, 1, 1000000},
	{"limits", "sessions_per_user", CONFIG_NUMBER,
		MAP(max_sessions_per_user), 0, 1, 1000},
	{"limits", "rooms_per_session", CONFIG_NUMBER, MAP(max_rooms), 0, 1,
		10000},
	{"limits", "resources_per_user", CONFIG_NUMBER, MAP(max_resources), 0,
		1, 1000},
	{"limits", "stanza", CONFIG_SIZE, MAP(max_stanza), 0, 16 * KIB,
		1024 * KIB},

	{"irc", "expose_jid", CONFIG_BOOL, MAP(expose_jid), 0, 0, 0},
	{"irc", "register_timeout", CONFIG_TIME, MAP(register_timeout_ms), 0,
		SECOND, 10 * MINUTE},
	{"irc", "reconnect_min", CONFIG_TIME, MAP(reconnect_min_ms), 0, 100,
		10 * MINUTE},
	{"irc", "reconnect_max", CONFIG_TIME, MAP(reconnect_max_ms), 0, SECOND,
		DAY},
	{"irc", "rejoin_silence", CONFIG_TIME, MAP(rejoin_silence_ms), 0, 0,
		10 * MINUTE},
	{"irc", "join_timeout", CONFIG_TIME, MAP(join_timeout_ms), 0, SECOND,
		10 * MINUTE},
	{"irc", "keep_component", CONFIG_TIME, MAP(keep_component_ms), 0, 0,
		DAY},
	{"irc", "flood_burst", CONFIG_NUMBER, MAP(flood_burst), 0, 1, 1000},
	{"irc", "flood_interval", CONFIG_TIME, MAP(flood_interval_ms), 0, 1,
		MINUTE},
	{"irc", "queue_lines", CONFIG_NUMBER, MAP(queue_lines), 0, 1, 10000},
	{"irc", "ctcp_show", CONFIG_BOOL, MAP(ctcp_show), 0, 0, 0},
	{"irc", "ctcp_channels", CONFIG_BOOL, MAP(ctcp_channels), 0, 0, 0},
	{"irc", "ctcp_own_time", CONFIG_BOOL, MAP(ctcp_own_time), 0, 0, 0},
	{"irc", "quit_message", CONFIG_TEXT, MAP(quit_message), 0, 1, 200},

	{"messages", "notice_prefix", CONFIG_TEXT, MAP(notice_prefix), 0, 0,
		64},
	{"messages", "oob_from_irc", CONFIG_BOOL, MAP(oob_from_irc), 0, 0, 0},
	{"messages", "keep_time", CONFIG_BOOL, MAP(keep_time), 0, 0, 0},
	{"messages", "send_fallback_body", CONFIG_BOOL,
		MAP(send_fallback_body), 0, 0, 0},

	{"log", "level", CONFIG_LEVEL, TOP(log_level), 0, 0, 0},
};

const size_t config_key_count = sizeof config_keys / sizeof *config_keys;
