#!/bin/bash
# SPDX-License-Identifier: MIT
# Start a loopback ejabberd in DIR. See ../README.md.
# shellcheck source=../tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"
need ejabberd ejabberdctl > /dev/null
erl=$(need ejabberd erl)
: "${DOMAIN:=localhost}" "${GATEWAY:=irc.localhost}" "${SECRET:=secret}"
: "${PRIVILEGE:=deny}" "${LOG:=info}" "${COMP_TLS:=no}"
begin C2S COMP HTTP
mkdir -p "$DIR/mnesia" "$DIR/upload"
TLS_LINES=
if [ "$COMP_TLS" != no ]; then
	self_signed "$DOMAIN"
	cat "$DIR/cert.pem" "$DIR/key.pem" > "$DIR/component.pem"
	# shellcheck disable=SC2034 # used by render, by name
	TLS_LINES="tls: true
    certfile: \"$DIR/component.pem\""
fi
render "$here/ejabberd.yml.in" "$DIR/ejabberd.yml" \
	DIR C2S COMP HTTP DOMAIN GATEWAY SECRET PRIVILEGE LOG TLS_LINES
own
# Debian keeps ejabberd's own code beside the other Erlang libraries of the
# multiarch folder.
app=$(dpkg -L ejabberd | grep -m1 '/ebin/ejabberd\.app$')
ERL_LIBS=$(dirname "$(dirname "$(dirname "$app")")")
export ERL_LIBS HOME=$DIR ERL_CRASH_DUMP_BYTES=0
export EJABBERD_CONFIG_PATH=$DIR/ejabberd.yml EJABBERD_LOG_PATH=$DIR/ejabberd.log
# Without distribution: no epmd, no further port.
# The log of transactions is flushed ten times a second: left alone, it stays in
# memory for seconds, and a crash loses accounts.
launch ejabberd "$erl" -noinput +P 50000 -mnesia dir "\"$DIR/mnesia\"" \
	-s ejabberd -eval 'timer:apply_interval(100, mnesia, sync_log, []).'
accepting 60 "$COMP" "$C2S" "$HTTP"
done_starting ejabberd
