//! The secret URLs of a live call.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::{Map, Value};
use switchboard_http::fields::Field;

/// The names of the secret URLs.
const CONTROL: &str = "controlUrl";
const LISTEN: &str = "listenUrl";

/// How a live call is controlled and heard (OpenAPI, `Call.monitor`). Whoever has these URLs can do
/// so: they are not printed, and removed from the raw answer.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Monitor {
    /// Takes requests that act on the call.
    pub control_url: Option<SecretString>,
    /// Gives the sound of the call.
    pub listen_url: Option<SecretString>,
}

impl Field for Monitor {
    fn read(value: &Value) -> Option<Self> {
        let monitor = value.as_object()?;
        let url = |name: &str| monitor.get(name).and_then(SecretString::read);
        Some(Self { control_url: url(CONTROL), listen_url: url(LISTEN) })
    }

    /// The whole object is removed, readable or not.
    fn take(object: &mut Map<String, Value>, names: &[&str]) -> Option<Self> {
        let taken: Vec<Value> = names.iter().filter_map(|name| object.remove(*name)).collect();
        taken.iter().find_map(Self::read)
    }
}

/// Removes what a webhook says about controlling its call, however deep it is.
pub(crate) fn without_control(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let secret = BTreeSet::from(["monitor", CONTROL, LISTEN]);
            object.retain(|name, _| !secret.contains(name.as_str()));
            object.values_mut().for_each(without_control);
        }
        Value::Array(items) => items.iter_mut().for_each(without_control),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
