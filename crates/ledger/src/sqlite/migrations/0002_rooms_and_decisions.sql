-- Who is in one of the rooms of `scope`, and until when at the latest. A row goes when the attempt is over or reached no phone.
CREATE TABLE rooms (
    scope      TEXT    NOT NULL,
    attempt_id BLOB    NOT NULL REFERENCES attempts (id),
    until      INTEGER NOT NULL,
    PRIMARY KEY (scope, attempt_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_of_attempt ON rooms (attempt_id);

-- What was decided that is about no single call. `what` is JSON. Where nothing is deleted no number comes twice.
CREATE TABLE decisions (
    number     INTEGER PRIMARY KEY,
    topic      TEXT    NOT NULL CHECK (topic IN ('configuration', 'reload', 'experiment')),
    subject    TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    decided_by TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX decisions_by_topic ON decisions (topic, number);

CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never deleted');
END;

CREATE TRIGGER decisions_are_final BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are never changed');
END;
