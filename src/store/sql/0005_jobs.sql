-- Timed work: one row a job, claimed by whoever runs it.
-- due: when somebody has to look at it: the next run, or the end of the lease of whoever holds it.

CREATE TABLE job (
	name TEXT PRIMARY KEY NOT NULL,
	due INTEGER NOT NULL,
	started INTEGER NOT NULL DEFAULT 0,
	ended INTEGER NOT NULL DEFAULT 0,
	did INTEGER NOT NULL DEFAULT 0,
	tries INTEGER NOT NULL DEFAULT 0,
	fault TEXT NOT NULL DEFAULT '',
	fault_arg TEXT NOT NULL DEFAULT '',
	claim TEXT NOT NULL DEFAULT ''
) STRICT;
