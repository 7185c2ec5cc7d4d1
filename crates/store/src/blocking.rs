use std::panic;

use tokio::task::JoinError;

/// Runs work that waits for the disk where it does not hold up the async threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    finished(tokio::task::spawn_blocking(work).await).await
}

/// The result of a task that nobody cancels.
pub(crate) async fn finished<T>(task: Result<T, JoinError>) -> T {
    match task {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            // The runtime is shutting down and drops this task as well.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}
