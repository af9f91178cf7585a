#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback jabberd2 (router, sm, c2s) in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
need jabberd2 jabberd2-router > /dev/null
: "${DOMAIN:=localhost}" "${SECRET:=secret}"
# shellcheck disable=SC2034 # used by render, by name
MODULES=$(dirname "$(dpkg -L jabberd2 | grep -m1 '/storage_db\.so$')")
begin C2S COMP
# One each: sm and c2s must not share a Berkeley DB environment. What a killed
# process left in it (locks of the dead) is made anew at the start.
mkdir -p "$DIR/db-sm" "$DIR/db-c2s"
rm -f "$DIR"/db-*/__db.* "$DIR"/*.log
for part in router router-users sm c2s; do
	render "$here/$part.xml.in" "$DIR/$part.xml" DIR C2S COMP DOMAIN SECRET MODULES
done
own
launch router "$(need jabberd2 jabberd2-router)" -c "$DIR/router.xml"
accepting 20 "$COMP"
launch sm "$(need jabberd2 jabberd2-sm)" -c "$DIR/sm.xml"
logged 20 "sm ready for sessions" "$DIR/sm.log"
launch c2s "$(need jabberd2 jabberd2-c2s)" -c "$DIR/c2s.xml"
accepting 20 "$C2S"
done_starting jabberd2
