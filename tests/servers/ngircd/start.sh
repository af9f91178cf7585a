#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback ngIRCd in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
ngircd=$(need ngircd ngircd)
: "${NAME:=irc.ngircd.test}"
begin PLAIN TLS
self_signed "$NAME"
# Started by root, ngIRCd changes user by itself after reading the key file.
IDS=
# shellcheck disable=SC2034 # used by render, by name
[ "$(id -u)" != 0 ] || [ -n "$RUNAS" ] || IDS="ServerUID = nobody"
render "$here/ngircd.conf.in" "$DIR/ngircd.conf" DIR PLAIN TLS NAME IDS
own
launch ngircd "$ngircd" -n -f "$DIR/ngircd.conf"
accepting 20 "$PLAIN" "$TLS"
done_starting ngircd
