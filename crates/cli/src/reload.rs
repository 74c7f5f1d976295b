//! Taking up a changed configuration while calls are placed: on SIGHUP, and when `switchboard
//! reload` asks for it in the ledger.

use std::{path::Path, time::Duration};

use switchboard::{Config, Ledger, Switchboard, process_environment, router::AuditTopic};
use tokio::{sync::mpsc, task::AbortHandle};

use crate::{cli::Common, failure::Failure, output::Output, setup};

/// How often the ledger is looked at for a wish.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Listens as long as this lives.
pub(crate) struct Listening(AbortHandle);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Takes up the file again whenever it is asked to. A file that cannot be taken up changes nothing,
/// and says why.
pub(crate) async fn listen(
    switchboard: &Switchboard,
    common: &Common,
    output: Output,
) -> Result<Listening, Failure> {
    let mut hangups = hangups()?;
    let (switchboard, file) = (switchboard.clone(), common.config.clone());
    let mut seen = newest_wish(switchboard.ledger(), 0).await?;
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = hangups.recv() => take_up(&switchboard, &file, output).await,
                () = tokio::time::sleep(LOOK_EVERY) => match newest_wish(switchboard.ledger(), seen).await {
                    Ok(newest) if newest > seen => {
                        seen = newest;
                        take_up(&switchboard, &file, output).await;
                    }
                    Ok(_) => {}
                    Err(failure) => tracing::warn!(%failure, "the ledger could not be looked at for a reload"),
                },
            }
        }
    });
    Ok(Listening(task.abort_handle()))
}

/// The number of the latest wish; `seen` where none came since.
async fn newest_wish(ledger: Option<&Ledger>, seen: u64) -> Result<u64, Failure> {
    let Some(ledger) = ledger else {
        return Ok(seen);
    };
    let wishes = ledger.journal().audit_entries(AuditTopic::Reload, seen).await?;
    Ok(wishes.last().map_or(seen, |(number, _)| *number))
}

async fn take_up(switchboard: &Switchboard, file: &Path, output: Output) {
    // A large deck takes a while to read, and must not hold up the calls that are under way.
    let path = file.to_path_buf();
    let read = tokio::task::spawn_blocking(move || Config::from_file(path)).await;
    let read = match read {
        Ok(read) => read.map_err(Failure::from),
        Err(error) => Err(Failure::local(format!("the file could not be read: {error}"))),
    };
    let done = match read.and_then(setup::with_ledger) {
        Ok(config) => {
            setup::warn(&config, output);
            switchboard.reload(&config, process_environment).await.map_err(Failure::from)
        }
        Err(failure) => match switchboard.refused(&failure.to_string()).await {
            Ok(()) => Err(failure),
            Err(error) => Err(Failure::from(error)),
        },
    };
    match done {
        Ok(version) => {
            output.note(format!("took up {} as configuration {version}", file.display()))
        }
        Err(failure) => output
            .note(format!("{} was not taken up, and nothing changed: {failure}", file.display())),
    }
}

#[cfg(unix)]
fn hangups() -> Result<mpsc::Receiver<()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::hangup())
        .map_err(|error| Failure::local(format!("signals cannot be received: {error}")))?;
    let (tell, hangups) = mpsc::channel(1);
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            if tell.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(hangups)
}

/// There is no such signal.
#[cfg(not(unix))]
fn hangups() -> Result<mpsc::Receiver<()>, Failure> {
    let (tell, hangups) = mpsc::channel(1);
    tokio::spawn(async move {
        tell.closed().await;
    });
    Ok(hangups)
}
