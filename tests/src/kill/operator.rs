//! A person who looks a call in doubt up at the provider and tells the ledger what he found, while
//! the batch goes on.
//!
//! Some attempts can be proven by nobody but him: the process died between the claim and the first
//! byte, or two calls of one agent were in doubt at once. The search for evidence ends after some
//! seconds here, and where it does not, because the provider cannot be read or the process that
//! searches was struck again and again, he decides by the providers' own records, truthfully,
//! through the command that a person would use.

use std::time::Duration;

use switchboard::{Call, CallId};
use switchboard_testkit::Ring;

use crate::kill::Stage;

/// He is asked when nobody has struck the process for so long: whatever can be found is found by
/// then.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Decides every call that is in doubt. How many he decided.
pub async fn decide(stage: &Stage) -> u32 {
    let Ok(calls) = stage.calls().await else {
        return 0;
    };
    let rings = stage.rings();
    let mut decided = 0;
    for call in calls.iter().filter(|call| is_in_doubt(call)) {
        let rang = rings.iter().find(|ring| ring.to == call.to.e164());
        let (id, verdict) = (call.id.to_string(), verdict(call.id, rang));
        let order = [
            "calls",
            "resolve",
            &id,
            "--verdict",
            &verdict,
            "--note",
            "looked up at the provider",
            "--by",
            "kill-loop",
        ];
        // Evidence may have come first: then it is not in doubt any more.
        decided += u32::from(stage.ask(&order).await.is_ok());
    }
    decided
}

fn is_in_doubt(call: &Call) -> bool {
    let state = call.attempts.last().map(|last| last.state.as_str());
    matches!(state, Some("unknown" | "reconciling" | "placed"))
        && !call.status.is_settled()
        && call.provider_call_id.is_none()
}

/// Of a call that rang, now its id and now that it is over: both are what he may know.
fn verdict(id: CallId, rang: Option<&Ring>) -> String {
    match rang {
        None => "not-placed".to_owned(),
        Some(ring) if id.as_uuid().as_u128().is_multiple_of(2) => {
            format!("placed={}", ring.call_id)
        }
        Some(_) => "ended=completed".to_owned(),
    }
}
