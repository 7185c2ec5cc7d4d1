use metrics::{describe_gauge, gauge};

const UP: &str = "coverslip_dependency_up";

/// Whether something that this process needs (`catalog`, `storage`, `queue`) answered just now.
pub fn dependency_seen(name: &'static str, is_up: bool) {
    gauge!(UP, "dependency" => name).set(f64::from(u8::from(is_up)));
}

pub(super) fn describe() {
    describe_gauge!(
        UP,
        "1 where the catalog, storage or queue that this process needs answered when it was last \
         asked, else 0"
    );
}
