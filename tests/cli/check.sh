#!/bin/sh
# kompis check: proves what kompis match and kompis assign made, and refuses each forgery.
set -u
n=0
failed=0
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
sheet=data/samples/norrbotten_50_clean.csv
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
match() { "$KOMPIS" match "$1" --date 2023-01-01 --skip-bad --out "$2" ${3:+"$3"} ${4:+"$4"} >"$dir/said" 2>&1; }
check() { said=$("$KOMPIS" check --lang en "$@" 2>&1); }
says() { echo "$said" | grep -q -- "$1"; }

# ---- what match makes is proven -------------------------------------------------------
for s in norrbotten_50 norrbotten_50_cp1252 norrbotten_400 norrbotten_400_clean norrbotten_hostile; do
	match "data/samples/$s.csv" "$dir/$s" && check "data/samples/$s.csv" "$dir/$s/result.json"
	status=$?
	if [ ! -e "$dir/$s/result.json" ] && [ "$s" = norrbotten_hostile ]; then status=0; fi
	verdict $status "proven: $s"
done
match $sheet "$dir/r" && check $sheet "$dir/r/result.json" && says '^Proven: no other matching of these'
verdict $? "one sentence says so"
match $sheet "$dir/most" --most-pairs && check $sheet "$dir/most/result.json"
verdict $? "proven: --most-pairs"
match $sheet "$dir/three" --threads 3 && check --threads 1 $sheet "$dir/three/result.json" &&
	one=$said && check --threads 4 $sheet "$dir/three/result.json" && [ "$one" = "$said" ]
verdict $? "the same words for any number of threads"
check --json $sheet "$dir/r/result.json" && says '^{"proven":true,.*"wrong":null}$' &&
	echo "$said" | /usr/bin/python3 -c 'import json,sys; assert json.load(sys.stdin)["pairs"] > 3'
verdict $? "--json can be read by machines"
said=$("$KOMPIS" check --lang sv $sheet "$dir/r/result.json" 2>&1) && says '^Bevisat: ingen annan matchning'
verdict $? "the same in Swedish"

# ---- a locked and a forbidden pair ------------------------------------------------------
/usr/bin/python3 - "$dir/r/result.json" >"$dir/ids" <<'PY'
import json, sys
pairs = json.load(open(sys.argv[1]))["pairs"]
print(pairs[0][0], pairs[0][1], pairs[1][0], pairs[1][1])
PY
read -r a b c d <"$dir/ids"
match $sheet "$dir/lock" --lock "$a:$b" && check $sheet "$dir/lock/result.json"
verdict $? "proven: with a locked pair"
match $sheet "$dir/forbid" --forbid "$a:$b" && check $sheet "$dir/forbid/result.json"
verdict $? "proven: with a forbidden pair"
match $sheet "$dir/left" --leave-out "$c" && check $sheet "$dir/left/result.json"
verdict $? "proven: with someone left out"

# ---- twins: each with one thing changed --------------------------------------------------
# forge NAME CODE: runs Python on the result `r`, writes it to $dir/forged.json.
forge() {
	/usr/bin/python3 - "$dir/r/result.json" "$dir/forged.json" "$1" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
p, v = r["pairs"], r["prices"]
exec(sys.argv[3])
json.dump(r, open(sys.argv[2], "w"))
PY
}
twin() { # WHAT REASON CODE
	forge "$3" && check $sheet "$dir/forged.json"
	[ $? -eq 1 ] && says '^Not proven: ' && says "$2"
	verdict $? "twin: $1"
}
forge 'pass' && check $sheet "$dir/forged.json"
verdict $? "the same result written by another program is proven"
forge 'r = dict(reversed(list(r.items()))); r["extra"] = [{"x": None}]' && check $sheet "$dir/forged.json"
verdict $? "the order of keys and unknown keys do not matter"
twin "a pair swapped" "" 'p[0][1], p[1][1] = p[1][1], p[0][1]'
twin "a price lowered" "" 'v.sort(key=lambda x: -x[1]); v[0][1] = 0'
twin "a price raised" "at most" 'v[0][1] += 1000000'
twin "a price below 0" "below 0" 'v[0][1] = -1'
twin "a price twice" "two prices" 'v.append(v[0])'
twin "a price for nobody" "not in the file" 'v[0][0] = 999999'
twin "a newcomer twice" "more than one pair" 'p.append(p[0]); r["total"] += p[0][2]; r["bound"] += p[0][2]'
twin "a pair left out" "at most" 'x = p.pop(); r["total"] -= x[2]; r["bound"] -= x[2]'
twin "a wrong weight" "wrong weight" 'p[0][2] += 1; r["total"] += 1; r["bound"] += 1'
twin "a wrong total" "total" 'r["total"] += 1'
twin "a wrong bound" "upper bound" 'r["bound"] += 1'
twin "an unknown person" "not in the file" 'p[0][0] = 999999'
twin "sides swapped" "wrong side" 'p[0][0], p[0][1] = p[0][1], p[0][0]'
twin "another date" "does not belong" 'r["parameters"]["date"] = "2023-01-02"'
twin "another weight of a criterion" "does not belong" 'r["parameters"]["weights"]["age"] += 1'
twin "a pair forbidden afterwards" "does not belong" 'r["parameters"]["forbidden"].append(p[0][:2])'
twin "a digest of something else" "does not belong" 'r["digest"] = "0" * 64'
twin "a bonus without need" "bonus" 'r["bonus"] = 7'
cell() { # WHAT SED
	sed "$2" $sheet >"$dir/changed.csv"
	cmp -s $sheet "$dir/changed.csv" && { verdict 1 "twin: $1 (nothing changed)"; return; }
	check "$dir/changed.csv" "$dir/r/result.json"
	[ $? -eq 1 ] && says "does not belong"
	verdict $? "twin: $1"
}
cell "one cell changed" '5s/Kvinna/Man/;5t;5s/Man/Kvinna/'
cell "two rows exchanged" '3{h;d};4G'
cell "a row gone" '7d'

# ---- what is no result --------------------------------------------------------------------
fault() { # WHAT CODE ARGUMENTS...
	what=$1
	code=$2
	shift 2
	check "$@"
	[ $? -eq "$code" ]
	verdict $? "$what: exit $code"
}
printf '{"format":"kompis-result",\n "version":1 "bonus":0}' >"$dir/broken.json"
fault "a broken result" 3 $sheet "$dir/broken.json"
says 'broken.json:2:14: '
verdict $? "it names line and column"
head -c 300 "$dir/r/result.json" >"$dir/cut.json"
fault "a result cut short" 3 $sheet "$dir/cut.json"
forge 'r["total"] = 2**63' && fault "a number too large" 3 $sheet "$dir/forged.json"
forge 'r["total"] = 1.5' && fault "a fraction" 3 $sheet "$dir/forged.json"
fault "no such sheet" 3 "$dir/none.csv" "$dir/r/result.json"
fault "no such result" 3 $sheet "$dir/none.json"
fault "one file" 2 $sheet
fault "an unknown option" 2 --nonsense $sheet "$dir/r/result.json"
fault "no thread" 2 --threads 0 $sheet "$dir/r/result.json"
: >"$dir/empty.csv"
fault "an empty sheet" 3 "$dir/empty.csv" "$dir/r/result.json"

# ---- assignment problems -------------------------------------------------------------------
/usr/bin/python3 - >"$dir/p.asn" <<'PY'
import random
random.seed(5)
arcs = [(i, j, random.randint(-50, 99)) for i in range(1, 13) for j in range(13, 28) if random.random() < .7 or j - i == 12]
print("c made up\np asn 27", len(arcs))
for i in range(1, 13): print("n", i)
for a in arcs: print("a", *a)
PY
for o in "" "--max" "--unmatched" "--max --unmatched"; do
	# shellcheck disable=SC2086
	"$KOMPIS" assign "$dir/p.asn" $o --certificate "$dir/p.cert" >"$dir/out" 2>&1 &&
		check "$dir/p.asn" "$dir/p.cert" && says '^Proven: no other assignment'
	verdict $? "proven: assign $o"
done
"$KOMPIS" assign "$dir/p.asn" --certificate "$dir/p.cert" >"$dir/out" 2>&1
asn() { # WHAT REASON SED
	sed "$3" "$dir/p.cert" >"$dir/forged.cert"
	cmp -s "$dir/p.cert" "$dir/forged.cert" && { verdict 1 "twin: $1 (nothing changed)"; return; }
	check "$dir/p.asn" "$dir/forged.cert"
	[ $? -eq 1 ] && says "$2"
	verdict $? "twin: $1"
}
first=$(grep -n '^f' "$dir/p.cert" | head -n 1 | cut -d: -f1)
price=$(grep -n '^v' "$dir/p.cert" | head -n 1 | cut -d: -f1)
asn "an arc gone" "must be" "${first}d"
asn "an arc twice" "used twice" "${first}p"
asn "another cost" "cost is" 's/^s .*/s 1/'
asn "a price gone" "" "${price}d"
asn "another problem" "does not belong" 's/^d ./d x/;s/^d x/d 0/;s/^d 0\(.\)/d 1\1/'
sed 's/^a 1 13 .*/a 1 13 -1000/' "$dir/p.asn" >"$dir/q.asn"
check "$dir/q.asn" "$dir/p.cert"
[ $? -eq 1 ] && says "does not belong"
verdict $? "twin: a cost of the problem changed"
check --json "$dir/p.asn" "$dir/p.cert" && says '"proven":true'
verdict $? "assignment: --json"
sed 's/^f \(.*\) 1$/f \1 2/' "$dir/p.cert" >"$dir/forged.cert"
fault "a certificate with a broken line" 3 "$dir/p.asn" "$dir/forged.cert"
echo "a 1 2 3" >>"$dir/p.asn"
fault "a problem with an arc too many" 3 "$dir/p.asn" "$dir/p.cert"
echo "1..$n"
exit $failed
