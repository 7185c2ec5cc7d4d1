-- A number that grows with every change to cases, their orders and slides, and what people say of them;
-- the revision grows with it.
ALTER TABLE revision ADD COLUMN cases BIGINT NOT NULL DEFAULT 0;

CREATE TRIGGER cases_inserted AFTER INSERT ON cases
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER cases_updated AFTER UPDATE ON cases
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER orders_inserted AFTER INSERT ON orders
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER slide_cases_inserted AFTER INSERT ON slide_cases
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER slide_cases_updated AFTER UPDATE ON slide_cases
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER reviews_inserted AFTER INSERT ON reviews
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER sign_offs_inserted AFTER INSERT ON sign_offs
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER reviews_are_never_changed BEFORE UPDATE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'reviews and signatures are never changed');
END;

CREATE TRIGGER reviews_are_never_removed BEFORE DELETE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'reviews and signatures are never removed');
END;

CREATE TRIGGER sign_offs_are_never_changed BEFORE UPDATE ON sign_offs
BEGIN
    SELECT RAISE(ABORT, 'reviews and signatures are never changed');
END;

CREATE TRIGGER sign_offs_are_never_removed BEFORE DELETE ON sign_offs
BEGIN
    SELECT RAISE(ABORT, 'reviews and signatures are never removed');
END;
