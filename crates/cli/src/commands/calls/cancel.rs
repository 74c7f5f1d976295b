//! `calls cancel`.

use serde_json::json;
use switchboard::{Call, CallId, CallStatus, Cancelled, Engine, ErrorKind, Journal, Switchboard};

use super::{by_id::find_ids, find::Pages};
use crate::{
    cli::CancelArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// The statuses in which a call can be cancelled.
const OPEN: [CallStatus; 5] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
];

pub(super) async fn run(switchboard: &Switchboard, args: CancelArgs, output: Output) -> Outcome {
    let engine = switchboard.engine();
    let Some(ledger) = switchboard.ledger() else {
        return Err(Failure::local("the configuration names no ledger"));
    };
    let journal = ledger.journal();
    let ids = if args.ids.is_empty() {
        selected(&*journal, &args).await?
    } else {
        find_ids(&*journal, &args.ids).await?
    };
    let mut failed = 0_usize;
    let mut rows = Vec::new();
    for id in ids {
        let result = cancel(engine, id).await?;
        failed += usize::from(result.failed);
        if output.json {
            output
                .object_line(&json!({"call": id, "result": result.code, "detail": result.detail}));
        }
        rows.push(vec![id.to_string(), result.detail]);
    }
    engine.stop_now();
    if !output.json {
        if rows.is_empty() {
            output.line("no matching call is open");
        } else {
            output.table(&["call", "result"], rows);
        }
    }
    Ok(if failed > 0 { Exit::Failed } else { Exit::Done })
}

/// The open calls that `--batch` and `--status` select.
async fn selected(journal: &dyn Journal, args: &CancelArgs) -> Outcome<Vec<CallId>> {
    let statuses = if args.status.is_empty() { OPEN.to_vec() } else { args.status.clone() };
    let is_selected = |call: &Call| {
        let batch = call.batch.as_ref().map(|batch| batch.as_str());
        args.batch.as_deref().is_none_or(|name| batch == Some(name))
    };
    let mut found = Vec::new();
    let mut pages = Pages::new(journal, &statuses, None);
    while let Some(page) = pages.next().await? {
        found.extend(page.iter().filter(|call| is_selected(call)).map(|call| call.id));
    }
    Ok(found)
}

/// The result for one call.
struct CancelResult {
    /// The result as a code, for JSON.
    code: &'static str,
    detail: String,
    failed: bool,
}

async fn cancel(engine: &Engine, id: CallId) -> Outcome<CancelResult> {
    let (code, detail, failed) = match engine.cancel(id).await {
        Ok(Cancelled::NothingSent) => {
            ("withdrawn", "nothing was sent, and nothing will be: no phone rings".to_owned(), false)
        }
        Ok(Cancelled::ProviderAsked) => (
            "provider_asked",
            "its provider accepted the request to end it; `calls show` has the result".to_owned(),
            false,
        ),
        Err(error) if error.kind() == ErrorKind::Journal => return Err(Failure::from(error)),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            ("cannot_stop", "its provider has the call and cannot end it".to_owned(), true)
        }
        Err(error) => ("not_cancelled", error.to_string(), true),
    };
    Ok(CancelResult { code, detail, failed })
}
