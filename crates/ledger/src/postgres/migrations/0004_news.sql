-- What another process than a call's owner wrote to it, until the owner has acted on it. `ended`: the write ended a ring that was under way.
CREATE TABLE news (
    number  BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id UUID    NOT NULL REFERENCES calls (id),
    ended   BOOLEAN NOT NULL
);

CREATE INDEX news_of_call ON news (call_id, number);
