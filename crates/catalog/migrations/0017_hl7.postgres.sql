CREATE FUNCTION hl7_is_sent() RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT 1 FROM hl7_sending
        WHERE wanted_until_ms > (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    )
$$;

-- While somebody sends: an open case that was ordered and has a result. What is told of it next, and was
-- not begun yet, will tell of all there is; that row is locked, so that whoever begins it waits for what
-- is being written here.
CREATE FUNCTION report_case(reported TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT hl7_is_sent() OR NOT EXISTS (
        SELECT 1 FROM cases
        WHERE cases.id = reported AND cases.standing = 'open'
            AND EXISTS (SELECT 1 FROM orders WHERE orders.case_id = cases.id)
            AND EXISTS (
                SELECT 1 FROM slide_cases JOIN predictions ON predictions.slide = slide_cases.slide
                WHERE slide_cases.case_id = cases.id
            )
    ) THEN
        RETURN;
    END IF;
    UPDATE hl7_results SET next_at_ms = next_at_ms
    WHERE case_id = reported AND version = 0 AND state = 'pending'
        AND body IS NULL AND claimed_until_ms IS NULL;
    IF NOT FOUND THEN
        INSERT INTO hl7_results (id, case_id, version, at_ms)
        VALUES (
            replace(gen_random_uuid()::text, '-', ''), reported, 0,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        );
    END IF;
END
$$;

CREATE FUNCTION report_prediction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_case(case_id) FROM slide_cases WHERE slide = NEW.slide;
    RETURN NULL;
END
$$;

CREATE FUNCTION report_placed_slide() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_case(NEW.case_id);
    IF TG_OP = 'UPDATE' AND OLD.case_id <> NEW.case_id THEN
        PERFORM report_case(OLD.case_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION report_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_case(NEW.case_id);
    RETURN NULL;
END
$$;

CREATE FUNCTION report_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT hl7_is_sent() OR NOT EXISTS (SELECT 1 FROM orders WHERE orders.case_id = NEW.case_id) THEN
        RETURN NULL;
    END IF;
    UPDATE hl7_results SET state = 'superseded'
    WHERE case_id = NEW.case_id AND version = 0 AND state = 'pending'
        AND body IS NULL AND claimed_until_ms IS NULL;
    INSERT INTO hl7_results (id, case_id, version, at_ms)
    VALUES (
        replace(gen_random_uuid()::text, '-', ''), NEW.case_id, NEW.version,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER predictions_are_reported AFTER INSERT OR UPDATE ON predictions
FOR EACH ROW EXECUTE FUNCTION report_prediction();

CREATE TRIGGER placed_slides_are_reported AFTER INSERT OR UPDATE ON slide_cases
FOR EACH ROW EXECUTE FUNCTION report_placed_slide();

CREATE TRIGGER orders_are_reported AFTER INSERT ON orders
FOR EACH ROW EXECUTE FUNCTION report_order();

CREATE TRIGGER sign_offs_are_reported AFTER INSERT ON sign_offs
FOR EACH ROW EXECUTE FUNCTION report_sign_off();
