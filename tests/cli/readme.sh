#!/bin/sh
# The README is true: every command in it that starts with "$ " prints what stands below it.
# `tests/cli/readme.sh --write` puts what the program prints now into the README.
set -u
kompis=${KOMPIS:-build/release/kompis}
dir=$(mktemp -d) || exit 4
trap 'rm -rf "$dir"' EXIT

# Copies a README with each command's output anew; $1 is the README, standard output the copy.
renew() {
	fence=no
	while IFS= read -r line; do
		case $line in
		'```'*) [ $fence = no ] && fence=yes || fence=no ;;
		'$ '*) [ $fence = yes ] && fence=run ;;
		*) [ $fence = run ] && continue ;;
		esac
		printf '%s\n' "$line"
		case $line in
		'$ '*) sh -c "$(printf '%s' "${line#??}" | sed "s#build/release/kompis#$kompis#; s#build/round#$dir/round#g")" \
			2>&1 | sed "s#$dir/round#build/round#g" ;;
		esac
	done <"$1"
}

renew README.md >"$dir/README.md"
if [ "${1-}" = --write ]; then
	cp "$dir/README.md" README.md
	exit
fi
n=$(grep -c '^\$ ' README.md)
echo "1..3"
if [ "$n" -ge 5 ]; then echo "ok 1 - the README shows $n commands"; else echo "not ok 1 - only $n commands"; fi
if diff README.md "$dir/README.md" >"$dir/diff"; then
	echo "ok 2 - they print what it says"
else
	sed 's/^/# /' "$dir/diff"
	echo "not ok 2 - they print what it says"
fi
# The twin: one figure changed in the README is noticed.
sed '/^Pairs /s/135/136/' README.md >"$dir/false.md"
renew "$dir/false.md" >"$dir/again.md"
if cmp -s "$dir/false.md" "$dir/again.md"; then
	echo "not ok 3 - a wrong figure is noticed"
else
	echo "ok 3 - a wrong figure is noticed"
fi
