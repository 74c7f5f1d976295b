//! The conformance suite against the program itself: `switchboard sim kallyai --shape …`, a process
//! of its own, in each shape.
//!
//! What a process does when it is told is what a script says beforehand: the numbers that get into
//! fault are known, because the suite asks for numbers in a fixed order. A connection is refused
//! by a process that was killed; its ring ledger is a file and outlives it.

use std::{
    fmt::{self, Debug},
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::Value;
use switchboard::{
    AgentId, PhoneNumber, SystemClock,
    kallyai::{KallyAi, KallyAiConfig},
};
use switchboard_testkit::{
    conformance::{self, Harness, PlacingFault, Verdict},
    fault::FaultScript,
};
use switchboard_tests::{Which, binary, callee, placing_faults};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::Mutex,
};

/// The fault of the suite's numbers, from the third on.
const FAULTS: [PlacingFault; 8] = [
    PlacingFault::ConnectionRefused,
    PlacingFault::ServerErrorAfterRing,
    PlacingFault::ResetAfterRing,
    PlacingFault::CutBodyAfterRing,
    PlacingFault::RateLimited,
    PlacingFault::Unauthorized,
    PlacingFault::DoNotCall,
    // Of the call that is traced.
    PlacingFault::ServerErrorAfterRing,
];
const FIRST: usize = 2;

/// A simulator in a process, started again where it was killed.
struct Program {
    shape: &'static str,
    directory: TempDir,
    child: Mutex<Option<Child>>,
    address: String,
    credential: String,
    next: AtomicUsize,
}

impl Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "switchboard sim kallyai --shape {}", self.shape)
    }
}

impl Program {
    async fn start(shape: &'static str) -> Self {
        let directory = TempDir::new().unwrap();
        let mut script = FaultScript::default();
        for (nth, fault) in FAULTS.into_iter().enumerate() {
            if let Some(rule) = placing_faults::rule(Which::KallyAi, fault, &callee(FIRST + nth)) {
                script = script.rule(rule);
            }
        }
        fs::write(directory.path().join("faults.json"), serde_json::to_string(&script).unwrap())
            .unwrap();
        let mut program = Self {
            shape,
            directory,
            child: Mutex::new(None),
            address: "127.0.0.1:0".to_owned(),
            credential: String::new(),
            next: AtomicUsize::new(0),
        };
        let ready = program.run().await;
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        text("url").strip_prefix("http://").unwrap().clone_into(&mut program.address);
        program.credential = text("credential");
        program
    }

    /// Starts the process and returns the line that it prints when it listens.
    async fn run(&self) -> Value {
        let path = |name: &str| self.directory.path().join(name);
        let mut child = Command::new(binary::switchboard())
            .args(["--json", "sim", "kallyai", "--shape", self.shape, "--listen", &self.address])
            .args(["--speed", "2000", "--seed", "7", "--faults"])
            .arg(path("faults.json"))
            .arg("--ring-ledger")
            .arg(self.ledger())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await;
        *self.child.lock().await = Some(child);
        let line = line.expect("the program says that it listens").unwrap();
        serde_json::from_str(&line.expect("the program prints a line")).unwrap()
    }

    fn ledger(&self) -> PathBuf {
        self.directory.path().join("rings.jsonl")
    }

    /// The numbers that rang, as the file has them.
    fn rung(&self) -> Vec<String> {
        let text = fs::read_to_string(self.ledger()).unwrap_or_default();
        let rings = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rings.map(|ring| ring["to"].as_str().unwrap().to_owned()).collect()
    }

    fn provider(&self) -> KallyAi {
        let mut config = KallyAiConfig::new(self.credential.clone());
        config.base_url = format!("http://{}", self.address).parse().unwrap();
        config.place_timeout = Duration::from_secs(60);
        KallyAi::new(config, Arc::new(SystemClock)).unwrap()
    }
}

#[async_trait]
impl Harness for Program {
    fn fresh_number(&self) -> PhoneNumber {
        PhoneNumber::parse(&callee(self.next.fetch_add(1, Ordering::Relaxed))).unwrap()
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.rung().iter().filter(|rung| *rung == number.e164()).count()
    }

    fn agent(&self) -> Option<AgentId> {
        Some("general".into())
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        let scripted = FAULTS.iter().enumerate();
        let mut scripted = scripted.filter(|(nth, _)| callee(FIRST + nth) == number.e164());
        match scripted.next() {
            Some((_, known)) if *known == fault => {}
            other => {
                return Err(format!("{number:?} was to be in {other:?}, and {fault:?} is wanted"));
            }
        }
        if fault == PlacingFault::ConnectionRefused
            && let Some(mut child) = self.child.lock().await.take()
        {
            child.kill().await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    async fn clear(&self) {
        let gone = self.child.lock().await.is_none();
        if gone {
            self.run().await;
        }
    }

    fn secret(&self) -> String {
        self.credential.clone()
    }
}

async fn conforms(shape: &'static str) {
    let program = Program::start(shape).await;
    let report = conformance::run(&program.provider(), &program, &SystemClock).await;
    println!("{report}");
    assert!(report.passed(), "{report}");
    let excused = report.checks.iter().filter(|check| matches!(check.verdict, Verdict::Excused(_)));
    assert_eq!(excused.count(), 0, "{report}");
    let mut rung = program.rung();
    let all = rung.len();
    rung.sort();
    rung.dedup();
    assert!(all > 0 && rung.len() == all, "a phone rang more than once");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_february_2026() {
    conforms("2026-02").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_january_2026() {
    conforms("2026-01").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_assistants_see_it() {
    conforms("assistant").await;
}
