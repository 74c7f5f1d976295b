//! `[duplicates]` as the router's windows.

use std::{num::NonZeroU32, time::Duration};

use switchboard_router::DuplicateWindows;

use crate::config::{
    DuplicatesConfig,
    file::Config,
    problem::{KeyPath, Problems},
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// What the router obeys.
pub(crate) fn windows(duplicates: &DuplicatesConfig) -> DuplicateWindows {
    let usual = DuplicateWindows::default();
    let span = |set: Option<NonZeroU32>, unit: u64, usual| {
        set.map_or(usual, |set| Duration::from_secs(u64::from(set.get()) * unit))
    };
    DuplicateWindows {
        call: span(duplicates.call_minutes, MINUTE, usual.call),
        batch: span(duplicates.batch_hours, HOUR, usual.batch),
    }
}

/// Refuses a window that is longer than calls are known again.
pub(crate) fn check(config: &Config, problems: &mut Problems) {
    let at = KeyPath::of("duplicates");
    let longest = DuplicateWindows::LONGEST.as_secs();
    for (key, set, unit) in [
        ("call_minutes", config.duplicates.call_minutes, MINUTE),
        ("batch_hours", config.duplicates.batch_hours, HOUR),
    ] {
        let most = longest / unit;
        if let Some(set) = set.map(NonZeroU32::get).filter(|set| u64::from(*set) > most) {
            problems.push(&at.key(key), format!("{set} is not between 1 and {most}"));
        }
    }
}
