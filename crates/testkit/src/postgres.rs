//! A PostgreSQL server of our own, from the machine's package, in a directory that goes away with
//! whoever started it.
//!
//! A ledger that several processes share can only be tried on a real server, and a test must
//! neither need one that somebody keeps nor leave one behind. The server's script reads its
//! standard input, which ends with this process however that ends: killed too.

use std::{
    fmt,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Stops when its standard input ends.
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
    /// The machine's package.
    bin: PathBuf,
    /// Where its socket is.
    directory: String,
    /// Its standard input is what keeps the server alive.
    script: Child,
    made: AtomicU32,
}

impl PostgresServer {
    /// Starts one with the server's own `options` beside ours, as `-c fsync=off`. `None` where no
    /// PostgreSQL is installed.
    ///
    /// # Errors
    /// Where it is installed and does not start; the message has what it said.
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

    /// The address of a database of that name, there or not; `postgres` always is.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://switchboard@localhost/{database}?host={}", self.directory)
    }

    /// The address of a new, empty database.
    ///
    /// # Errors
    /// Where it cannot be made.
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

/// Where the newest of the machine's packages keeps its programs.
fn package() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// A shell: PostgreSQL refuses to run as root.
fn as_nobody_special() -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.current_dir("/tmp");
    command
}
