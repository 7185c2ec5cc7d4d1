-- What tells which slide a slide is, and what came of comparing it, as JSON. Every finding and every
-- correction is kept; the highest revision holds. `body` identifies the patient: never logged, shown to
-- people with a role only.
CREATE TABLE slide_identities (
    slide       TEXT   NOT NULL REFERENCES slides (id),
    revision    BIGINT NOT NULL,
    -- matched, open, contradicted or unmatched
    standing    TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, revision)
);

CREATE INDEX slide_identities_by_standing ON slide_identities (standing, noted_at_ms, slide);

-- The cases that a slide names where an order could settle the matter. `accession` identifies the patient.
CREATE TABLE slide_identity_accessions (
    slide     TEXT   NOT NULL,
    revision  BIGINT NOT NULL,
    accession TEXT   NOT NULL,
    PRIMARY KEY (slide, revision, accession),
    FOREIGN KEY (slide, revision) REFERENCES slide_identities (slide, revision)
);

CREATE INDEX slide_identity_accessions_by_accession ON slide_identity_accessions (accession);
