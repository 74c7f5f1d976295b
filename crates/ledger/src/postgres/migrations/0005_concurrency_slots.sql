-- The rows are concurrency slots: the table and its indexes are named so. What each column means is as before.
ALTER TABLE rooms RENAME TO concurrency_slots;

ALTER INDEX rooms_pkey RENAME TO concurrency_slots_pkey;

ALTER INDEX rooms_of_attempt RENAME TO concurrency_slots_of_attempt;

ALTER TABLE concurrency_slots RENAME CONSTRAINT rooms_attempt_id_fkey TO concurrency_slots_attempt_id_fkey;
