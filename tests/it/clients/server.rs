//! `switchboard serve --simulated` as a process.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use switchboard_tests::binary;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is ready. It ends with this value.
pub(super) struct Server {
    child: Child,
    ready: Value,
}

impl Server {
    pub(super) async fn start() -> Self {
        let mut child = Command::new(binary::switchboard())
            .args(["serve", "--simulated", "--empty", "--json", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    /// Where it is, without `/v1`.
    pub(super) fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    /// The key of its tenant.
    pub(super) fn key(&self) -> &str {
        self.ready["key"].as_str().unwrap()
    }

    /// What clients' tests and examples read.
    pub(super) fn environment(&self) -> [(&str, &str); 2] {
        [("SWITCHBOARD_URL", self.url()), ("SWITCHBOARD_KEY", self.key())]
    }

    /// `None` while it runs.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }
}
