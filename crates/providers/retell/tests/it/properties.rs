//! Any JSON value in place of any field of any answer: nothing panics, a success of a placing
//! request is placed, and nothing is taken for a call that was never dialled without all its signs.

use std::{fmt::Debug, sync::Arc};

use parking_lot::Mutex;
use proptest::{collection, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use switchboard_core::{CallFilter, Delivery, ErrorKind, PageRequest, Provider};
use switchboard_http::from_value;
use switchboard_retell::{
    CallFacts, Retell, RetellConfig, TrustedReasons, state,
    wire::{Agent, Analysis, Call, CallCost, Concurrency, Listing, Number, Utterance, Word},
};

use crate::{
    support::{KEY, Server, plain_order},
    webhooks::signed,
};

/// A failure is fixed by a test that says what it was, not by a file of seeds.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][-+]?[0-9]{1,4})?".prop_map(Value::from),
        "(https?|file)://[a-z.:0-9]{0,12}/[a-z./]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::vec(
                (
                    "(call|role|content|words|start|combined_cost|switchboard_attempt|[a-z]{1,4})",
                    inner
                ),
                0..4
            )
            .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// An object with arbitrary values in some of these fields.
fn any_object(names: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let fields = names
        .into_iter()
        .map(|name| {
            proptest::option::weighted(0.6, any_json())
                .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect::<Vec<_>>();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect()))
}

fn names(fields: &[(&'static str, &'static [&'static str])]) -> Vec<&'static str> {
    fields.iter().flat_map(|(_, names)| names.iter().copied()).collect()
}

/// It parses, or the error names a path and repeats nothing; what parsed can be shown and is
/// written as it came.
fn holds<T: DeserializeOwned + Serialize + Debug>(value: &Value) {
    match from_value::<T>(value) {
        Ok(parsed) => {
            assert!(!format!("{parsed:?}").is_empty());
            assert_eq!(&serde_json::to_value(&parsed).unwrap(), value);
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().contains("expected "), "{error}");
        }
    }
}

macro_rules! answers {
    ($($test:ident: $type:ty,)*) => {
        proptest! {
            #![proptest_config(cases(96))]
            $(
                #[test]
                fn $test(fields in any_object(names(<$type>::FIELDS)), anything in any_json()) {
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
    fn lists(rows in any_json(), more in any_json(), key in any_json(), bare in any_json()) {
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
    let call = any_object(names(Call::FIELDS));
    proptest!(cases(256), |(event in any_json(), call in call, bare in any_json(), header in ".{0,80}")| {
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
    let provider = server.provider();
    let fields = [names(Call::FIELDS), names(Agent::FIELDS), names(Number::FIELDS)].concat();
    proptest!(cases(24), |(mut row in any_object(fields), bare in any_json())| {
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
