/*
 * The mailbox of the sender's address, by IMAP (RFC 9051): reports of letters that could not be
 * delivered after all.
 *
 * The server itself picks them out, so what people answer is neither fetched nor marked. One that was
 * dealt with is marked \Answered after the commit that notes it, and asked for no more: who dies in
 * between notes it again, which changes nothing.
 */
#include <string.h>

#include "mail/mail_priv.h"

enum { AT_ONCE = 100, MOST_BYTES = 1 << 20 };

typedef struct box {
	mail_call o;
	buf said;
} box;

static size_t take(char *s, size_t size, size_t count, void *self)
{
	box *b = self;
	if (b->said.n + size * count > MOST_BYTES)
		return 0;
	buf_add(&b->said, (str){s, size * count});
	return size * count;
}

static bool fails(const box *b, CURLcode code)
{
	return ctx_fail(b->o.c, FAULT_RESOURCE, "store.mail_box", b->o.w->box.url,
			str_from(curl_easy_strerror(code)));
}

/* One command, or without one the message that `path` names; what is said to it is in b->said. */
static CURLcode ask(box *b, const char *path, const char *command)
{
	const mail_ways *w = b->o.w;
	arena *mem = b->o.c->mem;
	CURL *h = b->o.curl;
	b->said = (buf){.mem = mem};
	curl_easy_reset(h);
	mail_curl_common(&b->o);
	mail_curl_tls(&b->o);
	curl_easy_setopt(h, CURLOPT_URL,
			 str_terminated(mem, str_format(mem, "%.*s/INBOX%s",
							STR_ARG(w->box.url), path)));
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(h, CURLOPT_USERNAME, str_terminated(mem, w->box.user));
	curl_easy_setopt(h, CURLOPT_PASSWORD, str_terminated(mem, w->box.password));
	curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, command);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, b);
	return curl_easy_perform(h);
}

/* "* SEARCH 3 7 12" */
static size_t numbers(str said, int64_t out[AT_ONCE])
{
	size_t n = 0;
	str line, word;
	while (str_cut(&said, '\n', &line)) {
		line = str_trim(line);
		if (!str_starts(line, S("* SEARCH")))
			continue;
		while (n < AT_ONCE && str_cut(&line, ' ', &word))
			n += str_to_int(word, 1, UINT32_MAX, &out[n]);
	}
	return n;
}

typedef struct noting {
	const mail_bounce *b;
	bool ours;
} noting;

static bool note(ctx *c, void *arg)
{
	noting *n = arg;
	message m;
	str said = view_inert(c->mem, n->b->said);
	str error =
		str_format(c->mem, "%s\n%.*s", "s.mail_error.returned", STR_ARG(said));
	if (!store_outbox_returned(c, n->b->message, error, &m))
		return false;
	n->ours = !id_none(m.id);
	return !n->ours || mail_unreachable(c, m.person, m.channel);
}

static bool read_one(box *b, int64_t number, size_t *noted)
{
	ctx *c = b->o.c;
	mail_bounce one;
	noting n = {.b = &one};
	char *command;
	CURLcode code = ask(b,
			    str_terminated(c->mem, str_format(c->mem, ";UID=%lld",
							      (long long)number)),
			    NULL);
	/* Too long for a report, or gone meanwhile: the next may be another matter. */
	if (code != CURLE_OK && code != CURLE_WRITE_ERROR &&
	    code != CURLE_REMOTE_FILE_NOT_FOUND)
		return fails(b, code);
	mail_bounce_read(c->mem, buf_str(&b->said), mail_domain(b->o.w->from), &one);
	if (one.failed && !id_none(one.message) && !store_write(c, note, &n))
		return false;
	*noted += n.ours;
	command = str_terminated(c->mem, str_format(c->mem,
						    "UID STORE %lld +FLAGS.SILENT "
						    "(\\Answered \\Seen)",
						    (long long)number));
	code = ask(b, "", command);
	return code == CURLE_OK || fails(b, code);
}

static void hang_up(void *curl)
{
	curl_easy_cleanup(curl);
}

bool mail_bounces(ctx *c, const mail_ways *w, size_t *n)
{
	int64_t number[AT_ONCE];
	box b = {.o = {.c = c, .w = w, .curl = curl_easy_init()}};
	*n = 0;
	if (!b.o.curl)
		return ctx_fail(c, FAULT_RESOURCE, "store.memory", S(""), S(""));
	arena_defer(c->mem, hang_up, b.o.curl);
	CURLcode code = ask(&b, "",
			    "UID SEARCH UNANSWERED HEADER Content-Type "
			    "\"multipart/report\"");
	if (code != CURLE_OK)
		return fails(&b, code);
	size_t found = numbers(buf_str(&b.said), number);
	for (size_t i = 0; i < found && !(w->stopping && w->stopping(w->self)); i++) {
		arena_mark here = arena_here(c->mem);
		if (!read_one(&b, number[i], n))
			return false;
		arena_reset(c->mem, here);
	}
	return true;
}
