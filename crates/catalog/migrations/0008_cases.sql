-- What the laboratory calls an accession. The id is random: it stands in addresses and logs, and says
-- nothing of the patient.
CREATE TABLE cases (
    id           TEXT   NOT NULL PRIMARY KEY,
    -- Both identify the patient: never logged, shown to people with a role only.
    accession    TEXT   NOT NULL UNIQUE,
    patient      TEXT,
    -- The name of whoever shall read the case.
    assignee     TEXT,
    -- open or signed
    standing     TEXT   NOT NULL,
    opened_at_ms BIGINT NOT NULL
);

CREATE INDEX cases_by_age ON cases (standing, opened_at_ms, id);

-- What the laboratory asked for. `natural_key` is the sha256 of what makes two orders one.
CREATE TABLE orders (
    id              TEXT   NOT NULL PRIMARY KEY,
    case_id         TEXT   NOT NULL REFERENCES cases (id),
    natural_key     TEXT   NOT NULL UNIQUE,
    ordered_by      TEXT   NOT NULL,
    idempotency_key TEXT,
    body            TEXT   NOT NULL,
    ordered_at_ms   BIGINT NOT NULL,
    UNIQUE (ordered_by, idempotency_key)
);

CREATE INDEX orders_by_case ON orders (case_id, ordered_at_ms);
CREATE INDEX orders_by_age ON orders (ordered_at_ms, id);

-- Which case a slide belongs to, and from where in it.
CREATE TABLE slide_cases (
    slide   TEXT NOT NULL PRIMARY KEY REFERENCES slides (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    part    TEXT,
    block   TEXT,
    stain   TEXT
);

CREATE INDEX slide_cases_by_case ON slide_cases (case_id);

DROP VIEW slide_rows;

CREATE VIEW slide_rows AS
SELECT
    slides.*,
    slide_progress.stage AS progress_stage,
    slide_progress.done AS progress_done,
    slide_progress.total AS progress_total,
    slide_timings.stage AS timing_stage,
    slide_timings.wall_s AS timing_wall_s,
    slide_timings.busy_s AS timing_busy_s,
    slide_cases.case_id AS case_id,
    slide_cases.part AS part,
    slide_cases.block AS block,
    slide_cases.stain AS stain
FROM slides
LEFT JOIN slide_progress ON slide_progress.slide = slides.id
LEFT JOIN slide_timings ON slide_timings.slide = slides.id
LEFT JOIN slide_cases ON slide_cases.slide = slides.id;
