/*
 * base - what every other room stands on: memory, text, faults, time, chance.
 *
 * No input or output and no globals. Everything a function needs is handed in,
 * most of it inside a ctx. Functions are thread-safe as long as two threads do
 * not share one arena, ctx or rng.
 */
#ifndef BASE_H
#define BASE_H

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE                __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define ARRAY_LEN(a)            (sizeof(a) / sizeof((a)[0]))

/* ---- memory -------------------------------------------------------------
 * An arena owns everything allocated from it until it is freed. Allocation
 * never returns NULL: when memory (or the arena's own cap) is used up, control
 * goes to the escape set with arena_set_escape, or the program ends with exit
 * code 4 and one line on stderr. Clean-ups run newest first.
 */
typedef struct arena arena;

/* A new arena that may hold at most `cap` bytes; 0 means no cap. */
arena *arena_new(size_t cap);
/* Runs the clean-ups, then frees all memory. NULL is allowed. */
void arena_free(arena *a);
/* Zeroed memory for `count` things of `size` bytes, aligned for any type up to 64 bytes. */
void *arena_alloc(arena *a, size_t count, size_t size);
/*
 * The same with whatever bytes: for large arrays that are written only later. Until then the
 * system need not give them memory.
 */
void *arena_take(arena *a, size_t count, size_t size);
/*
 * The same for tables of many megabytes that are filled at once: in large pages where the system
 * has them, so that it is not asked for each 4 kB. Takes up to 4 MB more.
 */
void *arena_take_large(arena *a, size_t count, size_t size);
/* A larger copy of a block from this arena; `p` may be NULL when `old_count` is 0. */
void *arena_grow(arena *a, const void *p, size_t old_count, size_t new_count,
		 size_t size);
/* `fn(arg)` runs when the arena is freed or reset to a mark set before this call. */
void arena_defer(arena *a, void (*fn)(void *), void *arg);
/* Where to go when memory is used up: a jmp_buf, or NULL. Returns the former one. */
void *arena_set_escape(arena *a, void *jmp_buf_or_null);
/* Bytes handed out so far. */
size_t arena_used(const arena *a);

typedef struct arena_mark {
	void *chunk;
	size_t used, total;
	void *cleanup;
} arena_mark;
/* Remember, and later drop all that was allocated in between. */
arena_mark arena_here(const arena *a);
void arena_reset(arena *a, arena_mark m);

#define NEW(a, type)          ((type *)arena_alloc((a), 1, sizeof(type)))
#define NEW_ARRAY(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

/* ---- text ---------------------------------------------------------------
 * A str is a slice: pointer and length, not owned, not terminated, UTF-8 unless
 * said otherwise.
 */
typedef struct str {
	const char *s;
	size_t n;
} str;

#define S(literal) ((str){"" literal, sizeof(literal) - 1})
/* The same for static initialisers. */
#define S_INIT(literal)                                                                  \
	{                                                                                \
		"" literal, sizeof(literal) - 1                                          \
	}
/* For printf("%.*s", STR_ARG(x)). */
#define STR_ARG(x) ((int)(x).n), ((x).s ? (x).s : "")

/* The slice of a C string; NULL gives the empty slice. */
str str_from(const char *terminated);
bool str_equal(str a, str b);
/* Bytewise order: negative, 0, positive. */
int str_compare(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Position of the first `needle`, or -1. */
ptrdiff_t str_find(str s, str needle);
/* Without ASCII white space at both ends. */
str str_trim(str s);
/* Bytes [from, to), clamped to the slice. */
str str_slice(str s, size_t from, size_t to);
/* A copy in the arena, always followed by a NUL byte that is not counted. */
str str_copy(arena *a, str s);
/* The same as a C string; a NUL inside the text ends it early. */
char *str_terminated(arena *a, str s);
/* printf into the arena. */
str str_format(arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* All of `s` as a decimal integer in [min, max]; false on anything else, also overflow. */
bool str_to_int(str s, int64_t min, int64_t max, int64_t *out);
/* Cuts the part before `sep` off *rest; false when *rest is used up (s == NULL). */
bool str_cut(str *rest, char sep, str *part);

/* A text that grows, in an arena. Zero-initialise and set `mem`. */
typedef struct buf {
	arena *mem;
	char *s;
	size_t n, cap;
} buf;
void buf_add(buf *b, str s);
void buf_char(buf *b, char c);
void buf_format(buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
str buf_str(const buf *b);

/* ---- UTF-8 and folding --------------------------------------------------- */

/* Next code point of s at *pos; advances. Returns -1 on a malformed sequence (and steps one byte). */
int32_t utf8_next(str s, size_t *pos);
void utf8_put(buf *b, int32_t code_point);
bool utf8_valid(str s);
/* Unicode normal form C (UAX #15) in the arena; input must be valid UTF-8. */
str utf8_nfc(arena *a, str s);
/*
 * For comparing what people typed: NFC, full case folding, every kind of white
 * space (also no-break) as one space, none at the ends.
 */
str utf8_fold(arena *a, str s);
/* utf8_fold and letters without their accents: "Luleå" and "lulea" become one (NFD, marks dropped). */
str utf8_plain(arena *a, str s);

/* ---- faults ------------------------------------------------------------- */

/* One table maps a kind to the exit code (fault_exit_code) and the HTTP status (fault_http_status). */
typedef enum fault_kind {
	FAULT_NONE,
	FAULT_UNPROVEN, /* exit 1: not proven, or infeasible */
	FAULT_USAGE,    /* exit 2: the command was called wrongly */
	FAULT_INPUT,    /* exit 3: what was read cannot be used */
	FAULT_RESOURCE, /* exit 4: memory, disk, file system */
	FAULT_LOGIN,    /* exit 3: nobody is logged in, or no longer */
	FAULT_HIDDEN,   /* exit 3: not there or not for this actor: the same answer */
	FAULT_CONFLICT, /* exit 3: someone else changed it first */
	FAULT_LIMIT,    /* exit 3: a budget is used up */
	FAULT_BUSY,     /* exit 4: try again in a moment */
} fault_kind;

typedef struct fault {
	fault_kind kind;
	/* Where: file as the user named it; line and column count from 1, 0 = does not apply. */
	str file;
	int64_t line, column;
	/* What: a key of the locale files; `{0}` … `{3}` in its text stand for the arguments. */
	const char *key;
	str arg[4];
} fault;

/* That table: what the program ends with. */
int fault_exit_code(fault_kind kind);
/* … and what a page answers with (RFC 9110). */
int fault_http_status(fault_kind kind);

/* ---- chance: xoshiro256** (Blackman, Vigna 2018), seeded by splitmix64 ------ */
typedef struct rng {
	uint64_t state[4];
} rng;
rng rng_seed(uint64_t seed);
uint64_t rng_next(rng *r);
/* Uniform in [0, n), n > 0, without modulo bias. */
uint32_t rng_below(rng *r, uint32_t n);
/* splitmix64's finaliser: a stable hash of a number. */
uint64_t hash_mix(uint64_t x);

/* ---- ctx: what a job carries ----------------------------------------------
 * Fallible functions take it first, return MUST_USE bool, and on false have set
 * `fault` exactly once.
 */
typedef struct ctx ctx;
struct ctx {
	arena *mem; /* lives as long as the job */
	fault fault;
	int32_t today; /* the job's reference date, a day number */
	int64_t now;   /* the job's moment: ms since 1970-01-01T00:00Z; the one clock */
	/* The one source of chance where it must not be guessed; NULL: the system's. */
	void (*random)(void *self, void *out, size_t n);
	void *random_self;
	struct store *store;       /* what is kept; NULL for a job without */
	const struct actor *actor; /* who asks; NULL for nobody */
	struct act_rounds *
		rounds; /* those that are open, at hand (act/rounds.h); NULL: read each time */
	/* Progress of anything long; may be NULL. `stage` is a locale key; total 0 = not known. Job's thread only. */
	void (*progress)(void *self, const char *stage, uint64_t done, uint64_t total);
	void *progress_self;
};

/* Sets the fault and returns false, so that one can write `return ctx_fail(…)`. */
bool ctx_fail(ctx *c, fault_kind kind, const char *key, str arg0, str arg1);
/* The same with a place; line and column count from 1, 0 = does not apply. */
bool ctx_fail_at(ctx *c, fault_kind kind, str file, int64_t line, int64_t column,
		 const char *key, str arg0, str arg1);
void ctx_progress(ctx *c, const char *stage, uint64_t done, uint64_t total);

/* ---- dates: proleptic Gregorian, day 0 = 1970-01-01 ---------------------- */
typedef struct ymd {
	int32_t year, month, day;
} ymd;
bool date_valid(ymd d);
/* Source: H. Hinnant, "chrono-compatible low-level date algorithms" (2014). */
int32_t date_to_day(ymd d);
ymd date_from_day(int32_t day);
/* Exactly YYYY-MM-DD. */
bool date_parse_iso(str s, int32_t *day);
str date_format_iso(arena *a, int32_t day);

/*
 * Wall time in Sweden: central European time, summer time from the last Sunday of March to
 * that of October (directive 2000/84/EC; POSIX CET-1CEST,M3.5.0,M10.5.0/3). In the hour
 * that comes twice the first is meant; one that does not exist is an hour later.
 */
typedef struct local_time {
	int32_t day, minute; /* day number, minute of the day */
} local_time;
local_time date_local(int64_t ms);
int64_t date_from_local(local_time t);

/* Largest r with r*r <= x. */
uint32_t isqrt_u64(uint64_t x);

#endif
