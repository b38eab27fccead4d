#!/bin/sh
# Every C file looks as .clang-format says; `make format` makes it so.
# tools/ratchet.txt forgives "format FILE 1" until that file is formatted.
set -u
cd "$(dirname "$0")/.." || exit 4
mkdir -p build
twin=build/untidy.c
echo 'int   main( void ){return 0;}' >$twin
# Several at a time and many by one process: starting it takes longer than reading a file.
untidy=$({ echo $twin; tools/files c; } | xargs -P "$(nproc)" -n 40 clang-format --dry-run -Werror 2>&1 |
	sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: error:.*/\1/p' | sort -u)
# is_untidy FILE
is_untidy() { case "
$untidy
" in *"
$1
"*) ;; *) false ;; esac; }
n=0
failed=0
for file in $(tools/files c); do
	n=$((n + 1))
	if is_untidy "$file"; then neat=no; else neat=yes; fi
	forgiven=no
	grep -q "^format $file " tools/ratchet.txt && forgiven=yes
	case $neat$forgiven in
	yesno | noyes) echo "ok $n - $file" ;;
	yesyes) echo "not ok $n - $file is formatted now: take it out of tools/ratchet.txt"; failed=1 ;;
	nono) echo "not ok $n - $file: run make format"; failed=1 ;;
	esac
done
n=$((n + 1))
if is_untidy $twin; then
	echo "ok $n - twin: untidy code is seen"
else
	echo "not ok $n - twin: untidy code passed"
	failed=1
fi
rm $twin
echo "1..$n"
exit $failed
