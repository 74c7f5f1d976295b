-- What a server keeps of its callers' keys. The secret itself is nowhere, only its hash. `scopes`, `ip_allow` and `limits` are JSON. `number`: the
-- order in which they were made.
CREATE TABLE api_keys (
    number       INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    secret_hash  BLOB    NOT NULL CHECK (length(secret_hash) = 32),
    tenant       TEXT,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    expires_at   INTEGER,
    ip_allow     TEXT    NOT NULL,
    limits       TEXT    NOT NULL,
    confirm      INTEGER NOT NULL CHECK (confirm = 0 OR confirm = 1),
    created_by   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER,
    request_key  BLOB    CHECK (length(request_key) = 32)
) STRICT;

-- One key for each request to make one.
CREATE UNIQUE INDEX one_key_per_request ON api_keys (request_key) WHERE request_key IS NOT NULL;

CREATE TRIGGER api_keys_stay BEFORE DELETE ON api_keys
BEGIN
    SELECT RAISE(ABORT, 'API keys are never deleted');
END;

-- A key never gives more than it was made with, and one that was revoked stays so.
CREATE TRIGGER api_keys_never_widen BEFORE UPDATE ON api_keys
WHEN NEW.id <> OLD.id OR NEW.secret_hash <> OLD.secret_hash OR NEW.tenant IS NOT OLD.tenant OR NEW.scopes <> OLD.scopes
  OR NEW.ip_allow <> OLD.ip_allow OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
  OR (OLD.expires_at IS NOT NULL AND (NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at))
BEGIN
    SELECT RAISE(ABORT, 'an API key is never widened and never revoked a second time');
END;

-- Rises in the transaction that revokes a key or lets one expire: whoever keeps keys in memory sees it and reads them again.
CREATE TABLE keys_epoch (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO keys_epoch (one, epoch) VALUES (1, 0);

-- A page of a tenant's calls, newest first, is a range of this index.
CREATE INDEX calls_of_tenant ON calls (tenant, id);
