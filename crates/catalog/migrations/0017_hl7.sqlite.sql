-- Open cases that were ordered and have a result, while somebody sends. What is told of a case next, and
-- was not begun yet, will tell of all there is.
CREATE VIEW hl7_reportable AS
SELECT cases.id AS case_id FROM cases
WHERE EXISTS (
    SELECT 1 FROM hl7_sending WHERE wanted_until_ms > CAST(1000 * unixepoch('subsec') AS INTEGER)
)
AND cases.standing = 'open'
AND EXISTS (SELECT 1 FROM orders WHERE orders.case_id = cases.id)
AND EXISTS (
    SELECT 1 FROM slide_cases JOIN predictions ON predictions.slide = slide_cases.slide
    WHERE slide_cases.case_id = cases.id
)
AND NOT EXISTS (
    SELECT 1 FROM hl7_results
    WHERE hl7_results.case_id = cases.id AND version = 0 AND state = 'pending'
        AND body IS NULL AND claimed_until_ms IS NULL
);

CREATE TRIGGER predictions_added_are_reported AFTER INSERT ON predictions
BEGIN
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    SELECT lower(hex(randomblob(16))), case_id, 0, CAST(1000 * unixepoch('subsec') AS INTEGER)
    FROM hl7_reportable WHERE case_id IN (SELECT case_id FROM slide_cases WHERE slide = NEW.slide);
END;

CREATE TRIGGER predictions_replaced_are_reported AFTER UPDATE ON predictions
BEGIN
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    SELECT lower(hex(randomblob(16))), case_id, 0, CAST(1000 * unixepoch('subsec') AS INTEGER)
    FROM hl7_reportable WHERE case_id IN (SELECT case_id FROM slide_cases WHERE slide = NEW.slide);
END;

CREATE TRIGGER slides_put_in_cases_are_reported AFTER INSERT ON slide_cases
BEGIN
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    SELECT lower(hex(randomblob(16))), case_id, 0, CAST(1000 * unixepoch('subsec') AS INTEGER)
    FROM hl7_reportable WHERE case_id = NEW.case_id;
END;

CREATE TRIGGER slides_moved_are_reported AFTER UPDATE ON slide_cases
BEGIN
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    SELECT lower(hex(randomblob(16))), case_id, 0, CAST(1000 * unixepoch('subsec') AS INTEGER)
    FROM hl7_reportable WHERE case_id IN (NEW.case_id, OLD.case_id);
END;

CREATE TRIGGER orders_are_reported AFTER INSERT ON orders
BEGIN
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    SELECT lower(hex(randomblob(16))), case_id, 0, CAST(1000 * unixepoch('subsec') AS INTEGER)
    FROM hl7_reportable WHERE case_id = NEW.case_id;
END;

CREATE TRIGGER sign_offs_are_reported AFTER INSERT ON sign_offs
WHEN EXISTS (
    SELECT 1 FROM hl7_sending WHERE wanted_until_ms > CAST(1000 * unixepoch('subsec') AS INTEGER)
)
AND EXISTS (SELECT 1 FROM orders WHERE orders.case_id = NEW.case_id)
BEGIN
    UPDATE hl7_results SET state = 'superseded'
    WHERE case_id = NEW.case_id AND version = 0 AND state = 'pending'
        AND body IS NULL AND claimed_until_ms IS NULL;
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    VALUES (
        lower(hex(randomblob(16))), NEW.case_id, NEW.version,
        CAST(1000 * unixepoch('subsec') AS INTEGER)
    );
END;
