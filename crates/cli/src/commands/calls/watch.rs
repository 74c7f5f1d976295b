//! What changes, as it is written down. The ledger is read again and again, and nothing is taken
//! over.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Call, CallId, CallStatus, Journal, Ledger, Outcome as Ended, core::text::mask,
    journal::Selection,
};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    cli::Common,
    commands::calls::{history, known},
    credential::{self, RefusedCredentials},
    exit::Exit,
    failure::Outcome,
    interrupt::{self, Signal},
    output::Output,
};

/// How often the ledger is read.
const EVERY: Duration = Duration::from_millis(500);

/// One call, until it is settled.
pub(super) async fn one(ledger: &Ledger, common: &Common, id: CallId, output: Output) -> Outcome {
    let mut asked = interrupt::listen()?;
    let journal = ledger.journal();
    let mut told = 0;
    loop {
        // The call before its history: an end that is read is in the history that is read after it.
        let call = known(&*journal, id).await?;
        for event in &ledger.history(id).await? {
            if event.seq <= told {
                continue;
            }
            told = event.seq;
            if output.json {
                output.object_line(&history::json(event));
            } else {
                let line = history::tell(event);
                output.line(format!(
                    "{:.3}  {:<12} {:<10} {}",
                    event.at,
                    line.what,
                    line.who,
                    mask(&line.words)
                ));
            }
        }
        if call.status.is_settled() {
            if !output.json {
                output.line(format!("the call is {}", standing(call.status, call.outcome)));
            }
            RefusedCredentials::of_call(&call).warn(common, output);
            return Ok(credential::exit_of_call(&call));
        }
        if ended(&mut asked).await {
            return Ok(Exit::Done);
        }
    }
}

/// Every call, until somebody interrupts.
pub(super) async fn all(ledger: &Ledger, common: &Common, output: Output) -> Outcome {
    let mut asked = interrupt::listen()?;
    let journal = ledger.journal();
    let mut open: HashMap<CallId, Seen> = HashMap::new();
    for call in journal.unfinished().await? {
        open.insert(call.id, Seen::of(&call));
    }
    if !output.json {
        output.note(format!("{} calls are open; interrupt to end", open.len()));
    }
    let mut newest = Selection::from_moment(Timestamp::now());
    let mut refused = RefusedCredentials::default();
    loop {
        if ended(&mut asked).await {
            return Ok(if refused.is_empty() { Exit::Done } else { Exit::Failed });
        }
        for call in changed(&*journal, &mut open, &mut newest).await? {
            say(&call, output);
            let here = RefusedCredentials::of_call(&call);
            if refused.extend(&here) {
                here.warn(common, output);
            }
        }
    }
}

/// What is compared between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    status: CallStatus,
    outcome: Option<Ended>,
    attempts: usize,
}

impl Seen {
    fn of(call: &Call) -> Self {
        Self { status: call.status, outcome: call.outcome, attempts: call.attempts.len() }
    }
}

/// The calls that are new, that stand elsewhere, or that are over since the last look.
async fn changed(
    journal: &dyn Journal,
    open: &mut HashMap<CallId, Seen>,
    newest: &mut CallId,
) -> Outcome<Vec<Call>> {
    let since = Selection { after: Some(*newest), ..Selection::default() };
    let mut changed = journal.select(&since).await?;
    *newest = changed.last().map_or(*newest, |last| last.id);
    let new: Vec<CallId> = changed.iter().map(|call| call.id).collect();
    let mut gone = std::mem::take(open);
    for call in journal.unfinished().await? {
        let (seen, before) = (Seen::of(&call), gone.remove(&call.id));
        open.insert(call.id, seen);
        if before != Some(seen) && !new.contains(&call.id) {
            changed.push(call);
        }
    }
    for id in gone.into_keys().filter(|id| !new.contains(id)) {
        changed.extend(journal.get(id).await?);
    }
    changed.sort_by_key(|call| call.updated_at);
    Ok(changed)
}

fn say(call: &Call, output: Output) {
    if output.json {
        output.object_line(&json!({
            "at": call.updated_at, "call": call.id, "status": call.status, "outcome": call.outcome, "provider": call.provider,
        }));
        return;
    }
    let provider = call.provider.as_ref().or(call.attempts.last().map(|last| &last.provider));
    let provider = provider.map_or_else(String::new, |provider| format!("  {provider}"));
    output.line(format!(
        "{:.3}  {}  {}  {}{provider}",
        call.updated_at,
        call.id,
        call.to.masked(),
        standing(call.status, call.outcome)
    ));
}

fn standing(status: CallStatus, outcome: Option<Ended>) -> String {
    outcome.map_or_else(|| status.to_string(), |outcome| format!("{status}: {outcome}"))
}

/// Waits for the next look. True where somebody asks for the end.
async fn ended(asked: &mut UnboundedReceiver<Signal>) -> bool {
    tokio::select! {
        Some(_) = asked.recv() => true,
        () = tokio::time::sleep(EVERY) => false,
    }
}
