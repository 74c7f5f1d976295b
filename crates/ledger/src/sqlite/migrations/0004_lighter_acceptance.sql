-- To take a call in writes as little as it can. That a call was received, and when, stands in its row; a second row said the same. And a list
-- in a CHECK is made into a table of its own each time that a row is written, as in the migration before.
--
-- A CHECK is changed by making the table again. Foreign keys are not looked at meanwhile, and checked before the change is committed.

CREATE TABLE new_calls (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant           TEXT    NOT NULL,
    to_number        TEXT,
    to_hash          BLOB    NOT NULL CHECK (length(to_hash) = 32),
    task_hash        BLOB    NOT NULL CHECK (length(task_hash) = 32),
    country          TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status = 'received' OR status = 'scheduled' OR status = 'admitted' OR status = 'attempting'
                                             OR status = 'in_progress' OR status = 'closed' OR status = 'refused'
                                             OR status = 'needs_approval' OR status = 'indeterminate' OR status = 'stalled'),
    outcome          TEXT    CHECK ((outcome IS NOT NULL) = (status = 'closed')),
    provider         TEXT,
    provider_call_id TEXT,
    idempotency_key  TEXT,
    request_hash     BLOB    NOT NULL CHECK (length(request_hash) = 32),
    request          TEXT,
    body             TEXT    NOT NULL,
    content          TEXT,
    epoch            INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;

INSERT INTO new_calls SELECT * FROM calls ORDER BY rowid;
DROP TABLE calls;
ALTER TABLE new_calls RENAME TO calls;

-- One active call for each person.
CREATE UNIQUE INDEX one_call_per_person ON calls (tenant, to_hash)
    WHERE (status = 'admitted' OR status = 'attempting' OR status = 'in_progress' OR status = 'indeterminate' OR status = 'stalled');

-- One call for each of a caller's keys.
CREATE UNIQUE INDEX one_call_per_key ON calls (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX calls_by_person ON calls (to_hash, created_at);

-- Nearly all calls are closed in the end: reading those that are not costs what they are, not what the ledger holds. Whose they
-- are stands there too, so that whoever looks for calls of the dead reads no call of the living.
CREATE INDEX calls_by_status ON calls (status, id, epoch) WHERE status <> 'closed';

-- What a retention may take, by age. What was erased has nothing left to take.
CREATE INDEX calls_over ON calls (updated_at, id)
    WHERE to_number IS NOT NULL AND (status = 'closed' OR status = 'refused' OR status = 'needs_approval');

-- A call's row is the first thing that was learnt of it.
CREATE TRIGGER calls_stay BEFORE DELETE ON calls
BEGIN
    SELECT RAISE(ABORT, 'calls are never deleted');
END;

CREATE TRIGGER calls_begin_once BEFORE UPDATE OF id, created_at ON calls
WHEN NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'a call was received once');
END;

CREATE TABLE new_attempts (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    call_id          BLOB    NOT NULL REFERENCES calls (id),
    position         INTEGER NOT NULL CHECK (position >= 0),
    ring             INTEGER NOT NULL CHECK (ring >= 0),
    provider         TEXT    NOT NULL,
    agent            TEXT,
    provider_call_id TEXT,
    state            TEXT    NOT NULL CHECK (state = 'intent' OR state = 'claimed' OR state = 'sent' OR state = 'placed'
                                             OR state = 'not_placed' OR state = 'unknown' OR state = 'reconciling'),
    doubt            INTEGER NOT NULL CHECK (doubt = 0 OR doubt = 1 OR doubt = 2),
    idempotency_key  BLOB    NOT NULL CHECK (length(idempotency_key) = 16),
    body             TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    sent_at          INTEGER,
    ended_at         INTEGER,
    UNIQUE (call_id, position)
) STRICT;

INSERT INTO new_attempts SELECT * FROM attempts ORDER BY rowid;
DROP TABLE attempts;
ALTER TABLE new_attempts RENAME TO attempts;

-- One live attempt for each ring of a call.
CREATE UNIQUE INDEX one_live_attempt ON attempts (call_id, ring) WHERE state <> 'not_placed';

-- Which of a provider's calls these are is not known: 1 while the answer is open, 2 where it may have rung.
CREATE INDEX attempts_in_doubt ON attempts (provider, doubt) WHERE doubt > 0;

-- What is deleted here stands in `calls.created_at`.
DROP TRIGGER events_stay;

DELETE FROM events WHERE kind = 'received';

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;
