//! What every ledger is put through.

#![allow(dead_code)]

use std::{future::Future, sync::Arc};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use switchboard_core::{
    AttemptId, Call, CallId, CallStatus, Cost, Credits, Currency, Delivery, Money, Outcome, Proof, ProviderState, Raw, Recording, Refusal,
    Speaker, Transcript, TranscriptEntry, ValidCall,
};
use switchboard_ledger::Entry;
use switchboard_router::{
    Journal, MemoryJournal, NewCall, Opened, journal_rules,
    journal_rules::{admitted, at, attempt, failed, fault, open, record, report, request, send},
    state::{Fact, apply},
};
use tempfile::TempDir;
use uuid::Uuid;

/// Calls in many states, one of them with everything that can be known of a call.
pub(crate) async fn life(journal: &Arc<dyn Journal>) {
    let full = open(
        journal,
        switchboard_core::CallRequest {
            agent: Some("receptionist".to_owned()),
            metadata: [("order".to_owned(), "17".to_owned())].into(),
            not_after: Some("2026-03-02T09:00:05Z".to_owned()),
            idempotency_key: Some("key".to_owned()),
            ..request(1)
        },
        10,
    )
    .await;
    let plan = Fact::Admitted {
        estimated_cost: Some(Money::from_micros(150_001, Currency::USD)),
        experiment: Some(switchboard_core::Assignment {
            experiment: "e".to_owned(),
            arm: "b".to_owned(),
        }),
    };
    record(journal, full, plan).await;
    let first = attempt("alpha");
    let tried = first.id;
    record(journal, full, Fact::Intended(Box::new(first))).await;
    record(journal, full, failed(tried, Delivery::NotSent)).await;
    let second = attempt("beta");
    let tried = second.id;
    record(journal, full, Fact::Intended(Box::new(second))).await;
    record(journal, full, Fact::Claimed(tried)).await;
    record(journal, full, Fact::Sent(tried)).await;
    for fact in [
        failed(tried, Delivery::Unknown),
        Fact::Glimpsed(tried, "b-1".into()),
        Fact::Reconciling(tried),
        Fact::Traced(tried, "b-1".into(), Proof::LeadId),
        Fact::Reported(Box::new(told("beta", "b-1", ProviderState::Ended(Outcome::Voicemail)))),
        Fact::Billed(
            Cost::Credits(Credits::from_micros(1_200_000)),
            Some(Money::from_micros(120_000, Currency::USD)),
        ),
        Fact::Transcribed(said()),
        Fact::Recorded(sound()),
    ] {
        record(journal, full, fact).await;
    }
    open(journal, request(2), 1).await;
    let refused = open(journal, request(3), 2).await;
    record(journal, refused, Fact::Refused(fault())).await;
    let sent = open(journal, request(4), 3).await;
    send(journal, sent).await;
    let unknown = open(journal, request(5), 4).await;
    let tried = send(journal, unknown).await;
    record(journal, unknown, failed(tried, Delivery::Unknown)).await;
    let kept = journal.get(full).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.outcome), (CallStatus::Closed, Some(Outcome::Voicemail)));
}

fn told(provider: &str, theirs: &str, state: ProviderState) -> switchboard_core::ProviderCall {
    switchboard_core::ProviderCall {
        duration: Some(std::time::Duration::from_millis(95_200)),
        summary: Some("She said \"no\"\u{0}.".to_owned()),
        next_steps: Some("None.".to_owned()),
        raw: Raw::new(json!({"id": theirs, "f": 0.1, "n": null, "big": u64::MAX, "text": "a\u{0}b"})),
        ..report(provider, theirs, state)
    }
}

fn said() -> Transcript {
    Transcript {
        entries: vec![TranscriptEntry {
            speaker: Speaker::Other("ivr".to_owned()),
            text: "Hello?".to_owned(),
            offset: Some(std::time::Duration::from_millis(1_250)),
        }],
        raw: Raw::new(json!([1, 2, {"x": null}])),
    }
}

fn sound() -> Recording {
    Recording {
        url: "https://example.test/a.mp3?token=x".parse().unwrap(),
        duration: None,
        format: Some("mp3".to_owned()),
        raw: Raw::new(Value::Null),
    }
}

/// The events of a call, applied one after the other, make the call.
pub(crate) fn replays(history: &[Entry], request: &Arc<ValidCall>, call: &Call) {
    let new = NewCall {
        id: call.id,
        request: Arc::clone(request),
        at: history[0].at,
    };
    let mut again = new.received();
    assert_eq!((history[0].kind.as_str(), history[0].fact.is_none()), ("received", true));
    for entry in &history[1..] {
        apply(&mut again, entry.fact.clone().unwrap(), entry.at).unwrap();
        assert_eq!(again.attempts.last().map(|last| last.id), entry.attempt);
    }
    assert_eq!(again, *call);
    assert!(history.is_sorted_by(|one, other| one.seq < other.seq));
}

/// What a provider may answer and no text column likes.
pub(crate) async fn strange(journal: &Arc<dyn Journal>) {
    let call = open(journal, request(1), 0).await;
    let tried = send(journal, call).await;
    let id = "a\u{0}\\0\\é-1";
    let deep = format!("{}1{}", "[".repeat(120), "]".repeat(120));
    let answer = switchboard_core::ProviderCall {
        raw: Raw::new(serde_json::from_str(&deep).unwrap()),
        ..report("alpha", id, ProviderState::Queued)
    };
    let written = record(journal, call, Fact::Answered(tried, Box::new(answer))).await;
    assert_eq!(
        journal.owner(&"alpha".to_owned().into_provider(), &id.into()).await.unwrap(),
        Some(call)
    );
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!(kept, written);
    assert_eq!(kept.provider_call_id, Some(id.into()));
    assert_eq!(kept.raw.unwrap().into_value(), Value::String(deep));
}

trait IntoProvider {
    fn into_provider(self) -> switchboard_core::ProviderId;
}

impl IntoProvider for String {
    fn into_provider(self) -> switchboard_core::ProviderId {
        switchboard_core::ProviderId::new(self)
    }
}

/// A doubt about the call's last attempt.
pub(crate) async fn failed_unknown(journal: &Arc<dyn Journal>, call: CallId) -> Fact {
    let last = journal.get(call).await.unwrap().unwrap().attempts.last().unwrap().id;
    failed(last, Delivery::Unknown)
}

/// Sixty-four writers, each with calls of its own.
pub(crate) async fn many_writers(journals: &[Arc<dyn Journal>]) {
    let writers = (0..64_u32).map(|n| {
        let journal = Arc::clone(&journals[n as usize % journals.len()]);
        tokio::spawn(async move {
            let mut calls = Vec::new();
            for round in 0..3 {
                let call = open(&journal, request(n * 10 + round), 0).await;
                let tried = send(&journal, call).await;
                let id = format!("a-{n}-{round}");
                let ended = report("alpha", &id, ProviderState::Ended(Outcome::Completed));
                let last = record(&journal, call, Fact::Answered(tried, Box::new(ended))).await;
                assert_eq!(last.status, CallStatus::Closed);
                calls.push(last);
            }
            calls
        })
    });
    let mut written: Vec<Call> = futures::future::join_all(writers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    written.sort_by_key(|call| call.id);
    for journal in journals {
        assert_eq!(journal.list().await.unwrap(), written);
    }
}

/// Many calls to one person, and the same fact of one call, through several ledgers at once: one of each wins.
pub(crate) async fn race(journals: &[Arc<dyn Journal>]) {
    for round in 0..10_u32 {
        let mut rivals = Vec::new();
        for n in 0..8 {
            let rival = switchboard_core::CallRequest {
                task: format!("task {n}"),
                ..request(round)
            };
            rivals.push(open(&journals[0], rival, 0).await);
        }
        let admitting = rivals.iter().enumerate().map(|(n, call)| {
            let (journal, call) = (Arc::clone(&journals[n % journals.len()]), *call);
            tokio::spawn(async move { (call, journal.record(call, admitted(), at(1)).await) })
        });
        let (mut winners, mut losers) = (Vec::new(), 0);
        for admitted in futures::future::join_all(admitting).await {
            match admitted.unwrap() {
                (call, Ok(_)) => winners.push(call),
                (_, Err(error)) => {
                    assert_eq!(error.code(), Some("callee_busy"), "{error:?}");
                    losers += 1;
                }
            }
        }
        assert_eq!((winners.len(), losers), (1, 7));
        let intending = (0..8).map(|n| {
            let (journal, call) = (Arc::clone(&journals[n % journals.len()]), winners[0]);
            tokio::spawn(async move {
                journal
                    .record(call, Fact::Intended(Box::new(attempt("alpha"))), at(2))
                    .await
                    .is_ok()
            })
        });
        let intended = futures::future::join_all(intending)
            .await
            .into_iter()
            .filter(|won| *won.as_ref().unwrap())
            .count();
        assert_eq!(intended, 1, "one attempt for one ring");
        let keyed = switchboard_core::CallRequest {
            idempotency_key: Some(format!("key-{round}")),
            ..request(100 + round)
        };
        let opening = (0..8).map(|n| {
            let (journal, new) = (Arc::clone(&journals[n % journals.len()]), journal_rules::new_call(&keyed, at(3)));
            tokio::spawn(async move { journal.open(new).await })
        });
        let mut opened = 0;
        for result in futures::future::join_all(opening).await {
            match result.unwrap() {
                Ok(Opened::New(_)) => opened += 1,
                Ok(Opened::Replayed(_)) => panic!("nothing was decided yet"),
                Err(error) => assert_eq!(error.code(), Some("idempotency_key_in_use"), "{error:?}"),
            }
        }
        assert_eq!(opened, 1, "one call for one key");
        let opening = (0..8).map(|n| {
            let (journal, new) = (
                Arc::clone(&journals[n % journals.len()]),
                journal_rules::new_call(&request(200 + round), at(4)),
            );
            tokio::spawn(async move { journal.open(new).await })
        });
        let opened = futures::future::join_all(opening)
            .await
            .into_iter()
            .filter(|new| new.as_ref().unwrap().is_ok())
            .count();
        assert_eq!(opened, 1, "the same number and task at once");
    }
}

/// A fact that a call may meet, or may not: what a step is made of.
#[derive(Debug, Clone)]
enum Move {
    Plain(u8),
    Intend,
    Fail(u8),
    Answer(u8, u8),
    Report(u8, u8),
    Trace(u8),
}

fn moves() -> impl Strategy<Value = (usize, Move)> {
    let step = prop_oneof![
        4 => (0..10_u8).prop_map(Move::Plain),
        3 => Just(Move::Intend),
        2 => (0..8_u8).prop_map(Move::Fail),
        2 => (0..4_u8, 0..4_u8).prop_map(|(id, state)| Move::Answer(id, state)),
        2 => (0..4_u8, 0..4_u8).prop_map(|(id, state)| Move::Report(id, state)),
        1 => (0..4_u8).prop_map(Move::Trace),
    ];
    (0..3_usize, step)
}

fn fact(step: &Move, last: AttemptId, made: Uuid) -> Fact {
    let state = |n: u8| match n {
        0 => ProviderState::Queued,
        1 => ProviderState::Unrecognised,
        2 => ProviderState::Ended(Outcome::Completed),
        _ => ProviderState::Ended(Outcome::NoAnswer),
    };
    let theirs = |n: u8| format!("a-{n}");
    match step {
        Move::Plain(0) => Fact::Scheduled,
        Move::Plain(1) => admitted(),
        Move::Plain(2) => Fact::Refused(fault()),
        Move::Plain(3) => Fact::Claimed(last),
        Move::Plain(4) => Fact::Sent(last),
        Move::Plain(5) => Fact::Reconciling(last),
        Move::Plain(6) => Fact::GaveUp(fault()),
        Move::Plain(7) => Fact::Overdue,
        Move::Plain(8) => Fact::Transcribed(said()),
        Move::Plain(_) => Fact::Billed(Cost::Money(Money::from_micros(5, Currency::EUR)), None),
        Move::Intend => {
            let mut attempt = attempt("alpha");
            (attempt.id, attempt.idempotency_key) = (AttemptId::new(made), made);
            Fact::Intended(Box::new(attempt))
        }
        Move::Fail(n) => failed(
            last,
            match n {
                0 => Delivery::NotSent,
                1 => Delivery::Refused(Refusal::ThisProvider),
                2 => Delivery::Refused(Refusal::NeedsApproval),
                3 => Delivery::Placed,
                _ => Delivery::Unknown,
            },
        ),
        Move::Answer(id, n) => Fact::Answered(last, Box::new(told("alpha", &theirs(*id), state(*n)))),
        Move::Report(id, n) => Fact::Reported(Box::new(told("alpha", &theirs(*id), state(*n)))),
        Move::Trace(id) => Fact::Traced(last, theirs(*id).as_str().into(), Proof::UsageRow),
    }
}

/// Three calls, two of them to one person, and facts in any order: the ledger says to each what the journal in memory says.
pub(crate) async fn agrees_with_memory<Made>(new: impl Fn() -> Made)
where
    Made: Future<Output = (Arc<dyn Journal>, Option<TempDir>)>,
{
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut written = 0;
    for _ in 0..40 {
        let steps = proptest::collection::vec(moves(), 1..60).new_tree(&mut runner).unwrap().current();
        let (ledger, _directory) = new().await;
        let memory: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
        let mut calls = Vec::new();
        for n in 0..3_u32 {
            let mut asked = request(n / 2);
            asked.task = format!("task {n}");
            let new = journal_rules::new_call(&asked, at(0));
            let (one, other) = (ledger.open(new.clone()).await.unwrap(), memory.open(new.clone()).await.unwrap());
            let (Opened::New(one), Opened::New(other)) = (one, other) else {
                panic!("it is new")
            };
            assert_eq!(one, other);
            calls.push(new.id);
        }
        for (n, (which, step)) in steps.iter().enumerate() {
            let call = calls[*which];
            let before = memory.get(call).await.unwrap().unwrap();
            let last = before.attempts.last().map_or(AttemptId::new(Uuid::nil()), |last| last.id);
            let fact = fact(step, last, Uuid::now_v7());
            let moment = at(n as u64);
            match (
                ledger.record(call, fact.clone(), moment).await,
                memory.record(call, fact, moment).await,
            ) {
                (Ok(one), Ok(other)) => {
                    written += 1;
                    assert_eq!((&one.call, one.effects), (&other.call, other.effects), "{steps:?}");
                }
                (Err(one), Err(other)) => {
                    assert_eq!(
                        (one.kind(), one.code(), one.message()),
                        (other.kind(), other.code(), other.message()),
                        "{steps:?}"
                    );
                }
                (one, other) => panic!("step {n}: the ledger says {one:?}, the journal in memory {other:?}; {steps:?}"),
            }
        }
        assert_eq!(ledger.list().await.unwrap(), memory.list().await.unwrap());
        assert_eq!(ledger.unfinished().await.unwrap(), memory.unfinished().await.unwrap());
        for n in 0..4 {
            let theirs = format!("a-{n}").as_str().into();
            let alpha = "alpha".to_owned().into_provider();
            assert_eq!(
                ledger.owner(&alpha, &theirs).await.unwrap(),
                memory.owner(&alpha, &theirs).await.unwrap()
            );
        }
    }
    assert!(written > 200, "only {written} facts were possible: the test proves little");
}
