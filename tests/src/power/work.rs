//! Writes to a ledger and records what was acknowledged.

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
    journal::{JournalExt, state::Fact},
};
use switchboard_journal::{Journal, NewCall, Opened, conformance as rules};
use switchboard_ledger::SqliteJournal;
use tokio::runtime::Builder;
use uuid::Uuid;

/// The size in bytes of a write-ahead log that is copied into the ledger: 4,000 pages of 4 KiB,
/// each with a header of 24 bytes.
const COPIED: u64 = 4_000 * 4_120;
/// The maximum number of calls. If they do not fill the log, they are not being written.
const ENOUGH: usize = 1_500;
const WRITERS: usize = 6;

/// Whether commits are on disk before they are acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Yes, like the product.
    Keeps,
    /// No: `synchronous=NORMAL`, which the test must detect.
    Forgets,
}

/// Creates a ledger, writes to it concurrently, closes it, and continues until its write-ahead log
/// was copied and restarted. Each acknowledgement is written to the file `acks` immediately:
///
/// - `opened DIGEST`: the ledger exists, and the hash of the first callee has this digest;
/// - `step CALL NUMBER DIGEST`: this number of steps of a call is written, and the call then has
///   this digest.
///
/// # Panics
/// If the ledger refuses a write or fails.
pub fn write(ledger: &Path, acks: &Path, habit: Habit) {
    let says = Arc::new(OpenOptions::new().create(true).append(true).open(acks).unwrap());
    let next = Arc::new(AtomicUsize::new(0));
    for part in [Part::Short, Part::Long] {
        // A separate runtime: when it ends, everything that held the ledger open has ended, and
        // closing it copies and removes the log.
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
    /// Until the log was copied, plus a few calls.
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

    /// One call, from the first step to one of four outcomes.
    async fn live(&self) {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        assert!(n < ENOUGH, "{n} calls, and the log was not copied yet");
        let asked = crate::request(n)
            .with(|call| call.idempotency_key = (n % 4 == 3).then(|| format!("key-{n}")));
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
            // Unknown whether the phone rang.
            0 => {
                self.step(rules::failed(tried, Delivery::Unknown)).await;
                self.step(Fact::Reconciling(tried)).await;
            }
            // Bytes may be leaving at this time.
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

/// A transcript of several pages.
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

/// In one write, so that the library logs it whole and in order.
fn say(mut says: &File, what: &str) {
    says.write_all(format!("{what}\n").as_bytes()).unwrap();
}

/// A digest that distinguishes a call from all others, and from its earlier states.
pub fn digest_of(call: &Call) -> u64 {
    digest(serde_json::to_string(call).unwrap().as_bytes())
}

/// A digest that is the same in every process of a build.
pub fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
