//! Limits hold over all processes together.

use std::time::Duration;

use crate::serve::judge::told::Told;

/// A limit of the configuration.
#[derive(Debug, Clone)]
pub enum Limit {
    /// So many calls may be sent to a provider within a time.
    Provider(&'static str, usize, Duration),
    /// So many calls of a tenant may be sent within a time.
    Caller(&'static str, usize, Duration),
    /// So many calls of a tenant may be under way at once.
    UnderWay(&'static str, usize),
}

/// A request to place a call, as it arrived at a provider.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// When, in microseconds.
    pub at: i64,
    /// Where.
    pub provider: &'static str,
    /// Whose call it is.
    pub tenant: &'static str,
}

/// How far each limit was used, with what it allows, and what went beyond.
///
/// A request arrives at most `slack` after its slot was taken. So what a limit allows in its window
/// is looked for in a window that is shorter by that: three processes that each took the limit for
/// their own would still be seen.
pub fn judge_limits(
    told: &[Told],
    arrived: &[Arrived],
    limits: &[Limit],
    slack: Duration,
) -> (Vec<(String, usize, usize)>, Vec<String>) {
    let within = |window: &Duration, of: &dyn Fn(&&Arrived) -> bool| {
        let times = arrived.iter().filter(of).map(|one| one.at).collect();
        busiest(times, window.saturating_sub(slack))
    };
    let mut used = Vec::new();
    for limit in limits {
        used.push(match limit {
            Limit::Provider(provider, of, window) => {
                let most = within(window, &|one| one.provider == *provider);
                (format!("requests to {provider}"), most, *of)
            }
            Limit::Caller(tenant, of, window) => {
                let most = within(window, &|one| one.tenant == *tenant);
                (format!("requests of {tenant}"), most, *of)
            }
            Limit::UnderWay(tenant, of) => {
                let theirs = told.iter().filter(|one| one.call.tenant.as_str() == *tenant);
                let changes = theirs.flat_map(|one| one.under_way.iter().copied()).collect();
                (format!("calls of {tenant} at once"), highest(changes), *of)
            }
        });
    }
    let broken = used
        .iter()
        .filter(|(_, most, of)| most > of)
        .map(|(name, most, of)| format!("{name}: {most} where {of} are allowed"))
        .collect();
    (used, broken)
}

/// The most within any window.
fn busiest(mut times: Vec<i64>, window: Duration) -> usize {
    times.sort_unstable();
    let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
    let (mut from, mut most) = (0, 0);
    for (index, at) in times.iter().enumerate() {
        while at - times[from] >= window {
            from += 1;
        }
        most = most.max(index + 1 - from);
    }
    most
}

/// The most at once, in the order of the ledger.
fn highest(mut changes: Vec<(i64, i32)>) -> usize {
    changes.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, change) in changes {
        now += change;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_and_overlaps_are_counted() {
        let second = 1_000_000;
        let times = vec![0, second - 1, second, 3 * second];
        assert_eq!(busiest(times, Duration::from_secs(1)), 2);
        assert_eq!(busiest(vec![0, 1, 2, 3], Duration::from_secs(1)), 4);
        assert_eq!(highest(vec![(0, 1), (5, -1), (5, 1), (6, 1), (9, -1)]), 2);
    }
}
