//! Writes the log of a server on a thread of its own, so that a reader that stops reading stops no
//! request. What comes too fast for it is left out and counted.

use std::{
    io::{Write, stderr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};

/// Lines that may wait to be written.
const QUEUE: usize = 8_192;
/// How long the end of the process waits for the last lines.
const FINISH_WITHIN: Duration = Duration::from_secs(1);

enum Entry {
    Line(String),
    /// Answered once everything before it is written.
    Finish(SyncSender<()>),
}

/// The way to the thread.
#[derive(Debug, Clone)]
pub(crate) struct Writing {
    entries: SyncSender<Entry>,
    left_out: Arc<AtomicU64>,
}

impl Writing {
    /// Starts the thread.
    pub(crate) fn start() -> Self {
        let (entries, received) = sync_channel(QUEUE);
        let left_out = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&left_out);
        std::thread::spawn(move || write_all(&received, &counted));
        Self { entries, left_out }
    }

    /// Has a line written, without waiting for it.
    pub(crate) fn write(&self, line: String) {
        if self.entries.try_send(Entry::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until what came before is written, but not for long.
    pub(crate) fn finish(&self) {
        let (sender, written) = sync_channel(1);
        if self.entries.try_send(Entry::Finish(sender)).is_ok() {
            let _ = written.recv_timeout(FINISH_WITHIN);
        }
    }
}

fn write_all(received: &Receiver<Entry>, left_out: &AtomicU64) {
    for entry in received {
        // If stderr is closed, the server goes on anyway.
        match entry {
            Entry::Line(line) => {
                let _ = writeln!(stderr().lock(), "{line}");
            }
            Entry::Finish(written) => {
                let _ = written.send(());
            }
        }
        let count = left_out.swap(0, Ordering::Relaxed);
        if count > 0 {
            let line = serde_json::json!({"level": "WARN", "left_out": count, "message": "log entries came too fast"});
            let _ = writeln!(stderr().lock(), "{line}");
        }
    }
}
