//! A PostgreSQL server of our own, from the machine's package, in a directory that goes away with the tests.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{Connection, PgConnection};

/// Stops when its standard input ends, which is when this process does, however that happens.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d "${TMPDIR:-/tmp}/switchboard-postgres.XXXXXX")
trap '"$1/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
"$1/initdb" -D "$dir/data" -U switchboard --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"$1/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-k $dir -c listen_addresses='' -c max_connections=200 $2" start >/dev/null || { cat "$dir/log"; exit 1; }
echo "ready $dir"
cat >/dev/null
"#;

/// A running server.
pub(crate) struct Server {
    /// Where its socket is.
    directory: String,
    /// Its standard input is what keeps the server alive.
    script: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root.
fn as_nobody_special(script: &[&str]) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(script).current_dir("/tmp");
    command
}

impl Server {
    fn start(bin: &Path, options: &str) -> Self {
        let bin = bin.to_str().unwrap();
        let mut script = as_nobody_special(&["-c", SCRIPT, "sh", bin, options])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(script.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(directory) = line.strip_prefix("ready ") {
                return Self {
                    directory: directory.to_owned(),
                    script,
                };
            }
            said.push_str(&line);
            said.push('\n');
        }
        let _ = script.wait();
        panic!("PostgreSQL did not start:\n{said}");
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://switchboard@localhost/{database}?host={}", self.directory)
    }
}

fn skipped() {
    println!("skipped: no PostgreSQL on this machine; install it with `apt-get install postgresql`");
}

/// The address of an empty database, or `None`, said aloud, where no PostgreSQL is installed.
pub(crate) async fn database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(|| Some(Server::start(&binaries()?, "")));
    let Some(server) = server else {
        skipped();
        return None;
    };
    let name = format!("ledger_{}", MADE.fetch_add(1, Ordering::SeqCst));
    let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    Some(server.url(&name))
}

/// A server that does not keep what it is given.
pub(crate) fn careless() -> Option<(Server, String)> {
    let Some(bin) = binaries() else {
        skipped();
        return None;
    };
    let server = Server::start(&bin, "-c fsync=off");
    let url = server.url("postgres");
    Some((server, url))
}
