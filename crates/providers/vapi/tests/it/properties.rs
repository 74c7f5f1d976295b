//! Any JSON value in place of any field of any answer: nothing panics, a success of a placing
//! request is placed, and nothing is taken for a call that was never dialled without all its signs.

use std::{fmt::Debug, sync::Arc};

use parking_lot::Mutex;
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use switchboard_core::{CallFilter, Delivery, ErrorKind, PageRequest, Provider, TrustedReasons};
use switchboard_http::from_value;
use switchboard_testkit::backend::{any_json, any_object, cases, check_answer, field_names};
use switchboard_vapi::{
    CallFacts, Vapi, VapiConfig, reasons, state,
    wire::{
        Analysis, Artifact, Assistant, Call, Customer, Listing, Message, Number, Overrides,
        SubscriptionLimits,
    },
};

use crate::{
    support::{KEY, Server, plain_order, provider_at},
    webhooks::{SECRET, signed},
};

/// Keys that answers have besides the fields of their types.
const WORDS: &[&str] = &[
    "call",
    "message",
    "role",
    "controlUrl",
    "number",
    "metadata",
    "externalId",
    "switchboard_attempt",
    "recordingUrl",
    "presignedRecordingUrl",
    "createdAt",
];

/// What parsed is written as it came, without the secret URLs of a live call.
fn holds<T: DeserializeOwned + Serialize + Debug>(value: &Value) {
    if let Some(written) = check_answer(from_value::<T>(value)) {
        let mut value = value.clone();
        if std::any::type_name::<T>() == std::any::type_name::<Call>() {
            value.as_object_mut().unwrap().remove("monitor");
        }
        assert_eq!(written, value);
    }
}

macro_rules! answers {
    ($($test:ident: $type:ty,)*) => {
        proptest! {
            #![proptest_config(cases(96))]
            $(
                #[test]
                fn $test(fields in any_object(field_names(<$type>::FIELDS), WORDS), anything in any_json(WORDS)) {
                    holds::<$type>(&fields);
                    holds::<$type>(&anything);
                }
            )*
        }
    };
}

answers! {
    call: Call,
    customer: Customer,
    overrides: Overrides,
    analysis: Analysis,
    artifact: Artifact,
    message: Message,
    assistant: Assistant,
    number: Number,
    subscription_limits: SubscriptionLimits,
}

fn any_word() -> impl Strategy<Value = String> {
    let reasons = reasons::REASONS.map(|(pattern, _)| pattern.replace('*', "x"));
    prop_oneof![4 => proptest::sample::select(reasons.to_vec()), 1 => ".{0,12}"]
}

fn any_status() -> impl Strategy<Value = &'static str> {
    let statuses = [
        "scheduled",
        "queued",
        "ringing",
        "in-progress",
        "forwarding",
        "ended",
        "not-found",
        "deletion-failed",
        "?",
    ];
    proptest::sample::select(statuses.to_vec())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn lists(rows in any_json(WORDS), bare in any_json(WORDS)) {
        for value in [json!([rows]), bare] {
            if let Err(error) = from_value::<Listing<Call>>(&value) {
                prop_assert_eq!(error.kind(), ErrorKind::Decode);
            }
        }
    }

    #[test]
    fn never_dialled_needs_every_sign(
        status in any_status(),
        reason in proptest::option::of(any_word()),
        begun in any::<bool>(),
        trusted in any::<bool>(),
    ) {
        let reasons = if trusted { TrustedReasons::documented() } else { TrustedReasons::default() };
        let read = state(CallFacts::new(status, reason.as_deref(), begun), &reasons);
        if read.is_not_dialled() {
            prop_assert!(trusted && !begun && status == "ended" && reason.is_some());
        }
        prop_assert_eq!(read.is_over(), status == "ended");
    }

    #[test]
    fn any_text_is_a_reason(reason in ".{0,200}") {
        let _ = reasons::meaning(&reason);
    }
}

#[test]
fn a_long_reason_is_read_in_no_time() {
    let reason = format!("call.start.error-{}", "-vapifault-get".repeat(20_000));
    assert!(reasons::meaning(&reason).is_some());
    assert!(reasons::meaning(&"sip-403".repeat(20_000)).is_none());
}

#[test]
fn deliveries() {
    let mut config = VapiConfig::new(KEY);
    config.webhook_secret = Some(SECRET.into());
    let provider = Vapi::new(config).unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let call = any_object(field_names(Call::FIELDS), WORDS);
    proptest!(cases(256), |(kind in any_json(WORDS), call in call, time in any_json(WORDS), bare in any_json(WORDS), header in ".{0,80}")| {
        for body in [
            json!({"message": {"type": kind, "call": call, "timestamp": time}}),
            json!({"message": {"type": "end-of-call-report", "call": call, "timestamp": time}}),
            json!({"message": bare}),
            bare,
        ] {
            let mut delivery = signed(&body.to_string(), 1_764_000_000);
            match receiver.receive(&delivery) {
                Ok(events) => prop_assert!(!events[0].raw.value().to_string().contains("controlUrl")),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Decode),
            }
            for name in ["x-signature", "x-timestamp"] {
                for (known, value) in &mut delivery.headers {
                    if known == name {
                        *value = header.clone();
                    }
                }
                let refused = receiver.receive(&delivery).map_err(|error| error.kind());
                prop_assert_eq!(refused, Err(ErrorKind::Unauthorized));
            }
        }
    });
}

/// The neutral contract over the wire: whatever comes, an answer or an error.
#[test]
fn the_neutral_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| (200, shown.lock().clone())));
    let provider = provider_at(&server);
    let call = any_object(field_names(Call::FIELDS), WORDS);
    proptest!(cases(64), |(call in call, anything in any_json(WORDS), as_list in any::<bool>())| {
        for body in [call, anything] {
            let body = if as_list { json!([body]) } else { body };
            *answer.lock() = body.to_string();
            runtime.block_on(async {
                let id = "c1".into();
                if let Err(error) = provider.calls().place(&plain_order()).await {
                    assert_eq!(error.delivery(), Delivery::Placed);
                }
                drop(provider.calls().get(&id).await);
                let list = provider.lists().unwrap();
                drop(list.list(&CallFilter::default(), &PageRequest::default()).await);
                drop(provider.calls().trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await);
                drop(provider.transcripts().unwrap().transcript(&id).await);
                drop(provider.recordings().unwrap().recording(&id).await);
                drop(provider.cancels().unwrap().cancel(&id).await);
                drop(provider.agents().unwrap().list().await);
                drop(provider.numbers().unwrap().list().await);
            });
        }
    });
}
