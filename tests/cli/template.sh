#!/bin/sh
# tools/tmplc.c refuses, with file, line and column, what could let text become markup; what it
# cannot know the C compiler refuses, with the line of the template.
set -u
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
T=$(mktemp -d "${TMPDIR:-/tmp}/template.XXXXXX")
trap 'rm -rf "$T"' EXIT
make -s build/tools/tmplc build/gen/assets.txt >/dev/null

compile() { build/tools/tmplc "$T/out" build/gen/assets.txt assets/icons.svg "$T/a.html" 2>"$T/err"; }
# body TEXT: a template whose second line is TEXT
body() { printf '{{template a(a_view) "a.h"}}\n%s\n' "$1" >"$T/a.html"; }
passes() {
	body "$2"; compile; say $? "$1"
	[ -s "$T/err" ] && sed 's/^/# /' "$T/err"
}
# refused WHAT COLUMN TEXT WORDS: the second line is refused there, and this is said
refused() {
	body "$3"
	if compile; then say 1 "$1 is refused"; return; fi
	grep -q "^$T/a.html:2:$2: .*$4" "$T/err"; say $? "$1 is refused"
	grep -q "^$T/a.html:2:$2: .*$4" "$T/err" || sed 's/^/# /' "$T/err"
}

passes "text, attributes, addresses" '<p title="{{v.a}}">{{v.b.c}}</p><a href="/x/{{v.a}}?y={{v.b}}">z</a>'
refused "a value in a tag's name" 2 '<{{v.a}}>' 'stands between tags'
refused "a value as an attribute" 4 '<p {{v.a}}>' 'stands between tags'
refused "a value in an attribute's name" 5 '<p a{{v.a}}="x">' 'stands between tags'
refused "a value without quotes" 7 '<p id={{v.a}}>' 'stands between tags'
refused "a literal without quotes" 7 '<p id=x>' 'double quotes'
refused "single quotes" 7 "<p id='x'>" 'double quotes'
refused "a space around =" 7 '<p id= "x">' 'double quotes'
refused "a value in a comment" 6 '<!-- {{v.a}} -->' 'stands between tags'
refused "a value in the doctype" 11 '<!doctype {{v.a}}>' 'stands between tags'
refused "a style sheet in the page" 7 '<style>' 'not for pages'
refused "a script in the page" 8 '<script>' 'script without src'
refused "a script with text" 21 '<script src="/x.js">x {{v.a}}</script>' 'no script in the page'
refused "a value in a script" 21 '<script src="/x.js">{{v.a}}</script>' 'stands between tags'
refused "a style attribute" 9 '<p style="x">' 'no style'
refused "code in an attribute" 11 '<p onclick="x">' 'no code'
refused "code in an attribute, however written" 11 '<p OnClick="x">' 'no code'
refused "a frame with a page in it" 8 '<iframe srcdoc="x">' 'not for pages'
refused "a refresh" 17 '<meta http-equiv="refresh">' 'not for pages'
refused "a scheme of a person's" 21 '<a href="javascript:{{v.a}}">' 'in an address a value follows'
refused "a host of a person's" 12 '<a href="//{{v.a}}">' 'in an address a value follows'
refused "an address in front of a host" 18 '<a href="https://{{v.a}}/">' 'in an address a value follows'
refused "words as an address" 10 '<a href="{{say a.b}}">' 'no address'
refused "a name in an attribute" 11 '<p title="{{name v.a}}">' 'markup stands'
refused "a fragment in a title" 8 '<title>{{join v.a}}</title>' 'markup stands'
refused "an icon in a text field" 11 '<textarea>{{icon phone}}</textarea>' 'markup stands'
refused "markup in a title" 10 '<title><b></b></title>' 'only text'
refused "an icon there is none of" 1 '{{icon nosuch}}' 'no such icon'
refused "an asset there is none of" 11 '<img src="{{asset nosuch.png}}">' 'no such file'
refused "a template there is none of" 1 '{{use nosuch}}' 'no such template'
refused "a name out of scope" 1 '{{w.a}}' 'not a tag'
refused "a loop's name after the loop" 27 '{{for i in v.a}}{{end}}<p>{{i.b}}</p>' 'not a tag'
refused "a name in use" 17 '{{for i in v.a}}{{for i in v.b}}{{end}}{{end}}' 'in use'
refused "an unknown tag" 1 '{{shout v.a}}' 'not a tag'
refused "a key that is none" 1 '{{say hello}}' 'not a key'
refused "a block that does not end" 1 '{{if v.a}}' 'does not end'
refused "an end without a block" 1 '{{end}}' 'no block'
refused "a tag that does not end" 1 '{{v.a' 'does not end'
refused "a branch that ends elsewhere" 19 '{{if v.a}}<p id="x{{end}}">' 'different places'
refused "a branch that opens a text field" 32 '{{if v.a}}<textarea>{{else}}<p>{{end}}' 'different places'
refused "an attribute's address in one branch" 34 '<p {{if v.a}}href{{else}}x{{end}}="{{v.b}}">' 'space, an attribute'
refused "a loop over attributes" 4 '<p {{for i in v.a}}x{{end}}>' 'no loop'
refused "a bare <" 4 'a < b' 'write <'
refused "a bare >" 3 'a > b' 'write >'
refused "a template that ends in a tag" 3 '<p' 'ends between tags'
printf '<p>\n{{template a(a_view)}}\n' >"$T/a.html"
if compile; then said=1; else grep -q "a.html:1:1: " "$T/err"; said=$?; fi
say $said "text before the first template is refused"
printf '{{template a(a_view)}}\n{{template a(a_view)}}\n' >"$T/a.html"
if compile; then said=1; else grep -q "a.html:2:1: .*there already" "$T/err"; said=$?; fi
say $said "two templates of one name are refused"

# What the compiler knows: types and names.
cat >"$T/a.h" <<'H'
#include "view/view.h"
typedef struct a_part { str x; } a_part;
typedef struct a_view {
	str s; const char *c; bool b; int n; html_link l; html f; a_part part; a_part *items; size_t items_n;
} a_view;
H
# builds WHAT TEXT
cc_says() {
	body "$1"
	compile && ${CC:-cc} -std=c11 -D_GNU_SOURCE -Isrc -I"$T" -fsyntax-only "$T/out.c" 2>"$T/err"
}
builds() {
	cc_says "$2"; say $? "$1"
	[ -s "$T/err" ] && sed 's/^/# /' "$T/err"
}
not_built() {
	if cc_says "$2"; then say 1 "$1 does not compile"; return; fi
	grep -q "^$T/a.html:2:" "$T/err"; say $? "$1 does not compile"
}
builds "every type at its place" '<a href="{{v.l}}" id="{{v.s}}{{v.n}}">{{v.s}}{{v.n}}</a>{{join v.f}}{{say v.c v.s}}{{if v.b}}{{end}}'
not_built "a char pointer as a value" '<p>{{v.c}}</p>'
not_built "a bool as a value" '<p>{{v.b}}</p>'
not_built "a member there is none of" '<p>{{v.nosuch}}</p>'
not_built "a text as a whole address" '<a href="{{v.s}}">x</a>'
not_built "an address between tags" '<p>{{v.l}}</p>'
not_built "an address as an attribute" '<p id="{{v.l}}">x</p>'
not_built "a text as a key" '{{say v.s}}'
not_built "a bool as an argument" '{{say a.b v.b}}'
not_built "a text as a count" '{{count a.b v.s}}'
not_built "a text as a fragment" '{{join v.s}}'
not_built "a name that is no text" '{{name v.n}}'
not_built "a view of another type" '{{use a v.part}}'
not_built "a list without its count" '{{for i in v.part}}{{end}}'
echo "1..$n"
