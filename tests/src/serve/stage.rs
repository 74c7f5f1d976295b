//! A directory with a configuration, two simulated providers in this process, and a ledger that one
//! or several servers share.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use switchboard::{Ledger, ledger::Check};
use switchboard_testkit::SimConfig;
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::{
    Sims,
    kill::Books,
    loops::{Account, CREDENTIALS, accounts, people},
    serve::Process,
};

/// How long a command may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// What differs from one test to the next.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The ledger.
    pub ledger: Books,
    /// How much faster than real time simulated calls run.
    pub speed: f64,
    /// Lines of `[server]`, without the addresses and the secret.
    pub server: String,
    /// Further sections of the configuration.
    pub sections: String,
    /// The section about the calling rules.
    pub rules: String,
    /// Lines of `[routing]`.
    pub routing: String,
    /// After so long without a sign of life, others take over a server's calls: on PostgreSQL.
    pub lease_seconds: u32,
}

impl Setting {
    /// Requests are not limited, and nothing waits for long.
    pub fn new(ledger: Books) -> Self {
        Self {
            ledger,
            speed: 100.0,
            server: "settle_seconds = 0\ndrain_seconds = 5\n".to_owned(),
            sections: UNLIMITED.to_owned(),
            rules: "[rules]\noff = \"The tests of the server call at any time.\"\n".to_owned(),
            routing: "max_wait_seconds = 120\nreconcile_seconds = 5\n".to_owned(),
            lease_seconds: 2,
        }
    }
}

/// Many requests from one address, and receivers of webhooks on this machine.
pub const UNLIMITED: &str = r#"
[server.limits]
requests_per_minute = 10000000
concurrent_requests = 100000
streams = 10000

[server.webhooks]
allow_networks = ["127.0.0.0/8"]
timeout_seconds = 2
"#;

/// The directory, and the providers, which end when this is dropped.
#[derive(Debug)]
pub struct Stage {
    directory: TempDir,
    program: PathBuf,
    ledger: Books,
    /// Both providers.
    pub sims: Sims,
}

impl Stage {
    /// Sets up a directory below `parent`, for this program.
    pub async fn set(parent: &Path, program: &Path, setting: &Setting) -> Self {
        let plain = || {
            let limits = SimConfig::default().limits(1_000_000, 1_000_000).credits(1_000_000);
            limits.speed(setting.speed).seed(0)
        };
        Self::with(parent, program, setting, plain(), plain()).await
    }

    /// The same, with these simulators.
    pub async fn with(
        parent: &Path,
        program: &Path,
        setting: &Setting,
        kallyai: SimConfig,
        kaicalls: SimConfig,
    ) -> Self {
        let directory = tempfile::Builder::new().prefix("serve-").tempdir_in(parent).unwrap();
        let sims = Sims::start(kallyai, kaicalls).await;
        let text = configuration(setting, &sims);
        fs::write(directory.path().join("switchboard.toml"), text).unwrap();
        fs::write(directory.path().join(people::TABLE), people::table()).unwrap();
        Self { directory, program: program.to_owned(), ledger: setting.ledger.clone(), sims }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The program with the configuration, and nothing of this process's environment. It is killed
    /// when dropped.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        self.prepare(&mut command);
        command
    }

    /// Gives a command the directory and the environment.
    pub fn prepare(&self, command: &mut Command) {
        command
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("SWITCHBOARD_CONFIG", self.path().join("switchboard.toml"))
            .env("PROOF_SECRET", SECRET)
            .env("PROOF_HOOKS_SECRET", SECRET)
            .env(CREDENTIALS[0], self.sims.kaicalls.credential())
            .env(CREDENTIALS[1], self.sims.kallyai.credential())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Books::Postgres(url) = &self.ledger {
            command.env("PROOF_LEDGER", url);
        }
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

    /// Makes a key with these arguments of `keys create`.
    pub async fn key(&self, more: &[&str]) -> String {
        let made = self.ask(&[&["keys", "--by", "proof", "create"], more].concat()).await.unwrap();
        made.trim().to_owned()
    }

    /// `serve` at this address, with its log appended to a file of the replica.
    pub fn serve_command(&self, replica: usize, listen: &str) -> Command {
        let mut command = self.command(&["serve", "--json", "--listen", listen]);
        let log = self.log_file(replica);
        let log = fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.stderr(log);
        command
    }

    /// Starts a server at this address; with port 0 at any.
    ///
    /// # Errors
    /// It does not start.
    pub async fn serve(&self, replica: usize, listen: &str) -> Result<Process, String> {
        Process::start(self.serve_command(replica, listen)).await.map_err(|error| {
            let log = fs::read_to_string(self.log_file(replica)).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(3).collect();
            format!("{error}: {last:?}")
        })
    }

    /// What a replica logged.
    pub fn log_file(&self, replica: usize) -> PathBuf {
        self.path().join(format!("serve-{replica}.log"))
    }

    /// The ledger, opened here as another process would.
    pub async fn ledger(&self) -> Ledger {
        match &self.ledger {
            Books::Sqlite => Ledger::file(self.path().join("ledger.db"), None).await.unwrap(),
            Books::Postgres(url) => Ledger::postgres(url, None).await.unwrap(),
        }
    }

    /// Everything in the ledger that contradicts something else there.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn check(&self) -> Result<(), String> {
        let check: Check = self.ledger().await.check().await.map_err(|error| error.to_string())?;
        if check.is_consistent() {
            Ok(())
        } else {
            Err(format!("the ledger: {:?}", check.problems))
        }
    }

    /// Keeps the directory.
    pub fn keep(self) -> PathBuf {
        self.directory.keep()
    }
}

/// An address on this machine that nobody listens at. Servers that are started again get the same.
pub fn free_address() -> String {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().to_string()
}

fn configuration(setting: &Setting, sims: &Sims) -> String {
    let Setting { server, sections, rules, routing, lease_seconds, .. } = setting;
    let ledger = match setting.ledger {
        Books::Sqlite => "path = \"ledger.db\"".to_owned(),
        Books::Postgres(_) => {
            format!("url_env = \"PROOF_LEDGER\"\nlease_seconds = {lease_seconds}")
        }
    };
    let accounts = accounts(&Account::of(sims));
    format!(
        r#"
[ledger]
{ledger}

[routing]
default_agent = "assistant"
{routing}

[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
secret_env = "PROOF_SECRET"
trusted_proxies = ["127.0.0.1/32"]
{server}

{rules}
{accounts}
{sections}
"#
    )
}
