//! The caveats of a report: what no replay can know, in sentences.

use crate::report::{Level, Report};

/// Each sentence says what is not known and, if there is a number, how many rings it affects.
pub(super) fn sentences(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    let elsewhere: u64 = report.outcomes.expected.iter().map(|one| one.rings).sum();
    if elsewhere > 0 {
        sentences.push(format!(
            "{elsewhere} rings go to a provider that was not asked in the past. How they \
             end there is not known: the expected number of people reached comes from that \
             provider's other calls, which may have been easier or harder ones."
        ));
        sentences.push(
            "Whether that provider would have taken them at all is not known either: a \
             refusal there, and the failover that follows, are not in the numbers."
                .to_owned(),
        );
    }
    let unmeasured: u64 = report
        .outcomes
        .expected
        .iter()
        .filter(|one| one.level == Level::Nothing)
        .map(|one| one.rings)
        .sum();
    if unmeasured > 0 {
        sentences.push(format!(
            "{unmeasured} rings go to a provider for which the ledger has no outcome at \
             all: anything between none and all of them may reach somebody."
        ));
    }
    let estimated: u64 = report.cost.fits.iter().map(|fit| fit.rings).sum();
    if estimated > 0 {
        sentences.push(format!(
            "The cost of {estimated} rings is an estimate for the duration of the past \
             call; another agent may talk for a different time."
        ));
    }
    for fit in report.cost.fits.iter().filter(|fit| fit.between.is_none()) {
        sentences.push(format!(
            "The estimates at {} cannot be checked: the ledger has {} bills of calls that \
             this deck prices. Fewer than thirty, or bills that vary too much, are not \
             enough.",
            fit.provider, fit.bills
        ));
    }
    if report.cost.assumed_durations > 0 {
        sentences.push(format!(
            "For {} of the estimates the duration of the call is not known: the expected \
             duration is used.",
            report.cost.assumed_durations
        ));
    }
    if report.cost.not_compared > 0 {
        sentences.push(format!(
            "{} rings have an unknown cost on one side: they are not in the difference.",
            report.cost.not_compared
        ));
    }
    if report.cost.other_currency > 0 {
        sentences.push(format!(
            "{} bills are in another currency than the policy's: they are in no sum.",
            report.cost.other_currency
        ));
    }
    let cases = &report.special_cases;
    if cases.without_recorded_plan > 0 {
        sentences.push(format!(
            "No plan was recorded for {} rings: they are replayed as if every provider had \
             been healthy and its limits free.",
            cases.without_recorded_plan
        ));
    }
    if cases.possibly_accepted > 0 {
        sentences.push(format!(
            "{} calls were refused for a reason that was not recorded: with every provider \
             healthy, this policy would have found one. They count as refused.",
            cases.possibly_accepted
        ));
    }
    if cases.unexplained > 0 {
        sentences.push(format!(
            "{} steps of the policy that ran are taken as they were, because nothing on \
             record explains them: how calls queue for a limit is not recorded. Under \
             another policy such a call is assumed to go at once.",
            cases.unexplained
        ));
    }
    if cases.redials_after_move > 0 {
        sentences.push(format!(
            "{} redials follow a ring that goes to another provider: had it reached the \
             person, they would not have taken place.",
            cases.redials_after_move
        ));
    }
    if cases.refusals_asked_elsewhere > 0 {
        sentences.push(format!(
            "{} rings were refused for the person or the content, which binds every \
             provider, and go to another provider first here. Whether that one also refuses \
             them is not known; a policy is no way around such a refusal.",
            cases.refusals_asked_elsewhere
        ));
    }
    if report.waits.rings > 0 {
        sentences.push(format!(
            "{} rings wait, up to {} s, so people are called at another time than they \
             were: whether they answer then is not known.",
            report.waits.rings, report.waits.longest_seconds
        ));
    }
    let now = report.total.now.rings;
    if report.moves.iter().any(|one| one.rings > 0) && now > 0 {
        sentences.push(
            "What was learned from calls would have been different: breakers, pauses, \
             measured quality, times to accept and doubts are those of the past, and the \
             outcomes under this policy would have changed them, and the calls after them."
                .to_owned(),
        );
    }
    sentences.push(
        "Requests are taken as they came: a caller who got another outcome might have \
             asked for other calls. Pacing below a second is not replayed."
            .to_owned(),
    );
    sentences
}
