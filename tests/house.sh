#!/bin/sh
# shellcheck disable=SC2038  # file names of the project have no spaces
# The house rules hold, and each rule has a twin: a planted fault that it must name.
set -u
cd "$(dirname "$0")/.." || exit 4
root=$PWD
trap 'rm -rf "$dir"' EXIT
dir=$(mktemp -d)
n=0
failed=0
verdict() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}
run_layers() { find src -type f | xargs awk -f "$root/tools/layers.awk" tools/layers.txt; }
run_house() { "$root/tools/files" text | xargs awk -f "$root/tools/house.awk" tools/ratchet.txt; }

# A sound little house, in which each twin plants one fault.
sound() {
	rm -rf "${dir:?}/h"
	mkdir -p "$dir/h/src/low" "$dir/h/src/high" "$dir/h/tools" "$dir/h/tests" "$dir/h/fuzz" "$dir/h/bench"
	cd "$dir/h" || exit 4
	printf 'low:\nhigh: low\n' >tools/layers.txt
	: >tools/ratchet.txt
	printf '/* What low does. */\nint low_do(int x);\n' >src/low/low.h
	printf '#include "low/low.h"\nint low_do(int x)\n{\n\treturn x;\n}\n' >src/low/do.c
	printf '/* What high does. */\nint high_do(void);\n' >src/high/high.h
	printf '#include "high/high.h"\n#include "low/low.h"\nint high_do(void)\n{\n\treturn low_do(1);\n}\n' >src/high/do.c
	printf '#include "high/high.h"\nint main(void)\n{\n\treturn high_do();\n}\n' >src/main.c
}
# caught CHECK WHAT MESSAGE: the check fails, and with these words.
caught() {
	if said=$("run_$1" 2>&1); then said="it passed"; fi
	if echo "$said" | grep -q -- "$3"; then verdict 0 "twin: $2"; return; fi
	verdict 1 "twin: $2"
	echo "$said" | sed 's/^/# /'
}
many() { awk -v n="$1" -v text="$2" 'BEGIN { while (n--) print text }'; }

said=$(run_layers 2>&1)
verdict $? "rooms include only what tools/layers.txt lists"
[ -z "$said" ] || echo "$said" | sed 's/^/# /'
said=$(run_house 2>&1)
verdict $? "house rules hold"
[ -z "$said" ] || echo "$said" | sed 's/^/# /'

sound; run_layers && run_house
verdict $? "the sound little house passes"
sound; echo '#include "high/high.h"' >>src/low/do.c
caught layers "an include upwards" "low may not include high"
sound; echo '#include "low/low_priv.h"' >>src/high/do.c
caught layers "another room's private header" 'room low is "low/low.h" only'
sound; echo '/* More. */' >src/low/more.h; echo '#include "low/more.h"' >>src/high/do.c; echo low/more.h >>tools/layers.txt; run_layers
verdict $? "a second public header that layers.txt lists"
sound; mkdir src/odd; echo 'int odd;' >src/odd/odd.c
caught layers "a room that is not listed" "room odd is not in"
sound; echo '#include "low.h"' >>src/high/do.c
caught layers "an include without its room" 'write "room/low.h"'
sound; printf 'low: high\nhigh: low\n' >tools/layers.txt
caught layers "two rooms that list each other" "room low lists high"

sound; many 801 '/* long */' >src/low/long.c
caught house "a file of 801 lines" "801 lines"
sound; { printf 'int low_long(void)\n{\n'; many 69 '	low_do(1);'; echo '}'; } >>src/low/do.c
caught house "a function of 71 lines" "low_long has 71 lines"
sound; printf 'void low_bad(char *a)\n{\n\tstrcpy(a, "b");\n}\n' >>src/low/do.c
caught house "strcpy" "strcpy() is not called"
sound; printf 'long low_now(void)\n{\n\treturn time(0);\n}\n' >>src/low/do.c
caught house "the clock below cli" "time() is not called"
sound; printf '/* strcpy(a, b) */\nconst char *low_text = "getenv(HOME)";\n' >>src/low/do.c; run_house
verdict $? "a call only spoken of is no call"
sound; printf '/* TO%s: later */\n' DO >>src/low/do.c
caught house "unfinished business" "unfinished business"
sound; printf '# see /%s/someone/notes\n' home >>tools/layers.txt
caught house "a path of one machine" "a path of one machine"
sound; echo 'int low_lost;' >src/lost.c
caught house "a source the build does not find" "the build does not look"
sound; echo '/* x */' >src/low/low_priv.h
caught house "a header nobody includes" "nobody includes it"
sound; printf '\nint low_silent(void);\n' >>src/low/low.h
caught house "a public function without a comment" "low_silent has no comment"
sound; printf '\nint low_silent(void);\n' >>src/low/low.h; echo 'comment src/low/low.h 1' >tools/ratchet.txt; run_house
verdict $? "the ratchet forgives what it lists"
sound; echo 'comment src/low/low.h 1' >tools/ratchet.txt
caught house "a ratchet that could be tightened" "is down to 0"

echo "1..$n"
exit $failed
