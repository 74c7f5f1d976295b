//! Lists, and one call with everything that happened to it.

use jiff::Timestamp;
use serde_json::json;
use switchboard::{Call, CallId, Ledger, core::text::mask};

use crate::{
    cli::ListArgs,
    commands::{
        call,
        calls::{find, history, known, plan},
    },
    exit::Exit,
    failure::Outcome,
    output::{Output, or_dash},
};

pub(super) async fn list(ledger: &Ledger, args: &ListArgs, output: Output) -> Outcome {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let calls = find::latest(&*ledger.journal(), &args.status, args.since, limit, Timestamp::now()).await?;
    if output.json {
        output.object(&json!({"calls": calls}));
    } else if calls.is_empty() {
        output.line("no calls");
    } else {
        let header = ["call", "came", "to", "country", "status", "outcome", "provider", "billed"];
        output.table(&header, calls.iter().map(row));
    }
    Ok(Exit::Done)
}

fn row(call: &Call) -> Vec<String> {
    vec![
        call.id.to_string(),
        format!("{:.0}", call.created_at),
        call.to.masked(),
        call.country.to_string(),
        call.status.to_string(),
        or_dash(call.outcome),
        or_dash(call.provider.as_ref()),
        or_dash(call.cost),
    ]
}

pub(super) async fn one(ledger: &Ledger, id: CallId, reveal: bool, output: Output) -> Outcome {
    let call = known(&*ledger.journal(), id).await?;
    let events = ledger.history(id).await?;
    if output.json {
        let history: Vec<_> = events.iter().map(history::json).collect();
        let plans: Vec<_> = events.iter().filter_map(plan::of).collect();
        output.object(&json!({"call": call, "plans": plans, "history": history}));
        return Ok(Exit::Done);
    }
    call::show(&call, reveal, output);
    for made in events.iter().filter_map(plan::of) {
        plan::show(made, output);
    }
    output.heading("What happened");
    output.table(
        &["when", "what", "who", "proof", "in words"],
        events.iter().map(|event| {
            let told = history::tell(event);
            let words = if reveal { told.words } else { mask(&told.words) };
            vec![
                event.at.to_string(),
                told.what.to_owned(),
                told.who,
                told.proof.unwrap_or_else(|| "-".to_owned()),
                words,
            ]
        }),
    );
    Ok(Exit::Done)
}
