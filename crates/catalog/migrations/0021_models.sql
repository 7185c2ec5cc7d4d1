-- Encoders and tasks by their hash, and whether people see what they say. A task or encoder without a row
-- is in service as it always was; once a version of a task is here, all of its versions go by what is here.
CREATE TABLE models (
    hash             TEXT   NOT NULL PRIMARY KEY,
    -- encoder or task
    kind             TEXT   NOT NULL,
    -- A task's id, or an encoder's name.
    name             TEXT   NOT NULL,
    -- Of a task.
    version          TEXT,
    -- The encoder whose bags a task reads, where that is known.
    encoder          TEXT,
    -- draft, shadow, active or retired
    state            TEXT   NOT NULL,
    -- What an evaluation must show, as JSON; null of what was in service before it was registered.
    criteria         TEXT,
    registered_by    TEXT   NOT NULL,
    registered_at_ms BIGINT NOT NULL,
    UNIQUE (kind, name, version)
);

CREATE UNIQUE INDEX models_active_task ON models (name) WHERE kind = 'task' AND state = 'active';

-- How each came to its state, in its order. Rows are only ever added.
CREATE TABLE model_changes (
    model      TEXT   NOT NULL REFERENCES models (hash),
    number     BIGINT NOT NULL,
    -- Null of its registration.
    from_state TEXT,
    to_state   TEXT   NOT NULL,
    -- registered, adopted, asked, superseded or rolled_back
    cause      TEXT   NOT NULL,
    -- Of a task that became active, the version that was until then.
    replaced   TEXT,
    -- The evaluation that a promotion rests on.
    evaluation BIGINT,
    actor      TEXT   NOT NULL,
    reason     TEXT,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (model, number)
);

-- What `coverslip evaluate` measured, and whether that meets the model's criteria. Rows are only ever added.
CREATE TABLE model_evaluations (
    model       TEXT   NOT NULL REFERENCES models (hash),
    number      BIGINT NOT NULL,
    report      TEXT   NOT NULL,
    verdict     TEXT   NOT NULL,
    -- In what it does not meet them; null where it does.
    unmet       TEXT,
    added_by    TEXT   NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (model, number)
);

-- What tasks in shadow say of slides. No one who shows or sends results reads this table.
CREATE TABLE shadow_results (
    slide          TEXT   NOT NULL REFERENCES slides (id),
    encoder_hash   TEXT   NOT NULL,
    task           TEXT   NOT NULL,
    task_version   TEXT   NOT NULL,
    task_hash      TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, encoder_hash, task, task_version, task_hash)
);

CREATE INDEX shadow_results_by_task ON shadow_results (task_hash, slide);

