//! `[routing.outliers]`: when a provider is left out because it fails far more often than the
//! others.

use std::num::NonZeroU32;

use serde::Deserialize;

/// `[routing.outliers]`. A provider that keeps failing, but not in a row, is left out for a while:
/// when its share of failed attempts in the window, at the lower end of its 99 % interval, is more
/// than ten points above that of the others. The last one that could take calls never is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutliersConfig {
    /// Whether outliers are left out. Default: true.
    pub enabled: Option<bool>,
    /// So many attempts of a provider have to stand in the window, 5 to 1000: 20.
    pub minimum_attempts: Option<NonZeroU32>,
    /// How far back attempts count: 300.
    pub window_seconds: Option<NonZeroU32>,
    /// How long it is left out; twice as long each time that it comes within a window of the
    /// return: 60.
    pub cooldown_seconds: Option<NonZeroU32>,
    /// It is never left out longer than this: 900.
    pub longest_cooldown_seconds: Option<NonZeroU32>,
}
