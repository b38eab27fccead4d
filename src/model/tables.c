/* The constant tables that the .def files describe, and looking things up in them. */
#include "model/model.h"

const retention model_period[PERIOD_COUNT] = {
#define PERIOD(id, name_, days_) [PERIOD_##id] = {.name = name_, .days = days_},
#include "model/retention.def"
#undef PERIOD
};

enum { KEPT_OPEN = false, KEPT_SEALED = true };
const field model_field[FIELD_COUNT] = {
#define FIELD(id, name_, kind_, side_, need_, purpose_, keep_, audience_, kept_, ask_,   \
	      heading_)                                                                  \
	[FIELD_##id] = {.name = name_,                                                   \
			.kind = KIND_##kind_,                                            \
			.side = ASKED_##side_,                                           \
			.need = NEED_##need_,                                            \
			.purpose = PURPOSE_##purpose_,                                   \
			.keep = PERIOD_##keep_,                                          \
			.audience = AUDIENCE_##audience_,                                \
			.sealed = KEPT_##kept_,                                          \
			.ask = ask_,                                                     \
			.heading = S_INIT(heading_)},
#include "model/fields.def"
#undef FIELD
};

const choice model_choice[] = {
#define SET(set)
#define CHOICE(set, id, code_, label_)                                                   \
	{.field = FIELD_##set,                                                           \
	 .number = set##_##id,                                                           \
	 .code = S_INIT(code_),                                                          \
	 .label = S_INIT(label_)},
#include "model/choices.def"
#undef SET
#undef CHOICE
};
const size_t model_choice_count = ARRAY_LEN(model_choice);

const criterion model_criterion[CRITERIA_COUNT] = {
#define CRITERION(id, name_, kind_, param_, wish_, weight_, reads_)                      \
	[CRITERION_##id] = {.name = name_,                                               \
			    .kind = CRITERION_KIND_##kind_,                              \
			    .param = param_,                                             \
			    .wish = wish_,                                               \
			    .weight = weight_,                                           \
			    .reads = FIELD_##reads_},
#include "model/criteria.def"
#undef CRITERION
};

/* Rows and columns: unknown, single, couple, single parent, family. */
const int16_t model_life_table[5][5] = {
	{0, 0, 0, 0, 0},          {0, 800, 500, 300, 200},  {0, 500, 900, 300, 400},
	{0, 300, 300, 1000, 800}, {0, 200, 400, 800, 1000},
};

const str model_place_credit = S_INIT("Place data © GeoNames, CC BY 4.0");

const choice *model_choice_get(field_id f, int number)
{
	for (size_t i = 0; i < model_choice_count; i++)
		if (model_choice[i].field == f && model_choice[i].number == number)
			return &model_choice[i];
	return NULL;
}

int model_choice_size(field_id f)
{
	int n = 0;
	for (size_t i = 0; i < model_choice_count; i++)
		n += model_choice[i].field == f;
	return n;
}

const municipality *model_municipality_get(uint16_t code)
{
	size_t low = 0, high = model_municipality_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (model_municipality[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	bool found =
		low < model_municipality_count && model_municipality[low].code == code;
	return found ? &model_municipality[low] : NULL;
}

terms model_terms_default(int32_t date)
{
	terms t = {.date = date, .waiting = WAITING_DEFAULT, .reserve = RESERVE_DEFAULT};
	for (int c = 0; c < CRITERIA_COUNT; c++)
		t.weight[c] = model_criterion[c].weight;
	return t;
}
