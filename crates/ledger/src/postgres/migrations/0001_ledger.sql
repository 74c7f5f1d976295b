-- Times are microseconds since 1970 in UTC. JSON is text and not JSONB, which refuses some answers and changes others.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- Who may have the calls: one row for each process that lives. `calls.epoch` names one of them, or one that is gone. Whoever was
-- silent for longer than its lease is gone. Times here are the server's.
CREATE TABLE processes (
    epoch   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seen_at BIGINT NOT NULL,
    lease   BIGINT NOT NULL
);

-- `to_number`, `request`, `content` and the words in `body` are what an erasure destroys. `idempotency_key` is a keyed hash of the caller's.
CREATE TABLE calls (
    id               UUID    NOT NULL PRIMARY KEY,
    tenant           TEXT    NOT NULL,
    to_number        TEXT,
    to_hash          BYTEA   NOT NULL CHECK (length(to_hash) = 32),
    task_hash        BYTEA   NOT NULL CHECK (length(task_hash) = 32),
    country          TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress',
                                                        'closed', 'refused', 'needs_approval', 'indeterminate', 'stalled')),
    outcome          TEXT    CHECK ((outcome IS NOT NULL) = (status = 'closed')),
    provider         TEXT,
    provider_call_id TEXT,
    idempotency_key  TEXT,
    request_hash     BYTEA   NOT NULL CHECK (length(request_hash) = 32),
    request          TEXT,
    body             TEXT    NOT NULL,
    content          TEXT,
    epoch            BIGINT  NOT NULL,
    created_at       BIGINT  NOT NULL,
    updated_at       BIGINT  NOT NULL
);

-- One active call for each person.
CREATE UNIQUE INDEX one_call_per_person ON calls (tenant, to_hash)
    WHERE status IN ('admitted', 'attempting', 'in_progress', 'indeterminate', 'stalled');

-- One call for each of a caller's keys.
CREATE UNIQUE INDEX one_call_per_key ON calls (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX calls_by_person ON calls (to_hash, created_at);

-- Nearly all calls are closed in the end: reading those that are not costs what they are, not what the ledger holds.
CREATE INDEX calls_by_status ON calls (status, id) WHERE status <> 'closed';

-- What a retention may take, by age. What was erased has nothing left to take.
CREATE INDEX calls_over ON calls (updated_at, id) WHERE to_number IS NOT NULL AND status IN ('closed', 'refused', 'needs_approval');

CREATE TABLE attempts (
    id               UUID    NOT NULL PRIMARY KEY,
    call_id          UUID    NOT NULL REFERENCES calls (id),
    position         BIGINT  NOT NULL CHECK (position >= 0),
    ring             BIGINT  NOT NULL CHECK (ring >= 0),
    provider         TEXT    NOT NULL,
    agent            TEXT,
    provider_call_id TEXT,
    state            TEXT    NOT NULL CHECK (state IN ('intent', 'claimed', 'sent', 'placed', 'not_placed', 'unknown', 'reconciling')),
    doubt            BIGINT  NOT NULL CHECK (doubt IN (0, 1, 2)),
    idempotency_key  UUID    NOT NULL,
    body             TEXT    NOT NULL,
    created_at       BIGINT  NOT NULL,
    sent_at          BIGINT,
    ended_at         BIGINT,
    UNIQUE (call_id, position)
);

-- One live attempt for each ring of a call.
CREATE UNIQUE INDEX one_live_attempt ON attempts (call_id, ring) WHERE state <> 'not_placed';

-- Which of a provider's calls these are is not known: 1 while the answer is open, 2 where it may have rung.
CREATE INDEX attempts_in_doubt ON attempts (provider, doubt) WHERE doubt > 0;

-- One owner for each of a provider's calls. `account` is empty where the provider's name stands for one account.
CREATE TABLE provider_calls (
    provider         TEXT NOT NULL,
    account          TEXT NOT NULL DEFAULT '',
    provider_call_id TEXT NOT NULL,
    call_id          UUID NOT NULL REFERENCES calls (id),
    PRIMARY KEY (provider, account, provider_call_id)
);

-- Everything that was ever learnt, in order, with the provider's answers as they came.
CREATE TABLE events (
    seq        BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id    UUID    NOT NULL REFERENCES calls (id),
    attempt_id UUID,
    kind       TEXT    NOT NULL,
    content    TEXT,
    at         BIGINT  NOT NULL
);

CREATE INDEX events_of_call ON events (call_id, seq);

CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- An erasure takes the content away and leaves the fact that it was.
    IF TG_OP = 'UPDATE' AND NEW.content IS NULL AND (NEW.seq, NEW.call_id, NEW.kind, NEW.at) = (OLD.seq, OLD.call_id, OLD.kind, OLD.at)
        AND NEW.attempt_id IS NOT DISTINCT FROM OLD.attempt_id
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are never changed or deleted';
END
$$;

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_stay();

CREATE TRIGGER events_stay_all BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_stay();

-- Webhooks as they came in; the same body on the same attempt is the same delivery. `calls` are the ids that it names.
CREATE TABLE inbox (
    seq         BIGINT  GENERATED ALWAYS AS IDENTITY,
    attempt_id  UUID    NOT NULL,
    body_hash   BYTEA   NOT NULL CHECK (length(body_hash) = 32),
    body        BYTEA,
    calls       TEXT    NOT NULL,
    received_at BIGINT  NOT NULL,
    handled_at  BIGINT,
    PRIMARY KEY (attempt_id, body_hash)
);

CREATE INDEX inbox_with_body ON inbox (received_at) WHERE body IS NOT NULL AND handled_at IS NOT NULL;

CREATE INDEX inbox_unhandled ON inbox (received_at) WHERE handled_at IS NULL;

-- What counts in a window of a provider's limit. What is older than the window goes when the next slot is taken.
CREATE TABLE slots (
    limiter    TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    attempt_id UUID    NOT NULL REFERENCES attempts (id)
);

CREATE INDEX slots_of_limiter ON slots (limiter, at);

CREATE INDEX slots_of_attempt ON slots (attempt_id);

-- What is spent and held of a budget in a period, kept as a running sum.
CREATE TABLE budgets (
    name   TEXT    NOT NULL,
    period BIGINT  NOT NULL,
    micros BIGINT  NOT NULL,
    PRIMARY KEY (name, period)
);

-- What an attempt may cost, held back from `budgets` (JSON: names and periods) until proof that it cost nothing, or the bill; never
-- released by a timeout. It counts for `micros` until then, and for `billed_micros`, or nothing, from then on.
CREATE TABLE holds (
    attempt_id    UUID    NOT NULL PRIMARY KEY REFERENCES attempts (id),
    micros        BIGINT  NOT NULL,
    currency      TEXT    NOT NULL,
    budgets       TEXT    NOT NULL,
    held_at       BIGINT  NOT NULL,
    released_at   BIGINT,
    billed_micros BIGINT
);
