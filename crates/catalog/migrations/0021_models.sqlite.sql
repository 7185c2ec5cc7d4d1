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

CREATE TRIGGER models_changed AFTER UPDATE ON models
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER models_are_what_they_are BEFORE UPDATE ON models
WHEN NEW.hash IS NOT OLD.hash OR NEW.kind IS NOT OLD.kind OR NEW.name IS NOT OLD.name
    OR NEW.version IS NOT OLD.version OR NEW.criteria IS NOT OLD.criteria
BEGIN
    SELECT RAISE(ABORT, 'what a model is, and its criteria, are never changed');
END;

CREATE TRIGGER models_go_their_way BEFORE UPDATE OF state ON models
WHEN NEW.state = 'draft' OR (OLD.state = 'draft' AND NEW.state = 'active')
BEGIN
    SELECT RAISE(ABORT, 'a model is never made a draft again, nor a draft active');
END;

CREATE TRIGGER models_are_never_removed BEFORE DELETE ON models
BEGIN
    SELECT RAISE(ABORT, 'models are never removed');
END;

CREATE TRIGGER model_changes_are_never_changed BEFORE UPDATE ON model_changes
BEGIN
    SELECT RAISE(ABORT, 'the history of a model is never changed');
END;

CREATE TRIGGER model_changes_are_never_removed BEFORE DELETE ON model_changes
BEGIN
    SELECT RAISE(ABORT, 'the history of a model is never removed');
END;

CREATE TRIGGER model_evaluations_are_never_changed BEFORE UPDATE ON model_evaluations
BEGIN
    SELECT RAISE(ABORT, 'evaluations are never changed');
END;

CREATE TRIGGER model_evaluations_are_never_removed BEFORE DELETE ON model_evaluations
BEGIN
    SELECT RAISE(ABORT, 'evaluations are never removed');
END;
