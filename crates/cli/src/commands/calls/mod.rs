//! `switchboard calls`: reads and decides the calls of the ledger.
//!
//! | file | contents |
//! |---|---|
//! | `find.rs` | selecting calls without reading all of them |
//! | `by_id.rs` | the call with an id, or with the beginning of one |
//! | `due.rs` | when a waiting call is due |
//! | `history.rs` | the history of a call as text and JSON |
//! | `plan.rs` | the recorded plans of a call |
//! | `reveal.rs` | showing phone numbers in full |
//! | `list.rs` | `list` |
//! | `show.rs`, `request.rs`, `waits.rs` | `show`: the call, what was asked for, what it waits for |
//! | `content.rs` | `transcript` and `recording` |
//! | `watch.rs`, `live.rs` | `watch`: lines, and the table on a terminal |
//! | `top.rs` | `switchboard top` |
//! | `cancel.rs` | `cancel` |
//! | `resolve.rs` | `resolve` |
//! | `export.rs` | `export` |

mod by_id;
mod cancel;
mod content;
mod due;
mod export;
mod find;
mod history;
mod list;
mod live;
mod plan;
mod request;
mod resolve;
mod reveal;
mod show;
mod state;
mod top;
mod waits;
mod watch;

pub(crate) use self::top::run as top;
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
        CallsCommand::List(args) => match setup::ledger_if_any(common, file, output).await? {
            Some(ledger) => list::run(&ledger, &args, output).await,
            None => list::none(&args, output),
        },
        CallsCommand::Show { id, reveal, full } => {
            let how = show::How { reveal, full };
            show::run(&setup::ledger(common, file).await?.0, &id, how, output).await
        }
        CallsCommand::Transcript { id } => content::transcript(common, file, &id, output).await,
        CallsCommand::Recording { id, save } => {
            content::recording(common, file, &id, save.as_deref(), output).await
        }
        CallsCommand::Watch { id: Some(id) } => {
            watch::one(&setup::ledger(common, file).await?.0, common, &id, output).await
        }
        CallsCommand::Watch { id: None } if output.is_terminal() && !output.json => {
            live::run(&setup::ledger(common, file).await?.0, output).await
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
