//! The machine's PostgreSQL, one server for all tests, or a word that there is none.

use std::sync::OnceLock;

use switchboard_testkit::PostgresServer;

/// Where the package is installed and the server does not start, the test fails.
fn start(options: &str) -> Option<PostgresServer> {
    let server = PostgresServer::start(options).unwrap();
    if server.is_none() {
        println!(
            "skipped: no PostgreSQL on this machine; install it with `apt-get install postgresql`"
        );
    }
    server
}

/// The address of an empty database, or `None`, said aloud, where no PostgreSQL is installed.
pub(crate) async fn database() -> Option<String> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    let server = SERVER.get_or_init(|| start("")).as_ref()?;
    Some(server.database().unwrap())
}

/// A server that does not keep what it is given.
pub(crate) fn careless() -> Option<(PostgresServer, String)> {
    let server = start("-c fsync=off")?;
    let url = server.url("postgres");
    Some((server, url))
}
