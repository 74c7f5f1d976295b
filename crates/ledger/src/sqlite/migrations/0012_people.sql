-- Whose phone an attempt makes ring, so that the rings of a person are counted over all their calls: of every tenant, provider and purpose. A column
-- that is never empty needs the table to be made again.

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
    to_hash          BLOB    NOT NULL CHECK (length(to_hash) = 32),
    UNIQUE (call_id, position)
) STRICT;

INSERT INTO new_attempts SELECT a.*, c.to_hash FROM attempts AS a JOIN calls AS c ON c.id = a.call_id ORDER BY a.rowid;
DROP TABLE attempts;
ALTER TABLE new_attempts RENAME TO attempts;

-- One live attempt for each ring of a call.
CREATE UNIQUE INDEX one_live_attempt ON attempts (call_id, ring) WHERE state <> 'not_placed';

-- Which of a provider's calls these are is not known: 1 while the answer is open, 2 where it may have rung.
CREATE INDEX attempts_in_doubt ON attempts (provider, doubt) WHERE doubt > 0;

-- When a person's phone rang, or may have.
CREATE INDEX rings_of_person ON attempts (to_hash, coalesce(sent_at, created_at)) WHERE state <> 'not_placed' AND state <> 'intent';

-- Who asked not to be called again, and who took it back, in the order in which it was recorded. `entry` is JSON: how it became known, who recorded it,
-- and the evidence. An erasure leaves it alone: it is what protects the person.
CREATE TABLE opt_outs (
    number  INTEGER PRIMARY KEY,
    to_hash BLOB    NOT NULL CHECK (length(to_hash) = 32),
    what    TEXT    NOT NULL CHECK (what = 'opted_out' OR what = 'taken_back'),
    at      INTEGER NOT NULL,
    entry   TEXT    NOT NULL
) STRICT;

CREATE INDEX opt_outs_of_person ON opt_outs (to_hash, number);

CREATE TRIGGER opt_outs_stay BEFORE DELETE ON opt_outs
BEGIN
    SELECT RAISE(ABORT, 'opt-outs are never deleted');
END;

CREATE TRIGGER opt_outs_are_final BEFORE UPDATE ON opt_outs
BEGIN
    SELECT RAISE(ABORT, 'opt-outs are never changed');
END;

-- How calls to a person went: the last of each kind.
CREATE TABLE person_events (
    to_hash BLOB    NOT NULL CHECK (length(to_hash) = 32),
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    call_id BLOB    CHECK (length(call_id) = 16),
    PRIMARY KEY (to_hash, kind)
) STRICT, WITHOUT ROWID;

-- Consents to calls of a tenant. `terms` and `evidence` are JSON; the evidence goes with an erasure, which withdraws the consent.
CREATE TABLE consents (
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    to_hash      BLOB    NOT NULL CHECK (length(to_hash) = 32),
    tenant       TEXT    NOT NULL,
    terms        TEXT    NOT NULL,
    evidence     TEXT,
    recorded_at  INTEGER NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by TEXT,
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (evidence IS NOT NULL OR withdrawn_at IS NOT NULL)
) STRICT;

CREATE INDEX consents_of_person ON consents (to_hash, number);

CREATE INDEX consents_by_age ON consents (recorded_at);
