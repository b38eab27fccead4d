/*
 * match_priv - the columns of a scan, the plan of a row, and the kernels between them.
 *
 * One side of the pool lies in columns: every member of every unit has a slot, 64
 * slots make a word, 8 words a block. What a slot answered is a bit in a plane: plane
 * "fishing" of a block has a 1 for each of its 512 slots who ticked it. A kernel
 * therefore looks at hundreds of people with one AND, and adds up their points in
 * bit-sliced counters (Lamport 1975, "Multiple byte processing with full-word
 * instructions", turned on its side). It works in whole units of points, rounded so
 * that a sum is never below the truth, and only says who could still be good enough;
 * pair.h has the last word on those. So the same pairs come out at every vector width.
 */
#ifndef MATCH_PRIV_H
#define MATCH_PRIV_H

#include "match/crowd.h"

#define WORD_SLOTS  64
#define BLOCK_WORDS 8
#define BLOCK_SLOTS (WORD_SLOTS * BLOCK_WORDS)

/* Bits of the points a kernel adds, of what a slot is short of its block's best, of both. */
#define POINT_BITS 9
#define LACK_BITS  9
#define SUM_BITS   10
#define LACK_MAX   ((1 << LACK_BITS) - 1)
#define SUM_NEVER  ((1 << SUM_BITS) - 1) /* more than any sum */
#define POINTS_MAX ((1 << POINT_BITS) - 1)

#define CHILD_PLANES  32
#define KM_STEPS      8  /* limits of distance told apart */
#define SHARE_SIZES   8  /* sizes of a row's set told apart; more count as this many */
#define SHARE_COUNTED 7  /* things in common that are counted; more are worth all */
#define FEW_MOST      15 /* sizes of a column's set told apart where words are bounded */

/* The sieve counts lacks in steps of 2^SIEVE_SHIFT points, and tells 2^SIEVE_BITS of them apart. */
#define SIEVE_SHIFT 2
#define SIEVE_BITS  5

/* Where the planes of each kind of answer begin; plane 0 is empty. */
typedef struct plane_map {
	uint16_t interests, languages, languages_known, children, times, apps;
	uint64_t interests_in,
		languages_in;     /* bits that someone has; only they have planes */
	int occupations, genders; /* answers that have one */
	uint16_t occupation, occupation_known, gender, gender_known;
	uint16_t wishes, musts, in_person, video, childless, km, valid, lack;
	/* SHARE and TABLE: what each answer of a row would bring, `bits` planes per answer. */
	uint16_t value[CRITERIA_COUNT];
	uint8_t bits[CRITERIA_COUNT];
	uint16_t planes;
} plane_map;

/* One bit per slot of a block. */
typedef struct plane {
	_Alignas(64) uint64_t word[BLOCK_WORDS];
} plane;

/* Where some people live; lowest above highest when nobody is placed. */
typedef struct box {
	int16_t low[3], high[3];
} box;

/* What is known of all slots of a block, and of each word of it. */
typedef struct block {
	int16_t low[3][BLOCK_WORDS], high[3][BLOCK_WORDS]; /* boxes of the words */
	box all;
	int16_t year_low[BLOCK_WORDS],
		year_high[BLOCK_WORDS]; /* low > high: none known */
	int16_t year0, year1;           /* of the whole block */
	uint16_t stale;                 /* prices changed since `best` was last exact */
	uint32_t limit;     /* greatest limit of distance, in 100 m; UINT32_MAX: none */
	bool placed, video; /* all are placed; someone meets only by video */
	bool point;         /* all who are placed live at one place */
	uint8_t few
		[BLOCK_WORDS]; /* least interests that someone with any has; FEW_MOST: or more */
	/* What anyone answered, by the names of a profile; `life` is a mask of 1 << answer. */
	struct {
		uint64_t languages, children;
		uint8_t apps, life;
	} any;
	uint8_t wishes, musts; /* of anyone */
	uint16_t wish_points;  /* greatest sum of points for wishes of one slot */
} block;

/* Who is in a slot, as far as it is often asked. */
typedef struct seat {
	uint32_t person; /* index of the profile; PERSON_NONE for padding */
	uint32_t column; /* SLOT_SHARED is set for members of a household */
	int32_t waiting;
	uint32_t price; /* of the column, >> price_shift */
} seat;

#define DAY_PARTS 32 /* more than times there are: any bit of profile.times */

/* Which of the answers that someone has, `in`, is answer number `bit`. */
static inline unsigned rank_of(uint64_t in, int bit)
{
	return (unsigned)__builtin_popcountll(in & ((UINT64_C(1) << bit) - 1));
}

typedef struct columns {
	const pool *pool;
	const unit *unit;      /* the side's units */
	const uint32_t *which; /* column -> index in unit[]; in order of place */
	const terms *terms;
	frame frame;
	int32_t unit_points; /* weight that one point of a kernel stands for */
	plane_map map;
	uint32_t bundle[DAY_PARTS]; /* times that everyone ticks together */
	int bundles;
	int child_first; /* bit of profile.children that the first plane holds */
	/* What limits there are, in 100 m, ascending; a plane has those whose own, rounded up to one, is as much. */
	uint32_t km_step[KM_STEPS];
	uint32_t count, slots, blocks;
	plane *plane; /* blocks * map.planes */
	block *block;
	int64_t *best;  /* per block: greatest waiting - price of a slot, or more */
	seat *seat;     /* per slot */
	uint32_t *slot; /* per column: its first slot */
	int price_shift;
} columns;
#define PERSON_NONE UINT32_MAX
#define SLOT_SHARED (1u << 31)

/*
 * Lays out the units side[which[0..count)] of one side; all prices are 0. Puts which[] in
 * order of place: what is near is then near in memory, too.
 */
void columns_form(arena *mem, const pool *p, const unit *side, uint32_t *which,
		  uint32_t count, const terms *t, int64_t weight_max, columns *out);
/* A new price of one column. */
void columns_price(columns *c, uint32_t column, int64_t price);
static inline plane *columns_planes(const columns *c, uint32_t at)
{
	return &c->plane[(size_t)at * c->map.planes];
}
static inline const unit *columns_unit(const columns *c, uint32_t column)
{
	return &c->unit[c->which[column]];
}
/* Points that are never less than a weight. */
static inline int columns_points(const columns *c, int64_t weight)
{
	return (int)((weight + c->unit_points - 1) / c->unit_points);
}

/* Units with the key of their first member, for sorting. */
typedef struct placed_unit {
	uint64_t key;
	uint32_t unit; /* index in its side */
} placed_unit;
/* Sorts which[] by place and gives the keys in that order, too. */
placed_unit *place_sort(arena *mem, const pool *p, const unit *side, uint32_t *which,
			uint32_t n);
/*
 * Orders which[] so that those in a word of 64 slots are near each other in place and age,
 * and gives each its first slot. Returns the number of blocks.
 */
uint32_t word_sort(arena *mem, const pool *p, const unit *side, uint32_t *which,
		   uint32_t n, const terms *t, uint32_t *slot);
/* The group of a key: at a place, at a place but video only, nowhere. */
#define PLACE_GROUP(key) ((unsigned)((key) >> 62))

static inline void box_add(box *b, const profile *p)
{
	const int16_t at[3] = {p->x, p->y, p->z};
	for (int i = 0; i < 3; i++) {
		b->low[i] = at[i] < b->low[i] ? at[i] : b->low[i];
		b->high[i] = at[i] > b->high[i] ? at[i] : b->high[i];
	}
}
#define BOX_EMPTY                                                                        \
	{                                                                                \
		{INT16_MAX, INT16_MAX, INT16_MAX},                                       \
		{                                                                        \
			INT16_MIN, INT16_MIN, INT16_MIN                                  \
		}                                                                        \
	}
/* Whole units of 100 m from one box to the other at least. */
int32_t box_distance(const box *a, const box *b);

/* ---- the plan of a row: what a kernel has to look at for one member ------------------- */
typedef struct plan_part {
	uint16_t
		points; /* greatest, or per step (NEAREST, COUNT); 0: nothing to look at */
	uint16_t most;  /* the most points it can bring */
	uint16_t by_answer[LIFE_FAMILY + 1]; /* TABLE */
	uint64_t reach; /* NEAREST, ANY: answers that bring anything */
	bool wished;    /* the row has the wish itself */
	uint8_t n;
	uint8_t end[8]; /* NEAREST: how many of plane[] are d years away or less */
	uint16_t times
		[DAY_PARTS]; /* COUNT: how often plane[i] counts; DIFFERENCE: points by years */
	uint16_t value[POINT_BITS]; /* SHARE, TABLE: planes of the value */
	uint16_t plane[64];
} plan_part;

#define YEARS_MAX     128
#define UNKNOWN_PLANE (-1)
typedef struct plan {
	const profile *who;
	const int32_t *weight; /* of the criteria */
	int64_t constant;      /* waiting - reserve, and the bonus */
	plan_part part[CRITERIA_COUNT];
	int32_t own_points;  /* greatest sum of points, wishes of columns apart */
	int32_t wish_points; /* greatest sum of points for wishes of columns */
	uint8_t musts;
	bool childless;
	int gender_plane, occupation_plane; /* of the same answer; UNKNOWN_PLANE */
	int32_t by_age[YEARS_MAX]; /* weight by difference of birth years; never rises */
	/* Weight of so many interests in common with someone who has so many, at most. */
	int32_t by_common[SHARE_COUNTED + 1][FEW_MOST + 1];
	uint32_t limit; /* own limit of distance, UINT32_MAX: none */
	box at;
	uint8_t sieved_n, touched_n;
	uint16_t touched
		[200]; /* planes that kernels read for it, most of them; first the sieve's */
} plan;
void plan_form(const columns *c, const profile *who, int64_t constant, plan *out);
/* What tells people apart most comes first, and often nothing has to follow. */
#define FIRST_DISTANCE   0
#define FIRST_DIFFERENCE 0
#define FIRST_NEAREST    0
#define FIRST_SHARE      1
#define FIRST_TABLE      1
#define FIRST_ANY        0
#define FIRST_COUNT      0
#define FIRST_EQUAL      0

/*
 * Most points with anyone of a block: by what kernels add first, by what they add later, and
 * by wishes of columns. `share` is the part of `first` that interests can bring.
 */
typedef struct block_most {
	int first, later, wishes, share;
} block_most;
block_most plan_most(const plan *p, const block *b);
#define BY_DISTANCE(id, param)                                                           \
	sum += weight[id] *                                                              \
	       (1000 * above_0(UNITS_PER_KM * (param)-d) / (UNITS_PER_KM * (param)));
#define BY_DIFFERENCE(id, param)
#define BY_NEAREST(id, param)
#define BY_SHARE(id, param)
#define BY_TABLE(id, param)
#define BY_ANY(id, param)
#define BY_COUNT(id, param)
#define BY_EQUAL(id, param)

static inline int32_t above_0(int32_t x)
{
	return x > 0 ? x : 0;
}

/* Weight of being `d` apart, at most; `weight` is of the criteria. */
static inline int32_t plan_by_distance(const int32_t *weight, int32_t d)
{
	int32_t sum = 0;
#define CRITERION(id, name, kind, param, wish, points, reads)                            \
	BY_##kind(CRITERION_##id, param)
#include "model/criteria.def"
#undef CRITERION
	return sum;
}
/* The most that nearness in age can be worth with someone born within [low, high]. */
static inline int32_t plan_by_age(const plan *p, int low, int high)
{
	int year = p->who->birth_year, d = year < low    ? low - year
					   : year > high ? year - high
							 : 0;
	return low > high || !year || d >= YEARS_MAX ? 0 : p->by_age[d];
}

#define PAIR_FORBIDDEN (-1)

/* ---- kernels ------------------------------------------------------------------------------ */
typedef struct kernel {
	const char *name;
	/*
	 * Weight by nearness in place and age for each word, at most; `far` is how far away its
	 * people are at least. Returns the greatest of `far`.
	 */
	int32_t (*near)(const plan *p, const block *b, bool apart,
			int32_t near[BLOCK_WORDS], int32_t far[BLOCK_WORDS]);
	/*
	 * The sum from which on a slot of each word can bring `wanted` in weight, when `later`
	 * points may still be added to it; from 0 to SUM_NEVER.
	 */
	void (*least)(const int32_t near[BLOCK_WORDS], int64_t wanted,
		      int32_t unit_points, int32_t later, int32_t least[BLOCK_WORDS]);
	/*
	 * Takes out of `open` who is not worth `wanted` by nearness, interests and lack: a first
	 * bound, coarse but cheap. False: nobody is left.
	 */
	bool (*sieve)(const plan *p, const plane_map *map, const block *b,
		      const plane *planes, const int32_t near[BLOCK_WORDS],
		      int64_t wanted, int32_t unit_points, plane *open);
	/*
	 * Points + LACK_MAX - lack of each slot into sum[]. Taken out of `open` are slots that a
	 * rule of the planes forbids and, unless `first` is NULL, those of less than first[word]
	 * after SHARE and TABLE. Where words have no open slot their sums may be anything.
	 */
	void (*sum)(const plan *p, const plane_map *map, const block *b,
		    const plane *planes, const int32_t *first, plane sum[SUM_BITS],
		    plane *open);
	/* The greatest sum of an open slot, per word; -1 when none is open. */
	void (*top)(const plane sum[SUM_BITS], const plane *open,
		    int32_t top[BLOCK_WORDS]);
	/* Who of `open` has a sum of at least least[word]; returns how many they are. */
	int (*pass)(const plane sum[SUM_BITS], const int32_t least[BLOCK_WORDS],
		    const plane *open, plane *out);
	/* pair_fit, or PAIR_FORBIDDEN when a hard rule forbids the two. */
	int32_t (*fit)(const frame *f, const int32_t *weight, const profile *a,
		       const profile *b);
	/*
	 * One person with all of a crowd: per slot the weight, also when a rule is broken, and the
	 * rules that are, as a mask of 1 << match_rule; RULE_NEVER is not looked at.
	 */
	void (*weigh)(const crowd_answers *w, const crowd_asked *q, int32_t *weight,
		      uint16_t *broken);
} kernel;
extern const kernel kernel_scalar, kernel_avx2, kernel_avx512;
/* A wish as a mask; none for 0. */
#define WISH_BIT(wish) ((1u << (wish)) >> 1)
/* The kernels of a level; NULL when the processor lacks it. SIMD_AUTO: the best it has. */
const kernel *kernel_choose(match_simd level);

#endif
