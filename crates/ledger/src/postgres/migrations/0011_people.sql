-- Whose phone an attempt makes ring, so that the rings of a person are counted over all their calls: of every tenant, provider and purpose.
ALTER TABLE attempts ADD COLUMN to_hash BYTEA CHECK (length(to_hash) = 32);

UPDATE attempts SET to_hash = (SELECT c.to_hash FROM calls AS c WHERE c.id = attempts.call_id);

ALTER TABLE attempts ALTER COLUMN to_hash SET NOT NULL;

-- When a person's phone rang, or may have.
CREATE INDEX rings_of_person ON attempts (to_hash, (coalesce(sent_at, created_at))) WHERE state <> 'not_placed' AND state <> 'intent';

-- Who asked not to be called again, and who took it back, in the order in which it was recorded. `entry` is JSON: how it became known, who recorded it,
-- and the evidence. An erasure leaves it alone: it is what protects the person.
CREATE TABLE opt_outs (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    to_hash BYTEA  NOT NULL CHECK (length(to_hash) = 32),
    what    TEXT   NOT NULL CHECK (what IN ('opted_out', 'taken_back')),
    at      BIGINT NOT NULL,
    entry   TEXT   NOT NULL
);

CREATE INDEX opt_outs_of_person ON opt_outs (to_hash, number);

CREATE FUNCTION opt_outs_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'opt-outs are never changed or deleted';
END
$$;

CREATE TRIGGER opt_outs_stay BEFORE UPDATE OR DELETE ON opt_outs FOR EACH ROW EXECUTE FUNCTION opt_outs_stay();

CREATE TRIGGER opt_outs_stay_all BEFORE TRUNCATE ON opt_outs FOR EACH STATEMENT EXECUTE FUNCTION opt_outs_stay();

-- How calls to a person went: the last of each kind.
CREATE TABLE person_events (
    to_hash BYTEA  NOT NULL CHECK (length(to_hash) = 32),
    kind    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    call_id UUID,
    PRIMARY KEY (to_hash, kind)
);

-- Consents to calls of a tenant. `terms` and `evidence` are JSON; the evidence goes with an erasure, which withdraws the consent.
CREATE TABLE consents (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           UUID   NOT NULL,
    to_hash      BYTEA  NOT NULL CHECK (length(to_hash) = 32),
    tenant       TEXT   NOT NULL,
    terms        TEXT   NOT NULL,
    evidence     TEXT,
    recorded_at  BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT,
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (evidence IS NOT NULL OR withdrawn_at IS NOT NULL)
);

CREATE UNIQUE INDEX one_consent_per_id ON consents (id);

CREATE INDEX consents_of_person ON consents (to_hash, number);

CREATE INDEX consents_by_age ON consents (recorded_at);
