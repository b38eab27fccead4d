/*
 * PostgreSQL by libpq, and nothing else of it.
 *
 * Writers stand in line: a transaction that writes first takes an advisory lock of the schema,
 * and at READ COMMITTED each of its statements then sees what all writers before it committed
 * (their locks go after their commit shows). That is the order SQLite gives, so nothing ever
 * fails to serialise. Readers have a snapshot (REPEATABLE READ READ ONLY) and wait for nobody.
 *
 * No answer is waited for without end: the server ends what takes too long, and where the
 * server itself is silent the connection is given up. Values go both ways in binary.
 */
#include <endian.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "store/store_priv.h"

/* A page has its answer within five seconds: the longest silence, and the way there and back. */
enum {
	SILENCE_MS = 3000,
	FAREWELL_MS = 500, /* for a rollback, which needs no answer */
	AWAY_MS = 1000,    /* how long nobody asks one that was away */
	PATIENCE_MS = 10 * 60 * 1000,
	OLDEST = 150000, /* PostgreSQL 15, the oldest this is tested with */
};
/* From the catalogue of types (pg_type.dat), where they never change. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25
};
#define WRITERS_IN_LINE                                                                  \
	"SELECT pg_advisory_xact_lock(hashtext('kompis'), hashtext(current_schema()))"

typedef struct server {
	PGconn *conn; /* NULL: none at present */
	unsigned
		session; /* counts connections: what was prepared on another is prepared anew */
	unsigned prepared; /* names given */
	tx_kind tx;        /* begun, and neither committed nor rolled back */
} server;

typedef struct prepared {
	char name[16];
	unsigned session;
	int n;
	Oid *type;     /* as bound; 0: the server finds out */
	Oid *declared; /* as it was prepared */
	const char **value;
	int *length, *binary;
	char (*own)[32]; /* of numbers, and of text that is brief */
	PGresult *result;
	int row;
} prepared;

static server *of(const db *d)
{
	return d->at;
}

/* ---- what goes wrong -------------------------------------------------------------------- */

static bool fails_away(ctx *c)
{
	return ctx_fail(c, FAULT_BUSY, "fault.away", S(""), S(""));
}

static void hang_up(server *s)
{
	PQfinish(s->conn);
	s->conn = NULL;
}

/* Nobody else shall wait for it for so long; then one tries. */
static void note_away(const ctx *c, db *d, int64_t ms)
{
	atomic_store(&d->place->away_until, c->now + ms);
}

static bool may_ask(const ctx *c, db *d)
{
	int64_t until = atomic_load(&d->place->away_until);
	if (!until || d->patient)
		return true;
	return c->now >= until &&
	       atomic_compare_exchange_strong(&d->place->away_until, &until,
					      c->now + SILENCE_MS + AWAY_MS);
}

/* What was not committed is undone: on another connection it may be tried again. */
static bool lost(ctx *c, db *d)
{
	hang_up(of(d));
	if (c->store)
		c->store->again = true;
	return fails_away(c);
}

static bool silent(ctx *c, db *d)
{
	hang_up(of(d));
	note_away(c, d, SILENCE_MS + AWAY_MS);
	return fails_away(c);
}

static bool begins(const char *code, const char *with)
{
	return !strncmp(code, with, strlen(with));
}

/* SQLSTATE: manual, appendix A. Of what it says the first line only: the others tell values. */
static bool refused(ctx *c, db *d, const PGresult *r)
{
	const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	if (!code || PQstatus(of(d)->conn) == CONNECTION_BAD || begins(code, "08") ||
	    begins(code, "57P"))
		return lost(c, d);
	if (begins(code, "40"))
		return db_fail_busy(c, true);
	/* The lock, or the time of a statement. */
	if (begins(code, "55P03") || begins(code, "57014"))
		return db_fail_busy(c, false);
	if (begins(code, "53100"))
		return ctx_fail(c, FAULT_RESOURCE, "store.full", S(""), S(""));
	return ctx_fail(c, FAULT_RESOURCE, "fault.store",
			str_copy(c->mem, str_from(said)), S(""));
}

/* ---- asking, and waiting for the answer ---------------------------------------------------- */

typedef enum answer { ANSWERED, LOST, SILENT } answer;

static bool hears(const server *s, short events, int ms)
{
	struct pollfd p = {.fd = PQsocket(s->conn), .events = events};
	int n;
	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static answer await(const server *s, int ms)
{
	int more;
	while ((more = PQflush(s->conn)) != 0) {
		if (more < 0)
			return LOST;
		if (!hears(s, POLLIN | POLLOUT, ms))
			return SILENT;
		if (!PQconsumeInput(s->conn))
			return LOST;
	}
	while (PQisBusy(s->conn)) {
		if (!hears(s, POLLIN, ms))
			return SILENT;
		if (!PQconsumeInput(s->conn))
			return LOST;
	}
	return ANSWERED;
}

static bool is_error(const PGresult *r)
{
	ExecStatusType status = r ? PQresultStatus(r) : PGRES_COMMAND_OK;
	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	       status != PGRES_EMPTY_QUERY;
}

/* To the end of what was sent: the first error, else the last result. */
static answer hear_out(const server *s, int ms, PGresult **out)
{
	for (*out = NULL;;) {
		answer a = await(s, ms);
		if (a != ANSWERED)
			return a;
		PGresult *r = PQgetResult(s->conn);
		if (!r)
			return ANSWERED;
		PGresult *other = is_error(*out) ? r : *out;
		*out = is_error(*out) ? *out : r;
		PQclear(other);
	}
}

/* The result of what was `sent`; no error is among them. Nothing is allocated before it is out. */
static bool take(ctx *c, db *d, int sent, PGresult **out)
{
	answer a = LOST;
	*out = NULL;
	if (sent)
		a = hear_out(of(d), d->patient ? PATIENCE_MS : SILENCE_MS, out);
	if (a == ANSWERED && *out && !is_error(*out)) {
		if (atomic_load(&d->place->away_until))
			atomic_store(&d->place->away_until, 0);
		return true;
	}
	if (a == SILENT)
		silent(c, d);
	else if (a == LOST || !*out)
		lost(c, d);
	else
		refused(c, d, *out);
	PQclear(*out);
	*out = NULL;
	return false;
}

static bool ask(ctx *c, db *d, const char *text)
{
	PGresult *r;
	bool ok = take(c, d, PQsendQuery(of(d)->conn, text), &r);
	PQclear(r);
	return ok;
}

/* ---- connections ------------------------------------------------------------------------------ */

static void say_nothing(void *self, const char *text)
{
	(void)self;
	(void)text;
}

static bool readable(ctx *c, str url)
{
	char *why = NULL;
	PQconninfoOption *o = PQconninfoParse(str_terminated(c->mem, url), &why);
	bool good = o != NULL;
	PQconninfoFree(o);
	PQfreemem(why);
	return good || ctx_fail(c, FAULT_INPUT, "store.url_bad", S(""), S(""));
}

/*
 * Before the connection string, which may say otherwise. Without the last four a partition is
 * noticed after twenty seconds and more.
 */
static PGconn *dial(const char *url)
{
	static const char *const name[] = {"connect_timeout",  "keepalives",
					   "keepalives_idle",  "keepalives_interval",
					   "keepalives_count", "tcp_user_timeout",
					   "application_name", "dbname",
					   "client_encoding",  NULL};
	const char *const value[] = {"2",    "1",      "5", "1",    "3",
				     "3000", "kompis", url, "UTF8", NULL};
	return PQconnectdbParams(name, value, 1);
}

/* Sleeping in a transaction is a bug or a machine that stands still: others wait for its lock. */
static bool configure(ctx *c, db *d)
{
	const char *const encoding = PQparameterStatus(of(d)->conn, "server_encoding");
	if (PQserverVersion(of(d)->conn) < OLDEST)
		return ctx_fail(c, FAULT_RESOURCE, "store.pg_old",
				db_place_name(c->mem, d->place), S("15"));
	if (!encoding || strcmp(encoding, "UTF8"))
		return ctx_fail(c, FAULT_RESOURCE, "store.pg_encoding",
				db_place_name(c->mem, d->place), S("UTF8"));
	int most = d->patient ? PATIENCE_MS : 2500;
	str text = str_format(c->mem,
			      "SET statement_timeout = %d; SET lock_timeout = %d; "
			      "SET idle_in_transaction_session_timeout = %d; "
			      "SET default_transaction_read_only = %s; "
			      "SELECT set_config('synchronous_commit', 'on', false) "
			      "WHERE current_setting('synchronous_commit') = 'off'",
			      most, most - 500, d->patient ? PATIENCE_MS : 60000,
			      d->read_only ? "on" : "off");
	return ask(c, d, text.s);
}

/* Whoever starts the program is told why, whoever asks for a page is not. */
static bool fails_to_connect(ctx *c, db *d)
{
	server *s = of(d);
	str said = str_from(PQerrorMessage(s->conn)), line = S("");
	bool told = str_cut(&said, '\n', &line);
	line = told ? str_copy(c->mem, line) : S("");
	hang_up(s);
	note_away(c, d, AWAY_MS);
	if (s->session)
		return fails_away(c);
	return ctx_fail(c, FAULT_BUSY, "store.cannot_connect",
			db_place_name(c->mem, d->place), line);
}

static bool connect_anew(ctx *c, db *d)
{
	server *s = of(d);
	hang_up(s);
	if (!may_ask(c, d))
		return fails_away(c);
	s->conn = dial(str_terminated(c->mem, d->place->where));
	if (PQstatus(s->conn) != CONNECTION_OK)
		return fails_to_connect(c, d);
	s->session++;
	PQsetnonblocking(s->conn, 1);
	PQsetNoticeProcessor(s->conn, say_nothing, NULL);
	if (configure(c, d))
		return true;
	hang_up(s);
	return false;
}

/* A connection. A transaction that lost its own stays lost until it is rolled back. */
static bool ready(ctx *c, db *d)
{
	server *s = of(d);
	bool there = s->conn && PQstatus(s->conn) == CONNECTION_OK;
	if (s->tx != TX_NONE)
		return there || fails_away(c);
	if (!there)
		return connect_anew(c, d);
	return may_ask(c, d) || fails_away(c);
}

static bool open_server(ctx *c, db *d)
{
	d->at = NEW(d->mem, server);
	return connect_anew(c, d);
}

static void close_server(db *d)
{
	if (of(d))
		hang_up(of(d));
}

/* ---- transactions -------------------------------------------------------------------------------- */

static void rollback(db *d)
{
	server *s = of(d);
	PGresult *r = NULL;
	bool open = s->conn && PQtransactionStatus(s->conn) != PQTRANS_IDLE;
	s->tx = TX_NONE;
	if (!open)
		return;
	if (!PQsendQuery(s->conn, "ROLLBACK") ||
	    hear_out(s, FAREWELL_MS, &r) != ANSWERED || is_error(r))
		hang_up(s);
	PQclear(r);
}

/* Which transactions a snapshot sees is a text that no two moments share, but for reads alone. */
static uint64_t moment_of(const PGresult *snapshot)
{
	uint64_t h = 1;
	for (const char *p = PQgetvalue(snapshot, 0, 0); *p; p++)
		h = hash_mix(h ^ (unsigned char)*p);
	return h;
}

static bool begin(ctx *c, db *d, tx_kind kind)
{
	static const char *const text[] = {
		[TX_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT "
			    "pg_current_snapshot()",
		[TX_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED; " WRITERS_IN_LINE,
	};
	PGresult *r;
	if (!ready(c, d))
		return false;
	if (!take(c, d, PQsendQuery(of(d)->conn, text[kind]), &r)) {
		rollback(d);
		return false;
	}
	d->moment = kind == TX_READ ? moment_of(r) : 0;
	PQclear(r);
	of(d)->tx = kind;
	return true;
}

/* One that was not answered may be on disk: what it did is not tried again by itself. */
static bool commit(ctx *c, db *d)
{
	server *s = of(d);
	PGresult *r;
	if (!ready(c, d))
		return false;
	bool ok = take(c, d, PQsendQuery(s->conn, "COMMIT"), &r);
	s->tx = TX_NONE;
	if (!ok) {
		if (c->store && !s->conn)
			c->store->again = false;
		return false;
	}
	/* Where a statement had failed, COMMIT rolls back, and says so in a word only. */
	ok = !strcmp(PQcmdStatus(r), "COMMIT");
	PQclear(r);
	return ok || ctx_fail(c, FAULT_RESOURCE, "fault.store",
			      S("the transaction was rolled back"), S(""));
}

static bool inside(const db *d)
{
	const server *s = of(d);
	return s->conn && PQtransactionStatus(s->conn) == PQTRANS_INTRANS;
}

/* Constraints become deferrable for as long as this transaction lasts. */
static bool defer(ctx *c, db *d, bool on)
{
#define EACH_CONSTRAINT(what)                                                            \
	"DO $$ DECLARE r record; BEGIN FOR r IN SELECT conrelid::regclass AS t, "        \
	"conname FROM pg_constraint WHERE contype = 'f' AND connamespace = "             \
	"(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) LOOP "          \
	"EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I " what "', r.t, r.conname);" \
	" END LOOP; END $$"
	return ask(
		c, d,
		on ? EACH_CONSTRAINT("DEFERRABLE") "; SET CONSTRAINTS ALL DEFERRED"
		   : "SET CONSTRAINTS ALL IMMEDIATE; " EACH_CONSTRAINT("NOT DEFERRABLE"));
#undef EACH_CONSTRAINT
}

/* ---- a text with several statements; the words that differ ------------------------------------------ */

static bool is_letter(char x)
{
	return (x >= 'A' && x <= 'Z') || (x >= 'a' && x <= 'z') || x == '_';
}

/* Behind this statement; what it is without comments goes to *plain. */
static const char *statement_end(const char *text, buf *plain)
{
	const char *p = text;
	bool quoted = false;
	for (; *p && (quoted || *p != ';'); p++) {
		if (!quoted && p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
			if (!*p)
				break;
		}
		quoted ^= *p == '\'';
		buf_char(plain, *p);
	}
	return *p ? p + 1 : p;
}

/* Text is ordered by its bytes, as in SQLite, whatever the order of the database. */
static str translated(arena *mem, str text)
{
	static const struct {
		const char *from, *to;
	} word[] = {
		{"STRICT", ""},
		{"BLOB", "BYTEA"},
		{"INTEGER", "BIGINT"},
		{"TEXT", "TEXT COLLATE \"C\""},
	};
	buf b = {.mem = mem};
	for (size_t i = 0; i < text.n;) {
		size_t from = i;
		while (i < text.n && is_letter(text.s[i]))
			i++;
		str one = str_slice(text, from, i == from ? ++i : i);
		for (size_t k = 0; k < ARRAY_LEN(word); k++)
			if (str_equal(one, str_from(word[k].from)))
				one = str_from(word[k].to);
		buf_add(&b, one);
	}
	return buf_str(&b);
}

static bool run(ctx *c, db *d, const char *text, const char **rest)
{
	buf plain = {.mem = c->mem};
	*rest = statement_end(text, &plain);
	str one = str_trim(buf_str(&plain));
	if (str_starts(one, S("CREATE ")) || str_starts(one, S("ALTER ")))
		one = translated(c->mem, one);
	return ready(c, d) && ask(c, d, str_terminated(c->mem, one));
}

/* Within a transaction a refusal would end it. */
static bool prepares(ctx *c, db *d, const char *text)
{
	const fault before = c->fault;
	server *s = of(d);
	PGresult *r = NULL;
	bool ok = ready(c, d), in = ok && inside(d);
	ok = ok && (!in || ask(c, d, "SAVEPOINT looking"));
	ok = ok && take(c, d, PQsendPrepare(s->conn, "", text, 0, NULL), &r);
	PQclear(r);
	if (in && s->conn && !ask(c, d, "ROLLBACK TO looking"))
		ok = false;
	c->fault = before;
	return ok;
}

/* ---- statements --------------------------------------------------------------------------------------- */

/* The parameters a text mentions; their number is that of the greatest. */
static int find_parameters(const char *text, bool mentioned[SQL_PARAMETERS])
{
	int most = 0;
	for (const char *p = strchr(text, '$'); p; p = strchr(p + 1, '$')) {
		int n = 0;
		while (p[1] >= '0' && p[1] <= '9' && n < SQL_PARAMETERS)
			n = 10 * n + *++p - '0';
		assert(n > 0 && n < SQL_PARAMETERS);
		mentioned[n] = true;
		most = n > most ? n : most;
	}
	return most;
}

static bool prepare(ctx *c, db *d, statement *s)
{
	bool mentioned[SQL_PARAMETERS] = {false};
	prepared *p = NEW(d->mem, prepared);
	(void)c;
	p->n = find_parameters(s->text, mentioned);
	size_t n = (size_t)p->n + 1;
	p->type = NEW_ARRAY(d->mem, Oid, n);
	p->declared = NEW_ARRAY(d->mem, Oid, n);
	p->value = NEW_ARRAY(d->mem, const char *, n);
	p->length = NEW_ARRAY(d->mem, int, n);
	p->binary = NEW_ARRAY(d->mem, int, n);
	p->own = arena_alloc(d->mem, n, sizeof *p->own);
	for (int i = 0; i < p->n; i++) {
		p->binary[i] = 1;
		p->declared[i] = mentioned[i + 1] ? 0 : OID_TEXT;
	}
	s->at = p;
	return true;
}

static void reset(statement *s)
{
	prepared *p = s->at;
	PQclear(p->result);
	p->result = NULL;
	for (int i = 0; i < p->n; i++) {
		p->type[i] = 0;
		p->value[i] = NULL;
	}
}

static void bind(statement *s, int n, cell v)
{
	prepared *p = s->at;
	if (n > p->n)
		return;
	int i = n - 1;
	char *own = p->own[i];
	p->type[i] = v.type == CELL_INT    ? OID_INT8
		     : v.type == CELL_TEXT ? OID_TEXT
					   : OID_BYTEA;
	if (v.null) {
		p->value[i] = NULL;
		return;
	}
	p->value[i] = v.s.n ? v.s.s : "";
	p->length[i] = (int)v.s.n;
	if (v.type == CELL_INT) {
		uint64_t big = htobe64((uint64_t)v.n);
		memcpy(own, &big, sizeof big);
		p->length[i] = sizeof big;
	} else if (v.brief) {
		assert(v.s.n <= sizeof p->own[i]);
		memcpy(own, p->value[i], v.s.n);
	}
	if (v.type == CELL_INT || v.brief)
		p->value[i] = own;
}

/* Types as they are bound: the server would take the 1 of `$1 = 1` for a small number. */
static bool prepare_there(ctx *c, db *d, statement *st)
{
	server *s = of(d);
	prepared *p = st->at;
	PGresult *r;
	bool fits = p->session == s->session;
	for (int i = 0; i < p->n; i++)
		if (p->type[i] && p->type[i] != p->declared[i]) {
			p->declared[i] = p->type[i];
			fits = false;
		}
	if (fits)
		return true;
	snprintf(p->name, sizeof p->name, "k%u", s->prepared++);
	bool ok = take(c, d, PQsendPrepare(s->conn, p->name, st->text, p->n, p->declared),
		       &r);
	PQclear(r);
	p->session = ok ? s->session : 0;
	return ok;
}

/* All rows come with the first: a query may run within another, and one may write meanwhile. */
static bool step(ctx *c, db *d, statement *st, bool *row)
{
	prepared *p = st->at;
	*row = false;
	if (!p->result) {
		p->row = -1;
		if (!ready(c, d) || !prepare_there(c, d, st) ||
		    !take(c, d,
			  PQsendQueryPrepared(of(d)->conn, p->name, p->n, p->value,
					      p->length, p->binary, 1),
			  &p->result))
			return false;
	}
	*row = ++p->row < PQntuples(p->result);
	return true;
}

static void drop(statement *s)
{
	const prepared *p = s->at;
	PQclear(p->result);
}

static int64_t changed(const db *d, const statement *s)
{
	const prepared *p = s->at;
	int64_t n = 0;
	(void)d;
	return str_to_int(str_from(PQcmdTuples(p->result)), 0, INT64_MAX, &n) ? n : 0;
}

static int64_t number(const char *s, int size)
{
	uint64_t n = size && s[0] < 0 ? UINT64_MAX : 0;
	for (int i = 0; i < size; i++)
		n = n << 8 | (unsigned char)s[i];
	return (int64_t)n;
}

static cell column(const statement *s, int i)
{
	const prepared *p = s->at;
	const char *at = PQgetvalue(p->result, p->row, i);
	int size = PQgetlength(p->result, p->row, i);
	cell v = {.null = PQgetisnull(p->result, p->row, i), .s = S("")};
	switch (PQftype(p->result, i)) {
	case OID_BOOL:
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
		v.type = CELL_INT;
		v.n = v.null ? 0 : number(at, size);
		return v;
	default:
		v.type = PQftype(p->result, i) == OID_BYTEA ? CELL_BYTES : CELL_TEXT;
		v.s = v.null ? S("") : (str){at, (size_t)size};
		return v;
	}
}

/* ---- looking after it -------------------------------------------------------------------------------------- */

/*
 * Of destroyed keys nothing shall lie in a file of the database: it is written anew. (What the
 * write-ahead log and its archive still have is the server's, see docs/operate.md.)
 */
static bool wipe(ctx *c, db *d, bool *done)
{
	const fault before = c->fault;
	*done = !d->place->keys || (ready(c, d) && ask(c, d, "VACUUM FULL person_key"));
	if (*done || c->fault.kind == FAULT_BUSY) {
		c->fault = before;
		return true;
	}
	return false;
}

/* Pages it can check only by itself (initdb --data-checksums); what we can ask is how it keeps them. */
static bool examine(ctx *c, db *d, str *said)
{
	query q;
	bool row;
	*said = S("");
	if (!db_query_on(c, d,
			 SQL("SELECT name || ' = ' || setting FROM pg_settings WHERE "
			     "name IN ('fsync', 'full_page_writes', "
			     "'synchronous_commit') AND setting = 'off'"),
			 &q) ||
	    !db_next(&q, &row))
		return false;
	if (row)
		*said = row_text(&q, 0);
	db_end(&q);
	return true;
}

/* The server holds each to its promise. */
static bool dangling(ctx *c, db *d, int64_t *n)
{
	(void)c;
	(void)d;
	*n = 0;
	return true;
}

const db_kind pg_kind = {
	.readable = readable,
	.open = open_server,
	.close = close_server,
	.run = run,
	.prepares = prepares,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.inside = inside,
	.prepare = prepare,
	.drop = drop,
	.bind = bind,
	.step = step,
	.changed = changed,
	.reset = reset,
	.column = column,
	.wipe = wipe,
	.examine = examine,
	.dangling = dangling,
	.defer = defer,
	.tables = SQL_INIT("SELECT table_name FROM information_schema.tables WHERE "
			   "table_schema = current_schema() AND table_type = "
			   "'BASE TABLE' ORDER BY table_name"),
	.columns_of = SQL_INIT(
		"SELECT a.attname, COALESCE((SELECT k.n FROM pg_index i, "
		"unnest(i.indkey) WITH ORDINALITY AS k (attnum, n) WHERE i.indrelid = "
		"a.attrelid AND i.indisprimary AND k.attnum = a.attnum), 0) FROM "
		"pg_attribute a JOIN pg_class t ON t.oid = a.attrelid WHERE t.relname = "
		"$1 AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = "
		"current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY "
		"a.attname"),
};
