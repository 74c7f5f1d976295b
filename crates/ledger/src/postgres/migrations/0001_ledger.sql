-- Times are microseconds since 1970 in UTC. JSON is text and not JSONB, which refuses some answers and changes others.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- `to_number`, `request` and `content` are what an erasure destroys; everything else stays.
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

CREATE TABLE attempts (
    id               UUID    NOT NULL PRIMARY KEY,
    call_id          UUID    NOT NULL REFERENCES calls (id),
    position         BIGINT  NOT NULL CHECK (position >= 0),
    ring             BIGINT  NOT NULL CHECK (ring >= 0),
    provider         TEXT    NOT NULL,
    provider_call_id TEXT,
    state            TEXT    NOT NULL CHECK (state IN ('intent', 'claimed', 'sent', 'placed', 'not_placed', 'unknown', 'reconciling')),
    idempotency_key  UUID    NOT NULL,
    body             TEXT    NOT NULL,
    created_at       BIGINT  NOT NULL,
    sent_at          BIGINT,
    ended_at         BIGINT,
    UNIQUE (call_id, position)
);

-- One live attempt for each ring of a call.
CREATE UNIQUE INDEX one_live_attempt ON attempts (call_id, ring) WHERE state <> 'not_placed';

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

-- Webhooks as they came in; the same body on the same attempt is the same delivery.
CREATE TABLE inbox (
    attempt_id  UUID    NOT NULL,
    body_hash   BYTEA   NOT NULL CHECK (length(body_hash) = 32),
    body        BYTEA,
    received_at BIGINT  NOT NULL,
    handled_at  BIGINT,
    PRIMARY KEY (attempt_id, body_hash)
);

-- What an attempt may cost, held back until it is settled. Released by a final state only, never by a timeout.
CREATE TABLE holds (
    attempt_id    UUID    NOT NULL PRIMARY KEY REFERENCES attempts (id),
    budget        TEXT    NOT NULL,
    micros        BIGINT  NOT NULL,
    currency      TEXT    NOT NULL,
    held_at       BIGINT  NOT NULL,
    released_at   BIGINT,
    billed_micros BIGINT
);
