//! `rules check`.

use std::sync::Arc;

use switchboard::{CallRequest, core::moment, jiff::Timestamp};

use super::{
    answer::{self, Answer},
    source,
};
use crate::{
    cli::{CheckArgs, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(super) async fn run(common: &Common, args: CheckArgs, output: Output) -> Outcome {
    let now = Timestamp::now();
    let zone = args.facts.callee_timezone.clone();
    let at = args.at.as_deref().map(|text| moment("--at", text, zone.as_deref())).transpose();
    let at = at.map_err(|error| {
        let fix = error.message().replace("give the call a timezone", "give --callee-timezone");
        Failure::input("--at", fix)
    })?;
    let at = at.unwrap_or(now);
    let source = source::read(common)?;
    let overrides = setup::overrides(args.lifted)?;
    let request = CallRequest::new(args.to, "Ask.").with(|call| {
        call.default_country = args.default_country.map(|country| country.as_str().to_owned());
        call.agent = args.agent;
        call.language = args.language;
        call.tags = args.tag;
        call.tenant = args.tenant;
        args.facts.put_into(call);
        call.overrides = overrides;
    });
    // A call of last week is judged by what was known then.
    let call = Arc::new(source.policy.complete(&request).validate(now.min(at))?);
    let (has_config, tables) = (source.config.is_some(), source.tables.clone());
    let asking = source.asking(common, args.ledger.as_deref(), output).await?;
    let checked = asking.rules.check(&call, at, now).await?;
    let exit = match checked.decision.verdict {
        switchboard::core::RuleVerdict::Refuse => Exit::NotPlaced,
        switchboard::core::RuleVerdict::Allow | switchboard::core::RuleVerdict::Wait => Exit::Done,
    };
    let answer = Answer {
        call: &call,
        checked: &checked,
        tables: &tables,
        with_ledger: asking.ledger.is_some(),
        has_config,
    };
    if output.json {
        output.object(&answer.json());
    } else {
        answer::show(&answer, output);
    }
    Ok(exit)
}
