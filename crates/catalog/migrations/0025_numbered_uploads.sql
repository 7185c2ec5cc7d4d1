-- Files whose parts come under numbers, in any order, as by S3's multipart upload. Such an upload has the state
-- `numbered`, and so many bytes as its parts, until its sender says which of them are the file; then it is `open`
-- and whole, and goes on as any other.

-- The name that the sender gave. May identify the patient: never logged.
ALTER TABLE uploads ADD COLUMN object TEXT;
-- Follows from the parts that are the file.
ALTER TABLE uploads ADD COLUMN entity_tag TEXT;

CREATE INDEX uploads_by_object ON uploads (owner, object);

-- The parts that came whole. What each is stored as stands in `upload_parts` under the same writer.
CREATE TABLE upload_numbers (
    upload       TEXT   NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number       BIGINT NOT NULL,
    writer       BIGINT NOT NULL,
    n_bytes      BIGINT NOT NULL,
    digest       TEXT   NOT NULL,
    stored_at_ms BIGINT NOT NULL,
    PRIMARY KEY (upload, number)
);
