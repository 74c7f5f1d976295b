//! Logs on stderr, with phone numbers masked, and without control characters: as text, and for
//! `serve` as one line of JSON for each entry.

use std::{
    fmt::{self, Debug},
    sync::OnceLock,
};

use serde_json::{Map, Value, json};
use switchboard::core::text::mask;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    field::MakeExt,
    filter::{Targets, filter_fn},
    fmt::format::{self, Writer},
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::{failure::Failure, log_writer::Writing, terminal};

/// Targets that are never logged: the phone number library logs whole numbers at TRACE, and tokens
/// pass through the keyring's libraries, and the library of MCP logs whole requests.
const NEVER_LOGGED: [&str; 5] = ["rlibphonenumber", "zbus", "secret_service", "keyring", "rmcp"];
const USUAL: &str = "error";
const OF_A_SERVER: &str = "warn,switchboard::requests=info";

/// The log of a server, once it is started.
static WRITING: OnceLock<Writing> = OnceLock::new();

/// Starts the log.
///
/// # Errors
/// A filter that cannot be read.
pub(crate) fn start(filter: Option<&str>, serves: bool) -> Result<(), Failure> {
    let filter = filter.unwrap_or(if serves { OF_A_SERVER } else { USUAL });
    check_levels(filter)?;
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
    let lines = (!serves).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .fmt_fields(format::debug_fn(field).delimited(" "))
            .with_ansi(
                std::io::IsTerminal::is_terminal(&std::io::stderr())
                    && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
            )
    });
    let json = serves.then(|| JsonLines(WRITING.get_or_init(Writing::start).clone()));
    let registry = tracing_subscriber::registry().with(allowed);
    // Has a filter of its own: what is logged and what is traced do not depend on each other.
    #[cfg(feature = "otel")]
    let registry = registry.with(serves.then(crate::traces::layer));
    registry
        .with(lines.map(|lines| lines.with_filter(filter.clone())))
        .with(json.map(|json| json.with_filter(filter)))
        .try_init()
        .map_err(|error| Failure::local(format!("the log could not be started: {error}")))
}

/// A word alone is a level: read as a target, a mistyped level would log everything or nothing.
fn check_levels(filter: &str) -> Result<(), Failure> {
    let words = filter.split(',').map(str::trim).filter(|word| !word.is_empty());
    let levels = words.filter_map(|word| match word.rsplit_once('=') {
        Some((target, level)) if !target.is_empty() => Some(level.trim()),
        Some(_) => None,
        None => Some(word),
    });
    for level in levels {
        if level.parse::<tracing_subscriber::filter::LevelFilter>().is_err() {
            return Err(Failure::input(
                "--log",
                format!(
                    "{level:?} is not a level: write off, error, warn, info, debug or trace, alone or for a target such as warn,switchboard_engine=debug"
                ),
            ));
        }
    }
    Ok(())
}

/// Writes what is still to be written, at the end of the process.
pub(crate) fn finish() {
    if let Some(writing) = WRITING.get() {
        writing.finish();
    }
}

/// Writes one field on one line. Numbers are masked here even if the caller already did.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let value = terminal::line(&mask(&format!("{value:?}")));
    match field.name() {
        "message" => writer.write_str(&value),
        name => write!(writer, "{name}={value}"),
    }
}

/// One line of JSON for each entry: `at`, `level`, `target`, and the entry's own fields.
#[derive(Debug)]
struct JsonLines(Writing);

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        fields.0.insert("at".to_owned(), json!(jiff::Timestamp::now().to_string()));
        fields.0.insert("level".to_owned(), json!(event.metadata().level().as_str()));
        fields.0.insert("target".to_owned(), json!(event.metadata().target()));
        event.record(&mut fields);
        self.0.write(Value::Object(fields.0).to_string());
    }
}

/// The fields of an entry. Texts are masked.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, mask(&format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, mask(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }
}
