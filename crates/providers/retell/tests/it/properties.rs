//! Any JSON value in place of any field of any answer: nothing panics, a success of a placing
//! request is placed, and nothing is taken for a call that was never dialled without all its signs.

use std::{fmt::Debug, sync::Arc};

use parking_lot::Mutex;
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use switchboard_core::{CallFilter, Delivery, ErrorKind, PageRequest, Provider, TrustedReasons};
use switchboard_http::from_value;
use switchboard_retell::{
    CallFacts, Retell, RetellConfig, state,
    wire::{Agent, Analysis, Call, CallCost, Concurrency, Listing, Number, Utterance, Word},
};
use switchboard_testkit::backend::{any_json, any_object, cases, check_answer, field_names};

use crate::{
    support::{KEY, Server, plain_order, provider_at},
    webhooks::signed,
};

/// Keys that answers have besides the fields of their types.
const WORDS: &[&str] =
    &["call", "role", "content", "words", "start", "combined_cost", "switchboard_attempt"];

/// What parsed is written as it came.
fn holds<T: DeserializeOwned + Serialize + Debug>(value: &Value) {
    if let Some(written) = check_answer(from_value::<T>(value)) {
        assert_eq!(&written, value);
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
    utterance: Utterance,
    word: Word,
    analysis: Analysis,
    call_cost: CallCost,
    agent: Agent,
    number: Number,
    concurrency: Concurrency,
}

fn any_word() -> impl Strategy<Value = String> {
    let reasons = switchboard_retell::reasons::REASONS.map(|(reason, _)| reason);
    prop_oneof![4 => proptest::sample::select(reasons.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn lists(rows in any_json(WORDS), more in any_json(WORDS), key in any_json(WORDS), bare in any_json(WORDS)) {
        let value = json!({"items": rows, "has_more": more, "pagination_key": key});
        for value in [value, bare] {
            if let Err(error) = from_value::<Listing<Call>>(&value) {
                prop_assert_eq!(error.kind(), ErrorKind::Decode);
            }
        }
    }

    #[test]
    fn never_dialled_needs_every_sign(
        status in prop_oneof![Just("registered"), Just("not_connected"), Just("ongoing"), Just("ended"), Just("error"), Just("?")],
        reason in proptest::option::of(any_word()),
        begun in any::<bool>(),
        trusted in any::<bool>(),
    ) {
        let reasons = if trusted { TrustedReasons::documented() } else { TrustedReasons::default() };
        let read = state(CallFacts::new(status, reason.as_deref(), begun), &reasons);
        if read.is_not_dialled() {
            prop_assert!(trusted && !begun && matches!(status, "not_connected" | "error"));
            prop_assert!(reasons.contains(reason.as_deref().unwrap()));
        }
        prop_assert_eq!(read.is_over(), matches!(status, "not_connected" | "ended" | "error"));
    }
}

#[test]
fn deliveries() {
    let provider = Retell::new(RetellConfig::new(KEY)).unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let call = any_object(field_names(Call::FIELDS), WORDS);
    proptest!(cases(256), |(event in any_json(WORDS), call in call, bare in any_json(WORDS), header in ".{0,80}")| {
        for body in [json!({"event": event, "call": call}), json!({"event": "call_ended", "call": call}), bare] {
            let mut delivery = signed(KEY, body.to_string().as_bytes(), 1_764_000_000_000);
            match receiver.receive(&delivery) {
                Ok(events) => prop_assert_eq!(events[0].raw.value(), &body),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Decode),
            }
            delivery.headers = vec![("x-retell-signature".to_owned(), header.clone())];
            let refused = receiver.receive(&delivery).map_err(|error| error.kind());
            prop_assert_eq!(refused, Err(ErrorKind::Unauthorized));
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
    let fields =
        [field_names(Call::FIELDS), field_names(Agent::FIELDS), field_names(Number::FIELDS)]
            .concat();
    proptest!(cases(24), |(mut row in any_object(fields, WORDS), bare in any_json(WORDS))| {
        row["call_id"] = json!("c1");
        let list = json!({"items": [row], "has_more": false});
        for body in [row, list, bare] {
            *answer.lock() = body.to_string();
            runtime.block_on(async {
                let (call, agent) = ("c1".into(), "a1".into());
                drop(provider.calls().get(&call).await);
                drop(provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await);
                drop(provider.calls().trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await);
                drop(provider.transcripts().unwrap().transcript(&call).await);
                drop(provider.recordings().unwrap().recording(&call).await);
                drop(provider.stops().unwrap().stop(&call).await);
                drop(provider.agents().unwrap().list().await);
                drop(provider.agents().unwrap().get(&agent).await);
                drop(provider.agents().unwrap().editor().unwrap().versions(&agent).await);
                drop(provider.numbers().unwrap().list().await);
                drop(provider.usage().unwrap().balances().await);
                drop(provider.usage().unwrap().records(&Default::default()).await);
                if let Err(error) = provider.calls().place(&plain_order()).await {
                    assert_eq!(error.delivery(), Delivery::Placed);
                }
            });
        }
    });
}
