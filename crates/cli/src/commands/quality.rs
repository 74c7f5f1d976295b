//! `switchboard quality`: what the ledger's calls say of the providers.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{
    Country, Journal, Policy, ProfileName, ProviderId,
    journal::Selection,
    router::quality::{Drift, Measured, Measurements, Quality, QualitySettings},
};

use crate::{
    cli::{Common, QualityArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

/// Calls that are read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn run(common: &Common, args: QualityArgs, output: Output) -> Outcome {
    let file = args.ledger.as_deref();
    let policy = policy(common, file)?;
    if let Some(name) = &args.provider {
        check(name, policy.as_ref())?;
    }
    let (ledger, _) = setup::ledger(common, file).await?;
    let now = Timestamp::now();
    let settings = policy.as_ref().map(|policy| policy.quality).unwrap_or_default();
    let quality = measure(&*ledger.journal(), settings, now).await?;
    let report = Report::new(&quality, policy.as_ref(), &args, now);
    if output.json {
        output.object(&report);
    } else {
        report.show(output);
    }
    Ok(Exit::Done)
}

/// A ledger that is named needs no configuration; where there is one, what it says of measuring
/// holds.
fn policy(common: &Common, ledger: Option<&Path>) -> Outcome<Option<Policy>> {
    if ledger.is_some() && !common.config.exists() {
        return Ok(None);
    }
    Ok(Some(setup::read(common)?.policy()?))
}

fn check(name: &str, policy: Option<&Policy>) -> Outcome<()> {
    let Some(policy) = policy else { return Ok(()) };
    if policy.providers.iter().any(|one| one.info.id.as_str() == name) {
        return Ok(());
    }
    let known: Vec<&str> = policy.providers.iter().map(|one| one.info.id.as_str()).collect();
    Err(Failure::input(
        "--provider",
        format!("{name:?} is not configured: name one of {}", known.join(", ")),
    ))
}

/// Measures the calls of the window that ends now.
pub(crate) async fn measure(
    journal: &dyn Journal,
    settings: QualitySettings,
    now: Timestamp,
) -> switchboard::Result<Quality> {
    let mut quality = Quality::new(settings);
    let since = now.checked_sub(settings.window).unwrap_or(Timestamp::MIN);
    let mut selection = Selection {
        after: Some(Selection::from_moment(since)),
        limit: Some(PAGE),
        ..Selection::default()
    };
    loop {
        let page = journal.select(&selection).await?;
        page.iter().filter(|call| call.status.is_settled()).for_each(|call| quality.observe(call));
        match page.last() {
            Some(last) if page.len() == PAGE as usize => selection.after = Some(last.id),
            Some(_) | None => return Ok(quality),
        }
    }
}

/// What is shown.
#[derive(Debug, Serialize)]
struct Report {
    window_days: u64,
    minimum_calls: u32,
    rows: Vec<Line>,
    durations: Vec<Learnt>,
}

/// Some of a provider's calls.
#[derive(Debug, Serialize)]
struct Line {
    provider: ProviderId,
    /// Null: all of them.
    country: Option<Country>,
    profile: Option<ProfileName>,
    measured: Measured,
    /// In millionths, as the next ones.
    answer_rate: Option<u32>,
    success_rate: Option<u32>,
    certain_success_rate: u32,
    error_rate: Option<u32>,
    cost_per_success: Option<switchboard::Money>,
    drift: Drift,
    drift_ratio: Option<i64>,
}

/// How long calls of a profile to a country are expected to last.
#[derive(Debug, Serialize, PartialEq)]
struct Learnt {
    country: Country,
    profile: Option<ProfileName>,
    configured_seconds: u64,
    expected_seconds: u64,
    /// Zero: as configured.
    learnt_from: u32,
}

impl Line {
    fn new(
        provider: ProviderId,
        country: Option<Country>,
        profile: Option<ProfileName>,
        measured: Measured,
        drift: Drift,
    ) -> Self {
        Self {
            provider,
            country,
            profile,
            answer_rate: measured.answer_rate(),
            success_rate: measured.success_rate(),
            certain_success_rate: measured.success.lower_bound(),
            error_rate: measured.error_rate(),
            cost_per_success: measured.cost_per_success(),
            drift_ratio: drift.ratio(),
            measured,
            drift,
        }
    }

    fn cells(&self) -> Vec<String> {
        let Measured {
            sent,
            accepted,
            tried,
            mean_duration,
            time_to_accept,
            post_dial_delay,
            mean_cost,
            ..
        } = self.measured;
        let country = self.country.map_or_else(|| "all".to_owned(), |country| country.to_string());
        let profile = match (&self.profile, self.country) {
            (Some(profile), _) => profile.to_string(),
            (None, Some(_)) => "-".to_owned(),
            (None, None) => "all".to_owned(),
        };
        let drift = self
            .drift_ratio
            .map(|ratio| format!("{} of {}", signed(ratio), calls(self.drift.calls)));
        vec![
            self.provider.to_string(),
            country,
            profile,
            sent.to_string(),
            accepted.to_string(),
            tried.to_string(),
            or_dash(self.answer_rate.map(percent)),
            or_dash(self.success_rate.map(percent)),
            or_dash((tried > 0).then(|| percent(self.certain_success_rate))),
            or_dash(self.error_rate.map(percent)),
            or_dash(mean_duration.map(seconds)),
            or_dash(time_to_accept.map(seconds)),
            or_dash(post_dial_delay.map(seconds)),
            or_dash(mean_cost),
            or_dash(self.cost_per_success),
            or_dash(drift),
        ]
    }
}

impl Report {
    fn new(quality: &Quality, policy: Option<&Policy>, args: &QualityArgs, now: Timestamp) -> Self {
        let settings = quality.settings();
        let table = quality.table(now).into_iter().filter(|row| {
            args.provider.as_deref().is_none_or(|name| row.provider.as_str() == name)
                && args.country.is_none_or(|only| row.country == only)
        });
        let (mut rows, mut durations): (Vec<Line>, Vec<Learnt>) = (Vec::new(), Vec::new());
        for row in table {
            let learnt = learnt(quality, policy, row.profile.clone(), row.country, now);
            if !durations.contains(&learnt) {
                durations.push(learnt);
            }
            // The whole provider stands before its parts.
            if args.country.is_none()
                && rows.last().is_none_or(|last| last.provider != row.provider)
            {
                let (whole, drift) =
                    (quality.overall(&row.provider, now), quality.drift(&row.provider, now));
                rows.push(Line::new(row.provider.clone(), None, None, whole, drift));
            }
            rows.push(Line::new(
                row.provider,
                Some(row.country),
                row.profile,
                row.measured,
                row.drift,
            ));
        }
        durations.sort_by(|one, other| {
            (one.country, &one.profile).cmp(&(other.country, &other.profile))
        });
        Self {
            window_days: settings.window.as_secs() / 86_400,
            minimum_calls: settings.minimum,
            rows,
            durations,
        }
    }

    fn show(&self, output: Output) {
        let days = self.window_days;
        if self.rows.is_empty() {
            output.line(format!("nothing was measured: no call of the last {days} days was sent"));
            return;
        }
        let header = [
            "provider",
            "country",
            "profile",
            "sent",
            "taken",
            "tried",
            "answered",
            "completed",
            "certain",
            "errors",
            "duration",
            "accepts in",
            "rings in",
            "mean bill",
            "for each success",
            "bills against estimates",
        ];
        output.table(&header, self.rows.iter().map(Line::cells));
        output.heading("Expected durations");
        let durations = self.durations.iter().map(|one| {
            let from = match one.learnt_from {
                0 => format!("as configured: fewer than {} calls said theirs", self.minimum_calls),
                from => {
                    format!("learnt from {}, configured {} s", calls(from), one.configured_seconds)
                }
            };
            vec![
                one.country.to_string(),
                or_dash(one.profile.as_ref()),
                format!("{} s", one.expected_seconds),
                from,
            ]
        });
        output.table(&["country", "profile", "expected", "why"], durations);
    }
}

fn learnt(
    quality: &Quality,
    policy: Option<&Policy>,
    profile: Option<ProfileName>,
    country: Country,
    now: Timestamp,
) -> Learnt {
    let usual = policy.map_or(std::time::Duration::from_secs(120), |policy| {
        let name = profile.as_ref().or(policy.default_profile.as_ref());
        let known = name.and_then(|name| policy.profiles.get(name));
        known.and_then(|profile| profile.expected_duration).unwrap_or(policy.expected_duration)
    });
    let expected = quality.expected_duration(profile.as_ref(), country, usual, now);
    Learnt {
        country,
        profile,
        configured_seconds: usual.as_secs(),
        expected_seconds: expected.duration.as_secs(),
        learnt_from: expected.learnt_from,
    }
}

/// `84.1 %` of millionths.
pub(crate) fn percent(share: u32) -> String {
    format!("{}.{} %", share / 10_000, share / 1_000 % 10)
}

/// `+12.3 %` of millionths.
fn signed(share: i64) -> String {
    let sign = if share < 0 { '-' } else { '+' };
    format!("{sign}{}", percent(u32::try_from(share.unsigned_abs()).unwrap_or(u32::MAX)))
}

fn seconds(duration: std::time::Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn calls(count: u32) -> String {
    if count == 1 { "1 call".to_owned() } else { format!("{count} calls") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_in_percent() {
        assert_eq!(
            (percent(841_999), percent(1_000_000), percent(0)),
            ("84.1 %".into(), "100.0 %".into(), "0.0 %".into())
        );
        assert_eq!((signed(-123_000), signed(2_500_000)), ("-12.3 %".into(), "+250.0 %".into()));
    }
}
