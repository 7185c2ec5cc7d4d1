-- What people say of a slide, in their order. Rows are only ever added; `body` is the opinion as JSON.
CREATE TABLE reviews (
    slide          TEXT   NOT NULL REFERENCES slides (id),
    number         BIGINT NOT NULL,
    reviewer       TEXT   NOT NULL,
    -- impression, accept or override
    kind           TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    -- The number of the review that this one takes the place of.
    amends         BIGINT,
    reviewed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (slide, number),
    UNIQUE (slide, amends),
    FOREIGN KEY (slide, amends) REFERENCES reviews (slide, number)
);

CREATE INDEX reviews_by_reader ON reviews (slide, reviewer, kind);

-- What a person signed of a case. Rows are only ever added; the highest version holds.
CREATE TABLE sign_offs (
    case_id      TEXT   NOT NULL REFERENCES cases (id),
    version      BIGINT NOT NULL,
    signer       TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (case_id, version)
);
