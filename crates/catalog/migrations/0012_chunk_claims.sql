-- Which worker embeds which chunk of a bag that several embed together. A worker holds a chunk until
-- `until_ms`; where that is null the chunk is in storage. The rows go when the bag is whole.
CREATE TABLE chunk_claims (
    slide    TEXT   NOT NULL REFERENCES slides (id),
    encoder  TEXT   NOT NULL,
    chunk    BIGINT NOT NULL,
    holder   TEXT   NOT NULL,
    until_ms BIGINT,
    PRIMARY KEY (slide, encoder, chunk)
);
