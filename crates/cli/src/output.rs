//! The one place that prints. Results go to stdout, everything else to stderr, so that a pipe gets
//! results only.
//!
//! Most of what is printed are others' words: `terminal.rs` makes them fit for it, on a terminal
//! and in a pipe alike, because what is piped is shown in the end. Only a raw answer that goes to a
//! pipe is left as it came.
//!
//! Colour and moving lines are for people: neither appears where stdout is no terminal, and
//! `NO_COLOR` takes the colour away everywhere. A reader that goes away early (`| head`) ends
//! nothing: a call is followed to its end all the same.

use std::{
    io::{self, IsTerminal, Write, stderr, stdout},
    process::ExitCode,
    time::Duration,
};

use comfy_table::{Attribute, Cell, Color, ContentArrangement, LineStyle, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use crate::{failure::Failure, terminal};

/// An error as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Failed<'a> {
    /// The number, where several were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<&'a str>,
    /// What is wrong.
    pub(crate) error: &'a Failure,
}

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Results as JSON.
    pub(crate) json: bool,
    colour: bool,
    terminal: bool,
}

impl Output {
    /// By the flag and by what stdout is.
    pub(crate) fn new(json: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = stdout().is_terminal();
        Self { json, colour: terminal && !dumb && !set("NO_COLOR"), terminal }
    }

    /// One line on stdout.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        put(&terminal::line(text.as_ref()));
    }

    /// Several lines on stdout, those behind the first indented.
    pub(crate) fn block(&self, text: impl AsRef<str>) {
        put(&terminal::block(text.as_ref()));
    }

    /// An answer that is no JSON: as it came to a pipe, without what a terminal obeys on one.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.terminal => put(&terminal::text(text)),
            Err(_) if self.terminal => {
                self.note(format!("{} bytes that are no text: send stdout to a file", bytes.len()))
            }
            Ok(_) | Err(_) => {
                let mut out = stdout().lock();
                let _ = out.write_all(bytes).and_then(|()| out.flush());
            }
        }
    }

    /// Where rows for another program go.
    pub(crate) fn results(&self) -> Results {
        Results { terminal: self.terminal, line: Vec::new() }
    }

    /// One line on stderr.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        put_aside(&terminal::line(text.as_ref()));
    }

    /// One JSON value: spread over lines for a person, on one line for a pipe.
    pub(crate) fn object(&self, value: &impl Serialize) {
        let text = if self.terminal {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        let text = text
            .unwrap_or_else(|error| json!({"error": {"message": error.to_string()}}).to_string());
        put(&terminal::json(&text));
    }

    /// One JSON value on one line, wherever it goes: for output of many values.
    pub(crate) fn object_line(&self, value: &impl Serialize) {
        put(&terminal::json(&serde_json::to_string(value).unwrap_or_default()));
    }

    /// Says why a command stopped: on stderr, and with `--json` as an object on stdout too.
    pub(crate) fn failure(&self, failure: &Failure) {
        put_aside(&terminal::block(&format!("error: {failure}")));
        if self.json {
            self.object(&Failed { to: None, error: failure });
        }
    }

    /// A heading.
    pub(crate) fn heading(&self, text: &str) {
        let text = terminal::line(text);
        put(&if self.colour { format!("\n\u{1b}[1m{text}\u{1b}[0m") } else { format!("\n{text}") });
    }

    /// A table, as wide as the terminal; without one, as wide as its content. No cell is longer
    /// than a screen.
    pub(crate) fn table(&self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut table = Table::new();
        table.load_style(
            presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─')),
        );
        if self.terminal {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            table.force_no_tty();
        }
        table.set_header(header.iter().map(|name| self.header_cell(name)));
        for row in rows {
            table.add_row(row.iter().map(|text| self.cell(text)));
        }
        put(&table.trim_fmt());
    }

    fn header_cell(&self, name: &str) -> Cell {
        let cell = Cell::new(name);
        if self.colour { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    fn cell(&self, text: &str) -> Cell {
        let cell = Cell::new(terminal::screen(&terminal::line(text), "--json has all of it"));
        match mood(text).filter(|_| self.colour) {
            Some(colour) => cell.fg(colour),
            None => cell,
        }
    }

    /// A line that moves while something takes long. On no terminal it shows nothing.
    pub(crate) fn spinner(&self, text: impl AsRef<str>) -> ProgressBar {
        let bar = ProgressBar::new_spinner();
        if self.json || !self.terminal || !stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            return bar;
        }
        let template = if self.colour {
            "{spinner:.cyan} {wide_msg} {elapsed}"
        } else {
            "{spinner} {wide_msg} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        self.tell(&bar, text);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// What the moving line says.
    pub(crate) fn tell(&self, bar: &ProgressBar, text: impl AsRef<str>) {
        bar.set_message(terminal::line(text.as_ref()));
    }

    /// A bar for so many steps; none where no person watches.
    pub(crate) fn bar(&self, steps: usize) -> Option<ProgressBar> {
        if self.json || !stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::new(steps as u64);
        let template = if self.colour {
            "{wide_bar:.cyan} {pos} of {len} rows  {msg}  {elapsed}"
        } else {
            "{wide_bar} {pos} of {len} rows  {msg}  {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Some(bar)
    }
}

/// Stdout for what another program is to read: as it comes into a pipe, and line by line without
/// what a terminal obeys on one.
#[derive(Debug)]
pub(crate) struct Results {
    terminal: bool,
    line: Vec<u8>,
}

impl Results {
    fn clean(&self) -> String {
        terminal::line(&String::from_utf8_lossy(&self.line))
    }
}

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.terminal {
            return stdout().write(bytes);
        }
        for piece in bytes.split_inclusive(|one| *one == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                writeln!(stdout(), "{}", self.clean())?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            write!(stdout(), "{}", self.clean())?;
            self.line.clear();
        }
        stdout().flush()
    }
}

/// Says what is wrong with the command line, or what was asked for of it: help, or the version.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // It repeats what was typed, or what another program passed on.
        put_aside(&terminal::text(&error.render().to_string()));
    } else {
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn put(text: &str) {
    // Nobody reads on: no reason to stop what is being done.
    let _ = writeln!(stdout().lock(), "{text}");
}

fn put_aside(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// The colour of words that tell how something went.
fn mood(text: &str) -> Option<Color> {
    match text.split(':').next().unwrap_or_default() {
        "completed" | "healthy" | "ok" | "yes" => Some(Color::Green),
        "no_answer" | "busy" | "voicemail" | "refused" | "needs_approval" | "duplicate"
        | "replayed" => Some(Color::Yellow),
        "failed" | "indeterminate" | "stalled" | "unhealthy" | "error" => Some(Color::Red),
        _ => None,
    }
}

/// What a person reads where there is nothing.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A number as it was typed, with its middle hidden: nothing is known of it yet, so it cannot be
/// masked by its parts.
pub(crate) fn hide(text: &str) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    let keep = if characters.len() > 6 { 2 } else { characters.len().min(1) };
    let hidden = characters.len().saturating_sub(2 * keep);
    let mut shown: String = characters.iter().take(keep).collect();
    shown.extend(std::iter::repeat_n('•', hidden));
    shown.extend(characters.iter().skip(keep + hidden));
    shown
}
