#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a SOCKS5 proxy on loopback in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
microsocks=$(need microsocks microsocks)
: "${SOCKS_USER:=}" "${SOCKS_PASSWORD:=}"
begin SOCKS
own
who=()
[ -z "$SOCKS_USER" ] || who=(-u "$SOCKS_USER" -P "$SOCKS_PASSWORD")
# -b: of what "localhost" is it takes the address that servers here listen at
launch microsocks "$microsocks" -i 127.0.0.1 -b 127.0.0.1 -p "$SOCKS" "${who[@]}"
accepting 20 "$SOCKS"
done_starting microsocks
