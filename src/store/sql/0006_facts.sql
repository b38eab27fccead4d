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

-- active: when the person was last here; noted: since when there is a note, 0 without one. Of those
-- who are here already it is not known: looked at when it would be time.
ALTER TABLE person ADD COLUMN active INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
UPDATE person SET noted = changed;
CREATE INDEX person_noted ON person (noted) WHERE noted > 0;
CREATE INDEX event_reason ON event (at) WHERE reason IS NOT NULL;
