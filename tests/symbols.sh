#!/bin/sh
# The linker's names keep to the rooms (tools/symbols.awk), with twins. Needs build/gcc.
set -u
cd "$(dirname "$0")/.." || exit 4
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
n=0
failed=0
look() { awk -f tools/symbols.awk tools/layers.txt "$@" -; }
# expect passes|MESSAGE WHAT FILE: what symbols.awk says of these names.
expect() {
	n=$((n + 1))
	: >"$dir/none.c"
	if said=$(look "$dir/none.c" <"$3"); then said=passes; fi
	if echo "$said" | grep -q -- "$1"; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		echo "$said" | sed 's/^/# /'
		failed=1
	fi
}
names() { printf '%s\n' "$@" >"$dir/names"; }

n=1
# What view/template.h names is for compiled templates, which use some of it or all.
# shellcheck disable=SC2046  # lists of names
if said=$(find build/gcc/src -name '*.o' | sort | xargs nm -A -g |
	look $(find tests fuzz bench -name '*.[ch]') src/view/template.h); then
	echo "ok 1 - names keep to their rooms"
else
	echo "not ok 1 - names keep to their rooms"
	echo "$said" | sed 's/^/# /'
	failed=1
fi
main='b/src/main.o: U cli_go'
cli='b/src/cli/go.o:0 T cli_go'
names "$main" "$cli"
expect passes "a sound program passes" "$dir/names"
names "$main" "$cli" 'b/src/check/a.o: U solve_run' 'b/src/solve/a.o:0 T solve_run'
expect "room check uses solve_run of room solve" "twin: the checker calls the solver" "$dir/names"
names "$main" "$cli" 'b/src/solve/a.o:0 T run' 'b/src/cli/go.o: U run'
expect "run lacks the prefix of room solve" "twin: a public name without its room" "$dir/names"
names "$main" "$cli" 'b/src/solve/a.o:0 T solve_idle'
expect "nobody uses solve_idle" "twin: a function nobody calls" "$dir/names"
echo "1..$n"
exit $failed
