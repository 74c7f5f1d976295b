//! `switchboard lists`: imports lists of numbers, and shows what they say.
//!
//! | file | purpose |
//! |---|---|
//! | `import.rs` | reads a file and stores it |
//! | `reading.rs` | the file, with progress |
//! | `report.rs` | what an import prints |
//! | `show.rs` | `list` and `check` |

mod import;
mod reading;
mod report;
mod show;

use serde_json::json;

use crate::{
    cli::{Common, ListsArgs, ListsCommand},
    commands::rules::source,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(crate) async fn run(common: &Common, args: ListsArgs, output: Output) -> Outcome {
    let file = args.ledger.as_deref();
    match args.command {
        ListsCommand::Import(args) => {
            let by = setup::operator(args.by.clone())?;
            // The first list may come before the first call.
            let ledger = setup::ledger_or_new(common, file).await?;
            let tables = source::tables(common)?;
            import::run(&*ledger.journal(), *args, by, &tables, output).await
        }
        ListsCommand::List => {
            let (ledger, _) = setup::ledger(common, file).await?;
            show::heads(&ledger.journal().list_heads().await?, output);
            Ok(Exit::Done)
        }
        ListsCommand::Remove { name } => {
            let (ledger, _) = setup::ledger(common, file).await?;
            if ledger.journal().remove_list(&name).await?.is_none() {
                return Err(Failure::input(
                    "NAME",
                    format!("there is no list {name}: switchboard lists list shows them"),
                ));
            }
            if output.json {
                output.object(&json!({"removed": name}));
            } else {
                output.line(format!("removed {name}: rules that ask for it refuse from now on"));
            }
            Ok(Exit::Done)
        }
        ListsCommand::Check { number, country } => {
            let number = show::number(&number, country)?;
            let (ledger, _) = setup::ledger(common, file).await?;
            show::check(&*ledger.journal(), &number, output).await
        }
    }
}
