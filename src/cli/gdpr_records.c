/*
 * The record of processing activities (GDPR art. 30), of the tables that the program itself
 * follows: fields.def, retention.def, consents.def. docs/privacy.md holds it as it is printed here.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/gdpr_priv.h"
#include "model/office.h"

static const char *const purpose_name[] = {[PURPOSE_MATCH] = "match",
					   [PURPOSE_CONTACT] = "contact",
					   [PURPOSE_OFFICE] = "office",
					   [PURPOSE_REPORT] = "report"};
static const char *const audience_name[] = {[AUDIENCE_STAFF] = "staff",
					    [AUDIENCE_PARTNER] = "partner",
					    [AUDIENCE_OFFER] = "offer"};

enum { COLUMNS = 5 };
typedef struct table {
	cli *c;
	bool markdown;
	size_t n;             /* columns */
	size_t wide[COLUMNS]; /* of all but the last */
} table;

/* Of a key that is made of a format with a name in it. */
static str word(cli *c, str key)
{
	return view_say(c->ctx->mem, c->lang, str_terminated(c->ctx->mem, key), NULL, 0);
}
#define WORD(c, format, name) word(c, str_format((c)->ctx->mem, format, name))

static str days_of(cli *c, period_id p)
{
	return view_say_count(c->ctx->mem, c->lang, "gdpr.days", model_period[p].days,
			      NULL, 0);
}

static void row(const table *t, const str *cell)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->markdown)
			printf("| %.*s ", STR_ARG(cell[i]));
		else if (i + 1 < t->n)
			cli_left(cell[i], t->wide[i]);
		else
			printf("%.*s", STR_ARG(cell[i]));
	}
	printf(t->markdown ? "|\n" : "\n");
}

static void head(const table *t, const char *const *key)
{
	str cell[COLUMNS];
	for (size_t i = 0; i < t->n; i++)
		cell[i] = WORD(t->c, "gdpr.head.%s", key[i]);
	row(t, cell);
	for (size_t i = 0; t->markdown && i < t->n; i++)
		printf("|---%s", i + 1 == t->n ? "|\n" : "");
}

static void print_fields(cli *c, bool markdown)
{
	static const char *const key[] = {"field", "purpose", "audience", "kept", "days"};
	const table t = {c, markdown, COLUMNS, {22, 20, 36, 12}};
	head(&t, key);
	for (int f = 0; f < FIELD_COUNT; f++) {
		const field *d = &model_field[f];
		const str cell[COLUMNS] = {
			WORD(c, "field.%s", d->name),
			WORD(c, "gdpr.purpose.%s", purpose_name[d->purpose]),
			WORD(c, "gdpr.audience.%s", audience_name[d->audience]),
			WORD(c, "gdpr.kept.%s", d->sealed ? "sealed" : "open"),
			days_of(c, d->keep)};
		row(&t, cell);
	}
}

static void print_periods(cli *c, bool markdown)
{
	static const char *const key[] = {"days", "what"};
	const table t = {c, markdown, 2, {12}};
	head(&t, key);
	for (int p = 0; p < PERIOD_COUNT; p++) {
		const str cell[] = {days_of(c, (period_id)p),
				    WORD(c, "retention.%s", model_period[p].name)};
		row(&t, cell);
	}
}

static void print_consents(cli *c, bool markdown)
{
	static const char *const key[] = {"version", "consent"};
	const table t = {c, markdown, 2, {12}};
	head(&t, key);
	for (int p = 0; p < CONSENT_PURPOSES; p++) {
		const str cell[] = {
			str_format(c->ctx->mem, "%d", model_consent[p].version),
			WORD(c, "legal.consent.%s", model_consent[p].name)};
		row(&t, cell);
	}
}

static void print_text(cli *c, bool markdown)
{
	print_fields(c, markdown);
	printf("\n");
	print_periods(c, markdown);
	printf("\n");
	print_consents(c, markdown);
}

static void print_json(void)
{
	json_t *fields = json_array(), *periods = json_array(), *consents = json_array();
	for (int f = 0; f < FIELD_COUNT; f++) {
		const field *d = &model_field[f];
		json_array_append_new(
			fields,
			json_pack("{s:s, s:s, s:s, s:b, s:s, s:i}", "name", d->name,
				  "purpose", purpose_name[d->purpose], "audience",
				  audience_name[d->audience], "sealed", d->sealed,
				  "period", model_period[d->keep].name, "days",
				  model_period[d->keep].days));
	}
	for (int p = 0; p < PERIOD_COUNT; p++)
		json_array_append_new(periods, json_pack("{s:s, s:i}", "name",
							 model_period[p].name, "days",
							 model_period[p].days));
	for (int p = 0; p < CONSENT_PURPOSES; p++)
		json_array_append_new(consents,
				      json_pack("{s:s, s:b, s:i}", "name",
						model_consent[p].name, "required",
						model_consent[p].required, "version",
						model_consent[p].version));
	json_t *all = json_pack("{s:o, s:o, s:o}", "fields", fields, "periods", periods,
				"consents", consents);
	char *s = json_dumps(all, JSON_COMPACT);
	printf("%s\n", s ? s : "{}");
	free(s);
	json_decref(all);
}

void gdpr_records(cli *c, const gdpr_options *o)
{
	if (o->json)
		print_json();
	else
		print_text(c, o->markdown);
}
