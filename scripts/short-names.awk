# SPDX-License-Identifier: GPL-2.0
#
# Give short names to symbols whose names are long.
#
# In:  what `nm` says of an object; MAX  bytes that a name may have
# Out: "OLD NEW" for each symbol that the object defines under a longer name,
#      as `objcopy --redefine-syms` takes it
#
# A function of Rust is named for the types that it is made of, which for a
# closure in a chain of iterators is 500 bytes and more. /proc/kallsyms shows
# such names, and many a program reads it into 256 bytes a line and stops at the
# first that is longer: btf_reconcile would break programs that do not know of
# it. Which functions there are is for the compiler to say, which inlines the
# others, and some are libcore's or the kernel's: names can't be kept short in
# the source alone. Removing the symbols would make a backtrace name the function
# before.
#
# A short name is a mangled one, too, so that whatever shows the others as people
# write them shows these. It is the function's path without what that is made
# of; then, behind dots, which is where compilers put their own additions, as
# many of the types and functions left out as there is room for; and a number
# made from the whole name, which tells it from those that are left with the
# same:
#
#   _RNvXs6_NtCsX_6kernel3fmtINtB5_7AdapterRINtNtCsY_3our5shown5ShownNtBQ_6Reason
#   EENtNtCsZ_4core3fmt7Display3fmtBQ_
#   _RNvNtNtNtCsX_6kernel3fmt7Adapter7Display3fmt.Shown.Reason.1b36d2f0
#
# The grammar is that of Rust's "v0" names, which is in rustc's book. A name that
# does not follow it keeps its beginning.

BEGIN {
	for (i = 1; i < 128; i++) code[sprintf("%c", i)] = i
	# The kernel's tools mark where a function is padded, and where its type is
	# kept for control-flow integrity, and LLVM its tables. A mark stays. Those
	# for the padding may come later, as the module is linked.
	padding = length("__pfx_")
	room = MAX - length("switch.table.")
	digits = "0123456789abcdefghijklmnopqrstuvwxyz" \
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	n = split("a:i8 b:bool c:char d:f64 e:str f:f32 h:u8 i:isize j:usize " \
		"l:i32 m:u32 n:i128 o:u128 s:i16 t:u16 x:i64 y:u64", list, " ")
	for (i = 1; i <= n; i++) basic[substr(list[i], 1, 1)] = substr(list[i], 3)
}

NF >= 2 && $(NF - 1) !~ /^[Uwv]$/ {
	name = $NF
	mark = ""
	if (match(name, /^[a-z_.]*_R[A-Z]/)) {
		mark = substr(name, 1, RLENGTH - 3)
		name = substr(name, RLENGTH - 2)
	}
	if (length(name) + padding <= MAX && length($NF) <= MAX || $NF in done) next
	done[$NF] = 1
	print $NF, mark short_of(name)
}

# short_of NAME: the same for the same name, and no other name's.
function short_of(name,    h, new) {
	if (name in known) return known[name]
	h = hash(name)
	do {
		new = sprintf("%s.%08x", substr(readable(name), 1, room - 9), h++)
	} while (new in taken)
	taken[new] = 1
	known[name] = new
	return new
}

# In numbers that floating point holds exactly and that any awk prints.
function hash(s,    i, h) {
	for (i = 1; i <= length(s); i++)
		h = (h * 257 + code[substr(s, i, 1)]) % 2147483629
	return h
}

# What calls tell each other besides their results: where in `text` they are,
# whether that is no name, how deep they are, and what types are inside of it.
function readable(name,    segments, list, n, i, turn, seen) {
	text = name
	at = 3
	bad = name !~ /^_R[A-Z]/
	depth = 0
	within = ""
	segments = path()
	if (bad) return name
	name = "_R" mangled(segments)
	# Without the modules between the crate and what is in them, if need be.
	while (length(name) > room - 9 && split(segments, list, " ") > 3) {
		sub(/ [^ ]*/, "", segments)
		name = "_R" mangled(segments)
	}
	n = split(within, list, " ")
	# Libcore's come second: whoever looks at this is likely to know them.
	for (turn = 1; turn <= 2; turn++)
		for (i = 1; i <= n; i++) {
			if (substr(list[i], 1, 1) != turn || list[i] in seen) continue
			seen[list[i]] = 1
			# To objtool this is half of another function.
			if (list[i] ~ /:(cold|part)$/) continue
			if (length(name list[i]) - 1 <= room - 9)
				name = name "." substr(list[i], 3)
		}
	return name
}

# mangled SEGMENTS: a path without references to earlier places in it.
function mangled(segments,    list, n, i, tags, names) {
	n = split(segments, list, " ")
	for (i = 1; i <= n; i++) {
		tags = (i == 1 ? "C" : "N" substr(list[i], 1, 1)) tags
		names = names substr(list[i], 3)
	}
	return tags names
}

# A path is handed on as segments with blanks between. Each is its namespace, a
# colon, and its name as it is mangled.

function first(p) { return substr(p, 1, index(p " ", " ") - 1) }

# last PATH: the last name in it; closures have none.
function last(p,    list, n) {
	n = split(p, list, " ")
	while (n > 1 && list[n] ~ /:(s[0-9a-zA-Z]*_)?0$/) n--
	return substr(list[n], 3)
}

function path(    c, p, t) {
	if (too_deep()) return ""
	depth++
	c = next_char()
	if (c == "C") {
		p = "C:" identifier()
	} else if (c == "N") {
		c = next_char()
		p = path() " " c ":" identifier()
	} else if (c == "I") {
		p = path()
		while (!bad && !take("E")) argument()
	} else if (c == "M" || c == "X") {
		# The crate that has the code comes first, then what it is for.
		if (take("s")) number()
		p = path()
		t = type()
		if (first(t) == first(p)) p = t
		else if (t != "") p = p " t:" last(t)
		if (c == "X") p = p " t:" last(path())
	} else if (c == "Y") {
		inside()
		p = path()
	} else if (c == "B") {
		p = again("path")
	} else {
		bad = 1
	}
	depth--
	return p
}

function argument() {
	if (take("L")) number()
	else if (take("K")) constant()
	else inside()
}

# A type that something is made of comes before what that is made of in turn.
function inside(    before, p, name) {
	before = within
	within = ""
	p = type()
	if (p != "") {
		name = last(p)
		sub(/^(s[0-9a-zA-Z]*_)?u?[0-9]+_?/, "", name)
		before = before " " (first(p) ~ /[0-9_]4core$/ ? 2 : 1) ":" name
	}
	within = before within
}

# The path of a type, if it has one.
function type(    c) {
	if (too_deep()) return ""
	c = next_char()
	if (c ~ /[CNIMXY]/) {
		at--
		return path()
	}
	if (c == "B") return again("type")
	if (c in basic) {
		within = within " 2:" basic[c]
	} else if (c ~ /[RQ]/) {
		if (take("L")) number()
		return type()
	} else if (c ~ /[POS]/) {
		return type()
	} else if (c == "A") {
		inside()
		constant()
	} else if (c == "T") {
		while (!bad && !take("E")) inside()
	} else if (c == "F") {
		if (take("G")) number()
		take("U")
		if (take("K") && !take("C")) identifier()
		while (!bad && !take("E")) inside()
		inside()
	} else if (c == "D") {
		if (take("G")) number()
		while (!bad && !take("E")) {
			inside()
			while (take("p")) {
				identifier()
				inside()
			}
		}
		if (take("L")) number()
	} else if (c !~ /[a-z]/) {
		bad = 1
	}
	return ""
}

# Numbers, and texts that are written as such.
function constant(    c) {
	if (take("p")) return
	if (take("B")) {
		again("constant")
		return
	}
	take("R")
	c = next_char()
	if (!(c in basic)) bad = 1
	take("n")
	while (substr(text, at, 1) ~ /[0-9a-f]/) at++
	if (!take("_")) bad = 1
}

# again WHAT: what is here is the same as at an earlier place.
function again(what,    target, back, p) {
	# Counted from behind the "_R".
	target = number() + 3
	if (target >= at) bad = 1
	back = at
	at = target
	if (what == "path") p = path()
	else if (what == "type") p = type()
	else constant()
	at = back
	return p
}

function identifier(    start, len) {
	start = at
	if (take("s")) number()
	take("u")
	if (!match(substr(text, at, 4), /^(0|[1-9][0-9]*)/)) bad = 1
	len = substr(text, at, RLENGTH) + 0
	at += RLENGTH
	if (len > 0) take("_")
	at += len
	return substr(text, start, at - start)
}

# Numbers of base 62 end in "_", and that alone is 0.
function number(    n, c) {
	n = -1
	while ((c = next_char()) ~ /[0-9a-zA-Z]/)
		n = (n < 0 ? 0 : n) * 62 + index(digits, c) - 1
	if (c != "_") bad = 1
	return n + 1
}

function next_char() { return substr(text, at++, 1) }

# take CHAR: go on behind it, if it comes next.
function take(c) {
	if (substr(text, at, 1) != c) return 0
	at++
	return 1
}

# A name that is made of itself has no end.
function too_deep() {
	if (depth > 200) bad = 1
	return bad
}
