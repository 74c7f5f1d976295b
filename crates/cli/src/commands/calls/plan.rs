//! The plans that were recorded with a call.

use switchboard::router::PlanRecord;

pub(super) use switchboard::history::plan as of;

use crate::output::{Output, or_dash};

/// Prints a plan the way `switchboard plan` does.
pub(super) fn show(plan: &PlanRecord, output: Output) {
    output.heading(&format!("Plan of {:.3}", plan.at));
    let route = plan.route.as_deref().unwrap_or("none: every provider may take it");
    let source = match plan.learned_from {
        0 => "as configured".to_owned(),
        calls => format!("learned from {calls} calls"),
    };
    let version = plan.policy.as_ref().map(|version| format!("  configuration: {version}"));
    output.line(format!(
        "route: {route}  {} s expected, {source}{}",
        plan.expected_seconds,
        version.unwrap_or_default()
    ));
    let candidates = plan.candidates.iter().enumerate().map(|(at, one)| {
        vec![format!("{}", at + 1), one.provider.to_string(), or_dash(one.cost), one.why.clone()]
    });
    let rejected = plan.rejected.iter().map(|one| {
        vec![
            "-".to_owned(),
            one.provider.to_string(),
            "-".to_owned(),
            format!("rejected: {}", one.why),
        ]
    });
    output.table(&["rank", "provider", "expected cost", "reason"], candidates.chain(rejected));
}
