-- A number that grows with every change a person may be looking at, whichever process made it.
CREATE TABLE revision (
    n BIGINT NOT NULL
);

INSERT INTO revision (n) VALUES (0);

CREATE TRIGGER slides_inserted AFTER INSERT ON slides
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER slides_updated AFTER UPDATE ON slides
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER progress_inserted AFTER INSERT ON slide_progress
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER progress_updated AFTER UPDATE ON slide_progress
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER timings_inserted AFTER INSERT ON slide_timings
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER timings_updated AFTER UPDATE ON slide_timings
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER predictions_inserted AFTER INSERT ON predictions
BEGIN
    UPDATE revision SET n = n + 1;
END;

CREATE TRIGGER predictions_updated AFTER UPDATE ON predictions
BEGIN
    UPDATE revision SET n = n + 1;
END;
