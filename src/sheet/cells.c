/* What the readers of cells share: answers, cutting lists into parts, and which reader a field has. */
#include "sheet/sheet_priv.h"

void answer_fail(answer *out, const char *key)
{
	out->value = S("");
	out->bits = 0;
	out->key = key;
}

void answer_could_be(arena *mem, answer *out, str value)
{
	for (size_t i = 0; i < out->could_be_n; i++)
		if (str_equal(out->could_be[i], value))
			return;
	if (out->could_be_n == COULD_BE_MOST)
		return;
	out->could_be = arena_grow(mem, out->could_be, out->could_be_n,
				   out->could_be_n + 1, sizeof *out->could_be);
	out->could_be[out->could_be_n++] = value;
}

bool answer_maybe(const words *w, arena *mem, field_id f, str plain, answer *out)
{
	int64_t list;
	if (!word_find(w, WORDS_MAYBE + (int)f, plain, &list))
		return false;
	str rest = str_from(w->maybe[list]), part;
	answer_fail(out, rest.n ? "sheet.ambiguous" : "sheet.not_understood");
	while (str_cut(&rest, '|', &part))
		if (part.n)
			answer_could_be(mem, out, part);
	return true;
}

void list_add(buf *b, str item)
{
	if (b->n)
		buf_add(b, S(", "));
	buf_add(b, item);
}

/* ---- parts --------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes of a dash at s[i]: hyphen, en dash, em dash; 0 if there is none. */
static size_t dash_at(str s, size_t i)
{
	if (s.s[i] == '-')
		return 1;
	str rest = str_slice(s, i, i + 3);
	return str_equal(rest, S("\xe2\x80\x93")) || str_equal(rest, S("\xe2\x80\x94"))
		       ? 3
		       : 0;
}

/* Bytes of a separator at s[i]; 0 if there is none. */
static size_t cut_at(str s, size_t i, unsigned cuts)
{
	switch (s.s[i]) {
	case ',':
		return cuts & CUT_COMMA ? 1 : 0;
	case ';':
		return cuts & CUT_SEMICOLON ? 1 : 0;
	case '/':
		return cuts & CUT_SLASH ? 1 : 0;
	case '|':
		return cuts & CUT_SLASH ? 1 : 0;
	case '+':
		return cuts & CUT_PLUS ? 1 : 0;
	case '&':
		return cuts & CUT_AND ? 1 : 0;
	case '\n':
	case '\r':
		return cuts & CUT_LINE ? 1 : 0;
	default:
		break;
	}
	if (!(cuts & CUT_DASH))
		return 0;
	size_t n = dash_at(s, i);
	bool spaced =
		n && i && i + n < s.n && is_blank(s.s[i - 1]) && is_blank(s.s[i + n]);
	return spaced ? n : 0;
}

/* Without bullets that lists start their lines with. */
static str without_bullet(str s)
{
	s = sheet_trim(s);
	for (;;) {
		if (str_starts(s, S("\xe2\x80\xa2")))
			s = sheet_trim(str_slice(s, 3, s.n));
		else if (str_starts(s, S("\xc2\xb7")) || str_starts(s, S("- ")) ||
			 str_starts(s, S("* ")))
			s = sheet_trim(str_slice(s, 2, s.n));
		else
			return s;
	}
}

bool part_next(str *rest, unsigned cuts, str *part)
{
	while (rest->n) {
		size_t i = 0, n = 0;
		while (i < rest->n && !(n = cut_at(*rest, i, cuts)))
			i++;
		*part = without_bullet(str_slice(*rest, 0, i));
		*rest = str_slice(*rest, i + n, rest->n);
		if (part->n)
			return true;
	}
	return false;
}

bool och_next(str *rest, str *piece)
{
	if (!rest->n)
		return false;
	ptrdiff_t och = str_find(*rest, S(" och "));
	*piece = och < 0 ? *rest : str_slice(*rest, 0, (size_t)och);
	*rest = och < 0 ? S("") : str_slice(*rest, (size_t)och + 5, rest->n);
	return true;
}

/* ---- which reader a field has ------------------------------------------------------------ */

/* Fields with a way of their own; the others by their kind. */
static cell_reader *choice_reader(field_id f)
{
	switch ((int)f) {
	case FIELD_SIDE:
		return cell_side;
	case FIELD_GENDER:
		return cell_gender;
	case FIELD_LEVEL:
		return cell_level;
	case FIELD_LIFE:
		return cell_life;
	case FIELD_MEETS:
		return cell_meets;
	case FIELD_CHANNEL:
		return cell_channel;
	case FIELD_OCCUPATION:
		return cell_occupation;
	case FIELD_INTERESTS:
		return cell_interests;
	case FIELD_TIMES:
		return cell_times;
	case FIELD_APPS:
		return cell_apps;
	default:
		return cell_note;
	}
}

cell_reader *cell_reader_of(field_id f)
{
	switch (model_field[f].kind) {
	case KIND_INTEGER:
		return cell_number;
	case KIND_CHOICE:
	case KIND_CHOICES:
		return choice_reader(f);
	case KIND_NAME:
		return cell_name;
	case KIND_YEAR:
		return cell_birth_year;
	case KIND_PLACE:
		return f == FIELD_MUNICIPALITY ? cell_municipality : cell_locality;
	case KIND_POSTCODE:
		return cell_postcode;
	case KIND_PHONE:
		return cell_phone;
	case KIND_EMAIL:
		return cell_email;
	case KIND_LANGUAGES:
		return cell_languages;
	case KIND_TEXT:
		return f == FIELD_NOTE ? cell_note : cell_name;
	case KIND_DATE:
		return cell_date;
	case KIND_YEARS:
		return cell_children;
	case KIND_GROUP:
		return cell_group;
	case KIND_DISTANCE:
		return cell_distance;
	case KIND_COUNT:
		return cell_count;
	case KIND_WISHES:
		return cell_wishes;
	case KIND_PEOPLE:
		return cell_people;
	case KIND_CONSENT:
		return cell_consent;
	}
	return cell_note;
}
