//! Stages for these tests.

use std::{path::Path, process::Command, sync::OnceLock};

use serde_json::{Value, json};
use switchboard_testkit::PostgresServer;
use switchboard_tests::{
    binary,
    kill::Books,
    serve::{
        Process, Setting, Stage, free_address,
        http::{Answer, Connection, ask, request},
    },
};

/// A stage on SQLite.
pub(crate) async fn sqlite(adjust: impl FnOnce(&mut Setting)) -> Stage {
    let mut setting = Setting::new(Books::Sqlite);
    adjust(&mut setting);
    Stage::set(&std::env::temp_dir(), binary::switchboard(), &setting).await
}

/// A stage on a database of its own; `None` without PostgreSQL on this machine or in the program.
pub(crate) async fn postgres(adjust: impl FnOnce(&mut Setting)) -> Option<(Stage, String)> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    let server = SERVER.get_or_init(|| PostgresServer::start("-c max_connections=300").unwrap());
    let Some(server) = server else {
        println!("skipped: no PostgreSQL on this machine");
        return None;
    };
    if !knows_postgres() {
        println!("skipped: the program was built without the feature postgres");
        return None;
    }
    let url = server.database().unwrap();
    let mut setting = Setting::new(Books::Postgres(url.clone()));
    adjust(&mut setting);
    Some((Stage::set(&std::env::temp_dir(), binary::switchboard(), &setting).await, url))
}

/// True if the program was built with the feature `postgres`: without it, it refuses such a ledger.
fn knows_postgres() -> bool {
    static KNOWS: OnceLock<bool> = OnceLock::new();
    *KNOWS.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("switchboard.toml");
        std::fs::write(&file, "[ledger]\nurl_env = \"NONE\"\n").unwrap();
        let mut check = Command::new(binary::switchboard());
        let ran = check.args(["policy", "check"]).arg(&file).output().unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        !String::from_utf8_lossy(&said).contains("built without it")
    })
}

/// Servers on one ledger, and their addresses.
pub(crate) async fn servers(stage: &Stage, count: usize) -> (Vec<Process>, Vec<String>) {
    let addresses: Vec<String> = (0..count).map(|_| free_address()).collect();
    let mut servers = Vec::new();
    for (replica, address) in addresses.iter().enumerate() {
        servers.push(stage.serve(replica, address).await.unwrap());
    }
    (servers, addresses)
}

/// Places a call on a connection of its own.
pub(crate) async fn place(
    address: &str,
    key: &str,
    idempotency_key: &str,
    to: &str,
) -> std::io::Result<Answer> {
    let body = json!({"to": to, "task": "Ask whether the shop is open."});
    let bearer = format!("Bearer {key}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", idempotency_key),
        ("Connection", "close"),
    ];
    let text = request("POST", "/v1/calls", &headers, &body);
    Connection::open(address).await?.exchange(&text).await
}

/// `GET`, on a connection of its own.
pub(crate) async fn get(address: &str, key: &str, path: &str) -> Answer {
    ask(address, key, "GET", path, &Value::Null).await.unwrap()
}

/// Waits until a call is settled.
pub(crate) async fn settled(address: &str, key: &str, id: &str) -> Value {
    loop {
        let path = format!("/v1/calls/{id}?wait_for=settled&timeout=30");
        let call = get(address, key, &path).await.json();
        if call["settled"] == true {
            return call;
        }
    }
}

/// An open stream of events, after its head was read.
pub(crate) async fn stream(address: &str, key: &str) -> Connection {
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str())];
    let text = request("GET", "/v1/events/stream", &headers, &Value::Null);
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(text.as_bytes()).await.unwrap();
    let (status, head) = connection.head().await.unwrap();
    assert_eq!(status, 200, "{head}");
    connection
}

/// The answer of a query to a database.
pub(crate) fn query(url: &str, sql: &str) -> String {
    let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
    let programs = versions.map(|version| version.unwrap().path().join("bin/psql"));
    let psql = programs.filter(|psql| psql.exists()).max().unwrap();
    run(&psql, &[url, "-Atc", sql])
}

fn run(program: &Path, arguments: &[&str]) -> String {
    let ran = Command::new(program).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}
