CREATE TRIGGER slide_received_is_told AFTER INSERT ON slides
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, slide, at_ms, next_at_ms)
    SELECT lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind, NEW.id, NEW.received_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = 'slide.received';
END;

CREATE TRIGGER slide_at_rest_is_told AFTER UPDATE ON slides
WHEN NEW.state <> OLD.state AND NEW.state IN ('held', 'quarantined')
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, slide, at_ms, next_at_ms)
    SELECT
        lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind, NEW.id,
        CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind =
        CASE NEW.state WHEN 'held' THEN 'slide.held' ELSE 'slide.failed' END;
END;

CREATE TRIGGER prediction_is_told AFTER INSERT ON predictions
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, slide, task, at_ms, next_at_ms)
    SELECT
        lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind, NEW.slide, NEW.task,
        NEW.recorded_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = 'prediction.ready';
END;

CREATE TRIGGER other_prediction_is_told AFTER UPDATE ON predictions
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, slide, task, at_ms, next_at_ms)
    SELECT
        lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind, NEW.slide, NEW.task,
        NEW.recorded_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = 'prediction.ready';
END;

CREATE TRIGGER sign_off_is_told AFTER INSERT ON sign_offs
BEGIN
    INSERT INTO webhook_messages (id, webhook, kind, case_id, at_ms, next_at_ms)
    SELECT
        lower(hex(randomblob(16))), webhooks.id, webhook_kinds.kind, NEW.case_id, NEW.signed_at_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind =
        CASE NEW.version WHEN 1 THEN 'case.signed' ELSE 'case.amended' END;
END;
