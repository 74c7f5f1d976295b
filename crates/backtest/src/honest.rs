//! What no replay can know, in words that go with every report.

use crate::report::{Level, Report};

/// Each sentence says what is not known, and where there is one, how many rings it concerns.
pub(super) fn words(report: &Report) -> Vec<String> {
    let mut words = Vec::new();
    let elsewhere: u64 = report.outcomes.expected.iter().map(|one| one.rings).sum();
    if elsewhere > 0 {
        words.push(format!(
            "{elsewhere} rings go to a provider that was not asked then. Nobody knows how they end there: the expected number reached comes from \
             what that provider did with other calls, which may have been easier or harder ones."
        ));
        words.push(
            "Whether that provider would have taken them at all is not known either: a refusal there, and the failover that follows, are not in \
             the numbers."
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
        words.push(format!(
            "{unmeasured} rings go to a provider of which the ledger knows no outcome at all: anything between none and all of them may reach somebody."
        ));
    }
    let estimated: u64 = report.cost.fits.iter().map(|fit| fit.rings).sum();
    if estimated > 0 {
        words.push(format!(
            "The cost of {estimated} rings is an estimate, for the duration of then; another agent talks for another time."
        ));
    }
    for fit in report.cost.fits.iter().filter(|fit| fit.between.is_none()) {
        words.push(format!(
            "The estimates at {} cannot be checked: the ledger has {} bills of its calls that this deck prices, and fewer than thirty, or bills that \
             vary too much, say nothing.",
            fit.provider, fit.bills
        ));
    }
    if report.cost.assumed_durations > 0 {
        words.push(format!(
            "For {} of the estimates nobody said how long the call lasted: the expected duration stands in.",
            report.cost.assumed_durations
        ));
    }
    if report.cost.not_compared > 0 {
        words.push(format!(
            "{} rings have a cost on one side that nobody knows: they are not in the difference.",
            report.cost.not_compared
        ));
    }
    if report.cost.other_currency > 0 {
        words.push(format!(
            "{} bills are in another currency than the policy's: they are in no sum.",
            report.cost.other_currency
        ));
    }
    let apart = &report.apart;
    if apart.unrecorded > 0 {
        words.push(format!(
            "Of {} rings no plan was kept: they are replayed as if every provider had been well and its limit free.",
            apart.unrecorded
        ));
    }
    if apart.perhaps > 0 {
        words.push(format!(
            "{} calls were refused, and what kept the providers from them was not written down: with every provider well this policy would have found \
             one. They count as refused.",
            apart.perhaps
        ));
    }
    if apart.unexplained > 0 {
        words.push(format!(
            "{} steps of the policy that ran are taken as they were, because nothing that was kept explains them: how calls queue for a limit is \
             not written down. Under another policy such a call is taken to go at once.",
            apart.unexplained
        ));
    }
    if apart.behind > 0 {
        words.push(format!(
            "{} redials follow a ring that goes elsewhere: had it reached the person, they would not have rung.",
            apart.behind
        ));
    }
    if apart.shopped > 0 {
        words.push(format!(
            "{} rings were refused for the person or the content, which binds every provider, and go to another provider first here. Whether that one \
             refuses them too is not known; a policy is no way around such a refusal.",
            apart.shopped
        ));
    }
    if report.waits.rings > 0 {
        words.push(format!(
            "{} rings wait, up to {} s, and people are called at another time than they were: whether they answer then is not known.",
            report.waits.rings, report.waits.longest_seconds
        ));
    }
    let now = report.total.now.rings;
    if report.moves.iter().any(|one| one.rings > 0) && now > 0 {
        words.push(
            "What was learnt on the way would have been learnt otherwise: breakers, pauses, measured quality, times to accept and doubts are those of \
             then, and outcomes under this policy would have changed them, and the calls after them."
                .to_owned(),
        );
    }
    words.push(
        "Requests are taken as they came: a caller who had got another outcome might have asked for other calls. Pacing below a second is not replayed."
            .to_owned(),
    );
    words
}
