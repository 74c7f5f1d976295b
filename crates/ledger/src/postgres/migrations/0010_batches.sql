-- Tables of calls that were accepted as a whole. `columns` is JSON. The counts say how many rows are in each state. `claim`: who submits the rows,
-- until `claimed_until`.
CREATE TABLE batches (
    id            UUID    NOT NULL PRIMARY KEY,
    tenant        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    created_by    TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    request_key   BYTEA   NOT NULL CHECK (length(request_key) = 32),
    request_hash  BYTEA   NOT NULL CHECK (length(request_hash) = 32),
    columns       TEXT    NOT NULL,
    waiting       BIGINT  NOT NULL CHECK (waiting >= 0),
    submitted     BIGINT  NOT NULL CHECK (submitted >= 0),
    rejected      BIGINT  NOT NULL CHECK (rejected >= 0),
    cancelled     BIGINT  NOT NULL CHECK (cancelled >= 0),
    erased        BIGINT  NOT NULL CHECK (erased >= 0),
    cancelled_at  BIGINT,
    done_at       BIGINT,
    claim         UUID,
    claimed_until BIGINT  NOT NULL DEFAULT 0
);

-- One batch for each request to make one.
CREATE UNIQUE INDEX one_batch_per_request ON batches (request_key);

CREATE INDEX batches_of_tenant ON batches (tenant, id);

CREATE INDEX batches_to_submit ON batches (id) WHERE waiting > 0 OR (cancelled_at IS NOT NULL AND claim IS NOT NULL);

CREATE INDEX batches_running ON batches (id) WHERE done_at IS NULL AND waiting = 0;

-- The rows. `cells`, `request` and `problem` are JSON; they may name people and go with an erasure. `request` is there while the row waits.
CREATE TABLE batch_rows (
    batch_id UUID    NOT NULL REFERENCES batches (id),
    number   BIGINT  NOT NULL CHECK (number > 0),
    line     BIGINT  NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('waiting', 'submitted', 'rejected', 'cancelled', 'erased')),
    to_hash  BYTEA   CHECK (length(to_hash) = 32),
    cells    TEXT,
    request  TEXT,
    problem  TEXT,
    call_id  UUID,
    PRIMARY KEY (batch_id, number),
    CHECK (cells IS NULL OR to_hash IS NOT NULL)
);

CREATE INDEX batch_rows_by_state ON batch_rows (batch_id, state, number);

CREATE INDEX batch_rows_of_person ON batch_rows (to_hash) WHERE cells IS NOT NULL;

CREATE INDEX batch_rows_of_call ON batch_rows (call_id) WHERE call_id IS NOT NULL;
