-- Each event's hash is over the event and the hash before it. It is null of events that a version
-- without the chain wrote; they are taken into it in their order.
ALTER TABLE audit ADD COLUMN hash TEXT;

-- The last event, the last that is in the chain with its hash, and the last there was before there was
-- a chain. Whoever adds an event holds this row to the end of the transaction.
CREATE TABLE audit_end (
    seq     BIGINT NOT NULL,
    chained BIGINT NOT NULL,
    hash    TEXT   NOT NULL,
    older   BIGINT NOT NULL
);

INSERT INTO audit_end (seq, chained, hash, older)
SELECT
    coalesce(max(seq), 0),
    0,
    '0000000000000000000000000000000000000000000000000000000000000000',
    coalesce(max(seq), 0)
FROM audit;

CREATE TRIGGER audit_has_grown AFTER INSERT ON audit
BEGIN
    UPDATE audit_end SET
        seq = NEW.seq,
        chained = CASE WHEN NEW.hash IS NULL THEN chained ELSE NEW.seq END,
        hash = coalesce(NEW.hash, hash);
END;

DROP TRIGGER audit_is_never_changed;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL
    OR NEW.seq IS NOT OLD.seq OR NEW.at_ms IS NOT OLD.at_ms OR NEW.actor IS NOT OLD.actor
    OR NEW.action IS NOT OLD.action OR NEW.slide IS NOT OLD.slide OR NEW.detail IS NOT OLD.detail
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is never changed');
END;

CREATE TRIGGER audit_is_chained AFTER UPDATE ON audit
BEGIN
    UPDATE audit_end SET chained = NEW.seq, hash = NEW.hash;
END;

-- Which tasks are in service is read from the trail.
CREATE INDEX audit_of_tasks ON audit (seq) WHERE action IN ('task_added', 'task_removed');
