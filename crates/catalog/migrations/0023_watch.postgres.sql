CREATE TRIGGER model_references_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON model_references
FOR EACH STATEMENT EXECUTE FUNCTION keep_models();

CREATE TRIGGER model_alerts_are_kept BEFORE DELETE OR TRUNCATE ON model_alerts
FOR EACH STATEMENT EXECUTE FUNCTION keep_models();

CREATE FUNCTION keep_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at_ms IS NOT NULL
        OR ROW (NEW.id, NEW.model, NEW.kind, NEW.subject, NEW.week, NEW.detail, NEW.opened_at_ms)
        IS DISTINCT FROM ROW (OLD.id, OLD.model, OLD.kind, OLD.subject, OLD.week, OLD.detail, OLD.opened_at_ms)
    THEN
        RAISE EXCEPTION 'of an alert nothing changes but that it is closed, once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER model_alerts_are_closed_once BEFORE UPDATE ON model_alerts
FOR EACH ROW EXECUTE FUNCTION keep_alert();

CREATE FUNCTION tell_model_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, task, alert, at_ms, next_at_ms)
    SELECT
        replace(gen_random_uuid()::text, '-', ''), webhooks.id, webhook_kinds.kind,
        (SELECT name FROM models WHERE hash = NEW.model), NEW.id, NEW.opened_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = 'model.alert';
    RETURN NULL;
END
$$;

CREATE TRIGGER model_alerts_are_told AFTER INSERT ON model_alerts
FOR EACH ROW EXECUTE FUNCTION tell_model_alert();
