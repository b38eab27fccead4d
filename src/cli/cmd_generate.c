/* kompis generate: made-up people as a clean sheet on standard output. */
#include <stdio.h>

#include "cli/cli.h"
#include "match/match.h"

/* ---- what a sheet has beside the coded answers ----------------------------------------- */

static const char *const women_here[] = {
	"Anna",   "Eva",    "Karin", "Maria",    "Lena",    "Kerstin", "Sara",
	"Emma",   "Ingrid", "Elin",  "Birgitta", "Johanna", "Malin",   "Hanna",
	"Linnea", "Ulla",   "Frida", "Ebba",     "Maj",     "Siri",
};
static const char *const men_here[] = {
	"Lars", "Anders", "Johan",  "Erik",    "Per",    "Karl",  "Mikael",
	"Nils", "Olof",   "Jonas",  "Fredrik", "Gustav", "Bengt", "Emil",
	"Sven", "Axel",   "Viktor", "Hugo",    "Arne",   "Isak",
};
static const char *const women_new[] = {
	"Amina",    "Fatima", "Olena",  "Rahel", "Hodan",  "Zahra",   "Rima",
	"Selam",    "Mariam", "Iryna",  "Layla", "Shirin", "Khadija", "Nour",
	"Yordanos", "Oksana", "Parisa", "Hanan", "Aziza",  "Lucía",
};
static const char *const men_new[] = {
	"Ahmad",   "Mohammad", "Yonas",  "Ali",     "Andrij", "Reza",  "Omar",
	"Abdi",    "Tesfay",   "Hassan", "Samir",   "Bohdan", "Karim", "Filmon",
	"Mustafa", "Dawit",    "Navid",  "Ibrahim", "Farid",  "Luis",
};
static const char *const families_here[] = {
	"Andersson", "Nilsson",   "Lindgren", "Berg",     "Öberg",   "Sandström",
	"Åström",    "Lundqvist", "Ek",       "Forsberg", "Hedlund", "Nordin",
	"Sjögren",   "Wikström",  "Dahl",     "Holm",     "Norberg",
};
static const char *const families_new[] = {
	"Haddad", "Hosseini", "Tekle",        "Warsame", "Kovalenko", "Rahimi",
	"Aziz",   "Melnyk",   "Ghebremedhin", "Nazari",  "Saleh",     "Farah",
	"Bondar", "Karimi",   "Osman",        "Habtom",  "Abdi",
};
#define ONE(list, at) ((list)[(at) % ARRAY_LEN(list)])

static str given_name(const profile *p)
{
	uint64_t at = hash_mix(p->id);
	bool woman =
		p->gender == GENDER_WOMAN || (p->gender != GENDER_MAN && at >> 32 & 1);
	if (p->side == SIDE_NEWCOMER)
		return str_from(woman ? ONE(women_new, at) : ONE(men_new, at));
	return str_from(woman ? ONE(women_here, at) : ONE(men_here, at));
}

/* One name for a household. */
static str family_name(const profile *p)
{
	uint64_t at =
		hash_mix(p->household ? UINT64_C(1) << 40 | p->household : p->id + 7u);
	return str_from(p->side == SIDE_NEWCOMER ? ONE(families_new, at)
						 : ONE(families_here, at));
}

/*
 * Numbers that the Swedish Post and Telecom Authority keeps for films and books: nobody
 * has them. There are few, so the first people get one each and the others have e-mail only.
 */
static str phone(arena *mem, const profile *p)
{
	static const struct {
		const char *area;
		uint32_t first, n;
	} range[] = {
		{"08", 46500400, 100}, {"031", 3900600, 100}, {"040", 6280400, 100},
		{"0980", 319200, 100}, {"070", 1740605, 95},
	};
	uint32_t at = p->id - 1;
	for (size_t i = 0; i < ARRAY_LEN(range); i++) {
		if (at < range[i].n)
			return str_format(mem, "+46%s%u", range[i].area + 1,
					  range[i].first + at);
		at -= range[i].n;
	}
	return S("");
}

/* Letters a to z of a name. */
static void add_plain(arena *mem, buf *b, str name)
{
	str plain = utf8_plain(mem, name);
	for (size_t i = 0; i < plain.n; i++)
		if (plain.s[i] >= 'a' && plain.s[i] <= 'z')
			buf_char(b, plain.s[i]);
}

static str email(arena *mem, const profile *p)
{
	buf b = {.mem = mem};
	add_plain(mem, &b, given_name(p));
	buf_char(&b, '.');
	add_plain(mem, &b, family_name(p));
	buf_format(&b, "%u@example.%s", p->id, p->id % 3 ? "org" : "com");
	return buf_str(&b);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void add_cell(buf *b, str s, bool first)
{
	bool quote = false;
	for (size_t i = 0; i < s.n; i++)
		quote |= s.s[i] == ',' || s.s[i] == '"' || s.s[i] == '\n';
	if (!first)
		buf_char(b, ',');
	if (quote)
		buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.s[i]);
	}
	if (quote)
		buf_char(b, '"');
}

static str value(arena *mem, const profile *p, field_id f, int32_t date)
{
	switch ((int)f) {
	case FIELD_GIVEN:
		return given_name(p);
	case FIELD_FAMILY:
		return family_name(p);
	case FIELD_PHONE:
		return phone(mem, p);
	case FIELD_EMAIL:
		return email(mem, p);
	default:
		return model_value_format(mem, p, f, date);
	}
}

static bool put_row(ctx *x, const buf *b)
{
	return fwrite(b->s, 1, b->n, stdout) == b->n ||
	       ctx_fail(x, FAULT_RESOURCE, "cli.cannot_print", (str){0}, (str){0});
}

static bool write_sheet(ctx *x, const people *p, int32_t date)
{
	buf heading = {.mem = x->mem};
	for (int f = 0; f < FIELD_COUNT; f++)
		add_cell(&heading, model_field[f].heading, f == 0);
	buf_char(&heading, '\n');
	if (!put_row(x, &heading))
		return false;
	for (size_t i = 0; i < p->n; i++) {
		arena_mark here = arena_here(x->mem);
		buf row = {.mem = x->mem};
		for (int f = 0; f < FIELD_COUNT; f++)
			add_cell(&row, value(x->mem, &p->profile[i], (field_id)f, date),
				 f == 0);
		buf_char(&row, '\n');
		if (!put_row(x, &row))
			return false;
		arena_reset(x->mem, here);
		ctx_progress(x, "progress.writing", i + 1, p->n);
	}
	return fflush(stdout) == 0 ||
	       ctx_fail(x, FAULT_RESOURCE, "cli.cannot_print", (str){0}, (str){0});
}

int cmd_generate(cli *c)
{
	enum { MOST = 10000000 };
	int64_t seed = 1, newcomers = 100, established = 100;
	generate_options o = {.date = c->ctx->today};
	str none[1];
	int operands;
	bool done = false;
	const cli_option option[] = {
		{.name = "--seed",
		 .kind = OPTION_INT,
		 .target = &seed,
		 .min = 0,
		 .max = INT64_MAX},
		{.name = "--newcomers",
		 .kind = OPTION_INT,
		 .target = &newcomers,
		 .min = 0,
		 .max = MOST},
		{.name = "--established",
		 .kind = OPTION_INT,
		 .target = &established,
		 .min = 0,
		 .max = MOST},
		{.name = "--city", .kind = OPTION_FLAG, .target = &o.city},
		{.name = "--anywhere", .kind = OPTION_SHARE, .target = &o.anywhere},
		{.name = "--date", .kind = OPTION_DATE, .target = &o.date},
	};
	if (!cli_options(c, "generate", option, ARRAY_LEN(option), 0, 0, none, &operands,
			 &done))
		return cli_fault(c);
	if (done)
		return 0;
	o.seed = (uint64_t)seed;
	o.newcomers = (uint32_t)newcomers;
	o.established = (uint32_t)established;
	people p;
	match_generate(c->ctx->mem, &o, &p);
	return write_sheet(c->ctx, &p, o.date) ? 0 : cli_fault(c);
}
