use std::time::Duration;

use egress::Egress;

/// How messages are sent.
#[derive(Clone, Debug)]
pub struct WebhooksConfig {
    /// Where they may go.
    pub egress: Egress,
    /// How long a receiver may take to answer.
    pub timeout: Duration,
    /// How often it is looked whether a message is due.
    pub look: Duration,
}

impl WebhooksConfig {
    pub const fn new(egress: Egress) -> Self {
        Self {
            egress,
            timeout: Duration::from_secs(15),
            look: Duration::from_secs(1),
        }
    }
}
