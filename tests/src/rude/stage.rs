//! A misbehaving provider, optionally a normal one as second, and a configuration with both in this
//! order.

use std::{ffi::OsString, fs, time::Duration};

use serde_json::Value;
use switchboard_testkit::{
    RequestRecord, RingLedger, SimConfig, SimHandle, SimKaiCalls, SimKallyAi,
    calls::{CallScript, Outcome},
    rude::Rudeness,
};
use tempfile::TempDir;

use super::{Ran, Secrets};
use crate::{Which, callee};

/// The second provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// None.
    Nobody,
    /// The other provider, without misbehaviour.
    Polite,
}

/// The providers, and the directory of the program.
#[derive(Debug)]
pub struct Stage {
    which: Which,
    kallyai: SimKallyAi,
    kaicalls: SimKaiCalls,
    rings: RingLedger,
    directory: TempDir,
    /// All runs so far.
    pub runs: Vec<Ran>,
}

/// A call takes a minute of call time and less than a second of real time.
fn polite(rings: &RingLedger) -> SimConfig {
    let talk = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_secs(2))
        .talking_for(Duration::from_secs(50));
    let config = SimConfig::default().seed(23).speed(300.0).ledger(rings.clone());
    (0..20).fold(config, |config, n| config.outcome(callee(n), talk))
}

impl Stage {
    /// Sets up the providers. Without a rudeness, the first provider behaves normally too, to show
    /// the expected behaviour.
    pub async fn set(which: Which, rudeness: Option<Rudeness>, behind: Behind, more: &str) -> Self {
        let rings = RingLedger::in_memory();
        let set = |own: Which| match rudeness {
            Some(rudeness) if own == which => polite(&rings).rude(rudeness),
            Some(_) | None => polite(&rings),
        };
        let kallyai = SimKallyAi::start(set(Which::KallyAi)).await.unwrap();
        let kaicalls = SimKaiCalls::start(set(Which::KaiCalls)).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let account = |name: &str, which: Which| {
            let (url, tariff) = match which {
                Which::KallyAi => (
                    kallyai.url(),
                    r#"{ credit_price = "0.15", default = { per_call_credits = "1.1" } }"#,
                ),
                Which::KaiCalls => (kaicalls.url(), r#"{ default = { per_call = "0.15" } }"#),
            };
            let variable = name.to_ascii_uppercase();
            format!(
                "[providers.{name}]\nkind = \"{}\"\nbase_url = \"{url}\"\napi_key_env = \"TEST_{variable}\"\ntariff = {tariff}\n",
                which.id()
            )
        };
        let agent = |which: Which| match which {
            Which::KallyAi => "general",
            Which::KaiCalls => kaicalls.agent_id(),
        };
        let mut text =
            "[rules]\noff = \"no person is called in a test\"\n[routing]\ndefault_agent = \"desk\"\nmax_wait_seconds = 6\nreconcile_seconds = 3\n\
                        [ledger]\npath = \"ledger.db\"\n"
                .to_owned();
        text += &account("rude", which);
        let mut agents = format!("rude = \"{}\"", agent(which));
        if behind == Behind::Polite {
            text += &account("polite", which.other());
            agents += &format!(", polite = \"{}\"", agent(which.other()));
        }
        text += &format!("[agents.desk]\nat = {{ {agents} }}\n{more}\n");
        fs::write(directory.path().join("switchboard.toml"), text).unwrap();
        Self { which, kallyai, kaicalls, rings, directory, runs: Vec::new() }
    }

    fn sim(&self, which: Which) -> &SimHandle {
        match which {
            Which::KallyAi => &self.kallyai,
            Which::KaiCalls => &self.kaicalls,
        }
    }

    /// The number of placing requests that the misbehaving provider received.
    pub fn rude_posts(&self) -> usize {
        self.sim(self.which).posts_to(self.which.path())
    }

    /// The number of placing requests that the normal provider received.
    pub fn polite_posts(&self) -> usize {
        self.sim(self.which.other()).posts_to(self.which.other().path())
    }

    /// The number of rings.
    pub fn rings(&self) -> usize {
        self.rings.len()
    }

    /// The requests that the misbehaving provider received.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.sim(self.which).requests()
    }

    /// The number of reads among them.
    pub fn reads(&self) -> usize {
        self.requests().iter().filter(|request| request.method == "GET").count()
    }

    /// What must not be printed.
    pub fn secrets(&self) -> Secrets {
        Secrets {
            keys: Which::BOTH.map(|which| self.sim(which).credential().to_owned()).to_vec(),
            numbers: (0..20).map(callee).collect(),
        }
    }

    fn variables(&self) -> Vec<(&'static str, OsString)> {
        let path = |name: &str| self.directory.path().join(name).into_os_string();
        vec![
            ("SWITCHBOARD_CONFIG", path("switchboard.toml")),
            ("XDG_STATE_HOME", path("state")),
            ("XDG_DATA_HOME", path("data")),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus".into()),
            ("TEST_RUDE", self.sim(self.which).credential().into()),
            ("TEST_POLITE", self.sim(self.which.other()).credential().into()),
        ]
    }

    /// Runs the program with full logging.
    pub async fn run(&mut self, arguments: &[&str]) -> &Ran {
        self.run_for(arguments, None).await
    }

    /// Like [`Self::run`], but kills the program after this long.
    pub async fn run_for(&mut self, arguments: &[&str], longest: Option<Duration>) -> &Ran {
        let logged = [&["--log", "trace"], arguments].concat();
        self.runs.push(Ran::piped(&logged, &self.variables(), longest).await);
        self.runs.last().unwrap()
    }

    /// Runs the program on a terminal without logging, like a person.
    pub async fn look(&mut self, arguments: &[&str]) -> &Ran {
        self.runs.push(Ran::on_a_terminal(arguments, &self.variables()).await);
        self.runs.last().unwrap()
    }

    /// Calls the nth callee, waits for the decision only, and returns the JSON output.
    pub async fn call(&mut self, n: usize) -> (Option<i32>, Value) {
        self.call_with(n, &[], None).await
    }

    /// Like [`Self::call`] with more arguments, but kills the program after this long.
    pub async fn call_with(
        &mut self,
        n: usize,
        more: &[&str],
        longest: Option<Duration>,
    ) -> (Option<i32>, Value) {
        let to = callee(n);
        let arguments =
            [&["call", "--json", "--to", &to, "--task", "Ask whether the shop is open."], more]
                .concat();
        let ran = self.run_for(&arguments, longest).await;
        (ran.code, ran.json())
    }

    /// The calls of the ledger, newest last.
    pub async fn calls(&mut self) -> Vec<Value> {
        match self.run(&["calls", "list", "--json"]).await.json() {
            Value::Array(calls) => calls,
            Value::Object(mut fields) => match fields.remove("calls") {
                Some(Value::Array(calls)) => calls,
                Some(_) | None => Vec::new(),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        }
    }

    /// True if a file of the ledger contains one of the keys.
    pub fn ledger_holds_a_key(&self) -> bool {
        let keys = self.secrets().keys;
        let files = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ledger.db"))
            })
            .filter(|path| path.is_file())
            .map(|path| fs::read(path).unwrap())
            .any(|bytes| {
                keys.iter()
                    .any(|key| bytes.windows(key.len()).any(|window| window == key.as_bytes()))
            })
    }
}
