//! One run of the program, with limits on what it may use.

use std::{
    ffi::OsString,
    fs::File,
    io::Read,
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::time::timeout;

use crate::binary;

/// The memory limit in KiB, because a list of a provider must not exhaust the memory.
const MOST_MEMORY: u32 = 768 * 1024;
/// The CPU time limit in seconds, for a build without optimisation.
const MOST_PROCESSOR: u32 = 60;
/// A timeout that is longer than any normal run.
const PATIENCE: Duration = Duration::from_secs(120);

/// The result of a run.
#[derive(Debug)]
pub struct Ran {
    /// The arguments, for failure messages.
    pub what: String,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// The output on stdout, or on the terminal.
    pub out: String,
    /// The output on stderr.
    pub err: String,
    /// Whether it ran on a terminal.
    pub terminal: bool,
}

/// The program with limits for memory and CPU time, without the environment of this process.
fn program(arguments: &[&str], variables: &[(&str, OsString)]) -> Command {
    let mut command = Command::new("sh");
    let limited =
        format!("ulimit -d {MOST_MEMORY}; ulimit -t {MOST_PROCESSOR}; exec \"$0\" \"$@\"");
    command.arg("-c").arg(limited).arg(binary::switchboard()).args(arguments);
    command.stdin(Stdio::null()).env("NO_COLOR", "1").env("TERM", "xterm");
    for name in ["CLICOLOR_FORCE", "SWITCHBOARD_CONFIG", "SWITCHBOARD_LOG", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

impl Ran {
    /// Runs the program with pipes, until it ends or for at most this long.
    pub async fn piped(
        arguments: &[&str],
        variables: &[(&str, OsString)],
        longest: Option<Duration>,
    ) -> Self {
        let mut command = tokio::process::Command::from(program(arguments, variables));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = child.spawn().unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let reading = tokio::spawn(async move {
            let (mut said, mut told) = (Vec::new(), Vec::new());
            let both = tokio::join!(
                tokio::io::AsyncReadExt::read_to_end(&mut out, &mut said),
                tokio::io::AsyncReadExt::read_to_end(&mut err, &mut told),
            );
            both.0.and(both.1).unwrap();
            (said, told)
        });
        let status = if let Ok(status) = timeout(longest.unwrap_or(PATIENCE), child.wait()).await {
            status.unwrap()
        } else {
            child.kill().await.unwrap();
            child.wait().await.unwrap()
        };
        let (said, told) = reading.await.unwrap();
        Self::of(arguments, status, &said, &told, false)
    }

    /// Runs the program with a terminal for stdout and stderr, until it ends.
    pub async fn on_a_terminal(arguments: &[&str], variables: &[(&str, OsString)]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let terminal = || File::options().read(true).write(true).open(&name).unwrap();
        let mut command = tokio::process::Command::from(program(arguments, variables));
        let mut child =
            command.stdout(terminal()).stderr(terminal()).kill_on_drop(true).spawn().unwrap();
        // Close the command's copies of the terminal, because reading would not end otherwise.
        drop(command);
        let reading = tokio::task::spawn_blocking(move || {
            let mut said = Vec::new();
            // Linux returns EIO when the other side is closed.
            let _ = File::from(master).read_to_end(&mut said);
            said
        });
        let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
        let said = reading.await.unwrap();
        Self::of(arguments, status, &said, &[], true)
    }

    fn of(
        arguments: &[&str],
        status: ExitStatus,
        said: &[u8],
        told: &[u8],
        terminal: bool,
    ) -> Self {
        Self {
            what: arguments.join(" "),
            code: status.code(),
            out: String::from_utf8_lossy(said).into_owned(),
            err: String::from_utf8_lossy(told).into_owned(),
            terminal,
        }
    }

    /// Stdout as a JSON value; null if it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_default()
    }
}
