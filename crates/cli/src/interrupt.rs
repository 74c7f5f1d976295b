//! Signals that ask the process to end. They are queued from the call of [`listen`] on, so that
//! none is missed.

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::failure::{Failure, Outcome};

/// A request to end the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// SIGINT or Ctrl-C, usually from a person.
    Interrupt,
    /// SIGTERM, usually from another program.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no such signal"))]
    Terminate,
}

/// Listens for SIGINT and SIGTERM.
#[cfg(unix)]
pub(crate) fn listen() -> Outcome<UnboundedReceiver<Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let problem =
        |error: std::io::Error| Failure::local(format!("signals cannot be received: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(problem)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(problem)?;
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let signal = tokio::select! {
                Some(()) = interrupt.recv() => Signal::Interrupt,
                Some(()) = terminate.recv() => Signal::Terminate,
                else => return,
            };
            if sender.send(signal).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn listen() -> Outcome<UnboundedReceiver<Signal>> {
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && sender.send(Signal::Interrupt).is_ok() {}
    });
    Ok(receiver)
}
