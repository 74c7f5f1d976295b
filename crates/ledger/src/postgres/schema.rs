//! Migrations, a check that what they created is still there, and a check that the server is
//! durable.

use sqlx::{PgConnection, PgPool, Row};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{key::HashKey, refusal::failed};

/// In order. The version number is the position, counted from one. A released migration never
/// changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_rooms_and_decisions.sql"),
    include_str!("migrations/0003_lighter_acceptance.sql"),
    include_str!("migrations/0004_news.sql"),
    include_str!("migrations/0005_concurrency_slots.sql"),
    include_str!("migrations/0006_feed.sql"),
    include_str!("migrations/0007_keys_and_pages.sql"),
    include_str!("migrations/0008_open_topics.sql"),
    include_str!("migrations/0009_spending.sql"),
    include_str!("migrations/0010_batches.sql"),
    include_str!("migrations/0011_people.sql"),
    include_str!("migrations/0012_number_lists.sql"),
    include_str!("migrations/0013_sessions.sql"),
    include_str!("migrations/0014_repeats.sql"),
];

/// The version of the schema after all of them.
pub(crate) const SCHEMA_VERSION: usize = MIGRATIONS.len();

/// The lock for migrations, so that one process at a time migrates: "SWLD".
const LOCK: &str = "SELECT pg_advisory_xact_lock(1398229060)";
const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM schema_version";
const NEW_VERSION: &str = "INSERT INTO schema_version (version) VALUES ($1)";
const META: &str = "SELECT value FROM meta WHERE key = $1";
const NEW_META: &str = "INSERT INTO meta (key, value) VALUES ($1, $2)";
const SETTINGS: &str =
    "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'";

/// The columns of a valid unique index, and whether it is partial.
const INDEX: &str = "SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' ORDER BY k), i.indpred IS NOT NULL \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid, generate_series(1, i.indnkeyatts) AS k \
     WHERE c.relname = $1 AND c.relnamespace = to_regnamespace(current_schema()) AND i.indisunique AND i.indisvalid \
     GROUP BY i.indexrelid, i.indpred IS NOT NULL";
const TRIGGERS: &str = "SELECT count(*) FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND (tgrelid, tgname::text) IN \
     (('events'::regclass, 'events_stay'), ('events'::regclass, 'events_stay_all'), ('calls'::regclass, 'calls_stay'), \
      ('calls'::regclass, 'calls_stay_all'), ('calls'::regclass, 'calls_begin_once'), \
      ('decisions'::regclass, 'decisions_stay'), ('decisions'::regclass, 'decisions_stay_all'), \
      ('api_keys'::regclass, 'api_keys_stay'), ('api_keys'::regclass, 'api_keys_stay_all'), \
      ('opt_outs'::regclass, 'opt_outs_stay'), ('opt_outs'::regclass, 'opt_outs_stay_all'))";

/// The required unique indexes: name, columns, partial or not.
const LAW: [(&str, &str, bool); 21] = [
    ("one_live_attempt", "call_id, ring", true),
    ("one_call_per_person", "tenant, to_hash", true),
    ("one_call_per_key", "tenant, idempotency_key", true),
    ("provider_calls_pkey", "provider, account, provider_call_id", false),
    ("inbox_pkey", "attempt_id, body_hash", false),
    ("holds_pkey", "attempt_id", false),
    ("concurrency_slots_pkey", "scope, attempt_id", false),
    ("decisions_pkey", "number", false),
    ("one_key_per_id", "id", false),
    ("one_key_per_request", "request_key", true),
    ("budgets_pkey", "name, period", false),
    // A word of SQL, which the server quotes.
    ("feed_pkey", "\"position\"", false),
    ("feed_published", "id", true),
    ("one_endpoint_per_request", "request_key", true),
    ("one_batch_per_request", "request_key", false),
    ("batch_rows_pkey", "batch_id, number", false),
    ("number_lists_pkey", "name", false),
    ("number_list_blocks_pkey", "import, number", false),
    ("opt_outs_pkey", "number", false),
    ("person_events_pkey", "to_hash, kind", false),
    ("one_consent_per_id", "id", false),
];

fn broken(source: sqlx::Error) -> Error {
    failed("being opened", source)
}

fn configuration(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, message).with_field("ledger")
}

/// Migrates the schema to the current version and determines the key. Fails if it is newer or lacks
/// a constraint.
pub(crate) async fn prepare(pool: &PgPool, key: Option<HashKey>) -> Result<HashKey> {
    let mut change = pool.begin().await.map_err(broken)?;
    let keeps: bool = sqlx::query_scalar(SETTINGS).fetch_one(&mut *change).await.map_err(broken)?;
    if !keeps {
        return Err(configuration(
            "the server runs with fsync or full_page_writes off and loses calls when its power fails: turn both on",
        ));
    }
    sqlx::query(LOCK).execute(&mut *change).await.map_err(broken)?;
    bring_up(&mut change).await?;
    check(&mut change).await?;
    let key = settle_key(&mut change, key).await?;
    change.commit().await.map_err(broken)?;
    Ok(key)
}

async fn bring_up(change: &mut PgConnection) -> Result<()> {
    sqlx::query(VERSIONS).execute(&mut *change).await.map_err(broken)?;
    let version: i64 = sqlx::query_scalar(VERSION).fetch_one(&mut *change).await.map_err(broken)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(configuration(format!(
            "the ledger has the schema {version} and this version knows {known} at most: start the newer version that made it"
        )));
    }
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        sqlx::raw_sql(*migration).execute(&mut *change).await.map_err(broken)?;
        sqlx::query(NEW_VERSION).bind(number).execute(&mut *change).await.map_err(broken)?;
    }
    Ok(())
}

/// The version of the schema, and the one that [`prepare`] brings it to. Nothing is changed.
pub(crate) async fn version(connection: &mut PgConnection) -> Result<(i64, i64)> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('schema_version') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(broken)?;
    if !is_there {
        return Ok((0, known));
    }
    let version = sqlx::query_scalar(VERSION).fetch_one(&mut *connection).await.map_err(broken)?;
    Ok((version, known))
}

/// Checks that all constraints are in the schema.
pub(crate) async fn check(change: &mut PgConnection) -> Result<()> {
    let missing = |what: &str| {
        configuration(format!(
            "{what} of the ledger is missing or was changed, and with it a rule that the ledger has to keep: restore a backup"
        ))
    };
    for (name, columns, partial) in LAW {
        let found =
            sqlx::query(INDEX).bind(name).fetch_optional(&mut *change).await.map_err(broken)?;
        let found: Option<(String, bool)> = match found {
            Some(row) => Some((row.try_get(0).map_err(broken)?, row.try_get(1).map_err(broken)?)),
            None => None,
        };
        if found.is_none_or(|(found, some)| found != columns || some != partial) {
            return Err(missing(&format!("the index {name}")));
        }
    }
    let triggers: i64 =
        sqlx::query_scalar(TRIGGERS).fetch_one(&mut *change).await.map_err(broken)?;
    if triggers != 11 {
        return Err(missing(
            "a trigger on the calls, the events, the decisions, the API keys or the opt-outs",
        ));
    }
    Ok(())
}

async fn settle_key(change: &mut PgConnection, given: Option<HashKey>) -> Result<HashKey> {
    let mut kept: [Option<Vec<u8>>; 2] = [None, None];
    for (value, name) in kept.iter_mut().zip(["hash_key", "hash_key_check"]) {
        *value = sqlx::query_scalar(META)
            .bind(name)
            .fetch_optional(&mut *change)
            .await
            .map_err(broken)?;
    }
    let [key, check] = kept;
    let settled = HashKey::settle(key, check, given)?;
    for (name, value) in settled.write {
        sqlx::query(NEW_META).bind(name).bind(value).execute(&mut *change).await.map_err(broken)?;
    }
    Ok(settled.key)
}
