-- The topics of decisions are the program's: whatever is decided in future, a new topic needs no change of the table.
ALTER TABLE decisions DROP CONSTRAINT decisions_topic_check;

ALTER TABLE decisions ADD CONSTRAINT decisions_topic_check CHECK (topic ~ '^[a-z_]{1,40}$');
