//! What happens to each call, in words, as it happens: the log that `--verbose` prints.
//!
//! The router speaks of a call by its id, and whoever submits a line says at once which id it
//! became. Work goes before words, so that no word comes before its name.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::ProgressBar;
use switchboard::{CallEvent, CallId};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::output::Output;

/// Prints it.
pub(super) struct Story {
    output: Output,
    /// Print every event, and not only move the spinner.
    verbose: bool,
    spinner: ProgressBar,
    events: Receiver<CallEvent>,
    names: Names,
}

/// Which line each call is.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Arc<Mutex<HashMap<CallId, usize>>>);

impl Names {
    /// The call of this id is the one of this line; the first line where a key came again.
    pub(super) fn give(&self, id: CallId, line: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(line);
    }

    fn of(&self, id: CallId) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

impl Story {
    pub(super) fn new(output: Output, verbose: bool, events: Receiver<CallEvent>) -> Self {
        let spinner = output.spinner("starting");
        Self { output, verbose: verbose && !output.json, spinner, events, names: Names::default() }
    }

    /// For those who submit calls while the story goes on.
    pub(super) fn names(&self) -> Names {
        self.names.clone()
    }

    /// A part begins.
    pub(super) fn part(&self, text: &str) {
        self.output.tell(&self.spinner, text);
        if self.verbose {
            self.spinner.suspend(|| self.output.heading(text));
        }
    }

    /// Runs `work` and tells meanwhile what happens.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T> + Send) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => {
                    while let Ok(progress) = self.events.try_recv() {
                        self.hear(Ok(progress));
                    }
                    return done;
                }
                event = self.events.recv() => self.hear(event),
            }
        }
    }

    /// One thing about one line.
    pub(super) fn tell(&self, line: usize, text: &str) {
        if self.verbose {
            self.spinner.suspend(|| self.output.line(format!("{line:>4}  {text}")));
        }
    }

    /// Nothing more is told.
    pub(super) fn end(self) {
        self.spinner.finish_and_clear();
    }

    fn hear(&self, event: Result<CallEvent, RecvError>) {
        match event {
            Ok(event) => {
                if let Some(line) = self.names.of(event.call) {
                    self.tell(line, &event.to_string());
                }
            }
            Err(RecvError::Lagged(lost)) if self.verbose => self
                .part(&format!("({lost} lines were lost: the terminal is slower than the calls)")),
            // Nobody reads them.
            Err(RecvError::Lagged(_)) => {}
            // The router lives as long as the story.
            Err(RecvError::Closed) => {}
        }
    }
}
