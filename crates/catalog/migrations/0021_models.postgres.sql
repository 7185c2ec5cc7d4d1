CREATE CONSTRAINT TRIGGER models_changed AFTER UPDATE ON models
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_case_change();

CREATE FUNCTION keep_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW (NEW.hash, NEW.kind, NEW.name, NEW.version, NEW.criteria)
        IS DISTINCT FROM ROW (OLD.hash, OLD.kind, OLD.name, OLD.version, OLD.criteria)
    THEN
        RAISE EXCEPTION 'what a model is, and its criteria, are never changed';
    END IF;
    IF NEW.state <> OLD.state
        AND (NEW.state = 'draft' OR (OLD.state = 'draft' AND NEW.state = 'active'))
    THEN
        RAISE EXCEPTION 'a model is never made a draft again, nor a draft active';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER models_are_what_they_are BEFORE UPDATE ON models
FOR EACH ROW EXECUTE FUNCTION keep_model();

CREATE FUNCTION keep_models() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'models are never removed, their history and evaluations never changed';
END
$$;

CREATE TRIGGER models_are_kept BEFORE DELETE OR TRUNCATE ON models
FOR EACH STATEMENT EXECUTE FUNCTION keep_models();

CREATE TRIGGER model_changes_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON model_changes
FOR EACH STATEMENT EXECUTE FUNCTION keep_models();

CREATE TRIGGER model_evaluations_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON model_evaluations
FOR EACH STATEMENT EXECUTE FUNCTION keep_models();
