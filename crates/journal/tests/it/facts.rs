//! Facts in any order: what `apply` makes of a call, whoever says what when.

use std::time::Duration;

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use switchboard_core::{
    Attempt, AttemptError, AttemptId, AttemptState, Call, CallFailure, CallStatus, Cost, Delivery,
    ErrorKind, Money, Outcome, Proof, ProviderId, ProviderState, Refusal,
};
use switchboard_journal::{
    Published,
    conformance::{epoch, new_call, report, request},
    server::FeedEvent,
    state::{Effect, Fact, Resolution, State, Verdict, apply},
};
use uuid::Uuid;

/// What is said, before it is known of which attempt: the number picks a name, a provider's call,
/// an end.
type Said = (u8, usize, u8);

const DELIVERIES: [Delivery; 8] = [
    Delivery::NotSent,
    Delivery::Placed,
    Delivery::Unknown,
    Delivery::Refused(Refusal::ThisProvider),
    Delivery::Refused(Refusal::RateLimited),
    Delivery::Refused(Refusal::Quota),
    Delivery::Refused(Refusal::NeedsApproval),
    Delivery::Refused(Refusal::Everyone),
];

fn attempt(n: usize, ring: u32) -> Attempt {
    Attempt::new(
        AttemptId::new(Uuid::from_u128(n as u128 + 1)),
        ProviderId::new(["alpha", "beta"][n % 2].to_owned()),
        Uuid::nil(),
        epoch(),
    )
    .with(|attempt| attempt.ring = ring)
}

fn fault() -> CallFailure {
    CallFailure { kind: ErrorKind::NoProvider, message: "as the test says".to_owned() }
}

/// A fact, mostly of the last attempt, sometimes of another or of none.
fn fact(call: &Call, (what, nth, detail): Said, at: Timestamp) -> Fact {
    let known = call.attempts.len();
    let named = if nth.is_multiple_of(8) { nth % 5 } else { known.saturating_sub(1) };
    let id = call.attempts.get(named).map_or(AttemptId::new(Uuid::from_u128(99)), |one| one.id);
    let outcome = Outcome::ALL[usize::from(detail) % Outcome::ALL.len()];
    // A provider's calls are few, so that earlier rings' come again.
    let theirs = format!("call-{}", detail % 3);
    let state =
        if detail % 2 == 0 { ProviderState::Ended(outcome) } else { ProviderState::InProgress };
    let said = Box::new(report("alpha", &theirs, state));
    let last_ring = call.attempts.last().map_or(0, |last| last.ring);
    match what {
        0 => Fact::Scheduled,
        1 | 2 => Fact::Admitted { estimated_cost: None, experiment: None, plan: None },
        3 => Fact::Refused(fault()),
        4..=7 => Fact::Intended(Box::new(attempt(known, last_ring + u32::from(detail % 2)))),
        8..=10 => Fact::Claimed(id),
        11..=13 => Fact::Sent(id),
        14 => Fact::TentativeMatch(id, theirs.into()),
        15 | 16 => Fact::Answered(id, said),
        17 | 18 => Fact::Failed {
            attempt: id,
            delivery: DELIVERIES[usize::from(detail) % DELIVERIES.len()],
            error: AttemptError {
                kind: ErrorKind::Provider,
                message: "as the test says".to_owned(),
                status: None,
                code: None,
            },
        },
        19 => Fact::Abandoned(id),
        20 => Fact::Reconciling(id),
        21 => Fact::AssumedNotPlaced(id),
        22 => Fact::Resolved(
            id,
            Resolution {
                verdict: match detail % 3 {
                    0 => Verdict::NotPlaced,
                    1 => Verdict::Placed(theirs.into()),
                    _ => Verdict::Ended(outcome),
                },
                call: None,
                by: "somebody".to_owned(),
                note: "found out".to_owned(),
            },
        ),
        23..=25 => Fact::Redialled(id, at),
        26 => Fact::Traced(id, theirs.into(), Proof::NumberAndTask),
        27 => Fact::GaveUp(fault()),
        28..=30 => Fact::Reported(said),
        31 => Fact::Overdue,
        37 => Fact::Repeated(id),
        34..=36 => {
            let refusals = [Refusal::ThisProvider, Refusal::Everyone, Refusal::NeedsApproval];
            let state = ProviderState::NotDialled(refusals[usize::from(detail) % refusals.len()]);
            Fact::NotDialled(id, Box::new(report("alpha", &theirs, state)))
        }
        _ => Fact::Billed(
            id,
            Cost::Money(Money::parse("0.10", "USD").unwrap()),
            Some(Money::parse("0.10", "USD").unwrap()),
        ),
    }
}

fn check(before: &Call, after: &Call, said: &Fact) -> Result<(), TestCaseError> {
    let last_ring = after.attempts.last().map_or(0, |last| last.ring);
    for ring in 0..=last_ring {
        let live = after.attempts.iter().filter(|one| one.ring == ring && one.state.is_live());
        prop_assert!(live.count() <= 1, "two live attempts of ring {}: {:?}", ring, after.attempts);
    }
    // Of rings that are over one attempt rang, and its end is known.
    for earlier in after.attempts.iter().filter(|one| one.ring < last_ring && one.state.is_live()) {
        prop_assert!(earlier.outcome.is_some(), "{:?} may still ring", earlier);
    }
    let rang = after.attempts.iter().any(|one| one.outcome.is_some());
    prop_assert!(!(rang && after.status == CallStatus::Refused), "a call that rang was refused");
    prop_assert_eq!(after.outcome.is_some(), after.status == CallStatus::Closed);
    prop_assert_eq!(State::of(after).rang.is_some(), rang);
    // What was done is not undone: attempts stay, in their order, and what is proven of one ring
    // stays with it.
    prop_assert!(after.attempts.len() >= before.attempts.len());
    for (old, new) in before.attempts.iter().zip(&after.attempts) {
        prop_assert_eq!((old.id, old.ring), (new.id, new.ring));
        prop_assert!(old.evidence.len() <= new.evidence.len());
        let over = old.ring < last_ring
            && before.attempts.last().is_some_and(|last| last.ring == last_ring);
        let billed = matches!(said, Fact::Billed(..));
        prop_assert!(
            !over || billed || old == new,
            "{:?} changed a ring that is over: {:?}",
            said,
            new
        );
    }
    Ok(())
}

/// What programs wait for is told whenever it changes, and nothing else is.
fn is_told(
    before: &Call,
    after: &Call,
    said: &Fact,
    effects: &[Effect],
    events: &[FeedEvent],
) -> Result<(), TestCaseError> {
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let told = |kind: &str| kinds.contains(&kind);
    let moved = before.status != after.status;
    let last = |call: &Call| call.attempts.last().map(|last| (last.id, last.state));
    let failed = matches!(last(after), Some((_, AttemptState::NotPlaced | AttemptState::Unknown)));
    let placed = matches!(last(after), Some((_, AttemptState::Placed)));
    let news = [
        (
            "call.scheduled",
            moved && after.status == CallStatus::Scheduled && !told("call.redial_scheduled"),
        ),
        ("call.ended", moved && after.status == CallStatus::Closed),
        ("call.refused", moved && after.status == CallStatus::Refused),
        ("call.needs_approval", moved && after.status == CallStatus::NeedsApproval),
        ("call.indeterminate", moved && after.status == CallStatus::Indeterminate),
        ("call.stalled", moved && after.status == CallStatus::Stalled),
        ("call.placed", placed && last(before) != last(after)),
        ("call.attempt_failed", failed && last(before) != last(after) && !told("call.resolved")),
        ("call.redial_scheduled", matches!(said, Fact::Redialled(..))),
        ("call.resolved", matches!(said, Fact::Resolved(..))),
        ("call.billed", matches!(said, Fact::Billed(..))),
        ("call.alarm", effects.contains(&Effect::Alarm)),
    ];
    for (kind, happened) in news {
        prop_assert_eq!(told(kind), happened, "{} after {:?} made {:?}", kind, said, kinds);
    }
    prop_assert!(kinds.iter().all(|kind| news.iter().any(|(known, _)| known == kind)));
    let ids: std::collections::BTreeSet<Uuid> = events.iter().map(|event| event.id).collect();
    prop_assert_eq!(ids.len(), events.len());
    prop_assert!(ids.iter().all(|id| id.get_version_num() == 7));
    for event in events {
        prop_assert_eq!(&event.data["call"]["revision"], after.revision);
    }
    let counted = after.revision - before.revision;
    prop_assert!(counted == 1 || counted == 0 && before == after && events.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(6_000) })]

    #[test]
    fn facts_in_any_order_never_leave_two_live_attempts_of_a_ring(walk in vec((0_u8..38, any::<usize>(), any::<u8>()), 1..90)) {
        let mut call = new_call(&request(1), epoch()).received();
        for (n, said) in walk.into_iter().enumerate() {
            let at = epoch() + Duration::from_secs(n as u64);
            let (before, said) = (call.clone(), fact(&call, said, at));
            let mut published = Published::default();
            match published.apply(&mut call, said.clone(), at) {
                Ok(effects) => {
                    check(&before, &call, &said)?;
                    is_told(&before, &call, &said, effects, &published.into_events(&call))?;
                }
                Err(error) => {
                    prop_assert_eq!(error.kind(), ErrorKind::Conflict);
                    prop_assert_eq!(&before, &call, "{:?} was refused and changed the call", said);
                }
            }
        }
    }
}

/// The walk is worth something only where it gets somewhere.
#[test]
fn the_walk_meets_every_state_and_second_rings() {
    let mut seen = std::collections::HashSet::new();
    let (mut seed, mut rings) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    let mut chance = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..4_000 {
        let mut call = new_call(&request(1), epoch()).received();
        for _ in 0..60 {
            let said =
                fact(&call, ((chance() % 38) as u8, chance() as usize, chance() as u8), epoch());
            let _ = apply(&mut call, said, epoch());
            seen.insert(call.status.as_str());
        }
        rings = rings.max(call.attempts.last().map_or(0, |last| last.ring));
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
    assert!(rings >= 1, "no second ring");
}
