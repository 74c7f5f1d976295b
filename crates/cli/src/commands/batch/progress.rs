//! Progress: a bar on a terminal, otherwise a line on stderr every few seconds if anything changed.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use super::outlook::in_time;
use crate::output::Output;

const EVERY: Duration = Duration::from_secs(5);
/// The rate is that of the last minute, and known after ten seconds.
const RATE_OF: Duration = Duration::from_secs(60);
const KNOWN_AFTER: Duration = Duration::from_secs(10);

/// Where a batch stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    /// Rows that are done.
    pub(super) done: usize,
    /// Calls that are open.
    pub(super) open: usize,
    /// Rows that were refused or rejected.
    pub(super) refused: usize,
    /// Why calls wait.
    pub(super) waits: Option<&'a str>,
}

/// Shows the progress.
#[derive(Debug)]
pub(super) struct Display {
    output: Output,
    rows: usize,
    bar: Option<ProgressBar>,
    last: String,
    next: Instant,
    rate: Rate,
}

impl Display {
    pub(super) fn new(rows: usize, output: Output) -> Self {
        Self {
            bar: output.bar(rows),
            output,
            rows,
            last: String::new(),
            next: Instant::now() + EVERY,
            rate: Rate::default(),
        }
    }

    /// Shows where the batch stands.
    pub(super) fn show(&mut self, standing: Standing<'_>) {
        let Standing { done, open, refused, waits } = standing;
        let now = Instant::now();
        self.rate.add(now, done);
        let mut parts = vec![format!("{open} open, {refused} refused")];
        if let Some(pace) = self.rate.in_words(self.rows - done) {
            parts.push(pace);
        }
        let state = parts.join("; ");
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            self.output.set_message(bar, state);
            // Its own line, so that it says until when.
            bar.set_prefix(self.output.shortened(waits.unwrap_or_default()));
        } else if now >= self.next {
            self.next = now + EVERY;
            let waits = waits.map(|waits| format!("; {waits}")).unwrap_or_default();
            let line = format!("{done} of {} rows are done, {state}{waits}", self.rows);
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

/// How many rows were done when, in the last minute.
#[derive(Debug, Default)]
struct Rate(VecDeque<(Instant, usize)>);

impl Rate {
    fn add(&mut self, now: Instant, done: usize) {
        self.0.push_back((now, done));
        while self.0.front().is_some_and(|(at, _)| now.duration_since(*at) > RATE_OF) {
            self.0.pop_front();
        }
    }

    /// Rows in a minute, once that is known.
    fn a_minute(&self) -> Option<f64> {
        let (first, last) = self.0.front().zip(self.0.back())?;
        let over = last.0.duration_since(first.0);
        let rows = last.1.saturating_sub(first.1) as f64;
        (over >= KNOWN_AFTER).then(|| rows * 60.0 / over.as_secs_f64())
    }

    /// The rate and the time that so many rows take at it.
    fn in_words(&self, left: usize) -> Option<String> {
        let rate = self.a_minute()?;
        if rate < 0.1 {
            return Some("no row in the last minute".to_owned());
        }
        let seconds = (left as f64 * 60.0 / rate).ceil() as u64;
        Some(format!("{rate:.0} a minute, {} left", in_time(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let (start, mut rate) = (Instant::now(), Rate::default());
        let at = |seconds| start + Duration::from_secs(seconds);
        rate.add(at(0), 0);
        rate.add(at(5), 10);
        assert_eq!(rate.in_words(100), None, "nothing is known yet");
        rate.add(at(30), 60);
        assert_eq!(rate.in_words(240).as_deref(), Some("120 a minute, 2 min left"));
        for second in [60, 91, 100, 150] {
            rate.add(at(second), 60);
        }
        assert_eq!(rate.in_words(240).as_deref(), Some("no row in the last minute"));
    }
}
