//! Which of the reasons that a provider documents as "never dialled" are trusted.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use crate::{Error, ErrorKind, Result};

/// The reasons of a provider's records that are trusted to prove that an accepted call was never
/// dialled, so that another provider may be asked.
///
/// As text, `"documented"` for all that the provider's documents file there, or a list of reasons.
/// The default trusts none.
///
/// ```
/// use switchboard_core::TrustedReasons;
///
/// let documented = ["concurrency_limit_reached", "credit_exhausted"];
/// let one = TrustedReasons::these(["concurrency_limit_reached"]);
/// one.check(documented)?;
/// assert!(one.contains("concurrency_limit_reached") && !one.contains("credit_exhausted"));
/// let busy = TrustedReasons::these(["dial_busy"]);
/// assert!(busy.check(documented).is_err(), "a phone that was busy was dialled");
/// # Ok::<(), switchboard_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedReasons(Trusted);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Trusted {
    Documented,
    These(BTreeSet<String>),
}

impl Default for Trusted {
    fn default() -> Self {
        Trusted::These(BTreeSet::new())
    }
}

impl TrustedReasons {
    /// All that the provider's documents file under calls that were never dialled.
    pub fn documented() -> Self {
        Self(Trusted::Documented)
    }

    /// Only these.
    pub fn these(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Trusted::These(words.into_iter().map(Into::into).collect()))
    }

    /// True if this reason, which the provider documents as never dialled, is trusted.
    pub fn contains(&self, reason: &str) -> bool {
        match &self.0 {
            Trusted::Documented => true,
            Trusted::These(words) => words.contains(reason),
        }
    }

    /// Refuses words that are not among those that the provider documents.
    ///
    /// # Errors
    /// `Configuration` of the field `not_dialled` that names the word and those that may be used.
    pub fn check<'a>(&self, documented: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let Trusted::These(words) = &self.0 else {
            return Ok(());
        };
        let documented: BTreeSet<&str> = documented.into_iter().collect();
        let Some(word) = words.iter().find(|word| !documented.contains(word.as_str())) else {
            return Ok(());
        };
        let known: Vec<&str> = documented.into_iter().collect();
        let message = format!(
            "{word:?} is not documented as a reason of calls that were never dialled: use \"documented\", or some of {}",
            known.join(", ")
        );
        Err(Error::new(ErrorKind::Configuration, message).with_field("not_dialled"))
    }
}

impl<'de> Deserialize<'de> for TrustedReasons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "\"documented\", or a list of reasons")]
        enum Written {
            Word(String),
            Several(Vec<String>),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(word) if word == "documented" => Self::documented(),
            Written::Word(word) => Self::these([word]),
            Written::Several(words) => Self::these(words),
        })
    }
}
