-- What was computed, each piece of work once however often a step was repeated. Nothing in it names a
-- patient, and what a version of a task was first asked in shadow counts apart from what people were shown.
CREATE TABLE metered_work (
    slide       TEXT   NOT NULL,
    -- embedded, scored or shadow
    kind        TEXT   NOT NULL,
    -- A task's id, or an encoder's name.
    name        TEXT   NOT NULL,
    -- Of a task.
    version     TEXT,
    -- The hash of the encoder, or of the task.
    model       TEXT   NOT NULL,
    -- Null where it was not known any more: before there was this table.
    n_tiles     BIGINT,
    -- Of the processor or device for embedding; of the clock for scoring. Null where it was not known.
    seconds     DOUBLE PRECISION,
    done_at_ms  BIGINT NOT NULL,
    PRIMARY KEY (slide, kind, model)
);

CREATE INDEX metered_work_by_time ON metered_work (done_at_ms);

INSERT INTO metered_work (slide, kind, name, version, model, done_at_ms)
SELECT slide, 'scored', task, max(task_version), task_hash, min(recorded_at_ms)
FROM predictions GROUP BY slide, task, task_hash;

INSERT INTO metered_work (slide, kind, name, version, model, done_at_ms)
SELECT slide, 'shadow', task, max(task_version), task_hash, min(recorded_at_ms)
FROM shadow_results GROUP BY slide, task, task_hash;

-- Tasks that are services and gave no result of a slide, until they do.
CREATE TABLE task_failures (
    slide        TEXT   NOT NULL REFERENCES slides (id),
    encoder_hash TEXT   NOT NULL,
    task         TEXT   NOT NULL,
    task_version TEXT   NOT NULL,
    task_hash    TEXT   NOT NULL,
    -- In words, which name the field that was wrong and nothing of a patient.
    reason       TEXT   NOT NULL,
    n_attempts   BIGINT NOT NULL,
    failed_at_ms BIGINT NOT NULL,
    -- Null where it is not asked again.
    again_at_ms  BIGINT,
    PRIMARY KEY (slide, task_hash)
);

CREATE INDEX task_failures_by_time ON task_failures (task_hash, again_at_ms);

-- The slide whose tiles a token reads; null of a token that is good for whatever its roles may do.
ALTER TABLE tokens ADD COLUMN slide TEXT;
