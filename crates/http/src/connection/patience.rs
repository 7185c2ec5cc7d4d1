use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take to send the head of a request.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// When to give a quiet connection up. One timer that is looked at when it rings: to set it anew
/// for each tile would cost more than it is worth.
pub(super) struct Patience {
    timer: Pin<Box<Sleep>>,
    end: Instant,
}

impl Patience {
    pub(super) fn new() -> Self {
        let timer = Box::pin(sleep(PATIENCE));
        let end = timer.deadline();
        Self { timer, end }
    }

    /// The client asked for something.
    pub(super) fn renew(&mut self, now: Instant) {
        self.end = now + PATIENCE;
    }

    pub(super) async fn ends(&mut self) {
        loop {
            self.timer.as_mut().await;
            if self.end <= Instant::now() {
                return;
            }
            self.timer.as_mut().reset(self.end);
        }
    }
}
