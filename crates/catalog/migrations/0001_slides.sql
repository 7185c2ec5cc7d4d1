-- One row for each pushed file. `status` is the whole status as JSON, `state` the name in it.
CREATE TABLE slides (
    id             TEXT   NOT NULL PRIMARY KEY,
    digest         TEXT   NOT NULL,
    n_bytes        BIGINT NOT NULL,
    -- May identify the patient: never logged, shown to people with a role only.
    file_name      TEXT,
    mpp_override   DOUBLE PRECISION,
    state          TEXT   NOT NULL,
    status         TEXT   NOT NULL,
    received_at_ms BIGINT NOT NULL
);

CREATE INDEX slides_by_age ON slides (received_at_ms, id);
CREATE INDEX slides_by_state ON slides (state);

-- How far the stage under way has come. Lost without harm.
CREATE TABLE slide_progress (
    slide TEXT   NOT NULL PRIMARY KEY REFERENCES slides (id),
    stage TEXT   NOT NULL,
    done  BIGINT NOT NULL,
    total BIGINT NOT NULL
);

-- What each stage cost when it last ran.
CREATE TABLE slide_timings (
    slide  TEXT             NOT NULL REFERENCES slides (id),
    stage  TEXT             NOT NULL,
    wall_s DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (slide, stage)
);

-- A slide appears once for each of its timings, and once if it has none.
CREATE VIEW slide_rows AS
SELECT
    slides.*,
    slide_progress.stage AS progress_stage,
    slide_progress.done AS progress_done,
    slide_progress.total AS progress_total,
    slide_timings.stage AS timing_stage,
    slide_timings.wall_s AS timing_wall_s
FROM slides
LEFT JOIN slide_progress ON slide_progress.slide = slides.id
LEFT JOIN slide_timings ON slide_timings.slide = slides.id;
