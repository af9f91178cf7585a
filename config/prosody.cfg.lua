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
