#!/bin/sh
# What kompis serve prints when it is ready. Each server is stopped when its last line has been read.
set -u
n=0
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
# Serves an empty directory until it has named the first administrator's link, which goes to $link.
first_link() { # [VARIABLE=VALUE]
	rm -rf "$dir/data"
	mkfifo "$dir/said"
	env "$@" "$KOMPIS" serve --data "$dir/data" --port 0 --lang en >"$dir/said" 2>"$dir/log" &
	server=$!
	link=$(grep -om1 'https\?://[^ ]*/staff/invite/[a-z0-9]*' <"$dir/said")
	kill "$server"
	wait "$server"
	status=$?
	rm "$dir/said"
}

first_link KOMPIS_PORT=0
case $link in http://127.0.0.1:*/sv/staff/invite/*) true ;; *) false ;; esac
verdict $? "the first administrator's link leads to this machine"
[ "$status" = 0 ]
verdict $? "told to stop, it ends in peace"
first_link KOMPIS_PUBLIC_URL=https://kompis.example.org
case $link in https://kompis.example.org/sv/staff/invite/*) true ;; *) false ;; esac
verdict $? "with public_url it leads there"
echo "1..$n"
exit $failed
