//! Waiting, with an end to it.

use std::{future::Future, time::Duration};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for `future`; panics with `what` after a minute.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// Looks again and again until `holds`; for states that nobody tells of. Panics with `what` after a minute.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    within(what, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
