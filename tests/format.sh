#!/bin/sh
# Every C file looks as .clang-format says; `make format` makes it so.
# tools/ratchet.txt forgives "format FILE 1" until that file is formatted.
set -u
cd "$(dirname "$0")/.." || exit 4
n=0
failed=0
for file in $(tools/files c); do
	n=$((n + 1))
	forgiven=$(awk -v file="$file" '$1 == "format" && $2 == file { print "yes" }' tools/ratchet.txt)
	if clang-format --dry-run -Werror "$file" 2>/dev/null; then neat=yes; else neat=no; fi
	case $neat$forgiven in
	yes | noyes) echo "ok $n - $file" ;;
	yesyes) echo "not ok $n - $file is formatted now: take it out of tools/ratchet.txt"; failed=1 ;;
	no) echo "not ok $n - $file: run make format"; failed=1 ;;
	esac
done
# The twin: the check sees a file that is not formatted.
n=$((n + 1))
if echo 'int   main( void ){return 0;}' | clang-format --dry-run -Werror 2>/dev/null; then
	echo "not ok $n - twin: untidy code passed"
	failed=1
else
	echo "ok $n - twin: untidy code"
fi
echo "1..$n"
exit $failed
