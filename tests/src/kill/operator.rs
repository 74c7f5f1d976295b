//! An operator who looks up calls in doubt at the provider and resolves them, while the batch is
//! running.
//!
//! Some attempts can only be resolved by an operator: the process died between the claim and the
//! first byte, or two calls of one agent were in doubt at the same time. The search for evidence
//! ends after some seconds here. If it does not, because the provider cannot be read or the
//! searching process is killed repeatedly, the operator decides truthfully by the records of the
//! providers, with the command that a person would use.

use std::time::Duration;

use switchboard::{Call, CallId};
use switchboard_testkit::Ring;

use crate::kill::Stage;

/// The operator acts when the process was not killed for this long, which is enough to find all
/// evidence.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Resolves every call that is in doubt. Returns how many.
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
        // Evidence may have been found first; then it is no longer in doubt.
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

/// For a call that rang, either its id or that it ended: an operator may know either.
fn verdict(id: CallId, rang: Option<&Ring>) -> String {
    match rang {
        None => "not-placed".to_owned(),
        Some(ring) if id.as_uuid().as_u128().is_multiple_of(2) => {
            format!("placed={}", ring.call_id)
        }
        Some(_) => "ended=completed".to_owned(),
    }
}
