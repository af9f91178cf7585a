#!/bin/bash
# SPDX-License-Identifier: MIT
# Start Anope or Atheme beside a loopback InspIRCd, linked to its port LINK.
# See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
: "${KIND:=anope}" "${LINK:?set LINK to the services port of an InspIRCd}"
not_as_root
# shellcheck disable=SC2119 # no port of its own
begin
case $KIND in
anope)
	anope=$(need anope anope)
	modules=$(dpkg -L anope | grep -m1 '/modules/inspircd3\.so$')
	mkdir -p "$DIR/db" "$DIR/logs"
	echo "Services for loopback tests" > "$DIR/motd"
	render "$here/anope.conf.in" "$DIR/anope.conf" DIR LINK
	own
	launch anope "$anope" --nofork --config=anope.conf --confdir="$DIR" \
		--dbdir="$DIR/db" --logdir="$DIR/logs" \
		--modulesdir="$(dirname "$(dirname "$modules")")"
	logged 15 'services.test .* is done syncing' "$DIR/anope.out"
	;;
atheme)
	atheme=$(need atheme-services atheme-services)
	mkdir -p "$DIR/data"
	rm -f "$DIR/atheme.log" "$DIR/atheme.pid"
	render "$here/atheme.conf.in" "$DIR/atheme.conf" DIR LINK
	own
	launch atheme "$atheme" -n -c "$DIR/atheme.conf" -l "$DIR/atheme.log" \
		-p "$DIR/atheme.pid" -D "$DIR/data"
	logged 15 'finished synching with uplink' "$DIR/atheme.out" "$DIR/atheme.log"
	;;
*)
	echo "KIND is anope or atheme" >&2
	exit 1
	;;
esac
done_starting "$KIND"
