-- keys.db: one wrapped key a person, and hashes of those that were erased.
CREATE TABLE person_key (
	person TEXT PRIMARY KEY NOT NULL,
	wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE erased (
	hash BLOB PRIMARY KEY NOT NULL,
	at INTEGER NOT NULL
) STRICT;
