//! The only module that prints. Results go to stdout and everything else to stderr, so that a pipe
//! receives results only.
//!
//! Most of the printed text comes from providers and callers. `terminal.rs` makes it safe, for a
//! terminal and for a pipe, since piped text often ends up on a terminal too. Only a raw response
//! goes to a pipe unchanged.
//!
//! Colours and progress bars appear only if stdout is a terminal; `NO_COLOR` turns colours off. If
//! the reader of stdout goes away early (`| head`), the command still runs to its end.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write, stderr, stdout},
    process::ExitCode,
    time::Duration,
};

use comfy_table::{Attribute, Cell, Color, ContentArrangement, LineStyle, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use switchboard::PhoneNumber;

use crate::{
    fitted::{self, FittedColumn},
    terminal, wrap,
};

/// An error as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Failed<'a, E> {
    /// The number that the error is about, if the command was given several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<&'a str>,
    /// The error.
    pub(crate) error: &'a E,
}

/// How to print: as text or JSON, for a terminal or a pipe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Print results as JSON.
    pub(crate) json: bool,
    colour: bool,
    terminal: bool,
}

impl Output {
    /// Detects whether stdout is a terminal and may be coloured.
    pub(crate) fn new(json: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = stdout().is_terminal();
        Self { json, colour: terminal && !dumb && !set("NO_COLOR"), terminal }
    }

    /// Prints one line on stdout; on a terminal as several that fit it, broken between words.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        let line = terminal::line(text.as_ref());
        if self.terminal { put(&wrap::fitting(&line, self.width())) } else { put(&line) }
    }

    /// Prints several lines on stdout; all but the first are indented.
    pub(crate) fn block(&self, text: impl AsRef<str>) {
        put(&terminal::block(text.as_ref()));
    }

    /// Prints a response that is not JSON: unchanged to a pipe, without control characters to a
    /// terminal.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.terminal => put(&terminal::text(text)),
            Err(_) if self.terminal => self.note(format!(
                "{} bytes that are not text: redirect stdout to a file",
                bytes.len()
            )),
            Ok(_) | Err(_) => {
                let mut out = stdout().lock();
                let _ = out.write_all(bytes).and_then(|()| out.flush());
            }
        }
    }

    /// Stdout as a writer, for rows that another program reads.
    pub(crate) fn results(&self) -> Results {
        Results { terminal: self.terminal, line: Vec::new() }
    }

    /// Prints one line on stderr; on a terminal as several that fit it, broken between words.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        put_stderr(&fitting_stderr(&terminal::line(text.as_ref())));
    }

    /// Prints a question on stderr, whose answer is typed behind it.
    pub(crate) fn question(&self, text: &str) {
        let mut out = stderr().lock();
        let _ = write!(out, "{} ", terminal::line(text).trim_end()).and_then(|()| out.flush());
    }

    /// Prints one JSON value: indented on a terminal, on one line in a pipe.
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

    /// Prints one JSON value on one line, for commands that print many.
    pub(crate) fn object_line(&self, value: &impl Serialize) {
        put(&terminal::json(&serde_json::to_string(value).unwrap_or_default()));
    }

    /// Prints why a command stopped: on stderr, and with `--json` also as an object on stdout.
    pub(crate) fn failure(&self, failure: &(impl Display + Serialize)) {
        let lines = terminal::block(&format!("error: {failure}"));
        let lines: Vec<String> = lines.lines().map(fitting_stderr).collect();
        put_stderr(&lines.join("\n"));
        if self.json {
            self.object(&Failed { to: None, error: failure });
        }
    }

    /// Prints a heading.
    pub(crate) fn heading(&self, text: &str) {
        let text = terminal::line(text);
        put(&if self.colour { format!("\n\u{1b}[1m{text}\u{1b}[0m") } else { format!("\n{text}") });
    }

    /// Prints a table, as wide as the terminal, or in a pipe as wide as its content. No cell is
    /// longer than a screen.
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

    /// Prints a table as wide as its content, on a terminal too.
    pub(crate) fn wide_table(&self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        Self { terminal: false, ..*self }.table(header, rows);
    }

    /// Prints a table that fits the terminal, or 80 columns in a pipe: one line for each row, and
    /// long cells cut short.
    pub(crate) fn fitted_table(
        &self,
        columns: &[FittedColumn],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        for line in self.fitted_lines(columns, rows.into_iter().collect()) {
            put(&line);
        }
    }

    /// The lines of such a table.
    pub(crate) fn fitted_lines(
        &self,
        columns: &[FittedColumn],
        rows: Vec<Vec<String>>,
    ) -> Vec<String> {
        let clean = |row: Vec<String>| row.iter().map(|cell| terminal::line(cell)).collect();
        let rows: Vec<Vec<String>> = rows.into_iter().map(clean).collect();
        let widths = fitted::widths(columns, &rows, self.width());
        let header: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let paint = |shown: String, code: Option<&str>| match code.filter(|_| self.colour) {
            Some(code) => format!("\u{1b}[{code}m{shown}\u{1b}[0m"),
            None => shown,
        };
        let mut lines = vec![fitted::line(&header, &widths, |_, shown| paint(shown, Some("1")))];
        lines.extend(rows.iter().map(|row| {
            fitted::line(row, &widths, |cell, shown| paint(shown, status_color(cell).map(code)))
        }));
        lines
    }

    /// The text as one line that fits the terminal, or 80 columns in a pipe.
    pub(crate) fn shortened(&self, text: &str) -> String {
        fitted::shorten(&terminal::line(text), self.width())
    }

    /// Draws the whole screen: each line in its place, and nothing below them. The lines come from
    /// [`Output::fitted_lines`] and [`Output::shortened`].
    pub(crate) fn frame(&self, lines: &[String]) {
        let mut drawn = "\u{1b}[H".to_owned();
        for line in lines {
            drawn.push_str(line);
            drawn.push_str("\u{1b}[K\r\n");
        }
        drawn.push_str("\u{1b}[J");
        let mut out = stdout().lock();
        let _ = out.write_all(drawn.as_bytes()).and_then(|()| out.flush());
    }

    /// Clears the screen, before the first frame.
    pub(crate) fn clear(&self) {
        let _ = write!(stdout().lock(), "\u{1b}[2J");
    }

    /// Prints a line of [`Output::fitted_lines`].
    pub(crate) fn painted(&self, line: &str) {
        put(line);
    }

    /// True if stdout is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// The columns of the terminal, or 80 without one.
    fn width(&self) -> usize {
        let size = terminal_size::terminal_size_of(stdout()).filter(|_| self.terminal);
        size.map_or(80, |(width, _)| usize::from(width.0))
    }

    fn header_cell(&self, name: &str) -> Cell {
        let cell = Cell::new(name);
        if self.colour { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    fn cell(&self, text: &str) -> Cell {
        let cell = Cell::new(terminal::screen(&terminal::line(text), "--json has all of it"));
        match status_color(text).filter(|_| self.colour) {
            Some(colour) => cell.fg(colour),
            None => cell,
        }
    }

    /// A spinner for something that takes long. Without a terminal it is hidden.
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
        self.set_message(&bar, text);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Sets the text of a spinner.
    pub(crate) fn set_message(&self, bar: &ProgressBar, text: impl AsRef<str>) {
        bar.set_message(terminal::line(text.as_ref()));
    }

    /// A bar for what is read, or `None` without a terminal.
    pub(crate) fn reading_bar(&self) -> Option<ProgressBar> {
        if !stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::new(0);
        let template = if self.colour {
            "{msg}  {wide_bar:.cyan} {percent:>3} %  {elapsed}"
        } else {
            "{msg}  {wide_bar} {percent:>3} %  {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Some(bar)
    }

    /// A progress bar, or `None` without a terminal.
    pub(crate) fn bar(&self, steps: usize) -> Option<ProgressBar> {
        if self.json || !stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::new(steps as u64);
        let template = if self.colour {
            "{wide_bar:.cyan} {pos} of {len} rows  {elapsed}\n{wide_msg}\n{prefix}"
        } else {
            "{wide_bar} {pos} of {len} rows  {elapsed}\n{wide_msg}\n{prefix}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Some(bar)
    }
}

/// Stdout for rows that another program reads: unchanged in a pipe, and on a terminal line by line
/// without control characters.
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

/// Prints what is wrong with the command line, or the help or version that was asked for.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // It repeats arguments, which may contain control characters.
        put_stderr(&terminal::text(&error.render().to_string()));
    } else {
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The line as it fits the terminal that stderr is; unchanged without one.
fn fitting_stderr(line: &str) -> String {
    match terminal_size::terminal_size_of(stderr()).filter(|_| stderr().is_terminal()) {
        Some((width, _)) => wrap::fitting(line, usize::from(width.0)),
        None => line.to_owned(),
    }
}

fn put(text: &str) {
    // If stdout is closed, the command goes on anyway.
    let _ = writeln!(stdout().lock(), "{text}");
}

fn put_stderr(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// The colour of a word that says how something went.
fn status_color(text: &str) -> Option<Color> {
    match text.split(':').next().unwrap_or_default() {
        "completed" | "healthy" | "ok" | "yes" => Some(Color::Green),
        "no_answer" | "busy" | "voicemail" | "cancelled" | "refused" | "needs_approval"
        | "duplicate" | "replayed" => Some(Color::Yellow),
        "failed" | "indeterminate" | "stalled" | "unhealthy" | "error" => Some(Color::Red),
        _ => None,
    }
}

/// The colour as a terminal's code.
fn code(colour: Color) -> &'static str {
    match colour {
        Color::Green => "32",
        Color::Yellow => "33",
        _ => "31",
    }
}

/// The value as text, or `-` without one.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The number for a narrow column: its calling code and at most its last two digits.
pub(crate) fn masked(number: &PhoneNumber) -> String {
    let masked = number.masked();
    let hidden = masked.find('•').zip(masked.rfind('•'));
    let ends = hidden.and_then(|(first, last)| {
        Some((masked.get(..first)?, masked.get(last + '•'.len_utf8()..)?))
    });
    ends.map_or_else(|| masked.clone(), |(code, digits)| format!("{code}…{digits}"))
}

/// Masks a number as it was typed. It was not parsed yet, so its middle is hidden whatever its
/// parts are.
pub(crate) fn hide(text: &str) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    let keep = if characters.len() > 6 { 2 } else { characters.len().min(1) };
    let hidden = characters.len().saturating_sub(2 * keep);
    let mut shown: String = characters.iter().take(keep).collect();
    shown.extend(std::iter::repeat_n('•', hidden));
    shown.extend(characters.iter().skip(keep + hidden));
    shown
}
