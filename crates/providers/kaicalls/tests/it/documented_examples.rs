//! Every JSON example of document 004: it parses into its type, every field of it is read by name,
//! and it comes out as it went in.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard_http::{ErrorBody, from_json};
use switchboard_kaicalls::{
    api::CreateCall,
    wire::{
        Acknowledgement, Agent, ApiKey, BusinessBalance, Call, Listing, Number, QualityDimensions,
        UsageRow, WebhookEvent,
    },
};

type Fields = &'static [(&'static str, &'static [&'static str])];

fn example(name: &str) -> (Vec<u8>, Value) {
    let path = format!("{}/tests/fixtures/004/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let value = serde_json::from_slice(&bytes).unwrap();
    (bytes, value)
}

/// Each field of the example has an accessor, which has a value where the example has one.
fn named(example: &Value, fields: Fields, found: &[&str]) {
    for (name, value) in example.as_object().unwrap() {
        let accessors: Vec<&str> = fields
            .iter()
            .filter(|(_, names)| names.contains(&name.as_str()))
            .map(|(accessor, _)| *accessor)
            .collect();
        assert!(!accessors.is_empty(), "{name} is read by no accessor");
        let read = accessors.iter().any(|accessor| found.contains(accessor));
        assert_eq!(read, !value.is_null(), "{name}");
    }
}

fn same(parsed: &impl Serialize, example: &Value) {
    assert_eq!(&serde_json::to_value(parsed).unwrap(), example);
}

macro_rules! object {
    ($test:ident, $type:ty, $name:literal) => {
        #[test]
        fn $test() {
            let (bytes, example) = example($name);
            let parsed: $type = from_json(&bytes).unwrap();
            same(&parsed, &example);
            assert_eq!(parsed.raw.value(), &example);
            named(&example, <$type>::FIELDS, &parsed.found());
        }
    };
}

macro_rules! list {
    ($test:ident, $type:ty, $name:literal, $under:literal) => {
        #[test]
        fn $test() {
            let (bytes, example) = example($name);
            let parsed: Listing<$type> = from_json(&bytes).unwrap();
            same(&parsed, &example);
            let rows = example[$under].as_array().unwrap();
            assert!(!rows.is_empty());
            assert_eq!(parsed.items.len(), rows.len());
            for (item, row) in parsed.items.iter().zip(rows) {
                assert_eq!(item.raw.value(), row);
                named(row, <$type>::FIELDS, &item.found());
            }
            assert_eq!(parsed.has_more, example.get("has_more").and_then(Value::as_bool));
            let beside: BTreeSet<&str> =
                example.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(beside.is_subset(&BTreeSet::from([$under, "has_more"])), "{beside:?}");
        }
    };
}

macro_rules! request {
    ($test:ident, $name:literal) => {
        #[test]
        fn $test() {
            let (bytes, example) = example($name);
            same(&from_json::<CreateCall>(&bytes).unwrap(), &example);
        }
    };
}

list!(list_all_agents, Agent, "agents", "agents");
object!(get_agent_details, Agent, "agent");
list!(list_phone_numbers, Number, "numbers", "numbers");
request!(quick_start, "request_quick_start");
request!(make_an_outbound_call_minimal, "request_minimal");
request!(make_an_outbound_call_full, "request_full");
object!(make_an_outbound_call_answer, Call, "call_placed");
list!(list_calls, Call, "calls", "calls");
object!(get_call_details, Call, "call");
list!(list_your_api_keys, ApiKey, "keys", "keys");
object!(revoke_a_key, Acknowledgement, "key_revoked");
list!(get_subscription_info, BusinessBalance, "balance", "businesses");
list!(get_api_usage_log, UsageRow, "usage", "usage");
object!(webhook_call_completed, WebhookEvent, "webhook_completed");
object!(webhook_call_failed, WebhookEvent, "webhook_failed");

#[test]
fn quality_has_its_dimensions() {
    let (_, example) = example("call");
    let call: Call = serde_json::from_value(example.clone()).unwrap();
    let quality = call.quality_dimensions.unwrap();
    assert_eq!(quality.found().len(), 4);
    named(&example["quality_dimensions"], QualityDimensions::FIELDS, &quality.found());
    same(&quality, &example["quality_dimensions"]);
}

#[test]
fn create_a_new_key() {
    let (bytes, mut example) = example("key_created");
    let parsed: ApiKey = from_json(&bytes).unwrap();
    named(&example, ApiKey::FIELDS, &parsed.found());
    let key = example.as_object_mut().unwrap().remove("key").unwrap();
    assert_eq!(key, parsed.key.as_ref().unwrap().expose_secret());
    same(&parsed, &example);
}

#[test]
fn errors() {
    let (bytes, example) = example("error");
    let body = ErrorBody::parse(&bytes);
    assert_eq!(
        example,
        json!({"error": {"code": body.code.unwrap(), "message": body.message.unwrap()}})
    );
}

#[test]
fn a_misspelt_parameter_is_an_error() {
    let error =
        from_json::<CreateCall>(br#"{"agent_id": "a", "to": "+15125559876", "contxt": "x"}"#)
            .unwrap_err();
    assert!(error.message().contains("contxt"), "{error}");
    let error = from_json::<CreateCall>(br#"{"agent_id": "a"}"#).unwrap_err();
    assert!(error.message().contains("`to`"), "{error}");
}

#[test]
fn no_example_is_left_out() {
    let tests = include_str!("documented_examples.rs");
    let names =
        std::fs::read_dir(format!("{}/tests/fixtures/004", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let names: Vec<String> = names
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 17);
    for name in names {
        assert!(tests.contains(&format!("\"{name}\"")), "{name}");
    }
}
