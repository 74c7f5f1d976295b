//! `switchboard usage`: balances and usage logs.

use switchboard::core::{UsageFilter, text::mask};

use crate::{
    cli::{Common, UsageArgs, UsageCommand},
    failure::Outcome,
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: UsageArgs, output: Output) -> Outcome {
    let switchboard = setup::open(common)?;
    let providers = setup::providers(&switchboard, args.provider.as_deref())?;
    match args.command {
        UsageCommand::Balance => {
            let answers = setup::ask(&providers, |provider| async move {
                match provider.usage() {
                    Some(usage) => usage.balances().await,
                    None => Ok(Vec::new()),
                }
            })
            .await;
            let header = [
                "provider",
                "account",
                "plan",
                "status",
                "credits left",
                "credits used",
                "minutes used",
                "numbers",
                "period ends",
            ];
            Ok(answers.show(common, output, "balances", &header, |balance| {
                vec![
                    balance.provider.to_string(),
                    or_dash(balance.account.as_deref().map(mask)),
                    or_dash(balance.plan.as_ref()),
                    or_dash(balance.status.as_ref()),
                    or_dash(balance.credits_remaining.map(|credits| credits.amount())),
                    or_dash(balance.credits_used.map(|credits| credits.amount())),
                    or_dash(balance.minutes_used),
                    or_dash(balance.phone_numbers),
                    or_dash(balance.period_end),
                ]
            }))
        }
        UsageCommand::Records { since, until, limit } => {
            let filter = UsageFilter { since, until, limit: Some(limit) };
            let answers = setup::ask(&providers, |provider| {
                let filter = filter.clone();
                async move {
                    match provider.usage() {
                        Some(usage) => usage.records(&filter).await,
                        None => Ok(Vec::new()),
                    }
                }
            })
            .await;
            Ok(answers.show(
                common,
                output,
                "records",
                &["provider", "time", "usage", "call", "cost"],
                |record| {
                    vec![
                        record.provider.to_string(),
                        or_dash(record.at),
                        or_dash(record.what.as_deref().map(mask)),
                        or_dash(record.call.as_ref()),
                        or_dash(record.cost),
                    ]
                },
            ))
        }
    }
}
