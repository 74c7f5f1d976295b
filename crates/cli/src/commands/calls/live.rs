//! `calls watch` on a terminal: a table of the open calls and of those that ended last.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use switchboard::{Call, CallId, CallStatus, Ledger};

use super::{by_id, state};
use crate::{
    exit::Exit,
    failure::Outcome,
    fitted::FittedColumn,
    interrupt,
    local::Local,
    output::{Output, masked, or_dash},
};

/// How often the screen is drawn.
const EVERY: std::time::Duration = std::time::Duration::from_secs(1);
/// So many open calls are shown, the latest changes first.
const OPEN: usize = 14;
/// So many calls that ended are shown.
const ENDED: usize = 6;

/// Draws the table until it is interrupted.
pub(super) async fn run(ledger: &Ledger, output: Output) -> Outcome {
    let mut signals = interrupt::listen()?;
    let journal = ledger.journal();
    let (mut open, mut ended) = (HashMap::<CallId, Call>::new(), VecDeque::<Call>::new());
    output.clear();
    loop {
        let now: HashMap<CallId, Call> =
            journal.unfinished().await?.into_iter().map(|call| (call.id, call)).collect();
        for id in open.keys().filter(|id| !now.contains_key(id)) {
            ended.extend(journal.get(*id).await?);
        }
        while ended.len() > ENDED {
            ended.pop_front();
        }
        open = now;
        let mut shown: Vec<&Call> = open.values().collect();
        shown.sort_by_key(|call| (std::cmp::Reverse(call.updated_at), call.id));
        shown.truncate(OPEN);
        shown.extend(ended.iter().rev());
        let ids: Vec<CallId> = shown.iter().map(|call| call.id).collect();
        let ids = by_id::short(&*journal, &ids).await?;
        let local = Local::read();
        let rows = shown.iter().zip(ids).map(|(call, id)| row(call, id.to_string(), &local));
        let mut lines = vec![heading(&open, &local), String::new()];
        lines.extend(output.fitted_lines(&columns(), rows.collect()));
        output.frame(&lines);
        tokio::select! {
            Some(_) = signals.recv() => return Ok(Exit::Done),
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn heading(open: &HashMap<CallId, Call>, local: &Local) -> String {
    let count =
        |wanted: &[CallStatus]| open.values().filter(|call| wanted.contains(&call.status)).count();
    format!(
        "{}  {} open: {} at a provider, {} wait; Ctrl-C ends this",
        local.clock(local.now),
        open.len(),
        count(&[CallStatus::Attempting, CallStatus::InProgress]),
        count(&[CallStatus::Received, CallStatus::Scheduled, CallStatus::Admitted]),
    )
}

fn columns() -> Vec<FittedColumn> {
    let column = |name: &str, least| FittedColumn { name: name.to_owned(), least, order: 0 };
    vec![
        column("id", Some(13)),
        column("to", None),
        column("provider", Some(8)),
        column("status", None),
        column("for", None),
        column("batch", Some(8)),
    ]
}

fn row(call: &Call, id: String, local: &Local) -> Vec<String> {
    let provider = call.provider.as_ref().or(call.attempts.last().map(|last| &last.provider));
    vec![
        id,
        masked(&call.to),
        or_dash(provider),
        state::word(call),
        age(call.updated_at, local.now),
        call.batch.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

/// How long ago something was: `7 s`, `12 min`.
fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}
