//! A session on a terminal: what a person sees from the first configuration to the table of what became of their calls. It is written
//! down for terminals of 80 and 120 columns in `docs/terminal-80.txt` and `docs/terminal-120.txt`.
//!
//! `SWITCHBOARD_BLESS=1 cargo test -p switchboard-cli --test it session::` writes them anew.

use std::{fs, path::Path, process::Command};

use regex::Regex;
use switchboard_testkit::{SimConfig, SimKaiCalls};
use tempfile::tempdir;

use crate::common::{
    command,
    pty::{self, Watched},
};

const TABLE: &str = "to,callee_name,task\n\
                     +12125550101,Ada,Ask for the opening hours.\n\
                     +12125550102,Ben,Ask for the opening hours.\n\
                     +12125550103,Cem,Ask for the opening hours.\n\
                     +12125550104,Dan,Ask for the opening hours.\n";
/// Two calls at once, and then none for a while.
const LIMIT: &str =
    "\n[providers.kaicalls.limits]\nplace_requests = 3\nplace_window_seconds = 110\n";

/// A session in this directory, as it is written down.
struct Session<'a> {
    directory: &'a Path,
    columns: u16,
    text: String,
}

impl Session<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .current_dir(self.directory)
            .env("HOME", self.directory)
            .env_remove("XDG_DATA_HOME")
            .env("TZ", "UTC");
        command
    }

    /// Runs a command, and writes down what is on the screen at its end, or when somebody types.
    async fn run(&mut self, arguments: &[&str], typed: &[(&[&str], &str)]) -> Watched {
        let command = self.command(arguments);
        let typed: Vec<(Vec<String>, String)> = typed
            .iter()
            .map(|(seen, types)| {
                (seen.iter().map(ToString::to_string).collect(), (*types).to_owned())
            })
            .collect();
        let columns = self.columns;
        let watched = tokio::task::spawn_blocking(move || pty::watch(&command, columns, &typed));
        let watched = watched.await.unwrap();
        self.text.push_str(&format!("$ switchboard {}\n", arguments.join(" ")));
        for (at, screen) in watched.screens.iter().enumerate() {
            assert_eq!(screen.too_wide, Vec::<String>::new(), "wider than {columns} columns");
            if at > 0 {
                self.text.push_str("# Ctrl-C\n");
            }
            self.text.push_str(&screen.text());
        }
        if watched.code != 0 {
            self.text.push_str(&format!("# exit code {}\n", watched.code));
        }
        self.text.push('\n');
        watched
    }
}

async fn session(columns: u16) -> String {
    let directory = tempdir().unwrap();
    let sim = SimKaiCalls::start(SimConfig::default().seed(1).speed(600.0)).await.unwrap();
    let mut session = Session { directory: directory.path(), columns, text: String::new() };
    session.run(&["init", "--simulated"], &[]).await;
    let file = directory.path().join("switchboard.toml");
    let text = fs::read_to_string(&file).unwrap().replace("http://127.0.0.1:8601", sim.url());
    fs::write(&file, text + LIMIT).unwrap();
    fs::write(directory.path().join("calls.csv"), TABLE).unwrap();
    session.run(&["doctor"], &[]).await;
    session.run(&["batch", "calls.csv", "--dry-run"], &[]).await;
    let waits: (&[&str], &str) = (&["2 of 4 rows", "1 open", " wait"], "\u{3}");
    session.run(&["batch", "calls.csv", "--at-once", "1"], &[waits]).await;
    session.run(&["calls", "cancel", "--batch", "calls.csv"], &[]).await;
    session.run(&["calls", "list"], &[]).await;
    let listed = session.command(&["calls", "list", "--outcome", "completed", "--json"]);
    let id = first_id(listed);
    session.run(&["calls", "show", &id], &[]).await;
    session.run(&["calls", "transcript", &id], &[]).await;
    session.run(&["calls", "export", "--out", "calls.jsonl", "--format", "jsonl"], &[]).await;
    same_each_time(&session.text)
}

fn first_id(mut listed: Command) -> String {
    let listed = listed.output().unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    listed["calls"][0]["id"].as_str().unwrap().to_owned()
}

/// The text with the same ids, times and ports in each run.
fn same_each_time(text: &str) -> String {
    let rules = [
        (
            "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
            "01a231da-4bae-7e7e-a9e3-5055f064b4c3",
        ),
        (r"(?m)^01[0-9a-f]{6}(-[0-9a-f]{1,4}){0,2}  +", "01a231da-4bae  "),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "2026-11-29T14:03:07Z"),
        (r"\b\d\d:\d\d:\d\d\.\d{3}", "14:03:07.123"),
        (r"\b\d\d:\d\d:\d\d\b", "14:03:07"),
        (r"\b\d\d:\d\d\b", "14:03"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:8601"),
        ("configuration: [0-9a-f]{12}", "configuration: 0123456789ab"),
        (r"\b\d+s\b", "3s"),
        (r"(?m) +$", ""),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, same)| {
        Regex::new(pattern).unwrap().replace_all(&text, *same).into_owned()
    })
}

/// Without what follows from the length of an id or a number beside it.
fn without_widths(text: &str) -> String {
    let text = Regex::new("─+").unwrap().replace_all(text, "─");
    Regex::new("  +").unwrap().replace_all(&text, "  ").into_owned()
}

async fn written_down(columns: u16) {
    let seen = session(columns).await;
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/terminal-{columns}.txt"));
    if std::env::var_os("SWITCHBOARD_BLESS").is_some() {
        fs::write(&file, &seen).unwrap();
    }
    let known = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        without_widths(&known) == without_widths(&seen),
        "{} is not what a terminal shows; SWITCHBOARD_BLESS=1 writes it anew:\n{seen}",
        file.display()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_of_80_columns() {
    written_down(80).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_of_120_columns() {
    written_down(120).await;
}
