#!/bin/sh
# The words: all keys in all languages, and tools/poc.c refuses each kind of mistake.
set -u
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
T=$(mktemp -d "${TMPDIR:-/tmp}/locale.XXXXXX")
trap 'rm -rf "$T"' EXIT
POC=$PWD/build/tools/poc

make -s build/tools/poc >/dev/null && make -s locale >"$T/out" 2>"$T/err"
say $? "make locale: every key in every language, and every key the code uses"
! grep -q unused "$T/err"; say $? "and no key that nobody uses"
[ -s "$T/err" ] && sed 's/^/# /' "$T/err"

HEAD='msgid ""\nmsgstr ""\n"Language: %s\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n"X-Endonym: Own\\n"\n"X-Name-Swedish: Eget\\n"\n%b\n'
# put sv-text en-text: two small catalogues
put() {
	{ printf "$HEAD" sv ""; printf '%b' "$1"; } >"$T/sv.po"
	{ printf "$HEAD" en "${3-}"; printf '%b' "$2"; } >"$T/en.po"
}
A='msgid "a.one"\nmsgstr "Ett {0}"\n'
B='msgid "a.one"\nmsgstr "One {0}"\n'
builds() { "$POC" "$T/sv.po" "$T/en.po" >"$T/out" 2>"$T/err"; }
# refused what pattern: neither compiles nor leaves the reason out
refused() {
	if builds; then say 1 "$1 is refused"; else grep -q "$2" "$T/err"; say $? "$1 is refused"; fi
}
put "$A" "$B"; builds; say $? "two small catalogues compile"
put "$A\n$A" "$B"; refused "a key twice" 'a.one\|duplicate'
put "$A" 'msgid "a.one"\nmsgstr ""\n'; refused "an empty text" 'empty text: a.one'
put "$A" 'msgid "a.one"\nmsgstr "One {1}"\n'; refused "another argument" 'arguments'
put "$A" '#, fuzzy\nmsgid "a.one"\nmsgstr "One {0}"\n'; refused "a fuzzy text" 'fuzzy'
put "$A" 'msgid "a one"\nmsgstr "One {0}"\n'; refused "a sentence for a key" 'not a key'
put 'msgid "a.n"\nmsgid_plural "a.n"\nmsgstr[0] "x"\n' "$B"; refused "a plural form too few" 'empty text: a.n'
put "$A" "msgid \"a.one\"\nmsgid_plural \"a.one\"\nmsgstr[0] \"x\"\nmsgstr[1] \"{0}\"\n"
refused "a plural in one language" 'plural in one'
put "$A" 'msgid "a.one"\nmsgstr "One {0}\n'; refused "a broken file" 'en.po'

checks() { "$POC" --check "$T/sv.po" "$T/en.po" -- "$T/x.c" >"$T/out" 2>"$T/err"; }
put "$A" "$B"
echo 'f("a.one"); g("a.csv"); /* "a.none" */ h('"'\"'"', "b.c");' >"$T/x.c"
checks; say $? "known keys, file names, comments and other literals pass"
grep -q unused "$T/err"; [ $? = 1 ]; say $? "a used key is not listed as unused"
echo 'f("a.two");' >"$T/x.c"; checks
[ $? = 1 ] && grep -q 'x.c:1: no text for: a.two' "$T/err"; say $? "a key nobody wrote is refused with its place"
grep -q 'unused: a.one' "$T/err"; say $? "a key nobody uses is listed"
printf 'f("a.%%s");' >"$T/x.c"; checks; say $? "a format matches what it can become"
grep -q unused "$T/err"; [ $? = 1 ]; say $? "... and counts as use"
echo 'f("a." #name ".x");' >"$T/x.c"; checks; [ $? = 1 ]; say $? "a pasted name that fits nothing is refused"
put "$A" ''; checks; [ $? = 1 ] && grep -q 'missing: a.one' "$T/err"; say $? "a key one language lacks is refused"
grep -q 'en.po: 0 of 1 keys$' "$T/out"; say $? "... and counted"

# Languages for participants only, and keys in templates.
FEW='"X-Audience: participants\\n"\n'
P='msgid "p.one"\nmsgstr "Ett"\n'
put "$A$P" "$P" "$FEW"; : >"$T/x.c"; checks; say $? "a language for participants needs no other keys"
grep -q 'en.po: 1 of 1 keys for participants, 1 of 2 in all' "$T/out"; say $? "... and its coverage says so"
put "$A$P" "$B" "$FEW"; checks; [ $? = 1 ] && grep -q 'missing: p.one' "$T/err"; say $? "... but it needs theirs"
put "$A" "$B"; sed -i '/X-Endonym/d' "$T/en.po"; refused "a language without its own name" 'X-Endonym'
page() { printf '%s\n' "$1" >"$T/x.html"; "$POC" "$2" "$T/sv.po" "$T/en.po" -- "$T/x.html" >"$T/out" 2>"$T/err"; }
put "$A" "$B"
page '{{for i in v.a}}{{say i.key}}{{end}}{{say v.k}} {{say a.one v.x}} {{# say q.not}}' --check
say $? "a template's known key passes, a value is no key"
grep -q unused "$T/err"; [ $? = 1 ]; say $? "... and counts as use"
for tag in '{{say q.two}}' '{{count q.two v.n}}' '{{sv q.two}}' '{{say a.one (say q.two)}}'; do
	page "$tag" --used; [ $? = 1 ] && grep -q 'x.html:1: no text for: q.two' "$T/err"; say $? "refused: $tag"
done

# One file more is one language more: in a copy of the tree, with what is built already.
O=$(dirname "${KOMPIS:?path of the binary}")
mkdir -p "$T/tree/$O"
cp -a Makefile src tools data locale assets "$T/tree/"
[ ! -d templates ] || cp -a templates "$T/tree/"
cp -a build/gen build/tools "$T/tree/build/"
cp -a "$O/src" "$O/gen" "$O/libkompis.a" "$T/tree/$O/"
sed -e 's/^"Language: sv/"Language: xx/' -e 's/^"X-Endonym: .*\\n/"X-Endonym: Xish\\n/' \
	-e '/^msgid "cli.generate.short"/{n;s/.*/msgstr "makes it up"/;}' locale/sv.po >"$T/tree/locale/xx.po"
(cd "$T/tree" && make -s MODE="$(basename "$O")" O="$O" >"$T/out" 2>&1)
say $? "a tree with one more locale/xx.po builds"
(cd "$T/tree" && "$O/kompis" --help --lang xx) | grep -q 'generate *makes it up'; say $? "... and speaks it"
(cd "$T/tree" && make -s locale 2>/dev/null) | grep -q '^locale/xx.po: [0-9]* of [0-9]* keys$'
say $? "... and counts it"
mkdir -p "$T/tree/templates"
printf '{{template a(view_asset)}}\n{{say p.nosuch}}\n' >"$T/tree/templates/a.html"
if (cd "$T/tree" && make -s MODE="$(basename "$O")" O="$O" >"$T/out" 2>&1); then said=1; else
	grep -q 'templates/a.html:2: no text for: p.nosuch' "$T/out"; said=$?; fi
say $said "a key that Swedish lacks ends the build"
echo "1..$n"
