//! What the ledger in PostgreSQL promises, asked of a real server. One file, because it is the list
//! of those promises.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use switchboard_core::{CallStatus, Cost, Currency, ErrorKind, Money};
use switchboard_journal::{
    CallLog, Journal, JournalExt,
    conformance::{
        self, admitted, at, attempt, budgeted, concurrency_slot, open, rate_slot, record, request,
        send, write_intent,
    },
    state::Fact,
};
use switchboard_ledger::{HashKey, PostgresJournal, PostgresOptions};
use switchboard_router::{BudgetHold, Reservation};

use crate::support::{
    self,
    server::{self, database},
};

async fn journal(url: &str) -> Arc<dyn Journal> {
    Arc::new(PostgresJournal::connect(url).await.unwrap())
}

async fn raw(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(|_| ())
}

#[tokio::test]
async fn the_journal_in_postgresql_keeps_the_rules() {
    if database().await.is_none() {
        return;
    }
    conformance::hold(|| async { journal(&database().await.unwrap()).await }).await;
}

#[tokio::test]
async fn two_processes_share_it() {
    if database().await.is_none() {
        return;
    }
    conformance::hold_shared(|| async { two(&database().await.unwrap()).await }).await;
}

#[tokio::test]
async fn what_a_server_keeps_follows_the_rules() {
    if database().await.is_none() {
        return;
    }
    let new =
        || async { Arc::new(PostgresJournal::connect(&database().await.unwrap()).await.unwrap()) };
    conformance::server::hold_keys(new).await;
    conformance::server::hold_sessions(new).await;
    conformance::server::hold_search(new).await;
    conformance::server::hold_spending(new).await;
    conformance::server::hold_shared_keys(|| async {
        let url = database().await.unwrap();
        let one = Arc::new(PostgresJournal::connect(&url).await.unwrap());
        let other = Arc::new(PostgresJournal::connect(&url).await.unwrap());
        let gone: BoxFuture<'static, ()> = Box::pin(silence(url));
        (one, other, gone)
    })
    .await;
    conformance::server::hold_batches(new).await;
    conformance::server::hold_shared_batches(|| async {
        let url = database().await.unwrap();
        let one = Arc::new(PostgresJournal::connect(&url).await.unwrap());
        (one, Arc::new(PostgresJournal::connect(&url).await.unwrap()))
    })
    .await;
}

/// Two journals on one database. The first one is gone where it was not heard of for long; it does
/// not know that.
async fn two(url: &str) -> conformance::Pair {
    let (one, other) = (journal(url).await, journal(url).await);
    (one, other, Box::pin(silence(url.to_owned())))
}

/// The first process was not heard of for long.
async fn silence(url: String) {
    let silent = "UPDATE processes SET seen_at = seen_at - 15100000 WHERE epoch = (SELECT min(epoch) FROM processes)";
    run(&mut raw(&url).await, silent).await.unwrap();
}

#[tokio::test]
async fn a_lease_is_each_processs_own_and_a_beat_renews_it() {
    let Some(url) = database().await else { return };
    let options = PostgresOptions {
        lease: std::time::Duration::from_secs(600),
        ..PostgresOptions::default()
    };
    let patient: Arc<dyn Journal> =
        Arc::new(PostgresJournal::connect_with(&url, options).await.unwrap());
    let other = journal(&url).await;
    let call = open(&patient, request(1), 0).await;
    let silent = "UPDATE processes SET seen_at = seen_at - 400000000 WHERE lease = 600000000";
    run(&mut raw(&url).await, silent).await.unwrap();
    assert!(other.take_over(at(0)).await.unwrap().is_empty());
    patient.beat(at(0)).await.unwrap();
    run(&mut raw(&url).await, silent).await.unwrap();
    assert!(other.take_over(at(0)).await.unwrap().is_empty());
    run(&mut raw(&url).await, silent).await.unwrap();
    assert_eq!(other.take_over(at(0)).await.unwrap()[0].id, call);
}

/// More requests than there are connections wait for a lock, for longer than a server may take to
/// give a connection.
#[tokio::test]
async fn a_busy_process_says_that_it_lives_and_lets_nobody_down() {
    let Some(url) = database().await else { return };
    let busy = journal(&url).await;
    let call = open(&busy, request(1), 0).await;
    let mut stranger = raw(&url).await;
    run(&mut stranger, "BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let reading: Vec<_> = (0..40)
        .map(|_| {
            let busy = Arc::clone(&busy);
            tokio::spawn(async move { busy.get(call).await })
        })
        .collect();
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut stranger).await.unwrap() < 16 {
        tokio::task::yield_now().await;
    }
    let mut seconds = tokio::time::interval(std::time::Duration::from_secs(1));
    for _ in 0..12 {
        seconds.tick().await;
        let beat = tokio::time::timeout(std::time::Duration::from_secs(5), busy.beat(at(0))).await;
        beat.expect("it waits for nobody").unwrap();
    }
    run(&mut stranger, "ROLLBACK").await.unwrap();
    for read in reading {
        assert!(read.await.unwrap().unwrap().is_some());
    }
}

#[tokio::test]
async fn who_closes_is_gone_at_once() {
    let Some(url) = database().await else { return };
    let one = Arc::new(PostgresJournal::connect(&url).await.unwrap());
    let journal_of_one: Arc<dyn Journal> = Arc::clone(&one) as Arc<dyn Journal>;
    let call = open(&journal_of_one, request(1), 0).await;
    let other = journal(&url).await;
    one.close().await;
    assert_eq!(other.take_over(at(0)).await.unwrap()[0].id, call);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_take_over_each_call_goes_to_one() {
    let Some(url) = database().await else { return };
    let gone = Arc::new(PostgresJournal::connect(&url).await.unwrap());
    let journal_of_gone: Arc<dyn Journal> = Arc::clone(&gone) as Arc<dyn Journal>;
    let mut left = Vec::new();
    for n in 0..50 {
        left.push(open(&journal_of_gone, request(n), 0).await);
    }
    let mut heirs = Vec::new();
    for _ in 0..4 {
        heirs.push(journal(&url).await);
    }
    gone.close().await;
    let taking = heirs.iter().map(|heir| {
        let heir = Arc::clone(heir);
        tokio::spawn(async move { heir.take_over(at(0)).await.unwrap() })
    });
    let mut taken = Vec::new();
    for (heir, calls) in heirs.iter().zip(futures::future::join_all(taking).await) {
        for call in calls.unwrap() {
            record(heir, call.id, admitted()).await;
            taken.push(call.id);
        }
    }
    taken.sort();
    assert_eq!(taken, left);
}

#[tokio::test]
async fn slots_go_by_the_servers_clock() {
    let Some(url) = database().await else { return };
    let journal = journal(&url).await;
    let ask = |n: u32| {
        let journal = Arc::clone(&journal);
        async move {
            let call = open(&journal, request(n), 0).await;
            record(&journal, call, admitted()).await;
            let reservation =
                Reservation { rate_slots: vec![rate_slot("alpha", 1)], ..Reservation::default() };
            write_intent(&journal, call, attempt("alpha"), reservation).await
        }
    };
    ask(1).await.unwrap();
    let full = ask(2).await.unwrap_err();
    assert!(full.retry_after().unwrap() > std::time::Duration::from_secs(30), "{full:?}");
    let mut raw = raw(&url).await;
    run(&mut raw, "UPDATE slots SET at = at - 59000000").await.unwrap();
    let full = ask(3).await.unwrap_err();
    assert!(full.retry_after().unwrap() <= std::time::Duration::from_secs(1), "{full:?}");
    run(&mut raw, "UPDATE slots SET at = at - 1000000").await.unwrap();
    ask(4).await.unwrap();
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM slots").fetch_one(&mut raw).await.unwrap();
    assert_eq!(kept, 1, "what is out of the window is forgotten");
    // A server whose clock was ahead: it stands still until the time has caught up.
    run(&mut raw, "UPDATE slots SET at = at + 3600000000").await.unwrap();
    let full = ask(5).await.unwrap_err();
    let wait = full.retry_after().unwrap();
    assert_eq!(wait, std::time::Duration::from_secs(60), "from the latest slot");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_and_budgets_are_never_exceeded_at_the_same_time() {
    let Some(url) = database().await else { return };
    support::hammer(&[journal(&url).await, journal(&url).await, journal(&url).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_share_concurrency_slots_and_decisions() {
    let Some(url) = database().await else { return };
    let journals = [journal(&url).await, journal(&url).await, journal(&url).await];
    conformance::crowd(&journals).await;
    conformance::debate(&journals).await;
}

#[tokio::test]
async fn concurrency_slots_and_decisions_survive_a_restart() {
    let Some(url) = database().await else { return };
    let first = journal(&url).await;
    let goes_on = support::concurrency_slots_and_decisions(&first).await;
    drop(first);
    goes_on(&journal(&url).await).await;
    let ledger = switchboard_ledger::Ledger::postgres(&url, None).await.unwrap();
    assert_eq!(ledger.check().await.unwrap().problems, []);
}

#[tokio::test]
async fn concurrency_slots_end_by_the_servers_clock() {
    let Some(url) = database().await else { return };
    let journal = journal(&url).await;
    let ask = |n: u32| {
        let journal = Arc::clone(&journal);
        async move {
            let call = open(&journal, request(n), 0).await;
            record(&journal, call, admitted()).await;
            let reservation = Reservation {
                concurrency_slots: vec![concurrency_slot("alpha", 1)],
                ..Reservation::default()
            };
            write_intent(&journal, call, attempt("alpha"), reservation).await
        }
    };
    ask(1).await.unwrap();
    let full = ask(2).await.unwrap_err();
    assert!(full.retry_after().unwrap() > std::time::Duration::from_secs(3_000), "{full:?}");
    let mut raw = raw(&url).await;
    run(&mut raw, "UPDATE concurrency_slots SET until = until - 3599000000").await.unwrap();
    let full = ask(3).await.unwrap_err();
    assert!(full.retry_after().unwrap() <= std::time::Duration::from_secs(1), "{full:?}");
    run(&mut raw, "UPDATE concurrency_slots SET until = until - 1000000").await.unwrap();
    ask(4).await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM concurrency_slots")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(kept, 1, "who is out is forgotten");
}

#[tokio::test]
async fn two_attempts_of_one_write_are_both_kept() {
    let Some(url) = database().await else { return };
    support::two_attempts_at_once(&journal(&url).await).await;
}

#[tokio::test]
async fn a_bill_beyond_all_bounds_breaks_nothing() {
    let Some(url) = database().await else { return };
    let journal = journal(&url).await;
    let call = open(&journal, request(1), 0).await;
    record(&journal, call, admitted()).await;
    let reservation = Reservation {
        hold: Some(BudgetHold {
            amount: Money::from_micros(1, Currency::USD),
            budgets: vec![budgeted("day", i64::MAX)],
        }),
        ..Reservation::default()
    };
    let one = attempt("alpha");
    let tried = one.id;
    write_intent(&journal, call, one, reservation.clone()).await.unwrap();
    for micros in [i64::MAX, 5, i64::MAX] {
        let money = Money::from_micros(micros, Currency::USD);
        record(&journal, call, Fact::Billed(tried, Cost::Money(money), Some(money))).await;
    }
    let next = open(&journal, request(2), 0).await;
    record(&journal, next, admitted()).await;
    let over = write_intent(&journal, next, attempt("alpha"), reservation).await.unwrap_err();
    assert_eq!(over.code(), Some("over_budget"));
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let Some(url) = database().await else { return };
    let (mut before, mut requests) = (Vec::new(), Vec::new());
    {
        let first = PostgresJournal::connect(&url).await.unwrap();
        let first = Arc::new(first);
        let journal: Arc<dyn Journal> = Arc::clone(&first) as Arc<dyn Journal>;
        support::life(&journal).await;
        for call in journal.list().await.unwrap() {
            requests.push(journal.request(call.id).await.unwrap().unwrap());
            before.push(call);
        }
        first.close().await;
    }
    let journal = PostgresJournal::connect(&url).await.unwrap();
    assert_eq!(journal.list().await.unwrap(), before);
    for (call, request) in before.iter().zip(requests) {
        assert_eq!(journal.request(call.id).await.unwrap().unwrap(), request);
        support::replays(&journal.history(call.id).await.unwrap(), &request, call);
    }
}

#[tokio::test]
async fn what_is_answered_is_there_for_everybody() {
    let Some(url) = database().await else { return };
    let (journal, other) = (journal(&url).await, journal(&url).await);
    let call = open(&journal, request(1), 0).await;
    let written = record(&journal, call, admitted()).await;
    assert_eq!(other.get(call).await.unwrap(), Some(written));
    let mut stranger = raw(&url).await;
    let status: String =
        sqlx::query_scalar("SELECT status FROM calls").fetch_one(&mut stranger).await.unwrap();
    assert_eq!(status, "admitted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_time_lose_nothing() {
    let Some(url) = database().await else { return };
    support::many_writers(&[journal(&url).await, journal(&url).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_ledgers_that_race_for_one_person_one_wins() {
    let Some(url) = database().await else { return };
    support::race(&[journal(&url).await, journal(&url).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ledger_is_made_once_however_many_open_it() {
    let Some(url) = database().await else { return };
    let opening = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { PostgresJournal::connect(&url).await.unwrap() })
    });
    let opened: Vec<_> =
        futures::future::join_all(opening).await.into_iter().map(Result::unwrap).collect();
    let number = conformance::valid(&request(1)).to;
    let hashes: std::collections::HashSet<_> =
        opened.iter().map(|journal| journal.key().person(&number)).collect();
    assert_eq!(hashes.len(), 1);
}

#[tokio::test]
async fn the_law_is_in_the_schema() {
    let Some(url) = database().await else { return };
    let journal = journal(&url).await;
    let (first, second) =
        (open(&journal, request(1), 0).await, open(&journal, request(2), 0).await);
    send(&journal, first).await;
    send(&journal, second).await;
    let _goes_on = support::concurrency_slots_and_decisions(&journal).await;
    support::an_opt_out_and_a_consent(&journal).await;
    let mut raw = raw(&url).await;
    let attempts = "provider, NULL, NULL, 'intent', 0, idempotency_key, body, 0, NULL, NULL, to_hash FROM attempts";
    let forbidden = [
        ("UPDATE calls SET to_hash = (SELECT to_hash FROM calls LIMIT 1)".to_owned(), "23505"),
        (
            format!("INSERT INTO attempts SELECT gen_random_uuid(), call_id, 7, ring, {attempts}"),
            "23505",
        ),
        ("UPDATE calls SET idempotency_key = 'the same'".to_owned(), "23505"),
        (
            "INSERT INTO provider_calls SELECT 'alpha', '', 'a-1', id FROM calls".to_owned(),
            "23505",
        ),
        ("UPDATE events SET kind = 'other'".to_owned(), "P0001"),
        ("UPDATE events SET content = 'other'".to_owned(), "P0001"),
        ("DELETE FROM events".to_owned(), "P0001"),
        ("TRUNCATE events".to_owned(), "P0001"),
        ("DELETE FROM calls".to_owned(), "P0001"),
        ("TRUNCATE calls CASCADE".to_owned(), "P0001"),
        ("UPDATE calls SET created_at = created_at + 1".to_owned(), "P0001"),
        ("UPDATE decisions SET what = '{}'".to_owned(), "P0001"),
        ("DELETE FROM decisions".to_owned(), "P0001"),
        ("TRUNCATE decisions".to_owned(), "P0001"),
        ("UPDATE opt_outs SET at = 0".to_owned(), "P0001"),
        ("DELETE FROM opt_outs".to_owned(), "P0001"),
        ("TRUNCATE opt_outs".to_owned(), "P0001"),
        ("UPDATE consents SET evidence = NULL".to_owned(), "23514"),
        (
            "INSERT INTO concurrency_slots SELECT 'alpha', id, 0 FROM attempts UNION ALL SELECT 'alpha', id, 1 FROM attempts".to_owned(),
            "23505",
        ),
        ("UPDATE calls SET status = 'dreaming'".to_owned(), "23514"),
        ("UPDATE calls SET status = 'closed'".to_owned(), "23514"),
        (
            format!("INSERT INTO attempts SELECT gen_random_uuid(), gen_random_uuid(), 7, 1, {attempts}"),
            "23503",
        ),
    ];
    for (sql, code) in forbidden {
        let error = run(&mut raw, &sql).await.expect_err(&sql);
        assert_eq!(
            error.as_database_error().unwrap().code().as_deref(),
            Some(code),
            "{sql}: {error}"
        );
    }
    run(&mut raw, "UPDATE events SET content = NULL").await.expect("an erasure may");
}

#[tokio::test]
async fn after_a_write_that_failed_nothing_is_taken() {
    let Some(url) = database().await else { return };
    let before = journal(&url).await;
    let call = open(&before, request(1), 0).await;
    let mut raw = raw(&url).await;
    run(
        &mut raw,
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '58030'; END $$; \
         CREATE TRIGGER broken BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION broken()",
    )
    .await
    .unwrap();
    let failed = before.record(call, admitted(), at(1)).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Journal);
    run(&mut raw, "DROP TRIGGER broken ON events").await.unwrap();
    let errors = [
        before.record(call, admitted(), at(2)).await.unwrap_err().into(),
        before.open(conformance::new_call(&request(2), at(2))).await.unwrap_err(),
        before.get(call).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Journal);
    }
    let after = journal(&url).await;
    assert_eq!(after.get(call).await.unwrap().unwrap().status, CallStatus::Received);
}

#[tokio::test]
async fn a_ledger_that_lacks_a_rule_or_is_newer_is_refused() {
    let changes = [
        ("INSERT INTO schema_version VALUES (99)", "start the newer version"),
        ("DROP INDEX one_call_per_person", "one_call_per_person"),
        (
            "DROP INDEX one_live_attempt; CREATE INDEX one_live_attempt ON attempts (call_id, ring)",
            "one_live_attempt",
        ),
        ("ALTER TABLE events DISABLE TRIGGER events_stay", "a trigger"),
        ("DROP TRIGGER decisions_stay ON decisions", "a trigger"),
        ("ALTER TABLE opt_outs DISABLE TRIGGER opt_outs_stay", "a trigger"),
        ("ALTER TABLE calls DISABLE TRIGGER calls_begin_once", "a trigger"),
    ];
    for (sql, words) in changes {
        let Some(url) = database().await else { return };
        PostgresJournal::connect(&url).await.unwrap().close().await;
        run(&mut raw(&url).await, sql).await.unwrap();
        let error = PostgresJournal::connect(&url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{sql}: {error:?}");
        assert!(error.message().contains(words), "{sql}: {error}");
    }
}

#[tokio::test]
async fn another_key_is_refused() {
    let Some(url) = database().await else { return };
    let key = HashKey::new([7; 32]);
    PostgresJournal::connect_with_key(&url, Some(key)).await.unwrap();
    PostgresJournal::connect_with_key(&url, Some(key)).await.unwrap();
    for other in [Some(HashKey::new([8; 32])), None] {
        let error = PostgresJournal::connect_with_key(&url, other).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some("ledger.hash_key"))
        );
    }
}

#[tokio::test]
async fn a_server_that_does_not_keep_what_it_is_given_is_refused() {
    let Some((_server, url)) = server::careless() else {
        return;
    };
    let error = PostgresJournal::connect(&url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("fsync"), "{error}");
}

#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_database_says() {
    let Some(url) = database().await else { return };
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut raw(&url).await)
        .await
        .unwrap();
    let off = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    run(&mut raw(&url).await, &off).await.unwrap();
    let journal = journal(&url).await;
    // What a commit waits for is seen from inside: a trigger writes down the setting under which it
    // ran.
    run(
        &mut raw(&url).await,
        "CREATE TABLE seen (setting TEXT); \
         CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$; \
         CREATE TRIGGER see BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION see()",
    )
    .await
    .unwrap();
    let call = open(&journal, request(1), 0).await;
    record(&journal, call, admitted()).await;
    let seen: Vec<String> = sqlx::query_scalar("SELECT setting FROM seen")
        .fetch_all(&mut raw(&url).await)
        .await
        .unwrap();
    assert_eq!(seen, ["on"]);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_its_password() {
    let error = PostgresJournal::connect("postgres://me:secret@[nowhere").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_strange_id_and_a_deep_answer_come_back() {
    let Some(url) = database().await else { return };
    support::strange(&journal(&url).await).await;
}

#[tokio::test]
async fn the_same_facts_make_the_same_call_as_in_memory() {
    if database().await.is_none() {
        return;
    }
    support::agrees_with_memory(|| async { (journal(&database().await.unwrap()).await, None) })
        .await;
}
