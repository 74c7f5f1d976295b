-- Times are microseconds since 1970 in UTC. JSON is text. Ids are the 16 bytes of a UUID.

PRAGMA application_id = 0x53574c44;

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Who may have the calls: one row for each journal that is open. `calls.epoch` names one of them, or one that is gone. A number is
-- never given twice.
CREATE TABLE processes (
    epoch      INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at INTEGER NOT NULL
) STRICT;

-- `to_number`, `request`, `content` and the words in `body` are what an erasure destroys. `idempotency_key` is a keyed hash of the caller's.
CREATE TABLE calls (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant           TEXT    NOT NULL,
    to_number        TEXT,
    to_hash          BLOB    NOT NULL CHECK (length(to_hash) = 32),
    task_hash        BLOB    NOT NULL CHECK (length(task_hash) = 32),
    country          TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress',
                                                        'closed', 'refused', 'needs_approval', 'indeterminate', 'stalled')),
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

-- One active call for each person.
CREATE UNIQUE INDEX one_call_per_person ON calls (tenant, to_hash)
    WHERE status IN ('admitted', 'attempting', 'in_progress', 'indeterminate', 'stalled');

-- One call for each of a caller's keys.
CREATE UNIQUE INDEX one_call_per_key ON calls (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX calls_by_person ON calls (to_hash, created_at);

-- Nearly all calls are closed in the end: reading those that are not costs what they are, not what the ledger holds. Whose they
-- are stands there too, so that whoever looks for calls of the dead reads no call of the living.
CREATE INDEX calls_by_status ON calls (status, id, epoch) WHERE status <> 'closed';

-- What a retention may take, by age. What was erased has nothing left to take.
CREATE INDEX calls_over ON calls (updated_at, id) WHERE to_number IS NOT NULL AND status IN ('closed', 'refused', 'needs_approval');

CREATE TABLE attempts (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    call_id          BLOB    NOT NULL REFERENCES calls (id),
    position         INTEGER NOT NULL CHECK (position >= 0),
    ring             INTEGER NOT NULL CHECK (ring >= 0),
    provider         TEXT    NOT NULL,
    agent            TEXT,
    provider_call_id TEXT,
    state            TEXT    NOT NULL CHECK (state IN ('intent', 'claimed', 'sent', 'placed', 'not_placed', 'unknown', 'reconciling')),
    doubt            INTEGER NOT NULL CHECK (doubt IN (0, 1, 2)),
    idempotency_key  BLOB    NOT NULL CHECK (length(idempotency_key) = 16),
    body             TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    sent_at          INTEGER,
    ended_at         INTEGER,
    UNIQUE (call_id, position)
) STRICT;

-- One live attempt for each ring of a call.
CREATE UNIQUE INDEX one_live_attempt ON attempts (call_id, ring) WHERE state <> 'not_placed';

-- Which of a provider's calls these are is not known: 1 while the answer is open, 2 where it may have rung.
CREATE INDEX attempts_in_doubt ON attempts (provider, doubt) WHERE doubt > 0;

-- One owner for each of a provider's calls. `account` is empty where the provider's name stands for one account.
CREATE TABLE provider_calls (
    provider         TEXT NOT NULL,
    account          TEXT NOT NULL DEFAULT '',
    provider_call_id TEXT NOT NULL,
    call_id          BLOB NOT NULL REFERENCES calls (id),
    PRIMARY KEY (provider, account, provider_call_id)
) STRICT, WITHOUT ROWID;

-- Everything that was ever learnt, in order, with the provider's answers as they came. No AUTOINCREMENT: where nothing is
-- deleted no number comes twice, and every commit writes a page less.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY,
    call_id    BLOB    NOT NULL REFERENCES calls (id),
    attempt_id BLOB,
    kind       TEXT    NOT NULL,
    content    TEXT,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX events_of_call ON events (call_id, seq);

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- An erasure takes the content away and leaves the fact that it was.
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
WHEN NEW.content IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.call_id <> OLD.call_id OR NEW.attempt_id IS NOT OLD.attempt_id
  OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at
BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

-- Webhooks as they came in; the same body on the same attempt is the same delivery. `calls` are the ids that it names.
CREATE TABLE inbox (
    attempt_id  BLOB    NOT NULL,
    body_hash   BLOB    NOT NULL CHECK (length(body_hash) = 32),
    body        BLOB,
    calls       TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    handled_at  INTEGER,
    PRIMARY KEY (attempt_id, body_hash)
) STRICT;

CREATE INDEX inbox_with_body ON inbox (received_at) WHERE body IS NOT NULL AND handled_at IS NOT NULL;

CREATE INDEX inbox_unhandled ON inbox (received_at) WHERE handled_at IS NULL;

-- What counts in a window of a provider's limit. What is older than the window goes when the next slot is taken.
CREATE TABLE slots (
    limiter    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    attempt_id BLOB    NOT NULL REFERENCES attempts (id)
) STRICT;

CREATE INDEX slots_of_limiter ON slots (limiter, at);

CREATE INDEX slots_of_attempt ON slots (attempt_id);

-- What is spent and held of a budget in a period, kept as a running sum.
CREATE TABLE budgets (
    name   TEXT    NOT NULL,
    period INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    PRIMARY KEY (name, period)
) STRICT, WITHOUT ROWID;

-- What an attempt may cost, held back from `budgets` (JSON: names and periods) until proof that it cost nothing, or the bill; never
-- released by a timeout. It counts for `micros` until then, and for `billed_micros`, or nothing, from then on.
CREATE TABLE holds (
    attempt_id    BLOB    NOT NULL PRIMARY KEY REFERENCES attempts (id),
    micros        INTEGER NOT NULL,
    currency      TEXT    NOT NULL,
    budgets       TEXT    NOT NULL,
    held_at       INTEGER NOT NULL,
    released_at   INTEGER,
    billed_micros INTEGER
) STRICT;
