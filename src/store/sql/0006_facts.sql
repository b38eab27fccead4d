-- What happened to people who are gone, without them (fact.c); when somebody was here last; since
-- when there is a note.
--
-- fact.id is drawn at random, so that the order of rows does not tell who went when; month is
-- year * 12 + month - 1; age the youngest of its band, -1 unknown; subject is drawn when the person
-- goes, and the same for all that happened to that person.

CREATE TABLE fact (
	id INTEGER PRIMARY KEY NOT NULL,
	programme TEXT NOT NULL,
	kind TEXT NOT NULL,
	was TEXT NOT NULL,
	month INTEGER NOT NULL,
	municipality INTEGER NOT NULL,
	side TEXT NOT NULL,
	gender TEXT NOT NULL,
	age INTEGER NOT NULL,
	subject TEXT NOT NULL
) STRICT;
