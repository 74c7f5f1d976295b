-- The same rules in other words. A list in a condition is made into a table of its own each time that a row is written; states that are named one
-- by one are compared, and the first that fits ends it.

DROP INDEX one_call_per_person;

-- One active call for each person.
CREATE UNIQUE INDEX one_call_per_person ON calls (tenant, to_hash)
    WHERE (status = 'admitted' OR status = 'attempting' OR status = 'in_progress' OR status = 'indeterminate' OR status = 'stalled');

DROP INDEX calls_over;

-- What a retention may take, by age. What was erased has nothing left to take.
CREATE INDEX calls_over ON calls (updated_at, id)
    WHERE to_number IS NOT NULL AND (status = 'closed' OR status = 'refused' OR status = 'needs_approval');
