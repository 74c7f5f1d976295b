//! Prints the report of a backtest.

use std::path::Path;

use switchboard::{Money, ProviderId, experiments::sequential::Interval};
use switchboard_backtest::{Level, LimitKind, Report, Side, Sides};

use crate::output::{Output, or_dash};

/// How many moves are listed; JSON has all of them.
const MOVES_SHOWN: usize = 20;

pub(super) fn report(report: &Report, policy: &Path, output: Output) {
    output.line(format!(
        "{} calls with {} rings, {} to {}, replayed under the policy of {}",
        report.calls,
        report.rings,
        or_dash(report.first.map(|at| format!("{at:.0}"))),
        or_dash(report.last.map(|at| format!("{at:.0}"))),
        policy.display()
    ));
    output.line(format!(
        "{} plans are unchanged; numbers under \"now\" are estimates, except bills",
        report.identical_plans
    ));
    totals(report, output);
    sides(
        "By provider",
        "provider",
        report.providers.iter().map(|line| (line.group.to_string(), &line.sides)),
        output,
    );
    sides(
        "By country",
        "country",
        report.countries.iter().map(|line| (line.group.to_string(), &line.sides)),
        output,
    );
    moves(report, output);
    refused(report, output);
    limits(report, output);
    cost(report, output);
    outcomes(report, output);
    output.heading("What a replay cannot know");
    for words in &report.caveats {
        output.line(format!("- {words}"));
    }
}

fn totals(report: &Report, output: Output) {
    let Sides { then, now } = &report.total;
    let count = |side: fn(&Side) -> u64| (side(then).to_string(), side(now).to_string());
    let money = |side: fn(&Side) -> Money| (side(then).to_string(), side(now).to_string());
    let refused =
        report.refusals.iter().fold((0, 0), |sum, one| (sum.0 + one.then, sum.1 + one.now));
    let reached = if report.outcomes.expected.is_empty() {
        report.outcomes.known.to_string()
    } else {
        format!("{} known, {} in total", report.outcomes.known, between(&report.outcomes.now))
    };
    let rows = [
        ("rings accepted by a provider", count(|side| side.rings)),
        ("rings that no provider took", (refused.0.to_string(), refused.1.to_string())),
        ("people reached", (report.outcomes.then.to_string(), reached)),
        ("billed", money(|side| side.billed)),
        ("estimated", ("-".to_owned(), now.estimated.to_string())),
        ("rings of unknown cost", count(|side| side.unknown)),
    ];
    output.heading("Totals");
    let rows = rows.map(|(what, (then, now))| vec![what.to_owned(), then, now]);
    output.table(&["", "then", "now"], rows);
}

fn sides<'a>(
    heading: &str,
    name: &str,
    lines: impl Iterator<Item = (String, &'a Sides)>,
    output: Output,
) {
    output.heading(heading);
    output.table(
        &[
            name,
            "rings then",
            "now",
            "reached then",
            "now, known",
            "billed then",
            "billed now",
            "estimated now",
        ],
        lines.map(|(of, Sides { then, now })| {
            vec![
                of,
                then.rings.to_string(),
                now.rings.to_string(),
                then.completed.to_string(),
                now.completed.to_string(),
                then.billed.to_string(),
                now.billed.to_string(),
                now.estimated.to_string(),
            ]
        }),
    );
}

fn moves(report: &Report, output: Output) {
    output.heading("Moved rings");
    if report.moves.is_empty() {
        output.line("none");
        return;
    }
    let named = |provider: &Option<ProviderId>| {
        provider.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
    };
    let rows = report.moves.iter().take(MOVES_SHOWN).map(|one| {
        vec![
            one.country.to_string(),
            named(&one.from),
            named(&one.to),
            one.rings.to_string(),
            one.then.to_string(),
            one.now.to_string(),
            one.unknown.to_string(),
        ]
    });
    output
        .table(&["country", "from", "to", "rings", "cost then", "cost now", "unknown costs"], rows);
    if report.moves.len() > MOVES_SHOWN {
        output
            .line(format!("and {} more; --json has all of them", report.moves.len() - MOVES_SHOWN));
    }
}

fn refused(report: &Report, output: Output) {
    if report.refusals.is_empty() {
        return;
    }
    output.heading("Rings that no provider took");
    let rows = report
        .refusals
        .iter()
        .map(|one| vec![one.reason.clone(), one.then.to_string(), one.now.to_string()]);
    output.table(&["reason", "then", "now"], rows);
}

fn limits(report: &Report, output: Output) {
    if !report.limits_reached.is_empty() {
        output.heading("Limits and budgets that are reached");
        let rows = report.limits_reached.iter().map(|one| {
            let kind = match one.kind {
                LimitKind::RateLimit => "rate limit",
                LimitKind::Concurrency => "concurrent calls",
                LimitKind::Budget => "budget",
                LimitKind::UnknownCost => "budget, unknown cost",
            };
            vec![kind.to_owned(), one.name.clone(), one.provider.to_string(), one.times.to_string()]
        });
        output.table(&["limit", "name", "provider", "times"], rows);
    }
    let differing: Vec<_> = report.rejections.iter().filter(|one| one.then != one.now).collect();
    if !differing.is_empty() {
        output.heading("Why plans reject providers, where it differs");
        let rows = differing.into_iter().map(|one| {
            vec![
                one.provider.to_string(),
                one.reason.clone(),
                one.then.to_string(),
                one.now.to_string(),
            ]
        });
        output.table(&["provider", "reason", "then", "now"], rows);
    }
    if report.waits.rings > 0 {
        output.line(format!(
            "{} rings wait, up to {} s",
            report.waits.rings, report.waits.longest_seconds
        ));
    }
}

fn cost(report: &Report, output: Output) {
    let cost = &report.cost;
    output.heading("Cost");
    output.line(format!(
        "{} rings can be compared: {} then, {} now, a difference of {}",
        cost.compared, cost.then, cost.now, cost.difference
    ));
    match &cost.between {
        Some((low, high)) if !cost.fits.is_empty() => {
            output
                .line(format!("judged by past bills, the difference is between {low} and {high}"));
        }
        Some(_) => {}
        None => output
            .line("the accuracy of the estimates is unknown: there are too few bills to compare"),
    }
    if cost.not_compared > 0 {
        output.line(format!(
            "{} rings cannot be compared: one of their costs is unknown",
            cost.not_compared
        ));
    }
    if !cost.fits.is_empty() {
        let rows = cost.fits.iter().map(|fit| {
            let ratio = fit.ratio.map(|ratio| {
                let limits = ratio.interval.map(|limits| format!(" ({})", between(&limits)));
                format!("{:.3}{}", ratio.value, limits.unwrap_or_default())
            });
            vec![
                fit.provider.to_string(),
                fit.rings.to_string(),
                fit.estimated.to_string(),
                or_dash(fit.between.map(|(low, high)| format!("{low} to {high}"))),
                fit.bills.to_string(),
                or_dash(ratio),
            ]
        });
        output.table(
            &[
                "provider",
                "estimated rings",
                "estimated",
                "adjusted by bills",
                "bills known",
                "billed / estimated",
            ],
            rows,
        );
    }
}

fn outcomes(report: &Report, output: Output) {
    if report.outcomes.expected.is_empty() {
        return;
    }
    output.heading("Expected outcomes of moved rings");
    let rows = report.outcomes.expected.iter().map(|one| {
        let level = match one.level {
            Level::Country => "in the country",
            Level::Provider => "at the provider",
            Level::Nothing => "nothing measured",
        };
        vec![
            one.provider.to_string(),
            one.country.to_string(),
            one.rings.to_string(),
            format!("{} of {}, {level}", one.measured.successes, one.measured.of),
            between(&one.rate),
            between(&one.completed),
        ]
    });
    output
        .table(&["provider", "country", "rings", "people reached there", "rate", "reached"], rows);
}

fn between(interval: &Interval) -> String {
    format!("{:.2} to {:.2}", interval.low, interval.high)
}
