//! One writer, which commits for all waiting callers (group commit).
//!
//! A commit takes the time of a disk sync, from a quarter of a millisecond to ten, however small it
//! is. Callers that arrive during a commit wait in a queue, and the next commit takes the whole
//! queue. A transaction of such a group that may be refused after it has written runs in a
//! savepoint, so that it can be rolled back alone. A savepoint copies each changed page, so
//! transactions that are only refused before they write run without one. No caller gets a result
//! before the group is on disk, not even refused ones, because the reason may be another
//! transaction of the group.
//!
//! A caller that finds no leader becomes the leader. On a worker thread of a multi-threaded runtime
//! it writes the first group, including its own transaction, on its own thread, while the other
//! tasks of that thread move elsewhere: for a single caller, waking a second thread and being woken
//! by it would take a good part of the time of the sync. Later groups are written from a blocking
//! thread.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    time::Instant,
};

use parking_lot::Mutex;
use rusqlite::{Connection, config::DbConfig, ffi::ErrorCode};
use switchboard_core::{Error, Result};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::oneshot,
    task::{block_in_place, spawn_blocking},
};

use crate::{
    commit::Observed,
    refusal::{Halt, failed},
    sqlite::tx::{TxError, TxResult},
};

/// The maximum number of transactions in a group, so that the first of a long queue does not wait
/// for the last.
const GROUP: usize = 256;

pub(crate) struct Writer {
    queue: Mutex<Queue>,
    connection: Mutex<Connection>,
    halt: Arc<Halt>,
    pub(crate) observed: Observed,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Box<dyn Job>>,
    /// A leader is working and will check the queue again.
    has_leader: bool,
}

/// A waiting transaction.
trait Job: Send {
    /// True if it is only refused before it writes.
    fn skips_savepoint(&self) -> bool;
    /// `Ok(false)` means that it is refused and its changes have to be rolled back.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<bool>;
    /// Called after the group was committed.
    fn answer(self: Box<Self>);
    /// Called after the group could not be committed.
    fn fail(self: Box<Self>, error: Error);
}

struct Task<T, W> {
    work: Option<W>,
    without_savepoint: bool,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> TxResult<T> + Send,
{
    fn skips_savepoint(&self) -> bool {
        self.without_savepoint
    }

    fn run(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let Some(work) = self.work.take() else {
            return Ok(false);
        };
        let result = match work(connection) {
            Ok(value) => Ok(value),
            Err(TxError::Refused(error)) => Err(error),
            Err(TxError::Failed(error)) => return Err(error),
        };
        let keep = result.is_ok();
        self.result = Some(result);
        Ok(keep)
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // The caller may no longer be waiting; the write is committed anyway.
            let _ = self.reply.send(result);
        }
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.reply.send(Err(error));
    }
}

/// Releases the leadership however the work ends, including a panic and a runtime that shuts down.
struct Lead {
    writer: Arc<Writer>,
    /// A group is being written. If this is still true when dropped, the write panicked.
    at_work: bool,
    /// The leadership was released regularly, and may belong to another caller by now.
    given_back: bool,
}

impl Lead {
    /// Writes groups until the queue is empty.
    fn work(mut self) {
        while self.step() {}
    }

    /// Writes one group. Returns true if there is another one.
    fn step(&mut self) -> bool {
        self.at_work = true;
        self.writer.next();
        self.at_work = false;
        self.given_back = !self.writer.continues();
        !self.given_back
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if self.given_back {
            return;
        }
        if self.at_work {
            self.writer.halt.set();
        }
        let mut queue = self.writer.queue.lock();
        queue.has_leader = false;
        queue.waiting.clear();
    }
}

impl Writer {
    pub(crate) fn new(connection: Connection, halt: Arc<Halt>) -> Self {
        Self {
            queue: Mutex::default(),
            connection: Mutex::new(connection),
            halt,
            observed: Observed::default(),
        }
    }

    /// Runs one transaction and waits until it is on disk. It is completed even if the caller stops
    /// waiting.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> TxResult<T> + Send + 'static,
    ) -> Result<T> {
        self.enqueue(work, false).await
    }

    /// Like [`Writer::run`], for work that is only refused before it writes. If it is refused
    /// afterwards, the whole group is rolled back and the ledger stops.
    pub(crate) async fn run_without_savepoint<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> TxResult<T> + Send + 'static,
    ) -> Result<T> {
        self.enqueue(work, true).await
    }

    async fn enqueue<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> TxResult<T> + Send + 'static,
        without_savepoint: bool,
    ) -> Result<T> {
        self.halt.check()?;
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task { work: Some(work), without_savepoint, result: None, reply });
        let leads = {
            let mut queue = self.queue.lock();
            queue.waiting.push(task);
            !std::mem::replace(&mut queue.has_leader, true)
        };
        if leads {
            let mut lead = Lead { writer: Arc::clone(self), at_work: false, given_back: false };
            // After a panic the ledger stops, and all waiting callers get an error.
            let more = !may_block()
                || panic::catch_unwind(AssertUnwindSafe(|| block_in_place(|| lead.step())))
                    .unwrap_or(false);
            if more {
                // On a blocking thread of Tokio, so that a paused Tokio clock stands still
                // meanwhile.
                spawn_blocking(move || lead.work());
            }
        }
        match answer.await {
            Ok(result) => result,
            Err(source) => Err(failed("writing", source)),
        }
    }

    /// Writes the next group.
    fn next(&self) {
        let group = {
            let mut queue = self.queue.lock();
            let size = queue.waiting.len().min(GROUP);
            queue.waiting.drain(..size).collect()
        };
        self.write(group);
    }

    /// True if the queue is not empty; otherwise releases the leadership.
    fn continues(&self) -> bool {
        let mut queue = self.queue.lock();
        queue.has_leader = !queue.waiting.is_empty();
        queue.has_leader
    }

    fn write(&self, mut group: Vec<Box<dyn Job>>) {
        if self.halt.is_set() {
            for job in group {
                job.fail(Halt::error());
            }
            return;
        }
        let connection = self.connection.lock();
        let begun = Instant::now();
        match commit(&connection, &mut group) {
            Ok(()) => {
                self.observed.committed(begun.elapsed(), Some(group.len()));
                group.into_iter().for_each(Job::answer);
            }
            Err(source) => {
                if !(is_busy(&source) && connection.is_autocommit()) {
                    self.halt.set();
                    // Do not copy what the disk may have lost into the ledger when closing.
                    let _ =
                        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
                    if !connection.is_autocommit() {
                        let _ = connection.execute_batch("ROLLBACK");
                    }
                }
                let message = source.to_string();
                for job in group {
                    job.fail(failed("writing", Cause(message.clone())));
                }
            }
        }
    }
}

/// True on a worker of a multi-threaded runtime, the only place where Tokio lets a task block.
fn may_block() -> bool {
    Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
        && tokio::runtime::worker_index().is_some()
}

/// At the beginning of a transaction this means that another process held the ledger for too long,
/// and nothing was written.
fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn commit(connection: &Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let say = |sql| connection.prepare_cached(sql)?.execute([]).map(|_| ());
    say("BEGIN IMMEDIATE")?;
    for job in group {
        if job.skips_savepoint() {
            let before = connection.total_changes();
            if !job.run(connection)? && connection.total_changes() != before {
                let misuse = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISUSE);
                return Err(rusqlite::Error::SqliteFailure(
                    misuse,
                    Some("refused after it wrote".to_owned()),
                ));
            }
            continue;
        }
        say("SAVEPOINT one")?;
        if !job.run(connection)? {
            say("ROLLBACK TO one")?;
        }
        say("RELEASE one")?;
    }
    say("COMMIT")
}

/// The message of a failure, for each transaction of the group.
#[derive(Debug)]
struct Cause(String);

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard_core::ErrorKind;

    use super::*;
    use crate::refusal::call_exists;

    fn writer() -> Arc<Writer> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE rows (n INTEGER NOT NULL) STRICT").unwrap();
        Arc::new(Writer::new(connection, Arc::default()))
    }

    fn insert(connection: &Connection, n: i64) -> rusqlite::Result<usize> {
        connection.execute("INSERT INTO rows VALUES (?1)", [n])
    }

    fn rows(writer: &Writer) -> Vec<i64> {
        let connection = writer.connection.lock();
        let mut rows = connection.prepare("SELECT n FROM rows ORDER BY n").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[tokio::test]
    async fn a_refused_transaction_changes_nothing_and_does_not_affect_others() {
        let writer = writer();
        let refused = writer.run(|connection| {
            insert(connection, 1)?;
            Err::<(), _>(call_exists().into())
        });
        let whole = writer.run_without_savepoint(|_| Err::<(), _>(call_exists().into()));
        let written = writer.run_without_savepoint(|connection| Ok(insert(connection, 2)?));
        let (refused, whole, written) = tokio::join!(refused, whole, written);
        assert_eq!(refused.unwrap_err().code(), Some("call_exists"));
        assert_eq!(whole.unwrap_err().code(), Some("call_exists"));
        assert_eq!((written.unwrap(), rows(&writer)), (1, vec![2]));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn writers_on_many_threads_all_get_results() {
        let writer = writer();
        let callers = (0..64).map(|caller| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                for n in 0..20 {
                    writer
                        .run_without_savepoint(move |connection| {
                            Ok(insert(connection, caller * 20 + n)?)
                        })
                        .await
                        .unwrap();
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        assert_eq!(rows(&writer), (0..64 * 20).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_panic_stops_the_ledger_on_a_thread_for_blocking_work() {
        panics().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_panic_stops_the_ledger_on_a_worker() {
        tokio::spawn(panics()).await.unwrap();
    }

    async fn panics() {
        let writer = writer();
        let failed =
            writer.run_without_savepoint(|_| -> TxResult<()> { panic!("a fault of ours") }).await;
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Journal);
        let after = writer.run_without_savepoint(|connection| Ok(insert(connection, 2)?)).await;
        assert_eq!(after.unwrap_err().kind(), ErrorKind::Journal, "nothing is taken any more");
    }

    #[tokio::test]
    async fn a_transaction_refused_after_writing_stops_the_ledger() {
        let writer = writer();
        let broken = writer.run_without_savepoint(|connection| {
            insert(connection, 1)?;
            Err::<(), _>(call_exists().into())
        });
        assert_eq!(broken.await.unwrap_err().kind(), ErrorKind::Journal);
        assert!(rows(&writer).is_empty());
        let after = writer.run_without_savepoint(|connection| Ok(insert(connection, 2)?)).await;
        assert_eq!(after.unwrap_err().kind(), ErrorKind::Journal, "nothing is taken any more");
    }
}
