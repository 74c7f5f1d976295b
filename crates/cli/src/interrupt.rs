//! Signals that ask the process to end, from the moment on at which they are asked for: none is
//! missed between two looks.

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::failure::{Failure, Outcome};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A person at the keyboard.
    Interrupt,
    /// Another program.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no such signal"))]
    Terminate,
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
pub(crate) fn listen() -> Outcome<UnboundedReceiver<Asked>> {
    use tokio::signal::unix::{SignalKind, signal};
    let problem =
        |error: std::io::Error| Failure::local(format!("signals cannot be received: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(problem)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(problem)?;
    let (tell, asked) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let signal = tokio::select! {
                Some(()) = interrupt.recv() => Asked::Interrupt,
                Some(()) = terminate.recv() => Asked::Terminate,
                else => return,
            };
            if tell.send(signal).is_err() {
                return;
            }
        }
    });
    Ok(asked)
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn listen() -> Outcome<UnboundedReceiver<Asked>> {
    let (tell, asked) = unbounded_channel();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && tell.send(Asked::Interrupt).is_ok() {}
    });
    Ok(asked)
}
