#!/bin/sh
# kompis assign: answers, certificates, and what it says of files it cannot use.
set -u
: "${KOMPIS:?path of the binary}"
T=$(mktemp -d "${TMPDIR:-/tmp}/assign.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
verdict() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
# gives EXPECTED OPTIONS: the first line, of the problem in $T/p.asn
gives() {
	want=$1; shift
	got=$("$KOMPIS" assign "$T/p.asn" --lang en "$@" 2>&1 | head -n 1)
	[ "$got" = "$want" ]; verdict $? "gives $want ($*)"
}
# refuses EXIT WHAT PLACE WORDS: the problem on standard input
refuses() {
	cat >"$T/bad.asn"
	said=$("$KOMPIS" assign "$T/bad.asn" --lang en 2>&1); code=$?
	case $said in *"bad.asn:$3"*"$4"*) same=0 ;; *) same=1 ;; esac
	[ $code = "$1" ] && [ $same = 0 ]; verdict $? "$2: exit $1 at $3"
	[ $same = 0 ] || echo "# $said"
}

cat >"$T/p.asn" <<P
c three to three
p asn 6 8
n 1
n 2
n 3
a 1 4 5
a 1 5 2
a 2 4 7
a 2 6 3
a 3 5 4
a 3 6 1
a 3 4 9
a 2 5 -4
P
gives "s 2"
gives "s 14" --max
gives "s -4" --unmatched
gives "s 14" --max --unmatched
one=$("$KOMPIS" assign "$T/p.asn" --threads 1); four=$("$KOMPIS" assign "$T/p.asn" --threads 4)
[ "$one" = "$four" ] && [ "$(echo "$one" | grep -c '^f [123] [456] 1$')" = 3 ]
verdict $? "three f lines, the same for four threads"
"$KOMPIS" assign - <"$T/p.asn" >/dev/null; verdict $? "reads standard input"
"$KOMPIS" assign "$T/p.asn" --certificate "$T/p.cert" >/dev/null &&
	head -n 1 "$T/p.cert" | grep -q '^p cert min perfect 6 8$' &&
	sed -n 2p "$T/p.cert" | grep -Eq '^d [0-9a-f]{64}$'
verdict $? "writes a certificate"

for kind in "" --max --unmatched "--max --unmatched"; do
	# shellcheck disable=SC2086  # two options, or none
	"$KOMPIS" assign "$T/p.asn" $kind --certificate "$T/p.cert" >/dev/null &&
		"$KOMPIS" check "$T/p.asn" "$T/p.cert" >/dev/null
	verdict $? "kompis check proves it ($kind)"
done
sed 's/^v 4 .*/v 4 0/' "$T/p.cert" >"$T/bad.cert"
"$KOMPIS" check "$T/p.asn" "$T/bad.cert" >/dev/null; [ $? -eq 1 ]
verdict $? "twin: with a price lowered it does not"

printf 'p asn 4 3\n\na 1 3 5\r\na 2 3 1\r\na 2 4 9' >"$T/p.asn"
gives "s 14"
printf 'p asn 5 4\nn 5\nn 4\na 5 1 3\na 4 1 1\na 5 2 7\na 4 3 8\n' >"$T/p.asn"
gives "s 8"
printf 'p asn 3 2\nn 1\nn 2\na 1 3 5\na 2 3 4\n' >"$T/p.asn"
gives "s 4"
printf 'p asn 0 0\n' >"$T/p.asn"
gives "s 0"

refuses 3 "no p line" 1:1 "missing" <<P
n 1
P
refuses 3 "an empty file" 1:1 "missing" </dev/null
refuses 3 "two p lines" 2:1 "only one" <<P
p asn 2 1
p asn 2 1
P
refuses 3 "another problem" 1:3 "p asn" <<P
p max 2 1
P
refuses 3 "an arc twice" 5:1 "already" <<P
p asn 4 3
n 1
a 1 3 5
a 1 4 2
a 1 3 7
P
refuses 3 "an arc twice where all were due" 6:1 "already" <<P
p asn 4 4
n 1
n 2
a 1 3 5
a 1 4 2
a 1 3 7
a 2 4 7
P
refuses 3 "a node out of range" 3:5 "no node 9" <<P
p asn 4 2
n 1
a 1 9 5
a 1 4 2
P
refuses 3 "node 0" 3:3 "no node 0" <<P
p asn 4 1
n 1
a 0 3 5
P
refuses 3 "a number that overflows" 3:7 "too large" <<P
p asn 2 1
n 1
a 1 2 99999999999999999999
P
refuses 3 "a cost that is no number" 3:7 "not a whole number" <<P
p asn 2 1
n 1
a 1 2 1.5
P
refuses 3 "an arc backwards" 3:3 "is a sink" <<P
p asn 2 1
n 1
a 2 1 5
P
refuses 3 "an arc between sources" 4:5 "is a source" <<P
p asn 3 1
n 1
n 2
a 1 2 5
P
refuses 3 "an arc too few" 4:1 "after 1 arcs" <<P
p asn 3 2
n 1
a 1 2 5
P
refuses 3 "an arc too many" 4:1 "too many" <<P
p asn 3 1
n 1
a 1 2 5
a 1 3 5
P
refuses 3 "a source twice" 3:3 "already has" <<P
p asn 3 1
n 1
n 1
a 1 2 5
P
refuses 3 "a line of its own kind" 2:1 "begins with" <<P
p asn 2 1
x 1
P
refuses 3 "a line too long" 2:5 "too much" <<P
p asn 2 1
n 1 1
P
refuses 3 "more arcs than the file can hold" 1:9 "too short" <<P
p asn 2 999999999
P
refuses 3 "nodes without number" 1:7 "too many" <<P
p asn 900000000 1
a 1 2 3
P
# these have no place in the file
fails() { # EXIT WORDS WHAT FILE
	said=$("$KOMPIS" assign "$4" --lang en 2>&1); code=$?
	case $said in *"$2"*) same=0 ;; *) same=1 ;; esac
	[ $code = "$1" ] && [ $same = 0 ]; verdict $? "$3: exit $1"
	[ $same = 0 ] || echo "# $said"
}
printf 'p asn 5 3\nn 1\nn 2\na 1 4 1\na 2 4 2\na 1 3 0\n' >"$T/p.asn"
gives "s 2"
printf 'p asn 6 3\nn 1\nn 2\nn 3\na 1 4 1\na 2 4 2\na 3 4 3\n' >"$T/p.asn"
fails 1 "At most 1 of the 3" "no perfect assignment" "$T/p.asn"
gives "s 0" --unmatched
printf 'p asn 4 2\nn 1\nn 2\na 1 3 4611686018427387904\na 2 4 -4611686018427387904\n' >"$T/p.asn"
fails 4 "too large" "sums beyond the integers" "$T/p.asn"
fails 3 "none.asn" "no such file" "$T/none.asn"

/usr/bin/python3 tests/py/assign_scipy.py "$T" >"$T/out" 2>&1
verdict $? "200 square matrices as scipy, 300 certificates hold, spoilt ones do not"
sed 's/^/# /' "$T/out"
echo "1..$n"
