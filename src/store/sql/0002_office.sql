-- Staff logging in, sessions, links, budgets, the programme, messages.

CREATE TABLE password (
	account TEXT PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	sealed BLOB NOT NULL
) STRICT;

CREATE TABLE totp (
	account TEXT PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	sealed BLOB NOT NULL,
	step INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE recovery (
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	hash BLOB NOT NULL,
	PRIMARY KEY (account, hash)
) STRICT;

CREATE TABLE session (
	id TEXT PRIMARY KEY NOT NULL,
	hash BLOB NOT NULL UNIQUE,
	account TEXT REFERENCES account (id) ON DELETE CASCADE,
	person TEXT REFERENCES person (id) ON DELETE CASCADE,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	idle_ms INTEGER NOT NULL,
	strong INTEGER NOT NULL,
	device BLOB
) STRICT;
CREATE INDEX session_account ON session (account, created);
CREATE INDEX session_person ON session (person, created);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE token (
	id TEXT PRIMARY KEY NOT NULL,
	kind TEXT NOT NULL,
	hash BLOB NOT NULL UNIQUE,
	contact BLOB,
	code BLOB,
	account TEXT REFERENCES account (id) ON DELETE CASCADE,
	person TEXT REFERENCES person (id) ON DELETE CASCADE,
	expires INTEGER NOT NULL,
	sealed BLOB
) STRICT;
CREATE INDEX token_contact ON token (contact, kind);
CREATE INDEX token_account ON token (account);
CREATE INDEX token_person ON token (person);
CREATE INDEX token_expires ON token (expires);

CREATE TABLE budget (
	id TEXT PRIMARY KEY NOT NULL,
	hash BLOB NOT NULL,
	at INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT;
CREATE INDEX budget_hash ON budget (hash, at);
CREATE INDEX budget_expires ON budget (expires);

CREATE TABLE programme (
	id TEXT PRIMARY KEY NOT NULL,
	name TEXT NOT NULL,
	funder TEXT NOT NULL,
	office TEXT NOT NULL,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	first_day INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	goal INTEGER NOT NULL,
	new_years INTEGER NOT NULL,
	version INTEGER NOT NULL
) STRICT;

CREATE TABLE programme_place (
	programme TEXT NOT NULL REFERENCES programme (id) ON DELETE CASCADE,
	municipality INTEGER NOT NULL,
	PRIMARY KEY (programme, municipality)
) STRICT;

CREATE TABLE meeting_place (
	id TEXT PRIMARY KEY NOT NULL,
	municipality INTEGER NOT NULL,
	name TEXT NOT NULL,
	address TEXT NOT NULL,
	note TEXT NOT NULL,
	closed INTEGER NOT NULL
) STRICT;

CREATE TABLE wording (
	name TEXT NOT NULL,
	lang TEXT NOT NULL,
	words TEXT NOT NULL,
	PRIMARY KEY (name, lang)
) STRICT;

CREATE TABLE message (
	id TEXT PRIMARY KEY NOT NULL,
	rule TEXT NOT NULL,
	subject_key TEXT NOT NULL,
	person TEXT REFERENCES person (id) ON DELETE CASCADE,
	account TEXT REFERENCES account (id) ON DELETE CASCADE,
	channel TEXT NOT NULL,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	sent INTEGER NOT NULL DEFAULT 0,
	due INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	sealed BLOB,
	error BLOB,
	UNIQUE (rule, subject_key)
) STRICT;
CREATE INDEX message_state ON message (state, created);
CREATE INDEX message_person ON message (person);
CREATE INDEX message_account ON message (account);
