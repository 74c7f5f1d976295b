//! Waiting with a timeout.

use std::time::Duration;

/// The timeout of all functions here.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for `future`. Panics with `what` after a minute.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// Polls until `holds` returns true, for conditions without an event. Panics with `what` after a
/// minute.
pub async fn until(what: &str, holds: impl Fn() -> bool + Send + Sync) {
    within(what, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Polls until there is a value, for values without an event. Panics with `what` after a minute.
pub async fn eventually<T: Send, F: Future<Output = Option<T>> + Send>(
    what: &str,
    look: impl Fn() -> F + Send + Sync,
) -> T {
    within(what, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}
