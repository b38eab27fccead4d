/*
 * mailer - queues and sends without a server around it, at a time it is told: what the tests
 * of mail and SMS start, stop and kill.
 *
 *   mailer add DIR NOW COUNT CHANNEL TO LANG [NEWS]
 *                     queues COUNT messages, to somebody with that address; prints their ids
 *   mailer admin DIR NOW                adds an administrator
 *   mailer drain DIR NOW KEY=VALUE …   sends what is due until nothing is; a word for each round
 *   mailer bounces DIR NOW KEY=VALUE … reads what came back; how many there were
 *   mailer list DIR   prints id, state, tries, unsure, delivered, error of each message
 *   mailer tasks DIR  prints kind and `when` of each task, and how many alarms there are
 *   mailer report DIR NOW SECRET delivered|failed
 *
 * With KOMPIS_DATABASE and KOMPIS_KEYS people are there, and DIR has the rest. Built with -DTWIN it hands nothing over before the point of no return, and must be caught.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/mail.h"
#include "store/store_priv.h"
#include "templates.h"

#ifdef TWIN
bool __wrap_store_outbox_hand_over(ctx *c, const message *m, int64_t lease, str report);
bool __wrap_store_outbox_hand_over(ctx *c, const message *m, int64_t lease, str report)
{
	(void)c, (void)m, (void)lease, (void)report;
	return true;
}
#endif

static int64_t clock_of(void *self)
{
	return *(const int64_t *)self;
}

/* ---- queueing ------------------------------------------------------------------------------ */

typedef struct adding {
	int64_t count;
	str channel, to, lang, news;
	id who;
} adding;

static bool add_person(ctx *c, adding *a)
{
	person p = {.state = STATE_WAITING, .written = a->lang};
	bool sms = str_equal(a->channel, S("sms"));
	p.value[FIELD_GIVEN] = S("Amina");
	p.value[FIELD_SIDE] = S("newcomer");
	p.value[FIELD_MUNICIPALITY] = S("2580");
	p.value[sms ? FIELD_PHONE : FIELD_EMAIL] = a->to;
	p.value[FIELD_CHANNEL] = a->channel;
	bool ok = store_person_add(c, &p);
	a->who = p.id;
	return ok &&
	       store_consent_set(c, p.id, CONSENT_FOR_MESSAGES, true, a->lang, S("web"));
}

static bool add_work(ctx *c, void *arg)
{
	adding *a = arg;
	if (!add_person(c, a))
		return false;
	for (int64_t i = 0; i < a->count; i++) {
		mail_letter l = {
			.rule = "login",
			.subject_key = store_secret_new(c, 26),
			.person = a->who,
			.news = a->news,
			.arg = {S("123456"),
				str_equal(a->channel, S("sms"))
					? S("https://kompis.example.org/l/"
					    "0123456789abcdef")
					: S("https://kompis.example.org/ar/login/"
					    "0123456789abc")}};
		if (!mail_queue(c, &l))
			return false;
	}
	return true;
}

static bool add(ctx *c, char **arg, int n)
{
	adding a = {.count = strtoll(arg[0], NULL, 10),
		    .channel = str_from(arg[1]),
		    .to = str_from(arg[2]),
		    .lang = str_from(arg[3]),
		    .news = n > 4 ? str_from(arg[4]) : S("")};
	return store_write(c, add_work, &a);
}

/* An administrator, for the alarm. */
static bool add_admin(ctx *c)
{
	account a = {.role = ROLE_ADMINISTRATOR,
		     .name = S("Ada"),
		     .email = S("ada@example.org"),
		     .lang = S("sv"),
		     .state = S("active"),
		     .everywhere = true};
	return store_account_set(c, &a);
}

/* ---- sending ------------------------------------------------------------------------------------ */

static void set(mail_ways *w, str key, str value)
{
	struct {
		const char *name;
		str *to;
	} const text[] = {{"dir", &w->dir},
			  {"origin", &w->origin},
			  {"from", &w->from},
			  {"smtp", &w->smtp.url},
			  {"smtp_user", &w->smtp.user},
			  {"smtp_password", &w->smtp.password},
			  {"smtp_ca", &w->smtp.ca},
			  {"box", &w->box.url},
			  {"box_user", &w->box.user},
			  {"box_password", &w->box.password},
			  {"sms", &w->sms.url},
			  {"sms_user", &w->sms.user},
			  {"sms_password", &w->sms.password},
			  {"sms_from", &w->sms.from}};
	int64_t number = strtoll(value.s, NULL, 10);
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		if (str_equal(key, str_from(text[i].name)))
			*text[i].to = value;
	if (str_equal(key, S("plain")))
		w->smtp.plain = number != 0;
	if (str_equal(key, S("seconds")))
		w->seconds = number;
	if (str_equal(key, S("per_number")))
		w->sms.per_number = number;
	if (str_equal(key, S("per_day")))
		w->sms.per_day = number;
}

static void ways(mail_ways *w, char **arg, int n, int64_t *now)
{
	*w = (mail_ways){.origin = S("https://kompis.example.org"),
			 .from = S("hej@kompis.example.org"),
			 .letter = tmpl_letter,
			 .sms = {.per_number = 1000, .per_day = 1000},
			 .seconds = 20,
			 .clock = clock_of,
			 .self = now};
	for (int i = 0; i < n; i++) {
		str rest = str_from(arg[i]), key;
		str_cut(&rest, '=', &key);
		set(w, key, rest);
	}
}

/* Rounds as the keeper makes them, until one sends nothing. */
static bool drain(ctx *c, char **arg, int n)
{
	int64_t now = c->now;
	size_t sent = 0;
	mail_ways w;
	ways(&w, arg, n, &now);
	do {
		if (write(STDOUT_FILENO, "round\n", 6) != 6 || !mail_drain(c, &w, &sent))
			return false;
	} while (sent);
	return true;
}

static bool bounces(ctx *c, char **arg, int n)
{
	int64_t now = c->now;
	size_t found;
	mail_ways w;
	ways(&w, arg, n, &now);
	if (!mail_bounces(c, &w, &found))
		return false;
	printf("%zu\n", found);
	return true;
}

/* ---- looking ---------------------------------------------------------------------------------------- */

static bool list(ctx *c)
{
	message *m;
	size_t n;
	int64_t total;
	if (!store_outbox_list(c, S(""), 0, 100000, &m, &n, &total))
		return false;
	for (size_t i = 0; i < n; i++) {
		str line = view_inert(c->mem, m[i].error);
		printf("%s %.*s %lld %lld %d %.*s\n", m[i].id.s, STR_ARG(m[i].state),
		       (long long)m[i].tries, (long long)m[i].unsure, m[i].delivered > 0,
		       STR_ARG(line));
	}
	return true;
}

static bool tasks(ctx *c)
{
	task *t;
	size_t n;
	int64_t alarms;
	if (!store_tasks(c, 0, &t, &n) ||
	    !store_outbox_count(c, S("ceiling"), 0, &alarms))
		return false;
	for (size_t i = 0; i < n; i++)
		printf("%.*s %.*s\n", STR_ARG(t[i].kind), STR_ARG(t[i].when));
	printf("alarms %lld\n", (long long)alarms);
	return true;
}

static bool run(ctx *c, int argc, char **argv)
{
	const char *what = argv[1];
	if (!strcmp(what, "add") && argc > 7)
		return add(c, argv + 4, argc - 4);
	if (!strcmp(what, "admin"))
		return add_admin(c);
	if (!strcmp(what, "drain"))
		return drain(c, argv + 4, argc - 4);
	if (!strcmp(what, "bounces"))
		return bounces(c, argv + 4, argc - 4);
	if (!strcmp(what, "list"))
		return list(c);
	if (!strcmp(what, "tasks"))
		return tasks(c);
	return !strcmp(what, "report") && argc > 5 &&
	       mail_report(c, str_from(argv[4]), !strcmp(argv[5], "delivered"));
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	arena *mem = arena_new(0);
	ctx c = {.mem = mem, .now = argc > 3 ? strtoll(argv[3], NULL, 10) : 1};
	store_base *b = NULL;
	const store_where where = {str_from(argv[2]), str_from(getenv("KOMPIS_DATABASE")),
				   str_from(getenv("KOMPIS_KEYS"))};
	bool ok = store_base_open_at(&c, &where, false, &b) &&
		  store_open(&c, mem, b, &c.store) && run(&c, argc, argv);
	if (!ok)
		fprintf(stderr, "%s %.*s\n", c.fault.key ? c.fault.key : "called wrongly",
			STR_ARG(c.fault.arg[0]));
	arena_free(mem);
	store_base_close(b);
	return ok ? 0 : 4;
}
