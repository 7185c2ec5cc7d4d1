-- Messages of the laboratory's systems, with the answer that each was given: by its sender and control id
-- a message has one effect, and the same answer again. `body` is its bytes in base64; both name patients.
CREATE TABLE hl7_received (
    sender         TEXT   NOT NULL,
    control_id     TEXT   NOT NULL,
    sha256         TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    answer         TEXT   NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (sender, control_id)
);

CREATE INDEX hl7_received_by_age ON hl7_received (received_at_ms);

-- Until when results are written down to be sent: whoever sends them says so again and again.
CREATE TABLE hl7_sending (
    wanted_until_ms BIGINT NOT NULL
);

INSERT INTO hl7_sending (wanted_until_ms) VALUES (0);

-- Results to be sent, and what became of each, written in the transaction of what they tell of by the
-- triggers below. It refers to no other row, as with webhooks.
CREATE TABLE hl7_results (
    id               TEXT   NOT NULL PRIMARY KEY,
    case_id          TEXT   NOT NULL,
    -- Of the signature; 0 for what nobody signed.
    version          BIGINT NOT NULL,
    at_ms            BIGINT NOT NULL,
    -- pending, delivered, failed or superseded
    state            TEXT   NOT NULL DEFAULT 'pending',
    -- The message, made before it is sent first: the same at every attempt. It names a patient.
    body             TEXT,
    n_attempts       BIGINT NOT NULL DEFAULT 0,
    -- Of these, how often it was sent and not answered.
    n_unanswered     BIGINT NOT NULL DEFAULT 0,
    next_at_ms       BIGINT NOT NULL DEFAULT 0,
    -- A process is at it until then, or died.
    claimed_until_ms BIGINT,
    last_at_ms       BIGINT,
    -- May repeat what the receiver said.
    last_error       TEXT
);

CREATE INDEX hl7_results_pending ON hl7_results (at_ms, version, id) WHERE state = 'pending';
CREATE INDEX hl7_results_by_case ON hl7_results (case_id);
CREATE INDEX hl7_results_by_age ON hl7_results (at_ms, id);

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
