-- Lists are walked in their own order: in all states, and in one. That most people were never
-- merged is no way to find them.

CREATE INDEX person_queue ON person (queued, id, state, municipality, side, gender, level, merged);
CREATE INDEX person_changed ON person (changed, id, state, municipality, side, gender, level, merged);
DROP INDEX person_list;
CREATE INDEX person_list ON person (state, queued, id, municipality, side, gender, level, birth_year, changed, merged);
DROP INDEX person_merged;
CREATE INDEX person_merged ON person (merged) WHERE merged IS NOT NULL;
