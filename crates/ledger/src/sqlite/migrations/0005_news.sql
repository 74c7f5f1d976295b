-- What another process than a call's owner wrote to it, until the owner has acted on it. `ended`: the write ended a ring that was under way. A number
-- is never given twice.
CREATE TABLE news (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BLOB    NOT NULL REFERENCES calls (id),
    ended   INTEGER NOT NULL CHECK (ended = 0 OR ended = 1)
) STRICT;

CREATE INDEX news_of_call ON news (call_id, number);
