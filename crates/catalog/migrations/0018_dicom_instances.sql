-- DICOM instances that came under UIDs of their own, and what became of them: the one of full resolution is
-- a slide, others are kept as they came. Slides have their row once they are stored or tiled.
CREATE TABLE dicom_instances (
    instance     TEXT   NOT NULL PRIMARY KEY,
    series       TEXT   NOT NULL,
    study        TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    digest       TEXT   NOT NULL,
    n_bytes      BIGINT NOT NULL,
    slide        TEXT,
    stored_at_ms BIGINT NOT NULL
);
CREATE INDEX dicom_instances_by_series ON dicom_instances (series);
CREATE INDEX dicom_instances_by_study ON dicom_instances (study, slide);
CREATE INDEX dicom_instances_by_slide ON dicom_instances (slide);
