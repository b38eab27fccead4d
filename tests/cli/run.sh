#!/bin/sh
# ./run and tools/install, as far as they go without installing or building.
set -u
n=0
failed=0
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
says() { echo "$said" | grep -q -- "$1"; }

said=$(./run --help --lang en 2>&1) && says "Usage: ./run"
verdict $? "./run --help in English"
said=$(LANG='' LC_ALL='' ./run --help 2>&1) && says "Användning"
verdict $? "./run --help in Swedish where nothing is said"
said=$(./run --nonsense 2>&1)
[ $? -eq 2 ] && says "./run"
verdict $? "./run refuses what it does not know, exit 2"
said=$(./run --lang 2>&1)
[ $? -eq 2 ]
verdict $? "./run --lang without a language, exit 2"

# A copy of run, with a program that only says what it was asked.
mkdir -p "$dir/r/tools" "$dir/r/build/release" "$dir/empty" "$dir/other"
cp run "$dir/r/"
printf '#!/bin/sh\n' >"$dir/r/tools/install"
printf 'all:\n' >"$dir/r/Makefile"
cat >"$dir/r/build/release/kompis" <<'END'
#!/bin/sh
echo "$*" >&2
case $1 in demo) mkdir "$4" && touch "$4/kompis.db" ;; esac
END
chmod +x "$dir/r/tools/install" "$dir/r/build/release/kompis"
touch "$dir/other/letter"
for data in new empty; do
	said=$("$dir/r/run" --lang en --data "$dir/$data" 2>&1) && says "serve --demo --port 8080 --data $dir/$data" && [ -e "$dir/$data/kompis.db" ]
	verdict $? "./run fills a directory that is $data"
done
said=$("$dir/r/run" --lang en --data "$dir/empty" 2>&1) && ! says '^demo '
verdict $? "and fills it once"
said=$("$dir/r/run" --lang en --data "$dir/other" 2>&1)
[ $? -eq 2 ] && says "not empty" && ! says '^serve' && [ "$(ls "$dir/other")" = letter ]
verdict $? "./run leaves a directory with something else in it alone"

# A copy of install with a package list of its own, and commands that only say what they were asked.
mkdir -p "$dir/tools" "$dir/bin"
cp tools/install "$dir/tools/"
printf 'build gcc\nbuild kompis-no-such-package\ntest kompis-other-package\n' >"$dir/tools/packages"
said=$("$dir/tools/install" --list build 2>&1) && says '^Missing packages: kompis-no-such-package$'
verdict $? "install names what is missing, and only that"
printf '#!/bin/sh\necho 1000\n' >"$dir/bin/id"
chmod +x "$dir/bin/id"
for tool in sh awk sort dpkg-query apt-get dirname tr; do ln -s "$(command -v $tool)" "$dir/bin/$tool"; done
said=$(PATH=$dir/bin "$dir/tools/install" build test 2>&1)
[ $? -eq 4 ] && says 'apt-get install --no-install-recommends kompis-no-such-package kompis-other-package'
verdict $? "without root and sudo install says what to type"
rm "$dir/bin/apt-get"
said=$(PATH=$dir/bin "$dir/tools/install" build 2>&1)
[ $? -eq 4 ] && says "tools/packages"
verdict $? "install says so where there is no apt"

# tools/tap: what a test cannot do and pass.
mkdir -p "$dir/t/tools" "$dir/t/build"
cp tools/tap "$dir/t/tools/"
twin() { # WHAT SCRIPT
	printf '%s\n' "$2" >"$dir/t/script"
	(cd "$dir/t" && tools/tap twin sh script && grep -q '^not ok' build/test/twin.tap)
	verdict $? "twin: $1"
}
twin "a test that prints nothing" "exit 0"
twin "a test that dies half-way" "echo 1..2; echo ok 1 - a; kill -9 \$\$"
twin "a test without a plan" "echo ok 1 - a"
twin "a test that exits with an error" "echo 1..1; echo ok 1 - a; exit 3"
printf 'echo 1..1\necho ok 1 - a\n' >"$dir/t/script"
(cd "$dir/t" && tools/tap twin sh script && ! grep -q '^not ok' build/test/twin.tap)
verdict $? "a sound test passes"
echo "1..$n"
exit $failed
