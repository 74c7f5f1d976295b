//! How far it is: a bar on a terminal, else a line on stderr every few seconds, where anything
//! changed.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::output::Output;

const EVERY: Duration = Duration::from_secs(5);

/// Shows it.
#[derive(Debug)]
pub(super) struct Display {
    output: Output,
    rows: usize,
    bar: Option<ProgressBar>,
    said: String,
    next: Instant,
}

impl Display {
    pub(super) fn new(rows: usize, output: Output) -> Self {
        Self {
            bar: output.bar(rows),
            output,
            rows,
            said: String::new(),
            next: Instant::now() + EVERY,
        }
    }

    /// So many rows are done, so many have a call that is not, so many became none.
    pub(super) fn show(&mut self, done: usize, open: usize, refused: usize) {
        let words = format!("{open} open, {refused} refused");
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_message(words);
        } else if Instant::now() >= self.next {
            self.next = Instant::now() + EVERY;
            let line = format!("{done} of {} rows are done, {words}", self.rows);
            if line != self.said {
                self.output.note(&line);
                self.said = line;
            }
        }
    }

    /// A line that stays.
    pub(super) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.output.note(text)),
            None => self.output.note(text),
        }
    }

    /// One line of results for a program.
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
