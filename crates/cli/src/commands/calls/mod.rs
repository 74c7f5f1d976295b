//! `switchboard calls`: reads and decides the calls of the ledger.
//!
//! | file | contents |
//! |---|---|
//! | `find.rs` | selecting calls without reading all of them |
//! | `by_id.rs` | the call with an id |
//! | `due.rs` | when a waiting call is due |
//! | `history.rs` | the history of a call as text and JSON |
//! | `plan.rs` | the recorded plans of a call |
//! | `show.rs` | `list` and `show` |
//! | `watch.rs` | `watch` |
//! | `cancel.rs` | `cancel` |
//! | `resolve.rs` | `resolve` |
//! | `export.rs` | `export` |

mod by_id;
mod cancel;
mod due;
mod export;
mod find;
mod history;
mod plan;
mod resolve;
mod show;
mod watch;

use crate::{
    cli::{CallsArgs, CallsCommand, Common},
    commands::call::NumberDisplay,
    failure::Outcome,
    output::Output,
    setup,
};

pub(crate) async fn run(common: &Common, args: CallsArgs, output: Output) -> Outcome {
    let CallsArgs { ledger: file, command } = args;
    let file = file.as_deref();
    match command {
        CallsCommand::List(args) => {
            show::list(&setup::ledger(common, file).await?.0, &args, output).await
        }
        CallsCommand::Show { id, reveal } => {
            let numbers = if reveal { NumberDisplay::Full } else { NumberDisplay::Masked };
            show::one(&setup::ledger(common, file).await?.0, id, numbers, output).await
        }
        CallsCommand::Watch { id: Some(id) } => {
            watch::one(&setup::ledger(common, file).await?.0, common, id, output).await
        }
        CallsCommand::Watch { id: None } => {
            watch::all(&setup::ledger(common, file).await?.0, common, output).await
        }
        CallsCommand::Cancel(args) => {
            cancel::run(&setup::attach(common, file).await?, args, output).await
        }
        CallsCommand::Resolve(args) => {
            resolve::run(&setup::attach(common, file).await?, args, output).await
        }
        CallsCommand::Export(args) => {
            export::run(&setup::ledger(common, file).await?.0, args, output).await
        }
    }
}
