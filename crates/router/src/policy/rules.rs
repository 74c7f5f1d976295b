//! What is configured about the calling rules.

use std::path::PathBuf;

use switchboard_core::Region;

/// What is configured about the calling rules. By default they are on, with the built-in tables and
/// no state of emergency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleSettings {
    /// Why the rules are turned off: no call is checked then. `None` means that they are on.
    pub off: Option<String>,
    /// The files with the operator's own rules, in the order of the configuration. Their paths do
    /// not depend on where the configuration is.
    pub files: Vec<PathBuf>,
    /// Where a state of emergency closes days that rules name.
    pub emergencies: Vec<Region>,
}

impl RuleSettings {
    /// The same settings with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}
