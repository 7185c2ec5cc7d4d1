-- Who did what. Rows are only ever added.
CREATE TABLE audit (
    seq    BIGINT PRIMARY KEY,
    at_ms  BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    action TEXT   NOT NULL,
    slide  TEXT,
    detail TEXT   NOT NULL
);

CREATE INDEX audit_by_slide ON audit (slide, seq);

-- The number of the last row. Whoever adds one holds this row to the end of the transaction, so that
-- rows become visible in the order of their numbers and no number is ever missing: a sequence
-- promises neither.
CREATE TABLE audit_end (
    seq BIGINT NOT NULL
);

INSERT INTO audit_end (seq) VALUES (0);

CREATE FUNCTION number_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_end SET seq = seq + 1 RETURNING seq INTO NEW.seq;
    RETURN NEW;
END
$$;

CREATE TRIGGER audit_is_numbered BEFORE INSERT ON audit
FOR EACH ROW EXECUTE FUNCTION number_audit();

CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is never changed or shortened';
END
$$;

CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();
