use std::time::{SystemTime, UNIX_EPOCH};

use metrics::{describe_gauge, gauge};

const OPEN: &str = "coverslip_drift_alerts_open";
const LOOKED: &str = "coverslip_drift_look_timestamp_seconds";

/// Shows how many alerts about models are open, of one kind. All processes on one catalog show the same.
pub fn model_alerts_open(kind: &'static str, n: u64) {
    gauge!(OPEN, "kind" => kind).set(n as f64);
}

/// Shows that this process has just looked at every model.
pub fn models_looked_at() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge!(LOOKED).set(now.unwrap_or_default().as_secs_f64());
}

pub(super) fn describe() {
    describe_gauge!(
        OPEN,
        "Alerts about models that nobody has closed, by kind. All processes show the same, so take the \
         largest"
    );
    describe_gauge!(
        LOOKED,
        "When this process last looked whether models are as they were, in seconds since 1970; of \
         several processes one looks each day"
    );
}
