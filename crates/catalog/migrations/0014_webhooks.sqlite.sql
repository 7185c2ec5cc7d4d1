-- Who is told of what happens. The secrets sign what is sent, so they can be read back; they are never
-- shown again.
CREATE TABLE webhooks (
    id                TEXT   NOT NULL PRIMARY KEY,
    url               TEXT   NOT NULL,
    -- active, off (by a person) or gone (by the receiver's 410)
    standing          TEXT   NOT NULL,
    secret            TEXT   NOT NULL,
    -- The one before, which signs beside it until then.
    previous_secret   TEXT,
    previous_until_ms BIGINT,
    created_by        TEXT   NOT NULL,
    created_at_ms     BIGINT NOT NULL
);

CREATE TABLE webhook_kinds (
    webhook TEXT NOT NULL,
    kind    TEXT NOT NULL,
    PRIMARY KEY (webhook, kind)
);

-- What is to be told, and what became of it: one row for each event and receiver, written in the
-- transaction of the event by the triggers below. It refers to no other row, so that none of these
-- transactions ever fails for a receiver that is being removed.
CREATE TABLE webhook_messages (
    id               TEXT   NOT NULL PRIMARY KEY,
    webhook          TEXT   NOT NULL,
    kind             TEXT   NOT NULL,
    slide            TEXT,
    case_id          TEXT,
    task             TEXT,
    at_ms            BIGINT NOT NULL,
    -- pending, delivered or failed
    state            TEXT   NOT NULL DEFAULT 'pending',
    n_attempts       BIGINT NOT NULL DEFAULT 0,
    -- When the next attempt is due; null where there is none.
    next_at_ms       BIGINT,
    -- A process is at it until then, or died.
    claimed_until_ms BIGINT,
    last_at_ms       BIGINT,
    last_status      BIGINT,
    last_error       TEXT
);

CREATE INDEX webhook_messages_due ON webhook_messages (next_at_ms) WHERE next_at_ms IS NOT NULL;
CREATE INDEX webhook_messages_by_webhook ON webhook_messages (webhook, at_ms, id);

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
