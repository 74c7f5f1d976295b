//! Arbitrary JSON in place of answers.

use std::fmt::Debug;

use proptest::{collection, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use switchboard_core::{Error, ErrorKind};

/// How many cases a property runs. A failure is fixed by a test that says what it was, not by a
/// file of seeds, so none is written.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Any JSON value, three levels deep. The keys of its objects are these words or a few letters.
pub fn any_json(words: &'static [&'static str]) -> impl Strategy<Value = Value> + Clone {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][-+]?[0-9]{1,4})?".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?)?".prop_map(Value::from),
        "(https?|file)://[a-z.:0-9]{0,12}/[a-z./]{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        8 => proptest::sample::select([&["id", "data"], words].concat()).prop_map(str::to_owned),
        1 => "[a-z]{1,4}",
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let fields = collection::vec((key.clone(), inner.clone()), 0..4);
        prop_oneof![
            collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// An object with arbitrary values in some of these fields.
pub fn any_object(
    names: Vec<&'static str>,
    words: &'static [&'static str],
) -> impl Strategy<Value = Value> {
    let values = any_json(words);
    let fields = names
        .into_iter()
        .map(|name| {
            proptest::option::weighted(0.6, values.clone())
                .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect::<Vec<_>>();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect()))
}

/// The names under which an answer looks for its fields, from its `FIELDS`.
pub fn field_names(fields: &[(&'static str, &'static [&'static str])]) -> Vec<&'static str> {
    fields.iter().flat_map(|(_, names)| names.iter().copied()).collect()
}

/// Checks what was read from an arbitrary answer: it can be shown and written again, or the error
/// names a path and repeats nothing. The value as it is written again, if it was read.
///
/// # Panics
/// If one of these does not hold.
pub fn check_answer<T: DeserializeOwned + Serialize + Debug>(
    read: Result<T, Error>,
) -> Option<Value> {
    match read {
        Ok(parsed) => {
            assert!(!format!("{parsed:?}").is_empty());
            let written = serde_json::to_value(&parsed);
            Some(written.unwrap_or_else(|error| panic!("{error}")))
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().contains("expected "), "{error}");
            None
        }
    }
}
