//! The list of all checks.

use switchboard_core::{Clock, Provider};

use super::{abilities, harness::Harness, placing, reading, report::Report, suite::Suite};

/// Runs every check.
pub async fn run(provider: &dyn Provider, harness: &dyn Harness, clock: &dyn Clock) -> Report {
    let suite = Suite { provider, harness, clock };
    let mut report = Report::new(provider.info().id.as_str(), harness.excused());
    placing::run(&suite, &mut report).await;
    reading::run(&suite, &mut report).await;
    abilities::run(&suite, &mut report).await;
    report
}
