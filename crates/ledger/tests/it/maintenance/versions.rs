//! A ledger that an earlier version made is brought up to this one, and says the same as before.

use switchboard_core::{Call, CallId, Delivery, TenantId, jiff::Timestamp};
use switchboard_journal::conformance::{
    admitted, attempt, concurrency_slot, failed, open, record, write_intent,
};
use switchboard_ledger::Entry;
use switchboard_router::Reservation;

use super::place::{ANN, BEN, CEM, Place, asks, get, number, places, talk};

const EARLIER: [&str; 3] = [
    include_str!("../../../src/sqlite/migrations/0001_ledger.sql"),
    include_str!("../../../src/sqlite/migrations/0002_rooms_and_decisions.sql"),
    include_str!("../../../src/sqlite/migrations/0003_states_one_by_one.sql"),
];

/// The name of each table then, and what it had of the table of now, in an order in which each row
/// finds those that it names.
const TABLES: [(&str, &str); 11] = [
    ("meta", "* FROM now.meta"),
    ("processes", "* FROM now.processes"),
    ("calls", "* FROM now.calls"),
    (
        "attempts",
        "id, call_id, position, ring, provider, agent, provider_call_id, state, doubt, idempotency_key, body, created_at, sent_at, \
         ended_at FROM now.attempts",
    ),
    ("provider_calls", "* FROM now.provider_calls"),
    ("inbox", "* FROM now.inbox"),
    ("slots", "* FROM now.slots"),
    ("budgets", "name, period, micros FROM now.budgets"),
    ("holds", "* FROM now.holds"),
    ("rooms", "* FROM now.concurrency_slots"),
    ("decisions", "* FROM now.decisions"),
];

/// Undoes the last migration of the ledger in PostgreSQL.
const WITH_ROOMS: &str = "ALTER TABLE concurrency_slots RENAME CONSTRAINT concurrency_slots_attempt_id_fkey TO rooms_attempt_id_fkey; \
     ALTER INDEX concurrency_slots_of_attempt RENAME TO rooms_of_attempt; \
     ALTER INDEX concurrency_slots_pkey RENAME TO rooms_pkey; \
     ALTER TABLE concurrency_slots RENAME TO rooms; \
     DELETE FROM schema_version WHERE version > 4";

/// The same ledger as the version before kept it: that a call was received was an event among the
/// others.
async fn as_before(place: &Place) -> Place {
    let Some((now, _)) = &place.file else {
        place.tamper(WITH_ROOMS).await;
        place
            .tamper(
                "CREATE TABLE learnt AS SELECT * FROM events; ALTER TABLE events DISABLE TRIGGER USER; DELETE FROM events; \
                 INSERT INTO events (call_id, kind, at) SELECT id, 'received', created_at FROM calls; \
                 INSERT INTO events (call_id, attempt_id, kind, content, at) \
                 SELECT call_id, attempt_id, kind, content, at FROM learnt ORDER BY seq; \
                 ALTER TABLE events ENABLE TRIGGER USER; DROP TABLE learnt; \
                 DROP TRIGGER calls_stay ON calls; DROP TRIGGER calls_stay_all ON calls; DROP TRIGGER calls_begin_once ON calls; \
                 DROP FUNCTION calls_stay(); DROP TABLE news; \
                 DROP TABLE outbox, feed, feed_head, deliveries, webhook_endpoints; \
                 DROP TABLE batch_rows, batches; \
                 DROP TABLE number_list_blocks, number_lists, number_list_generation, sessions; \
                 DROP TABLE opt_outs, person_events, consents; DROP FUNCTION opt_outs_stay(); \
                 ALTER TABLE attempts DROP COLUMN to_hash, DROP COLUMN repeated_at; \
                 DROP TABLE api_keys, keys_epoch; DROP FUNCTION api_keys_stay(); DROP INDEX calls_of_tenant; \
                 DROP INDEX calls_waiting; ALTER TABLE budgets DROP COLUMN held; DELETE FROM schema_version WHERE version > 2",
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
    for (then, now) in TABLES {
        raw.execute_batch(&format!("INSERT INTO {then} SELECT {now}")).unwrap();
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

/// When two people's phones rang.
async fn rings(place: &Place) -> [Vec<Timestamp>; 2] {
    let of = async |to| {
        let (tenant, to) = (TenantId::default(), number(to));
        place.journal.history(&tenant, &to, Timestamp::MIN).await.unwrap().rings
    };
    [of(ANN).await, of(BEN).await]
}

/// One call at a time.
fn one_at_once() -> Reservation {
    Reservation { concurrency_slots: vec![concurrency_slot("alpha", 1)], ..Reservation::default() }
}

/// The call that has the only concurrency slot keeps it until it is over.
async fn limits_hold(place: &Place, holder: CallId) {
    let next = open(&place.journal, asks(CEM, "sphinx"), 0).await;
    record(&place.journal, next, admitted()).await;
    let full =
        write_intent(&place.journal, next, attempt("alpha"), one_at_once()).await.unwrap_err();
    assert_eq!(full.code(), Some("concurrency_full"));
    let tried = get(place, holder).await.attempts[0].id;
    record(&place.journal, holder, failed(tried, Delivery::NotSent)).await;
    write_intent(&place.journal, next, attempt("alpha"), one_at_once()).await.unwrap();
    place.is_consistent().await;
}

#[tokio::test]
async fn a_ledger_of_the_version_before_says_the_same() {
    for place in places().await {
        let talked = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let held = open(&place.journal, asks(BEN, "wyvern"), 0).await;
        record(&place.journal, held, admitted()).await;
        write_intent(&place.journal, held, attempt("alpha"), one_at_once()).await.unwrap();
        let calls = [talked, held, open(&place.journal, asks(BEN, "hydra"), 0).await];
        let before = says(&place, &calls).await;
        let rings = rings(&place).await;
        let earlier = as_before(&place).await;
        assert_eq!(says(&earlier, &calls).await, before);
        assert_eq!(self::rings(&earlier).await, rings);
        assert_eq!(rings.map(|rings| rings.len()), [1, 1]);
        earlier.is_consistent().await;
        assert_eq!(earlier.number("SELECT count(*) FROM events WHERE kind = 'received'").await, 0);
        limits_hold(&earlier, held).await;
        let new = open(&earlier.journal, asks(ANN, "manticore"), 0).await;
        assert_eq!(earlier.kinds(new).await, ["received"]);
    }
}
