//! Logs on stderr, without anybody's telephone number or token.

use tracing_subscriber::{EnvFilter, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use crate::failure::Failure;

/// The numbering library logs whole numbers at TRACE, and the way to the keyring is what tokens travel on.
const SILENT: [&str; 4] = ["rlibphonenumber", "zbus", "secret_service", "keyring"];

/// Starts the log.
///
/// # Errors
/// A filter that cannot be read.
pub(crate) fn start(filter: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::input(
            "--log",
            format!("{filter:?} is no filter: {error}; write a level, as info, or levels by target, as warn,switchboard_router=debug"),
        )
    })?;
    // No filter of anybody's turns these on.
    let silent = filter_fn(|metadata| !SILENT.iter().any(|target| metadata.target().starts_with(target)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()) && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()));
    tracing_subscriber::registry()
        .with(filter)
        .with(silent)
        .with(lines)
        .try_init()
        .map_err(|error| Failure::local(format!("the log could not be started: {error}")))
}
