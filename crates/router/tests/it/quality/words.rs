//! What counts, and what does not.

use switchboard_core::{
    Call, CallStatus, Country, Delivery, ErrorKind, Money, Outcome, Proof, Refusal,
};
use switchboard_router::quality::{Measured, Measurements, Quality, QualitySettings};

use super::made::{after, attempt, call, ended, epoch, failed, provider, shown, usd};

fn measured(calls: &[Call]) -> Measured {
    let mut quality = Quality::new(QualitySettings::default());
    calls.iter().for_each(|call| quality.observe(call));
    quality.measured(&provider("alpha"), Country::US, None, after(60))
}

/// (sent, accepted, tried, answered, succeeded, failed)
fn counts(calls: &[Call]) -> [u32; 6] {
    let Measured { sent, accepted, tried, answered, succeeded, failed, .. } = measured(calls);
    [sent, accepted, tried, answered, succeeded, failed]
}

#[test]
fn each_outcome_counts_as_what_it_is() {
    for (outcome, expected) in [
        (Outcome::Completed, [1, 1, 1, 1, 1, 0]),
        (Outcome::Voicemail, [1, 1, 1, 1, 0, 0]),
        (Outcome::NoAnswer, [1, 1, 1, 0, 0, 0]),
        (Outcome::Busy, [1, 1, 1, 0, 0, 0]),
        (Outcome::Failed, [1, 1, 1, 0, 0, 1]),
        // Somebody stopped it: the provider did not get to show what it can.
        (Outcome::Cancelled, [1, 1, 0, 0, 0, 0]),
    ] {
        assert_eq!(counts(&[ended(1, "alpha", 0, outcome)]), expected, "{outcome}");
    }
}

#[test]
fn a_failure_counts_against_the_provider_where_it_is_its_fault() {
    let this = Delivery::Refused(Refusal::ThisProvider);
    for (delivery, kind, failures) in [
        (Delivery::NotSent, ErrorKind::Connect, 1),
        (Delivery::NotSent, ErrorKind::Timeout, 1),
        (Delivery::NotSent, ErrorKind::InvalidRequest, 0),
        (Delivery::NotSent, ErrorKind::Configuration, 0),
        (this, ErrorKind::Unauthorized, 1),
        (this, ErrorKind::CountryNotSupported, 0),
        (Delivery::Refused(Refusal::RateLimited), ErrorKind::RateLimited, 0),
        (Delivery::Refused(Refusal::Quota), ErrorKind::QuotaExceeded, 0),
        (Delivery::Refused(Refusal::NeedsApproval), ErrorKind::NeedsApproval, 0),
        (Delivery::Refused(Refusal::Everyone), ErrorKind::Blocked, 0),
    ] {
        let refused = call(1, CallStatus::Refused, vec![failed(1, "alpha", 0, delivery, kind)]);
        assert_eq!(counts(&[refused]), [1, 0, 0, 0, 0, failures], "{delivery:?} {kind:?}");
    }
}

#[test]
fn a_call_in_doubt_is_an_error_and_once_given_up_a_call_without_success() {
    let doubted = || failed(1, "alpha", 0, Delivery::Unknown, ErrorKind::Provider);
    assert_eq!(
        counts(&[call(1, CallStatus::Attempting, vec![doubted()])]),
        [1, 0, 0, 0, 0, 1],
        "evidence may come yet"
    );
    assert_eq!(counts(&[call(1, CallStatus::Indeterminate, vec![doubted()])]), [1, 0, 1, 0, 0, 1]);
    let traced = doubted().with(|attempt| {
        attempt.outcome = Some(Outcome::Completed);
        attempt.state = switchboard_core::AttemptState::Placed;
    });
    assert_eq!(
        counts(&[call(1, CallStatus::Closed, vec![traced])]),
        [1, 1, 1, 1, 1, 1],
        "it worked, and the provider did not say so"
    );
    assert_eq!(
        counts(&[call(1, CallStatus::Stalled, vec![attempt(1, "alpha", 0)])]),
        [1, 1, 1, 0, 0, 1],
        "an end that never came"
    );
    let mut ours = doubted();
    ours.error.as_mut().unwrap().code = Some("restart".to_owned());
    assert_eq!(
        counts(&[call(1, CallStatus::Indeterminate, vec![ours])]),
        [1, 0, 0, 0, 0, 0],
        "our own restart is no fault of the provider's"
    );
    let never_sent = attempt(1, "alpha", 0).with(|attempt| attempt.sent_at = None);
    assert_eq!(counts(&[call(1, CallStatus::Attempting, vec![never_sent])]), [0; 6]);
}

#[test]
fn after_a_failover_each_provider_answers_for_its_own_attempt() {
    let first = failed(1, "beta", 0, Delivery::NotSent, ErrorKind::Connect);
    let second = attempt(2, "alpha", 1).with(|attempt| {
        attempt.outcome = Some(Outcome::Completed);
        attempt.billed = Some(usd("0.30"));
        attempt.estimated_cost = Some(usd("0.20"));
    });
    let both = call(1, CallStatus::Closed, vec![first, second]);
    assert_eq!(counts(std::slice::from_ref(&both)), [1, 1, 1, 1, 1, 0]);
    let mut quality = Quality::new(QualitySettings::default());
    quality.observe(&both);
    let beta = quality.measured(&provider("beta"), Country::US, None, after(60));
    assert_eq!((beta.sent, beta.failed, beta.tried, beta.mean_cost), (1, 1, 0, None));
    let drift = quality.drift(&provider("alpha"), after(60));
    assert_eq!(
        (drift.calls, drift.estimated, drift.billed, drift.ratio()),
        (1, usd("0.20"), usd("0.30"), Some(500_000))
    );
    assert_eq!(quality.drift(&provider("beta"), after(60)).ratio(), None);
}

#[test]
fn a_bill_that_comes_late_replaces_what_was_said_and_an_old_record_does_not() {
    let mut quality = Quality::new(QualitySettings::default());
    let fresh = ended(1, "alpha", 0, Outcome::NoAnswer);
    let mut billed = fresh.clone();
    billed.updated_at = after(40);
    billed.attempts[0].billed = Some(usd("0.07"));
    billed.attempts[0].outcome = Some(Outcome::Completed);
    for record in [&fresh, &fresh, &billed, &billed, &fresh] {
        quality.observe(record);
    }
    let measured = quality.measured(&provider("alpha"), Country::US, None, after(60));
    assert_eq!((measured.sent, measured.succeeded, measured.mean_cost), (1, 1, Some(usd("0.07"))));
    assert_eq!(measured.cost_per_success(), Some(usd("0.07")));
}

#[test]
fn the_cost_of_a_success_is_that_of_all_calls_that_it_took() {
    let mut calls: Vec<Call> = (0..4).map(|n| ended(n, "alpha", 0, Outcome::NoAnswer)).collect();
    calls.push(ended(4, "alpha", 0, Outcome::Completed));
    for call in calls.iter_mut().skip(1) {
        call.attempts[0].billed = Some(usd("0.10"));
    }
    let measured = measured(&calls);
    assert_eq!(
        measured.cost_per_success(),
        Some(usd("0.50")),
        "the bill that is not known counts as the others"
    );
    let euros = Money::parse("9", "EUR").unwrap();
    calls[0].attempts[0].billed = Some(euros);
    assert_eq!(self::measured(&calls).mean_cost, Some(usd("0.10")), "currencies are not added up");
}

#[test]
fn times_are_measured_where_they_are_said() {
    let mut taken = attempt(1, "alpha", 0);
    taken.outcome = Some(Outcome::Completed);
    taken.ended_at = Some(after(100));
    shown(&mut taken, Proof::Answer, after(2));
    shown(&mut taken, Proof::Record, after(9));
    let asynchronous = call(1, CallStatus::Closed, vec![taken.clone()]);
    let measured = measured(&[asynchronous]);
    assert_eq!(measured.time_to_accept.map(|time| time.as_secs()), Some(2));
    assert_eq!(measured.post_dial_delay.map(|time| time.as_secs()), Some(9));

    taken.evidence.clear();
    shown(&mut taken, Proof::Answer, after(100));
    let answered_at_its_end = call(1, CallStatus::Closed, vec![taken.clone()]);
    assert_eq!(self::measured(std::slice::from_ref(&answered_at_its_end)).time_to_accept, None);
    shown(&mut taken, Proof::NumberAndTask, after(5));
    let listed = call(1, CallStatus::Closed, vec![taken]);
    assert_eq!(self::measured(&[listed]).time_to_accept.map(|time| time.as_secs()), Some(5));
}

#[test]
fn old_evidence_leaves_with_the_window() {
    let mut quality = Quality::new(QualitySettings::default());
    quality.observe(&ended(1, "alpha", 0, Outcome::Completed));
    let sent = |days: i64| {
        quality.measured(&provider("alpha"), Country::US, None, after(days * 86_400)).sent
    };
    assert_eq!((sent(0), sent(6), sent(7), sent(700)), (1, 1, 0, 0));
    assert_eq!(sent(-1), 0, "nor does it say anything of the time before");
}

#[test]
fn a_clock_that_was_once_far_ahead_hides_nothing() {
    let mut quality = Quality::new(QualitySettings::default());
    quality.observe(&ended(1, "alpha", 0, Outcome::Completed));
    quality.observe(&ended(2, "alpha", 70 * 365 * 86_400, Outcome::NoAnswer));
    quality.observe(&ended(3, "alpha", 10, Outcome::Completed));
    let measured = quality.measured(&provider("alpha"), Country::US, None, epoch());
    assert_eq!((measured.sent, measured.succeeded), (2, 2));
}

#[test]
fn other_settings_count_what_is_kept_anew() {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..10 {
        quality.observe(&ended(n, "alpha", n as i64 * 86_400, Outcome::Completed));
    }
    let now = after(9 * 86_400);
    let sent =
        |quality: &Quality| quality.measured(&provider("alpha"), Country::US, None, now).sent;
    assert_eq!(sent(&quality), 7);
    let mut settings = *quality.settings();
    settings.window = std::time::Duration::from_secs(3 * 86_400);
    quality.set(settings);
    assert_eq!(sent(&quality), 3);
    settings.window = std::time::Duration::from_secs(30 * 86_400);
    quality.set(settings);
    assert_eq!(sent(&quality), 10);
    settings.most_attempts = 4;
    quality.set(settings);
    assert_eq!(sent(&quality), 4, "the oldest went");
    quality.observe(&ended(0, "alpha", 0, Outcome::Completed));
    assert_eq!(sent(&quality), 4, "and are not taken in again");
}
