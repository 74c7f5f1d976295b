//! How much arrives at the address of each attempt.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;

/// Webhooks that one address accepts in a minute.
const A_MINUTE: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// With more addresses than this, those of earlier minutes are thrown out.
const MANY: usize = 4_096;

/// What arrived at each address. Only those that were issued are in it.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<HashMap<String, (Duration, u32)>>);

impl Arrivals {
    /// Counts one. `Err` says how long to wait.
    pub(super) fn count(&self, path: &str, now: Duration) -> Result<(), Duration> {
        let mut by_path = self.0.lock();
        if by_path.len() >= MANY {
            by_path.retain(|_, (since, _)| now.saturating_sub(*since) < MINUTE);
        }
        let (since, count) = by_path.entry(path.to_owned()).or_insert((now, 0));
        if now.saturating_sub(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        if *count >= A_MINUTE {
            return Err(MINUTE.saturating_sub(now.saturating_sub(*since)));
        }
        *count += 1;
        Ok(())
    }
}
