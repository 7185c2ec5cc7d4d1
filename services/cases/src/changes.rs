use std::time::Duration;

use catalog::Catalog;
use tokio::sync::watch;
use tokio::time::sleep;

/// People see four changes a second.
const EVERY: Duration = Duration::from_millis(250);

/// The catalog's revision, looked up by one task for all who listen.
#[derive(Clone)]
pub(crate) struct Changes(watch::Receiver<u64>);

impl Changes {
    /// The task ends with the last listener.
    pub(crate) fn follow(catalog: Catalog) -> Self {
        let (revision, seen) = watch::channel(0);
        tokio::spawn(async move {
            while !revision.is_closed() {
                // A catalog that does not answer now is asked again.
                if let Ok(now) = catalog.revision().await {
                    revision.send_if_modified(|last| std::mem::replace(last, now) != now);
                }
                sleep(EVERY).await;
            }
        });
        Self(seen)
    }

    /// A listener for whom the present state is news.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        let mut seen = self.0.clone();
        seen.mark_changed();
        seen
    }
}
