//! `switchboard calls`: the ledger's calls, for people and for other programs.
//!
//! | file | its one reason |
//! |---|---|
//! | `find.rs` | which calls, without reading all of them |
//! | `due.rs` | when a call that waits is due |
//! | `history.rs` | what happened to a call, in words |
//! | `plan.rs` | the plan that was made then |
//! | `show.rs` | lists, and one call with its history |
//! | `watch.rs` | what changes |
//! | `cancel.rs` | taking calls back |
//! | `resolve.rs` | an operator's decision |
//! | `export.rs` | every call, for another program |

mod cancel;
mod due;
mod export;
mod find;
mod history;
mod plan;
mod resolve;
mod show;
mod watch;

use switchboard::{Call, CallId, Error, ErrorKind, Journal};

use crate::{
    cli::{CallsArgs, CallsCommand, Common},
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
            show::one(&setup::ledger(common, file).await?.0, id, reveal, output).await
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

/// The call, or that there is none.
async fn known(journal: &dyn Journal, id: CallId) -> Outcome<Call> {
    let call = journal.get(id).await?;
    Ok(call.ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            format!("there is no call {id} in this ledger, or it was erased"),
        )
    })?)
}
