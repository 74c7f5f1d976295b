//! What happens to each call, in words, as it happens.
//!
//! The router speaks of a call by its id, and which line of the table that is becomes known a moment later: until
//! then its words are kept back, so that nothing is told without saying of whom.

use std::collections::HashMap;

use indicatif::ProgressBar;
use switchboard::{CallId, Progress};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::output::Output;

/// Tells it.
pub(super) struct Story {
    output: Output,
    spinner: ProgressBar,
    events: Receiver<Progress>,
    lines: HashMap<CallId, usize>,
    untold: HashMap<CallId, Vec<String>>,
    latest: HashMap<CallId, String>,
}

impl Story {
    pub(super) fn new(output: Output, events: Receiver<Progress>) -> Self {
        Self {
            spinner: output.spinner("starting"),
            output,
            events,
            lines: HashMap::new(),
            untold: HashMap::new(),
            latest: HashMap::new(),
        }
    }

    /// A part begins.
    pub(super) fn part(&self, text: &str) {
        self.spinner.set_message(text.to_owned());
        if !self.output.json {
            self.spinner.suspend(|| self.output.heading(text));
        }
    }

    /// Runs `work` and tells meanwhile what happens.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T> + Send) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                event = self.events.recv() => self.hear(event),
                done = &mut work => return done,
            }
        }
    }

    /// The call of this id is the one of this line.
    pub(super) fn named(&mut self, id: CallId, line: usize) {
        // A key that came again has its first line already.
        let line = *self.lines.entry(id).or_insert(line);
        for text in self.untold.remove(&id).unwrap_or_default() {
            self.tell(line, &text);
        }
    }

    /// One thing about one line.
    pub(super) fn tell(&self, line: usize, text: &str) {
        if !self.output.json {
            self.spinner.suspend(|| self.output.line(format!("{line:>4}  {text}")));
        }
    }

    /// Nothing more is told.
    pub(super) fn end(self) {
        self.spinner.finish_and_clear();
    }

    fn hear(&mut self, event: Result<Progress, RecvError>) {
        match event {
            Ok(Progress { call, what, .. }) => {
                // A call that waits says so each time it looks again.
                if self.latest.insert(call, what.clone()).is_some_and(|before| before == what) {
                    return;
                }
                match self.lines.get(&call) {
                    Some(line) => self.tell(*line, &what),
                    None => self.untold.entry(call).or_default().push(what),
                }
            }
            Err(RecvError::Lagged(lost)) => self.part(&format!("({lost} lines were lost: the terminal is slower than the calls)")),
            // The router lives as long as the story.
            Err(RecvError::Closed) => {}
        }
    }
}
