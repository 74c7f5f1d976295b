//! Reloads the configuration while calls are placed: on SIGHUP, and when `switchboard reload` asks
//! for it through the ledger.

use std::{path::Path, time::Duration};

use switchboard::{Config, Ledger, Switchboard, process_environment, router::AuditTopic};
use tokio::{sync::mpsc, task::AbortHandle};

use crate::{cli::Common, failure::Failure, output::Output, setup};

/// How often the ledger is checked for a reload request.
pub(crate) const POLL_EVERY: Duration = Duration::from_secs(2);

/// Stops listening when dropped.
pub(crate) struct ReloadListener(AbortHandle);

impl Drop for ReloadListener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reloads the file whenever it is asked to. A file that cannot be loaded changes nothing, and the
/// reason is reported.
pub(crate) async fn listen(
    switchboard: &Switchboard,
    common: &Common,
    output: Output,
) -> Result<ReloadListener, Failure> {
    let mut hangups = hangups()?;
    let (switchboard, file) = (switchboard.clone(), common.config.clone());
    let mut seen = latest_request(switchboard.ledger(), 0).await?;
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = hangups.recv() => reload(&switchboard, &file, output).await,
                () = tokio::time::sleep(POLL_EVERY) => match latest_request(switchboard.ledger(), seen).await {
                    Ok(latest) if latest > seen => {
                        seen = latest;
                        reload(&switchboard, &file, output).await;
                    }
                    Ok(_) => {}
                    Err(failure) => tracing::warn!(%failure, "the ledger could not be checked for reload requests"),
                },
            }
        }
    });
    Ok(ReloadListener(task.abort_handle()))
}

/// The number of the latest reload request, or `seen` if none came since.
async fn latest_request(ledger: Option<&Ledger>, seen: u64) -> Result<u64, Failure> {
    let Some(ledger) = ledger else {
        return Ok(seen);
    };
    let requests = ledger.journal().audit_entries(AuditTopic::Reload, seen).await?;
    Ok(requests.last().map_or(seen, |(number, _)| *number))
}

async fn reload(switchboard: &Switchboard, file: &Path, output: Output) {
    // A large deck takes a while to read, and must not block the calls in progress.
    let path = file.to_path_buf();
    let read = tokio::task::spawn_blocking(move || Config::from_file(path)).await;
    let read = match read {
        Ok(read) => read.map_err(Failure::from),
        Err(error) => Err(Failure::local(format!("the file could not be read: {error}"))),
    };
    let reloaded = match read.and_then(setup::with_ledger) {
        Ok(config) => {
            setup::warn(&config, output);
            switchboard.reload(&config, process_environment).await.map_err(Failure::from)
        }
        Err(failure) => match switchboard.refused(&failure.to_string()).await {
            Ok(()) => Err(failure),
            Err(error) => Err(Failure::from(error)),
        },
    };
    match reloaded {
        Ok(version) => output.note(format!("loaded {} as configuration {version}", file.display())),
        Err(failure) => output
            .note(format!("{} was not loaded, and nothing changed: {failure}", file.display())),
    }
}

#[cfg(unix)]
fn hangups() -> Result<mpsc::Receiver<()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::hangup())
        .map_err(|error| Failure::local(format!("signals cannot be received: {error}")))?;
    let (sender, hangups) = mpsc::channel(1);
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            if sender.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(hangups)
}

/// Other systems have no such signal.
#[cfg(not(unix))]
fn hangups() -> Result<mpsc::Receiver<()>, Failure> {
    let (sender, hangups) = mpsc::channel(1);
    tokio::spawn(async move {
        sender.closed().await;
    });
    Ok(hangups)
}
