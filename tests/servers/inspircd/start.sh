#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback InspIRCd in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
inspircd=$(need inspircd inspircd)
: "${NAME:=irc.inspircd.test}" "${CASEMAPPING:=rfc1459}" "${STS:=no}" "${IDENT:=no}"
begin PLAIN TLS LINK
self_signed "$NAME"
echo "Welcome to the test server." > "$DIR/motd"
if [ "$STS" = no ]; then
	STS=
else
	STS="<module name=\"ircv3_sts\">
<sts host=\"*\" duration=\"5m\" port=\"$TLS\" preload=\"no\">
<log method=\"file\" type=\"USERINPUT\" level=\"rawio\" flush=\"1\" target=\"$DIR/input.log\">"
fi
render "$here/inspircd.conf.in" "$DIR/inspircd.conf" \
	DIR PLAIN TLS LINK NAME CASEMAPPING STS IDENT
own
root=()
[ "$(id -u)" != 0 ] || [ -n "$RUNAS" ] || root=(--runasroot)
launch inspircd "$inspircd" --nofork "${root[@]}" --config "$DIR/inspircd.conf"
accepting 20 "$PLAIN" "$TLS" "$LINK"
done_starting inspircd
