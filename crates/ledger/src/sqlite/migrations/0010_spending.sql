-- What of a budget's sum is held back for attempts whose bill is not known yet, so that it can be read without adding up the holds.
ALTER TABLE budgets ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

UPDATE budgets SET held = coalesce((
    SELECT sum(h.micros) FROM holds AS h, json_each(h.budgets) AS j
    WHERE h.released_at IS NULL AND json_extract(j.value, '$.name') = budgets.name AND json_extract(j.value, '$.period') = budgets.period
), 0);

-- How many calls of a tenant wait, counted no further than the tenant's limit.
CREATE INDEX calls_waiting ON calls (tenant) WHERE status IN ('received', 'scheduled', 'admitted');
