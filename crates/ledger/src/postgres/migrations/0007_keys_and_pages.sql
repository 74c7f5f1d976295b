-- What a server keeps of its callers' keys. The secret itself is nowhere, only its hash. `scopes`, `ip_allow` and `limits` are JSON. `number`: the
-- order in which they were made.
CREATE TABLE api_keys (
    number       BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           TEXT    NOT NULL,
    secret_hash  BYTEA   NOT NULL CHECK (length(secret_hash) = 32),
    tenant       TEXT,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    expires_at   BIGINT,
    ip_allow     TEXT    NOT NULL,
    limits       TEXT    NOT NULL,
    confirm      BOOLEAN NOT NULL,
    created_by   TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT,
    request_key  BYTEA   CHECK (length(request_key) = 32)
);

CREATE UNIQUE INDEX one_key_per_id ON api_keys (id);

-- One key for each request to make one.
CREATE UNIQUE INDEX one_key_per_request ON api_keys (request_key) WHERE request_key IS NOT NULL;

-- A key never gives more than it was made with, and one that was revoked stays so.
CREATE FUNCTION api_keys_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.secret_hash, NEW.scopes, NEW.ip_allow) = (OLD.id, OLD.secret_hash, OLD.scopes, OLD.ip_allow)
        AND NEW.tenant IS NOT DISTINCT FROM OLD.tenant
        AND (OLD.revoked_at IS NULL OR NEW.revoked_at IS NOT DISTINCT FROM OLD.revoked_at)
        AND (OLD.expires_at IS NULL OR coalesce(NEW.expires_at <= OLD.expires_at, FALSE))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'API keys are never deleted and never widened, and revoked once';
END
$$;

CREATE TRIGGER api_keys_stay BEFORE UPDATE OR DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION api_keys_stay();

CREATE TRIGGER api_keys_stay_all BEFORE TRUNCATE ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION api_keys_stay();

-- Rises in the transaction that revokes a key or lets one expire: whoever keeps keys in memory sees it and reads them again.
CREATE TABLE keys_epoch (
    one   BOOLEAN NOT NULL PRIMARY KEY CHECK (one),
    epoch BIGINT  NOT NULL
);

INSERT INTO keys_epoch (one, epoch) VALUES (TRUE, 0);

-- A page of a tenant's calls, newest first, is a range of this index.
CREATE INDEX calls_of_tenant ON calls (tenant, id);
