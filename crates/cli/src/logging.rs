//! Logs on stderr, without anybody's telephone number or token, and without anything that a
//! terminal obeys.

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

/// The numbering library logs whole numbers at TRACE, and the way to the keyring is what tokens
/// travel on.
const SILENT: [&str; 4] = ["rlibphonenumber", "zbus", "secret_service", "keyring"];

/// Starts the log.
///
/// # Errors
/// A filter that cannot be read.
pub(crate) fn start(filter: &str) -> Result<(), Failure> {
    let filter = filter.parse::<Targets>().map_err(|error| {
        Failure::input(
            "--log",
            format!("{filter:?} is no filter: {error}; write a level, as info, or levels by target, as warn,switchboard_router=debug"),
        )
    })?;
    // No filter of anybody's turns these on.
    let silent =
        filter_fn(|metadata| !SILENT.iter().any(|target| metadata.target().starts_with(target)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .fmt_fields(format::debug_fn(field).delimited(" "))
        .with_ansi(
            std::io::IsTerminal::is_terminal(&std::io::stderr())
                && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
        );
    tracing_subscriber::registry()
        .with(filter)
        .with(silent)
        .with(lines)
        .try_init()
        .map_err(|error| Failure::local(format!("the log could not be started: {error}")))
}

/// One field on one line. Whoever logged it may have masked it; here all of them are.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let value = terminal::line(&mask(&format!("{value:?}")));
    match field.name() {
        "message" => writer.write_str(&value),
        name => write!(writer, "{name}={value}"),
    }
}
