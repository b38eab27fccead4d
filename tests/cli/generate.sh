#!/bin/sh
# kompis generate: a clean sheet that Kompis reads back without a question.
set -u
: "${KOMPIS:?path of the binary}"
T=$(mktemp -d "${TMPDIR:-/tmp}/generate.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
verdict() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
make_sheet() { "$KOMPIS" generate --newcomers 40 --established 30 --date 2023-01-01 "$@"; }

make_sheet --seed 1 >"$T/a.csv"; verdict $? "writes a sheet"
[ "$(wc -l <"$T/a.csv")" = 71 ]; verdict $? "a heading and a line for each"
make_sheet --seed 1 >"$T/b.csv"; cmp -s "$T/a.csv" "$T/b.csv"; verdict $? "one seed, one sheet"
make_sheet --seed 2 >"$T/c.csv"; ! cmp -s "$T/a.csv" "$T/c.csv"; verdict $? "another seed, another sheet"
"$KOMPIS" import --check "$T/a.csv" --json >"$T/a.json"; verdict $? "every row can be used"
! grep -q '"could_be"' "$T/a.json"; verdict $? "nothing in it is unclear"
# The twin: an unclear answer would be seen.
sed '2s/Ny svensk/Nysvensk eller så/' "$T/a.csv" >"$T/d.csv"
"$KOMPIS" import --check "$T/d.csv" --json 2>/dev/null | grep -q '"could_be"'
verdict $? "an unclear one would be reported"
make_sheet --city | cut -d, -f7 | sort -u | tr '\n' ' ' | grep -qx 'Kommun Luleå '
verdict $? "--city: one municipality"
! cut -d, -f10 "$T/a.csv" | grep -qv -e '^Telefon$' -e '^+46846500[4]..$'
verdict $? "phone numbers are those nobody has"
[ "$(make_sheet --anywhere 1 | grep -c Digitalt)" = 70 ]; verdict $? "--anywhere 1: all by video"
make_sheet --anywhere 2 >/dev/null 2>&1; [ $? = 2 ]; verdict $? "a share above 1 is refused"
make_sheet --newcomers -3 >/dev/null 2>&1; [ $? = 2 ]; verdict $? "a negative number is refused"
echo "1..$n"
