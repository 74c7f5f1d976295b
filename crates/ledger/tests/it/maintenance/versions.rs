//! A ledger that an earlier version made is brought up to this one, and says the same as before.

use switchboard_core::{Call, CallId};
use switchboard_journal::{
    conformance::{admitted, attempt, open, record},
    state::Fact,
};
use switchboard_ledger::Entry;

use super::place::{ANN, BEN, Place, asks, places, talk};

const EARLIER: [&str; 3] = [
    include_str!("../../../src/sqlite/migrations/0001_ledger.sql"),
    include_str!("../../../src/sqlite/migrations/0002_rooms_and_decisions.sql"),
    include_str!("../../../src/sqlite/migrations/0003_states_one_by_one.sql"),
];

/// In an order in which each row finds those that it names.
const TABLES: [&str; 11] = [
    "meta",
    "processes",
    "calls",
    "attempts",
    "provider_calls",
    "inbox",
    "slots",
    "budgets",
    "holds",
    "rooms",
    "decisions",
];

/// The same ledger as the version before kept it: that a call was received was an event among the
/// others.
async fn as_before(place: &Place) -> Place {
    let Some((now, _)) = &place.file else {
        place
            .tamper(
                "CREATE TABLE learnt AS SELECT * FROM events; ALTER TABLE events DISABLE TRIGGER USER; DELETE FROM events; \
                 INSERT INTO events (call_id, kind, at) SELECT id, 'received', created_at FROM calls; \
                 INSERT INTO events (call_id, attempt_id, kind, content, at) \
                 SELECT call_id, attempt_id, kind, content, at FROM learnt ORDER BY seq; \
                 ALTER TABLE events ENABLE TRIGGER USER; DROP TABLE learnt; \
                 DROP TRIGGER calls_stay ON calls; DROP TRIGGER calls_stay_all ON calls; DROP TRIGGER calls_begin_once ON calls; \
                 DROP FUNCTION calls_stay(); DROP TABLE news; \
                 DROP TABLE outbox, feed, feed_head, deliveries, webhook_endpoints; DELETE FROM schema_version WHERE version > 2",
            )
            .await;
        return Place::postgres(place.url.clone().unwrap()).await;
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("calls.db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    for migration in EARLIER {
        raw.execute_batch(migration).unwrap();
    }
    raw.execute_batch(
        "CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY) STRICT; INSERT INTO schema_version VALUES (1), (2), (3)",
    )
    .unwrap();
    raw.execute("ATTACH ?1 AS now", [now.to_str().unwrap()]).unwrap();
    for table in TABLES {
        raw.execute_batch(&format!("INSERT INTO {table} SELECT * FROM now.{table}")).unwrap();
    }
    raw.execute_batch(
        "INSERT INTO events (call_id, kind, at) SELECT id, 'received', created_at FROM calls; \
         INSERT INTO events (call_id, attempt_id, kind, content, at) SELECT call_id, attempt_id, kind, content, at FROM now.events ORDER BY seq",
    )
    .unwrap();
    Place::file(path, directory).await
}

/// What is known of these calls and how it came to be known.
async fn says(place: &Place, calls: &[CallId]) -> Vec<(Option<Call>, Vec<String>)> {
    let mut all = Vec::new();
    for call in calls {
        let history = place.ledger.history(*call).await.unwrap();
        // Not by `seq`: each ledger counts for itself.
        let words = |entry: Entry| {
            format!("{} {:?} {} {:?}", entry.at, entry.attempt, entry.kind, entry.fact)
        };
        all.push((
            place.journal.get(*call).await.unwrap(),
            history.into_iter().map(words).collect(),
        ));
    }
    all
}

#[tokio::test]
async fn a_ledger_of_the_version_before_says_the_same() {
    for place in places().await {
        let talked = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let held = open(&place.journal, asks(BEN, "wyvern"), 0).await;
        record(&place.journal, held, admitted()).await;
        record(&place.journal, held, Fact::Intended(Box::new(attempt("alpha")))).await;
        let calls = [talked, held, open(&place.journal, asks(BEN, "hydra"), 0).await];
        let before = says(&place, &calls).await;
        let earlier = as_before(&place).await;
        assert_eq!(says(&earlier, &calls).await, before);
        earlier.is_sound().await;
        assert_eq!(earlier.number("SELECT count(*) FROM events WHERE kind = 'received'").await, 0);
        let new = open(&earlier.journal, asks(ANN, "manticore"), 0).await;
        assert_eq!(earlier.kinds(new).await, ["received"]);
    }
}
