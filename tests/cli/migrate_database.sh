#!/bin/bash
# kompis migrate-database from outside, between directories; tests/unit/t_store_move.c has the rest.
set -u
n=0
failed=0
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
keep=$(dirname "$KOMPIS")/fault/store_keep
unset KOMPIS_DATABASE KOMPIS_KEYS
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
# ends CODE ARGUMENTS...
ends() {
	wanted=$1
	shift
	said=$("$KOMPIS" "$@" --lang en 2>&1)
	[ $? -eq "$wanted" ]
}
says() { echo "$said" | grep -q -- "$1"; }

ends 0 migrate-database --help && says "^Usage: kompis migrate-database"
verdict $? "kompis migrate-database --help"
ends 0 help && says "^  migrate-database "
verdict $? "it is in the list of commands"
ends 2 migrate-database one && ends 2 migrate-database one two --nonsense
verdict $? "called wrongly: exit 2"
ends 4 migrate-database "$dir/none" "$dir/to" && [ ! -e "$dir/to" ]
verdict $? "from nowhere: exit 4, and nothing is made"
"$keep" fill "$dir/data" 20 >/dev/null
ends 0 migrate-database "$dir/data" "$dir/to" && says "equal at both ends"
verdict $? "all of it to another directory"
ends 3 migrate-database "$dir/data" "$dir/to" && says "is not empty"
verdict $? "what is not empty is refused: exit 3"
cp "$dir/data/master.key" "$dir/to/"
ends 0 doctor --data "$dir/to" && says "seals hold. People tried: 21"
verdict $? "with its key all of it opens"
ends 3 migrate-database "$dir/data" "postgresql://kompis:hush@127.0.0.1:1/kompis" && says "needs keys="
verdict $? "a database without one for the keys is refused"
ends 4 migrate-database "$dir/data" "postgresql://kompis:hush@127.0.0.1:1/a" --to-keys "postgresql://kompis:hush@127.0.0.1:1/b" &&
	says "127.0.0.1:1/b cannot be reached" && ! says hush
verdict $? "one that cannot be reached is named without its password: exit 4"
ends 3 migrate-database "$dir/data" "postgresql://kompis:hu%zzsh@127.0.0.1:1/a" --to-keys "postgresql://kompis:hush@127.0.0.1:1/b" &&
	! says hu
verdict $? "one that cannot be read is not repeated"
"$KOMPIS" serve --data "$dir/to" --port 0 >"$dir/out" 2>/dev/null &
server=$!
while ! grep -q http "$dir/out" && kill -0 $server 2>/dev/null; do sleep 0.05; done
ends 4 migrate-database "$dir/to" "$dir/third" && says "in use by another Kompis"
verdict $? "beside a running server: exit 4"
kill $server
wait $server
echo "1..$n"
exit $failed
