# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# TAP for the structure tests; sourced by them. Each test is a check of a
# source tree that prints what is wrong (nothing: all is well), so that it can
# be tried on a bad sample first: a check that cannot fail proves nothing.
set -u
export LC_ALL=C.UTF-8
# shellcheck disable=SC2034 # used by the tests
root=${ISTHMUS_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tests=0 bad=0

# verdict STATUS NAME: one TAP line.
verdict() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		bad=$((bad + 1))
		echo "not ok $tests - $2"
	fi
}

# clean NAME COMMAND...: passes when COMMAND prints nothing and exits 0.
clean() {
	local name=$1 status=0 said
	shift
	said=$("$@" 2>&1) || status=$?
	if [ -z "$said" ] && [ $status = 0 ]; then
		verdict 0 "$name"
	else
		verdict 1 "$name"
		sed 's/^/# /' <<< "${said:-exit status $status}"
	fi
}

# finds TEXT NAME COMMAND...: passes when COMMAND prints a line with TEXT.
finds() {
	local text=$1 name=$2 said
	shift 2
	said=$("$@" 2>&1) || true
	if grep -qF -- "$text" <<< "$said"; then
		verdict 0 "$name"
	else
		verdict 1 "$name"
		sed 's/^/# said: /' <<< "$said"
	fi
}

# sample FILE: standard input as a file of a bad tree under $scratch/bad.
sample() {
	mkdir -p "$scratch/bad/$(dirname "$1")"
	cat > "$scratch/bad/$1"
}

# finish: the plan, and the exit status.
finish() {
	echo "1..$tests"
	[ $bad = 0 ]
	exit
}
