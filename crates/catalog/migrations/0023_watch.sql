-- What is kept of each slide's embeddings to compare slides by: 64 numbers as JSON.
CREATE TABLE slide_sketches (
    slide        TEXT NOT NULL REFERENCES slides (id),
    encoder_hash TEXT NOT NULL,
    sketch       TEXT NOT NULL,
    PRIMARY KEY (slide, encoder_hash)
);

-- What each task said of each slide, as far as weeks are compared by it. `scored_at_ms` is of the first time.
CREATE TABLE model_observations (
    slide        TEXT   NOT NULL REFERENCES slides (id),
    task_hash    TEXT   NOT NULL,
    encoder_hash TEXT   NOT NULL,
    -- Maker and model as the file says; null where it does not.
    scanner      TEXT,
    -- The probability; null where that is not the task's.
    score        DOUBLE PRECISION,
    -- 1 where the task gave no answer, else 0.
    abstained    BIGINT NOT NULL,
    scored_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, task_hash)
);

CREATE INDEX model_observations_by_time ON model_observations (task_hash, scored_at_ms);

-- The slides a model was accepted on, with what it said of them then, as JSON. Rows are only ever added; the
-- last holds.
CREATE TABLE model_references (
    model        TEXT   NOT NULL REFERENCES models (hash),
    number       BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    stored_by    TEXT   NOT NULL,
    stored_at_ms BIGINT NOT NULL,
    PRIMARY KEY (model, number)
);

-- What the last look at a model found, as JSON.
CREATE TABLE model_watches (
    model        TEXT   NOT NULL REFERENCES models (hash),
    -- drift or subgroups
    kind         TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    looked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (model, kind)
);

-- When somebody looks next; whoever sets it on does.
CREATE TABLE watch_turn (
    next_at_ms BIGINT NOT NULL
);

INSERT INTO watch_turn (next_at_ms) VALUES (0);

-- What a person should look at. `detail` has the figures as JSON; of one matter one alert is open at most.
CREATE TABLE model_alerts (
    id            TEXT   NOT NULL PRIMARY KEY,
    model         TEXT   NOT NULL REFERENCES models (hash),
    -- embedding_distance, abstention_rate, override_rate or subgroup_gap
    kind          TEXT   NOT NULL,
    -- The scanner, or the group and its figure.
    subject       TEXT   NOT NULL,
    -- Of the ISO calendar, such as 2026-W47.
    week          TEXT   NOT NULL,
    detail        TEXT   NOT NULL,
    opened_at_ms  BIGINT NOT NULL,
    closed_by     TEXT,
    closed_reason TEXT,
    closed_at_ms  BIGINT,
    UNIQUE (model, kind, subject, week)
);

CREATE UNIQUE INDEX model_alerts_open ON model_alerts (model, kind, subject) WHERE closed_at_ms IS NULL;

-- Who saw an alert first when.
CREATE TABLE model_alert_sightings (
    alert      TEXT   NOT NULL REFERENCES model_alerts (id),
    person     TEXT   NOT NULL,
    seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (alert, person)
);

ALTER TABLE webhook_messages ADD COLUMN alert TEXT;

