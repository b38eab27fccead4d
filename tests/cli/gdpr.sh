#!/bin/sh
# kompis gdpr: the record of processing, held to docs/privacy.md; and the breach sheet.
set -u
: "${KOMPIS:?path of the binary}"
T=$(mktemp -d "${TMPDIR:-/tmp}/gdpr.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
verdict() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
gdpr() { "$KOMPIS" gdpr "$@" --lang en 2>&1; }
# says EXIT WORDS WHAT ARGUMENTS
says() {
	want=$1 words=$2 what=$3; shift 3
	said=$(gdpr "$@"); code=$?
	case $said in *"$words"*) same=0 ;; *) same=1 ;; esac
	[ $code = "$want" ] && [ $same = 0 ]; verdict $? "$what: exit $want"
	[ $same = 0 ] || echo "# $code $said"
}
json() { /usr/bin/python3 -c "import json, sys; r = json.load(open('$T/said')); $1"; }

# ---- records --------------------------------------------------------------------------------
says 0 'Given name' "the record, for people" records
says 0 '90 days' "notes go after 90" records
fields=$(grep -c '^FIELD(' src/model/fields.def)
gdpr records --json >"$T/said"
json "assert len(r['fields']) == $fields and all(f['days'] > 0 for f in r['fields'])"; verdict $? "each field of fields.def, with days"
json "assert [p['days'] for p in r['periods'] if p['name'] == 'log'] == [730]"; verdict $? "and the periods"
# What stands in the document is what is printed: kompis gdpr records --markdown --lang en.
in_document() { awk '/<!-- records -->/ { on = 1; next } /<!-- end of records -->/ { on = 0 } on' "$1"; }
gdpr records --markdown >"$T/printed"
in_document docs/privacy.md >"$T/written"
cmp -s "$T/printed" "$T/written"; verdict $? "docs/privacy.md has the table as it is printed"
diff "$T/printed" "$T/written" | head -n 4 | sed 's/^/# /'
sed 's/| 90 days |$/| 365 days |/' docs/privacy.md >"$T/privacy.md"
in_document "$T/privacy.md" | cmp -s - "$T/printed"; [ $? = 1 ]; verdict $? "twin: another period in the document is found"

# ---- breach ---------------------------------------------------------------------------------
"$KOMPIS" demo data/samples/norrbotten_400_clean.csv --data "$T/data" >/dev/null
verdict $? "an office"
user=$("$KOMPIS" user list --data "$T/data" | awk -F '\t' '$2 == "coordinator" { print $1 "\t" $4; exit }')
places=${user#*	} user=${user%	*}
time="--from 2020-01-01 --to 2090-12-31"
# shellcheck disable=SC2086  # the times are several words
breach() { gdpr breach --user "$user" $time --data "$T/data" "$@"; }
find "$T/data" -name '*.db' -exec cksum {} + >"$T/before"
breach --json >"$T/said"
json "
p = r['people']
assert len(p) == r['opened'] + r['readable'] and r['readable'] > 20
assert {str(x['municipality']) for x in p} <= set('$places'.split(',')) and not any('given' in x for x in p)
"; verdict $? "those of its municipalities, without names"
breach --csv >"$T/csv"
[ "$(wc -l <"$T/csv")" -gt 20 ] && head -n 1 "$T/csv" | grep -q '^"id","municipality","state","opened","first","last"'; verdict $? "as a sheet"
breach | grep -q 'Could have read: [1-9]'; verdict $? "as a table"
find "$T/data" -name '*.db' -exec cksum {} + >"$T/after"
cmp -s "$T/before" "$T/after"; verdict $? "nothing is written for it"
breach --names --json >"$T/said"
json "assert all(x['given'] for x in r['people'] if x['state'] != 'erased')"; verdict $? "names on asking"
"$KOMPIS" doctor --data "$T/data" --lang en | grep -q 'BAD'; [ $? = 1 ]; verdict $? "the chain of the log goes on"
says 2 'wants a day or a time' "no such day" breach --user "$user" --from 2020-02-30 --to 2090-12-31 --data "$T/data"
says 2 'wants a day or a time' "no such time" breach --user "$user" --from 2020-02-01T25:00 --to 2090-12-31 --data "$T/data"
says 0 'Opened: 0' "a time" breach --user "$user" --from 2020-02-01T13:00 --to 2020-02-01T14:30 --data "$T/data"
says 2 'which account' "nobody's" breach --from 2020-02-01 --to 2090-12-31 --data "$T/data"
says 3 'has no account' "an account that is not there" breach --user x@example.org --from 2020-02-01 --to 2090-12-31 --data "$T/data"
says 2 'is not there' "no such verb" forget
says 2 '' "too little"
echo "1..$n"
