-- Messages are claimed before they are sent, so that each goes once.
-- due: when somebody has to look at it again; the last of all moments when nobody has to.

ALTER TABLE message ADD COLUMN claim TEXT;
ALTER TABLE message ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN report BLOB;
UPDATE message SET due = 9223372036854775807 WHERE state <> 'queued';
CREATE INDEX message_due ON message (due, id);
CREATE UNIQUE INDEX message_report ON message (report);
