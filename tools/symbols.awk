# symbols.awk - what layers.awk asks of the includes, asked of the linker's names.
#
# nm -A -g OBJECTS | awk -f tools/symbols.awk tools/layers.txt USERS... -
# USERS are sources outside src/ (tests, bench, fuzz): a name they say is in use.
#
# Refused are: a room that uses a name of a room it may not see (however it got the
# declaration), a name used across rooms without its room's prefix, and a name with external
# linkage that no other file uses: make it static or delete it.
function fault(text) { if (!(text in told)) print text; told[text] = 1; faults++ }
function allowed_prefix(room, name) {
	if (room == "base") return 1            # one prefix per chapter of base.h
	if (room == "cli") return name ~ /^(cli|cmd)_/
	if (room == "model") return name ~ /^(model|id)_/ || name == "may"      # so are ids, and the question
	if (room == "view") return name ~ /^(view|html)_/       # html is a type of its own
	if (room == "model") return name ~ /^(model|id)_/ || name == "may"   # an id and a right are words of their own
	return index(name, room "_") == 1
}

FILENAME == "tools/layers.txt" {
	if (/^#/ || NF == 0 || $1 ~ /\//) next
	room = $1
	sub(/:$/, "", room)
	may[room, room] = 1
	for (i = 2; i <= NF; i++) may[room, $i] = 1
	next
}

FILENAME != "-" {
	while (match($0, /[A-Za-z_][A-Za-z0-9_]*/)) {
		said[substr($0, RSTART, RLENGTH)] = 1
		$0 = substr($0, RSTART + RLENGTH)
	}
	next
}

{
	object = $1
	sub(/:[0-9a-fA-F]*$/, "", object)
	name = $NF
	type = $(NF - 1)
	room = ""
	if (match(object, /\/src\/[a-z]+\//))
		room = substr(object, RSTART + 5, RLENGTH - 6)
	if (type == "U") { uses++; user[uses] = object; used[uses] = name; at[uses] = room }
	else if (type ~ /^[A-Z]$/ && name !~ /^(__|_fini|_init)/) { home[name] = room; where[name] = object }
}

END {
	for (i = 1; i <= uses; i++) {
		name = used[i]
		if (!(name in where)) continue
		if (user[i] != where[name]) said[name] = 1
		if (home[name] == "" || at[i] == home[name]) continue
		if (at[i] != "" && !((at[i], home[name]) in may))
			fault(user[i] ": room " at[i] " uses " name " of room " home[name])
		if (!allowed_prefix(home[name], name))
			fault(where[name] ": public name " name " lacks the prefix of room " home[name])
	}
	for (name in where) {
		if (home[name] != "" && !(name in said)) fault(where[name] ": nobody uses " name)
	}
	if (uses == 0) fault("symbols: no objects to look at")
	exit faults > 0
}
