-- Results, one for each slide, encoder and version of a task. `body` is the prediction as JSON.
CREATE TABLE predictions (
    slide          TEXT   NOT NULL REFERENCES slides (id),
    encoder_hash   TEXT   NOT NULL,
    task           TEXT   NOT NULL,
    task_version   TEXT   NOT NULL,
    task_hash      TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, encoder_hash, task, task_version, task_hash)
);
