//! Progress: a bar on a terminal, otherwise a line on stderr every few seconds if anything changed.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::output::Output;

const EVERY: Duration = Duration::from_secs(5);

/// Shows the progress.
#[derive(Debug)]
pub(super) struct Display {
    output: Output,
    rows: usize,
    bar: Option<ProgressBar>,
    last: String,
    next: Instant,
}

impl Display {
    pub(super) fn new(rows: usize, output: Output) -> Self {
        Self {
            bar: output.bar(rows),
            output,
            rows,
            last: String::new(),
            next: Instant::now() + EVERY,
        }
    }

    /// Shows how many rows are done, how many calls are open, and how many were refused.
    pub(super) fn show(&mut self, done: usize, open: usize, refused: usize) {
        let counts = format!("{open} open, {refused} refused");
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_message(counts);
        } else if Instant::now() >= self.next {
            self.next = Instant::now() + EVERY;
            let line = format!("{done} of {} rows are done, {counts}", self.rows);
            if line != self.last {
                self.output.note(&line);
                self.last = line;
            }
        }
    }

    /// Prints a line on stderr, above the bar.
    pub(super) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.output.note(text)),
            None => self.output.note(text),
        }
    }

    /// Prints one result as a line of JSON, with `--json` only.
    pub(super) fn result(&self, value: &serde_json::Value) {
        if self.output.json {
            self.output.object_line(value);
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
