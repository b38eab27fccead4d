#!/bin/sh
# kompis match --data: those who wait in an installation, matched as a sheet of them would be.
set -u
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
T=$(mktemp -d "${TMPDIR:-/tmp}/match_data.XXXXXX")
trap 'rm -rf "$T"' EXIT
match() { "$KOMPIS" match --lang en --out "$T/out" "$@" >"$T/said" 2>"$T/err"; }
exits() { want=$1 what=$2; shift 2; "$@"; [ $? -eq "$want" ]; say $? "$what, exit $want"; }
json() { /usr/bin/python3 -c "import json; r = json.load(open('$T/out/result.json')); $1"; }

"$KOMPIS" demo data/samples/norrbotten_400_clean.csv --data "$T/data" >/dev/null
say $? "a demonstration to look at"
find "$T/data" -name '*.db' -exec cksum {} + >"$T/before"
exits 0 "those who wait are matched" match --data "$T/data"
grep -q 'Proven best' "$T/said"; say $? "and the result is proven"
find "$T/data" -name '*.db' -exec cksum {} + >"$T/after"
cmp -s "$T/before" "$T/after"; say $? "the installation is only read"
json 'assert len(r["pairs"]) > 20' 2>"$T/why"; say $? "with pairs"
cp "$T/out/result.json" "$T/first.json"
exits 0 "once more" match --data "$T/data"
cmp -s "$T/first.json" "$T/out/result.json"; say $? "the same comes out"
exits 0 "the options are those of a sheet" match --data "$T/data" --leave-out 1 --reserve 0
exits 2 "a sheet and a directory" match data/samples/norrbotten_50.csv --data "$T/data"
exits 2 "neither" match
exits 4 "a directory that is no installation" match --data "$T/nothing"
[ ! -e "$T/nothing" ]; say $? "is not made into one"
echo "1..$n"
