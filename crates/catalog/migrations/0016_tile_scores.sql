-- What a task says of the tiles of one chunk of a bag that is not whole yet, each tile alone, as JSON.
-- The rows go when the slide is no longer being embedded.
CREATE TABLE tile_scores (
    slide        TEXT   NOT NULL REFERENCES slides (id),
    encoder      TEXT   NOT NULL,
    task         TEXT   NOT NULL,
    task_version TEXT   NOT NULL,
    chunk        BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (slide, encoder, task, task_version, chunk)
);
