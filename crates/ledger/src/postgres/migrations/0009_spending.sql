-- What of a budget's sum is held back for attempts whose bill is not known yet, so that it can be read without adding up the holds.
ALTER TABLE budgets ADD COLUMN held BIGINT NOT NULL DEFAULT 0;

UPDATE budgets SET held = coalesce((
    SELECT sum(h.micros) FROM holds AS h, jsonb_array_elements(h.budgets::jsonb) AS j
    WHERE h.released_at IS NULL AND j ->> 'name' = budgets.name AND (j ->> 'period')::bigint = budgets.period
), 0);

-- How many calls of a tenant wait, counted no further than the tenant's limit.
CREATE INDEX calls_waiting ON calls (tenant) WHERE status IN ('received', 'scheduled', 'admitted');
