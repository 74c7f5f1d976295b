//! A ledger at work, and what it promised.

use std::{
    fs::{File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::future::join_all;
use jiff::Timestamp;
use switchboard::{
    Call, CallId, CallRequest, Delivery, Outcome, Transcript,
    core::{AttemptId, ProviderState, Raw, Speaker, TranscriptEntry},
    journal::state::Fact,
};
use switchboard_journal::{Journal, NewCall, Opened, conformance as rules};
use switchboard_ledger::SqliteJournal;
use tokio::runtime::Builder;
use uuid::Uuid;

/// A write-ahead log of so many bytes was copied into the ledger once: 4,000 pages of 4 KiB, each
/// with a head of 24 bytes.
const COPIED: u64 = 4_000 * 4_120;
/// Calls that fill no log are calls that are not written down.
const ENOUGH: usize = 1_500;
const WRITERS: usize = 6;

/// Whether each commit is on the disk before it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// As the product does it.
    Keeps,
    /// As it must not: `synchronous=NORMAL`.
    Forgets,
}

/// Makes a ledger, writes to it from several sides, closes it in good order, and goes on until its
/// write-ahead log was copied and begun again. Each promise goes to the file `acks` as soon as it
/// was made:
///
/// - `opened DIGEST`: the ledger is there, and knows the first callee by a hash of this digest;
/// - `step CALL NUMBER DIGEST`: so many steps of a call are written down, and then it is what has
///   this digest.
///
/// # Panics
/// Where the ledger refuses or fails.
pub fn write(ledger: &Path, acks: &Path, habit: Habit) {
    let says = Arc::new(OpenOptions::new().create(true).append(true).open(acks).unwrap());
    let next = Arc::new(AtomicUsize::new(0));
    for part in [Part::Short, Part::Long] {
        // A runtime of its own: when it ends, so has everything that still held the ledger open,
        // and the last one copies and removes the log.
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let journal = match habit {
                Habit::Keeps => SqliteJournal::open(ledger).await,
                Habit::Forgets => SqliteJournal::open_forgetful(ledger).await,
            };
            let journal = journal.unwrap();
            let first = rules::valid(&crate::request(0)).to;
            say(&says, &format!("opened {:016x}", digest(&journal.key().person(&first))));
            let journal: Arc<dyn Journal> = Arc::new(journal);
            let writers = (0..WRITERS).map(|_| {
                let writer = Writer {
                    journal: Arc::clone(&journal),
                    says: Arc::clone(&says),
                    next: Arc::clone(&next),
                };
                tokio::spawn(writer.work(part, ledger.to_owned()))
            });
            for writer in join_all(writers).await {
                writer.unwrap();
            }
        });
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A few calls.
    Short,
    /// Until the log was copied, and a few calls.
    Long,
}

struct Writer {
    journal: Arc<dyn Journal>,
    says: Arc<File>,
    next: Arc<AtomicUsize>,
}

impl Writer {
    async fn work(self, part: Part, ledger: std::path::PathBuf) {
        let log = ledger.with_extension("db-wal");
        let copied = || std::fs::metadata(&log).is_ok_and(|log| log.len() > COPIED);
        while part == Part::Long && !copied() {
            self.live().await;
        }
        self.live().await;
        self.live().await;
    }

    /// One call, from the first step to one of four ends.
    async fn live(&self) {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        assert!(n < ENOUGH, "{n} calls, and the log was not copied yet");
        let asked = CallRequest {
            idempotency_key: (n % 4 == 3).then(|| format!("key-{n}")),
            ..crate::request(n)
        };
        let mut life = Life::open(self, n, &asked).await;
        life.step(rules::admitted()).await;
        let attempt = rules::attempt("alpha");
        let tried = attempt.id;
        life.step(Fact::Intended(Box::new(attempt))).await;
        life.step(Fact::Claimed(tried)).await;
        life.step(Fact::Sent(tried)).await;
        life.end(tried).await;
        let kept = self.journal.get(life.call).await.unwrap().unwrap();
        assert_eq!(digest_of(&kept), life.digest);
    }
}

struct Life<'a> {
    of: &'a Writer,
    n: usize,
    call: CallId,
    steps: usize,
    digest: u64,
}

impl<'a> Life<'a> {
    async fn open(of: &'a Writer, n: usize, asked: &CallRequest) -> Self {
        let call = CallId::new(Uuid::now_v7());
        let at = moment(n, 0);
        let new = NewCall::new(call, Arc::new(asked.validate(at).unwrap()), at);
        let Opened::New(written) = of.journal.open(new).await.unwrap() else {
            panic!("no two of these calls are one");
        };
        let mut life = Self { of, n, call, steps: 0, digest: 0 };
        life.promised(&written);
        life
    }

    async fn step(&mut self, fact: Fact) {
        let recorded =
            self.of.journal.record(self.call, fact, moment(self.n, self.steps)).await.unwrap();
        self.promised(&recorded.call);
    }

    fn promised(&mut self, call: &Call) {
        self.steps += 1;
        self.digest = digest_of(call);
        say(&self.of.says, &format!("step {} {} {:016x}", self.call, self.steps, self.digest));
    }

    async fn end(&mut self, tried: AttemptId) {
        let theirs = format!("a-{}", self.n);
        let over =
            || Box::new(rules::report("alpha", &theirs, ProviderState::Ended(Outcome::Completed)));
        match self.n % 4 {
            // Nobody knows whether the phone rang.
            0 => {
                self.step(rules::failed(tried, Delivery::Unknown)).await;
                self.step(Fact::Reconciling(tried)).await;
            }
            // Bytes may leave at this moment.
            1 => {}
            2 => {
                let queued = rules::report("alpha", &theirs, ProviderState::Queued);
                self.step(Fact::Answered(tried, Box::new(queued))).await;
                self.step(Fact::Reported(over())).await;
                self.step(Fact::Transcribed(said())).await;
            }
            _ => self.step(Fact::Answered(tried, over())).await,
        }
    }
}

fn moment(n: usize, step: usize) -> Timestamp {
    rules::at(u64::try_from(n * 60 + step).unwrap())
}

/// Some pages.
fn said() -> Transcript {
    Transcript {
        entries: vec![TranscriptEntry {
            speaker: Speaker::Agent,
            text: "We are open on Sunday from ten to four. ".repeat(300),
            offset: None,
        }],
        raw: Raw::default(),
    }
}

/// In one write: the library keeps it whole, and in its place.
fn say(mut says: &File, what: &str) {
    says.write_all(format!("{what}\n").as_bytes()).unwrap();
}

/// What distinguishes a call from every other, and from itself a step before.
pub fn digest_of(call: &Call) -> u64 {
    digest(serde_json::to_string(call).unwrap().as_bytes())
}

/// The same in every process of one build.
pub fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
