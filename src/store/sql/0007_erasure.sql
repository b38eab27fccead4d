-- Who asked to be erased, and until when they may change their mind.

CREATE TABLE erasure (
	person TEXT PRIMARY KEY NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	asked INTEGER NOT NULL,
	due INTEGER NOT NULL,
	account TEXT
) STRICT;
CREATE INDEX erasure_due ON erasure (due);
