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

