-- Each event's hash is over the event and the hash before it. It is null of events that a version
-- without the chain wrote; they are taken into it in their order.
ALTER TABLE audit ADD COLUMN hash TEXT;

-- Beside the number of the last event: the last that is in the chain with its hash, and the last there
-- was before there was a chain. There is room in its page for the many versions of its one row.
ALTER TABLE audit_end ADD COLUMN chained BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_end ADD COLUMN hash TEXT NOT NULL
    DEFAULT '0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE audit_end ADD COLUMN older BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_end SET (fillfactor = 10);

UPDATE audit_end SET older = seq;

CREATE OR REPLACE FUNCTION number_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_end SET
        seq = seq + 1,
        chained = CASE WHEN NEW.hash IS NULL THEN chained ELSE seq + 1 END,
        hash = coalesce(NEW.hash, hash)
    RETURNING seq INTO NEW.seq;
    RETURN NEW;
END
$$;

DROP TRIGGER audit_is_kept ON audit;

CREATE TRIGGER audit_is_kept BEFORE DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();

CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.hash IS NOT NULL OR NEW.hash IS NULL
        OR (NEW.seq, NEW.at_ms, NEW.actor, NEW.action, NEW.slide, NEW.detail)
            IS DISTINCT FROM (OLD.seq, OLD.at_ms, OLD.actor, OLD.action, OLD.slide, OLD.detail)
    THEN
        RAISE EXCEPTION 'the audit trail is never changed or shortened';
    END IF;
    UPDATE audit_end SET chained = NEW.seq, hash = NEW.hash;
    RETURN NEW;
END
$$;

CREATE TRIGGER audit_is_chained BEFORE UPDATE ON audit
FOR EACH ROW EXECUTE FUNCTION chain_audit();

-- Which tasks are in service is read from the trail.
CREATE INDEX audit_of_tasks ON audit (seq) WHERE action IN ('task_added', 'task_removed');
