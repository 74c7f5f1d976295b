//! `[routing.quality]` and `exploration_percent`: what is learnt of the calls that were made, and
//! how much is tried out.

use std::time::Duration;

use switchboard_core::Currency;
use switchboard_router::{Adaptive, quality::QualitySettings};

use crate::config::{
    QualityConfig, StrategyName,
    problem::{KeyPath, Problems},
};

const DAY: Duration = Duration::from_secs(24 * 3_600);
const LONGEST_WINDOW: u32 = 90;
/// What the least share of each provider leaves has to be more than nothing, and with more than
/// half of the calls nothing is gained by learning.
const MOST_EXPLORATION: u32 = 50;
const MOST_MINIMUM: u32 = 10_000;

/// What is measured.
pub(crate) fn compile(
    quality: &QualityConfig,
    currency: Currency,
    problems: &mut Problems,
) -> QualitySettings {
    let at = KeyPath::of("routing").key("quality");
    let QualityConfig { window_days, minimum_calls } = *quality;
    if !(1..=LONGEST_WINDOW).contains(&window_days) {
        problems.push(
            &at.key("window_days"),
            format!("{window_days} is not between 1 and {LONGEST_WINDOW}"),
        );
    }
    if !(1..=MOST_MINIMUM).contains(&minimum_calls) {
        problems.push(
            &at.key("minimum_calls"),
            format!("{minimum_calls} is not between 1 and {MOST_MINIMUM}"),
        );
    }
    QualitySettings {
        window: DAY * window_days,
        minimum: minimum_calls,
        currency,
        ..QualitySettings::default()
    }
}

/// The `adaptive` strategy over so many providers. A share that is given for another strategy has
/// no effect.
pub(crate) fn adaptive(
    at: &KeyPath,
    name: Option<StrategyName>,
    percent: Option<u32>,
    providers: usize,
    problems: &mut Problems,
) -> Adaptive {
    let key = at.key("exploration_percent");
    let wanted = percent.unwrap_or(Adaptive::DEFAULT_EXPLORATION);
    let together = wanted.saturating_mul(u32::try_from(providers).unwrap_or(u32::MAX));
    if name != Some(StrategyName::Adaptive) {
        if percent.is_some() {
            let now = name.map_or("none here", StrategyName::as_str);
            problems.push(
                &key,
                format!("has no effect, because the strategy is {now}: write strategy = \"adaptive\", or take it out"),
            );
        }
    } else if !(1..=MOST_EXPLORATION).contains(&wanted) {
        problems.push(
            &key,
            format!("{wanted} is not between 1 and {MOST_EXPLORATION}: with none, it would go unnoticed that a provider became better"),
        );
    } else if together >= 100 {
        problems.push(
            &key,
            format!(
                "{wanted} % for each of {providers} providers leaves nothing to what was learned: write less than {}",
                100_usize.div_ceil(providers.max(1))
            ),
        );
    }
    Adaptive { exploration_percent: wanted }
}
