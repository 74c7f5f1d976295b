//! Calls that a provider accepted and, by its own record, never dialled.

use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallStatus, Delivery, ErrorKind, Outcome, Proof,
    ProviderCall, ProviderState, Refusal,
};
use switchboard_journal::{
    conformance::{admitted, at, attempt, failed, new_call, report, request},
    state::{Effect, Fact, apply},
};
use switchboard_router::failover::{Next, NotPlaced};

const PROVEN: [Refusal; 4] =
    [Refusal::ThisProvider, Refusal::RateLimited, Refusal::Quota, Refusal::Everyone];

fn say(call: &mut Call, fact: Fact) -> &'static [Effect] {
    let next = at(call.revision);
    apply(call, fact, next).unwrap()
}

fn said(theirs: &str, state: ProviderState) -> Box<ProviderCall> {
    let mut said = report("alpha", theirs, state);
    said.failure_code = state.is_not_dialled().then(|| "no-slots".to_owned());
    Box::new(said)
}

fn send(call: &mut Call, one: Attempt) -> AttemptId {
    let tried = one.id;
    for fact in [Fact::Intended(Box::new(one)), Fact::Claimed(tried), Fact::Sent(tried)] {
        say(call, fact);
    }
    tried
}

fn sent() -> (Call, AttemptId) {
    let mut call = new_call(&request(1), at(0)).received();
    say(&mut call, admitted());
    let tried = send(&mut call, attempt("alpha"));
    (call, tried)
}

/// Its first attempt was accepted.
fn accepted() -> (Call, AttemptId) {
    let (mut call, tried) = sent();
    say(&mut call, Fact::Answered(tried, said("a-1", ProviderState::Queued)));
    (call, tried)
}

fn not_dialled(tried: AttemptId, refusal: Refusal) -> Fact {
    Fact::NotDialled(tried, said("a-1", ProviderState::NotDialled(refusal)))
}

#[test]
fn what_was_never_dialled_counts_as_refused_for_the_reason_of_its_record() {
    for refusal in PROVEN {
        let (mut call, tried) = accepted();
        assert_eq!(say(&mut call, not_dialled(tried, refusal)), [Effect::Next]);
        assert_eq!((call.status, call.outcome), (CallStatus::Attempting, None));
        assert_eq!((&call.provider, &call.provider_call_id), (&None, &None));
        let last = call.attempts.last().unwrap();
        assert_eq!(last.state, AttemptState::NotPlaced);
        assert_eq!(last.delivery, Some(Delivery::Refused(refusal)));
        assert!(last.was_never_dialled() && last.ended_at.is_some());
        assert_eq!(last.evidence.last().unwrap().proof, Proof::Record);
        assert_eq!(last.error.as_ref().unwrap().code.as_deref(), Some("no-slots"));
        let expected = match refusal {
            Refusal::Everyone => Next::NoProvider,
            Refusal::RateLimited => Next::AfterPause,
            Refusal::Quota => Next::AfterCredit,
            Refusal::ThisProvider | Refusal::NeedsApproval => Next::OtherProvider,
        };
        assert_eq!(NotPlaced::of(last).next(false), expected);
    }
}

#[test]
fn a_record_that_said_that_the_phone_rings_is_not_believed_later() {
    for state in [ProviderState::Ringing, ProviderState::InProgress] {
        let (mut call, tried) = accepted();
        say(&mut call, Fact::Reported(said("a-1", state)));
        let effects = say(&mut call, not_dialled(tried, Refusal::ThisProvider));
        assert_eq!(effects, [Effect::ReleaseCallee], "{state:?}");
        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
        assert_eq!(call.provider_call_id, Some("a-1".into()));
    }
}

#[test]
fn nothing_is_sent_around_an_approval_or_without_proof() {
    let approval = ProviderState::NotDialled(Refusal::NeedsApproval);
    for state in [approval, ProviderState::Queued, ProviderState::Ended(Outcome::Failed)] {
        let (mut call, tried) = accepted();
        say(&mut call, Fact::NotDialled(tried, said("a-1", state)));
        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
    }
    // A report and an answer prove nothing about a phone.
    let never = ProviderState::NotDialled(Refusal::ThisProvider);
    let (mut call, _) = accepted();
    say(&mut call, Fact::Reported(said("a-1", never)));
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
    let (mut call, tried) = sent();
    say(&mut call, Fact::Answered(tried, said("a-1", never)));
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
}

#[test]
fn what_is_said_of_it_later_is_not_taken_for_the_next_attempt() {
    let (mut call, tried) = accepted();
    say(&mut call, not_dialled(tried, Refusal::ThisProvider));
    // Its sender was slow to say that it was accepted.
    let before = call.clone();
    for late in [
        Fact::Answered(tried, said("a-1", ProviderState::Queued)),
        failed(tried, Delivery::Unknown),
        Fact::Traced(tried, "a-1".into(), Proof::Webhook),
    ] {
        assert_eq!(say(&mut call, late), []);
        assert_eq!(call, before);
    }
    let next = send(&mut call, attempt("beta"));
    assert_eq!(call.attempts.len(), 2);
    let before = call.clone();
    let quiet = [ProviderState::NotDialled(Refusal::ThisProvider), ProviderState::Queued];
    for state in quiet {
        assert_eq!(say(&mut call, Fact::Reported(said("a-1", state))), []);
    }
    assert_eq!(call, before);
    for state in [ProviderState::Ringing, ProviderState::Ended(Outcome::Completed)] {
        let mut told = call.clone();
        let rings = Fact::Reported(said("a-1", state));
        assert_eq!(say(&mut told, rings.clone()), [Effect::Alarm], "{state:?}");
        assert_eq!((told.status, &told.provider_call_id), (call.status, &None));
        assert_eq!(say(&mut told, rings), [], "an operator is told once");
    }
    let stolen = Fact::Answered(next, said("a-1", ProviderState::Queued));
    assert_eq!(apply(&mut call, stolen, at(90)).unwrap_err().kind(), ErrorKind::Conflict);
    say(&mut call, Fact::Answered(next, said("b-1", ProviderState::Queued)));
    assert_eq!(call.status, CallStatus::InProgress);
}

#[test]
fn nobody_waits_for_a_call_that_stalled() {
    let (mut call, tried) = accepted();
    say(&mut call, Fact::Overdue);
    say(&mut call, not_dialled(tried, Refusal::RateLimited));
    assert_eq!(call.status, CallStatus::Refused);
    assert_eq!(call.fault.as_ref().unwrap().kind, ErrorKind::RateLimited);
}

#[test]
fn of_two_requests_no_single_proof_says_that_no_phone_rang() {
    let (mut call, tried) = sent();
    say(&mut call, failed(tried, Delivery::Unknown));
    say(&mut call, Fact::Reconciling(tried));
    say(&mut call, Fact::Repeated(tried));
    assert!(call.attempts[0].repeated_at.is_some());
    let before = call.clone();
    for refused in [Fact::Repeated(tried), Fact::AssumedNotPlaced(tried)] {
        assert_eq!(apply(&mut call, refused, at(90)).unwrap_err().kind(), ErrorKind::Conflict);
    }
    for refusal in PROVEN {
        assert_eq!(say(&mut call, failed(tried, Delivery::Refused(refusal))), []);
    }
    assert_eq!(say(&mut call, failed(tried, Delivery::NotSent)), []);
    assert_eq!(call, before);
    say(&mut call, Fact::Traced(tried, "a-1".into(), Proof::Reference));
    say(&mut call, not_dialled(tried, Refusal::ThisProvider));
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
}

#[test]
fn only_an_attempt_in_doubt_is_repeated() {
    let (sent, tried) = sent();
    let (placed, accepted) = accepted();
    for (mut call, tried) in [(sent, tried), (placed, accepted)] {
        let refused = apply(&mut call, Fact::Repeated(tried), at(90)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Conflict);
    }
}
