-- Files that come in piece by piece. A row outlives its upload for a while, so that whoever asks is told
-- what became of it.
CREATE TABLE uploads (
    id               TEXT   NOT NULL PRIMARY KEY,
    -- The key that may go on with it, as a sha256; `bearer` is its name in the audit trail.
    owner            TEXT   NOT NULL,
    bearer           TEXT   NOT NULL,
    -- sha256 of what the sender knows the upload by; null once it ended without a slide.
    idempotency_key  TEXT,
    n_bytes          BIGINT NOT NULL,
    -- As the sender gave it. May identify the patient: never logged; null once it ended without a slide.
    metadata         TEXT,
    -- open, done, refused, removed or expired
    state            TEXT   NOT NULL,
    -- The bytes from the first on that outlive everything.
    n_kept           BIGINT NOT NULL,
    -- How many requests have begun to write. Only the last of them may.
    writer           BIGINT NOT NULL,
    -- A process puts the whole file together until then, or died.
    joining_until_ms BIGINT,
    slide            TEXT,
    touched_at_ms    BIGINT NOT NULL
);

CREATE UNIQUE INDEX uploads_by_key ON uploads (owner, idempotency_key);
CREATE INDEX uploads_by_age ON uploads (state, touched_at_ms);

-- Every part that may lie in storage: it is noted before it is stored, and forgotten once it is removed.
-- Those that are kept are the file from its first byte on.
CREATE TABLE upload_parts (
    upload      TEXT   NOT NULL REFERENCES uploads (id),
    writer      BIGINT NOT NULL,
    part        BIGINT NOT NULL,
    first_byte  BIGINT NOT NULL,
    n_bytes     BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    is_kept     BIGINT NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (upload, writer, part)
);

-- What each key may still do. Whoever begins an upload holds this row until it is counted.
CREATE TABLE upload_owners (
    owner   TEXT   NOT NULL PRIMARY KEY,
    n_begun BIGINT NOT NULL
);

-- The slides that each key brought within a day or so.
CREATE TABLE owner_slides (
    owner TEXT   NOT NULL,
    slide TEXT   NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (owner, slide)
);
