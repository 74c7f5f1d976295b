//! Looking after a ledger, in SQLite and in PostgreSQL. One file, because each promise is put to both through the same places.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "support/server.rs"]
mod server;

use std::{collections::BTreeMap, path::PathBuf, process::Command, sync::Arc, time::Duration};

use rusqlite::types::ValueRef;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use switchboard_core::{
    AttemptError, Call, CallId, CallRequest, CallStatus, Cost, Currency, Delivery, ErrorKind, Money, Outcome, PhoneNumber, ProviderCall,
    ProviderState, Raw, Recording, Refusal, Speaker, Transcript, TranscriptEntry,
};
use switchboard_ledger::{Ledger, Retention};
use switchboard_router::{
    Budgeted, Hold, Journal, Letter, Needs, NewCall, Opened, Write,
    journal_rules::{admitted, at, attempt, failed, fault, new_call, open, record, report, send},
    state::Fact,
};
use tempfile::TempDir;

const ANN: &str = "+442079460018";
const BEN: &str = "+442079460022";
const DAY: Duration = Duration::from_secs(86_400);

/// A ledger of one kind, and a way in beside it.
struct Place {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
    file: Option<(PathBuf, TempDir)>,
    url: Option<String>,
}

/// An empty ledger of each kind.
async fn places() -> Vec<Place> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("calls.db");
    let ledger = Ledger::file(&path, None).await.unwrap();
    let mut places = vec![Place {
        journal: ledger.journal(),
        ledger,
        file: Some((path, directory)),
        url: None,
    }];
    if let Some(url) = server::database().await {
        let ledger = Ledger::postgres(&url, None).await.unwrap();
        places.push(Place {
            journal: ledger.journal(),
            ledger,
            file: None,
            url: Some(url),
        });
    }
    places
}

impl Place {
    /// What somebody does to it by hand.
    async fn tamper(&self, sql: &str) {
        if let Some((path, _)) = &self.file {
            let raw = rusqlite::Connection::open(path).unwrap();
            raw.pragma_update(None, "foreign_keys", false).unwrap();
            raw.execute_batch(sql).expect(sql);
        }
        if let Some(url) = &self.url {
            let mut raw = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut raw).await.expect(sql);
        }
    }

    async fn number(&self, sql: &str) -> i64 {
        if let Some((path, _)) = &self.file {
            return rusqlite::Connection::open(path)
                .unwrap()
                .query_row(sql, [], |row| row.get(0))
                .unwrap();
        }
        let mut raw = PgConnection::connect(self.url.as_ref().unwrap()).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut raw).await.unwrap()
    }

    /// True where these bytes are anywhere: in a file of the directory, or in a row of any table.
    async fn holds(&self, needle: &str) -> bool {
        let found = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        if let Some((_, directory)) = &self.file {
            let files = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path());
            // By another process: a file that this one closes loses the locks that SQLite has on it.
            return files
                .filter(|file| file.is_file())
                .any(|file| found(&Command::new("cat").arg(file).output().unwrap().stdout));
        }
        let mut raw = PgConnection::connect(self.url.as_ref().unwrap()).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_all(&mut raw)
            .await
            .unwrap();
        assert!(tables.len() > 6, "{tables:?}");
        for table in tables {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT t::text FROM {table} AS t")))
                .fetch_all(&mut raw)
                .await
                .unwrap();
            if rows.iter().any(|row| found(row.get::<String, _>(0).as_bytes())) {
                return true;
            }
        }
        false
    }

    async fn kinds(&self, call: CallId) -> Vec<String> {
        let history = self.ledger.history(call).await.unwrap();
        history.into_iter().map(|entry| entry.kind).collect()
    }

    async fn is_sound(&self) {
        let check = self.ledger.check().await.unwrap();
        assert!(check.is_sound(), "{:?}", check.problems);
    }

    async fn problems(&self) -> Vec<String> {
        let check = self.ledger.check().await.unwrap();
        check.problems.into_iter().map(|problem| problem.what).collect()
    }

    /// What is wrong is said in these words.
    async fn says(&self, words: &str) {
        let problems = self.problems().await;
        assert!(problems.iter().any(|what| what.contains(words)), "{words}: {problems:?}");
    }
}

fn number(number: &str) -> PhoneNumber {
    number.parse().unwrap()
}

fn asks(to: &str, canary: &str) -> CallRequest {
    CallRequest {
        idempotency_key: Some(format!("key of {canary} at {to}")),
        metadata: BTreeMap::from([("note".to_owned(), format!("metadata {canary}"))]),
        ..CallRequest::new(to, format!("Ask for {canary}."))
    }
}

/// A call with the canary wherever words can stand: refused by one provider, taken by another, talked, over.
async fn talk(journal: &Arc<dyn Journal>, request: CallRequest, canary: &str) -> CallId {
    let to = request.to.clone();
    let call = open(journal, request, 0).await;
    record(journal, call, admitted()).await;
    let first = attempt("alpha");
    let tried = first.id;
    record(journal, call, Fact::Intended(Box::new(first))).await;
    record(journal, call, Fact::Claimed(tried)).await;
    record(journal, call, Fact::Sent(tried)).await;
    let error = AttemptError {
        kind: ErrorKind::Forbidden,
        message: format!("cannot call {to}, {canary}"),
        status: Some(403),
        code: Some(format!("no-{to}")),
    };
    let failed = Fact::Failed {
        attempt: tried,
        delivery: Delivery::Refused(Refusal::ThisProvider),
        error,
    };
    record(journal, call, failed).await;
    let second = attempt("beta");
    let tried = second.id;
    record(journal, call, Fact::Intended(Box::new(second))).await;
    record(journal, call, Fact::Claimed(tried)).await;
    record(journal, call, Fact::Sent(tried)).await;
    let told = |state| ProviderCall {
        summary: Some(format!("summary {canary}")),
        raw: Raw::new(json!({"to": to, "said": canary})),
        ..report("beta", &format!("b-{call}"), state)
    };
    for fact in [
        Fact::Answered(tried, Box::new(told(ProviderState::Queued))),
        Fact::Reported(Box::new(told(ProviderState::InProgress))),
        Fact::Reported(Box::new(told(ProviderState::Ended(Outcome::Completed)))),
        said(canary),
        sound(canary),
    ] {
        record(journal, call, fact).await;
    }
    call
}

fn said(canary: &str) -> Fact {
    Fact::Transcribed(Transcript {
        entries: vec![TranscriptEntry {
            speaker: Speaker::Callee,
            text: format!("I am {canary}"),
            offset: None,
        }],
        raw: Raw::new(json!({"words": canary})),
    })
}

fn sound(canary: &str) -> Fact {
    Fact::Recorded(Recording {
        url: format!("https://sound.test/{canary}.mp3").parse().unwrap(),
        duration: None,
        format: None,
        raw: Raw::new(json!({"sound": canary})),
    })
}

async fn get(place: &Place, call: CallId) -> Call {
    place.journal.get(call).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_erased_person_is_nowhere_and_the_rules_still_know_them() {
    for place in places().await {
        let journal = &place.journal;
        let first = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let elsewhere = CallRequest {
            tenant: Some("other".to_owned()),
            ..asks(ANN, "gryphon")
        };
        let second = talk(journal, elsewhere, "gryphon").await;
        let refused = open(journal, asks(ANN, "gryphon, refused"), 0).await;
        let mut because = fault();
        because.message = format!("gryphon at {ANN}");
        record(journal, refused, Fact::Refused(because)).await;
        let bens = talk(journal, asks(BEN, "wyvern"), "wyvern").await;
        let before = get(&place, bens).await;
        for needle in ["gryphon", ANN, "wyvern", BEN] {
            assert!(place.holds(needle).await, "{needle} is looked for where it would be");
        }

        let erased = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        assert_eq!(erased.calls, 3);
        assert!(erased.events > 20, "{erased:?}");
        for needle in ["gryphon", ANN, &ANN[1..]] {
            assert!(!place.holds(needle).await, "{needle}");
        }
        for call in [first, second, refused] {
            assert_eq!(journal.get(call).await.unwrap(), None);
            assert!(journal.request(call).await.unwrap().is_none());
            assert_eq!(
                journal.record(call, said("late"), at(7_201)).await.unwrap_err().kind(),
                ErrorKind::NotFound
            );
            assert_eq!(place.kinds(call).await.iter().filter(|kind| *kind == "erased").count(), 1);
        }
        let history = place.ledger.history(first).await.unwrap();
        assert_eq!(history.last().unwrap().at, at(7_200));
        assert!(
            history.iter().all(|entry| entry.fact.is_none()),
            "nothing of it says more than its kind"
        );
        assert_eq!(get(&place, bens).await, before);
        place.is_sound().await;

        // The same number is the same person, and the caller's key still names the call that was made.
        let replayed = journal.open(new_call(&asks(ANN, "gryphon"), at(7_300))).await.unwrap_err();
        assert_eq!(replayed.kind(), ErrorKind::NotFound, "{replayed}");
        let reused = CallRequest {
            task: "Something else.".to_owned(),
            ..asks(ANN, "gryphon")
        };
        let reused = journal.open(new_call(&reused, at(7_300))).await.unwrap_err();
        assert_eq!(reused.code(), Some("idempotency_key_reused"));
        let again = open(journal, CallRequest::new(ANN, "Ask again."), 7_400).await;
        record(journal, again, admitted()).await;
        let rival = open(journal, CallRequest::new(ANN, "Ask at the same time."), 7_400).await;
        let busy = journal.record(rival, admitted(), at(7_401)).await.unwrap_err();
        assert_eq!(busy.code(), Some("callee_busy"));
        let people = "SELECT count(DISTINCT to_hash) FROM calls";
        assert_eq!(place.number(people).await, 2, "erased or not, Ann has one hash");

        // They may be called again, and be forgotten again, without touching what was forgotten before.
        record(journal, again, Fact::Refused(fault())).await;
        record(journal, rival, Fact::Refused(fault())).await;
        assert_eq!(place.ledger.erase(&number(ANN), at(7_500)).await.unwrap().calls, 2);
        let nothing = place.ledger.erase(&number(ANN), at(7_600)).await.unwrap();
        assert_eq!((nothing.calls, nothing.events), (0, 0));
        place.is_sound().await;
    }
}

#[tokio::test]
async fn an_erasure_opens_no_way_to_ring_twice_within_ten_minutes() {
    for place in places().await {
        let journal = &place.journal;
        let request = CallRequest::new(ANN, "Ask whether they are open.");
        let first = talk(journal, request.clone(), "gryphon").await;
        place.ledger.erase(&number(ANN), at(60)).await.unwrap();
        let twice = journal.open(new_call(&request, at(120))).await.unwrap_err();
        assert_eq!(twice.code(), Some("possible_duplicate"));
        assert!(twice.message().contains(&first.to_string()));
        open(journal, request, 700).await;
    }
}

#[tokio::test]
async fn who_is_on_a_call_or_may_be_is_not_erased() {
    for place in places().await {
        let journal = &place.journal;
        let over = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let ringing = open(journal, CallRequest::new(ANN, "Ask again."), 0).await;
        let tried = send(journal, ringing).await;
        let before = get(&place, over).await;
        let refused = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, Some("not_settled")));
        assert!(refused.message().contains(&ringing.to_string()) && !refused.message().contains(&over.to_string()));
        assert_eq!(get(&place, over).await, before);

        for fact in [
            Fact::Failed {
                attempt: tried,
                delivery: Delivery::Unknown,
                error: AttemptError {
                    kind: ErrorKind::Timeout,
                    message: String::new(),
                    status: None,
                    code: None,
                },
            },
            Fact::Reconciling(tried),
            Fact::GaveUp(fault()),
        ] {
            record(journal, ringing, fact).await;
        }
        assert_eq!(get(&place, ringing).await.status, CallStatus::Indeterminate);
        let refused = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Some("not_settled"),
            "somebody has to find out first, and to free the person"
        );
        let everything = Retention {
            transcripts: Some(Duration::ZERO),
            recordings: Some(Duration::ZERO),
            raw_answers: Some(Duration::ZERO),
            people: Some(Duration::ZERO),
        };
        let swept = place.ledger.sweep(&everything, at(7_200)).await.unwrap();
        assert_eq!(swept.people, 1);
        assert_eq!(get(&place, ringing).await.to, number(ANN));
        place.is_sound().await;
    }
}

#[tokio::test]
async fn each_kind_of_data_goes_in_its_own_time() {
    for place in places().await {
        let journal = &place.journal;
        let call = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let retention = Retention {
            raw_answers: Some(DAY),
            transcripts: Some(7 * DAY),
            recordings: Some(14 * DAY),
            people: Some(28 * DAY),
        };
        let day = |n: u64| at(n * 86_400 + 2);
        let sweep = async |n| {
            let swept = place.ledger.sweep(&retention, day(n)).await.unwrap();
            place.is_sound().await;
            [swept.raw_answers, swept.transcripts, swept.recordings, swept.people]
        };
        assert_eq!(sweep(0).await, [0, 0, 0, 0]);
        assert_eq!(sweep(1).await, [1, 0, 0, 0]);
        let bare = get(&place, call).await;
        assert_eq!(bare.raw, None);
        assert!(bare.transcript.is_some() && bare.recording.is_some());
        assert!(
            !place.holds("\"said\"").await && !place.holds("\"words\"").await,
            "no answer is left"
        );
        assert!(place.holds("I am gryphon").await && place.holds(ANN).await);
        assert_eq!(sweep(2).await, [0, 0, 0, 0], "once is enough");
        assert_eq!(sweep(8).await, [0, 1, 0, 0]);
        assert!(!place.holds("I am gryphon").await && place.holds("gryphon.mp3").await);
        assert_eq!(sweep(15).await, [0, 0, 1, 0]);
        assert!(!place.holds("gryphon.mp3").await && place.holds("summary gryphon").await);

        // What comes late goes in its turn.
        journal.record(call, said("gryphon"), day(16)).await.unwrap();
        assert_eq!(sweep(17).await, [1, 0, 0, 0]);
        assert_eq!(sweep(24).await, [0, 1, 0, 0]);
        assert_eq!(sweep(43).await, [0, 0, 0, 0], "its age is counted from its last change");
        assert_eq!(sweep(44).await, [0, 0, 0, 1]);
        assert!(!place.holds("gryphon").await && !place.holds(ANN).await);
        assert_eq!(journal.get(call).await.unwrap(), None);
        let kinds = place.kinds(call).await;
        let audit: Vec<&str> = kinds
            .iter()
            .map(String::as_str)
            .filter(|kind| kind.ends_with("swept") || *kind == "erased")
            .collect();
        let expected = [
            "answers_swept",
            "transcript_swept",
            "recording_swept",
            "answers_swept",
            "transcript_swept",
            "erased",
        ];
        assert_eq!(audit, expected);
    }
}

#[tokio::test]
async fn webhooks_are_forgotten_with_their_call_and_in_their_time() {
    for place in places().await {
        let journal = &place.journal;
        let call = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let attempt = get(&place, call).await.attempts[1].id;
        let letter = |body: &str, after| Letter {
            attempt,
            body: body.as_bytes().to_vec(),
            calls: vec!["b-1".into()],
            at: at(after),
        };
        assert!(journal.take_in(&letter("early", 10)).await.unwrap());
        journal.handled(&letter("early", 10), at(11)).await.unwrap();
        assert!(journal.take_in(&letter("waits", 20)).await.unwrap());
        let bodies = "SELECT count(*) FROM inbox WHERE body IS NOT NULL";
        assert_eq!(place.number(bodies).await, 2);
        let month = Retention {
            people: Some(28 * DAY),
            ..Retention::default()
        };
        place.ledger.sweep(&month, at(27 * 86_400)).await.unwrap();
        assert_eq!(place.number(bodies).await, 2);

        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        assert!(journal.unhandled().await.unwrap().is_empty(), "nobody waits for what is gone");
        assert!(
            !journal.take_in(&letter("waits", 30)).await.unwrap(),
            "the same delivery is still known"
        );
        // One that comes after the erasure brings its content back, until the next erasure or the next sweep.
        assert!(journal.take_in(&letter("late", 7_300)).await.unwrap());
        place.ledger.erase(&number(ANN), at(7_400)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        assert!(journal.take_in(&letter("later", 7_500)).await.unwrap());
        journal.handled(&letter("later", 7_500), at(7_501)).await.unwrap();
        place.ledger.sweep(&month, at(28 * 86_400 + 7_499)).await.unwrap();
        assert_eq!(place.number(bodies).await, 1);
        place.ledger.sweep(&month, at(28 * 86_400 + 7_500)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        place.is_sound().await;
    }
}

#[tokio::test]
async fn a_call_that_was_redialled_can_be_forgotten_and_checked() {
    for place in places().await {
        let journal = &place.journal;
        let call = open(journal, asks(ANN, "gryphon"), 0).await;
        let tried = send(journal, call).await;
        let unanswered = report("alpha", "a-1", ProviderState::Ended(Outcome::NoAnswer));
        record(journal, call, Fact::Answered(tried, Box::new(unanswered))).await;
        record(journal, call, Fact::Redialled(tried, at(60))).await;
        place.is_sound().await;
        let waits = place.ledger.erase(&number(ANN), at(30)).await.unwrap_err();
        assert_eq!(waits.code(), Some("not_settled"), "it will ring again");
        record(journal, call, admitted()).await;
        let mut second = attempt("alpha");
        second.ring = 1;
        let tried = second.id;
        record(journal, call, Fact::Intended(Box::new(second))).await;
        record(journal, call, Fact::Claimed(tried)).await;
        record(journal, call, Fact::Sent(tried)).await;
        let ended = report("alpha", "a-2", ProviderState::Ended(Outcome::Completed));
        record(journal, call, Fact::Answered(tried, Box::new(ended))).await;
        place.is_sound().await;
        assert_eq!(place.ledger.erase(&number(ANN), at(7_200)).await.unwrap().calls, 1);
        place.is_sound().await;
        assert_eq!(
            place.number("SELECT count(*) FROM provider_calls").await,
            2,
            "both rings keep their owner"
        );
        place.tamper("UPDATE calls SET status = 'refused', outcome = NULL").await;
        place.says("is refused, and its events do not lead there").await;
    }
}

#[tokio::test]
async fn answers_do_not_outlive_the_transcript_that_they_repeat() {
    for place in places().await {
        let call = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let retention = Retention {
            transcripts: Some(DAY),
            ..Retention::default()
        };
        let swept = place.ledger.sweep(&retention, at(90_000)).await.unwrap();
        assert_eq!((swept.transcripts, swept.raw_answers, swept.recordings, swept.people), (1, 1, 0, 0));
        let left = get(&place, call).await;
        assert_eq!((left.transcript, left.raw), (None, None));
        assert!(left.recording.is_some() && left.summary.is_some());
        place.is_sound().await;
        let forever = place.ledger.sweep(&Retention::default(), at(900_000)).await.unwrap();
        assert_eq!(forever, switchboard_ledger::Swept::default());
    }
}

#[tokio::test]
async fn a_ledger_of_many_pages_is_swept_and_checked_to_its_end() {
    for place in places().await {
        let journal = &place.journal;
        let mut last = None;
        for n in 0..300 {
            let call = open(journal, CallRequest::new(ANN, format!("Ask {n} for gryphon.")), 0).await;
            record(journal, call, Fact::Refused(fault())).await;
            last = Some(call);
        }
        let check = place.ledger.check().await.unwrap();
        assert_eq!((check.calls, check.attempts, check.events), (300, 0, 600));
        assert_eq!(check.by_status, [(CallStatus::Refused, 300)]);
        assert_eq!(check.problems, []);
        place
            .tamper("UPDATE calls SET country = 'FR' WHERE id = (SELECT id FROM calls ORDER BY id DESC LIMIT 1)")
            .await;
        let check = place.ledger.check().await.unwrap();
        assert_eq!(check.problems.len(), 1, "{:?}", check.problems);
        assert_eq!(check.problems[0].call, last);
        assert_eq!(check.problems[0].what, "is not what its events say (country)");
        let retention = Retention {
            people: Some(DAY),
            ..Retention::default()
        };
        assert_eq!(place.ledger.sweep(&retention, at(90_000)).await.unwrap().people, 300);
        assert!(!place.holds("gryphon").await);
        place.is_sound().await;
        assert_eq!(place.ledger.sweep(&retention, at(90_001)).await.unwrap().people, 0);
    }
}

#[tokio::test]
async fn what_was_changed_by_hand_is_found() {
    let hands = [
        (
            "UPDATE calls SET status = 'refused', outcome = NULL",
            "is not what its events say (outcome, status)",
        ),
        (
            "UPDATE attempts SET state = 'unknown' WHERE state = 'placed'",
            "is not what its events say (attempts)",
        ),
        (
            "UPDATE calls SET provider_call_id = 'other'",
            "does not own the provider's call that it names",
        ),
        ("DELETE FROM provider_calls", "does not own the provider's call that it names"),
        (
            "UPDATE calls SET to_number = '+442079460022'",
            "stands for another person than its number",
        ),
        ("UPDATE calls SET to_number = '999'", "in the ledger cannot be read"),
        ("UPDATE calls SET content = NULL", "was erased in part"),
        ("UPDATE calls SET body = '{'", "in the ledger cannot be read"),
        (
            "INSERT INTO events (call_id, kind, at) SELECT id, 'claimed', 0 FROM calls",
            "(claimed) cannot have happened to it",
        ),
        (
            "INSERT INTO events (call_id, kind, at) SELECT id, 'erased', 0 FROM calls",
            "do not agree on whether it was erased",
        ),
        (
            "INSERT INTO holds (attempt_id, micros, currency, budgets, held_at) SELECT id, 1, 'USD', '[]', 0 FROM attempts WHERE state = 'not_placed'",
            "holds back money for an attempt that reached no phone",
        ),
        (
            "DROP INDEX one_live_attempt; UPDATE attempts SET state = 'placed'",
            "has two live attempts",
        ),
        ("DROP INDEX one_call_per_key", "one_call_per_key"),
        ("UPDATE attempts SET doubt = 2", "is wrong about whether its agent is in doubt"),
    ];
    for (sql, words) in hands {
        for place in places().await {
            talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
            place.is_sound().await;
            place.tamper(sql).await;
            place.says(words).await;
            let problems = place.problems().await.concat();
            assert!(!problems.contains("gryphon") && !problems.contains(ANN), "{problems}");
        }
    }
}

#[tokio::test]
async fn two_calls_to_one_person_are_found_without_the_index_that_forbids_them() {
    for place in places().await {
        for n in 0..2 {
            let call = open(&place.journal, CallRequest::new([ANN, BEN][n], "Ask."), 0).await;
            send(&place.journal, call).await;
        }
        place.is_sound().await;
        place
            .tamper("DROP INDEX one_call_per_person; UPDATE calls SET to_hash = (SELECT to_hash FROM calls LIMIT 1)")
            .await;
        place.says("is one of several active calls to one person").await;
    }
}

#[tokio::test]
async fn money_that_was_held_and_billed_adds_up() {
    for place in places().await {
        let journal = &place.journal;
        let held = |name: &str, micros| Hold {
            amount: Money::from_micros(micros, Currency::USD),
            budgets: vec![Budgeted {
                name: name.to_owned(),
                period: at(0),
                limit: Money::from_micros(1_000_000, Currency::USD),
            }],
        };
        for (n, to) in [ANN, BEN, "+442079460034"].into_iter().enumerate() {
            let call = open(journal, CallRequest::new(to, "Ask."), 0).await;
            record(journal, call, admitted()).await;
            let tried = attempt("alpha");
            let id = tried.id;
            let write = Write {
                facts: vec![Fact::Intended(Box::new(tried)), Fact::Claimed(id), Fact::Sent(id)],
                needs: Needs {
                    hold: Some(held("month", 100_001)),
                    ..Needs::default()
                },
            };
            journal.write(call, write, at(1)).await.unwrap();
            let ended = report("alpha", &format!("a-{n}"), ProviderState::Ended(Outcome::Completed));
            let fact = match n {
                0 => continue,
                1 => Fact::Answered(id, Box::new(ended)),
                _ => failed(id, Delivery::NotSent),
            };
            record(journal, call, fact).await;
            if n == 1 {
                let bill = Money::from_micros(70_000, Currency::USD);
                record(journal, call, Fact::Billed(id, Cost::Money(bill), Some(bill))).await;
            }
        }
        assert_eq!(place.number("SELECT CAST(sum(micros) AS BIGINT) FROM budgets").await, 170_001);
        place.is_sound().await;
        place.ledger.erase(&number(BEN), at(7_200)).await.unwrap();
        place.is_sound().await;
        place.tamper("UPDATE budgets SET micros = micros - 1").await;
        place.says("a budget is not the sum of what was held and billed").await;
    }
}

#[tokio::test]
async fn a_state_that_kinds_alone_cannot_explain_is_found_in_an_erased_call() {
    for place in places().await {
        talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        place.is_sound().await;
        place.tamper("UPDATE calls SET status = 'indeterminate', outcome = NULL").await;
        place.says("is indeterminate, and its events do not lead there").await;
        place
            .tamper("UPDATE calls SET status = 'closed', outcome = 'completed', request = '{}'")
            .await;
        place.says("was erased in part").await;
        place
            .tamper(
                "UPDATE calls SET request = NULL; INSERT INTO events (call_id, kind, content, at) SELECT id, 'overdue', '1', 0 FROM calls",
            )
            .await;
        place.says("was erased, and an event of it was not").await;
    }
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let place = places().await.remove(0);
    for n in 0..40 {
        talk(&place.journal, CallRequest::new(ANN, format!("Ask {n}.")), "gryphon").await;
    }
    let (path, _directory) = place.file.as_ref().unwrap();
    rusqlite::Connection::open(path)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(0xff);
    std::fs::write(path, bytes).unwrap();
    let ledger = Ledger::file(path, None).await.unwrap();
    let check = ledger.check().await.unwrap();
    assert!(
        check.problems.iter().any(|problem| problem.what.contains("the file is damaged")),
        "{:?}",
        check.problems
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_a_ledger_of_one_moment_while_calls_go_on() {
    let place = places().await.remove(0);
    let (_, directory) = place.file.as_ref().unwrap();
    talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
    let writing: Vec<_> = (0..8)
        .map(|n| {
            let journal = Arc::clone(&place.journal);
            tokio::spawn(async move {
                for round in 0..10 {
                    let number = format!("+4420794600{:02}", 30 + n);
                    talk(&journal, CallRequest::new(number, format!("Ask {n} {round}.")), "wyvern").await;
                }
            })
        })
        .collect();
    for n in 0..3 {
        let to = directory.path().join(format!("{n}.backup"));
        let backup = place.ledger.backup(&to).await.unwrap();
        assert_eq!(
            (backup.path.as_path(), backup.bytes),
            (to.as_path(), std::fs::metadata(&to).unwrap().len())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let copy = Ledger::file(&to, None).await.unwrap();
        let check = copy.check().await.unwrap();
        assert!(check.is_sound() && check.calls > 0, "{check:?}");
        assert_eq!(copy.tag(&number(ANN)), place.ledger.tag(&number(ANN)));
        let taken = place.ledger.backup(&to).await.unwrap_err();
        assert_eq!((taken.kind(), taken.code()), (ErrorKind::Conflict, Some("backup_exists")));
    }
    for writing in writing {
        writing.await.unwrap();
    }
    assert_eq!(place.ledger.check().await.unwrap().calls, 81);
    let nowhere = place.ledger.backup(&directory.path().join("no/such/place")).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Configuration);
    let left = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name());
    let hidden: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert_eq!(hidden, Vec::<std::ffi::OsString>::new(), "no half copy is left behind");
}

#[tokio::test]
async fn a_ledger_in_postgresql_names_the_tool_that_copies_it() {
    let Some(place) = places().await.into_iter().nth(1) else { return };
    let error = place.ledger.backup("never".as_ref()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("pg_dump"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_go_on_while_people_are_erased() {
    for place in places().await {
        talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let writing: Vec<_> = (0..8)
            .map(|n| {
                let journal = Arc::clone(&place.journal);
                tokio::spawn(async move {
                    for round in 0..8 {
                        let number = format!("+4420794600{:02}", 30 + n);
                        talk(&journal, CallRequest::new(number, format!("Ask {n} {round}.")), "wyvern").await;
                    }
                })
            })
            .collect();
        let mut erased = 0;
        for n in 0..5 {
            match place.ledger.erase(&number(ANN), at(7_200 + n)).await {
                Ok(gone) => erased += gone.calls,
                // Its content is gone; a writer's pages were in the way of the file's.
                Err(error) => assert_eq!(error.code(), Some("still_in_file"), "{error}"),
            }
        }
        for writing in writing {
            writing.await.unwrap();
        }
        assert!(erased <= 1);
        place.ledger.erase(&number(ANN), at(9_000)).await.unwrap();
        assert!(!place.holds("gryphon").await);
        assert_eq!(place.ledger.check().await.unwrap().calls, 65);
        place.is_sound().await;
    }
}

#[tokio::test]
async fn a_reader_that_keeps_old_pages_is_named() {
    let place = places().await.remove(0);
    let (path, _directory) = place.file.as_ref().unwrap();
    talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
    let reader = rusqlite::Connection::open(path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM calls").unwrap();
    let held = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
    assert_eq!(held.code(), Some("still_in_file"));
    assert!(place.journal.list().await.unwrap().is_empty(), "it is erased all the same");
    assert!(place.holds("gryphon").await);
    reader.execute_batch("COMMIT").unwrap();
    place.ledger.erase(&number(ANN), at(7_300)).await.unwrap();
    assert!(!place.holds("gryphon").await);
}

#[tokio::test]
async fn a_tag_is_short_and_the_same_in_every_process() {
    for place in places().await {
        let tag = place.ledger.tag(&number(ANN));
        assert_eq!((tag.len(), tag.chars().all(|c| c.is_ascii_hexdigit())), (8, true));
        assert_ne!(tag, place.ledger.tag(&number(BEN)));
        let again = match (&place.file, &place.url) {
            (Some((path, _)), _) => Ledger::file(path, None).await.unwrap(),
            (None, url) => Ledger::postgres(url.as_ref().unwrap(), None).await.unwrap(),
        };
        assert_eq!(again.tag(&number(ANN)), tag);
    }
}

#[tokio::test]
async fn the_callers_key_stands_nowhere_but_in_the_request() {
    let place = places().await.remove(0);
    let (path, _directory) = place.file.as_ref().unwrap();
    let first = match place.journal.open(new_call(&asks(ANN, "gryphon"), at(0))).await.unwrap() {
        Opened::New(call) => call.id,
        Opened::Replayed(_) => panic!("it is the first"),
    };
    record(&place.journal, first, Fact::Refused(fault())).await;
    let again: NewCall = new_call(&asks(ANN, "gryphon"), at(1));
    assert!(matches!(place.journal.open(again).await.unwrap(), Opened::Replayed(call) if call.id == first));
    let raw = rusqlite::Connection::open(path).unwrap();
    let mut rows = raw.prepare("SELECT * FROM calls").unwrap();
    let names: Vec<String> = rows.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = rows.query([]).unwrap();
    let row = rows.next().unwrap().unwrap();
    let with_key = names.iter().enumerate().filter(|(n, _)| match row.get_ref(*n).unwrap() {
        ValueRef::Text(text) => String::from_utf8_lossy(text).contains("key of gryphon"),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => false,
    });
    assert_eq!(with_key.map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["request"]);
}
