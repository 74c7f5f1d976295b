//! A bar for what reads many calls.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use jiff::Timestamp;
use switchboard::Call;

use crate::output::Output;

/// What is done by then shows no bar.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The length of the bar.
const STEPS: u64 = 1_000;

/// How far the ledger has been read: a bar on stderr once it has taken a second. Hidden without a
/// terminal. It goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    output: Output,
    what: &'static str,
    began: Instant,
    until: Timestamp,
    first: Option<Timestamp>,
    calls: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing is read yet. `what` is being done, for example "reading the ledger".
    pub(crate) fn new(output: Output, what: &'static str) -> Self {
        Self {
            output,
            what,
            began: Instant::now(),
            until: Timestamp::now(),
            first: None,
            calls: 0,
            bar: None,
        }
    }

    /// These calls were read.
    pub(crate) fn read(&mut self, page: &[Call]) {
        if let Some((first, last)) = page.first().zip(page.last()) {
            self.first.get_or_insert(first.created_at);
            self.read_until(page.len(), last.created_at);
        }
    }

    /// So many more calls were read, and the last of them came in then. Calls are read in the order of
    /// time, and how many are left is not known, so the bar goes by the time in which they came in.
    pub(crate) fn read_until(&mut self, calls: usize, last: Timestamp) {
        self.calls += calls as u64;
        let first = *self.first.get_or_insert(last);
        let span = |until: Timestamp| until.as_millisecond().saturating_sub(first.as_millisecond());
        let (done, all) = (span(last), span(self.until).max(1));
        let done = u64::try_from(done).unwrap_or(0) * STEPS / u64::try_from(all).unwrap_or(1);
        self.at(done, STEPS, self.calls);
    }

    /// So many steps of all of them are done, and so many calls were read.
    pub(crate) fn at(&mut self, done: u64, of: u64, calls: u64) {
        if self.began.elapsed() < AT_ONCE {
            return;
        }
        if self.bar.is_none() {
            self.bar = self.output.reading_bar();
        }
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done.min(of));
            let calls = if calls == 0 { String::new() } else { format!(", {calls} calls") };
            self.output.set_message(bar, format!("{}{calls}", self.what));
        }
    }

    /// Something else is being done from now on.
    pub(crate) fn begin(&mut self, what: &'static str) {
        self.what = what;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
