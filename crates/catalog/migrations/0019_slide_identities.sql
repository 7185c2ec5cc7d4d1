-- What tells which slide a slide is, and what came of comparing it, as JSON. Every finding and every
-- correction is kept; the highest revision holds. `body` and `accession` identify the patient: never
-- logged, shown to people with a role only.
CREATE TABLE slide_identities (
    slide       TEXT   NOT NULL REFERENCES slides (id),
    revision    BIGINT NOT NULL,
    -- matched, open, contradicted or unmatched
    standing    TEXT   NOT NULL,
    -- The case that the slide names, where an order of it could settle the matter.
    accession   TEXT,
    body        TEXT   NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, revision)
);

CREATE INDEX slide_identities_by_standing ON slide_identities (standing, noted_at_ms, slide);
CREATE INDEX slide_identities_by_accession ON slide_identities (accession);
