//! `calls list` and `calls show`.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{Call, CallId, Ledger, core::text::mask};

use crate::{
    cli::ListArgs,
    commands::{
        call::{self, NumberDisplay},
        calls::{by_id::find_call, due, due::Due, find, history, plan},
    },
    exit::Exit,
    failure::Outcome,
    output::{Output, or_dash},
};

pub(super) async fn list(ledger: &Ledger, args: &ListArgs, output: Output) -> Outcome {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let journal = ledger.journal();
    let calls = find::latest(&*journal, &args.status, args.since, limit, Timestamp::now()).await?;
    let mut dues = Vec::with_capacity(calls.len());
    for call in &calls {
        dues.push(Due::read(&*journal, call).await?);
    }
    let listed = calls.iter().zip(&dues);
    if output.json {
        let calls: Vec<Value> = listed.map(|(call, due)| with_due(call, due.as_ref())).collect();
        output.object(&json!({"calls": calls}));
    } else if calls.is_empty() {
        output.line("no calls");
    } else {
        let header =
            ["call", "received", "to", "country", "status", "outcome", "provider", "billed", "due"];
        output.table(&header, listed.map(|(call, due)| row(call, due.as_ref())));
    }
    Ok(Exit::Done)
}

/// The call as JSON, with the time it is due if it waits for one.
fn with_due(call: &Call, due: Option<&Due>) -> Value {
    let mut value = json!(call);
    if let (Some(call), Some(due)) = (value.as_object_mut(), due) {
        call.insert("due".to_owned(), due.json());
    }
    value
}

fn row(call: &Call, due: Option<&Due>) -> Vec<String> {
    vec![
        call.id.to_string(),
        format!("{:.0}", call.created_at),
        call.to.masked(),
        call.country.to_string(),
        call.status.to_string(),
        or_dash(call.outcome),
        or_dash(call.provider.as_ref()),
        or_dash(call.cost),
        or_dash(due.map(Due::at)),
    ]
}

pub(super) async fn one(
    ledger: &Ledger,
    id: CallId,
    numbers: NumberDisplay,
    output: Output,
) -> Outcome {
    let journal = ledger.journal();
    let call = find_call(&*journal, id).await?;
    let due = Due::read(&*journal, &call).await?;
    let events = ledger.history(id).await?;
    if output.json {
        let history: Vec<_> = events.iter().map(history::json).collect();
        let plans: Vec<_> = events.iter().filter_map(plan::of).collect();
        output.object(
            &json!({"call": with_due(&call, due.as_ref()), "plans": plans, "history": history}),
        );
        return Ok(Exit::Done);
    }
    call::show(&call, numbers, output);
    if let Some(due) = &due {
        output.line(format!("due: {}", due.describe(Timestamp::now())));
    }
    if let Some(why) = due::reason_to_wait(&call, &events) {
        output.line(format!("waiting: {}", mask(&why)));
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
                event.at.to_string(),
                text.event.to_owned(),
                text.by,
                text.evidence.unwrap_or_else(|| "-".to_owned()),
                details,
            ]
        }),
    );
    Ok(Exit::Done)
}
