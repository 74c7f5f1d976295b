//! Taking calls back.

use serde_json::json;
use switchboard::{Call, CallId, CallStatus, Cancelled, Engine, ErrorKind, Journal, Switchboard};

use super::find::Pages;
use crate::{
    cli::CancelArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// The states in which there is something to take back.
const OPEN: [CallStatus; 5] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
];

pub(super) async fn run(switchboard: &Switchboard, args: CancelArgs, output: Output) -> Outcome {
    let engine = switchboard.engine();
    let ids = if args.ids.is_empty() {
        match switchboard.ledger() {
            Some(ledger) => chosen(&*ledger.journal(), &args).await?,
            None => return Err(Failure::local("the configuration names no ledger")),
        }
    } else {
        args.ids
    };
    let mut failed = 0_usize;
    let mut rows = Vec::new();
    for id in ids {
        let told = one(engine, id).await?;
        failed += usize::from(told.failed);
        if output.json {
            output.object_line(&json!({"call": id, "result": told.word, "detail": told.detail}));
        }
        rows.push(vec![id.to_string(), told.detail]);
    }
    engine.stop_now();
    if !output.json {
        if rows.is_empty() {
            output.line("no call that is not over");
        } else {
            output.table(&["call", "what became of it"], rows);
        }
    }
    Ok(if failed > 0 { Exit::Failed } else { Exit::Done })
}

/// The calls that the selectors mean.
async fn chosen(journal: &dyn Journal, args: &CancelArgs) -> Outcome<Vec<CallId>> {
    let statuses = if args.status.is_empty() { OPEN.to_vec() } else { args.status.clone() };
    let is_meant = |call: &Call| {
        let batch = call.batch.as_ref().map(|batch| batch.as_str());
        args.batch.as_deref().is_none_or(|name| batch == Some(name))
    };
    let mut found = Vec::new();
    let mut pages = Pages::new(journal, &statuses, None);
    while let Some(page) = pages.next().await? {
        found.extend(page.iter().filter(|call| is_meant(call)).map(|call| call.id));
    }
    Ok(found)
}

/// What became of one call.
struct Told {
    word: &'static str,
    detail: String,
    failed: bool,
}

async fn one(engine: &Engine, id: CallId) -> Outcome<Told> {
    let (word, detail, failed) = match engine.cancel(id).await {
        Ok(Cancelled::NothingSent) => {
            ("withdrawn", "nothing was sent, and nothing is: no phone rings".to_owned(), false)
        }
        Ok(Cancelled::ProviderAsked) => (
            "provider_asked",
            "its provider was asked to end it, and took the request; how it ends is in calls show"
                .to_owned(),
            false,
        ),
        Err(error) if error.kind() == ErrorKind::Journal => return Err(Failure::from(error)),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            ("cannot_stop", "its provider has it and cannot end it".to_owned(), true)
        }
        Err(error) => ("not_cancelled", error.to_string(), true),
    };
    Ok(Told { word, detail, failed })
}
