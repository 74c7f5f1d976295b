//! A look at a ledger changes nothing.

use std::{fs, time::Duration};

use switchboard_core::ErrorKind;
use switchboard_ledger::Ledger;

use crate::support::server::database;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_look_shows_the_schema_and_who_has_it_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let open = Ledger::file(&path, None).await.unwrap();
    let look = Ledger::look_at_file(&path, PATIENCE).await.unwrap();
    assert_eq!((look.schema, look.processes), (look.newest, Some(1)));
    assert!(look.is_whole && look.damage.is_empty(), "{look:?}");
    drop(open);
    let look = Ledger::look_at_file(&path, PATIENCE).await.unwrap();
    assert_eq!(look.processes, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_of_an_earlier_version_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    drop(Ledger::file(&path, None).await.unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let older =
        "DELETE FROM schema_version WHERE version = (SELECT max(version) FROM schema_version)";
    connection.execute(older, []).unwrap();
    drop(connection);
    for _ in 0..2 {
        let look = Ledger::look_at_file(&path, PATIENCE).await.unwrap();
        assert_eq!(look.schema + 1, look.newest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_and_a_writer_that_does_not_end_are_seen() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    drop(Ledger::file(&path, None).await.unwrap());
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let look = Ledger::look_at_file(&path, PATIENCE).await.unwrap();
    assert_eq!(look.processes, None);
    writer.execute_batch("ROLLBACK").unwrap();
    drop(writer);

    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[length / 2..].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    match Ledger::look_at_file(&path, PATIENCE).await {
        Ok(look) => assert!(!look.damage.is_empty(), "{look:?}"),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Configuration | ErrorKind::Journal));
        }
    }
    fs::write(&path, "no database at all, but long enough to be read as one").unwrap();
    let error = Ledger::look_at_file(&path, PATIENCE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_looked_at_without_making_a_ledger_in_it() {
    let Some(url) = database().await else {
        return;
    };
    for _ in 0..2 {
        let look = Ledger::look_at_postgres(&url, PATIENCE).await.unwrap();
        assert_eq!((look.schema, look.processes), (0, Some(0)));
    }
    let _open = Ledger::postgres(&url, None).await.unwrap();
    let look = Ledger::look_at_postgres(&url, PATIENCE).await.unwrap();
    assert_eq!((look.schema, look.processes), (look.newest, Some(1)));
}
