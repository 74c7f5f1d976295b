//! What a route or an agent profile says about its calls, for requests that do not.

use switchboard_core::{CalleeKind, PhoneNumber, Purpose};

/// What holds for the calls of a route or an agent profile unless the request says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FactDefaults {
    /// Why the callee is called.
    pub purpose: Option<Purpose>,
    /// Who is called.
    pub callee_kind: Option<CalleeKind>,
    /// True if the call is recorded.
    pub recording: Option<bool>,
    /// Where businesses publish their numbers for these calls.
    pub published_number: Option<String>,
    /// On whose behalf the agent calls, as it should say it.
    pub on_behalf_of: Option<String>,
    /// The number to call back, as the agent should say it where a rule asks for it.
    pub callback_number: Option<PhoneNumber>,
}

impl FactDefaults {
    /// The same defaults with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// True if the fact with this name has a default here.
    pub(crate) fn gives(&self, fact: &str) -> bool {
        match fact {
            "purpose" => self.purpose.is_some(),
            "callee_kind" => self.callee_kind.is_some(),
            "recording" => self.recording.is_some(),
            "published_number" => self.published_number.is_some(),
            "on_behalf_of" => self.on_behalf_of.is_some(),
            "callback_number" => self.callback_number.is_some(),
            _ => false,
        }
    }
}
