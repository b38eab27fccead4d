#!/bin/bash
# Acknowledged means kept: a process that adds people is killed (-9) at a moment of chance, again
# and again on the same files. Each number it printed is then there, exactly once, whole, and opens.
# KOMPIS_KILLS says how often (20). The twin prints before COMMIT and must be caught.
set -u
cd "$(dirname "$0")/../.." || exit 4
writer=${STORE_WRITER:-build/gcc/fault/store_writer}
kills=${KOMPIS_KILLS:-20}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
failed=0
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}

# once MODE DATA SAID FROM: starts it, waits for its first word, kills it a moment later.
once() {
	before=$(wc -l <"$3")
	"$writer" "$1" "$2" "$4" >>"$3" 2>"$dir/errors" &
	pid=$!
	while [ "$(wc -l <"$3")" -eq "$before" ] && kill -0 $pid 2>/dev/null; do sleep 0.002; done
	sleep "0.0$((RANDOM % 60 + 10))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ ! -s "$dir/errors" ] || sed 's/^/# /' "$dir/errors"
}

# lost DATA SAID: numbers said that are not there exactly once. What was not said may be there.
lost() {
	"$writer" list "$1" >"$dir/there" 2>"$dir/errors" || { sed 's/^/# /' "$dir/errors"; echo broken; return; }
	sort "$dir/there" | uniq -d | sed 's/^/twice /'
	sort -u "$2" | comm -23 - <(sort -u "$dir/there") | sed 's/^/missing /'
}

# A line cut off by the kill is no word given.
: >"$dir/said"
for ((k = 0; k < kills; k++)); do
	once add "$dir/data" "$dir/said" $((k * 1000000))
done
said=$(lost "$dir/data" "$dir/said")
[ -z "$said" ]
verdict $? "$kills kills: $(wc -l <"$dir/said") people acknowledged, all there once"
[ -z "$said" ] || echo "$said" | head -n 20 | sed 's/^/# /'
[ "$(wc -l <"$dir/said")" -ge "$kills" ]
verdict $? "it was killed while at work"

# Between the word and the COMMIT lies a write to the disk: some kill falls in between.
caught=1
for ((k = 0; k < 60 && caught; k++)); do
	: >"$dir/said"
	once early "$dir/twin" "$dir/said" $((k * 1000000))
	[ -z "$(lost "$dir/twin" "$dir/said" | grep missing)" ] || caught=0
done
verdict $caught "twin: a word given before COMMIT is caught"
echo "1..$n"
exit $failed
