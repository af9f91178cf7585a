# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Shared by the start.sh scripts; sourced, not run. Needs bash.
# A start.sh calls begin, then render, then launch for each process, then
# accepting or logged, then done_starting. See ../README.md for the contract.
set -eu
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the start scripts
here=$(cd "$(dirname "$0")" && pwd)
cache=/var/cache/isthmus-tests # of tests/install
: "${RUNAS:=}"
export LC_ALL=C.UTF-8

# need NAME COMMAND: print where COMMAND is; exit 77 when it is not there.
# Servers that tests/install only unpacked are looked for as well.
need() {
	PATH=$PATH:/usr/sbin:$cache/ngircd/usr/sbin:$cache/hybrid/usr/sbin \
		command -v "$2" && return
	echo "$1 is not installed (tests/install $1)" >&2
	exit 77
}

# listening PORT: does somebody accept there?
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# begin PORTVAR...: make $DIR; settle every port variable: the caller's value,
# else that of the last start in $DIR, else a free one.
begin() {
	: "${DIR:?set DIR to a scratch folder}"
	mkdir -p "$DIR"
	DIR=$(cd "$DIR" && pwd)
	local name last free
	mapfile -t free < <("$tools/freeport" $#)
	for name in "$@"; do
		last=$(sed -n "s/^$name=//p" "$DIR/ports" 2>/dev/null || true)
		printf -v "$name" %s "${!name:-${last:-${free[0]}}}"
		free=("${free[@]:1}")
		if listening "${!name}"; then
			echo "port ${!name} is in use" >&2
			exit 98
		fi
	done
	for name in "$@"; do echo "$name=${!name}"; done > "$DIR/ports"
	: > "$DIR/pid"
}

# render TEMPLATE OUT NAME...: replace @NAME@ by the value of $NAME.
render() {
	local in=$1 out=$2 name text
	shift 2
	text=$(cat "$in"; printf x)
	for name in "$@"; do text=${text//@$name@/"${!name}"}; done
	printf %s "${text%x}" > "$out"
}

# not_as_root: for servers that refuse root: root gives them to nobody.
not_as_root() { [ "$(id -u)" != 0 ] || [ -n "$RUNAS" ] || RUNAS=nobody; }

# own: give $DIR to $RUNAS, who must be able to reach it.
own() {
	[ -n "$RUNAS" ] || return 0
	chown -R "$RUNAS" "$DIR"
	( as_user test -x "$DIR" ) && return
	echo "$RUNAS cannot reach $DIR: each folder above it needs mode 0755" >&2
	exit 1
}

# as_user COMMAND...: become it, as $RUNAS when that is set (needs root).
as_user() {
	[ -n "$RUNAS" ] || exec "$@"
	exec setpriv --reuid="$RUNAS" --regid="$(id -gn "$RUNAS")" \
		--clear-groups -- "$@"
}

# launch NAME COMMAND...: run it in the background under $RUNAS, its output in
# $DIR/NAME.out, its process id at the end of $DIR/pid and in $pid.
launch() {
	local name=$1
	shift
	( ulimit -c 0 && cd "$DIR" && as_user "$@" ) > "$DIR/$name.out" 2>&1 &
	pid=$!
	disown $pid # its end is nothing to report here
	echo $pid >> "$DIR/pid"
}

# give_up WHY: show the logs, end what was launched. Exit 98 when somebody
# else took a port meanwhile, otherwise 1.
give_up() {
	local status=1
	echo "$1" >&2
	tail -n 40 "$DIR"/*.out "$DIR"/*.log >&2 2>/dev/null || true
	if grep -qsiE 'address (already )?in use|eaddrinuse' \
		"$DIR"/*.out "$DIR"/*.log; then
		status=98
	fi
	"$tools/../stop" "$DIR" KILL || true
	exit $status
}

# poll SECONDS COMMAND...: until COMMAND succeeds. It gives up when the process
# that was launched last has ended, or after six times these seconds: a calm
# machine needs a part of them, one that is busy may need more.
poll() {
	local left=$(($1 * 6 * 20))
	shift
	until "$@"; do
		left=$((left - 1))
		if [ $left -le 0 ]; then give_up "not ready in time: $*"; fi
		kill -0 "$pid" 2>/dev/null || give_up "ended early: $*"
		sleep 0.05
	done
}

# accepting SECONDS PORT...: wait until every port accepts.
accepting() {
	local seconds=$1 port
	shift
	for port in "$@"; do poll "$seconds" listening "$port"; done
}

# logged SECONDS TEXT FILE...: wait until TEXT stands in one of the files.
logged() { poll "$1" grep -qs -e "$2" "${@:3}"; }

# done_starting NAME: say what runs and where.
done_starting() {
	echo "$1: pid $(tr '\n' ' ' < "$DIR/pid")ports $(tr '\n' ' ' < "$DIR/ports")"
}

# self_signed CN [KIND]: key.pem and cert.pem in $DIR, for CN and localhost.
self_signed() {
	local kind=(-newkey ec -pkeyopt ec_paramgen_curve:P-256)
	[ "${2:-ec}" = ec ] || kind=(-newkey rsa:2048)
	[ -f "$DIR/cert.pem" ] || openssl req -x509 "${kind[@]}" -nodes -days 365 \
		-subj "/CN=$1" \
		-addext "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1" \
		-keyout "$DIR/key.pem" -out "$DIR/cert.pem" 2>/dev/null
}
