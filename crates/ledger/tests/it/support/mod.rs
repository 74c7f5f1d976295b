//! What every ledger is put through. One file, because it is one list that both databases are held
//! to.

mod against_memory;
pub(crate) mod server;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use switchboard_core::{
    Call, CallId, CallStatus, Consent, ConsentKind, Cost, Credits, Currency, Delivery, ErrorKind,
    Money, Outcome, Proof, ProviderState, Raw, Recording, Speaker, TenantId, Transcript,
    TranscriptEntry, ValidCall,
};
use switchboard_journal::{
    Journal, JournalExt, NewCall, NewConsent, Opened, OptOut, OptOutSource, Write,
    conformance::{
        self, admitted, at, attempt, budgeted, concurrency_slot, failed, fault, open, rate_slot,
        record, report, request, send, write_intent,
    },
    state::{Fact, apply},
};
use switchboard_ledger::Entry;
use switchboard_router::{AuditEntry, AuditTopic, BudgetHold, RateSlot, Reservation};

pub(crate) use against_memory::agrees_with_memory;

/// Calls in many states, one of them with everything that can be known of a call.
pub(crate) async fn life(journal: &Arc<dyn Journal>) {
    second_ring(journal).await;
    let full = open(
        journal,
        request(1).with(|call| {
            call.agent = Some("receptionist".to_owned());
            call.metadata = [("order".to_owned(), "17".to_owned())].into();
            call.not_after = Some("2026-03-02T09:00:05Z".to_owned());
            call.idempotency_key = Some("key".to_owned());
        }),
        10,
    )
    .await;
    let plan = Fact::Admitted {
        estimated_cost: Some(Money::from_micros(150_001, Currency::USD)),
        experiment: Some(switchboard_core::Assignment {
            experiment: "e".to_owned(),
            version: 1,
            arm: "b".to_owned(),
        }),
        plan: None,
    };
    record(journal, full, plan).await;
    let first = attempt("alpha");
    let tried = first.id;
    record(journal, full, Fact::Intended(Box::new(first))).await;
    record(journal, full, failed(tried, Delivery::NotSent)).await;
    let second = attempt("beta")
        .with(|attempt| attempt.estimated_cost = Some(Money::from_micros(7, Currency::USD)));
    let tried = second.id;
    record(journal, full, Fact::Intended(Box::new(second))).await;
    record(journal, full, Fact::Claimed(tried)).await;
    record(journal, full, Fact::Sent(tried)).await;
    for fact in [
        failed(tried, Delivery::Unknown),
        Fact::TentativeMatch(tried, "b-1".into()),
        Fact::Reconciling(tried),
        Fact::Traced(tried, "b-1".into(), Proof::LeadId),
        Fact::Reported(Box::new(told("beta", "b-1", ProviderState::Ended(Outcome::Voicemail)))),
        Fact::Billed(
            tried,
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

/// A person who consented, and another one who opted out.
pub(crate) async fn an_opt_out_and_a_consent(journal: &Arc<dyn Journal>) {
    let (one, other) = (conformance::valid(&request(1)).to, conformance::valid(&request(2)).to);
    let consent =
        NewConsent::new(TenantId::default(), Consent::new(ConsentKind::Express), "they", at(1));
    assert!(journal.add_consent(&one, &consent).await.unwrap());
    let opt_out = OptOut::new(OptOutSource::CalleeSaid, "engine", at(1));
    assert!(journal.opt_out(&other, &opt_out).await.unwrap());
}

/// Each field of a call and of an attempt is known of one of these calls, so that a comparison of
/// them finds a field that the ledger does not read back.
pub(crate) fn every_field_is_known_of_a_call(calls: &[Call]) {
    let known = |values: Vec<Value>| {
        let mut fields = BTreeMap::new();
        for (name, value) in values.iter().flat_map(|value| value.as_object().unwrap()) {
            *fields.entry(name.clone()).or_insert(false) |= !value.is_null();
        }
        let unknown: Vec<_> = fields.into_iter().filter(|(_, known)| !known).collect();
        assert!(unknown.is_empty(), "known of no call: {unknown:?}");
    };
    let attempts = calls.iter().flat_map(|call| &call.attempts);
    known(attempts.map(|attempt| serde_json::to_value(attempt).unwrap()).collect());
    known(calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect());
}

/// A call that rang twice, each time by an agent of its own, with everything that an attempt takes.
async fn second_ring(journal: &Arc<dyn Journal>) {
    let twice = open(journal, request(6), 0).await;
    record(journal, twice, admitted()).await;
    let reservation = Reservation {
        callee: None,
        rate_slots: vec![rate_slot("alpha", 9)],
        concurrency_slots: vec![concurrency_slot("alpha", 1), concurrency_slot("a\\b\u{0}", 1)],
        hold: Some(BudgetHold {
            amount: Money::from_micros(10, Currency::USD),
            budgets: vec![budgeted("day", 100), budgeted("a\\b\u{0}", 100)],
        }),
        certain_agent: true,
    };
    let first = attempt("alpha").with(|attempt| {
        attempt.agent = Some("first\u{0}".into());
        attempt.agent_version = Some("v3".to_owned());
    });
    let tried = first.id;
    write_intent(journal, twice, first, reservation.clone()).await.unwrap();
    for fact in [
        Fact::Answered(tried, Box::new(told("alpha", "a-1", ProviderState::Ended(Outcome::Busy)))),
        Fact::Redialled(tried, at(600)),
        admitted(),
    ] {
        record(journal, twice, fact).await;
    }
    let second = attempt("alpha").with(|attempt| {
        attempt.agent = Some("second".into());
        attempt.ring = 1;
    });
    let again = second.id;
    write_intent(journal, twice, second, reservation).await.unwrap();
    let bill = |tried, micros| {
        Fact::Billed(
            tried,
            Cost::Money(Money::from_micros(micros, Currency::USD)),
            Some(Money::from_micros(micros, Currency::USD)),
        )
    };
    for fact in [
        bill(tried, 7),
        Fact::Answered(
            again,
            Box::new(told("alpha", "a-2", ProviderState::Ended(Outcome::NoAnswer))),
        ),
        bill(again, 8),
        Fact::Redialled(again, at(1_200)),
    ] {
        record(journal, twice, fact).await;
    }
    let kept = journal.get(twice).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.redial_at), (CallStatus::Scheduled, Some(at(1_200))));
    assert_eq!(kept.cost, Some(Money::from_micros(15, Currency::USD)));
}

/// Two attempts of one write: the first is the call's too, and in no doubt any more.
pub(crate) async fn two_attempts_at_once(journal: &Arc<dyn Journal>) {
    let call = open(journal, request(1), 0).await;
    let tried = send(journal, call).await;
    let (next, last) = (attempt("alpha"), attempt("alpha"));
    let facts = vec![
        failed(tried, Delivery::NotSent),
        Fact::Intended(Box::new(next.clone())),
        Fact::Claimed(next.id),
        failed(next.id, Delivery::NotSent),
        Fact::Intended(Box::new(last.clone())),
        Fact::Claimed(last.id),
        Fact::Sent(last.id),
    ];
    let reservation = Reservation::default();
    journal.write(call, Write { facts, reservation }, at(2)).await.unwrap();
    for one in [tried, next.id, last.id] {
        assert_eq!(journal.call_of(one).await.unwrap(), Some(call));
    }
    assert!(journal.is_unambiguous_by_agent(last.id).await.unwrap());
    let again = write_intent(
        journal,
        call,
        last,
        Reservation {
            hold: Some(BudgetHold {
                amount: Money::from_micros(1, Currency::USD),
                budgets: Vec::new(),
            }),
            ..Reservation::default()
        },
    );
    assert_eq!(again.await.unwrap_err().kind(), ErrorKind::Conflict);
}

/// What is left behind by one process is there for the next: which attempt has which concurrency
/// slot, and what was decided.
pub(crate) async fn concurrency_slots_and_decisions(
    before: &Arc<dyn Journal>,
) -> impl AsyncFn(&Arc<dyn Journal>) + use<> {
    let one = || Reservation {
        concurrency_slots: vec![concurrency_slot("alpha", 1)],
        ..Reservation::default()
    };
    let call = open(before, request(8), 0).await;
    record(before, call, admitted()).await;
    let attempt = attempt("alpha");
    let tried = attempt.id;
    write_intent(before, call, attempt, one()).await.unwrap();
    let decision = |n: u32| AuditEntry {
        topic: AuditTopic::Configuration,
        subject: "switchboard.toml".to_owned(),
        what: json!({ "version": n }),
        by: "an operator".to_owned(),
        at: at(n.into()),
    };
    let first = before.append_audit(&decision(1)).await.unwrap();
    async move |after: &Arc<dyn Journal>| {
        let next = open(after, request(9), 0).await;
        record(after, next, admitted()).await;
        let full =
            write_intent(after, next, conformance::attempt("alpha"), one()).await.unwrap_err();
        assert_eq!(full.code(), Some("concurrency_full"));
        record(after, call, failed(tried, Delivery::NotSent)).await;
        write_intent(after, next, conformance::attempt("alpha"), one()).await.unwrap();
        let second = after.append_audit(&decision(2)).await.unwrap();
        assert!(second > first);
        let kept = after.audit_entries(AuditTopic::Configuration, 0).await.unwrap();
        assert_eq!(kept, [(first, decision(1)), (second, decision(2))]);
    }
}

/// Many attempts through several ledgers at once, more than there are slots and more than there is
/// money.
pub(crate) async fn hammer(journals: &[Arc<dyn Journal>]) {
    const SLOTS: u32 = 20;
    const MONEY: i64 = 150;
    // However slow the machine: no window ends in between.
    let slot = |limiter: &str, limit| RateSlot {
        window: std::time::Duration::from_secs(86_400),
        ..rate_slot(limiter, limit)
    };
    let hold = || {
        Some(BudgetHold {
            amount: Money::from_micros(10, Currency::USD),
            budgets: vec![budgeted("day", MONEY), budgeted("month", 1_000)],
        })
    };
    let tasks = (0..90_u32).map(|n| {
        let journal = Arc::clone(&journals[n as usize % journals.len()]);
        let reservation = match n % 3 {
            0 => Reservation {
                rate_slots: vec![slot("alpha", SLOTS), slot("alpha/day", 1_000)],
                ..Reservation::default()
            },
            1 => Reservation { hold: hold(), ..Reservation::default() },
            // In the other order, so that two stand in each other's way.
            _ => Reservation {
                callee: None,
                rate_slots: vec![slot("alpha/day", 1_000), slot("alpha", SLOTS)],
                concurrency_slots: vec![concurrency_slot("alpha", 1_000)],
                hold: hold().map(|hold| BudgetHold {
                    budgets: hold.budgets.into_iter().rev().collect(),
                    ..hold
                }),
                certain_agent: true,
            },
        };
        tokio::spawn(async move {
            let call = open(&journal, request(n), 0).await;
            record(&journal, call, admitted()).await;
            let one = attempt("alpha");
            let (tried, slots, held) =
                (one.id, !reservation.rate_slots.is_empty(), reservation.hold.is_some());
            match write_intent(&journal, call, one, reservation).await {
                Ok(_) if n % 5 == 0 => {
                    // It gives everything back, so that another may have it.
                    record(&journal, call, failed(tried, Delivery::NotSent)).await;
                    (false, false)
                }
                Ok(_) => (slots, held),
                Err(error) => {
                    assert!(
                        matches!(error.code(), Some("rate_limited" | "over_budget")),
                        "{error:?}"
                    );
                    (false, false)
                }
            }
        })
    });
    let mut taken = (0, 0);
    for task in futures::future::join_all(tasks).await {
        let (slot, held) = task.unwrap();
        taken.0 += u32::from(slot);
        taken.1 += i64::from(held);
    }
    // The last ones try alone: what is left can be had to the last, and no more.
    for n in 0..60 {
        let journal = &journals[n % journals.len()];
        let call = open(journal, request(1_000 + n as u32), 0).await;
        record(journal, call, admitted()).await;
        let reservation =
            Reservation { rate_slots: vec![slot("alpha", SLOTS)], ..Reservation::default() };
        taken.0 +=
            u32::from(write_intent(journal, call, attempt("alpha"), reservation).await.is_ok());
        let call = open(journal, request(2_000 + n as u32), 0).await;
        record(journal, call, admitted()).await;
        let reservation = Reservation { hold: hold(), ..Reservation::default() };
        taken.1 +=
            i64::from(write_intent(journal, call, attempt("alpha"), reservation).await.is_ok());
    }
    assert_eq!(taken, (SLOTS, MONEY / 10), "every slot and the whole budget, once");
}

fn told(provider: &str, theirs: &str, state: ProviderState) -> switchboard_core::ProviderCall {
    {
        let mut report = report(provider, theirs, state);
        report.duration = Some(std::time::Duration::from_millis(95_200));
        report.summary = Some("She said \"no\"\u{0}.".to_owned());
        report.next_steps = Some("None.".to_owned());
        report.raw = Raw::new(
            json!({"id": theirs, "f": 0.1, "n": null, "big": u64::MAX, "text": "a\u{0}b"}),
        );
        report
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
    let new = NewCall::new(call.id, Arc::clone(request), history[0].at);
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
    let answer = {
        let mut report = report("alpha", id, ProviderState::Queued);
        report.raw = Raw::new(serde_json::from_str(&deep).unwrap());
        report
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
    let mut written: Vec<Call> =
        futures::future::join_all(writers).await.into_iter().flat_map(Result::unwrap).collect();
    written.sort_by_key(|call| call.id);
    for journal in journals {
        assert_eq!(journal.list().await.unwrap(), written);
    }
}

/// Many calls to one person, and the same fact of one call, through several ledgers at once: one of
/// each wins.
pub(crate) async fn race(journals: &[Arc<dyn Journal>]) {
    for round in 0..10_u32 {
        let mut rivals = Vec::new();
        for n in 0..8 {
            let rival = request(round).with(|call| call.task = format!("task {n}"));
            rivals.push(open(&journals[n % journals.len()], rival, 0).await);
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
        let keyed =
            request(100 + round).with(|call| call.idempotency_key = Some(format!("key-{round}")));
        let opening = (0..8).map(|n| {
            let (journal, new) =
                (Arc::clone(&journals[n % journals.len()]), conformance::new_call(&keyed, at(3)));
            tokio::spawn(async move { journal.open(new).await })
        });
        let mut opened = 0;
        for result in futures::future::join_all(opening).await {
            match result.unwrap() {
                Ok(Opened::New(_)) => opened += 1,
                Ok(Opened::Replayed(_) | Opened::Changed(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(opened, 1, "one call for one key");
        let opening = (0..8).map(|n| {
            let (journal, new) = (
                Arc::clone(&journals[n % journals.len()]),
                conformance::new_call(&request(200 + round), at(4)),
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

/// Gives a file or a directory these rights; elsewhere than on Unix nothing has any.
#[allow(dead_code)]
pub(crate) fn allow(path: &std::path::Path, mode: u32) {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}
