-- What programs outside are told of calls and of everything else. The transaction that changes a call writes here and nowhere else, so that writers do
-- not wait for one another; whoever holds the row of `feed_head` gives the rows their positions and moves them to `feed`. `published`: it belongs to no
-- write of a call, and several processes may tell it.
CREATE TABLE outbox (
    number    BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        UUID    NOT NULL,
    kind      TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    tenant    TEXT,
    call_id   UUID,
    data      TEXT    NOT NULL,
    published BOOLEAN NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The same in one order without gaps. Positions become visible in their order.
CREATE TABLE feed (
    position  BIGINT  NOT NULL PRIMARY KEY,
    id        UUID    NOT NULL,
    kind      TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    tenant    TEXT,
    call_id   UUID,
    data      TEXT    NOT NULL,
    published BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX feed_published ON feed (id) WHERE published;

-- The last position that was given, and up to which position the feed is forgotten.
CREATE TABLE feed_head (
    one       BOOLEAN NOT NULL PRIMARY KEY CHECK (one),
    position  BIGINT  NOT NULL,
    forgotten BIGINT  NOT NULL
);

INSERT INTO feed_head (one, position, forgotten) VALUES (TRUE, 0, 0);

-- Where events are sent. `settings` is JSON, with the signing secrets sealed.
CREATE TABLE webhook_endpoints (
    id              UUID   NOT NULL PRIMARY KEY,
    tenant          TEXT,
    call_id         UUID,
    request_key     BYTEA,
    settings        TEXT   NOT NULL,
    disabled        TEXT,
    last_success_at BIGINT,
    failing_since   BIGINT,
    failures        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE UNIQUE INDEX one_endpoint_per_request ON webhook_endpoints (request_key) WHERE request_key IS NOT NULL;

CREATE INDEX endpoints_of_call ON webhook_endpoints (call_id);

-- An event on its way to an endpoint, by the event's position. While it is pending, the event's row stays, even if its position is forgotten.
-- `claimed_until`: until then one process has it; 0: none.
CREATE TABLE deliveries (
    id            UUID   NOT NULL PRIMARY KEY,
    endpoint_id   UUID   NOT NULL REFERENCES webhook_endpoints (id),
    position      BIGINT NOT NULL,
    event_id      UUID   NOT NULL,
    kind          TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts      BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    tried_at      BIGINT,
    status        BIGINT,
    took          BIGINT,
    failure       TEXT
);

CREATE INDEX deliveries_pending ON deliveries (endpoint_id, due_at, position) WHERE state = 'pending';

CREATE INDEX deliveries_claimed ON deliveries (endpoint_id, claimed_until) WHERE claimed_until > 0;

CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, id);

CREATE INDEX deliveries_of_position ON deliveries (position);
