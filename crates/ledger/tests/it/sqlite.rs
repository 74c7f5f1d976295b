//! What the ledger in one file promises. One file, because it is the list of those promises.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::BoxFuture;
use rusqlite::Connection;
use switchboard_core::{CallStatus, Delivery, ErrorKind, Outcome, ProviderState, Raw};
use switchboard_journal::{
    CallLog, EvidenceIndex, Journal, JournalExt, Opened, Selection,
    conformance::{self, admitted, at, open, record, report, request, send},
    state::Fact,
};
use switchboard_ledger::{HashKey, SqliteJournal};
use tempfile::TempDir;

use crate::support;

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("somewhere/new/calls.db");
    (directory, path)
}

async fn journal(path: &PathBuf) -> Arc<dyn Journal> {
    Arc::new(SqliteJournal::open(path).await.unwrap())
}

/// The same with its history at hand.
async fn ledger(path: &PathBuf) -> (Arc<SqliteJournal>, Arc<dyn Journal>) {
    let ledger = Arc::new(SqliteJournal::open(path).await.unwrap());
    (Arc::clone(&ledger), ledger)
}

/// A new path each time.
fn paths(directory: &TempDir) -> impl Fn() -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    move || directory.path().join(format!("{}.db", MADE.fetch_add(1, Ordering::SeqCst)))
}

#[tokio::test]
async fn the_journal_in_a_file_keeps_the_rules() {
    let directory = tempfile::tempdir().unwrap();
    let path = paths(&directory);
    conformance::hold(|| {
        let path = path();
        async move { journal(&path).await }
    })
    .await;
}

#[tokio::test]
async fn it_goes_by_the_time_that_it_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = paths(&directory);
    conformance::hold_by_the_callers_clock(|| {
        let path = path();
        async move { journal(&path).await }
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = paths(&directory);
    conformance::hold_shared(|| {
        let path = path();
        async move { two(&path).await }
    })
    .await;
}

#[tokio::test]
async fn what_a_server_keeps_follows_the_rules() {
    let directory = tempfile::tempdir().unwrap();
    let path = paths(&directory);
    let new = || {
        let path = path();
        async move { ledger(&path).await.0 }
    };
    conformance::server::hold_keys(new).await;
    conformance::server::hold_sessions(new).await;
    conformance::server::hold_search(new).await;
    conformance::server::hold_spending(new).await;
    conformance::server::hold_shared_keys(|| {
        let path = path();
        async move {
            let one = ledger(&path).await.0;
            let lock = locks(&path).remove(0);
            let gone: BoxFuture<'static, ()> =
                Box::pin(async move { std::fs::remove_file(lock).unwrap() });
            (one, ledger(&path).await.0, gone)
        }
    })
    .await;
    conformance::server::hold_batches(new).await;
    conformance::server::hold_shared_batches(|| {
        let path = path();
        async move { (ledger(&path).await.0, ledger(&path).await.0) }
    })
    .await;
}

/// The files that say who has the ledger open.
fn locks(path: &Path) -> Vec<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push("-processes");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(name).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Two journals on one file. The first one is gone where nobody finds its lock any more; it does
/// not know that.
async fn two(path: &PathBuf) -> conformance::Pair {
    let one = journal(path).await;
    let lock = locks(path).remove(0);
    let other = journal(path).await;
    let gone = async move { std::fs::remove_file(lock).unwrap() };
    (one, other, Box::pin(gone))
}

#[tokio::test]
async fn whose_lock_is_free_is_gone() {
    let (_directory, path) = place();
    let one = journal(&path).await;
    let call = open(&one, request(1), 0).await;
    let copy = path.with_extension("copy");
    let lock = locks(&path).remove(0);
    std::fs::copy(&lock, &copy).unwrap();
    // Opened under another name, it is the same ledger and the same lock.
    let link = path.with_extension("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let other = journal(&link).await;
    assert_eq!(locks(&path).len(), 2);
    assert!(
        other.take_over(at(1_000_000)).await.unwrap().is_empty(),
        "it lives, however long it is silent"
    );
    drop(one);
    assert_eq!(locks(&path).len(), 1, "who closes takes his lock away");
    // As it is after a kill: the file is there, and nobody holds it.
    std::fs::rename(&copy, &lock).unwrap();
    let taken = other.take_over(at(0)).await.unwrap();
    assert_eq!(taken.iter().map(|call| call.id).collect::<Vec<_>>(), [call]);
    assert_eq!(locks(&path).len(), 1, "what the dead left is taken away");
    record(&other, call, admitted()).await;
    drop(other);
    assert!(locks(&path).is_empty());
}

#[tokio::test]
async fn what_a_former_run_left_is_taken_over_at_once() {
    let (_directory, path) = place();
    let mut left = Vec::new();
    for n in 0..3 {
        let journal = journal(&path).await;
        left.push(open(&journal, request(n), 0).await);
    }
    let journal = journal(&path).await;
    let taken: Vec<_> =
        journal.take_over(at(1)).await.unwrap().iter().map(|call| call.id).collect();
    assert_eq!(taken, left, "oldest first");
    let known: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM processes", [], |row| row.get(0))
        .unwrap();
    assert_eq!(known, 1, "nobody remembers the dead");
}

#[tokio::test]
async fn what_waits_to_be_written_keeps_its_process_alive() {
    let (_directory, path) = place();
    let (one, other) = (journal(&path).await, journal(&path).await);
    let call = open(&one, request(1), 0).await;
    let stranger = Connection::open(&path).unwrap();
    stranger.execute_batch("BEGIN IMMEDIATE").unwrap();
    {
        let mut given_up = one.record(call, admitted(), at(1));
        assert!(futures::poll!(&mut given_up).is_pending());
    }
    drop(one);
    assert_eq!(locks(&path).len(), 2, "its last word is not written yet");
    stranger.execute_batch("COMMIT").unwrap();
    // One writer after the other: the admission may be before the taking or not at all.
    while other.get(call).await.unwrap().unwrap().status == CallStatus::Received {
        tokio::task::yield_now().await;
    }
    while locks(&path).len() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(other.take_over(at(1)).await.unwrap()[0].status, CallStatus::Admitted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_and_budgets_are_never_exceeded_at_the_same_time() {
    let (_directory, path) = place();
    support::hammer(&[journal(&path).await, journal(&path).await, journal(&path).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_share_concurrency_slots_and_decisions() {
    let (_directory, path) = place();
    let journals = [journal(&path).await, journal(&path).await, journal(&path).await];
    conformance::crowd(&journals).await;
    conformance::debate(&journals).await;
}

#[tokio::test]
async fn concurrency_slots_and_decisions_survive_a_restart() {
    let (_directory, path) = place();
    let first = journal(&path).await;
    let goes_on = support::concurrency_slots_and_decisions(&first).await;
    drop(first);
    goes_on(&journal(&path).await).await;
    let ledger = switchboard_ledger::Ledger::file(&path, None).await.unwrap();
    assert_eq!(ledger.check().await.unwrap().problems, []);
    // A concurrency slot of an attempt that is over is found.
    let raw = Connection::open(&path).unwrap();
    raw.execute(
        "INSERT INTO concurrency_slots SELECT 'beta', id, 1 FROM attempts WHERE state = 'not_placed'",
        [],
    )
    .unwrap();
    let found = ledger.check().await.unwrap().problems;
    assert!(found.len() == 1 && found[0].what.contains("keeps a concurrency slot"), "{found:?}");
}

#[tokio::test]
async fn two_attempts_of_one_write_are_both_kept() {
    let (_directory, path) = place();
    support::two_attempts_at_once(&journal(&path).await).await;
}

#[tokio::test]
async fn a_number_that_was_accepted_once_stays_readable() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let asked = request(1).with(|call| call.callback_number = Some("+442079460018".to_owned()));
    let call = open(&journal, asked, 0).await;
    // No numbering plan of today has these.
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("UPDATE calls SET to_number = '+15550000001', request = replace(request, '+442079460018', '+491199999999')")
        .unwrap();
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!((kept.to.e164(), kept.country), ("+15550000001", switchboard_core::Country::US));
    let request = journal.request(call).await.unwrap().unwrap();
    assert_eq!(request.to, kept.to);
    assert_eq!(request.callback_number.unwrap().e164(), "+491199999999");
    assert_eq!(record(&journal, call, admitted()).await.status, CallStatus::Admitted);
}

#[tokio::test]
async fn an_answer_stays_readable_when_its_number_is_valid_no_more() {
    let (_directory, path) = place();
    let (ledger, journal) = ledger(&path).await;
    let call = open(&journal, request(1), 0).await;
    let tried = send(&journal, call).await;
    let mut answer = report("alpha", "a-1", ProviderState::Queued);
    answer.to = Some("+442079460018".parse().unwrap());
    record(&journal, call, Fact::Answered(tried, Box::new(answer))).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TRIGGER events_are_final; UPDATE events SET content = replace(content, '+442079460018', '+491199999999')")
        .unwrap();
    let history = ledger.history(call).await.unwrap();
    let Some(Fact::Answered(_, answer)) = &history.last().unwrap().fact else {
        panic!("{history:?}");
    };
    assert_eq!((answer.id.as_str(), answer.to), ("a-1", None));
}

#[tokio::test(start_paused = true)]
async fn virtual_time_stands_still_while_the_disk_works() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let start = tokio::time::Instant::now();
    let hour = tokio::time::sleep(std::time::Duration::from_secs(3600));
    let work = async {
        for n in 0..50 {
            let call = open(&journal, request(n), 0).await;
            send(&journal, call).await;
        }
    };
    tokio::select! {
        biased;
        () = hour => panic!("time ran on while a call was being written down"),
        () = work => {}
    }
    assert_eq!(start.elapsed(), std::time::Duration::ZERO);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (_directory, path) = place();
    let (mut before, mut requests) = (Vec::new(), Vec::new());
    {
        let journal = journal(&path).await;
        support::life(&journal).await;
        for call in journal.list().await.unwrap() {
            requests.push(journal.request(call.id).await.unwrap().unwrap());
            before.push(call);
        }
    }
    support::every_field_is_known_of_a_call(&before);
    let journal = SqliteJournal::open(&path).await.unwrap();
    assert_eq!(journal.list().await.unwrap(), before);
    for (call, request) in before.iter().zip(requests) {
        assert_eq!(journal.request(call.id).await.unwrap().unwrap(), request);
        for attempt in &call.attempts {
            assert_eq!(journal.call_of(attempt.id).await.unwrap(), Some(call.id));
        }
        support::replays(&journal.history(call.id).await.unwrap(), &request, call);
    }
}

#[tokio::test]
async fn what_is_answered_is_there_for_everybody() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let other = SqliteJournal::open(&path).await.unwrap();
    let call = open(&journal, request(1), 0).await;
    assert_eq!(other.get(call).await.unwrap(), journal.get(call).await.unwrap());
    let written = record(&journal, call, admitted()).await;
    assert_eq!(other.get(call).await.unwrap(), Some(written));
    // A program that knows nothing of us finds it too, and how it is kept.
    let stranger = Connection::open(&path).unwrap();
    let status: String =
        stranger.query_row("SELECT status FROM calls", [], |row| row.get(0)).unwrap();
    let mode: String = stranger.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((status.as_str(), mode.as_str()), ("admitted", "wal"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_time_lose_nothing() {
    let (_directory, path) = place();
    support::many_writers(&[journal(&path).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_ledgers_that_race_for_one_person_one_wins() {
    let (_directory, path) = place();
    support::race(&[journal(&path).await, journal(&path).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ledger_is_made_once_however_many_open_it() {
    for _ in 0..10 {
        let (_directory, path) = place();
        let opening = (0..8).map(|_| tokio::spawn(SqliteJournal::open(path.clone())));
        let opened: Vec<_> = futures::future::join_all(opening)
            .await
            .into_iter()
            .map(|journal| journal.unwrap().unwrap())
            .collect();
        let number = conformance::valid(&request(1)).to;
        let hashes: std::collections::HashSet<_> =
            opened.iter().map(|journal| journal.key().person(&number)).collect();
        assert_eq!(hashes.len(), 1, "they know a person by the same hash");
    }
}

#[tokio::test]
async fn the_law_is_in_the_schema() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let (first, second) =
        (open(&journal, request(1), 0).await, open(&journal, request(2), 0).await);
    send(&journal, first).await;
    send(&journal, second).await;
    let _goes_on = support::concurrency_slots_and_decisions(&journal).await;
    support::an_opt_out_and_a_consent(&journal).await;
    let raw = Connection::open(&path).unwrap();
    let forbidden = [
        "UPDATE calls SET to_hash = (SELECT min(to_hash) FROM calls)",
        "INSERT INTO attempts SELECT randomblob(16), call_id, 7, ring, provider, NULL, NULL, 'intent', 0, idempotency_key, body, 0, NULL, NULL, to_hash, NULL FROM attempts",
        "UPDATE calls SET idempotency_key = 'the same'",
        "INSERT INTO provider_calls SELECT 'alpha', '', 'a-1', id FROM calls",
        "UPDATE events SET kind = 'other'",
        "UPDATE events SET content = 'other'",
        "DELETE FROM events",
        "DELETE FROM calls",
        "UPDATE calls SET created_at = created_at + 1",
        "UPDATE calls SET status = 'dreaming'",
        "UPDATE calls SET status = 'closed'",
        "UPDATE calls SET created_at = 'yesterday'",
        "INSERT INTO attempts SELECT randomblob(16), randomblob(16), 7, 1, provider, NULL, NULL, 'intent', 0, idempotency_key, body, 0, NULL, NULL, to_hash, NULL FROM attempts",
        "INSERT INTO inbox SELECT id, zeroblob(32), NULL, '[]', 0, NULL FROM attempts UNION ALL SELECT id, zeroblob(32), NULL, '[]', 1, NULL FROM attempts",
        "UPDATE decisions SET what = '{}'",
        "DELETE FROM decisions",
        "UPDATE opt_outs SET at = 0",
        "DELETE FROM opt_outs",
        "INSERT INTO opt_outs VALUES (9, zeroblob(32), 'a wish', 0, '{}')",
        "UPDATE consents SET evidence = NULL",
        "INSERT INTO decisions VALUES (9, 'the weather', '', '1', '', 0)",
        "INSERT INTO concurrency_slots SELECT 'alpha', id, 0 FROM attempts UNION ALL SELECT 'alpha', id, 1 FROM attempts",
        "INSERT INTO holds SELECT id, 1, 'USD', '[]', 0, NULL, NULL FROM attempts UNION ALL SELECT id, 1, 'USD', '[]', 1, NULL, NULL FROM attempts",
    ];
    for sql in forbidden {
        let error = raw.execute(sql, []).expect_err(sql);
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::ConstraintViolation),
            "{sql}: {error}"
        );
    }
    raw.execute("UPDATE events SET content = NULL", []).expect("an erasure may");
}

#[tokio::test]
async fn reading_what_is_open_does_not_read_what_is_closed() {
    let (_directory, path) = place();
    journal(&path).await;
    let raw = Connection::open(&path).unwrap();
    let plan = |sql: &str| -> String {
        let mut plan = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines: Vec<String> =
            plan.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        lines.join("; ")
    };
    let open = plan(
        "SELECT id FROM calls WHERE id > x'' AND status IN ('received', 'admitted') AND status <> 'closed' ORDER BY id LIMIT 9",
    );
    assert!(open.contains("calls_by_status"), "{open}");
    let gone = plan(
        "UPDATE calls SET epoch = 1 WHERE status IN ('received', 'admitted') AND status <> 'closed' AND epoch <> 1 \
         AND epoch NOT IN (SELECT epoch FROM processes)",
    );
    assert!(gone.contains("USING COVERING INDEX calls_by_status (status=?)"), "{gone}");
    let over = plan(
        "SELECT id, updated_at FROM calls WHERE to_number IS NOT NULL AND (status = 'closed' OR status = 'refused' OR status = 'needs_approval') \
         AND (updated_at, id) > (1, x'00') AND updated_at <= 9 ORDER BY updated_at, id LIMIT 9",
    );
    assert!(over.contains("calls_over (") && !over.contains("B-TREE"), "{over}");
    let busy = plan(
        "SELECT other.id FROM calls AS this JOIN calls AS other ON other.tenant = this.tenant AND other.to_hash = this.to_hash \
         WHERE this.id = x'00' AND other.id <> x'00' AND (other.status = 'admitted' OR other.status = 'attempting' \
         OR other.status = 'in_progress' OR other.status = 'indeterminate' OR other.status = 'stalled')",
    );
    assert!(busy.contains("one_call_per_person (tenant=? AND to_hash=?)"), "{busy}");
    let doubts = plan(
        "SELECT 1 FROM attempts WHERE provider = 'a' AND doubt > 0 AND doubt = 2 AND id <> x'00'",
    );
    assert!(doubts.contains("attempts_in_doubt (provider=? AND doubt=?)"), "{doubts}");
    let rings = plan(
        "SELECT count(*) FROM calls JOIN attempts ON attempts.call_id = calls.id \
         WHERE calls.to_hash = x'00' AND tenant = 't' AND state <> 'not_placed' AND sent_at >= 1",
    );
    assert!(rings.contains("calls_by_person (to_hash=?)") && !rings.contains("SCAN"), "{rings}");
    let rings = plan(
        "SELECT count(*) FROM attempts WHERE to_hash = x'00' AND state <> 'not_placed' AND state <> 'intent' \
         AND coalesce(repeated_at, sent_at, created_at) > 1 AND id <> x'00'",
    );
    assert!(rings.contains("rings_of_person (to_hash=? AND <expr>>?)"), "{rings}");
    let duplicate = plan(
        "SELECT id, created_at FROM calls WHERE to_hash = x'00' AND created_at > 1 AND created_at < 3 AND tenant = 't' AND task_hash = x'00' \
         AND status NOT IN ('refused', 'needs_approval') AND (created_at > 2 \
         OR status IN ('received', 'scheduled', 'admitted', 'attempting', 'in_progress') \
         OR EXISTS (SELECT 1 FROM attempts WHERE call_id = calls.id AND state <> 'not_placed' AND sent_at > 2)) \
         ORDER BY created_at, calls.id LIMIT 1",
    );
    assert!(
        duplicate.contains("calls_by_person (to_hash=? AND created_at>? AND created_at<?)")
            && !duplicate.contains("SCAN"),
        "{duplicate}"
    );
}

#[tokio::test]
async fn after_a_write_that_failed_nothing_is_taken() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let call = open(&journal, request(1), 0).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END")
        .unwrap();
    let failed = journal.record(call, admitted(), at(1)).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Journal);
    raw.execute_batch("DROP TRIGGER broken").unwrap();
    let errors = [
        journal.record(call, admitted(), at(2)).await.unwrap_err().into(),
        journal.open(conformance::new_call(&request(2), at(2))).await.unwrap_err(),
        journal.get(call).await.unwrap_err(),
        journal.list().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Journal, "though the disk would work again");
    }
    drop(journal);
    let journal = SqliteJournal::open(&path).await.unwrap();
    assert_eq!(journal.get(call).await.unwrap().unwrap().status, CallStatus::Received);
    assert_eq!(journal.history(call).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_that_fails_fails_for_all_of_it() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "CREATE TRIGGER broken BEFORE INSERT ON calls WHEN (SELECT count(*) FROM calls) >= 20 \
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    .unwrap();
    let opening = (0..64).map(|n| {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move { journal.open(conformance::new_call(&request(n), at(0))).await })
    });
    let mut promised = Vec::new();
    for opened in futures::future::join_all(opening).await {
        match opened.unwrap() {
            Ok(Opened::New(call)) => promised.push(call.id),
            Ok(Opened::Replayed(_) | Opened::Changed(_)) => panic!("they had no key"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Journal),
        }
    }
    drop(journal);
    raw.execute_batch("DROP TRIGGER broken").unwrap();
    let journal = SqliteJournal::open(&path).await.unwrap();
    let mut kept: Vec<_> = journal.list().await.unwrap().iter().map(|call| call.id).collect();
    kept.sort();
    promised.sort();
    assert_eq!(kept, promised, "what was promised is there, and nothing else");
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let call = open(&journal, request(1), 0).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = Arc::clone(&journal);
    let mut writing = tokio::spawn(async move { waiting.record(call, admitted(), at(1)).await });
    // A read is not held up, and it shows that nothing was written.
    assert_eq!(journal.get(call).await.unwrap().unwrap().status, CallStatus::Received);
    assert!(futures::poll!(&mut writing).is_pending());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(writing.await.unwrap().unwrap().call.status, CallStatus::Admitted);
}

#[tokio::test]
async fn what_was_begun_is_written_though_nobody_waits() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let (first, second) =
        (open(&journal, request(1), 0).await, open(&journal, request(2), 0).await);
    {
        let mut given_up = journal.record(first, admitted(), at(1));
        let _ = futures::poll!(&mut given_up);
    }
    record(&journal, second, admitted()).await;
    assert_eq!(journal.get(first).await.unwrap().unwrap().status, CallStatus::Admitted);
}

#[tokio::test]
async fn what_is_no_ledger_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    std::fs::write(
        file("text"),
        "not a database, but long enough to be looked at as one\n".repeat(100),
    )
    .unwrap();
    Connection::open(file("other")).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    // They are looked into only where they are their owner's alone.
    for name in ["text", "other"] {
        support::allow(&file(name), 0o600);
    }
    let changes = [
        ("newer", "INSERT INTO schema_version VALUES (99)", "start the newer version"),
        ("lawless", "DROP INDEX one_call_per_person", "one_call_per_person"),
        (
            "weak",
            "DROP INDEX one_live_attempt; CREATE INDEX one_live_attempt ON attempts (call_id, ring)",
            "one_live_attempt",
        ),
        ("mutable", "DROP TRIGGER events_are_final", "events_are_final"),
        ("movable", "DROP TRIGGER calls_begin_once", "calls_begin_once"),
    ];
    for (name, sql, _) in changes {
        SqliteJournal::open(file(name)).await.unwrap();
        Connection::open(file(name)).unwrap().execute_batch(sql).unwrap();
    }
    let expected = changes.map(|(name, _, words)| (name, words));
    for (name, words) in
        expected.into_iter().chain([("text", "is no ledger"), ("other", "another program's")])
    {
        let error = SqliteJournal::open(file(name)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name}: {error:?}");
        assert!(error.message().contains(words), "{name}: {error}");
    }
}

#[tokio::test]
async fn another_key_is_refused() {
    let (_directory, path) = place();
    let key = HashKey::new([7; 32]);
    SqliteJournal::open_with_key(&path, Some(key)).await.unwrap();
    SqliteJournal::open_with_key(&path, Some(key)).await.unwrap();
    for other in [Some(HashKey::new([8; 32])), None] {
        let error = SqliteJournal::open_with_key(&path, other).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some("ledger.hash_key"))
        );
    }
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(32).any(|window| window == [7; 32]), "it is not in the file");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, path) = place();
    let journal = journal(&path).await;
    open(&journal, request(1), 0).await;
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{:?}",
            file.file_name()
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_ledger_that_others_can_read_is_refused_with_the_fix() {
    use std::os::unix::fs::symlink;
    for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o660, 0o666, 0o777] {
        let (directory, path) = place();
        drop(journal(&path).await);
        let link = directory.path().join("link.db");
        symlink(&path, &link).unwrap();
        for opened in [&path, &link] {
            support::allow(&path, mode);
            let error = SqliteJournal::open(opened).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::Configuration, Some("ledger")),
                "{mode:o}"
            );
            let fix = format!(
                "has mode {mode:03o}: others can read or change it. Take it from them with: chmod 600 {}",
                opened.display()
            );
            assert!(error.message().contains(&fix), "{error}");
            // The fix is one.
            support::allow(&path, 0o600);
            SqliteJournal::open(opened).await.unwrap();
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_stands_beside_a_ledger_is_its_owners_alone_too() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    open(&journal, request(1), 0).await;
    for (end, loose, own) in
        [("-wal", 0o644, 0o600), ("-shm", 0o640, 0o600), ("-processes", 0o755, 0o700)]
    {
        let beside = PathBuf::from(format!("{}{end}", path.display()));
        assert!(beside.exists(), "{end}");
        support::allow(&beside, loose);
        let error = SqliteJournal::open(&path).await.unwrap_err();
        assert!(
            error.message().contains(&format!("chmod {own:o} ")) && error.message().contains(end),
            "{error}"
        );
        support::allow(&beside, own);
        SqliteJournal::open(&path).await.unwrap();
    }
}

#[tokio::test]
async fn numbers_stand_where_an_erasure_finds_them() {
    let (_directory, path) = place();
    let journal = journal(&path).await;
    let call = open(&journal, request(1), 0).await;
    let tried = send(&journal, call).await;
    record(
        &journal,
        call,
        Fact::Answered(tried, Box::new(report("alpha", "a-1", ProviderState::Queued))),
    )
    .await;
    let mut ended = report("alpha", "a-1", ProviderState::Ended(Outcome::Completed));
    ended.raw = Raw::new(serde_json::json!({"to": "+15125550001", "said": "my secret"}));
    ended.summary = Some("my secret".to_owned());
    record(&journal, call, Fact::Reported(Box::new(ended))).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "UPDATE calls SET to_number = NULL, request = NULL, content = NULL; UPDATE events SET content = NULL; UPDATE inbox SET body = NULL",
    )
    .unwrap();
    let mut tables = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names {
        let mut rows = raw.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let value =
                    format!("{:?}", row.get_ref(column).unwrap().as_str().unwrap_or_default());
                assert!(!value.contains("5550001") && !value.contains("secret"), "{name}: {value}");
            }
        }
    }
    assert!(journal.get(call).await.unwrap().is_none(), "an erased call is not found");
    assert!(journal.request(call).await.unwrap().is_none());
    assert!(journal.list().await.unwrap().is_empty());
    let late = journal.record(call, Fact::Overdue, at(9)).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_strange_id_and_a_deep_answer_come_back() {
    let (_directory, path) = place();
    support::strange(&journal(&path).await).await;
}

#[tokio::test]
async fn a_call_that_was_refused_by_the_law_leaves_no_event() {
    let (_directory, path) = place();
    let (ledger, journal) = ledger(&path).await;
    let first = open(&journal, request(1), 0).await;
    send(&journal, first).await;
    let meant = request(1).with(|call| call.allow_duplicate = true);
    let second = conformance::new_call(&meant, at(700));
    let second = match journal.open(second).await.unwrap() {
        Opened::New(call) => call.id,
        Opened::Replayed(_) | Opened::Changed(_) => panic!("it had no key"),
    };
    let busy = journal.record(second, admitted(), at(701)).await.unwrap_err();
    assert_eq!(busy.code(), Some("callee_busy"));
    assert!(busy.to_string().contains(&first.to_string()), "{busy}");
    let kinds: Vec<_> =
        ledger.history(second).await.unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["received"]);
    assert_eq!(journal.select(&Selection::default()).await.unwrap().len(), 2);
    let again = journal
        .record(first, support::failed_unknown(&journal, first).await, at(702))
        .await
        .unwrap();
    assert_eq!(again.call.attempts[0].delivery, Some(Delivery::Unknown));
}

#[tokio::test]
async fn the_same_facts_make_the_same_call_as_in_memory() {
    support::agrees_with_memory(|| async {
        let (directory, path) = place();
        (journal(&path).await, Some(directory))
    })
    .await;
}
