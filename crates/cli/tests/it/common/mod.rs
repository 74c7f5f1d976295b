//! The binary, as a shell would run it.

pub(crate) mod browser;
#[cfg(unix)]
pub(crate) mod outside;
#[cfg(unix)]
pub(crate) mod pty;
#[cfg(unix)]
pub(crate) mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use switchboard_testkit::{OPEN_RULES, RingLedger, SimConfig, SimKaiCalls, SimKallyAi};
use tempfile::TempDir;

/// The example that the README points to.
pub(crate) const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../switchboard.example.toml");

/// The binary with these arguments and nothing of this process's settings.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "SWITCHBOARD_CONFIG", "SWITCHBOARD_LOG", "RUST_LOG"]
    {
        command.env_remove(name);
    }
    // What this user or this machine has configured is not found.
    command.env("XDG_CONFIG_HOME", "/nowhere").env("XDG_CONFIG_DIRS", "/nowhere");
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    Ran::of(command(arguments).output().expect("the binary runs"))
}

/// What a run left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("no signal ended it"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Stdout as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in {:?}; stderr {:?}", self.out, self.err))
    }
}

/// Both simulated providers and a configuration file that names them.
pub(crate) struct Harness {
    pub(crate) kallyai: SimKallyAi,
    pub(crate) kaicalls: SimKaiCalls,
    pub(crate) ledger: RingLedger,
    directory: TempDir,
}

impl Harness {
    /// `set` says what is special about both simulators.
    pub(crate) async fn start(set: impl Fn(SimConfig) -> SimConfig + Send + Sync) -> Self {
        let ledger = RingLedger::in_memory();
        let config = || set(SimConfig::default().seed(11).speed(600.0)).ledger(ledger.clone());
        let kallyai = SimKallyAi::start(config()).await.unwrap();
        let kaicalls = SimKaiCalls::start(config()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            r#"
            [rules]
            off = "no person is called in a test"

            [routing]
            default_agent = "desk"

            [ledger]
            path = "ledger.db"

            [providers.kaicalls]
            kind = "kaicalls"
            base_url = "{}"
            api_key_env = "TEST_KAICALLS_KEY"

            [providers.kaicalls.tariff.default]
            per_call = "0.15"

            [providers.kallyai]
            kind = "kallyai"
            base_url = "{}"
            api_key_env = "TEST_KALLYAI_TOKEN"

            [agents.desk.at]
            kaicalls = "{}"
            kallyai = "general"
            "#,
            kaicalls.url(),
            kallyai.url(),
            kaicalls.agent_id(),
        );
        fs::write(directory.path().join("switchboard.toml"), text).unwrap();
        Self { kallyai, kaicalls, ledger, directory }
    }

    /// Adds to the configuration.
    pub(crate) fn configure(&self, more: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        fs::write(self.config(), format!("{text}\n{more}\n")).unwrap();
    }

    /// Turns the calling rules on, without the hours and caps that would depend on when a test runs.
    pub(crate) fn turn_rules_on(&self) {
        self.write("rules.tsv", OPEN_RULES);
        let text = fs::read_to_string(self.config()).unwrap();
        let off = "off = \"no person is called in a test\"";
        assert!(text.contains(off));
        fs::write(self.config(), text.replace(off, "files = [\"rules.tsv\"]")).unwrap();
        self.configure(
            "[agents.desk]\npurpose = \"reservation\"\non_behalf_of = \"Ada Lovelace\"\n\
             published_number = \"its own website\"\ncallback_number = \"+442079460018\"",
        );
    }

    /// A file of this harness.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.directory.path().join("switchboard.toml")
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The binary with the configuration and its credentials.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("SWITCHBOARD_CONFIG", self.config())
            .env("TEST_KAICALLS_KEY", self.kaicalls.credential())
            .env("TEST_KALLYAI_TOKEN", self.kallyai.credential());
        command
    }

    /// Runs it to its end, while the simulators go on.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = tokio::process::Command::from(self.command(arguments));
        Ran::of(command.output().await.unwrap())
    }
}
