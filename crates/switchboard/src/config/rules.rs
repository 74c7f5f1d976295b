//! `[rules]`: the calling rules, which say whom an artificial voice may call, and when.

use std::path::PathBuf;

use serde::Deserialize;

/// `[rules]`. The calling rules are on without it too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesConfig {
    /// Turns the rules off, and says why, in one line. No call is checked then.
    pub off: Option<String>,
    /// Files with rules of your own, as tab-separated values; relative to the configuration file.
    pub files: Vec<PathBuf>,
    /// The countries, or their states and provinces as `US-LA`, in which there is a state of
    /// emergency: rules may forbid calls there for as long as it lasts.
    pub emergencies: Vec<String>,
}
