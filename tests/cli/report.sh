#!/bin/sh
# What `kompis match` writes: sound, inert, the same in numbers, and one file without the rest.
set -u
export LC_ALL=C
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
no() { ! "$@"; }
KOMPIS=${KOMPIS:-build/release/kompis}
CC=${CC:-cc}
T=$(mktemp -d "${TMPDIR:-/tmp}/report.XXXXXX")
trap 'rm -rf "$T"' EXIT

"$KOMPIS" match data/samples/norrbotten_50.csv --date 2023-01-01 --out "$T/sv" --lang sv >"$T/sv.txt" 2>"$T/err"
say $? "the sample sheet of 50 is matched"
"$KOMPIS" match data/samples/norrbotten_50.csv --date 2023-01-01 --out "$T/en" --lang en >"$T/en.txt" 2>>"$T/err"
say $? "... also in English"
for l in sv en; do
	for f in report.html pairs.csv waiting.csv recruit.csv result.json; do
		[ -s "$T/$l/$f" ]; say $? "$l: $f is written"
	done
	grep -q "<html lang=\"$l\"" "$T/$l/report.html"; say $? "$l: the page says its language"
	no grep -Eq '>\[[a-z_]+\.[a-z_.]+\]' "$T/$l/report.html"; say $? "$l: every key of the page has its text"
	no grep -Eq '\[[a-z_]+\.[a-z_.]+\]' "$T/$l.txt"; say $? "$l: ... and of the summary"
	awk '/^ *[^ ]*\// { next } { gsub(/[\200-\277]/, ""); if (length($0) > 80) bad = 1 } END { exit bad }' "$T/$l.txt"
	say $? "$l: no line of the summary is wider than 80"
	no grep -q "$(printf '\033')" "$T/$l.txt"; say $? "$l: no colour in a pipe"
done
cmp -s "$T/sv/result.json" "$T/en/result.json"; say $? "the result does not depend on the language"

# self_contained FILE: no script, nothing fetched, no inline style, names of the policy
self_contained() {
	no grep -Eiq '<script|<iframe|<object|<link|<img|<form|javascript:|@import| on[a-z]+="| style="' "$1" &&
		no grep -Eoq '(href|src|url\()="?[^#")][^")]*' "$1" &&
		grep -q "default-src 'none'; style-src 'sha256-" "$1"
}
self_contained "$T/sv/report.html"; say $? "the page is one file without script, link or inline style"
sed 's|<main|<img src="http://example.com/x"><main|' "$T/sv/report.html" >"$T/bad.html"
no self_contained "$T/bad.html"; say $? "... an image from outside would be seen"
sed 's|<main|<main style="color:red"|' "$T/sv/report.html" >"$T/bad.html"
no self_contained "$T/bad.html"; say $? "... an inline style would be seen"

# The hash in the policy is that of the stylesheet: else a browser shows a bare page.
policy_holds() {
	named=$(sed -n "s/.*style-src 'sha256-\([^']*\)'.*/\1/p" "$1")
	perl -0ne '/<style>(.*?)<\/style>/s and print $1' "$1" >"$T/css"
	carried=$(sha256sum "$T/css" | perl -ne '/^(\w+)/ and print pack("H*", $1)' | base64)
	[ -s "$T/css" ] && [ "$named" = "$carried" ]
}
policy_holds "$T/sv/report.html"
say $? "the policy names the stylesheet it carries"
sed 's|</style>| </style>|' "$T/sv/report.html" >"$T/bad.html"
no policy_holds "$T/bad.html"; say $? "... one space more would be seen"

# The hostile sheet.
"$KOMPIS" match data/samples/norrbotten_hostile.csv --date 2023-01-01 --out "$T/h" >"$T/h.txt" 2>"$T/h.err"
[ $? = 3 ]; say $? "the hostile sheet is refused"
"$KOMPIS" match data/samples/norrbotten_hostile.csv --date 2023-01-01 --skip-bad --out "$T/h" >"$T/h.txt" 2>"$T/h.err"
say $? "... and with --skip-bad its good rows are matched"
[ -s "$T/h/skipped.csv" ]; say $? "skipped.csv names the others"

# live FILE: markup that a browser would act on, or a direction override
live() { grep -Eiq '<(script|img|iframe|svg/|b>x)' "$1" || grep -q "$(printf '\342\200\256')" "$1"; }
# formula FILE: a cell that starts one, also after white space or a quote
formula() { sed "1s/^$(printf '\357\273\277')//" "$1" | tr -d '\r' | grep -Eq '(^|;)"?[[:space:]]*([=+@-]|＝|＋|－|＠)'; }
for f in report.html pairs.csv waiting.csv recruit.csv skipped.csv result.json; do
	no live "$T/h/$f"; say $? "$f: no markup of a name is live"
done
for f in pairs.csv waiting.csv recruit.csv skipped.csv; do
	no formula "$T/h/$f"; say $? "$f: no cell starts a formula"
	[ "$(head -c 3 "$T/h/$f" | od -An -tx1 | tr -d ' ')" = efbbbf ]; say $? "$f: begins with the mark Excel looks for"
done
grep -Fq "'=HYPERLINK" "$T/h/pairs.csv" "$T/h/waiting.csv" || false; say $? "the name that is a formula is there, as text"
printf '\357\273\277a;b\r\n1; =x\r\n' >"$T/bad.csv"; formula "$T/bad.csv"; say $? "a planted formula would be seen"
printf '<Script>' >"$T/bad"; live "$T/bad"; say $? "planted markup would be seen"

# The html type takes markup from literals only: anything else does not compile.
try() { printf '#include "view/view.h"\nvoid f(html *h, str name);\nvoid f(html *h, str name)\n{\n\t(void)name;\n\thtml_put(h, %s);\n}\n' "$1" >"$T/try.c"; $CC -std=c11 -Isrc -fsyntax-only "$T/try.c" >/dev/null 2>&1; }
try '"<b>"'; say $? "a literal compiles as markup"
no try 'name.s'; say $? "... text does not"
echo "1..$n"
