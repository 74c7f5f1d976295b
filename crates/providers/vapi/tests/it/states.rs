//! Every status and every reason, and when a reason proves that no phone rang.

use serde_json::{Value, json};
use switchboard_core::{Outcome, Provider, ProviderState, Refusal, TrustedReasons};
use switchboard_testkit::calls::{Ending, Reached};
use switchboard_vapi::{
    CallFacts, Vapi,
    reasons::{REASONS, meaning},
    state,
};

use crate::support::{
    CALLEE, Server, config_at, plain_order,
    sim::{account, over, quick, started},
};

use Outcome::{Busy, Cancelled, Completed, Failed, InvalidNumber, NoAnswer, Voicemail};
use Refusal::{Everyone, Quota, RateLimited, ThisProvider};

/// Reasons of each group of the document with their outcome if they are not trusted, and with whom
/// they bind as reasons of calls that were never dialled.
const DOCUMENTED: [(&str, Outcome, Option<Refusal>); 64] = [
    ("call.start.error-subscription-insufficient-credits", Failed, Some(Quota)),
    ("call.start.error-subscription-frozen", Failed, Some(Quota)),
    ("call.start.error-subscription-wallet-does-not-exist", Failed, Some(Quota)),
    ("call.start.error-subscription-upgrade-failed", Failed, Some(Quota)),
    ("call.start.error-subscription-concurrency-limit-reached", Failed, Some(RateLimited)),
    ("call.start.error-vapi-number-outbound-daily-limit", Failed, Some(RateLimited)),
    ("call.start.error-vapi-number-international", Failed, Some(ThisProvider)),
    ("call.start.error-enterprise-feature-not-available", Failed, Some(ThisProvider)),
    ("call.start.error-fraud-check-failed", Failed, Some(Everyone)),
    ("call.start.error-vapifault-get-org", Failed, Some(ThisProvider)),
    ("call.start.error-vapifault-get-subscription", Failed, Some(ThisProvider)),
    ("call.start.error-get-resources-validation", Failed, Some(ThisProvider)),
    ("call.start.error-get-transport", Failed, Some(ThisProvider)),
    ("call.start.error-assistant-version-validation", Failed, Some(ThisProvider)),
    ("call.start.error-brand-new", Failed, Some(Everyone)),
    ("call-start-error-neither-assistant-nor-server-set", Failed, Some(ThisProvider)),
    ("assistant-not-found", Failed, Some(ThisProvider)),
    ("assistant-not-valid", Failed, Some(ThisProvider)),
    ("assistant-request-failed", Failed, Some(ThisProvider)),
    ("assistant-request-returned-no-assistant", Failed, Some(ThisProvider)),
    // Filed there too, and not believed before an account has shown it.
    ("call.in-progress.error-vapifault-transport-never-connected", Failed, None),
    ("call.in-progress.error-vapifault-worker-not-available", Failed, None),
    ("worker-shutdown", Failed, None),
    ("call.in-progress.error-vapifault-worker-died", Failed, None),
    ("scheduled-call-deleted", Cancelled, None),
    ("customer-did-not-answer", NoAnswer, None),
    ("customer-busy", Busy, None),
    ("voicemail", Voicemail, None),
    ("customer-ended-call", Completed, None),
    ("customer-ended-call-after-warm-transfer-attempt", Completed, None),
    ("assistant-ended-call", Completed, None),
    ("assistant-ended-call-after-message-spoken", Completed, None),
    ("assistant-said-end-call-phrase", Completed, None),
    ("assistant-forwarded-call", Completed, None),
    ("silence-timed-out", Completed, None),
    ("exceeded-max-duration", Completed, None),
    ("vonage-completed", Completed, None),
    ("call.in-progress.twilio-completed-call", Completed, None),
    ("call.in-progress.sip-completed-call", Completed, None),
    ("manually-canceled", Cancelled, None),
    ("twilio-failed-to-connect-call", Failed, None),
    ("vonage-failed-to-connect-call", Failed, None),
    ("call.in-progress.error-sip-outbound-call-failed-to-connect", Failed, None),
    ("call.in-progress.error-providerfault-outbound-sip-403-forbidden", Failed, None),
    (
        "call.in-progress.error-providerfault-outbound-sip-407-proxy-authentication-required",
        Failed,
        None,
    ),
    ("call.in-progress.error-providerfault-outbound-sip-408-request-timeout", Failed, None),
    ("call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", Failed, None),
    ("call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", Failed, None),
    ("sip-480-x", Failed, None),
    ("sip-403-x", Failed, None),
    ("sip-407-x", Failed, None),
    ("sip-408-x", Failed, None),
    ("sip-503-x", Failed, None),
    ("x-worker-died", Failed, None),
    ("twilio-reported-customer-misdialed", InvalidNumber, None),
    ("vonage-rejected", Failed, None),
    ("call.forwarding.operator-busy", Completed, None),
    ("pipeline-error-openai-llm-failed", Failed, None),
    ("call.in-progress.error-vapifault-openai-llm-failed", Failed, None),
    ("call.in-progress.error-assistant-did-not-receive-customer-audio", Failed, None),
    // In no group.
    ("customer-did-not-give-microphone-permission", Failed, None),
    ("call.start.errors", Failed, None),
    ("xcall.start.error-fraud-check-failed", Failed, None),
    ("Customer-Busy", Failed, None),
];

#[test]
fn every_group_of_reasons() {
    let (none, all) = (TrustedReasons::default(), TrustedReasons::documented());
    for (reason, outcome, refusal) in DOCUMENTED {
        let facts = |begun| CallFacts::new("ended", Some(reason), begun);
        let untold = ProviderState::Ended(outcome);
        assert_eq!(state(facts(false), &none), untold, "{reason}: not trusted");
        assert_eq!(state(facts(true), &none), untold, "{reason}: not trusted");
        assert_eq!(state(facts(true), &all), untold, "{reason}: it began");
        let trusted = refusal.map_or(untold, ProviderState::NotDialled);
        assert_eq!(state(facts(false), &all), trusted, "{reason}");
    }
    for (pattern, meant) in REASONS {
        let is_shown = DOCUMENTED
            .iter()
            .any(|(reason, ..)| meaning(reason) == Some(meant) && is_first(pattern, reason));
        assert!(is_shown, "no reason shows {pattern}");
    }
}

/// True if this is the first pattern that the reason fits.
fn is_first(pattern: &str, reason: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    reason.starts_with(parts[0]) && parts.iter().all(|part| reason.contains(part))
}

#[test]
fn every_status_without_a_reason() {
    let rows = [
        ("scheduled", ProviderState::Scheduled),
        ("queued", ProviderState::Queued),
        ("ringing", ProviderState::Ringing),
        ("in-progress", ProviderState::InProgress),
        ("forwarding", ProviderState::InProgress),
        ("ended", ProviderState::Ended(Failed)),
        // Of the deletion of data, and not of the phone.
        ("not-found", ProviderState::Unrecognised),
        ("deletion-failed", ProviderState::Unrecognised),
        ("teleported", ProviderState::Unrecognised),
        ("", ProviderState::Unrecognised),
    ];
    for (status, expected) in rows {
        for reason in [None, Some("brand-new-reason")] {
            for trusted in [TrustedReasons::default(), TrustedReasons::documented()] {
                let facts = CallFacts::new(status, reason, false);
                assert_eq!(state(facts, &trusted), expected, "{status} {reason:?}");
            }
        }
    }
}

#[test]
fn a_trusted_pattern_is_not_all_of_them() {
    let of = |trusted: &TrustedReasons, reason| {
        state(CallFacts::new("ended", Some(reason), false), trusted)
    };
    let limit = "call.start.error-subscription-concurrency-limit-reached";
    let fraud = "call.start.error-fraud-check-failed";
    let one = TrustedReasons::these(["call.start.error-*concurrency-limit*"]);
    assert_eq!(of(&one, limit), ProviderState::NotDialled(RateLimited));
    assert_eq!(of(&one, fraud), ProviderState::Ended(Failed));
    let group = TrustedReasons::these(["call.start.error-*"]);
    assert_eq!(of(&group, limit), ProviderState::NotDialled(RateLimited), "by its own row");
    assert_eq!(of(&group, fraud), ProviderState::NotDialled(Everyone));
    assert_eq!(of(&group, "assistant-not-found"), ProviderState::Ended(Failed));
}

async fn read(record: Value) -> switchboard_core::ProviderCall {
    let server = Server::answering(200, record.to_string()).await;
    let mut config = config_at(&server);
    config.not_dialled = TrustedReasons::documented();
    Vapi::new(config).unwrap().calls().get(&"call-1".into()).await.unwrap()
}

#[tokio::test]
async fn any_sign_that_the_call_began_counts_readable_or_not() {
    let record = json!({
        "id": "call-1",
        "status": "ended",
        "endedReason": "call.start.error-fraud-check-failed",
        "endedAt": "2026-11-29T12:00:00Z",
    });
    let never = ProviderState::NotDialled(Everyone);
    let whole = read(record.clone()).await;
    assert_eq!(whole.state, never);
    assert_eq!(whole.failure_code.as_deref(), Some("call.start.error-fraud-check-failed"));
    let rows = [
        ("startedAt", json!("2026-11-29T12:00:00Z"), false),
        ("startedAt", json!("soon"), false),
        ("startedAt", json!(null), true),
        ("phoneCallProviderId", json!("CA1"), false),
        ("phoneCallProviderId", json!(1), false),
        ("phoneCallProviderId", json!(null), true),
        ("cost", json!(0.01), false),
        ("cost", json!("much"), false),
        ("cost", json!(0), true),
        ("cost", json!(0.0), true),
        ("cost", json!(null), true),
        ("phoneCallProvider", json!("twilio"), true),
    ];
    for (field, value, is_proof) in rows {
        let mut record = record.clone();
        record[field] = value.clone();
        let expected = if is_proof { never } else { ProviderState::Ended(Failed) };
        assert_eq!(read(record).await.state, expected, "{field} {value}");
    }
}

#[tokio::test]
async fn prose_in_place_of_a_reason_is_not_shown_as_a_code() {
    let record =
        json!({"id": "call-1", "status": "ended", "endedReason": "Nobody at +12125550123"});
    let call = read(record).await;
    assert_eq!((call.state, call.failure_code), (ProviderState::Ended(Failed), None));
}

/// What the backend says of each reason, against the record of which phones rang.
#[tokio::test]
async fn what_is_said_to_be_never_dialled_rang_nobody() {
    for (reason, outcome, refusal) in DOCUMENTED {
        let (simulator, _) = started(quick().ending(CALLEE, reason)).await;
        let mut config = account(&simulator);
        config.not_dialled = TrustedReasons::documented();
        let provider = Vapi::new(config).unwrap();
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        let call = over(&provider, &placed.id).await;
        let rang = simulator.rings().count(CALLEE);
        match refusal {
            Some(refusal) => {
                let never = ProviderState::NotDialled(refusal);
                assert_eq!((call.state, rang), (never, 0), "{reason}");
            }
            None => assert_eq!(call.state, ProviderState::Ended(outcome), "{reason}"),
        }
        assert!(rang == 0 || !call.state.is_not_dialled(), "{reason}");
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn the_same_reason_of_a_call_that_rang_proves_nothing() {
    for reached in [Reached::Dialled, Reached::Answered] {
        let ending = Ending::from("call.start.error-get-transport").after(reached);
        let (simulator, _) = started(quick().ending(CALLEE, ending)).await;
        let mut config = account(&simulator);
        config.not_dialled = TrustedReasons::documented();
        let provider = Vapi::new(config).unwrap();
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        let call = over(&provider, &placed.id).await;
        assert_eq!(call.state, ProviderState::Ended(Failed), "{reached:?}");
        assert_eq!(simulator.rings().count(CALLEE), 1);
    }
}
