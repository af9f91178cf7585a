-- Isthmus in Prosody (0.11 and later): add this to prosody.cfg.lua.
-- The two settings of the port belong to the top of that file, before the
-- first VirtualHost.
component_ports = { 5347 }
component_interfaces = { "127.0.0.1" }

-- Not one of the VirtualHosts; the name stands in isthmus.conf as
-- jabber.component, the secret as jabber.secret.
Component "irc.example.com"
	component_secret = "change-me"
	name = "IRC gateway"
	-- A connection of ours that broke unnoticed does not keep us out.
	component_conflict_resolve = "kick_old"

-- With the package prosody-modules the gateway can do more for its users
-- (XEP-0356): put them into their contacts when they ask for that, and tell
-- their clients what was read with another IRC client (XEP-0490). "privilege"
-- must stand in modules_enabled of the whole server and of the component:
--	modules_enabled = { "privilege" }
-- and the host of the users says what is allowed:
--	VirtualHost "example.com"
--		privileged_entities = { ["irc.example.com"] = {
--			roster = "both";
--			iq = { ["http://jabber.org/protocol/pubsub"] = "both";
--				["http://jabber.org/protocol/disco#info"] = "get" };
--		} }
