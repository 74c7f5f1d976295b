//! A ledger beside the journal in memory: whatever is asked of both, in any order, both say the
//! same.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use switchboard_core::{
    Attempt, AttemptId, Call, CallStatus, Cost, Currency, Delivery, Money, Outcome, Proof,
    ProviderState, Refusal, RingCap,
};
use switchboard_journal::{
    Journal, JournalExt, MemoryJournal, Opened, Write,
    conformance::{
        self, admitted, at, attempt, budgeted, concurrency_slot, failed, fault, rate_slot, request,
    },
    state::Fact,
};
use switchboard_router::{BudgetHold, CalleeLimits, RateSlot, Reservation};
use tempfile::TempDir;
use uuid::Uuid;

use super::{IntoProvider, said, told};

/// A fact that a call may meet, or may not: what a step is made of.
#[derive(Debug, Clone)]
enum Move {
    Plain(u8),
    Intend,
    /// From admitted to sent in one write: the agent and what it may cost.
    Bracket(u8, i64),
    Redial,
    Fail(u8),
    Answer(u8, u8),
    Report(u8, u8),
    Trace(u8),
}

fn moves() -> impl Strategy<Value = (usize, Move)> {
    let step = prop_oneof![
        5 => (0..10_u8).prop_map(Move::Plain),
        2 => Just(Move::Intend),
        8 => (0..2_u8, 0..30_i64).prop_map(|(agent, micros)| Move::Bracket(agent, micros)),
        3 => Just(Move::Redial),
        4 => (0..8_u8).prop_map(Move::Fail),
        3 => (0..4_u8, 0..4_u8).prop_map(|(id, state)| Move::Answer(id, state)),
        3 => (0..4_u8, 0..4_u8).prop_map(|(id, state)| Move::Report(id, state)),
        1 => (0..4_u8).prop_map(Move::Trace),
    ];
    (0..3_usize, step)
}

/// The next attempt of a call: of the same ring while that is not over.
fn next(call: &Call, made: Uuid, agent: Option<u8>) -> Attempt {
    let over = |last: &Attempt| u32::from(last.outcome.is_some());
    let mut attempt = attempt("alpha");
    (attempt.id, attempt.idempotency_key) = (AttemptId::new(made), made);
    attempt.ring = call.attempts.last().map_or(0, |last| last.ring + over(last));
    attempt.agent = agent.filter(|agent| *agent > 0).map(|agent| format!("agent-{agent}").into());
    attempt
}

/// What is written: everything in one go.
fn written(step: &Move, call: &Call, made: Uuid) -> Write {
    if let Move::Bracket(agent, micros) = step {
        let attempt = next(call, made, Some(*agent));
        let slot =
            RateSlot { window: std::time::Duration::from_secs(86_400), ..rate_slot("alpha", 3) };
        let mut facts = vec![
            Fact::Intended(Box::new(attempt.clone())),
            Fact::Claimed(attempt.id),
            Fact::Sent(attempt.id),
        ];
        if call.status != CallStatus::Attempting {
            facts.insert(0, admitted());
        }
        return Write {
            facts,
            reservation: Reservation {
                callee: (micros % 5 == 0).then(|| CalleeLimits {
                    caps: vec![RingCap { rule: "P".to_owned(), since: at(0), fewer_than: 2 }],
                }),
                concurrency_slots: Vec::from_iter(
                    (micros % 3 == 2).then(|| concurrency_slot("alpha", 1)),
                ),
                rate_slots: Vec::from_iter((micros % 3 > 0).then_some(slot)),
                hold: Some(BudgetHold {
                    amount: Money::from_micros(*micros, Currency::USD),
                    budgets: vec![budgeted("day", 50), budgeted("month", 90)],
                }),
                certain_agent: micros % 4 > 0,
            },
        };
    }
    Write::from(fact(step, call, made))
}

fn fact(step: &Move, call: &Call, made: Uuid) -> Fact {
    let last = call.attempts.last().map_or(AttemptId::new(Uuid::nil()), |last| last.id);
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
        Move::Plain(_) => {
            // Any of the call's attempts; money that has to do with its hold, and money that has
            // not.
            let n = made.as_u128();
            let one = call
                .attempts
                .get(n as usize % call.attempts.len().max(1))
                .map_or(last, |one| one.id);
            let money = [None, Some(Currency::EUR), Some(Currency::USD), Some(Currency::USD)]
                [(n >> 8) as usize % 4];
            let money = money.map(|currency| Money::from_micros((n >> 16) as i64 & 31, currency));
            Fact::Billed(one, Cost::Money(Money::from_micros(5, Currency::EUR)), money)
        }
        Move::Intend | Move::Bracket(..) => Fact::Intended(Box::new(next(call, made, None))),
        Move::Redial => Fact::Redialled(last, at(9_000)),
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
        Move::Answer(id, n) => {
            Fact::Answered(last, Box::new(told("alpha", &theirs(*id), state(*n))))
        }
        Move::Report(id, n) => Fact::Reported(Box::new(told("alpha", &theirs(*id), state(*n)))),
        Move::Trace(id) => Fact::Traced(last, theirs(*id).as_str().into(), Proof::UsageRow),
    }
}

/// Three calls, two of them to one person, and facts in any order: the ledger says to each what the
/// journal in memory says.
pub(crate) async fn agrees_with_memory<Made>(new: impl Fn() -> Made)
where
    Made: Future<Output = (Arc<dyn Journal>, Option<TempDir>)>,
{
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let mut done: BTreeMap<String, u32> = BTreeMap::new();
    let kind = |step: &Move| {
        format!("{step:?}").chars().take_while(|c| c.is_alphabetic()).collect::<String>()
    };
    for round in 0..25_u64 {
        // The same ids in every run: what is drawn from them is the same too.
        let made = |n: usize| Uuid::new_v5(&Uuid::nil(), format!("{round} {n}").as_bytes());
        let steps =
            proptest::collection::vec(moves(), 20..110).new_tree(&mut runner).unwrap().current();
        let (ledger, _directory) = new().await;
        let memory: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
        let mut calls = Vec::new();
        for n in 0..3_u32 {
            let mut asked = request(n / 2);
            asked.task = format!("task {n}");
            let new = conformance::new_call(&asked, at(0));
            let (one, other) =
                (ledger.open(new.clone()).await.unwrap(), memory.open(new.clone()).await.unwrap());
            let (Opened::New(one), Opened::New(other)) = (one, other) else { panic!("it is new") };
            assert_eq!(one, other);
            calls.push(new.id);
        }
        for (n, (which, step)) in steps.iter().enumerate() {
            let call = calls[*which];
            let before = memory.get(call).await.unwrap().unwrap();
            let write = written(step, &before, made(n));
            let moment = at(n as u64);
            match (
                ledger.write(call, write.clone(), moment).await,
                memory.write(call, write, moment).await,
            ) {
                (Ok(one), Ok(other)) => {
                    *done.entry(kind(step)).or_insert(0) += 1;
                    assert_eq!((&one.call, one.effects), (&other.call, other.effects), "{steps:?}");
                }
                (Err(one), Err(other)) => {
                    if let Some(code) = one.code() {
                        *done.entry(code.to_owned()).or_insert(0) += 1;
                    }
                    assert_eq!(
                        (one.kind(), one.code(), one.to_string()),
                        (other.kind(), other.code(), other.to_string()),
                        "{steps:?}"
                    );
                }
                (one, other) => panic!(
                    "step {n}: the ledger says {one:?}, the journal in memory {other:?}; {steps:?}"
                ),
            }
        }
        assert_eq!(ledger.list().await.unwrap(), memory.list().await.unwrap());
        assert_eq!(ledger.unfinished().await.unwrap(), memory.unfinished().await.unwrap());
        for call in ledger.list().await.unwrap() {
            let rings = |journal: &Arc<dyn Journal>| {
                let journal = Arc::clone(journal);
                let (tenant, to) = (call.tenant.clone(), call.to);
                async move { journal.rings(&tenant, &to, at(20)).await.unwrap() }
            };
            assert_eq!(rings(&ledger).await, rings(&memory).await);
            for attempt in &call.attempts {
                assert_eq!(ledger.call_of(attempt.id).await.unwrap(), Some(call.id));
                let alone = (
                    ledger.is_unambiguous_by_agent(attempt.id).await.unwrap(),
                    memory.is_unambiguous_by_agent(attempt.id).await.unwrap(),
                );
                assert_eq!(alone.0, alone.1, "{steps:?}");
            }
        }
        for n in 0..4 {
            let theirs = format!("a-{n}").as_str().into();
            let alpha = "alpha".to_owned().into_provider();
            assert_eq!(
                ledger.owner(&alpha, &theirs).await.unwrap(),
                memory.owner(&alpha, &theirs).await.unwrap()
            );
        }
    }
    for often in [
        "Plain",
        "Intend",
        "Bracket",
        "Redial",
        "Fail",
        "Answer",
        "Report",
        "Trace",
        "callee_busy",
        "owned",
        "agent_in_doubt",
        "rate_limited",
        "concurrency_full",
        "over_budget",
    ] {
        assert!(
            done.get(often).is_some_and(|times| *times > 2),
            "{often} was hardly ever: the test proves little: {done:?}"
        );
    }
}
