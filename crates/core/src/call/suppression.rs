//! What a provider's refusal says about the person's wish to be left alone.

use serde::{Deserialize, Serialize};

use crate::{AttemptError, ProviderCall};

/// A provider will not call a number because of the person's wish, by its error code. Nothing else
/// is such a sign: a blocked number may be a fraud's, and words of the callee are never enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// The person told the provider or one of its customers that they do not want to be called
    /// (KaiCalls' `number_opted_out`).
    OptedOut,
    /// The number is on a do-not-call list, the provider's own or a public one (KaiCalls'
    /// `number_on_dnc`, KallyAI's `suppression_violation`).
    DoNotCallList,
}

impl Suppression {
    /// By a provider's error code, whatever its case.
    pub fn of_code(code: &str) -> Option<Self> {
        const CODES: [(&str, Suppression); 3] = [
            ("number_opted_out", Suppression::OptedOut),
            ("number_on_dnc", Suppression::DoNotCallList),
            ("suppression_violation", Suppression::DoNotCallList),
        ];
        let known = CODES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(code.trim()));
        known.map(|(_, suppression)| suppression)
    }
}

impl AttemptError {
    /// The person's wish, if the provider refused because of one.
    pub fn suppression(&self) -> Option<Suppression> {
        Suppression::of_code(self.code.as_deref()?)
    }
}

impl ProviderCall {
    /// The person's wish: the provider's record says that they asked for it, or that the call was
    /// not completed because of one.
    pub fn suppression(&self) -> Option<Suppression> {
        if self.opted_out {
            return Some(Suppression::OptedOut);
        }
        Suppression::of_code(self.failure_code.as_deref()?)
    }
}
