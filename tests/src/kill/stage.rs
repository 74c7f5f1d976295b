//! The directory of a loop: the table, the configuration, and both simulated providers as
//! processes.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    io::{self, BufRead},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;
use switchboard::{Call, Ledger};
use switchboard_testkit::{Ring, RingLedger, SimKind, fault::FaultScript};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    kill::Plan,
    loops::{
        Account, COUNTRIES, CREDENTIALS, MANY_CALLS, MANY_LINES, accounts, has_low_limits, people,
    },
};

/// The speed of the simulators: a call of three minutes takes less than two seconds.
const SPEED: &str = "100";
/// The timeout of all commands except the batch, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const TABLE: &str = "calls.csv";
const RINGS: [&str; 2] = ["rings-first.jsonl", "rings-second.jsonl"];

/// The kind of ledger.
#[derive(Debug, Clone)]
pub enum Books {
    /// A file in the directory of the loop.
    Sqlite,
    /// An empty PostgreSQL database at this address.
    Postgres(String),
}

/// The directory of a loop, with its providers, which end when this is dropped.
#[derive(Debug)]
pub struct Stage {
    directory: TempDir,
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    /// Killed when they are dropped.
    books: Books,
    _providers: [Child; 2],
}

/// The line that a simulated provider prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    url: String,
    credential: String,
    agent_id: Option<String>,
    /// What else belongs to the account, with the provider's name and the seed.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

impl Ready {
    fn account(&self, kind: SimKind) -> Account {
        let texts = self.more.iter().filter(|(name, _)| *name != "provider");
        let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.into())));
        Account { kind, url: self.url.clone(), agent: self.agent_id.clone(), more: texts.collect() }
    }
}

impl Stage {
    /// Sets up the directory below `parent`.
    pub async fn set(
        parent: &Path,
        number: u32,
        program: &Path,
        books: Books,
        providers: [SimKind; 2],
        plan: &Plan,
    ) -> Self {
        let directory =
            tempfile::Builder::new().prefix(&format!("loop-{number}-")).tempdir_in(parent).unwrap();
        fs::write(directory.path().join(TABLE), plan.table()).unwrap();
        fs::write(directory.path().join(people::TABLE), people::table()).unwrap();
        let [one, other] = providers;
        let ((first, first_process), (second, second_process)) = tokio::join!(
            provider(directory.path(), program, one, RINGS[0], &plan.faults[0]),
            provider(directory.path(), program, other, RINGS[1], &plan.faults[1]),
        );
        let accounts = accounts(&[first.account(one), second.account(other)]);
        let mut environment: Vec<_> =
            CREDENTIALS.into_iter().zip([first.credential, second.credential]).collect();
        let ledger = match books.clone() {
            Books::Sqlite => "path = \"ledger.db\"".to_owned(),
            Books::Postgres(url) => {
                environment.push(("KILL_LEDGER", url));
                "url_env = \"KILL_LEDGER\"\nlease_seconds = 2".to_owned()
            }
        };
        let text = configuration(&ledger, &accounts);
        fs::write(directory.path().join("switchboard.toml"), text).unwrap();
        let program = program.to_owned();
        Self { directory, program, environment, books, _providers: [first_process, second_process] }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The program with the configuration of the loop. It is killed when dropped.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("SWITCHBOARD_CONFIG", self.path().join("switchboard.toml"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// The batch command of the `replica`th process, with its output appended to the files of that
    /// replica.
    pub fn batch(&self, replica: usize) -> Command {
        let rejected = self.rejected(replica);
        let mut command =
            self.command(&["batch", TABLE, "--yes", "--json", "--log", "warn", "--rejected"]);
        command
            .arg(rejected)
            .stdout(self.printed(replica, "out"))
            .stderr(self.printed(replica, "err"));
        command
    }

    fn printed(&self, replica: usize, kind: &str) -> fs::File {
        let path = self.path().join(format!("batch-{replica}.{kind}"));
        fs::OpenOptions::new().create(true).append(true).open(path).unwrap()
    }

    /// The file with the rejected rows of a replica.
    pub fn rejected(&self, replica: usize) -> PathBuf {
        self.path().join(format!("rejected-{replica}.csv"))
    }

    /// The last lines of output of a replica.
    pub fn last_words(&self, replica: usize) -> String {
        let mut words = String::new();
        for kind in ["out", "err"] {
            let text = fs::read_to_string(self.path().join(format!("batch-{replica}.{kind}")))
                .unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            for line in &lines[lines.len().saturating_sub(5)..] {
                let _ = writeln!(words, "    batch-{replica}.{kind}: {line}");
            }
        }
        words
    }

    /// Runs a command of the program to its end.
    ///
    /// # Errors
    /// The output, if it timed out or had a non-zero exit code.
    pub async fn ask(&self, arguments: &[&str]) -> Result<String, String> {
        let Ok(ended) = timeout(PATIENCE, self.command(arguments).output()).await else {
            return Err(format!("switchboard {} does not end", arguments.join(" ")));
        };
        let ended = ended.unwrap();
        let (out, err) =
            (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        if ended.status.success() {
            return Ok(out.into_owned());
        }
        Err(format!("switchboard {}: {}\n{out}{err}", arguments.join(" "), ended.status))
    }

    /// All calls of the ledger.
    ///
    /// # Errors
    /// The same as for [`Stage::ask`].
    pub async fn calls(&self) -> Result<Vec<Call>, String> {
        let lines = self.ask(&["calls", "export", "--format", "jsonl"]).await?;
        Ok(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// The ledger, opened here as another process would.
    pub async fn ledger(&self) -> Ledger {
        match &self.books {
            Books::Sqlite => Ledger::file(self.path().join("ledger.db"), None).await.unwrap(),
            Books::Postgres(url) => Ledger::postgres(url, None).await.unwrap(),
        }
    }

    /// The number of rings so far.
    pub fn ring_count(&self) -> usize {
        let lines = |name| {
            fs::File::open(self.path().join(name))
                .map_or(0, |file| io::BufReader::new(file).lines().count())
        };
        RINGS.into_iter().map(lines).sum()
    }

    /// All rings recorded by the providers.
    pub fn rings(&self) -> Vec<Ring> {
        let of = |name| RingLedger::with_file(self.path().join(name)).unwrap().rings();
        RINGS.into_iter().flat_map(of).collect()
    }

    /// Keeps the directory.
    pub fn keep(self) -> PathBuf {
        self.directory.keep()
    }
}

/// Starts a provider and waits until it is ready.
async fn provider(
    directory: &Path,
    program: &Path,
    kind: SimKind,
    rings: &str,
    faults: &FaultScript,
) -> (Ready, Child) {
    let name = kind.id();
    let script = format!("faults-{name}.json");
    fs::write(directory.join(&script), serde_json::to_vec_pretty(faults).unwrap()).unwrap();
    let mut command = Command::new(program);
    if has_low_limits(kind) {
        let (lines, calls) = (MANY_LINES.to_string(), MANY_CALLS.to_string());
        let countries = COUNTRIES.join(",");
        command.args(["sim", name, "--countries", &countries]);
        command.args(["--lines", &lines, "--calls-per-minute", &calls]);
    } else {
        command.args(["sim", name]);
    }
    let mut child = command
        .args(["--seed", "0", "--speed", SPEED, "--ring-ledger", rings, "--faults", &script])
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(directory.join(format!("sim-{name}.err"))).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    timeout(PATIENCE, stdout.read_line(&mut line))
        .await
        .expect("a simulator is ready in time")
        .unwrap();
    let ready = serde_json::from_str(&line)
        .unwrap_or_else(|error| panic!("the simulator {name} said {line:?}: {error}"));
    (ready, child)
}

/// All waiting times are short, because waiting is not what is tested.
fn configuration(ledger: &str, accounts: &str) -> String {
    let section = people::SECTION;
    format!(
        r#"
        [ledger]
        {ledger}

        [routing]
        default_agent = "assistant"
        max_wait_seconds = 5
        reconcile_seconds = 5

        {section}
        {accounts}
        "#
    )
}
