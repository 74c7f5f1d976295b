//! `switchboard doctor`: what is wrong with this setup, from reads alone.
//!
//! | file | purpose |
//! |---|---|
//! | `machine.rs` | the configuration, the calling rules and the time zones |
//! | `ledger.rs` | the ledger and its number lists |
//! | `webhook.rs` | whether providers reach the address of webhooks |
//! | `account.rs`, `login.rs` | one account |
//! | `together.rs` | what accounts have in common |
//! | `subject.rs` | the setup that is checked |
//! | `report.rs` | prints what was found |

mod account;
mod ledger;
mod login;
mod machine;
mod report;
mod subject;
mod together;
mod webhook;

use std::sync::Arc;

use futures::future::join_all;
use switchboard::SystemClock;

use self::{report::Report, subject::Setup};
use crate::{
    cli::{Common, DoctorArgs},
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(crate) async fn run(common: &Common, args: DoctorArgs, output: Output) -> Outcome {
    let config = match &args.provider {
        Some(name) => setup::read_to_sign_in(common, name)?,
        None => setup::with_ledger(setup::read(common)?)?,
    };
    let (policy, tables) = (config.policy()?, config.rule_tables()?);
    let setup = Setup { config, policy, tables, clock: Arc::new(SystemClock) };
    let named = args.provider.as_deref();
    if let Some(name) = named.filter(|name| !setup.config.providers.contains_key(*name)) {
        let known: Vec<&str> = setup.config.providers.keys().map(String::as_str).collect();
        return Err(Failure::input(
            "PROVIDER",
            format!("{name:?} is not configured: name one of {}", known.join(", ")),
        ));
    }
    let spinner = output.spinner("asking every account, which takes a minute at most");
    let accounts = setup.config.providers.keys().map(String::as_str);
    let accounts = accounts.filter(|name| named.is_none_or(|named| named == *name));
    let accounts = join_all(accounts.map(|name| account::check(&setup, name, named.is_some())));
    let machine = async {
        if named.is_some() {
            return Vec::new();
        }
        let (ledger, webhook) = tokio::join!(ledger::check(&setup), webhook::check(&setup));
        vec![machine::configuration(&setup), machine::rules(&setup), ledger, webhook]
    };
    let (mut sections, accounts) = tokio::join!(machine, accounts);
    spinner.finish_and_clear();
    sections.extend(accounts);
    if named.is_none() {
        sections.push(together::check(&setup.policy));
    }
    let report = Report::new(sections);
    Ok(if args.shapes { report.show_shapes(output) } else { report.show(output) })
}
