-- A number that grows with every change a person may be looking at, whichever process made it.
-- There is room in its page for the many versions of its one row.
CREATE TABLE revision (
    n BIGINT NOT NULL
) WITH (fillfactor = 10);

INSERT INTO revision (n) VALUES (0);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET n = n + 1;
    RETURN NULL;
END
$$;

-- Deferred to the commit: the row that all writers share is then the last that each of them locks,
-- so that none holds it for long and no two wait for each other.
CREATE CONSTRAINT TRIGGER slides_changed AFTER INSERT OR UPDATE ON slides
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change();

CREATE CONSTRAINT TRIGGER progress_changed AFTER INSERT OR UPDATE ON slide_progress
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change();

CREATE CONSTRAINT TRIGGER timings_changed AFTER INSERT OR UPDATE ON slide_timings
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change();

CREATE CONSTRAINT TRIGGER predictions_changed AFTER INSERT OR UPDATE ON predictions
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change();
