# SPDX-License-Identifier: MIT
# Section K of doc/PROTOCOL.md against sections D to G and the scenarios; prints
# what is wrong. Variables: tree; whole, letters of sections of which each line
# must be in K; must, other lines that must be ("E 405 439;E 470"); later, lines
# that are not proved as a whole yet; all, the names of all scenarios.
#
# A line of a section is a row of a table (its title row is none), a paragraph,
# or an item of a list. A row of K names one by its section and its first words,
# or by words that only that line has.
BEGIN {
	FS = "\n"
	file = tree "/doc/PROTOCOL.md"
	while ((getline text < file) > 0) {
		read(text)
	}
	keep_last()
	for (k = 1; k <= nkeys; k++) {
		check_row(k)
	}
	for (l = 1; l <= nlines; l++) {
		check_line(l)
	}
	listed(must, 0)
	listed(later, 1)
}

function trim(s) { sub(/^ +/, "", s); sub(/ +$/, "", s); return s }

# A row is known to be a title only when the line below it has come.
function keep_last() {
	if (last != "" && last !~ /^\|---/) {
		nlines++
		of[nlines] = part
		line[nlines] = trim_mark(last)
	}
	last = ""
}

function trim_mark(s) { sub(/^(\| *|\* |[0-9]+\. )/, "", s); return s }

function read(s, cell) {
	if (s ~ /^## /) {
		keep_last()
		letter = part = substr(s, 4, 1)
	} else if (s ~ /^### [A-Z]\.[0-9]+ /) {
		keep_last()
		split(s, cell, " ")
		part = cell[2]
	} else if (letter == "K") {
		if (s ~ /^\| [D-G](\.[0-9]+)? .* \|$/) {
			nkeys++
			split(substr(s, 3, length(s) - 4), cell, / *\| */)
			place[nkeys] = cell[1]
			sub(/ .*/, "", place[nkeys])
			key[nkeys] = cell[1]
			holds[nkeys] = cell[2]
			proofs[nkeys] = cell[3]
		}
	} else if (letter ~ /^[D-G]$/) {
		if (s ~ /^\|---/) {
			last = "" # a title
		} else {
			keep_last()
			last = s ~ /^#/ ? "" : s
		}
	}
}

# Which line a key means; 0, and a word about it: none, or not one alone.
function find(name, l, words, at, n, m) {
	words = name
	sub(/^[^ ]+ /, "", words)
	for (l = 1; l <= nlines; l++) {
		if (of[l] != substr(name, 1, index(name, " ") - 1)) {
			continue
		}
		if (index(line[l], words) == 1) {
			n++
			at = l
		} else if (index(line[l], words) > 0) {
			m++
			if (n == 0) {
				at = l
			}
		}
	}
	if (n == 1 || (n == 0 && m == 1)) {
		return at
	}
	print name ": " (n + m ? "is not one line alone" : "no such line")
	return 0
}

# ---- scenarios, with what they include ----

function expand(path, args, n, i, s, word, more, text) {
	while ((getline s < path) > 0) {
		for (i = 1; i <= n; i++) {
			gsub("[$]" i, args[i], s)
		}
		if (s ~ /^include /) {
			more = split(substr(s, 9), word, " ")
			s = expand_file(word, more)
		}
		text = text "\n" s
	}
	close(path)
	return text
}

function expand_file(word, n, args, i) {
	for (i = 2; i <= n; i++) {
		args[i - 1] = word[i]
		gsub(/&/, "\\\\&", args[i - 1])
	}
	return expand(tree "/tests/scenarios/" word[1], args, n - 1)
}

function scenario(name, path, none) {
	if (!(name in text_of)) {
		path = name ~ /\// ? "/" name : "/tests/scenarios/" name ".scene"
		none[0] = ""
		text_of[name] = expand(tree path, none, 0)
	}
	return text_of[name]
}

# ---- does a scenario hold what its row says? ----

function quote(s) { gsub(/[][\\.*+?^$(){}|]/, "\\\\&", s); return s }

function has(text, what) {
	if (what ~ /^[0-9][0-9][0-9]$/) {
		return text ~ ("\n(at-once )?irc(/[0-9]+)? (@[^ ]+ )?:[^ ]+ " \
			what " ")
	}
	if (what ~ /^status /) {
		return text ~ ("\n> [^\n]*<status code='" substr(what, 8) "'/>")
	}
	if (what ~ /^E\(/) {
		return text ~ ("\n> [^\n]*<" substr(what, 3, length(what) - 3) \
			"[ />]")
	}
	return index(text, what) > 0
}

# What a row says is words; what stands between backquotes is one of them.
function next_word(rest, end) {
	word = ""
	rest = trim(rest)
	if (match(rest, /^(never )?`/)) {
		word = substr(rest, 1, RLENGTH - 1)
		rest = substr(rest, RLENGTH + 1)
		end = index(rest, "`")
		word = word substr(rest, 1, end - 1)
		return substr(rest, end + 1)
	}
	end = match(rest, /^(never )?(status )?[^ ]+/) ? RLENGTH : 0
	word = substr(rest, 1, end)
	return substr(rest, end + 1)
}

function nowhere(row, what, n, i, name) {
	n = split(all, name, " ")
	for (i = 1; i <= n; i++) {
		if (has(scenario(name[i]), what)) {
			print row ": " name[i] " holds " what
		}
	}
}

function check_row(k, l, rest, n, i, name, found) {
	l = find(key[k])
	n = split(proofs[k], name, " ")
	for (i = 1; i <= n; i++) {
		if (scenario(name[i]) == "") {
			print key[k] ": no scenario " name[i]
		}
	}
	if (n == 0) {
		print key[k] ": no scenario"
	}
	if (trim(holds[k]) == "") {
		print key[k] ": does not say what its scenarios hold"
	}
	for (rest = holds[k]; trim(rest) != ""; ) {
		rest = next_word(rest)
		said[l] = said[l] " " word " "
		if (sub(/^never /, "", word)) {
			nowhere(key[k], word)
			continue
		}
		found = 0
		for (i = 1; i <= n && !found; i++) {
			found = has(scenario(name[i]), word)
		}
		if (!found) {
			print key[k] ": none of its scenarios holds " word
		}
	}
	proved[l] = 1
}

# ---- is each line in K, with each code that it names? ----

# Sizes and times are no codes.
function is_code(before, after) {
	return before !~ /[0-9A-Za-z.,=-]$/ && after !~ /^[0-9A-Za-z]/ &&
		after !~ /^[.,][0-9]/ && after !~ \
		/^ (bytes|stanzas|characters|channels|lines|masks|messages)/ &&
		after !~ /^ (differences|s|KiB|MiB)/ &&
		before !~ /(default|up to|the first|the last) $/
}

# The line as people would name it.
function name_of(l, first) {
	first = line[l]
	sub(/ \|.*/, "", first)
	return of[l] " " substr(first, 1, 60)
}

function check_name(l, name) {
	if (said[l] !~ ("[ =(']" quote(name) "[ ')]")) {
		missing[l]++
		if (!is_later(l)) {
			print name_of(l) ": K does not say who proves " name
		}
	}
}

function check_line(l, s, before) {
	if (!proved[l]) {
		if (index(whole, substr(of[l], 1, 1)) > 0 && !is_later(l)) {
			print name_of(l) ": not in K"
		}
		return
	}
	before = ""
	for (s = line[l]; match(s, /[0-9][0-9][0-9]|E\([a-z-]+/); ) {
		before = before substr(s, 1, RSTART - 1)
		code = substr(s, RSTART, RLENGTH)
		s = substr(s, RSTART + RLENGTH)
		if (code ~ /^E/) {
			check_name(l, code ")")
		} else if (is_code(before, s)) {
			check_name(l, code)
		}
		before = code
	}
}

function is_later(l, n, i, name) {
	n = split(later, name, ";")
	for (i = 1; i <= n; i++) {
		if (name[i] != "" && index(name[i], of[l] " ") == 1 && \
			index(line[l], substr(name[i], length(of[l]) + 2)) == 1) {
			return 1
		}
	}
	return 0
}

# Lines that must be in K; lines that are not proved yet must not be whole.
function listed(names, no, n, i, name, l) {
	n = split(names, name, ";")
	for (i = 1; i <= n; i++) {
		l = name[i] != "" ? find(name[i]) : 0
		if (l && !proved[l] && !no) {
			print name[i] ": not in K"
		} else if (l && proved[l] && !missing[l] && no) {
			print name[i] ": is proved: nothing is awaited any more"
		}
	}
}
