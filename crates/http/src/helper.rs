//! Settings of a provider by which it rings or chooses on its own.

use serde_json::Value;
use switchboard_core::Severity;

/// A setting of an agent or a number that acts behind the router's back.
#[derive(Debug, Clone, Copy)]
pub struct Helper {
    /// How it is recognised.
    pub sign: Sign,
    /// What it does, as `may transfer the call to another phone`.
    pub does: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// How serious it is.
    pub severity: Severity,
}

/// What shows that a setting is switched on, anywhere in the settings.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// A field with this name holds something.
    Field(&'static str),
    /// An object has this `type`.
    Type(&'static str),
    /// A field with this name is a list of more than one entry.
    Several(&'static str),
}

impl Sign {
    /// The name that is shown.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Sign::Field(name) | Sign::Type(name) | Sign::Several(name) => name,
        }
    }

    /// True if the settings show it.
    pub(crate) fn is_in(self, settings: &Value) -> bool {
        match settings {
            Value::Object(object) => {
                let own = match self {
                    Sign::Field(name) => object.get(name).is_some_and(is_on),
                    Sign::Type(name) => object.get("type").is_some_and(|kind| kind == name),
                    Sign::Several(name) => {
                        object.get(name).and_then(Value::as_array).is_some_and(|all| all.len() > 1)
                    }
                };
                own || object.values().any(|value| self.is_in(value))
            }
            Value::Array(all) => all.iter().any(|value| self.is_in(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
}

/// False for a setting that is there and empty, or says that it is off.
fn is_on(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(object) => {
            !object.is_empty() && object.get("enabled").is_none_or(|on| on != &Value::Bool(false))
        }
    }
}
