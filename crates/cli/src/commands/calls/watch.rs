//! `calls watch`: prints changes. It polls the ledger and takes nothing over.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Call, CallId, CallStatus, Journal, Ledger, Outcome as Ended, core::text::mask,
    journal::Selection,
};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    cli::{CallRef, Common},
    commands::calls::{
        by_id::{find_call, find_id},
        history, state,
    },
    credential::{self, RefusedCredentials},
    exit::Exit,
    failure::Outcome,
    interrupt::{self, Signal},
    output::Output,
};

/// How often the ledger is read.
const EVERY: Duration = Duration::from_millis(500);

/// Watches one call until it is settled.
pub(super) async fn one(
    ledger: &Ledger,
    common: &Common,
    wanted: &CallRef,
    output: Output,
) -> Outcome {
    let mut signals = interrupt::listen()?;
    let journal = ledger.journal();
    let id = find_id(&*journal, wanted).await?;
    let mut printed = 0;
    loop {
        // The call is read before its history, so that a final status is always in the history.
        let call = find_call(&*journal, id).await?;
        for event in &ledger.history(id).await? {
            if event.seq <= printed {
                continue;
            }
            printed = event.seq;
            if output.json {
                output.object_line(&history::json(event));
            } else {
                let text = history::describe(event);
                output.line(format!(
                    "{:.3}  {:<12} {:<10} {}",
                    event.at,
                    text.event,
                    text.by,
                    mask(&text.details)
                ));
            }
        }
        if call.status.is_settled() {
            if !output.json {
                output.line(format!("the call is {}", status_text(&call)));
            }
            RefusedCredentials::of_call(&call).warn(common, output);
            return Ok(credential::exit_of_call(&call));
        }
        if interrupted(&mut signals).await {
            return Ok(Exit::Done);
        }
    }
}

/// Watches all calls until interrupted.
pub(super) async fn all(ledger: &Ledger, common: &Common, output: Output) -> Outcome {
    let mut signals = interrupt::listen()?;
    let journal = ledger.journal();
    let mut open: HashMap<CallId, State> = HashMap::new();
    for call in journal.unfinished().await? {
        open.insert(call.id, State::of(&call));
    }
    if !output.json {
        output.note(format!("{} calls are open; press Ctrl-C to stop", open.len()));
    }
    let mut newest = Selection::from_moment(Timestamp::now());
    let mut refused = RefusedCredentials::default();
    loop {
        if interrupted(&mut signals).await {
            return Ok(if refused.is_empty() { Exit::Done } else { Exit::Failed });
        }
        for call in changed(&*journal, &mut open, &mut newest).await? {
            print(&call, output);
            let here = RefusedCredentials::of_call(&call);
            if refused.extend(&here) {
                here.warn(common, output);
            }
        }
    }
}

/// The part of a call that is compared between two polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    status: CallStatus,
    outcome: Option<Ended>,
    attempts: usize,
}

impl State {
    fn of(call: &Call) -> Self {
        Self { status: call.status, outcome: call.outcome, attempts: call.attempts.len() }
    }
}

/// The calls that are new, have changed, or are over since the last poll.
async fn changed(
    journal: &dyn Journal,
    open: &mut HashMap<CallId, State>,
    newest: &mut CallId,
) -> Outcome<Vec<Call>> {
    let since = Selection { after: Some(*newest), ..Selection::default() };
    let mut changed = journal.select(&since).await?;
    *newest = changed.last().map_or(*newest, |last| last.id);
    let new: Vec<CallId> = changed.iter().map(|call| call.id).collect();
    let mut gone = std::mem::take(open);
    for call in journal.unfinished().await? {
        let (seen, before) = (State::of(&call), gone.remove(&call.id));
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

fn print(call: &Call, output: Output) {
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
        status_text(call)
    ));
}

/// The status, and how the call ended.
fn status_text(call: &Call) -> String {
    let (status, word) = (call.status.to_string(), state::word(call));
    if word == status { status } else { format!("{status}: {word}") }
}

/// Waits for the next poll. True if the process was asked to end.
async fn interrupted(signals: &mut UnboundedReceiver<Signal>) -> bool {
    tokio::select! {
        Some(_) = signals.recv() => true,
        () = tokio::time::sleep(EVERY) => false,
    }
}
