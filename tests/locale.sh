#!/bin/sh
# Swedish and English say the same things: the same keys, the same arguments, and every key
# that the source names is there. With twins.
set -u
cd "$(dirname "$0")/.." || exit 4
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
n=0
failed=0
# expect passes|MESSAGE WHAT SV EN SOURCE...
expect() {
	n=$((n + 1))
	want=$1
	what=$2
	shift 2
	if said=$(awk -f tools/locale.awk "$@"); then said=passes; fi
	if echo "$said" | grep -q -- "$want"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		echo "$said" | sed 's/^/# /'
		failed=1
	fi
}
entry() { printf 'msgid "%s"\nmsgstr "%s"\n\n' "$1" "$2"; }
two() { # TEXT-SV TEXT-EN SOURCE
	entry room.one "$1" >"$dir/sv.po"
	entry room.one "$2" >"$dir/en.po"
	printf '%s\n' "$3" >"$dir/a.c"
}

# shellcheck disable=SC2046  # a list of names
expect passes "both languages are complete" locale/sv.po locale/en.po $(find src -type f)
two "Ett {0}" "One {0}" 'say("room.one");'
expect passes "two sound files pass" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
entry room.two "Två" >>"$dir/sv.po"
expect "room.two is missing in" "twin: a key in one language only" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
two "Ett {0}" "One" 'say("room.one");'
expect "room.one: arguments differ" "twin: an argument lost" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
two "Ett" "" 'say("room.one");'
expect "room.one is empty" "twin: a text left empty" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
two "Ett" "One" 'say("room.one"); say("room.three");'
expect "room.three is in no language" "twin: a key nobody wrote words for" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
two "Ett" "One" 'say("other");'
expect "room.one: nobody says it" "twin: words nobody uses" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
two "Ett" "One" 'say("room.one");'
entry room.one "Ett" >>"$dir/sv.po"
expect "room.one is there twice" "twin: a key written twice" "$dir/sv.po" "$dir/en.po" "$dir/a.c"
echo "1..$n"
exit $failed
