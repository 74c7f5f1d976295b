//! `switchboard quality`: how well each provider did, measured on the ledger's calls.

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
    progress::Progress,
    setup,
};

/// How many calls are read at a time.
const PAGE: u32 = 1_000;

pub(crate) async fn run(common: &Common, args: QualityArgs, output: Output) -> Outcome {
    let file = args.ledger.as_deref();
    let policy = policy(common, file)?;
    if let Some(name) = &args.provider {
        check_provider(name, policy.as_ref())?;
    }
    let (ledger, _) = setup::ledger(common, file).await?;
    let now = Timestamp::now();
    let settings = policy.as_ref().map(|policy| policy.quality).unwrap_or_default();
    let progress = Progress::new(output, "reading the ledger");
    let quality = measure(&*ledger.journal(), settings, now, Some(progress)).await?;
    let report = Report::new(&quality, policy.as_ref(), &args, now);
    if output.json {
        output.object(&report);
    } else {
        report.show(output);
    }
    Ok(Exit::Done)
}

/// The policy. With `--ledger` a configuration is optional, but used if there is one.
fn policy(common: &Common, ledger: Option<&Path>) -> Outcome<Option<Policy>> {
    if ledger.is_some() && !common.config.exists() {
        return Ok(None);
    }
    Ok(Some(setup::read(common)?.policy()?))
}

fn check_provider(name: &str, policy: Option<&Policy>) -> Outcome<()> {
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

/// Measures the calls of the window that ends at `now`, and shows how far it is.
pub(crate) async fn measure(
    journal: &dyn Journal,
    settings: QualitySettings,
    now: Timestamp,
    mut progress: Option<Progress>,
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
        if let Some(progress) = &mut progress {
            progress.read(&page);
        }
        page.iter().filter(|call| call.status.is_settled()).for_each(|call| quality.observe(call));
        match page.last() {
            Some(last) if page.len() == PAGE as usize => selection.after = Some(last.id),
            Some(_) | None => return Ok(quality),
        }
    }
}

/// The report, as JSON prints it.
#[derive(Debug, Serialize)]
struct Report {
    window_days: u64,
    minimum_calls: u32,
    rows: Vec<Line>,
    durations: Vec<Expectation>,
}

/// The measurements of a provider, whole or for one country and profile.
#[derive(Debug, Serialize)]
struct Line {
    provider: ProviderId,
    /// `None` for the whole provider.
    country: Option<Country>,
    profile: Option<ProfileName>,
    measured: Measured,
    /// In millionths, like the other rates.
    answer_rate: Option<u32>,
    success_rate: Option<u32>,
    certain_success_rate: u32,
    error_rate: Option<u32>,
    cost_per_success: Option<switchboard::Money>,
    drift: Drift,
    drift_ratio: Option<i64>,
}

/// How long calls to a country with a profile are expected to last.
#[derive(Debug, Serialize, PartialEq)]
struct Expectation {
    country: Country,
    profile: Option<ProfileName>,
    configured_seconds: u64,
    expected_seconds: u64,
    /// The number of calls it was learned from; zero if it is the configured one.
    learned_from: u32,
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
        let (mut rows, mut durations): (Vec<Line>, Vec<Expectation>) = (Vec::new(), Vec::new());
        for row in table {
            let expectation = expectation(quality, policy, row.profile.clone(), row.country, now);
            if !durations.contains(&expectation) {
                durations.push(expectation);
            }
            // The row of the whole provider comes before its countries.
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
            output.line(format!("nothing was measured: no call was sent in the last {days} days"));
            return;
        }
        let header = [
            "provider",
            "country",
            "profile",
            "sent",
            "accepted",
            "tried",
            "answered",
            "completed",
            "certain",
            "errors",
            "duration",
            "accepts in",
            "rings in",
            "mean bill",
            "cost per success",
            "bills vs estimates",
        ];
        output.table(&header, self.rows.iter().map(Line::cells));
        output.heading("Expected durations");
        let durations = self.durations.iter().map(|one| {
            let from = match one.learned_from {
                0 => format!(
                    "as configured: fewer than {} calls with a known duration",
                    self.minimum_calls
                ),
                from => {
                    format!("learned from {}, configured {} s", calls(from), one.configured_seconds)
                }
            };
            vec![
                one.country.to_string(),
                or_dash(one.profile.as_ref()),
                format!("{} s", one.expected_seconds),
                from,
            ]
        });
        output.table(&["country", "profile", "expected", "source"], durations);
    }
}

fn expectation(
    quality: &Quality,
    policy: Option<&Policy>,
    profile: Option<ProfileName>,
    country: Country,
    now: Timestamp,
) -> Expectation {
    let configured = policy.map_or(std::time::Duration::from_secs(120), |policy| {
        let name = profile.as_ref().or(policy.default_profile.as_ref());
        let known = name.and_then(|name| policy.profiles.get(name));
        known.and_then(|profile| profile.expected_duration).unwrap_or(policy.expected_duration)
    });
    let expected = quality.expected_duration(profile.as_ref(), country, configured, now);
    Expectation {
        country,
        profile,
        configured_seconds: configured.as_secs(),
        expected_seconds: expected.duration.as_secs(),
        learned_from: expected.learned_from,
    }
}

/// Formats millionths as percent, for example `84.1 %`.
pub(crate) fn percent(share: u32) -> String {
    format!("{}.{} %", share / 10_000, share / 1_000 % 10)
}

/// Formats millionths as signed percent, for example `+12.3 %`.
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
