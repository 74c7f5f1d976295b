-- Lists of numbers. The numbers of a list are those of the blocks of its import; other blocks belong to an import that is under way or was
-- broken off. `covers` is text such as `+1415,+44,US`.
CREATE TABLE number_lists (
    name        TEXT   NOT NULL PRIMARY KEY,
    generation  BIGINT NOT NULL CHECK (generation > 0),
    import      UUID   NOT NULL,
    as_of       BIGINT NOT NULL,
    covers      TEXT   NOT NULL,
    count       BIGINT NOT NULL CHECK (count >= 0),
    imported_at BIGINT NOT NULL,
    imported_by TEXT   NOT NULL
);

CREATE UNIQUE INDEX one_list_per_import ON number_lists (import);

-- The generation of the last import of any list.
CREATE TABLE number_list_generation (last BIGINT NOT NULL);

INSERT INTO number_list_generation (last) VALUES (0);

-- Keyed hashes of eight bytes, sorted within a block and from block to block.
CREATE TABLE number_list_blocks (
    import  UUID   NOT NULL,
    number  BIGINT NOT NULL CHECK (number >= 0),
    numbers BYTEA  NOT NULL CHECK (octet_length(numbers) > 0 AND octet_length(numbers) % 8 = 0),
    PRIMARY KEY (import, number)
);

-- Hashes cannot be compressed, so the server does not try.
ALTER TABLE number_list_blocks ALTER COLUMN numbers SET STORAGE EXTERNAL;
