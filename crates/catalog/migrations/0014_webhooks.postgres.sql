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

CREATE FUNCTION tell_webhooks(
    told TEXT, of_slide TEXT, of_case TEXT, of_task TEXT, happened_ms BIGINT
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO webhook_messages (id, webhook, kind, slide, case_id, task, at_ms, next_at_ms)
    SELECT
        replace(gen_random_uuid()::text, '-', ''), webhooks.id, told, of_slide, of_case, of_task,
        happened_ms, 0
    FROM webhooks JOIN webhook_kinds ON webhook_kinds.webhook = webhooks.id
    WHERE webhooks.standing = 'active' AND webhook_kinds.kind = told
$$;

CREATE FUNCTION tell_slide() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tell_webhooks('slide.received', NEW.id, NULL, NULL, NEW.received_at_ms);
    ELSIF NEW.state <> OLD.state AND NEW.state IN ('held', 'quarantined') THEN
        PERFORM tell_webhooks(
            CASE NEW.state WHEN 'held' THEN 'slide.held' ELSE 'slide.failed' END,
            NEW.id, NULL, NULL, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        );
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION tell_prediction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_webhooks('prediction.ready', NEW.slide, NULL, NEW.task, NEW.recorded_at_ms);
    RETURN NULL;
END
$$;

CREATE FUNCTION tell_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_webhooks(
        CASE NEW.version WHEN 1 THEN 'case.signed' ELSE 'case.amended' END,
        NULL, NEW.case_id, NULL, NEW.signed_at_ms
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER slides_are_told AFTER INSERT OR UPDATE ON slides
FOR EACH ROW EXECUTE FUNCTION tell_slide();

CREATE TRIGGER predictions_are_told AFTER INSERT OR UPDATE ON predictions
FOR EACH ROW EXECUTE FUNCTION tell_prediction();

CREATE TRIGGER sign_offs_are_told AFTER INSERT ON sign_offs
FOR EACH ROW EXECUTE FUNCTION tell_sign_off();
