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

/// KiB of private memory: a list that a provider makes up must not fill the machine.
const MOST_MEMORY: u32 = 768 * 1024;
/// Seconds of the processor, in a build without optimisation.
const MOST_PROCESSOR: u32 = 60;
/// Longer than any run takes that ends by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    /// The arguments, for whoever reads about it.
    pub what: String,
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What came on stdout, or on the terminal.
    pub out: String,
    /// What came on stderr.
    pub err: String,
    /// Whether a terminal was there.
    pub terminal: bool,
}

/// The program under limits of memory and processor time, without a setting of this process.
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
    /// Runs the program into pipes, to its end or for so long.
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

    /// Runs the program with a terminal for stdout and stderr, to its end.
    pub async fn on_a_terminal(arguments: &[&str], variables: &[(&str, OsString)]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let terminal = || File::options().read(true).write(true).open(&name).unwrap();
        let mut command = tokio::process::Command::from(program(arguments, variables));
        let mut child =
            command.stdout(terminal()).stderr(terminal()).kill_on_drop(true).spawn().unwrap();
        // The copies of the terminal that the command holds: with them open, reading would not end.
        drop(command);
        let reading = tokio::task::spawn_blocking(move || {
            let mut said = Vec::new();
            // Linux says EIO where the other side is closed.
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

    /// Stdout as one JSON value; null where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_default()
    }
}
