//! Every status and every reason, and when a reason proves that no phone rang.

use serde_json::{Value, json};
use switchboard_core::{Outcome, Provider, ProviderState, Refusal, Suppression, TrustedReasons};
use switchboard_retell::{
    CallFacts, Retell,
    reasons::{Meaning, REASONS, meaning},
    state,
};
use switchboard_testkit::calls::{Ending, Reached};

use crate::support::{
    CALLEE, Server, config_at, plain_order,
    sim::{account, over, quick, started},
};

use Outcome::{
    Blocked, Busy, Cancelled, Completed, Declined, Failed, InvalidNumber, Menu, NoAnswer, Voicemail,
};

/// Each reason of the document with its outcome if it is not trusted, and with whom it binds as one
/// that was never dialled.
const DOCUMENTED: [(&str, Outcome, Option<Refusal>); 39] = [
    ("user_hangup", Completed, None),
    ("agent_hangup", Completed, None),
    ("call_transfer", Completed, None),
    ("transfer_bridged", Completed, None),
    ("inactivity", Completed, None),
    ("max_duration_reached", Completed, None),
    ("call_take_over", Completed, None),
    ("user_requested_dnc", Completed, None),
    ("user_requested_callback", Completed, None),
    ("voicemail_reached", Voicemail, None),
    ("ivr_reached", Menu, None),
    ("manual_stopped", Cancelled, None),
    ("transfer_cancelled", Cancelled, None),
    ("dial_busy", Busy, None),
    ("dial_no_answer", NoAnswer, None),
    ("user_declined", Declined, None),
    ("dial_failed", Failed, None),
    ("marked_as_spam", Blocked, None),
    ("network_blocked", Blocked, None),
    ("sip_routing_error", Failed, None),
    ("invalid_destination", InvalidNumber, None),
    ("telephony_provider_permission_denied", Failed, Some(Refusal::ThisProvider)),
    ("telephony_provider_unavailable", Failed, None),
    ("concurrency_limit_reached", Failed, Some(Refusal::RateLimited)),
    ("no_concurrency_fallback", Failed, Some(Refusal::RateLimited)),
    ("no_valid_payment", Failed, Some(Refusal::Quota)),
    ("credit_exhausted", Failed, Some(Refusal::Quota)),
    ("budget_reached", Failed, Some(Refusal::Quota)),
    ("scam_detected", Failed, Some(Refusal::Everyone)),
    ("registered_call_timeout", Failed, None),
    ("error_user_not_joined", Failed, None),
    ("error_llm_websocket_open", Failed, None),
    ("error_llm_websocket_lost_connection", Failed, None),
    ("error_llm_websocket_runtime", Failed, None),
    ("error_llm_websocket_corrupt_payload", Failed, None),
    ("error_no_audio_received", Failed, None),
    ("error_asr", Failed, None),
    ("error_retell", Failed, None),
    ("error_unknown", Failed, None),
];

#[test]
fn every_documented_reason() {
    let (none, all) = (TrustedReasons::default(), TrustedReasons::documented());
    for (reason, outcome, refusal) in DOCUMENTED {
        assert!(meaning(reason).is_some(), "{reason}");
        for status in ["not_connected", "error"] {
            let facts = |begun| CallFacts::new(status, Some(reason), begun);
            let failed = ProviderState::Ended(outcome);
            assert_eq!(state(facts(false), &none), failed, "{reason}: not trusted");
            assert_eq!(state(facts(true), &none), failed, "{reason}: not trusted");
            assert_eq!(state(facts(true), &all), failed, "{reason}: it began");
            let trusted = refusal.map_or(failed, ProviderState::NotDialled);
            assert_eq!(state(facts(false), &all), trusted, "{reason}");
        }
        for begun in [false, true] {
            let connected = state(CallFacts::new("ended", Some(reason), begun), &all);
            assert!(connected.outcome().is_some(), "{reason}: connected and never dialled");
        }
    }
    for (known, _) in REASONS {
        let start = known.trim_end_matches('*');
        assert!(DOCUMENTED.iter().any(|row| row.0.starts_with(start)), "{known} is in no document");
    }
}

#[test]
fn a_call_that_ended_in_the_middle_had_a_conversation() {
    for reason in ["no_valid_payment", "credit_exhausted", "budget_reached", "scam_detected"] {
        assert!(matches!(meaning(reason), Some(Meaning::NeverDialledUnlessBegun(_))), "{reason}");
        let facts = CallFacts::new("ended", Some(reason), true);
        let ended = state(facts, &TrustedReasons::documented());
        assert_eq!(ended, ProviderState::Ended(Completed), "{reason}");
    }
}

#[test]
fn every_status_without_a_reason() {
    let rows = [
        ("registered", ProviderState::Queued),
        ("ongoing", ProviderState::InProgress),
        ("ended", ProviderState::Ended(Completed)),
        ("not_connected", ProviderState::Ended(Failed)),
        ("error", ProviderState::Ended(Failed)),
        ("teleported", ProviderState::Unrecognised),
        ("", ProviderState::Unrecognised),
    ];
    for (status, expected) in rows {
        for reason in [None, Some("brand_new_reason")] {
            for trusted in [TrustedReasons::default(), TrustedReasons::documented()] {
                let facts = CallFacts::new(status, reason, false);
                assert_eq!(state(facts, &trusted), expected, "{status} {reason:?}");
            }
        }
    }
}

#[test]
fn one_trusted_reason_is_not_all_of_them() {
    let one = TrustedReasons::these(["concurrency_limit_reached"]);
    let of = |reason| state(CallFacts::new("not_connected", Some(reason), false), &one);
    assert_eq!(of("concurrency_limit_reached"), ProviderState::NotDialled(Refusal::RateLimited));
    assert_eq!(of("no_concurrency_fallback"), ProviderState::Ended(Failed));
}

async fn read(record: Value) -> switchboard_core::ProviderCall {
    let server = Server::answering(200, record.to_string()).await;
    let mut config = config_at(&server);
    config.not_dialled = TrustedReasons::documented();
    Retell::new(config).unwrap().calls().get(&"call_1".into()).await.unwrap()
}

#[tokio::test]
async fn any_sign_that_the_call_began_counts_readable_or_not() {
    let record = json!({
        "call_id": "call_1",
        "call_status": "not_connected",
        "disconnection_reason": "concurrency_limit_reached",
    });
    let never = ProviderState::NotDialled(Refusal::RateLimited);
    assert_eq!(read(record.clone()).await.state, never);
    let rows = [
        ("start_timestamp", json!(1_764_000_000_000_i64), false),
        ("start_timestamp", json!("soon"), false),
        ("start_timestamp", json!(0), false),
        ("start_timestamp", json!(null), true),
        ("telephony_identifier", json!({"twilio_call_sid": "CA1"}), false),
        ("telephony_identifier", json!({}), false),
        ("telephony_identifier", json!(""), false),
        ("telephony_identifier", json!(null), true),
        ("duration_ms", json!(5), false),
        ("duration_ms", json!("5"), false),
        ("duration_ms", json!(0), true),
        ("duration_ms", json!(null), true),
    ];
    for (field, value, is_proof) in rows {
        let mut record = record.clone();
        record[field] = value.clone();
        let expected = if is_proof { never } else { ProviderState::Ended(Failed) };
        assert_eq!(read(record).await.state, expected, "{field} {value}");
    }
}

#[tokio::test]
async fn the_wishes_of_the_callee() {
    let record = |reason: &str| json!({"call_id": "call_1", "call_status": "ended", "disconnection_reason": reason});
    let opted_out = read(record("user_requested_dnc")).await;
    assert!(opted_out.opted_out);
    assert_eq!(opted_out.suppression(), Some(Suppression::OptedOut));
    let callback = read(record("user_requested_callback")).await;
    assert!(!callback.opted_out && callback.next_steps.is_some());
    assert_eq!(read(record("user_hangup")).await.failure_code, None);
    let mut busy = record("dial_busy");
    busy["call_status"] = json!("not_connected");
    assert_eq!(read(busy).await.failure_code.as_deref(), Some("dial_busy"));
}

/// What the backend says of each reason, against the record of which phones rang.
#[tokio::test]
async fn what_is_said_to_be_never_dialled_rang_nobody() {
    for (reason, outcome, refusal) in DOCUMENTED {
        let (simulator, _) = started(quick().ending(CALLEE, reason)).await;
        let mut config = account(&simulator);
        config.not_dialled = TrustedReasons::documented();
        let provider = Retell::new(config).unwrap();
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        let call = over(&provider, &placed.id).await;
        let rang = simulator.rings().count(CALLEE);
        match refusal {
            Some(refusal) => {
                assert_eq!((call.state, rang), (ProviderState::NotDialled(refusal), 0), "{reason}");
            }
            None => assert_eq!(call.state, ProviderState::Ended(outcome), "{reason}"),
        }
        assert!(rang == 0 || !call.state.is_not_dialled(), "{reason}");
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn the_same_reason_of_a_call_that_rang_proves_nothing() {
    for (reached, reason, outcome) in [
        (Reached::Answered, "credit_exhausted", Completed),
        (Reached::Dialled, "scam_detected", Failed),
    ] {
        let (simulator, _) =
            started(quick().ending(CALLEE, Ending::from(reason).after(reached))).await;
        let mut config = account(&simulator);
        config.not_dialled = TrustedReasons::documented();
        let provider = Retell::new(config).unwrap();
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        let call = over(&provider, &placed.id).await;
        assert_eq!(call.state, ProviderState::Ended(outcome), "{reason}");
        assert_eq!(simulator.rings().count(CALLEE), 1);
    }
}
