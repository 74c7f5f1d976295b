-- What programs outside are told of calls and of everything else, in one order. There is one writer, so a row's number is its position: no position is
-- left out. Old rows are deleted and the last one never, so that no position comes twice. `published`: it belongs to no write of a call, and several
-- processes may tell it.
CREATE TABLE feed (
    position  INTEGER PRIMARY KEY,
    id        BLOB    NOT NULL CHECK (length(id) = 16),
    kind      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    tenant    TEXT,
    call_id   BLOB,
    data      TEXT    NOT NULL,
    published INTEGER NOT NULL CHECK (published = 0 OR published = 1)
) STRICT;

CREATE UNIQUE INDEX feed_published ON feed (id) WHERE published = 1;

-- Up to which position the feed is forgotten, and up to which its deliveries are made.
CREATE TABLE feed_head (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    forgotten INTEGER NOT NULL,
    delivered INTEGER NOT NULL
) STRICT;

INSERT INTO feed_head (one, forgotten, delivered) VALUES (1, 0, 0);

-- Where events are sent. `settings` is JSON, with the signing secrets sealed.
CREATE TABLE webhook_endpoints (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant          TEXT,
    call_id         BLOB,
    request_key     BLOB,
    settings        TEXT    NOT NULL,
    disabled        TEXT,
    last_success_at INTEGER,
    failing_since   INTEGER,
    failures        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_endpoint_per_request ON webhook_endpoints (request_key) WHERE request_key IS NOT NULL;

CREATE INDEX endpoints_of_call ON webhook_endpoints (call_id);

-- An event on its way to an endpoint, by the event's position. While it is pending, the event's row stays, even if its position is forgotten.
-- `claimed_until`: until then one process has it; 0: none.
CREATE TABLE deliveries (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    endpoint_id   BLOB    NOT NULL REFERENCES webhook_endpoints (id),
    position      INTEGER NOT NULL,
    event_id      BLOB    NOT NULL,
    kind          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state = 'pending' OR state = 'delivered' OR state = 'dead'),
    attempts      INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    tried_at      INTEGER,
    status        INTEGER,
    took          INTEGER,
    failure       TEXT
) STRICT;

CREATE INDEX deliveries_pending ON deliveries (endpoint_id, due_at, position) WHERE state = 'pending';

CREATE INDEX deliveries_claimed ON deliveries (endpoint_id, claimed_until) WHERE claimed_until > 0;

CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, id);

CREATE INDEX deliveries_of_position ON deliveries (position);
