#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback Prosody in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
prosody=$(need prosody prosody)
: "${DOMAIN:=localhost}" "${GATEWAY:=irc.localhost}" "${SECRET:=secret}"
: "${CONFLICT:=kick_new}" "${PRIVILEGE:=deny}" "${LOG:=info}"
begin C2S COMP HTTP
mkdir -p "$DIR/data" "$DIR/certs"
PRIVILEGE_MODULE=
PRIVILEGES=
# shellcheck disable=SC2034 # used by render, by name
if [ "$PRIVILEGE" = allow ]; then # mod_privilege is of prosody-modules
	PRIVILEGE_MODULE='"privilege",'
	PRIVILEGES="privileged_entities = { [\"$GATEWAY\"] = { roster = \"both\"; iq = {
		[\"http://jabber.org/protocol/pubsub\"] = \"both\";
		[\"http://jabber.org/protocol/disco#info\"] = \"get\" } } }"
fi
render "$here/prosody.cfg.lua.in" "$DIR/prosody.cfg.lua" \
	DIR C2S COMP HTTP DOMAIN GATEWAY SECRET CONFLICT LOG PRIVILEGE_MODULE \
	PRIVILEGES
own
launch prosody "$prosody" --config "$DIR/prosody.cfg.lua" -F
accepting 20 "$COMP" "$C2S" "$HTTP"
done_starting prosody
