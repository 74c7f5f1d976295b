-- The topics of decisions are the program's: whatever is decided in future, a new topic needs no new table. A CHECK is changed by making the table
-- again.

CREATE TABLE new_decisions (
    number     INTEGER PRIMARY KEY,
    topic      TEXT    NOT NULL CHECK (length(topic) > 0 AND length(topic) <= 40 AND topic NOT GLOB '*[^a-z_]*'),
    subject    TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    decided_by TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

INSERT INTO new_decisions SELECT * FROM decisions ORDER BY number;
DROP TRIGGER decisions_stay;
DROP TABLE decisions;
ALTER TABLE new_decisions RENAME TO decisions;

CREATE INDEX decisions_by_topic ON decisions (topic, number);

CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never deleted');
END;

CREATE TRIGGER decisions_are_final BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never changed');
END;
