/* SPDX-License-Identifier: MIT */
#include "mapping/config.h"

void map_config_defaults(struct map_config *c)
{
	*c = (struct map_config){
		.max_sessions = 10000,
		.max_sessions_per_user = 5,
		.max_rooms = 100,
		.max_resources = 32,
		.max_stanza = 256 * 1024,
		.register_timeout_ms = 30000,
		.reconnect_min_ms = 5000,
		.reconnect_max_ms = 600000,
		.rejoin_silence_ms = 60000,
		.join_timeout_ms = 30000,
		.keep_component_ms = 300000,
		.flood_burst = 5,
		.flood_interval_ms = 2000,
		.queue_lines = 50,
		.ctcp_show = true,
		.ctcp_own_time = true,
		.quit_message = "The gateway is stopping",
		.notice_prefix = "[notice] ",
		.show_modes = true,
		.correction_prefix = "* ",
		.show_invites = true,
		.show_netsplits = true,
		.lazy_above = 2000,
		.oob_from_irc = true,
	};
}
