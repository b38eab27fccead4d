-- People, what happened to them, staff, imports, the log.
-- For another family of databases STRICT, BLOB and INTEGER (64 bits here) are replaced and
-- nothing else. Columns of open fields are added by columns.c from model/fields.def.

CREATE TABLE account (
	id TEXT PRIMARY KEY NOT NULL,
	role TEXT NOT NULL,
	state TEXT NOT NULL,
	everywhere INTEGER NOT NULL DEFAULT 0,
	lang TEXT NOT NULL DEFAULT '',
	email_hash BLOB UNIQUE,
	sealed BLOB NOT NULL,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE account_place (
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	municipality INTEGER NOT NULL,
	PRIMARY KEY (account, municipality)
) STRICT;

CREATE TABLE import (
	id TEXT PRIMARY KEY NOT NULL,
	account TEXT,
	at INTEGER NOT NULL,
	undone INTEGER NOT NULL DEFAULT 0,
	file TEXT NOT NULL,
	row_count INTEGER NOT NULL,
	added INTEGER NOT NULL,
	merged INTEGER NOT NULL,
	skipped INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
	id TEXT PRIMARY KEY NOT NULL,
	state TEXT NOT NULL,
	municipality INTEGER,
	birth_year INTEGER,
	queued INTEGER,
	queued_month INTEGER NOT NULL DEFAULT 0,
	side TEXT,
	gender TEXT,
	level TEXT,
	written TEXT NOT NULL,
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	version INTEGER NOT NULL,
	named INTEGER NOT NULL,
	import TEXT REFERENCES import (id),
	merged TEXT REFERENCES person (id) ON DELETE CASCADE,
	phone_hash BLOB,
	email_hash BLOB,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX person_list ON person (state, queued, municipality, id, side, gender, level, birth_year, changed, merged);
CREATE INDEX person_place ON person (municipality, state, queued, id, side, gender, level, birth_year, changed, merged);
CREATE INDEX person_scope ON person (id, municipality, state, merged);
CREATE INDEX person_named ON person (named);
CREATE INDEX person_phone ON person (phone_hash);
CREATE INDEX person_email ON person (email_hash);
CREATE INDEX person_import ON person (import);
CREATE INDEX person_merged ON person (merged);

CREATE TABLE event (
	id TEXT PRIMARY KEY NOT NULL,
	subject TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	account TEXT,
	kind TEXT NOT NULL,
	from_state TEXT NOT NULL DEFAULT '',
	to_state TEXT NOT NULL DEFAULT '',
	what TEXT NOT NULL DEFAULT '',
	reason BLOB,
	UNIQUE (subject, n)
) STRICT;

CREATE TABLE consent (
	id TEXT PRIMARY KEY NOT NULL,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	purpose TEXT NOT NULL,
	given INTEGER NOT NULL,
	version INTEGER NOT NULL,
	at INTEGER NOT NULL,
	lang TEXT NOT NULL,
	channel TEXT NOT NULL,
	UNIQUE (person, n)
) STRICT;

CREATE TABLE interview (
	id TEXT PRIMARY KEY NOT NULL,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	account TEXT,
	at INTEGER NOT NULL,
	mode TEXT NOT NULL,
	state TEXT NOT NULL,
	conduct INTEGER,
	identity INTEGER,
	extract INTEGER,
	note BLOB,
	changed INTEGER NOT NULL,
	version INTEGER NOT NULL
) STRICT;
CREATE INDEX interview_person ON interview (person, at);
CREATE INDEX interview_at ON interview (state, at);

CREATE TABLE task (
	id TEXT PRIMARY KEY NOT NULL,
	person TEXT REFERENCES person (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,
	lang TEXT NOT NULL,
	best_time TEXT NOT NULL,
	municipality INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	created INTEGER NOT NULL,
	done INTEGER NOT NULL DEFAULT 0,
	account TEXT,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX task_open ON task (done, created);
CREATE INDEX task_person ON task (person);

CREATE TABLE parcel (
	id TEXT PRIMARY KEY NOT NULL,
	account TEXT,
	at INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;

CREATE TABLE once (
	actor TEXT NOT NULL,
	form TEXT NOT NULL,
	at INTEGER NOT NULL,
	result TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (actor, form)
) STRICT;

CREATE TABLE log (
	seq INTEGER PRIMARY KEY NOT NULL,
	at INTEGER NOT NULL,
	account TEXT NOT NULL,
	person TEXT NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	hash BLOB NOT NULL
) STRICT;
CREATE INDEX log_subject ON log (subject, seq);
CREATE INDEX log_account ON log (account, seq);
