#!/bin/sh
# kompis user: a link for a new account, role, lock, list, and what it says no to.
set -u
: "${KOMPIS:?path of the binary}"
T=$(mktemp -d "${TMPDIR:-/tmp}/user.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
verdict() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
user() { "$KOMPIS" user "$@" --data "$T/data" --lang en 2>&1; }
# says EXIT WORDS WHAT ARGUMENTS
says() {
	want=$1 words=$2 what=$3; shift 3
	said=$(user "$@"); code=$?
	case $said in *"$words"*) same=0 ;; *) same=1 ;; esac
	[ $code = "$want" ] && [ $same = 0 ]; verdict $? "$what: exit $want"
	[ $same = 0 ] || echo "# $code $said"
}

says 0 'http://127.0.0.1:8080/en/staff/invite/' "the first administrator" add Eva@Example.org --role administrator --everywhere --name 'Eva Lind'
first=$said
says 0 'https://kompis.example/en/staff/invite/' "a link elsewhere" add asa@example.org --role coordinator --municipality luleå --municipality 2582 --url https://kompis.example
says 0 /staff/invite/ "one who is there gets a new link" add eva@example.org
[ "$said" != "$first" ]; verdict $? "and it is another one"
[ "$(printf '%s' "$said" | tail -n 1 | sed 's|.*/||' | tr -d '0-9a-hjkmnp-tv-z\n' | wc -c)" = 0 ]
verdict $? "its secret is letters and digits only"
says 0 'new role' "a role" role asa@example.org --role interviewer --everywhere
user list >"$T/list"
printf 'eva@example.org\tadministrator\tinvited\t*\tEva Lind\nasa@example.org\tinterviewer\tinvited\t*\tasa@example.org\n' | cmp -s - "$T/list"
verdict $? "the list"
says 0 'is locked' "a lock" lock asa@example.org
says 0 'locked' "it shows" list
says 3 'locked' "a locked one gets no link" add asa@example.org
says 3 'has no account' "someone unknown" lock nobody@example.org
says 3 'whole programme or at least one' "somewhere it has to be" add x@example.org --role coordinator
says 2 'is no role' "no such role" add x@example.org --role king --everywhere
says 2 'is no municipality' "no such municipality" add x@example.org --role coordinator --municipality Atlantis
says 2 'is no e-mail address' "no address" add nobody --role coordinator --everywhere
says 2 'is not there' "no such verb" steal x@example.org
says 2 '' "too little" add
says 2 '' "too much" list x@example.org
grep -rq 'Eva Lind\|example.org' "$T/data"; [ $? = 1 ]
verdict $? "no name and no address stands in the files"
echo "1..$n"
