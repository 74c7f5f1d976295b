//! Migrations, and a check that what they created is still there.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, config::DbConfig};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{key::HashKey, refusal::failed};

/// In order. The version number is the position, counted from one. A released migration never
/// changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_rooms_and_decisions.sql"),
    include_str!("migrations/0003_states_one_by_one.sql"),
    include_str!("migrations/0004_lighter_acceptance.sql"),
    include_str!("migrations/0005_news.sql"),
    include_str!("migrations/0006_concurrency_slots.sql"),
    include_str!("migrations/0007_feed.sql"),
    include_str!("migrations/0008_keys_and_pages.sql"),
    include_str!("migrations/0009_open_topics.sql"),
    include_str!("migrations/0010_spending.sql"),
    include_str!("migrations/0011_batches.sql"),
    include_str!("migrations/0012_people.sql"),
    include_str!("migrations/0013_number_lists.sql"),
    include_str!("migrations/0014_sessions.sql"),
    include_str!("migrations/0015_repeats.sql"),
];

/// The version of the schema after all of them.
pub(crate) const SCHEMA_VERSION: usize = MIGRATIONS.len();

/// The application id in the header of the file: "SWLD".
const APPLICATION: i64 = 0x5357_4c44;

const OBJECTS: &str = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM schema_version";
const STRANGERS: &str = "SELECT count(*) FROM pragma_foreign_key_check";

fn broken(source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            configuration(
                "the file is no ledger, or is damaged: name another file, or restore a backup",
            )
            .with_source(source)
        }
        _ => failed("being opened", source),
    }
}

fn configuration(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, message).with_field("ledger")
}

/// Migrates the schema to the current version. Fails if the file is not a ledger, is newer or lacks
/// a constraint.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    refuse_strangers(connection)?;
    bring_up(connection)?;
    if let Some(object) = changed(connection)?.first() {
        return Err(configuration(format!(
            "the {object} of the ledger is missing or was changed, and with it a rule that the ledger has to keep: restore a backup"
        )));
    }
    Ok(())
}

/// What differs from what the migrations create, for example `index one_live_attempt`.
pub(crate) fn changed(connection: &Connection) -> Result<Vec<String>> {
    let mut model = Connection::open_in_memory().map_err(broken)?;
    bring_up(&mut model)?;
    let (found, expected) =
        (objects(connection).map_err(broken)?, objects(&model).map_err(broken)?);
    let changed = expected.iter().filter(|object| !found.contains(object));
    Ok(changed.map(|(kind, name, _)| format!("{kind} {name}")).collect())
}

/// The version of the schema, and the one that [`migrate`] brings it to. Nothing is changed.
pub(crate) fn version(connection: &Connection) -> Result<(i64, i64)> {
    refuse_strangers(connection)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let is_new: bool = connection
        .query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'schema_version')",
            [],
            |row| row.get(0),
        )
        .map_err(broken)?;
    if is_new {
        return Ok((0, known));
    }
    let version = connection.query_row(VERSION, [], |row| row.get(0)).map_err(broken)?;
    Ok((version, known))
}

fn refuse_strangers(connection: &Connection) -> Result<()> {
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(broken)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(broken)?;
    if application == APPLICATION || (application == 0 && tables == 0) {
        return Ok(());
    }
    Err(configuration("the file is another program's database: name another file for the ledger"))
}

/// Foreign keys are not enforced while tables are recreated, but all of them are checked before the
/// commit.
fn bring_up(connection: &mut Connection) -> Result<()> {
    let look = |connection: &Connection, keys| {
        let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, keys);
        set.map(|_| ()).map_err(broken)
    };
    look(connection, false)?;
    let brought = migrations(connection);
    look(connection, true)?;
    brought
}

fn migrations(connection: &mut Connection) -> Result<()> {
    let change =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    change
        .execute_batch("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY) STRICT")
        .map_err(broken)?;
    let version: i64 = change.query_row(VERSION, [], |row| row.get(0)).map_err(broken)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(configuration(format!(
            "the ledger has the schema {version} and this version knows {known} at most: start the newer version that made it"
        )));
    }
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        change.execute_batch(migration).map_err(broken)?;
        change
            .execute("INSERT INTO schema_version (version) VALUES (?1)", [number])
            .map_err(broken)?;
    }
    if version < known {
        let strangers: i64 = change.query_row(STRANGERS, [], |row| row.get(0)).map_err(broken)?;
        if strangers > 0 {
            return Err(configuration(format!(
                "{strangers} rows of the ledger belong to nothing, and it cannot be brought up to this version: restore a backup"
            )));
        }
    }
    change.commit().map_err(broken)
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<(String, String, String)>> {
    let mut statement = connection.prepare(OBJECTS)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

/// The hash key of the ledger: the given one, which must be the one that the ledger was created
/// with, or the stored one.
pub(crate) fn settle_key(connection: &mut Connection, given: Option<HashKey>) -> Result<HashKey> {
    let change =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    let read = |name: &str| {
        change
            .query_row("SELECT value FROM meta WHERE key = ?1", [name], |row| {
                row.get::<_, Vec<u8>>(0)
            })
            .optional()
            .map_err(broken)
    };
    let decided = HashKey::settle(read("hash_key")?, read("hash_key_check")?, given)?;
    for (name, value) in &decided.write {
        change
            .execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", (name, value))
            .map_err(broken)?;
    }
    change.commit().map_err(broken)?;
    Ok(decided.key)
}
