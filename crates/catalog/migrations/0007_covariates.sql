-- What is known of a slide beside its pixels, as JSON. Every giving is kept; the highest revision
-- holds. May tell of a patient: never logged, shown to people with a role only.
CREATE TABLE slide_covariates (
    slide       TEXT   NOT NULL REFERENCES slides (id),
    revision    BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    given_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, revision)
);
