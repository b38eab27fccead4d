/* Which texts a programme may say in its own words, and what must hold for them. */
#include <string.h>

#include "web/wording_priv.h"

enum { LINE_MOST = 600, SUBJECT_MOST = 100, BODY_MOST = 2000 };

/* Where words of a programme belong: what it promises, and how one gets hold of it. */
static const struct {
	const char *key, *where;
} may_own[] = {
	{"p.start.title", "s.texts.at.start"},
	{"p.start.what", "s.texts.at.start_what"},
	{"p.call.what", "s.texts.at.call"},
	{"p.call.done_what", "s.texts.at.call_done"},
	{"p.done.call_when", "s.texts.at.done_call"},
	{"p.done.look_when", "s.texts.at.done_look"},
	{"legal.privacy.office.text", "s.texts.at.office"},
	{"legal.accessibility.tell.text", "s.texts.at.accessibility"},
};

static const char *const part_key[] = {"s.texts.part.subject", "s.texts.part.body",
				       "s.texts.part.sms"};

static void add_rule(req *r, const mail_rule *rule, wording *out, size_t *n)
{
	str name = req_say(r, page_key(r, "s.rule.%s", rule->name));
	for (int part = MAIL_SUBJECT; part <= MAIL_SMS; part++) {
		const char *key = mail_rule_key(r->ctx->mem, rule, (mail_part)part);
		str arg[] = {name, req_say(r, part_key[part])};
		if (key)
			out[(*n)++] = (wording){
				.key = key,
				.where = req_say_with(r, "s.texts.at.message", arg, 2),
				.rule = rule,
				.part = (mail_part)part};
	}
}

wording *wordings(req *r, size_t *n)
{
	size_t most = ARRAY_LEN(may_own) + 3 * mail_rule_count;
	wording *all = NEW_ARRAY(r->ctx->mem, wording, most);
	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(may_own); i++)
		all[(*n)++] = (wording){.key = may_own[i].key,
					.where = req_say(r, may_own[i].where)};
	for (size_t i = 0; i < mail_rule_count; i++)
		add_rule(r, &mail_rules[i], all, n);
	return all;
}

bool wording_in(const wording *w, const view_lang *l)
{
	return !w->rule || !w->rule->staff || view_lang_whole(l);
}

str wording_file(req *r, const wording *w, const view_lang *l)
{
	return view_say(r->ctx->mem, l, w->key, NULL, 0);
}

/* ---- {0}, {1} … --------------------------------------------------------------------------------- */

/* The next thing in braces; false when there is none left. */
static bool next_slot(str *rest, str *slot)
{
	ptrdiff_t from = str_find(*rest, S("{")), to;
	if (from < 0)
		return false;
	*rest = str_slice(*rest, (size_t)from, rest->n);
	to = str_find(*rest, S("}"));
	*slot = str_slice(*rest, 0, to < 0 ? rest->n : (size_t)to + 1);
	*rest = str_slice(*rest, slot->n, rest->n);
	return true;
}

static bool has_slot(str text, str wanted)
{
	str slot;
	while (next_slot(&text, &slot))
		if (str_equal(slot, wanted))
			return true;
	return false;
}

/* Exactly those of the file's text: each at least once, and no other. */
static bool check_slots(req *r, str text, str file)
{
	str rest = text, slot;
	while (next_slot(&rest, &slot))
		if (!has_slot(file, slot)) {
			form_error(r, S("text"), "s.error.slot_unknown", slot);
			return false;
		}
	for (rest = file; next_slot(&rest, &slot);)
		if (!has_slot(text, slot)) {
			form_error(r, S("text"), "s.error.slot_missing", slot);
			return false;
		}
	return true;
}

str wording_slots(req *r, const wording *w, const view_lang *l)
{
	static const char *const name[] = {
		[MAIL_CODE] = "s.slot.code",         [MAIL_LINK] = "s.slot.link",
		[MAIL_NAME] = "s.slot.name",         [MAIL_NUMBER] = "s.slot.number",
		[MAIL_WHEN] = "s.slot.when",         [MAIL_WHEN_BRIEF] = "s.slot.when",
		[MAIL_HOW] = "s.slot.how",           [MAIL_CALL] = "s.slot.call",
		[MAIL_DAY] = "s.slot.day",           [MAIL_MONTH] = "s.slot.month",
		[MAIL_REACH] = "s.slot.reach",       [MAIL_PLACE] = "s.slot.place",
		[MAIL_STANDING] = "s.slot.standing", [MAIL_STOP] = "s.slot.stop",
	};
	buf b = {.mem = r->ctx->mem};
	str file = wording_file(r, w, l);
	for (size_t i = 0; w->rule && i < ARRAY_LEN(w->rule->arg); i++) {
		str slot = str_format(b.mem, "{%zu}", i);
		const char *key = name[w->rule->arg[i]];
		if (!key || !has_slot(file, slot))
			continue;
		str arg[] = {slot, req_say(r, key)};
		buf_add(&b, b.n ? S(" ") : S(""));
		buf_add(&b, req_say_with(r, "s.text.slot", arg, 2));
	}
	return buf_str(&b);
}

/* ---- what was typed ---------------------------------------------------------------------------------- */

/* Lines stay, what acts is gone, and no more than `most` letters. */
static str read_lines(req *r, size_t most)
{
	buf b = {.mem = r->ctx->mem};
	str rest = str_trim(req_form(r, "text")), line;
	for (bool first = true; str_cut(&rest, '\n', &line); first = false) {
		buf_add(&b, first ? S("") : S("\n"));
		buf_add(&b, view_inert(b.mem, str_trim(line)));
	}
	str text = buf_str(&b);
	if (!text.n)
		form_error(r, S("text"), "s.error.needed", req_say(r, "s.field.text"));
	size_t n = 0;
	for (size_t pos = 0; pos < text.n; n++)
		utf8_next(text, &pos);
	if (n > most)
		form_error(r, S("text"), "s.error.long",
			   view_number(b.mem, r->lang, (int64_t)most));
	return text;
}

/* One sentence of TRUST.md: an SMS fits 70 letters, the longest that can stand in it included. */
static void check_sms(req *r, const wording *w, const view_lang *l, str text)
{
	size_t n = mail_sms_length(wording_filled(r, w, l, text));
	if (n > MAIL_SMS_MOST)
		form_error(r, S("text"), "s.error.sms_long",
			   view_number(r->ctx->mem, r->lang, (int64_t)n));
}

str wording_read(req *r, const wording *w, const view_lang *l)
{
	bool body = w->rule && w->part == MAIL_BODY;
	bool subject = w->rule && w->part == MAIL_SUBJECT;
	str text =
		body ? read_lines(r, BODY_MOST)
		     : control_line(r, "text", subject ? SUBJECT_MOST : LINE_MOST, true);
	if (text.n && check_slots(r, text, wording_file(r, w, l)) && w->rule &&
	    w->part == MAIL_SMS)
		check_sms(r, w, l, text);
	return text;
}

str wording_filled(req *r, const wording *w, const view_lang *l, str text)
{
	arena *mem = r->ctx->mem;
	str arg[4] = {{0}};
	const view_own own = {.key = w->key, .text = str_terminated(mem, text)};
	if (w->rule)
		mail_rule_sample(mem, w->rule, w->part, l, r->web->origin, arg);
	return view_say(mem, view_lang_with(mem, l, &own, 1), w->key, arg,
			ARRAY_LEN(arg));
}
