# layers.awk - the rooms of the house are one-way streets.
#
# awk -f tools/layers.awk tools/layers.txt FILE...      (from the root, FILE = src/...)
#
# layers.txt lists each room with the rooms it may include, lowest first; a line room/name.h is
# a second public header of a room that has two. Refused are:
# an include of a room not listed, of a room's private header from outside, a room that
# is not in the list, and a list that is not ordered from low to high.
function fault(text) { print FILENAME ":" FNR ": " text; faults++ }

FNR == NR {
	if (/^#/ || NF == 0) next
	if (NF == 1 && $1 ~ /^[a-z]+\/[a-z]+\.h$/) { public[$1]; next }
	room = $1
	sub(/:$/, "", room)
	known[room] = may[room, room] = 1
	for (i = 2; i <= NF; i++) {
		if (!($i in known)) fault("room " room " lists " $i ", which is not below it")
		may[room, $i] = 1
	}
	next
}

FNR == 1 {
	split(FILENAME, path, "/")
	room = path[2]
	if (path[3] == "") room = ""            # src/main.c: wiring, may see every room
	else if (!(room in known)) fault("room " room " is not in tools/layers.txt")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	parts = split(quoted[2], path, "/")
	if (parts == 1) {
		# The build's own products lie flat in build/gen.
		if (quoted[2] !~ /^(data|locale)_[a-z_]+\.(h|inc)$/ && !(quoted[2] == "templates.h" && room == "web")) fault("write \"room/" quoted[2] "\"")
		next
	}
	if (!(path[1] in known)) fault("\"" quoted[2] "\" is in no room of tools/layers.txt")
	else if (room != "" && !((room, path[1]) in may))
		fault("room " room " may not include " path[1] " (tools/layers.txt)")
	else if (path[1] != room && quoted[2] !~ /\.def$/ && path[2] != path[1] ".h" && !(quoted[2] in public))
		fault("from outside, room " path[1] " is \"" path[1] "/" path[1] ".h\" only")
}

END { exit faults > 0 }
