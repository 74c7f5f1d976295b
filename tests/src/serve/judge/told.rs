//! What the ledger tells of a call: its facts, and the call and the events that they make.

use std::sync::Arc;

use switchboard::{
    Call, CallId, CallRequest, Ledger,
    core::{AttemptId, TenantId},
    journal::{NewCall, Published, created, server::FeedEvent, state::Fact},
};

/// A call with everything that was written about it.
#[derive(Debug)]
pub struct Told {
    /// The call as it is in the ledger.
    pub call: Call,
    /// The same, made of its facts.
    pub replayed: Call,
    /// The events that its facts make.
    pub events: Vec<FeedEvent>,
    /// Where in the ledger attempts began to be under way (1) and ended (-1). A write has its place
    /// after it took its slot and before it gives one back, so that this order never shows more at
    /// once than there were.
    pub under_way: Vec<(i64, i32)>,
}

/// Reads the facts of a call from the ledger, and makes the call and its events of them again.
///
/// # Errors
/// The facts do not fit together.
pub async fn told(ledger: &Ledger, call: Call) -> Result<Told, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", call.id);
    let entries = ledger.history(call.id).await.map_err(|error| problem(&error))?;
    let mut replayed = first(call.id, call.to.e164(), &call.tenant, call.created_at);
    let mut events = vec![created(&replayed)];
    let mut under_way = Vec::new();
    let mut published = Published::default();
    let mut held: Option<AttemptId> = None;
    for entry in entries {
        let Some(fact) = entry.fact else {
            continue;
        };
        let claim = matches!(fact, Fact::Claimed(_));
        published.apply(&mut replayed, fact, entry.at).map_err(|error| problem(&error))?;
        if claim && let Some(last) = replayed.attempts.last() {
            under_way.push((entry.seq, 1));
            held = Some(last.id);
        }
        let holds = |id: AttemptId| {
            let attempt = replayed.attempts.iter().find(|attempt| attempt.id == id);
            attempt.is_some_and(switchboard::journal::holds_concurrency)
        };
        if held.is_some_and(|id| !holds(id)) {
            under_way.push((entry.seq, -1));
            held = None;
        }
    }
    events.extend(published.into_events(&replayed));
    Ok(Told { call, replayed, events, under_way })
}

fn first(id: CallId, to: &str, tenant: &TenantId, at: switchboard::jiff::Timestamp) -> Call {
    let tenant = Some(tenant.as_str().to_owned());
    let request = CallRequest::new(to, "Ask.").with(|call| call.tenant = tenant);
    NewCall::new(id, Arc::new(request.validate(at).unwrap()), at).received()
}
