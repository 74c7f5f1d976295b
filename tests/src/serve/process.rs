//! One `switchboard serve`.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long a process may take to start, on a busy machine.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// A server that is ready. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    ready: Value,
}

impl Process {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// It ended before, or took too long.
    pub async fn start(mut command: Command) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        match timeout(STARTS_WITHIN, out.read_line(&mut line)).await {
            Ok(Ok(length)) if length > 0 => {}
            Ok(_) => {
                return Err(format!(
                    "the server ended before it was ready: {:?}",
                    child.wait().await
                ));
            }
            Err(_) => return Err("the server is not ready in time".to_owned()),
        }
        let ready = serde_json::from_str(&line).map_err(|error| format!("{error}: {line:?}"))?;
        Ok(Self { child, ready })
    }

    /// What it printed when it was ready.
    pub fn ready(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// The address of the API.
    pub fn address(&self) -> String {
        host(self.ready("url"))
    }

    /// The address of health and metrics.
    pub fn admin_address(&self) -> String {
        host(self.ready("admin_url"))
    }

    /// Sends a signal. The process was not waited for yet, so its id is still its own.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).unwrap()
    }

    /// The memory that it has, in KiB, as the system counts it.
    pub fn resident_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.pid().as_raw_nonzero());
        let text = std::fs::read_to_string(status).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse().unwrap()
    }

    /// How it ended, if it did by itself.
    pub fn over(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// It does not end in time.
    pub async fn terminate(mut self, within: Duration) -> Result<ExitStatus, String> {
        self.signal(Signal::TERM);
        self.ended(within).await
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// It does not end in time.
    pub async fn ended(&mut self, within: Duration) -> Result<ExitStatus, String> {
        match timeout(within, self.child.wait()).await {
            Ok(status) => Ok(status.unwrap()),
            Err(_) => Err(format!("the server did not end within {} s", within.as_secs())),
        }
    }
}

fn host(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches('/').to_owned()
}
