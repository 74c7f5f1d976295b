//! Starts a temporary PostgreSQL server from the machine's package, which ends together with this
//! process.
//!
//! A ledger that several processes share can only be tested on a real server, and a test must
//! neither need an existing one nor leave one behind. The server runs under a script that reads its
//! standard input, which closes when this process ends, even if it is killed.

use std::{
    fmt,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Runs the server until standard input closes.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d "${TMPDIR:-/tmp}/switchboard-postgres.XXXXXX")
trap '"$1/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
"$1/initdb" -D "$dir/data" -U switchboard --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"$1/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-k $dir -c listen_addresses='' -c max_connections=200 $2" start >/dev/null || { cat "$dir/log"; exit 1; }
echo "ready $dir"
cat >/dev/null
"#;

/// A running server, which ends when this is dropped.
pub struct PostgresServer {
    /// The directory with the programs of the package.
    bin: PathBuf,
    /// The directory of the data and the socket.
    directory: String,
    /// The process of the script. Its standard input keeps the server alive.
    script: Child,
    made: AtomicU32,
}

impl PostgresServer {
    /// Starts a server with additional `options`, for example `-c fsync=off`. `None` if PostgreSQL
    /// is not installed.
    ///
    /// # Errors
    /// It is installed but does not start. The message contains its output.
    pub fn start(options: &str) -> io::Result<Option<Self>> {
        let Some(bin) = package() else {
            return Ok(None);
        };
        let mut script = as_nobody_special()
            .args(["-c", SCRIPT, "sh"])
            .arg(&bin)
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        for line in
            script.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines())
        {
            let line = line?;
            if let Some(directory) = line.strip_prefix("ready ") {
                return Ok(Some(Self {
                    bin,
                    directory: directory.to_owned(),
                    script,
                    made: AtomicU32::new(0),
                }));
            }
            said.push_str(&line);
            said.push('\n');
        }
        script.wait()?;
        Err(io::Error::other(format!("PostgreSQL did not start:\n{said}")))
    }

    /// The URL of a database with this name, whether it exists or not; `postgres` always does.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://switchboard@localhost/{database}?host={}", self.directory)
    }

    /// Creates an empty database and returns its URL.
    ///
    /// # Errors
    /// The database cannot be created.
    pub fn database(&self) -> io::Result<String> {
        let name = format!("ledger_{}", self.made.fetch_add(1, Ordering::SeqCst));
        let made = Command::new(self.bin.join("createdb"))
            .args([
                "--host",
                &self.directory,
                "--username",
                "switchboard",
                "--maintenance-db",
                "postgres",
            ])
            .arg(&name)
            .stdin(Stdio::null())
            .output()?;
        if made.status.success() {
            return Ok(self.url(&name));
        }
        Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresServer").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// The directory with the programs of the newest installed package.
fn package() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// A shell as an unprivileged user, because PostgreSQL refuses to run as root.
fn as_nobody_special() -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.current_dir("/tmp");
    command
}
