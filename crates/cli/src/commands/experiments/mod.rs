//! `switchboard experiments`: starts, ramps, stops and reports experiments.
//!
//! | file | contents |
//! |---|---|
//! | `study.rs` | reading definitions from the configuration, and states and calls from the ledger |
//! | `show.rs` | `list` and `show` |
//! | `change.rs` | `start`, `ramp` and `stop` |
//! | `report.rs` | `report` |
//! | `svg.rs` | the drawing for `report --svg` |

mod change;
mod report;
mod show;
mod study;
mod svg;

use self::study::Studies;
use switchboard::study::ChangeRequest;

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
            change::run(&studies, &name, ChangeRequest::Start(ramp), decided, output).await
        }
        ExperimentsCommand::Ramp { name, percent, decided } => {
            change::run(&studies, &name, ChangeRequest::Ramp(percent), decided, output).await
        }
        ExperimentsCommand::Stop { name, arm, decided } => {
            change::run(&studies, &name, ChangeRequest::Stop(arm), decided, output).await
        }
        ExperimentsCommand::Report { name, svg } => {
            report::run(&studies, &name, svg.as_deref(), output).await
        }
    }
}
