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
