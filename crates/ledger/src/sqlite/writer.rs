//! One writer, which commits for everybody who waits.
//!
//! A commit costs what the disk needs to keep it, a quarter of a millisecond or ten, however little
//! is in it. Whoever comes while a commit is under way waits in a queue, and the next commit takes
//! the whole queue. Each transaction of such a group that may be refused when it has changed
//! something stands in a savepoint of its own: one that is refused is rolled back alone. A
//! savepoint keeps a copy of each page that is changed in it, so that what refuses before it
//! changes anything goes without. Nobody is answered before the group is on the disk, the refused
//! neither: what refused them may have been another of the group.
//!
//! Whoever finds nobody at work leads. He writes the first group, his own transaction in it, on the
//! thread where he is, if that is a worker of a runtime of many threads, whose other tasks move to
//! another thread meanwhile: to wake a second thread and to be woken by it costs a lone caller a
//! good part of what the disk does. What came meanwhile is led from a thread for blocking work.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
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
    refusal::{Halt, failed},
    sqlite::{Stop, queries::Answer},
};

/// Transactions in one group at most, so that the first of a long queue need not wait for the last.
const GROUP: usize = 256;

pub(crate) struct Writer {
    queue: Mutex<Queue>,
    connection: Mutex<Connection>,
    halt: Arc<Halt>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Box<dyn Job>>,
    /// Somebody is at work and will look at the queue again.
    led: bool,
}

/// A transaction that waits for its turn.
trait Job: Send {
    /// True where it changes nothing before it knows that it is not refused.
    fn is_whole(&self) -> bool;
    /// `Ok(false)`: it is refused, and what it changed has to be undone.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<bool>;
    /// After the group was committed.
    fn answer(self: Box<Self>);
    /// After it was not.
    fn fail(self: Box<Self>, error: Error);
}

struct Task<T, W> {
    work: Option<W>,
    whole: bool,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Answer<T> + Send,
{
    fn is_whole(&self) -> bool {
        self.whole
    }

    fn run(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let Some(work) = self.work.take() else {
            return Ok(false);
        };
        let result = match work(connection) {
            Ok(value) => Ok(value),
            Err(Stop::Refused(error)) => Err(error),
            Err(Stop::Broken(error)) => return Err(error),
        };
        let keep = result.is_ok();
        self.result = Some(result);
        Ok(keep)
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // Whoever asked may have gone away; what is written stays written.
            let _ = self.reply.send(result);
        }
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.reply.send(Err(error));
    }
}

/// Gives the lead back however the work ends, a panic and a runtime that stops included.
struct Lead {
    writer: Arc<Writer>,
    /// A group is being written. Where this is still so at the end, it ended in a panic.
    at_work: bool,
    /// It was given back in order, and may be another's by now.
    given_back: bool,
}

impl Lead {
    /// Until nobody waits any more.
    fn work(mut self) {
        while self.step() {}
    }

    /// Writes one group; true where others wait by then.
    fn step(&mut self) -> bool {
        self.at_work = true;
        self.writer.next();
        self.at_work = false;
        self.given_back = !self.writer.is_led_on();
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
        queue.led = false;
        queue.waiting.clear();
    }
}

impl Writer {
    pub(crate) fn new(connection: Connection, halt: Arc<Halt>) -> Self {
        Self { queue: Mutex::default(), connection: Mutex::new(connection), halt }
    }

    /// Runs one transaction and waits until it is on the disk. It is carried out even where nobody
    /// waits any more.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T> {
        self.enqueue(work, false).await
    }

    /// The same for work that refuses before it changes anything, or not at all. Where it does
    /// otherwise, the whole group is undone and the ledger stops.
    pub(crate) async fn run_whole<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T> {
        self.enqueue(work, true).await
    }

    async fn enqueue<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
        whole: bool,
    ) -> Result<T> {
        self.halt.check()?;
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task { work: Some(work), whole, result: None, reply });
        let leads = {
            let mut queue = self.queue.lock();
            queue.waiting.push(task);
            !std::mem::replace(&mut queue.led, true)
        };
        if leads {
            let mut lead = Lead { writer: Arc::clone(self), at_work: false, given_back: false };
            // After a panic nobody is led on: it stops the ledger, and whoever waits is told so.
            let more = !may_block()
                || panic::catch_unwind(AssertUnwindSafe(|| block_in_place(|| lead.step())))
                    .unwrap_or(false);
            if more {
                // On a thread for blocking work and not on one of our own: a paused Tokio clock
                // stands still as long as it runs.
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

    /// True where somebody waits; where nobody does, the lead is given back.
    fn is_led_on(&self) -> bool {
        let mut queue = self.queue.lock();
        queue.led = !queue.waiting.is_empty();
        queue.led
    }

    fn write(&self, mut group: Vec<Box<dyn Job>>) {
        if self.halt.is_set() {
            for job in group {
                job.fail(Halt::error());
            }
            return;
        }
        let connection = self.connection.lock();
        match commit(&connection, &mut group) {
            Ok(()) => group.into_iter().for_each(Job::answer),
            Err(source) => {
                if !(is_busy(&source) && connection.is_autocommit()) {
                    self.halt.set();
                    // What the disk may have lost must not be copied into the ledger on the way
                    // out.
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

/// True on a worker of a runtime of many threads, the only place where Tokio lets a task block.
fn may_block() -> bool {
    Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
        && tokio::runtime::worker_index().is_some()
}

/// At the beginning this says that another process held the ledger for too long; nothing was
/// written then.
fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn commit(connection: &Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let say = |sql| connection.prepare_cached(sql)?.execute([]).map(|_| ());
    say("BEGIN IMMEDIATE")?;
    for job in group {
        if job.is_whole() {
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

/// The words of a failure, for each of the group.
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
    async fn what_is_refused_leaves_nothing_and_harms_nobody() {
        let writer = writer();
        let refused = writer.run(|connection| {
            insert(connection, 1)?;
            Err::<(), _>(call_exists().into())
        });
        let whole = writer.run_whole(|_| Err::<(), _>(call_exists().into()));
        let written = writer.run_whole(|connection| Ok(insert(connection, 2)?));
        let (refused, whole, written) = tokio::join!(refused, whole, written);
        assert_eq!(refused.unwrap_err().code(), Some("call_exists"));
        assert_eq!(whole.unwrap_err().code(), Some("call_exists"));
        assert_eq!((written.unwrap(), rows(&writer)), (1, vec![2]));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn everybody_of_many_threads_is_answered_in_his_turn() {
        let writer = writer();
        let callers = (0..64).map(|caller| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                for n in 0..20 {
                    writer
                        .run_whole(move |connection| Ok(insert(connection, caller * 20 + n)?))
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
        let failed = writer.run_whole(|_| -> Answer<()> { panic!("a fault of ours") }).await;
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Journal);
        let after = writer.run_whole(|connection| Ok(insert(connection, 2)?)).await;
        assert_eq!(after.unwrap_err().kind(), ErrorKind::Journal, "nothing is taken any more");
    }

    #[tokio::test]
    async fn half_of_a_refused_change_is_never_kept() {
        let writer = writer();
        let broken = writer.run_whole(|connection| {
            insert(connection, 1)?;
            Err::<(), _>(call_exists().into())
        });
        assert_eq!(broken.await.unwrap_err().kind(), ErrorKind::Journal);
        assert!(rows(&writer).is_empty());
        let after = writer.run_whole(|connection| Ok(insert(connection, 2)?)).await;
        assert_eq!(after.unwrap_err().kind(), ErrorKind::Journal, "nothing is taken any more");
    }
}
