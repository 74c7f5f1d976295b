-- The rows are concurrency slots: the table and its index are named so. What each column means is as before.
ALTER TABLE rooms RENAME TO concurrency_slots;

DROP INDEX rooms_of_attempt;

CREATE INDEX concurrency_slots_of_attempt ON concurrency_slots (attempt_id);
