//! What each fact may follow, and what it leaves in the record of a call: one rule a test.

use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallStatus, Cost, Delivery, ErrorKind, Money, Outcome,
    Proof, ProviderCall, ProviderState, Refusal,
};
use switchboard_journal::{
    conformance::{admitted, at, attempt, failed, fault, new_call, report, request},
    state::{Effect, Fact, Resolution, Verdict, apply},
};

/// A call as facts make it, one a second.
#[derive(Clone)]
struct Story {
    call: Call,
    seconds: u64,
}

impl Story {
    fn received() -> Self {
        Self { call: new_call(&request(1), at(0)).received(), seconds: 0 }
    }

    /// Its first attempt is on its way.
    fn sent() -> (Self, AttemptId) {
        let (mut story, one) = (Self::received(), attempt("alpha"));
        let tried = one.id;
        story.say(admitted());
        story.send(one);
        (story, tried)
    }

    /// Its first attempt rang, nobody answered, and it will ring again.
    fn redialled() -> Self {
        let (mut story, tried) = Self::sent();
        story.say(Fact::Answered(tried, ended("c-0", Outcome::NoAnswer)));
        story.say(Fact::Redialled(tried, at(60)));
        story.say(admitted());
        story
    }

    fn send(&mut self, one: Attempt) {
        let tried = one.id;
        self.say(Fact::Intended(Box::new(one)));
        self.say(Fact::Claimed(tried));
        self.say(Fact::Sent(tried));
    }

    fn say(&mut self, fact: Fact) -> &'static [Effect] {
        self.seconds += 1;
        apply(&mut self.call, fact, at(self.seconds)).unwrap()
    }

    /// What the call would be after this fact.
    fn with(&self, fact: Fact) -> Call {
        let mut story = self.clone();
        story.say(fact);
        story.call
    }

    /// The fact cannot be, and changes nothing.
    fn refuses(&self, fact: Fact) {
        let mut call = self.call.clone();
        let refused =
            apply(&mut call, fact.clone(), at(self.seconds + 1)).expect_err(&format!("{fact:?}"));
        assert_eq!((refused.kind(), &call), (ErrorKind::Conflict, &self.call), "{fact:?}");
    }

    fn last(&self) -> &Attempt {
        self.call.attempts.last().unwrap()
    }
}

fn said(theirs: &str, state: ProviderState) -> Box<ProviderCall> {
    Box::new(report("alpha", theirs, state))
}

fn ended(theirs: &str, outcome: Outcome) -> Box<ProviderCall> {
    said(theirs, ProviderState::Ended(outcome))
}

fn word(tried: AttemptId, verdict: Verdict, call: Option<&str>) -> Fact {
    let resolution = Resolution {
        verdict,
        call: call.map(Into::into),
        by: "somebody".to_owned(),
        note: "found out".to_owned(),
    };
    Fact::Resolved(tried, resolution)
}

fn of_ring(provider: &str, ring: u32) -> Attempt {
    attempt(provider).with(|attempt| attempt.ring = ring)
}

#[test]
fn what_was_never_claimed_is_abandoned_and_nothing_else() {
    let (mut story, one) = (Story::received(), attempt("alpha"));
    let tried = one.id;
    story.say(admitted());
    story.say(Fact::Intended(Box::new(one)));
    let abandoned = story.with(Fact::Abandoned(tried));
    assert_eq!(
        (abandoned.attempts[0].state, abandoned.attempts[0].evidence[0].proof),
        (AttemptState::NotPlaced, Proof::NeverClaimed)
    );
    assert_eq!(abandoned.attempts[0].ended_at, Some(at(3)));
    story.say(Fact::Claimed(tried));
    story.refuses(Fact::Abandoned(tried));
    story.say(Fact::Sent(tried));
    assert_eq!(story.last().sent_at, Some(at(4)));
    story.refuses(Fact::Abandoned(tried));
}

#[test]
fn only_what_is_in_doubt_is_fenced() {
    let (mut story, tried) = Story::sent();
    story.refuses(Fact::AssumedNotPlaced(tried));
    assert_eq!(story.say(failed(tried, Delivery::Unknown)), [Effect::Reconcile]);
    assert_eq!(story.call.provider, None, "who may not have it does not have it");
    for doubt in [None, Some(Fact::Reconciling(tried))] {
        doubt.into_iter().for_each(|fact| {
            story.say(fact);
        });
        let fenced = story.with(Fact::AssumedNotPlaced(tried));
        assert_eq!(
            (fenced.attempts[0].state, fenced.attempts[0].evidence.last().unwrap().proof),
            (AttemptState::NotPlaced, Proof::AssumedNotPlaced)
        );
    }
    story.refuses(Fact::AssumedNotPlaced(attempt("alpha").id));
}

#[test]
fn a_word_settles_a_doubt_and_nothing_else() {
    let (mut story, tried) = Story::sent();
    let words = |id: AttemptId| {
        [
            word(id, Verdict::NotPlaced, None),
            word(id, Verdict::Placed("c-9".into()), None),
            word(id, Verdict::Ended(Outcome::Busy), Some("c-9")),
        ]
    };
    words(tried).into_iter().for_each(|word| story.refuses(word));
    story.say(failed(tried, Delivery::Unknown));
    for later in [None, Some(Fact::GaveUp(fault()))] {
        later.into_iter().for_each(|fact| {
            story.say(fact);
        });
        let [silent, placed, over] = words(tried).map(|word| story.with(word));
        assert_eq!(
            (silent.attempts[0].state, silent.fault.is_some()),
            (AttemptState::NotPlaced, true)
        );
        let id = Some("c-9".into());
        assert_eq!(
            (placed.status, &placed.provider_call_id, placed.fault),
            (CallStatus::InProgress, &id, None)
        );
        assert_eq!((over.outcome, &over.provider_call_id), (Some(Outcome::Busy), &id));
        assert_eq!(over.provider.unwrap().as_str(), "alpha");
        assert_eq!(over.attempts[0].evidence.last().unwrap().proof, Proof::Operator);
    }
    assert_eq!(story.call.status, CallStatus::Indeterminate);
    story.say(Fact::Traced(tried, "c-1".into(), Proof::NumberAndTask));
    assert_eq!(
        (story.call.status, &story.call.fault),
        (CallStatus::InProgress, &None),
        "why it was unknown is of no interest"
    );
    story.refuses(Fact::GaveUp(fault()));
    words(tried).into_iter().for_each(|word| story.refuses(word));
    story.say(Fact::Overdue);
    let [silent, placed, over] = words(tried);
    story.refuses(silent);
    story.refuses(placed);
    let over = story.with(over);
    assert_eq!(
        (over.outcome, over.provider_call_id),
        (Some(Outcome::Busy), Some("c-1".into())),
        "the id that is known stays"
    );
}

#[test]
fn a_call_that_counts_as_placed_and_that_nobody_knows_by_an_id_is_settled_by_a_word() {
    let (mut story, tried) = Story::sent();
    story.say(failed(tried, Delivery::Placed));
    assert_eq!(story.call.provider.as_ref().unwrap().as_str(), "alpha");
    let silent = story.with(word(tried, Verdict::NotPlaced, None));
    assert_eq!(
        (silent.status, silent.attempts[0].state),
        (CallStatus::Refused, AttemptState::NotPlaced)
    );
    assert_eq!(
        story.with(word(tried, Verdict::Placed("c-1".into()), None)).provider_call_id,
        Some("c-1".into())
    );
}

#[test]
fn what_an_earlier_ring_made_is_never_this_rings() {
    let mut story = Story::redialled();
    let one = of_ring("alpha", 1);
    let tried = one.id;
    story.send(one);
    assert_eq!(
        (&story.call.provider, &story.call.provider_call_id, story.call.redial_at),
        (&None, &None, None)
    );
    let before = story.call.clone();
    assert_eq!(story.say(Fact::Reported(ended("c-0", Outcome::Completed))), []);
    assert_eq!(story.call, before, "late news of a ring that is over");
    story.refuses(Fact::Answered(tried, said("c-0", ProviderState::Queued)));
    story.refuses(Fact::Traced(tried, "c-0".into(), Proof::NumberAndTask));
    let own = story.with(Fact::Answered(tried, said("c-1", ProviderState::Queued)));
    assert_eq!(own.provider_call_id, Some("c-1".into()));
    story.say(failed(tried, Delivery::Unknown));
    story.refuses(word(tried, Verdict::Placed("c-0".into()), None));
    story.refuses(word(tried, Verdict::Ended(Outcome::Completed), Some("c-0")));
    let own = story.with(Fact::Reported(said("c-2", ProviderState::InProgress)));
    assert_eq!((own.status, own.provider_call_id), (CallStatus::InProgress, Some("c-2".into())));
}

#[test]
fn an_attempt_follows_a_silent_one_of_its_ring_or_a_ring_that_is_over() {
    let mut story = Story::redialled();
    story.refuses(Fact::Intended(Box::new(of_ring("beta", 0))));
    let one = of_ring("alpha", 1);
    let tried = one.id;
    story.send(one);
    story.refuses(Fact::Intended(Box::new(of_ring("beta", 1))));
    story.say(failed(tried, Delivery::NotSent));
    story.refuses(Fact::Intended(Box::new(of_ring("beta", 0))));
    let next = story.with(Fact::Intended(Box::new(of_ring("beta", 1))));
    assert_eq!(next.attempts.len(), 3);
    story.refuses(Fact::Claimed(next.attempts[0].id));
}

#[test]
fn a_redial_that_was_called_off_is_not_asked_for_again() {
    let (mut story, tried) = Story::sent();
    story.say(Fact::Answered(tried, ended("c-0", Outcome::NoAnswer)));
    assert_eq!(
        (story.last().outcome, story.last().ended_at),
        (Some(Outcome::NoAnswer), Some(at(5)))
    );
    assert_eq!(story.say(Fact::Redialled(tried, at(60))), [Effect::Next]);
    assert_eq!(story.call.redial_at, Some(at(60)));
    story.say(Fact::Refused(fault()));
    assert_eq!(
        (story.call.status, story.call.outcome),
        (CallStatus::Closed, Some(Outcome::NoAnswer))
    );
    story.refuses(Fact::Redialled(tried, at(90)));
}

#[test]
fn a_failure_says_what_it_proves() {
    let cases = [
        (Delivery::NotSent, Proof::NotSent, AttemptState::NotPlaced, false),
        (Delivery::Refused(Refusal::ThisProvider), Proof::Answer, AttemptState::NotPlaced, false),
        (Delivery::Refused(Refusal::NeedsApproval), Proof::Answer, AttemptState::NotPlaced, true),
        (Delivery::Unknown, Proof::Answer, AttemptState::Unknown, false),
        (Delivery::Placed, Proof::Answer, AttemptState::Placed, false),
    ];
    for (delivery, proof, state, faulty) in cases {
        let (mut story, tried) = Story::sent();
        story.say(Fact::TentativeMatch(tried, "c-1".into()));
        story.say(failed(tried, delivery));
        let last = story.last();
        assert_eq!(
            (last.delivery, last.error.is_some(), last.state),
            (Some(delivery), true, state)
        );
        assert_eq!(last.evidence.last().unwrap().proof, proof);
        assert_eq!(story.call.fault.is_some(), faulty, "{delivery:?}");
        let listed = last.provider_call_id.is_some();
        assert_eq!(
            listed,
            state != AttemptState::NotPlaced,
            "what was seen was another's where this one is silent"
        );
    }
}

#[test]
fn a_failure_that_comes_after_the_call_was_found_changes_nothing_about_it() {
    let (mut story, tried) = Story::sent();
    story.say(Fact::Answered(tried, said("c-1", ProviderState::Queued)));
    assert_eq!(story.say(failed(tried, Delivery::Refused(Refusal::ThisProvider))), [Effect::Alarm]);
    let last = story.last();
    assert_eq!(
        (last.delivery, &last.error, last.state),
        (Some(Delivery::Placed), &None, AttemptState::Placed)
    );
    assert_eq!(last.provider_call_id, Some("c-1".into()));
}

#[test]
fn that_it_rings_and_is_answered_is_kept_once_and_what_is_said_later_adds() {
    let (mut story, tried) = Story::sent();
    story.say(Fact::Answered(tried, said("c-1", ProviderState::Queued)));
    let known = story.last().evidence.len();
    story.say(Fact::Reported(said("c-1", ProviderState::Queued)));
    assert_eq!(story.last().evidence.len(), known);
    let shown =
        [(ProviderState::Ringing, Proof::Record), (ProviderState::InProgress, Proof::Conversation)];
    for (nth, (state, proof)) in (1..).zip(shown) {
        for _ in 0..2 {
            story.say(Fact::Reported(said("c-1", state)));
            assert_eq!(story.last().evidence.len(), known + nth);
        }
        assert_eq!(story.last().evidence.last().unwrap().proof, proof);
    }
    let mut over = ended("c-1", Outcome::Completed);
    over.summary = Some("They are open.".to_owned());
    story.say(Fact::Reported(over));
    story.say(Fact::Reported(ended("c-1", Outcome::Completed)));
    assert_eq!(story.call.summary.as_deref(), Some("They are open."));
    let before = story.call.updated_at;
    apply(&mut story.call, Fact::Reported(ended("c-1", Outcome::Completed)), at(0)).unwrap();
    assert_eq!(story.call.updated_at, before, "a clock that was set back");
}

#[test]
fn bills_add_up_over_the_rings_and_name_their_attempt() {
    let cents = |amount: &str| Money::parse(amount, "USD").unwrap();
    let bill = |id: AttemptId, amount: &str| {
        Fact::Billed(id, Cost::Money(cents(amount)), Some(cents(amount)))
    };
    let mut story = Story::redialled();
    let one = of_ring("alpha", 1);
    let (first, second) = (story.last().id, one.id);
    story.send(one);
    story.say(bill(first, "0.10"));
    story.say(bill(second, "0.25"));
    assert_eq!(story.call.cost, Some(cents("0.35")));
    story.say(bill(first, "0.15"));
    let billed: Vec<_> = story.call.attempts.iter().map(|attempt| attempt.billed).collect();
    assert_eq!(
        (story.call.cost, billed),
        (Some(cents("0.40")), vec![Some(cents("0.15")), Some(cents("0.25"))])
    );
    story.refuses(bill(attempt("alpha").id, "0.10"));
}
