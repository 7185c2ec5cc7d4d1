-- A number that grows with every change to cases, their orders and slides, and what people say of them;
-- the revision grows with it.
ALTER TABLE revision ADD COLUMN cases BIGINT NOT NULL DEFAULT 0;

CREATE FUNCTION count_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER cases_changed AFTER INSERT OR UPDATE ON cases
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE CONSTRAINT TRIGGER orders_changed AFTER INSERT ON orders
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE CONSTRAINT TRIGGER slide_cases_changed AFTER INSERT OR UPDATE ON slide_cases
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE CONSTRAINT TRIGGER reviews_changed AFTER INSERT ON reviews
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE CONSTRAINT TRIGGER sign_offs_changed AFTER INSERT ON sign_offs
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE FUNCTION keep_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reviews and signatures are never changed or removed';
END
$$;

CREATE TRIGGER reviews_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews
FOR EACH STATEMENT EXECUTE FUNCTION keep_word();

CREATE TRIGGER sign_offs_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON sign_offs
FOR EACH STATEMENT EXECUTE FUNCTION keep_word();
