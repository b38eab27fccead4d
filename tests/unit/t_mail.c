/* mail: letters and SMS as they are composed; nothing that is put into one can act. */
#include "store_help.h"

#include "mail/mail.h"
#include "templates.h"

#define ORIGIN "https://kompis.example.org"

static mail_ways ways_of(const char *from)
{
	return (mail_ways){
		.origin = S(ORIGIN), .from = str_from(from), .letter = tmpl_letter};
}

static message letter_of(str to, str subject, str body, str lang, str stop)
{
	message m = {.to = to,
		     .subject = subject,
		     .body = body,
		     .lang = lang,
		     .stop = stop,
		     .created = START};
	assert_true(id_parse(S("0123456789abcdefghjkmnpqrs"), &m.id));
	return m;
}

/* ---- no header can be split --------------------------------------------------------------------- */

static const char *const known[] = {"From: ",
				    "To: ",
				    "Subject: ",
				    "Date: ",
				    "Message-ID: ",
				    "Content-Language: ",
				    "List-Unsubscribe:",
				    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
				    "Auto-Submitted: ",
				    "MIME-Version: ",
				    "Content-Type: "};

/* What is wrong with the head of a letter; NULL for nothing: each header known, once, in order, ASCII. */
static const char *fault_of(str text)
{
	ptrdiff_t end = str_find(text, S("\r\n\r\n"));
	size_t at = 0;
	str head = str_slice(text, 0, end < 0 ? text.n : (size_t)end), line;
	for (size_t i = 0; i < text.n; i++) {
		bool lf = text.s[i] == '\n', cr = text.s[i] == '\r';
		if (!text.s[i] || (unsigned char)text.s[i] >= 0x7f)
			return "a byte that is no text";
		if ((lf && (!i || text.s[i - 1] != '\r')) ||
		    (cr && (i + 1 == text.n || text.s[i + 1] != '\n')))
			return "half a line end";
	}
	while (str_cut(&head, '\n', &line)) {
		if (str_starts(line, S(" =?UTF-8?B?")))
			continue;
		while (at < ARRAY_LEN(known) && !str_starts(line, str_from(known[at])))
			at++;
		if (at++ == ARRAY_LEN(known))
			return "a header that is not ours";
		if (line.n > 998)
			return "a line too long";
	}
	return end < 0 ? "no end" : NULL;
}

static const char *const hostile[] = {
	"a\r\nBcc: evil@example.org",
	"a\nBcc: evil@example.org",
	"a\rBcc: evil@example.org",
	"a\r\n\r\n<script>alert(1)</script>",
	"a@b.se>\r\nRCPT TO:<evil@example.org",
	"a@b.se> SIZE=1",
	"a\r\n.\r\nMAIL FROM:<evil@example.org>",
	"=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
	"a\xe2\x80\xa8"
	"Bcc: evil@example.org",
	"a\x0b"
	"Bcc: evil@example.org",
	"\xff\xfe\r\n",
	"a;b,c <d@e.f>",
	"\xe2\x80\xae"
	"evil",
	"",
	"--kompis-0123456789abcdefghjkmnpqrs--\r\nContent-Type: text/html\r\n\r\n<b>",
};

static void hostile_strings_are_inert(void **unused)
{
	(void)unused;
	arena *mem = arena_new(0);
	const str a = S("a@example.org"), sv = S("sv");
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		str h = str_from(hostile[i]);
		message m[] = {letter_of(h, a, a, sv, S("")),
			       letter_of(a, h, a, sv, S("")),
			       letter_of(a, a, h, sv, S("")),
			       letter_of(a, a, a, h, S("")), letter_of(a, a, a, sv, h)};
		mail_ways w = ways_of("hej@example.org"), odd = ways_of(hostile[i]);
		for (size_t k = 0; k <= ARRAY_LEN(m); k++) {
			str text = k < ARRAY_LEN(m) ? mail_text(mem, &m[k], &w)
						    : mail_text(mem, &m[2], &odd);
			const char *wrong = fault_of(text);
			if (wrong)
				print_error("%zu %zu: %s\n%.*s\n", i, k, wrong,
					    STR_ARG(text));
			assert_null(wrong);
		}
		/* A NUL amid it. */
		str nul = str_format(mem, "a%cBcc: x", 0);
		message z = letter_of(a, nul, nul, sv, nul);
		assert_null(fault_of(mail_text(mem, &z, &w)));
	}
	/* The twin: what the check is for, it finds. */
	message m = letter_of(a, a, a, sv, S(""));
	mail_ways w = ways_of("hej@example.org");
	str good = mail_text(mem, &m, &w);
	static const char *const planted[] = {"Bcc: x@y.z\r\n", "X: \r", "A\n", "\xc3"};
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		assert_non_null(
			fault_of(str_format(mem, "%s%.*s", planted[i], STR_ARG(good))));
	arena_free(mem);
}

static void addresses(void **unused)
{
	(void)unused;
	static const char *const good[] = {"a@b.se", "a.b+c@d-e.example.org", "o'k@b.se"};
	static const char *const wrong[] = {"",        "a",      "@b.se",    "a@",
					    "-a@b.se", "a@b@c",  "a b@c.d",  "\"a\"@b.se",
					    "a@b.se>", "å@b.se", "a(c)@b.se"};
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(mail_address_ok(str_from(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(mail_address_ok(str_from(wrong[i])));
}

static void the_same_message_is_the_same_bytes(void **unused)
{
	(void)unused;
	arena *mem = arena_new(0);
	message m = letter_of(S("a@b.se"), S("Din kod"), S("Hej"), S("sv"), S(""));
	mail_ways w = ways_of("hej@example.org");
	str first = mail_text(mem, &m, &w);
	m.tries = 3;
	m.unsure = 1;
	m.claim = S("another");
	assert_true(str_equal(first, mail_text(mem, &m, &w)));
	assert_true(str_find(first, S("Message-ID: <0123456789abcdefghjkmnpqrs@"
				      "example.org>\r\n")) > 0);
	arena_free(mem);
}

static void only_our_own_links(void **unused)
{
	(void)unused;
	arena *mem = arena_new(0);
	static const struct {
		const char *line;
		bool link;
	} row[] = {{ORIGIN "/sv/login/abc", true},
		   {ORIGIN ".evil.org/x", false},
		   {ORIGIN, false},
		   {"https://evil.org/" ORIGIN "/", false},
		   {"Hej " ORIGIN "/x", false},
		   {ORIGIN "/x y", false},
		   {"javascript:alert(1)", false}};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		mail_page p;
		mail_page_of(mem, S("t"), str_from(row[i].line), S(ORIGIN), &p);
		assert_int_equal(p.paragraph_n, 1);
		assert_int_equal(p.paragraph[0].line[0].link.path.n > 0, row[i].link);
		mail_page_of(mem, S("t"), str_from(row[i].line), S("http://127.0.0.1"),
			     &p);
		assert_int_equal(p.paragraph[0].line[0].link.path.n, 0);
	}
	mail_page p;
	mail_page_of(mem, S("t"), S("\na\nb\n\n\nc\n"), S(ORIGIN), &p);
	assert_int_equal(p.paragraph_n, 2);
	assert_int_equal(p.paragraph[0].line_n, 2);
	assert_false(p.paragraph[0].line[0].last);
	assert_true(p.paragraph[0].line[1].last);
	assert_same(p.paragraph[1].line[0].text, "c");
	arena_free(mem);
}

/* ---- SMS ------------------------------------------------------------------------------------------- */

static str many(arena *mem, const char *letter, int n)
{
	buf b = {.mem = mem};
	while (n--)
		buf_add(&b, str_from(letter));
	return buf_str(&b);
}

static void segments(void **unused)
{
	(void)unused;
	arena *mem = arena_new(0);
	static const struct {
		const char *letter;
		int n;
		size_t units, segments;
	} row[] = {{"a", 0, 0, 1},     {"a", 160, 160, 1}, {"a", 161, 161, 2},
		   {"å", 160, 160, 1}, {"a", 306, 306, 2}, {"a", 307, 307, 3},
		   {"€", 80, 160, 1},  {"€", 81, 162, 2},  {"ر", 70, 70, 1},
		   {"ر", 71, 71, 2},   {"ر", 134, 134, 2}, {"ر", 135, 135, 3},
		   {"ł", 70, 70, 1},   {"ł", 71, 71, 2},   {"😀", 35, 70, 1},
		   {"😀", 36, 72, 2},   {"ç", 71, 71, 2},   {"Ç", 71, 71, 1}};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t units;
		str text = many(mem, row[i].letter, row[i].n);
		assert_int_equal(mail_sms_segments(text, &units), row[i].segments);
		assert_int_equal(units, row[i].units);
	}
	assert_int_equal(mail_sms_length(S("å😀ر")), 4);
	arena_free(mem);
}

/* What a stranger sees who holds the phone tells nothing of us, nor of whose phone it is. */
static bool is_discreet(str text)
{
	static const char *const telling[] = {"ompis", "lykting", "atch", "efugee",
					      "syl",   "لاجئ",    "ny i", "new in"};
	for (size_t i = 0; i < ARRAY_LEN(telling); i++)
		if (str_find(text, str_from(telling[i])) >= 0)
			return false;
	return true;
}

/* Every rule has its words, and every SMS fits one whatever stands in it, in every language. */
static void rules_have_words(void **unused)
{
	(void)unused;
	arena *mem = arena_new(0);
	for (size_t i = 0; i < mail_rule_count; i++)
		for (size_t k = 0; k < view_lang_count(); k++) {
			const mail_rule *r = &mail_rules[i];
			const view_lang *l = view_lang_at(k);
			str arg[4], text;
			for (int part = MAIL_SUBJECT; part <= MAIL_SMS; part++) {
				const char *key = mail_rule_key(mem, r, (mail_part)part);
				assert_int_equal(key != NULL, part != MAIL_SMS || r->sms);
				if (!key || (r->staff && !view_lang_whole(l)))
					continue;
				assert_true(view_has(l, key));
				mail_rule_sample(mem, r, (mail_part)part, l, S(ORIGIN),
						 arg);
				text = view_say(mem, l, key, arg, ARRAY_LEN(arg));
				if (part != MAIL_BODY)
					assert_true(is_discreet(
						view_say(mem, l, key, NULL, 0)));
				if (part == MAIL_SMS)
					assert_in_range(mail_sms_length(text), 1,
							MAIL_SMS_MOST);
			}
		}
	arena_free(mem);
	/* The twin. */
	assert_false(is_discreet(S("Din kompis väntar")));
}

/* ---- queueing ---------------------------------------------------------------------------------------- */

static void words_of_the_programme(void **fixture)
{
	house *h = *fixture;
	message m;
	person p = someone("Amina", "Saleh", LULEA, STATE_WAITING);
	p.written = S("ar");
	id nobody = put(h, p);
	p.value[FIELD_EMAIL] = S("amina@example.org");
	id who = put(h, p);
	mail_letter l = {.rule = "login",
			 .subject_key = S("1"),
			 .person = who,
			 .arg = {S("123456"), S("https://x")}};
	WORKS(store_text_set(&h->c, S("mail.login.subject"), S("ar"), S("مرحبا {0}")));
	WORKS(store_text_set(&h->c, S("mail.login.body"), S("sv"), S("Fel språk")));
	WORKS(mail_queue(&h->c, &l));
	/* Nobody to write to is no fault. */
	l.person = nobody;
	l.subject_key = S("2");
	WORKS(mail_queue(&h->c, &l));
	WORKS(store_outbox_claim(&h->c, 1000, &m));
	assert_same(m.subject, "مرحبا 123456");
	assert_same(m.lang, "ar");
	assert_same(m.to, "amina@example.org");
	assert_true(str_find(m.body, S("https://x")) > 0);
	assert_same(m.stop, "");
	WORKS(store_outbox_claim(&h->c, 1000, &m));
	assert_true(id_none(m.id));
}

static void news_can_be_stopped(void **fixture)
{
	house *h = *fixture;
	message m;
	token t;
	person p = someone("Amina", "Saleh", LULEA, STATE_WAITING);
	p.value[FIELD_EMAIL] = S("amina@example.org");
	mail_letter l = {.rule = "login", .subject_key = S("1"), .news = S(ORIGIN)};
	l.person = put(h, p);
	WORKS(mail_queue(&h->c, &l));
	WORKS(store_outbox_claim(&h->c, 1000, &m));
	assert_true(id_none(m.id));
	WORKS(store_consent_set(&h->c, l.person, CONSENT_FOR_MESSAGES, true, S("sv"),
				S("web")));
	WORKS(mail_queue(&h->c, &l));
	WORKS(store_outbox_claim(&h->c, 1000, &m));
	str before = S(ORIGIN "/sv/stop/");
	assert_true(str_starts(m.stop, before));
	assert_true(str_find(m.body, m.stop) > 0);
	WORKS(store_token_get(&h->c, S("stop"), str_slice(m.stop, before.n, m.stop.n),
			      &t));
	assert_true(id_equal(t.person, l.person));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_strings_are_inert),
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_same_message_is_the_same_bytes),
		cmocka_unit_test(only_our_own_links),
		cmocka_unit_test(segments),
		cmocka_unit_test(rules_have_words),
		HOUSE_TEST(words_of_the_programme),
		HOUSE_TEST(news_can_be_stopped),
	};
	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
