#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback ircd-hybrid in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
hybrid=$(need ircd-hybrid ircd-hybrid)
: "${NAME:=irc.hybrid.test}"
not_as_root
MODULES=/usr/lib/ircd-hybrid/modules # compiled in; tests/install sees to it
begin PLAIN TLS
self_signed "$NAME" rsa # it takes no other kind of key
render "$here/ircd.conf.in" "$DIR/ircd.conf" DIR PLAIN TLS NAME MODULES
rm -f "$DIR/ircd.pid" # of one that was killed
own
( as_user test -r "$MODULES" ) || give_up "${RUNAS:-we} cannot read $MODULES"
# It always looks client addresses up in the DNS, and nothing in its file turns
# that off. Root hides the machine's resolver from it and gives it one on
# loopback that knows no name: one of its own, by address, as others may run.
hide=()
if [ "$(id -u)" = 0 ]; then
	resolver=127.66.$((PLAIN >> 8)).$((PLAIN & 255))
	echo "nameserver $resolver" > "$DIR/resolv.conf"
	RUNAS='' launch nodns python3 "$tools/nodns.py" "$resolver"
	logged 10 ready "$DIR/nodns.out"
	# shellcheck disable=SC2016 # sh expands it
	hide=(unshare --mount sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
		"$DIR/resolv.conf" setpriv --reuid="$RUNAS"
		--regid="$(id -gn "$RUNAS")" --clear-groups --)
fi
RUNAS='' launch ircd-hybrid "${hide[@]}" "$hybrid" -foreground \
	-configfile "$DIR/ircd.conf" -logfile "$DIR/ircd.log" \
	-pidfile "$DIR/ircd.pid" -klinefile "$DIR/kline.db" \
	-dlinefile "$DIR/dline.db" -xlinefile "$DIR/xline.db" \
	-resvfile "$DIR/resv.db"
accepting 20 "$PLAIN" "$TLS"
done_starting ircd-hybrid
