CREATE TRIGGER models_changed AFTER UPDATE ON models
BEGIN
    UPDATE revision SET n = n + 1, cases = cases + 1;
END;

CREATE TRIGGER models_are_what_they_are BEFORE UPDATE ON models
WHEN NEW.hash IS NOT OLD.hash OR NEW.kind IS NOT OLD.kind OR NEW.name IS NOT OLD.name
    OR NEW.version IS NOT OLD.version OR NEW.criteria IS NOT OLD.criteria
BEGIN
    SELECT RAISE(ABORT, 'what a model is, and its criteria, are never changed');
END;

CREATE TRIGGER models_go_their_way BEFORE UPDATE OF state ON models
WHEN NEW.state = 'draft' OR (OLD.state = 'draft' AND NEW.state = 'active')
BEGIN
    SELECT RAISE(ABORT, 'a model is never made a draft again, nor a draft active');
END;

CREATE TRIGGER models_are_never_removed BEFORE DELETE ON models
BEGIN
    SELECT RAISE(ABORT, 'models are never removed');
END;

CREATE TRIGGER model_changes_are_never_changed BEFORE UPDATE ON model_changes
BEGIN
    SELECT RAISE(ABORT, 'the history of a model is never changed');
END;

CREATE TRIGGER model_changes_are_never_removed BEFORE DELETE ON model_changes
BEGIN
    SELECT RAISE(ABORT, 'the history of a model is never removed');
END;

CREATE TRIGGER model_evaluations_are_never_changed BEFORE UPDATE ON model_evaluations
BEGIN
    SELECT RAISE(ABORT, 'evaluations are never changed');
END;

CREATE TRIGGER model_evaluations_are_never_removed BEFORE DELETE ON model_evaluations
BEGIN
    SELECT RAISE(ABORT, 'evaluations are never removed');
END;
