//! Logs on stderr, with phone numbers masked, and without control characters.

use std::fmt::{self, Debug};

use switchboard::core::text::mask;
use tracing::field::Field;
use tracing_subscriber::{
    field::MakeExt,
    filter::{Targets, filter_fn},
    fmt::format::{self, Writer},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{failure::Failure, terminal};

/// Targets that are never logged: the phone number library logs whole numbers at TRACE, and tokens
/// pass through the keyring's libraries.
const NEVER_LOGGED: [&str; 4] = ["rlibphonenumber", "zbus", "secret_service", "keyring"];

/// Starts the log.
///
/// # Errors
/// A filter that cannot be read.
pub(crate) fn start(filter: &str) -> Result<(), Failure> {
    let filter = filter.parse::<Targets>().map_err(|error| {
        Failure::input(
            "--log",
            format!("{filter:?} is not a filter: {error}; use a level such as info, or levels by target such as warn,switchboard_engine=debug"),
        )
    })?;
    // No user's filter can enable these.
    let allowed = filter_fn(|metadata| {
        !NEVER_LOGGED.iter().any(|target| metadata.target().starts_with(target))
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .fmt_fields(format::debug_fn(field).delimited(" "))
        .with_ansi(
            std::io::IsTerminal::is_terminal(&std::io::stderr())
                && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
        );
    tracing_subscriber::registry()
        .with(filter)
        .with(allowed)
        .with(lines)
        .try_init()
        .map_err(|error| Failure::local(format!("the log could not be started: {error}")))
}

/// Writes one field on one line. Numbers are masked here even if the caller already did.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let value = terminal::line(&mask(&format!("{value:?}")));
    match field.name() {
        "message" => writer.write_str(&value),
        name => write!(writer, "{name}={value}"),
    }
}
