//! What a provider depends on, and what fails together with it.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

/// The platforms and carriers that a provider depends on, for example `vapi` and `twilio`. Two
/// providers that share one fail together, and are no backup for each other.
///
/// As text, one name or a list of them: `"vapi"`, `["vapi", "twilio"]`.
///
/// ```
/// use switchboard_core::FailureDomains;
///
/// let one = FailureDomains::from("vapi").and("twilio");
/// assert_eq!(one.to_string(), "twilio, vapi");
/// assert_eq!(one.shared_with(&FailureDomains::from("twilio")), ["twilio"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FailureDomains(BTreeSet<String>);

impl FailureDomains {
    /// The same, and one more.
    #[must_use]
    pub fn and(mut self, name: impl Into<String>) -> Self {
        self.0.insert(name.into());
        self
    }

    /// The names, in their alphabetical order. There is always one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The names that both depend on.
    pub fn shared_with<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        self.iter().filter(|name| other.0.contains(*name)).collect()
    }
}

impl<T: Into<String>> From<T> for FailureDomains {
    fn from(name: T) -> Self {
        Self(BTreeSet::from([name.into()]))
    }
}

impl fmt::Display for FailureDomains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, name) in self.iter().enumerate() {
            let mark = if nth == 0 { "" } else { ", " };
            write!(f, "{mark}{name}")?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for FailureDomains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "must be a name, or a list of names")]
        enum Written {
            One(String),
            Several(BTreeSet<String>),
        }
        let names = match Written::deserialize(deserializer)? {
            Written::One(name) => BTreeSet::from([name]),
            Written::Several(names) => names,
        };
        if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
            return Err(de::Error::custom(
                "is empty: name what the provider depends on, as \"vapi\" or [\"vapi\", \"twilio\"]",
            ));
        }
        Ok(Self(names))
    }
}
