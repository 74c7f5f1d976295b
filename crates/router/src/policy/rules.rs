//! What is configured about the calling rules.

use std::path::PathBuf;

use switchboard_core::Region;

/// What is configured about the calling rules.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The rules are off until they are asked for.
impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            off: Some("nothing in the configuration turns the calling rules on".to_owned()),
            ..Self::on()
        }
    }
}

impl RuleSettings {
    /// The built-in rules, with no state of emergency.
    pub const fn on() -> Self {
        Self { off: None, files: Vec::new(), emergencies: Vec::new() }
    }

    /// The same settings with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}
