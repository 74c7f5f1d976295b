-- Who is in one of the rooms of `scope`, and until when at the latest, by the server's clock. A row goes when the attempt is over or
-- reached no phone.
CREATE TABLE rooms (
    scope      TEXT   NOT NULL,
    attempt_id UUID   NOT NULL REFERENCES attempts (id),
    until      BIGINT NOT NULL,
    PRIMARY KEY (scope, attempt_id)
);

CREATE INDEX rooms_of_attempt ON rooms (attempt_id);

-- What was decided that is about no single call. `what` is JSON. One is written at a time: numbers rise in the order in which they are seen.
CREATE TABLE decisions (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      TEXT   NOT NULL CHECK (topic IN ('configuration', 'reload', 'experiment')),
    subject    TEXT   NOT NULL,
    what       TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    at         BIGINT NOT NULL
);

CREATE INDEX decisions_by_topic ON decisions (topic, number);

CREATE FUNCTION decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are never changed or deleted';
END
$$;

CREATE TRIGGER decisions_stay BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION decisions_stay();

CREATE TRIGGER decisions_stay_all BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION decisions_stay();
