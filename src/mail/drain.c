/* Without a mail server: one file a message, in the order they were queued. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "mail/mail.h"

static bool write_all(int fd, str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.s, s.n);
		if (n <= 0)
			return false;
		s = str_slice(s, (size_t)n, s.n);
	}
	return fsync(fd) == 0;
}

static bool write_file(ctx *c, str dir, str name, str text)
{
	char *to = str_terminated(
		c->mem, str_format(c->mem, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name)));
	char *part = str_terminated(c->mem, str_format(c->mem, "%s.part", to));
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write_all(fd, text);
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	if (ok && rename(part, to) == 0)
		return true;
	unlink(part);
	return ctx_fail(c, FAULT_RESOURCE, "store.mail_file", dir, S(""));
}

typedef struct sent {
	id message;
} sent;

static bool mark(ctx *c, void *arg)
{
	const sent *s = arg;
	return store_outbox_mark(c, s->message, S("sent"), S(""));
}

bool mail_drain_to_files(ctx *c, str dir, size_t *n)
{
	enum { AT_ONCE = 50 };
	message *due;
	size_t count;
	*n = 0;
	if (!store_outbox_due(c, AT_ONCE, &due, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		const message *m = &due[i];
		bool sms = str_equal(m->channel, S("sms"));
		str name = str_format(c->mem, "%s.%s", m->id.s, sms ? "sms" : "eml");
		str text = sms ? str_format(c->mem, "To: %.*s\n\n%.*s\n", STR_ARG(m->to),
					    STR_ARG(m->body))
			       : mail_text(c->mem, m, S("kompis@localhost"), c->now);
		sent s = {m->id};
		if (!write_file(c, dir, name, text) || !store_write(c, mark, &s))
			return false;
		(*n)++;
	}
	return true;
}
