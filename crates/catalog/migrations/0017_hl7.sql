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

