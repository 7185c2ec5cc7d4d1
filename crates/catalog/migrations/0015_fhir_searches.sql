-- What other systems look for by their own names.
CREATE INDEX orders_by_key ON orders (idempotency_key);
CREATE INDEX cases_by_patient ON cases (patient);

-- Which versions of which tasks have answered, without reading every answer.
CREATE INDEX predictions_by_model ON predictions (task, task_version, task_hash, encoder_hash, recorded_at_ms);
