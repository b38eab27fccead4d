#!/bin/sh
# kompis import --check: tables, JSON, exit codes.
set -u
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
T=$(mktemp -d "${TMPDIR:-/tmp}/import.XXXXXX")
trap 'rm -rf "$T"' EXIT
D=data/samples
import() { "$KOMPIS" import --date 2023-01-01 --lang en "$@" >"$T/out" 2>"$T/err"; }
has() { grep -q -- "$1" "$T/out"; }
exits() { want=$1 what=$2; shift 2; import "$@"; [ $? -eq "$want" ]; say $? "$what, exit $want"; }

exits 0 "a messy sheet is read" --check $D/norrbotten_50.csv
has '^51 rows were read.$'; say $? "it says how many rows"
grep -E '^2 +3 +Födelseår +31 +1931, 1991 +Can be' "$T/out" >/dev/null; say $? "an unclear cell: row, line, column, what it says, what it may mean"
grep -E '^20 +Nadia Ahmad +21 +Nadi Ahmad +Same e-mail' "$T/out" >/dev/null; say $? "a duplicate with its reason"
has 'All 51 rows can be used'; say $? "and that all rows can be used"
LC_ALL=C awk '/^Row +Line/ { at = index($0, "Column") } at && /^2 +3 / { exit substr($0, at, 1) != "F" }' "$T/out"
say $? "the columns are aligned"
"$KOMPIS" import --check $D/norrbotten_50.csv --lang sv | grep -q '51 rader är lästa'; say $? "the same in Swedish"

exits 3 "the hostile sheet" --check $D/norrbotten_hostile.csv
for row in 5:6 6:7 7:9 8:10 11:13 12:14; do
	grep -E "^${row%:*} +${row#*:} .*The row cannot be used" "$T/out" >/dev/null
	say $? "row ${row%:*} is not used, and says why"
done
printf 'Typ;F\303\266rnamn\nny;\033[31mR\303\266d\n?\033]0;x\007;y\n' >"$T/escape.csv"
exits 3 "a sheet that would steer the terminal" --check "$T/escape.csv"
grep -q "$(printf '\033')" "$T/out"; [ $? -eq 1 ]; say $? "does not"
printf 'Typ;Skonummer\nny;38\n' >"$T/heading.csv"
exits 0 "a heading nobody knows" --check "$T/heading.csv"
has '^Skonummer$'; say $? "is named"
exits 0 "also with --json" --check --json "$T/heading.csv"
grep -q Skonummer "$T/err"; say $? "on standard error"

# json what program: the program sees the output as d
json() {
	/usr/bin/python3 -c "import json,sys
d = json.load(open('$T/out', encoding='utf-8'))
sys.exit(0 if ($2) else 1)" 2>/dev/null
	say $? "$1"
}
exits 0 "--json" --check --json $D/norrbotten_50.csv
json "has rows and duplicates, nothing else" "sorted(d) == ['duplicates', 'rows']"
json "numbers the rows from 1" "[r['row'] for r in d['rows']] == list(range(1, 52))"
json "proposes 20 and 21" "d['duplicates'] == [[20, 21]]"
json "has values by heading as a clean sheet has them" \
	"d['rows'][0]['values']['Telefon'] == '+46406280433' and d['rows'][0]['values']['Anmäld'] == '2022-11-27'"
json "has the headings of the sheet" "len(d['rows'][0]['values']) == 28 and list(d['rows'][0]) == ['row', 'values', 'problems']"
json "has problems with column, read and could_be" \
	"d['rows'][1]['problems'] == [{'column': 'Födelseår', 'read': '31', 'could_be': ['1931', '1991']}]"
json "and no problem where there is none (this must fail if there were)" "d['rows'][0]['problems'] == []"
exits 3 "--json of the hostile sheet" --check --json $D/norrbotten_hostile.csv
json "names every unusable row" "all(d['rows'][i - 1]['problems'] for i in (5, 6, 7, 8, 11, 12))"
exits 0 "a workbook" --check --json tests/data/sheet/openpyxl.xlsx
json "is read too" "len(d['rows']) == 12 and d['rows'][4]['values']['Anmäld'] == '2021-09'"

exits 2 "without --check there is no import yet" $D/norrbotten_50.csv
grep -q 'import --check' "$T/err"; say $? "it says what there is"
exits 2 "no file" --check
exits 2 "an unknown option" --check --frobnicate $D/norrbotten_50.csv
exits 3 "a missing file" --check "$T/none.csv"
: >"$T/empty.csv"
exits 3 "an empty sheet" --check "$T/empty.csv"
grep -q 'empty.csv: ' "$T/err"; say $? "is named"
printf 'Namn;Ort\nEva;Boden\n' >"$T/side.csv"
exits 3 "a sheet without the column of sides" --check "$T/side.csv"
grep -q 'side.csv:1: .*Typ' "$T/err"; say $? "with file, line and what was expected"
printf 'Typ;Mobil;Telefon\nny;;\n' >"$T/twice.csv"
exits 3 "a heading twice" --check "$T/twice.csv"
grep -q 'twice.csv:1:3: ' "$T/err"; say $? "with file, line and column"
exits 0 "--help" --help
"$KOMPIS" import --check - <$D/norrbotten_50.csv >"$T/out" 2>&1; say $? "standard input is read"
echo "1..$n"
