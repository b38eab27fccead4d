#!/bin/bash
# kompis backup, restore, doctor, key: from outside, with people in the store and a writer beside.
set -u
n=0
failed=0
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
keep=$(dirname "$KOMPIS")/fault/store_keep
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
kompis() { said=$("$KOMPIS" "$@" --lang en 2>&1); }
says() { echo "$said" | grep -q -- "$1"; }
# ends CODE COMMAND...
ends() { wanted=$1; shift; kompis "$@"; [ $? -eq "$wanted" ]; }

# ---- the words, and being called wrongly -------------------------------------------------
for command in backup restore doctor key; do
	ends 0 $command --help && says "^Usage: kompis $command"
	verdict $? "kompis $command --help"
	ends 2 $command --nonsense
	verdict $? "kompis $command refuses an option it does not know, exit 2"
done
ends 2 key import && says "knows only export"
verdict $? "kompis key import is no command"
ends 2 backup && ends 2 restore one
verdict $? "operands that are missing, exit 2"
ends 4 backup --data "$dir/none" "$dir/x" && says "No such file"
verdict $? "no data: exit 4"
ends 1 doctor --data "$dir/none" && says "BAD .*cannot be examined"
verdict $? "the doctor of nothing: exit 1"

# ---- there and back -----------------------------------------------------------------------
data=$dir/data
copies=$dir/copies
mkdir "$copies"
draft=$("$keep" fill "$data" 20)
verdict $? "a store with people"
export KOMPIS_DATA=$data
ends 0 doctor && says "warning .*never been printed" && says "Run kompis key export"
verdict $? "a sound directory: warnings, exit 0"
"$KOMPIS" key export >"$dir/key" 2>"$dir/advice" && [ "$(wc -c <"$dir/key")" = 70 ] && grep -q . "$dir/advice"
verdict $? "the key on standard output, the advice beside it"
ends 0 doctor && says "fine .*was printed"
verdict $? "the doctor knows that it was"
ends 0 backup "$copies/monday" && says "The backup is done"
verdict $? "a backup without a server"
[ "$(find "$copies" -type f | wc -l)" = 2 ] && [ "$(stat -c %a "$copies/monday" "$copies/kompis.keys" | sort -u)" = 600 ]
verdict $? "two files, for their owner only"
[ "$(find "$data" -type f ! -perm 600 | wc -l)" = 0 ]
verdict $? "reading made no file that others can read"
hex() { cat "$@" | od -An -v -tx1 | tr -d ' \n'; }
! hex "$copies/monday" "$copies/kompis.keys" | grep -qF "$(hex "$data/master.key")"
verdict $? "the master key is in neither"
ends 0 restore "$copies/monday" "$dir/new" --key "$dir/key" && says "People: 21"
verdict $? "restored with the exported key"
[ "$("$keep" people "$dir/new")" = 21 ]
verdict $? "everyone's name opens in what was restored"
ends 0 doctor --data "$dir/new" && ! says BAD
verdict $? "the doctor of what was restored"
mkdir "$dir/with"
cp "$data/master.key" "$dir/with/"
ends 0 restore "$copies/monday" "$dir/with/" && [ "$("$keep" people "$dir/with")" = 21 ]
verdict $? "restored into a directory that has the key"
ends 0 restore "$copies/monday" "$dir/raw" --key "$data/master.key"
verdict $? "a copy of master.key is a key too"
kompis doctor --json
echo "$said" | /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d["grade"] == "warning" and len(d["findings"]) > 9, d
assert all(f["text"] and f["key"].startswith("doctor.") for f in d["findings"])'
verdict $? "doctor --json can be read by machines"

# ---- what is refused ------------------------------------------------------------------------
ends 3 restore "$copies/monday" "$dir/new" --key "$dir/key" && says "is not empty"
verdict $? "not into a directory with something in it"
ends 3 restore "$copies/monday" "$dir/x" && says "master key is needed"
verdict $? "not without a key"
"$keep" fill "$dir/other" 1 >/dev/null
ends 3 restore "$copies/monday" "$dir/x" --key "$dir/other/master.key" && says "does not belong"
verdict $? "not with another's key"
tr 'a-m' 'n-z' <"$dir/key" >"$dir/misread"
ends 3 restore "$copies/monday" "$dir/x" --key "$dir/misread" && says "some letter is wrong"
verdict $? "not with a letter misread"
for at in 3 400 20000; do
	cp "$copies/kompis.keys" "$dir/"
	cp "$copies/monday" "$dir/bad"
	printf '\377' | dd of="$dir/bad" bs=1 seek=$at conv=notrunc 2>/dev/null
	ends 3 restore "$dir/bad" "$dir/x" --key "$dir/key"
	verdict $? "not with byte $at changed: $said"
done
ends 3 restore "$dir/key" "$dir/x" --key "$dir/key" && says "no backup"
verdict $? "not from what is no backup"
[ ! -e "$dir/x" ] && [ ! -e "$dir/x.restoring" ]
verdict $? "and nothing is left behind"
ends 2 backup "$copies/kompis.keys" && ends 4 backup "$dir/none/monday"
verdict $? "a backup needs a name and a directory"

# ---- whoever was erased stays erased -----------------------------------------------------------
"$keep" erase "$data" "$draft" && ends 0 backup "$copies/tuesday"
verdict $? "someone is erased, and there is a backup after it"
ends 0 restore "$copies/monday" "$dir/monday" --key "$dir/key" && says "erased again: 1"
verdict $? "the older backup says whom it did not bring back"
[ "$("$keep" people "$dir/monday")" = 20 ]
verdict $? "and did not"

# ---- while someone writes ------------------------------------------------------------------------
mkfifo "$dir/lines"
"$keep" write "$data" >"$dir/lines" &
writer=$!
exec 3<"$dir/lines"
odd=0
for i in 1 2 3; do
	read -r _ <&3 && ends 0 backup "$copies/busy" || odd=1
	ends 0 restore "$copies/busy" "$dir/busy$i" --key "$dir/key" || odd=1
	[ $(($("$keep" people "$dir/busy$i") % 2)) = 0 ] || odd=1
done
ends 0 doctor || odd=1
kill $writer
wait $writer 2>/dev/null
exec 3<&-
verdict $odd "three backups beside a writer: no moment that never was"

# ---- damage that the doctor finds -------------------------------------------------------------------
chmod 644 "$data/keys.db"
ends 1 doctor && says "BAD .*Other accounts.*keys.db" && says "chmod go-rwx"
verdict $? "a file that others can read"
chmod 600 "$data/keys.db"
"$keep" alter "$data"
ends 1 doctor && says "BAD .*log was altered.* at row 2"
verdict $? "a row of the log that was altered"
said=$("$KOMPIS" doctor --lang sv)
[ $? -eq 1 ] && says "FEL .*Loggen är ändrad"
verdict $? "in Swedish too"
cp -r "$dir/new" "$dir/torn"
size=$(stat -c %s "$dir/torn/kompis.db")
dd if=/dev/urandom of="$dir/torn/kompis.db" bs=4096 seek=1 count=$((size / 4096 - 1)) conv=notrunc 2>/dev/null
ends 1 doctor --data "$dir/torn" && says BAD
verdict $? "a database that was overwritten"
cp "$dir/other/master.key" "$dir/new/master.key"
ends 1 doctor --data "$dir/new" && says "master.key"
verdict $? "the key of another"
rm "$dir/new/master.key"
ends 1 doctor --data "$dir/new" && says "master.key"
verdict $? "no key"

echo "1..$n"
exit $failed
