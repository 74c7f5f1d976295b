//! One process at a time.

use std::{path::PathBuf, time::Duration};

use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::StoreLock;
use tokio::sync::oneshot;

use super::file;

/// A renewal is one request; a process that holds the lock longer is stopped or stuck.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Waits for the lock on this file. The kernel releases it when its process ends, however it ends.
pub(super) async fn hold(path: PathBuf) -> Result<StoreLock> {
    let shown = path.display().to_string();
    let waiting = on_own_thread(move || {
        let file = file::open_lock(&path)?;
        file.lock().map_err(|error| {
            let message = format!("{} cannot be locked: {error}", path.display());
            Error::new(ErrorKind::Configuration, message).with_field("token_store")
        })?;
        Ok(StoreLock::holding(file))
    });
    match tokio::time::timeout(LONGEST_WAIT, waiting).await {
        Ok(locked) => locked,
        Err(_) => {
            let message = format!(
                "another process has held {shown} for {} s: end it if it is stuck",
                LONGEST_WAIT.as_secs()
            );
            Err(Error::new(ErrorKind::Configuration, message).with_field("token_store"))
        }
    }
}

/// Runs blocking work on its own thread, because the runtime waits for its threads when it shuts
/// down and this one may never finish.
pub(super) async fn on_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let started = std::thread::Builder::new().name("tokens".to_owned()).spawn(move || {
        // If the caller is gone, dropping the result releases the lock.
        drop(sender.send(work()));
    });
    let gone = || {
        Error::new(ErrorKind::Configuration, "the tokens could not be reached")
            .with_field("token_store")
    };
    started.map_err(|_| gone())?;
    receiver.await.map_err(|_| gone())?
}
