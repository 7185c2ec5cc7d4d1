-- What people drew on a slide. Every version is kept; the highest holds. `body` is the feature as
-- GeoJSON, and NULL where the annotation was removed.
CREATE TABLE annotations (
    slide    TEXT   NOT NULL REFERENCES slides (id),
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    author   TEXT   NOT NULL,
    body     TEXT,
    drawn_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, id, version)
);
