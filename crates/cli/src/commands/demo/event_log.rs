//! The live log that `--verbose` prints: what happens to each call, as it happens.
//!
//! The engine's events name calls by id, the log by line of the table. The work is polled before
//! the events, so that a call's line number is known before its first event is printed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::ProgressBar;
use switchboard::{CallEvent, CallId};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::output::Output;

/// Prints the engine's events, or moves the spinner.
pub(super) struct EventLog {
    output: Output,
    /// Print every event instead of only moving the spinner.
    verbose: bool,
    spinner: ProgressBar,
    events: Receiver<CallEvent>,
    numbers: LineNumbers,
}

/// The line of the table for each call.
#[derive(Debug, Clone, Default)]
pub(super) struct LineNumbers(Arc<Mutex<HashMap<CallId, usize>>>);

impl LineNumbers {
    /// Records the line of a call. The first line counts if several have the same key.
    pub(super) fn insert(&self, id: CallId, line: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(line);
    }

    fn get(&self, id: CallId) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

impl EventLog {
    pub(super) fn new(output: Output, verbose: bool, events: Receiver<CallEvent>) -> Self {
        let spinner = output.spinner("starting");
        Self {
            output,
            verbose: verbose && !output.json,
            spinner,
            events,
            numbers: LineNumbers::default(),
        }
    }

    /// A handle for the code that submits the calls.
    pub(super) fn line_numbers(&self) -> LineNumbers {
        self.numbers.clone()
    }

    /// Starts a section of the log.
    pub(super) fn section(&self, text: &str) {
        self.output.set_message(&self.spinner, text);
        if self.verbose {
            self.spinner.suspend(|| self.output.heading(text));
        }
    }

    /// Runs `work` and prints events meanwhile.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T> + Send) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => {
                    while let Ok(progress) = self.events.try_recv() {
                        self.handle(Ok(progress));
                    }
                    return done;
                }
                event = self.events.recv() => self.handle(event),
            }
        }
    }

    /// Prints one event of one line.
    pub(super) fn line(&self, line: usize, text: &str) {
        if self.verbose {
            self.spinner.suspend(|| self.output.line(format!("{line:>4}  {text}")));
        }
    }

    /// Ends the log.
    pub(super) fn end(self) {
        self.spinner.finish_and_clear();
    }

    fn handle(&self, event: Result<CallEvent, RecvError>) {
        match event {
            Ok(event) => {
                if let Some(line) = self.numbers.get(event.call) {
                    self.line(line, &event.to_string());
                }
            }
            Err(RecvError::Lagged(lost)) if self.verbose => self.section(&format!(
                "({lost} lines were lost: the terminal is slower than the calls)"
            )),
            // Without --verbose they only move the spinner.
            Err(RecvError::Lagged(_)) => {}
            // The engine outlives this log.
            Err(RecvError::Closed) => {}
        }
    }
}
