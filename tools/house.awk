# house.awk - the rules of the house that a machine can hold.
#
# awk -f tools/house.awk tools/ratchet.txt FILE...      (from the root)
#
# C files: at most 800 lines, functions at most 70, no call outside its home, every file
# where the build finds it, every header of src/ included by someone, every public
# function under a comment. All files: no unfinished business, no path of one machine.
# tools/ratchet.txt forgives what is old: "RULE FILE COUNT"; counts may only shrink.
function fault(line, rule, text)
{
	count[file, rule]++
	message[++messages] = file ":" line ": " text
	about[messages] = file SUBSEP rule
}
function ban(names, home,    list, n)
{
	for (n = split(names, list, " "); n > 0; n--) { banned[list[n]] = 1; at_home[list[n]] = home }
}
function ends_well()
{
	if (file == "") return
	if (is_c && lines > 800) fault(lines, "lines", "a file of " lines " lines; 800 is the most")
}

BEGIN {
	# Unsafe, hidden state, or locale-bound: no one's.
	ban("strcpy strcat strncpy sprintf vsprintf strtok gets alloca atoi atol atof rand srand random " \
		"setlocale system popen gmtime localtime ctime asctime mktime", "nowhere")
	# The world outside comes in by one door.
	ban("getenv time gettimeofday isatty fopen printf puts putchar fwrite fread",
		"src/(cli/|main.c)")
	# … and messages go out as files.
	ban("open", "src/(cli/|main.c|mail/drain.c|web/post.c)")
	# Deadlines of connections are the loop's.
	ban("clock_gettime", "src/(cli/|main.c|net/loop.c)")
	# Memory is an arena's; base says its one last line when there is no more.
	ban("malloc calloc realloc free strdup abort exit fprintf fputs", "src/(base/arena.c|cli/|main.c)")
	everywhere = "strcpy strcat strncpy sprintf vsprintf strtok gets alloca atoi atol atof rand srand random setlocale"
	split(everywhere, list, " ")
	for (i in list) bad_anywhere[list[i]] = 1
	places = "^(src/main|src/[a-z]+/[a-z][a-z0-9_]*|tests/unit/t_[a-z0-9_]+|tests/(wire|fault|mail)/[a-z_]+|tools/[a-z]+" \
		"|fuzz/fuzz_[a-z0-9_]+|bench/(bench|peer)_[a-z0-9_]+)\\.(c|cpp)$"
	open_ends = "T[O]DO|F[I]XME|NEEDS[W]ORK|(^|[^A-Za-z])(X[X]X|[Ss]t[u]b|H[A]CK|[Pp]lacehold[e]r|[Nn]ot imple[m]ented)([^A-Za-z]|$)"
	one_machine = "(^|[^A-Za-z0-9_.}$)])/(home|root|work|tmp|Users)/[A-Za-z]|\\.\\./sh[a]red"
}

FNR == NR {
	if (!/^#/ && NF == 3) { forgiven[$2, $1] = $3; from_list[$2, $1] = 1 }
	next
}

FNR == 1 {
	ends_well()
	file = FILENAME
	is_c = file ~ /\.(c|h|cpp|def)$/
	is_public_header = file ~ /^src\/[a-z]+\/[a-z]+\.h$/
	if (file ~ /\.(c|cpp)$/ && file !~ places) fault(1, "place", "the build does not look for a source here")
	if (file ~ /^src\/.*\.(h|def)$/) to_include[file] = 1
	in_comment = start = depth = paragraph_said = 0
	name = ""
}

{ lines = FNR }
$0 ~ open_ends { fault(FNR, "unfinished", "unfinished business: finish it") }
$0 ~ one_machine { fault(FNR, "path", "a path of one machine") }

!is_c { next }

{
	# What is left of the line without comments and text.
	code = $0
	said_here = in_comment
	if (code ~ /^[ \t]*#[ \t]*include[ \t]*"/) { split(code, quoted, "\""); included["src/" quoted[2]] = 1 }
	gsub(/\\./, "", code)
	gsub(/"[^"]*"/, "\"\"", code)
	gsub(/'[^']*'/, "0", code)
	if (in_comment) {
		if (!match(code, /\*\//)) code = ""
		else { code = substr(code, RSTART + 2); in_comment = 0 }
	}
	while (match(code, /\/\*/)) {
		said_here = 1
		rest = substr(code, RSTART + 2)
		code = substr(code, 1, RSTART - 1)
		if (match(rest, /\*\//)) code = code substr(rest, RSTART + 2)
		else { in_comment = 1; break }
	}
	if (sub(/\/\/.*/, "", code)) said_here = 1
}

# Lengths of functions: the brace in the first column opens, the next one there closes.
code ~ /^[A-Za-z_].*\(/ { name = code; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
code ~ /^\{/ { start = FNR }
code ~ /^\}/ && start {
	if (FNR - start + 1 > 70)
		fault(start, "function", name " has " FNR - start + 1 " lines; 70 is the most")
	start = 0
}

# Calls outside their home.
{
	rest = code
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		call = substr(rest, RSTART, RLENGTH)
		before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : ""
		rest = substr(rest, RSTART + RLENGTH)
		sub(/[ \t]*\($/, "", call)
		if (!(call in banned) || before == "." || before == ">") continue
		if (file !~ /^src\// ? (call in bad_anywhere) : (file !~ ("^" at_home[call])))
			fault(FNR, "call", call "() is not called here (tools/house.awk)")
	}
}

# Public functions: a comment somewhere above in the same paragraph.
is_public_header {
	if ($0 ~ /^[ \t]*$/) paragraph_said = 0
	if (said_here) paragraph_said = 1
	if (depth == 0 && code ~ /^[A-Za-z_].*[a-z0-9_]\(/ && code !~ /^(typedef|static|struct [a-z_]+ \{)/ && !paragraph_said) {
		call = code
		sub(/\(.*/, "", call)
		sub(/.*[ *]/, "", call)
		fault(FNR, "comment", call " has no comment")
	}
	depth += gsub(/\{/, "{", code) - gsub(/\}/, "}", code)
}

END {
	ends_well()
	for (f in to_include) if (!(f in included)) { file = f; fault(1, "unused", "nobody includes it") }
	for (i = 1; i <= messages; i++) {
		split(about[i], part, SUBSEP)
		if (count[part[1], part[2]] > forgiven[part[1], part[2]]) { print message[i]; faults++ }
	}
	for (key in from_list) {
		split(key, part, SUBSEP)
		if (part[2] != "format" && count[part[1], part[2]] < forgiven[part[1], part[2]]) {
			print "tools/ratchet.txt: " part[2] " " part[1] " is down to " count[part[1], part[2]] + 0 "; say so there"
			faults++
		}
	}
	exit faults > 0
}
