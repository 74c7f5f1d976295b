-- When the request of an attempt was sent once more: a ring counts from then on, because the repeat may have made it.
ALTER TABLE attempts ADD COLUMN repeated_at INTEGER;

UPDATE attempts SET repeated_at = json_extract(body, '$.repeated_at') WHERE body LIKE '%"repeated_at":%';

-- When a person's phone rang, or may have.
DROP INDEX rings_of_person;
CREATE INDEX rings_of_person ON attempts (to_hash, coalesce(repeated_at, sent_at, created_at)) WHERE state <> 'not_placed' AND state <> 'intent';
