-- Two (or a household) who were introduced: how it goes until it is over. Who they are stands in
-- pair_person; what is left of a pair when they go is of nobody, and is swept.

CREATE TABLE pair (
	id TEXT PRIMARY KEY NOT NULL,
	proposal TEXT UNIQUE REFERENCES proposal (id) ON DELETE SET NULL,
	state TEXT NOT NULL,
	before TEXT NOT NULL DEFAULT '',
	health INTEGER NOT NULL DEFAULT 0,
	base INTEGER NOT NULL,
	planned INTEGER NOT NULL,
	began INTEGER NOT NULL,
	ended INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX pair_open ON pair (ended, health);

CREATE TABLE pair_person (
	id TEXT PRIMARY KEY NOT NULL,
	pair TEXT NOT NULL REFERENCES pair (id) ON DELETE CASCADE,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	side TEXT NOT NULL,
	again TEXT NOT NULL DEFAULT '',
	asked INTEGER NOT NULL DEFAULT 0,
	answered INTEGER NOT NULL DEFAULT 0,
	UNIQUE (pair, person)
) STRICT;
CREATE INDEX pair_person_who ON pair_person (person);

CREATE TABLE pair_change (
	id TEXT PRIMARY KEY NOT NULL,
	pair TEXT NOT NULL REFERENCES pair (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	account TEXT,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	why TEXT NOT NULL DEFAULT '',
	undo INTEGER NOT NULL DEFAULT 0,
	UNIQUE (pair, n)
) STRICT;

CREATE TABLE checkin (
	id TEXT PRIMARY KEY NOT NULL,
	pair TEXT NOT NULL REFERENCES pair (id) ON DELETE CASCADE,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	due INTEGER NOT NULL,
	asked INTEGER NOT NULL DEFAULT 0,
	closes INTEGER NOT NULL,
	answered INTEGER NOT NULL DEFAULT 0,
	met TEXT NOT NULL DEFAULT '',
	in_contact TEXT NOT NULL DEFAULT '',
	place TEXT NOT NULL DEFAULT '',
	feeling TEXT NOT NULL DEFAULT '',
	channel TEXT NOT NULL DEFAULT '',
	account TEXT,
	UNIQUE (pair, person, n)
) STRICT;
CREATE INDEX checkin_who ON checkin (person);

-- Something is wrong: seen by those with a right of its own.
CREATE TABLE incident (
	id TEXT PRIMARY KEY NOT NULL,
	pair TEXT NOT NULL REFERENCES pair (id) ON DELETE CASCADE,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	account TEXT,
	text BLOB,
	closed INTEGER NOT NULL DEFAULT 0,
	closed_by TEXT,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX incident_pair ON incident (pair, closed);
CREATE INDEX incident_who ON incident (person);

ALTER TABLE task ADD COLUMN pair TEXT REFERENCES pair (id) ON DELETE CASCADE;
