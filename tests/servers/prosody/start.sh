#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback Prosody in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
prosody=$(need prosody prosody)
: "${DOMAIN:=localhost}" "${GATEWAY:=irc.localhost}" "${SECRET:=secret}"
: "${CONFLICT:=kick_new}" "${LOG:=info}"
begin C2S COMP HTTP
mkdir -p "$DIR/data" "$DIR/certs"
render "$here/prosody.cfg.lua.in" "$DIR/prosody.cfg.lua" \
	DIR C2S COMP HTTP DOMAIN GATEWAY SECRET CONFLICT LOG
own
launch prosody "$prosody" --config "$DIR/prosody.cfg.lua" -F
accepting 20 "$COMP" "$C2S" "$HTTP"
done_starting prosody
