//! `calls show`.

use serde_json::json;
use switchboard::{Call, Ledger, ValidCall, core::text::mask};

use crate::{
    cli::CallRef,
    commands::{
        call::{self, NumberDisplay},
        calls::{
            by_id::{find_call, find_id},
            due::{self, Due},
            history, plan,
            request::{self, BatchRow},
            reveal,
            waits::Waits,
        },
    },
    exit::Exit,
    failure::Outcome,
    local::Local,
    output::Output,
};

/// How a call is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// With phone numbers in full.
    pub(super) reveal: bool,
    /// With long texts whole.
    pub(super) full: bool,
}

pub(super) async fn run(ledger: &Ledger, wanted: &CallRef, how: How, output: Output) -> Outcome {
    let journal = ledger.journal();
    let id = find_id(&*journal, wanted).await?;
    let call = find_call(&*journal, id).await?;
    let request = journal.request(id).await?;
    let request = request.as_deref();
    let (events, row) = (ledger.history(id).await?, BatchRow::find(ledger, &call).await?);
    let local = Local::read();
    let waits = Waits::read(&*journal, &call, request, &events, local.now).await?;
    let due = Due::of(&call, request);
    if output.json {
        let history: Vec<_> = events.iter().map(history::json).collect();
        let plans: Vec<_> = events.iter().filter_map(plan::of).collect();
        let mut shown = json!(&call);
        if let (Some(call), Some(due)) = (shown.as_object_mut(), &due) {
            call.insert("due".to_owned(), due.json());
        }
        output.object(&json!({
            "call": shown,
            "request": request.map(ValidCall::to_request),
            "batch_row": row.as_ref().map(BatchRow::json),
            "waits": waits.as_ref().map(Waits::json),
            "plans": plans,
            "history": history,
        }));
        return Ok(Exit::Done);
    }
    let numbers = reveal::allow(&*journal, how.reveal, &id.to_string(), 1, output).await?;
    let mut fields = call::rows(&call, numbers);
    fields.retain(|(field, _)| *field != "batch");
    let asked =
        request::rows(&call, request, row.as_ref(), |text| call::text_cell(&call, numbers, text));
    let at = fields.iter().position(|(field, _)| *field == "status").unwrap_or(fields.len());
    fields.splice(at..at, asked);
    fields.push(("received", Some(local.whole(call.created_at))));
    fields.push(("last change", Some(local.whole(call.updated_at))));
    call::table(fields, output);
    if let Some(due) = &due {
        output.line(format!("due: {}", due.describe(local.now)));
    }
    if let Some(waits) = waits.filter(|_| due.is_none_or(|due| due.timestamp() <= local.now)) {
        output.line(format!("waiting: {}", waits.describe(&local)));
    }
    if let Some(closes) =
        request.and_then(|its| its.window.closes).filter(|_| due::is_waiting(&call))
    {
        output.line(format!("not placed after: {}", local.whole(closes)));
    }
    if how.full {
        texts(&call, request, numbers, output);
    }
    for plan in events.iter().filter_map(plan::of) {
        plan::show(plan, output);
    }
    output.heading("History");
    output.table(
        &["time", "event", "by", "evidence", "details"],
        events.iter().map(|event| {
            let text = history::describe(event);
            let details = match numbers {
                NumberDisplay::Full => text.details,
                NumberDisplay::Masked => mask(&text.details),
            };
            vec![
                local.instant(event.at),
                text.event.to_owned(),
                text.by,
                text.evidence.unwrap_or_else(|| "-".to_owned()),
                details,
            ]
        }),
    );
    Ok(Exit::Done)
}

/// Long texts, whole.
fn texts(call: &Call, request: Option<&ValidCall>, numbers: NumberDisplay, output: Output) {
    for (heading, text) in [
        ("Task", request.map(|its| &its.task)),
        ("Summary", call.summary.as_ref()),
        ("Next steps", call.next_steps.as_ref()),
    ] {
        let Some(text) = text else {
            continue;
        };
        output.heading(heading);
        output.block(match numbers {
            NumberDisplay::Full => text.clone(),
            NumberDisplay::Masked => mask(text),
        });
    }
}
