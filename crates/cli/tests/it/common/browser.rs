//! A login with the test in the place of the browser.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStderr, Stdio},
};

use switchboard_testkit::{SimConfig, SimKallyAi};
use tempfile::TempDir;

use super::{Ran, command};

/// A simulated KallyAI and a configuration without a credential.
pub(crate) struct Office {
    pub(crate) sim: SimKallyAi,
    pub(crate) directory: TempDir,
}

impl Office {
    /// `place` is the account's `token_store`, as TOML; empty for none.
    pub(crate) async fn start(place: &str) -> Self {
        Self::with(place, SimConfig::default().seed(3).speed(600.0)).await
    }

    pub(crate) async fn with(place: &str, config: SimConfig) -> Self {
        let sim = SimKallyAi::start(config).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let office = Self { sim, directory };
        office.configure(place, office.sim.url());
        office
    }

    pub(crate) fn configure(&self, place: &str, url: &str) {
        let text = format!(
            "[rules]\noff = \"no person is called in a test\"\n[providers.kallyai]\nkind = \"kallyai\"\nbase_url = \"{url}\"\n{place}\n"
        );
        fs::write(self.directory.path().join("switchboard.toml"), text).unwrap();
    }

    pub(crate) fn tokens(&self) -> PathBuf {
        self.directory.path().join("tokens.json")
    }

    /// The binary with this configuration, a state directory of its own and no keyring.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = command(arguments);
        command
            .env("SWITCHBOARD_CONFIG", self.directory.path().join("switchboard.toml"))
            .env("XDG_STATE_HOME", self.directory.path().join("state"))
            .env("XDG_DATA_HOME", self.directory.path().join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = tokio::process::Command::from(self.command(arguments));
        Ran::of(command.output().await.unwrap())
    }

    /// Begins a login and reads the address of its page.
    pub(crate) fn login(&self, arguments: &[&str]) -> Login {
        Login::begin(
            self.command(&[&["login", "kallyai", "--no-browser", "--json"], arguments].concat()),
        )
    }

    /// Logs in, from beginning to end.
    pub(crate) fn logged_in(&self) -> Ran {
        let login = self.login(&[]);
        let redirect = login.redirect();
        assert!(login.get(&redirect).starts_with("HTTP/1.1 303"), "the login is taken");
        login.get("/done");
        let ran = login.end();
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran
    }
}

/// A login under way.
pub(crate) struct Login {
    child: Child,
    errors: BufReader<ChildStderr>,
    printed: String,
    pub(crate) page: String,
    pub(crate) host: String,
    pub(crate) state: String,
}

impl Login {
    pub(crate) fn begin(mut command: std::process::Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut printed = String::new();
        let page = loop {
            let mut line = String::new();
            assert!(errors.read_line(&mut line).unwrap() > 0, "no address was printed: {printed}");
            printed.push_str(&line);
            let word = line.trim();
            if word.starts_with("http") {
                break word.to_owned();
            }
        };
        let url = url::Url::parse(&page).unwrap();
        let value =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let host = value("redirect_uri").strip_prefix("http://").unwrap().to_owned();
        Self { child, errors, printed, host, state: value("state"), page }
    }

    /// What the provider's page sends the browser to: path and query.
    pub(crate) fn redirect(&self) -> String {
        let (_, rest) = self.page.split_once("://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let answer = exchange(
            host,
            &format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        );
        let location =
            header(&answer, "location").unwrap_or_else(|| panic!("no redirect: {answer}"));
        let bare = location.strip_prefix(&format!("http://{}", self.host)).unwrap();
        if bare.starts_with('/') { bare.to_owned() } else { format!("/{bare}") }
    }

    /// One GET at the listener; the whole answer.
    pub(crate) fn get(&self, target: &str) -> String {
        self.ask("GET", target, &self.host)
    }

    pub(crate) fn ask(&self, method: &str, target: &str, host: &str) -> String {
        exchange(&self.host, &format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    }

    /// Its exit, and all that it printed.
    pub(crate) fn end(mut self) -> Ran {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.errors.read_to_string(&mut self.printed).unwrap();
        Ran {
            code: self.child.wait().unwrap().code().expect("no signal ended it"),
            out,
            err: self.printed,
        }
    }
}

/// Sends text on a connection of its own.
pub(crate) fn exchange(host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A header of an answer.
pub(crate) fn header(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}
