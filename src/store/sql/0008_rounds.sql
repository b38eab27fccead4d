-- Rounds of matching, what they propose, and the answers. Within a round people have numbers, as in
-- a sheet: whoever is erased takes along her row, and what is left is a number of nobody.

CREATE TABLE round (
	id TEXT PRIMARY KEY NOT NULL,
	state TEXT NOT NULL,
	account TEXT,
	day INTEGER NOT NULL,
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	pairs INTEGER NOT NULL,
	total INTEGER NOT NULL,
	result TEXT NOT NULL
) STRICT;
CREATE INDEX round_state ON round (state, changed);

CREATE TABLE round_place (
	round TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
	municipality INTEGER NOT NULL,
	PRIMARY KEY (round, municipality)
) STRICT;

CREATE TABLE round_person (
	id TEXT PRIMARY KEY NOT NULL,
	round TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
	number INTEGER NOT NULL,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	person_version INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	UNIQUE (round, number)
) STRICT;
CREATE INDEX round_person_who ON round_person (person);

CREATE TABLE round_change (
	id TEXT PRIMARY KEY NOT NULL,
	round TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	account TEXT,
	kind TEXT NOT NULL,
	newcomer INTEGER NOT NULL DEFAULT 0,
	established INTEGER NOT NULL DEFAULT 0,
	undoes INTEGER NOT NULL DEFAULT 0,
	what TEXT NOT NULL DEFAULT '',
	moved TEXT NOT NULL DEFAULT '',
	pairs INTEGER NOT NULL,
	total INTEGER NOT NULL,
	reason BLOB,
	UNIQUE (round, n)
) STRICT;

-- Two who are not suggested again, until somebody lifts it; `one` is the lesser id.
CREATE TABLE barred (
	id TEXT PRIMARY KEY NOT NULL,
	one TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	other TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	why TEXT NOT NULL,
	at INTEGER NOT NULL,
	account TEXT,
	lifted INTEGER NOT NULL DEFAULT 0,
	lifted_by TEXT
) STRICT;
CREATE INDEX barred_one ON barred (one, other);
CREATE INDEX barred_other ON barred (other);

CREATE TABLE proposal (
	id TEXT PRIMARY KEY NOT NULL,
	round TEXT REFERENCES round (id) ON DELETE SET NULL,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	ended INTEGER NOT NULL DEFAULT 0,
	weight INTEGER NOT NULL,
	fit INTEGER NOT NULL,
	account TEXT,
	version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX proposal_state ON proposal (state, expires);

CREATE TABLE proposal_person (
	id TEXT PRIMARY KEY NOT NULL,
	proposal TEXT NOT NULL REFERENCES proposal (id) ON DELETE CASCADE,
	person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	side TEXT NOT NULL,
	answer TEXT NOT NULL DEFAULT '',
	answered INTEGER NOT NULL DEFAULT 0,
	account TEXT,
	why TEXT NOT NULL DEFAULT '',
	note BLOB,
	letter BLOB,
	UNIQUE (proposal, person)
) STRICT;
CREATE INDEX proposal_person_who ON proposal_person (person);
