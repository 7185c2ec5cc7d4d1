-- What lets people and machines in. The secrets themselves are nowhere: `hash` is their sha256.
CREATE TABLE tokens (
    hash          TEXT   NOT NULL PRIMARY KEY,
    -- bearer, session or login_code
    kind          TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    -- JSON array of role names
    roles         TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT
);

CREATE INDEX tokens_by_expiry ON tokens (expires_at_ms);
