-- Lists of numbers. The numbers of a list are those of the blocks of its import; other blocks belong to an import that is under way or was
-- broken off. `covers` is text such as `+1415,+44,US`.
CREATE TABLE number_lists (
    name        TEXT    NOT NULL PRIMARY KEY,
    generation  INTEGER NOT NULL CHECK (generation > 0),
    import      BLOB    NOT NULL CHECK (length(import) = 16),
    as_of       INTEGER NOT NULL,
    covers      TEXT    NOT NULL,
    count       INTEGER NOT NULL CHECK (count >= 0),
    imported_at INTEGER NOT NULL,
    imported_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_list_per_import ON number_lists (import);

-- The generation of the last import of any list.
CREATE TABLE number_list_generation (last INTEGER NOT NULL) STRICT;

INSERT INTO number_list_generation (last) VALUES (0);

-- Keyed hashes of eight bytes, sorted within a block and from block to block.
CREATE TABLE number_list_blocks (
    import  BLOB    NOT NULL CHECK (length(import) = 16),
    number  INTEGER NOT NULL CHECK (number >= 0),
    numbers BLOB    NOT NULL CHECK (length(numbers) > 0 AND length(numbers) % 8 = 0),
    PRIMARY KEY (import, number)
) STRICT;
