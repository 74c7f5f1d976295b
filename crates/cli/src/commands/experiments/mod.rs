//! `switchboard experiments`: what people are split between, and what comes of it.
//!
//! | file | its one reason |
//! |---|---|
//! | `study.rs` | one experiment: its definition from the configuration, its life and its calls from the ledger |
//! | `show.rs` | lists, and one experiment with what it can find |
//! | `change.rs` | starting, growing, stopping |
//! | `report.rs` | what it shows |
//! | `svg.rs` | the same as a drawing |

mod change;
mod report;
mod show;
mod study;
mod svg;

use self::{change::Wish, study::Studies};
use crate::{
    cli::{Common, ExperimentsArgs, ExperimentsCommand},
    failure::Outcome,
    output::Output,
};

pub(crate) async fn run(common: &Common, args: ExperimentsArgs, output: Output) -> Outcome {
    let ExperimentsArgs { ledger, command } = args;
    let studies = Studies::read(common, ledger)?;
    match command {
        ExperimentsCommand::List => show::list(&studies, output).await,
        ExperimentsCommand::Show(args) => show::one(&studies, &args, output).await,
        ExperimentsCommand::Start { name, ramp, decided } => {
            change::run(&studies, &name, Wish::Start(ramp), decided, output).await
        }
        ExperimentsCommand::Ramp { name, percent, decided } => {
            change::run(&studies, &name, Wish::Ramp(percent), decided, output).await
        }
        ExperimentsCommand::Stop { name, arm, decided } => {
            change::run(&studies, &name, Wish::Stop(arm), decided, output).await
        }
        ExperimentsCommand::Report { name, svg } => {
            report::run(&studies, &name, svg.as_deref(), output).await
        }
    }
}
