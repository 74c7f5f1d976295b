//! A process that can be paused and killed, and whose clock can be changed.
//!
//! Everything that a process awaits also waits for its gate: a paused process makes no step until
//! it continues, and a dead one never does.

use std::{
    fmt,
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Poll, Waker},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};
use switchboard::{Clock, engine::Ids};
use tokio::time::Instant;
use uuid::Uuid;

/// The true time: tokio's, from a fixed start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    start: Instant,
    pub(super) base: Timestamp,
}

impl Truth {
    pub(super) fn new(base: Timestamp) -> Self {
        Self { start: Instant::now(), base }
    }

    /// The milliseconds since the start of the world.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn at(&self, at: u64) -> Timestamp {
        self.base.checked_add(Duration::from_millis(at)).unwrap_or(Timestamp::MAX)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Running,
    Stopped,
    Dead,
}

#[derive(Debug)]
struct Gate {
    standing: Standing,
    waiting: Vec<Waker>,
}

/// One process of a replica.
pub(super) struct Process {
    pub(super) number: u32,
    pub(super) slot: usize,
    truth: Truth,
    skew: AtomicI64,
    /// When the clock was changed, and to how many milliseconds ahead of the truth.
    turns: Mutex<Vec<(u64, i64)>>,
    gate: Mutex<Gate>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.number)
    }
}

impl Process {
    pub(super) fn new(number: u32, slot: usize, truth: Truth, skew: i64) -> Arc<Self> {
        Arc::new(Self {
            number,
            slot,
            truth,
            skew: AtomicI64::new(skew),
            turns: Mutex::new(vec![(0, skew)]),
            gate: Mutex::new(Gate { standing: Standing::Running, waiting: Vec::new() }),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().expect("nothing panics in here")
    }

    /// Waits until the process is running.
    pub(super) async fn gate(&self) {
        poll_fn(|context| {
            let mut gate = self.lock();
            match gate.standing {
                Standing::Running => Poll::Ready(()),
                Standing::Stopped => {
                    gate.waiting.push(context.waker().clone());
                    Poll::Pending
                }
                Standing::Dead => Poll::Pending,
            }
        })
        .await
    }

    /// Waits until the process is dead.
    pub(super) async fn died(&self) {
        poll_fn(|context| {
            let mut gate = self.lock();
            if gate.standing == Standing::Dead {
                return Poll::Ready(());
            }
            gate.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn becomes(&self, standing: Standing) {
        let mut gate = self.lock();
        if gate.standing == Standing::Dead {
            return;
        }
        gate.standing = standing;
        let waiting = std::mem::take(&mut gate.waiting);
        drop(gate);
        for waker in waiting {
            waker.wake();
        }
    }

    pub(super) fn stop(&self) {
        self.becomes(Standing::Stopped);
    }

    pub(super) fn resume(&self) {
        self.becomes(Standing::Running);
    }

    pub(super) fn kill(&self) {
        self.becomes(Standing::Dead);
    }

    pub(super) fn is_running(&self) -> bool {
        self.lock().standing == Standing::Running
    }

    pub(super) fn is_dead(&self) -> bool {
        self.lock().standing == Standing::Dead
    }

    /// Changes the clock of the process by this many milliseconds.
    pub(super) fn turn(&self, by: i64) {
        let skew = self.skew.fetch_add(by, Ordering::SeqCst) + by;
        self.turns.lock().expect("nothing panics in here").push((self.truth.now(), skew));
    }

    /// What the clock showed in each second of this time, in true milliseconds, right before it was
    /// changed, and last at its end.
    pub(super) fn readings(&self, from: u64, to: u64) -> Vec<Timestamp> {
        let turns = self.turns.lock().expect("nothing panics in here");
        let mut readings = Vec::new();
        let mut show = |at: u64, skew: i64| {
            let shown = self.truth.at(at).checked_add(SignedDuration::from_millis(skew));
            readings.push(shown.unwrap_or(Timestamp::MAX));
        };
        let next = turns.iter().skip(1).map(|(at, _)| Some(*at)).chain([None]);
        for ((since, skew), next) in turns.iter().zip(next) {
            let begin = from.max(*since);
            match next {
                Some(next) if next < from => {}
                Some(next) if next <= to => {
                    (begin..next).step_by(1_000).chain([next]).for_each(|at| show(at, *skew));
                }
                _ if *since <= to => {
                    (begin..to).step_by(1_000).chain([to]).for_each(|at| show(at, *skew));
                }
                _ => {}
            }
        }
        readings
    }
}

/// The clock of a process: it may be wrong, but its uptime is monotonic.
#[derive(Debug, Clone)]
pub(super) struct ProcessClock(pub(super) Arc<Process>);

impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        let truth = self.0.truth;
        let skew = SignedDuration::from_millis(self.0.skew.load(Ordering::SeqCst));
        truth.at(truth.now()).checked_add(skew).unwrap_or(Timestamp::MAX)
    }

    fn uptime(&self) -> Duration {
        self.0.truth.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let process = Arc::clone(&self.0);
        async move {
            tokio::time::sleep(duration).await;
            process.gate().await;
        }
        .boxed()
    }
}

/// Generates ids in creation order, the same for the same seed.
#[derive(Debug)]
pub(super) struct SeededIds(AtomicU64);

impl SeededIds {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}
