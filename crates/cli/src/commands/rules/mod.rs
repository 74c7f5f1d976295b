//! `switchboard rules`: asks the calling rules, and shows them. Nothing is sent.
//!
//! | file | purpose |
//! |---|---|
//! | `source.rs` | the tables and what is known about callees: the configuration and its ledger |
//! | `check.rs`, `answer.rs` | `check`, and what it prints |
//! | `show.rs` | `list` and `show` |
//! | `test.rs` | `test` |

mod answer;
mod check;
mod show;
pub(crate) mod source;
mod test;

use crate::{
    cli::{Common, RulesArgs, RulesCommand},
    failure::Outcome,
    output::Output,
};

pub(crate) async fn run(common: &Common, args: RulesArgs, output: Output) -> Outcome {
    match args.command {
        RulesCommand::Check(args) => check::run(common, *args, output).await,
        RulesCommand::List(args) => show::list(&source::read(common)?, &args, output),
        RulesCommand::Show { id } => show::one(&source::read(common)?, &id, output),
        RulesCommand::Test { file } => test::run(&source::read(common)?, &file, output),
    }
}
