CREATE TRIGGER model_references_are_never_changed BEFORE UPDATE ON model_references
BEGIN
    SELECT RAISE(ABORT, 'the reference of a model is never changed');
END;

CREATE TRIGGER model_references_are_never_removed BEFORE DELETE ON model_references
BEGIN
    SELECT RAISE(ABORT, 'the reference of a model is never removed');
END;

CREATE TRIGGER model_alerts_are_never_removed BEFORE DELETE ON model_alerts
BEGIN
    SELECT RAISE(ABORT, 'alerts are never removed');
END;

CREATE TRIGGER model_alerts_are_closed_once BEFORE UPDATE ON model_alerts
WHEN OLD.closed_at_ms IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.model IS NOT OLD.model
    OR NEW.kind IS NOT OLD.kind OR NEW.subject IS NOT OLD.subject OR NEW.week IS NOT OLD.week
    OR NEW.detail IS NOT OLD.detail OR NEW.opened_at_ms IS NOT OLD.opened_at_ms
BEGIN
    SELECT RAISE(ABORT, 'of an alert nothing changes but that it is closed, once');
END;

CREATE TRIGGER model_alert_is_told AFTER INSERT ON model_alerts
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, task, alert, at_ms, next_at_ms)
    SELECT
        lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind,
        (SELECT name FROM models WHERE hash = NEW.model), NEW.id, NEW.opened_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = 'model.alert';
END;
