use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take to send the head of a request, and be quiet between requests. The
/// latter may be twice as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// When to give a quiet connection up. Its timer is looked at when it rings, since to set it anew
/// would add to the cost of each tile.
pub(super) struct Patience {
    timer: Pin<Box<Sleep>>,
    was_quiet: bool,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self {
            timer: Box::pin(sleep(PATIENCE)),
            was_quiet: true,
        }
    }

    /// The client sent something.
    pub(super) const fn renew(&mut self) {
        self.was_quiet = false;
    }

    pub(super) async fn ends(&mut self) {
        loop {
            self.timer.as_mut().await;
            if self.was_quiet {
                return;
            }
            self.was_quiet = true;
            self.timer.as_mut().reset(Instant::now() + PATIENCE);
        }
    }
}
